"""Pictures: one look for the lessons and the report, and none without a text alternative.

This room draws what it is given: it trains nothing and judges nothing. It may import `errors`,
`startup` and `files`, and no other room.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["diagnosis", "estimation", "judging", "objectives", "style", "two_views"],
    submod_attrs={
        "comparison": ["neighbours"],
        "diagrams": ["training_step"],
        "entropy": ["beside_independence", "entropy_bars", "forecasts", "surprise_areas"],
        "fields": ["channels", "framed", "pixel_map", "windows"],
        "game": ["histograms", "opinions", "orbit", "players", "squares", "two_losses"],
        "lessons": [
            "Picture",
            "accuracies",
            "canvas",
            "image_grid",
            "probability_tables",
            "scatters",
            "score_matrices",
            "show",
        ],
        "lines": ["curves", "first_and_last"],
        "unlabelled": ["alike", "in_their_places"],
        "widgets": ["LiveTraining", "explorer"],
    },
)
