"""The choices of weight initialisation; `engine.compiler.initialization` carries them out."""

from __future__ import annotations

from engine.graph.params import Choice, Float, Param

_TITLES = {
    "default": "PyTorch default",
    "xavier_uniform": "Xavier uniform",
    "xavier_normal": "Xavier normal",
    "he_uniform": "He uniform",
    "he_normal": "He normal",
    "orthogonal": "Orthogonal",
    "zeros": "Zeros",
    "constant": "Constant",
    "normal": "Normal",
}
HE = ("he_uniform", "he_normal")
"""The choices that follow He's rule."""


def weight_init() -> tuple[Param, ...]:
    """The parameters that say how a layer's weights start; none of them is an argument of the layer itself."""
    return (
        Choice(
            name="weight_init",
            label="Initial weights",
            default="default",
            options=tuple(_TITLES),
            titles=tuple(_TITLES.values()),
            passed=False,
            doc="How the weights are drawn before training. Xavier keeps the signal's size through sigmoid and tanh "
            "(Glorot & Bengio, 2010), He through ReLU (He et al., 2015), orthogonal through many steps of a recurrent "
            "layer (Saxe et al., 2014). With zeros or a constant all units stay alike and learn the same. "
            "All of these start biases at zero. "
            "PyTorch's default draws weights and biases uniformly within ±1/√inputs in most layers.",
        ),
        Choice(
            name="weight_fan",
            label="Fan",
            default="fan_in",
            options=("fan_in", "fan_out"),
            titles=("In (signal)", "Out (gradient)"),
            passed=False,
            only_with=("weight_init", HE),
            doc="What keeps its size through the layers: with the fan in, the number of inputs of a unit, the signal "
            "on its way forward; with the fan out, the number of units that an input goes to, the gradient on its way "
            "back. Either will do (He et al., 2015, section 2.2); torchvision's ResNets, VGGs and MobileNets take the "
            "fan out.",
        ),
        Float(
            name="weight_value",
            label="Initial value",
            default=0.1,
            minimum=-1000.0,
            maximum=1000.0,
            passed=False,
            only_with=("weight_init", ("constant",)),
            doc="The value that every weight starts with.",
        ),
        Float(
            name="weight_std",
            label="Initial spread",
            default=0.02,
            minimum=0.0,
            maximum=1000.0,
            passed=False,
            only_with=("weight_init", ("normal",)),
            doc="The standard deviation of the normal distribution around 0 from which the weights are drawn; "
            "AlexNet took 0.01, transformers take 0.02.",
        ),
    )
