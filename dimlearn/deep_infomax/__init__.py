"""Deep InfoMax (arXiv 1808.06670): encoder, critics, objectives, views, prior, and their model.

This room is the method: it makes an encoder learn from images without labels. What the code is
worth afterwards is no question of this room but of `evaluation`. It may import `information`,
`data`, `pictures` and what stands below them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "critics": ["ConcatCritic", "DotProductCritic"],
        "encoder": ["build_encoder", "layer_model"],
        "model": ["DeepInfoMax"],
        "optimizer": ["FusedAdam"],
        "prior": ["build_discriminator"],
        "replicas": ["synchronise"],
        "settling": ["settle"],
        "views": ["HandwritingViews", "PhotographViews"],
    },
)
