"""Checks that teach: every function that a learner writes is judged by the check of its name.

    from dimlearn import check

    feedback = check.jsd_bound(jsd_bound)    # shows itself at the end of a notebook cell
    check.hint("jsd_bound")                  # the next of several hints
    check.solution("jsd_bound")              # the worked solution with its explanation
    check.explain("jsd_bound.sign_flipped")  # one mistake: what it is, how it shows, its code
    check.mistakes("jsd_bound")              # identifiers of all mistakes that are known by name
    check.stub("jsd_bound")                  # the text that the exercise starts from
    check.progress()                         # what is done, and what is next
    check.yours("jsd_bound")                 # your function of an earlier lesson, or ours

A check returns a `Feedback` with `status` ("correct", "incorrect", "todo"), `mistake`, `message`
and `use`, the function to go on with: the learner's own when it is correct, the reference
otherwise. In a lesson give it another name than the learner's, so that running the check twice
still judges the learner's function:

    jsd = check.jsd_bound(jsd_bound).use

In a later lesson, `jsd = check.yours("jsd_bound")` goes on with it: the text of a correct function
is kept beside the learner's work, and judged again when it is recalled (`recall.py`).

This room judges what learners write, helps them on, and remembers what is done. `exercises/` holds
the data, `sandbox/` all that runs a strange function; the judge is in `judge.py`. It may import
`evaluation` and what stands below it.

Author's guide
==============

An exercise is one module, `dimlearn/check/exercises/NAME.py`, and a name in `syllabus.py`, which
says where in the lessons it comes. The module declares, and the proofs in
`tests/check/test_proofs.py` find it by itself:

    exercise = Exercise(
        meaning=\"""The mean of the codes `[N, D]` over the batch: `[D]`.\""",
        reference=objectives.code_mean,            # the library's function, if it has one
        cases=lambda: [(codes(3, 2),), (codes(7, 5),)],
        differentiable=True,                       # float32 tensors, gradient, tf.function
        shapes={"codes": "ND"},                    # lets messages say "N times too large"
        hints=\"""Over which axis?

        `tf.reduce_mean` takes an `axis`.\""",
    )

    @exercise.solution(\"""The mean over the batch leaves one number for each dimension. ...\""")
    def code_mean(codes):
        \"""The mean code: `[N, D] -> [D]`.\"""
        return tf.reduce_mean(codes, axis=0)

    exercise.share(shared.sign_flipped)            # mistakes of several exercises, from shared.py

    @exercise.mistake(\"""Your function averages over the wrong axis. ...\""")
    def averaged_over_dimensions(codes):           # the name is the identifier
        return tf.reduce_mean(codes, axis=1)

    @exercise.property("a constant batch")         # what the mathematics promises
    def constant_batch(call): ...                  # None, or words for what is broken

Four proofs are demanded of it, and a new exercise fails the tests until it has all four: the stub
is `todo`, the solution `correct`, every mistake `incorrect` by its own name, and at least three
right answers in different styles `correct`; these are in `tests/check/right_answers/NAME.py`. Write
as well:

- cases whose dimensions all differ, without symmetry, zeros or ones, the first of them small (it
  is printed in messages); extremes where the contract asks for them;
- messages that say what the code does instead and where to look, not that it is wrong. What was
  seen and what was expected, on which input, is added by itself;
- mistakes that somebody has made. Two that no input tells apart are one mistake: the proofs say so.

Where a value is not fixed (random answers, models), give no `cases`: then the properties are what
is judged, and a `Fault` with `evidence` (what the answer did, as arrays, strings or tuples)
tells the mistakes apart.
"""

import lazy_loader

from dimlearn.check.syllabus import LESSON_OF

_handed_on, _, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cards": ["explain", "hint", "mistakes", "progress", "solution", "stub"],
        "recall": ["yours"],
    },
)
__all__ += LESSON_OF


def __getattr__(name):
    if name in LESSON_OF:
        from dimlearn.check.judge import judge_of

        return judge_of(name)
    return _handed_on(name)


def __dir__():
    return sorted(__all__)
