"""The exercises in the order of the lessons: `lessonN/NAME.py` holds the exercise NAME.

A module is an exercise by being there. The order below is that of the lessons; what it does not
name comes last in its lesson.
"""

from pathlib import Path

ORDER = {
    1: (
        "Entropy and mutual information",
        ("entropy", "kl_divergence", "mutual_information", "gaussian_mi"),
    ),
    2: (
        "Estimating mutual information from samples",
        ("pairwise_scores", "dv_bound", "nwj_bound", "jsd_bound", "infonce_bound"),
    ),
    3: ("The encoder", ("feature_map_size", "receptive_field", "build_encoder")),
    4: ("The global objective", ("mismatch", "global_pairs", "global_loss")),
    5: ("The local objective", ("attach_code", "local_scores", "local_jsd", "local_infonce")),
    6: (
        "Prior matching",
        ("sample_prior", "discriminator_loss", "prior_loss", "prior_gradients"),
    ),
    7: ("The weighted loss", ("dim_loss", "train_step")),
    8: (
        "Comparing classifiers",
        ("standardize", "frozen_classifier", "few_labels", "accuracy_interval"),
    ),
    9: ("Diagnosing a representation", ("shuffle_dimensions", "gaussian_total_correlation")),
}


def modules(lesson):
    """The names of the exercises of a lesson, as the files say."""
    files = (Path(__file__).parent / f"lesson{lesson}").glob("*.py")
    return sorted(file.stem for file in files if file.stem != "__init__")


LESSONS = {
    number: (title, (*order, *(name for name in modules(number) if name not in order)))
    for number, (title, order) in ORDER.items()
}
LESSON_OF = {name: number for number, (_, names) in LESSONS.items() for name in names}
