"""Kinds of numbers on the command line."""

import argparse


def whole(least, most):
    """The kind of whole numbers from `least` to `most`: more is a slip, and would fill a disk or
    the memory before anybody hears of it."""

    def number(text):
        try:
            found = int(text)
        except ValueError:  # also of what is a digit to some, as "²", and of thousands of digits
            found = None
        if found is None or not least <= found <= most:
            of_these = f"whole number {'above' if least else 'from'} 0, up to {most:,}"
            raise argparse.ArgumentTypeError(f"{text[:40]} is not a {of_these}")
        return found

    return number


positive = whole(1, 1_000_000)
natural = whole(0, 2**31 - 1)  # as of a seed
code_length = whole(1, 10_000)
