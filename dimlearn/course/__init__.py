"""The course: lessons made from their solutions, run, proved, and copied for the learner.

This room knows lessons as files, and runs them in kernels of their own; what they teach is left to
the rooms below. It may import `check` and every room below that.
"""
