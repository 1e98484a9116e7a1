"""The exercises in the order of the lessons; `exercises/NAME.py` holds the exercise NAME.

Which lesson an exercise belongs to is said here and nowhere else.
"""

LESSONS = {
    0: ("Start here", ("sample_prior",)),
    1: (
        "Entropy and mutual information",
        ("entropy", "kl_divergence", "mutual_information", "gaussian_mi"),
    ),
    2: (
        "Estimating mutual information from samples",
        ("pairwise_scores", "dv_bound", "infonce_bound", "critic_step"),
    ),
    3: ("Bias and variance of the bounds", ("nwj_bound", "answer_cost", "jsd_bound")),
    4: ("The encoder", ("feature_map_size", "receptive_field", "build_encoder")),
    5: (
        "The global objective",
        ("mismatch", "global_pairs", "global_loss", "concat_scores", "whiten"),
    ),
    6: (
        "The local objective",
        ("attach_code", "local_scores", "local_jsd", "train_step", "local_infonce"),
    ),
    7: ("Prior matching", ("discriminator_loss", "prior_loss", "prior_gradients")),
    8: ("The weighted loss", ("dim_loss", "dim_step")),
    9: (
        "Comparing classifiers",
        (
            "standardize",
            "frozen_classifier",
            "few_labels",
            "accuracy_interval",
            "paired_difference",
        ),
    ),
    10: (
        "Diagnosing a representation",
        ("effective_rank", "gaussian_total_correlation", "shuffle_dimensions"),
    ),
    11: ("Two views, and your own images", ("two_view_loss", "nearest_others")),
}

LESSON_OF = {name: number for number, (_, names) in LESSONS.items() for name in names}
