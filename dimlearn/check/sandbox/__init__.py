"""A learner's function may do anything, and afterwards everything is as before.

Here is all that runs a strange function and undoes what it did: the guarded run of a whole check,
one call, and what is kept. It may import `startup` and `private_names`; the modules that it watches
are handed to it.
"""
