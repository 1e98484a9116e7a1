def f(x):
    """Doc, odd."""
    return x
