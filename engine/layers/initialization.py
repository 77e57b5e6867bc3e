"""The choices of weight initialisation; `engine.compiler.initialization` carries them out."""

from __future__ import annotations

from engine.graph.params import Choice


def weight_init() -> Choice:
    """The parameter that says how a layer's weights start."""
    return Choice(
        name="weight_init",
        label="Initial weights",
        default="default",
        options=("default", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal"),
        titles=("PyTorch default", "Xavier uniform", "Xavier normal", "He uniform", "He normal"),
        passed=False,
        doc="How the weights are drawn before training. Xavier keeps the signal's size through sigmoid and tanh "
        "(Glorot & Bengio, 2010), He through ReLU (He et al., 2015); both start biases at zero. "
        "PyTorch's default draws weights and biases uniformly within ±1/√inputs.",
    )
