def f(x):
    """Doc."""
    y = x
    # Yours: the rest
    return y
