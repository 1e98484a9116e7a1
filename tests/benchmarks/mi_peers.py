"""Other people's estimators, beside ours on the same tasks, where they are installed.

None of them is needed by dimlearn, and not all go into one environment: `benchmark-mi` 0.1.3 wants
`jax==0.4.30 jaxlib==0.4.30`, `gmm-mi` 0.8.2 wants `scikit-learn<1.6`, and `latentmi` and
`diffusion-mi` want PyTorch. (`mist-statinf` 0.1.1 brings no weights of its trained network; they
are to be downloaded apart, so it is not here.)
"""

import contextlib
import io
import math

import numpy as np
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression


def scikit_learn(x, y):
    """Ross and KSG of two columns, None for more."""
    if x.shape[1] > 1 or y.shape[1] > 1:
        return None
    labels = len(np.unique(y)) <= 20
    measure = mutual_info_classif if labels else mutual_info_regression
    return float(measure(x, y[:, 0].astype(int) if labels else y[:, 0], random_state=0)[0])


def gmm_mi(x, y):
    """A Gaussian mixture of two columns (Piras et al. 2023), as it is set, None for more."""
    from gmm_mi.mi import EstimateMI

    if x.shape[1] > 1 or y.shape[1] > 1:
        return None
    estimator = EstimateMI()
    estimator.fit(np.hstack([x, y]))
    return float(estimator.estimate()[0])


def latent_mi(x, y):
    """KSG of eight learnt numbers a side (Gowri et al. 2024), as it is set; it answers in bits."""
    from latentmi import lmi

    with contextlib.redirect_stdout(io.StringIO()):  # a flower an epoch
        terms = lmi.estimate(x, y)[0]
    return float(np.nanmean(terms)) * math.log(2)


def diffusion_mi(x, y, epochs=300, rate=1e-3):
    """MINDE (Franzese et al. 2024), for 300 epochs at 1e-3; it is set to 1,000 at 5e-5."""
    from dmi import estimators

    estimator = estimators.MINDEEstimator(
        max_epochs=epochs, learning_rate=rate, test_num=1000, device="cpu"
    )
    with contextlib.redirect_stdout(io.StringIO()):
        estimator.fit(x, y)
        return float(estimator.estimate(x, y))


def of_bmi(name):
    def estimate(x, y):
        from bmi import estimators

        return float(getattr(estimators, name)().estimate(x, y))

    return estimate


PEERS = {
    "scikit-learn": scikit_learn,
    "GMM-MI": gmm_mi,
    "latentmi": latent_mi,
    "diffusion-mi": diffusion_mi,
    "bmi, KSG": of_bmi("KSGEnsembleFirstEstimator"),
    "bmi, CCA": of_bmi("CCAMutualInformationEstimator"),
    "bmi, InfoNCE": of_bmi("InfoNCEEstimator"),
    "bmi, MINE": of_bmi("MINEEstimator"),
}


def estimate(name, x, y):
    """A peer's value in nats; NaN where it is not made for such a sample, or not installed."""
    try:
        value = PEERS[name](np.asarray(x, float), np.asarray(y, float))
    except ImportError:
        return math.nan
    return math.nan if value is None else value
