"""The recorded runs of the lessons, a module each: `run(seed)` gives rows of a table.

`dimlearn.course.recorded` runs them, writes their tables and reads them.
"""
