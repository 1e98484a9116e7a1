"""The exercises, one module each: what is asked, its inputs, its solution and its mistakes.

An exercise declares and does nothing else: the judge is in `dimlearn.check.judge`. Which lesson it
belongs to stands in `dimlearn.check.syllabus`. It may import whatever `check` may.
"""
