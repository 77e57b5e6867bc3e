"""What layers against overfitting are compared with; `conftest.py` says what the tables mean."""

from __future__ import annotations

from torch import nn

from engine.modules.regularization import GaussianNoise, StochasticDepth

HAND_WRITTEN = {
    "dropout": lambda shapes, p: nn.Dropout(p["p"]),
    "dropout1d": lambda shapes, p: nn.Dropout1d(p["p"]),
    "dropout2d": lambda shapes, p: nn.Dropout2d(p["p"]),
    "alpha_dropout": lambda shapes, p: nn.AlphaDropout(p["p"]),
    "stochastic_depth": lambda shapes, p: StochasticDepth(p["p"], p["mode"]),
    "gaussian_noise": lambda shapes, p: GaussianNoise(p["std"]),
}
