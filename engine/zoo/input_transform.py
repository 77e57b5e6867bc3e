"""The change of scale in front of networks whose weights were first trained elsewhere than in PyTorch."""

from __future__ import annotations

from statistics import fmean

from engine.graph.params import ParamValue
from engine.layers.rescaling import write_numbers

NAME = "transform_input"
"""What the layer is called: torchvision's name for the option."""
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of the colours in ImageNet's photos, from 0 to 1, by which all of torchvision's networks expect them normalised."""
_MIDDLE = 0.5
"""The mean and the spread by which the weights expect them normalised instead: from −1 to 1."""


def transform_input(channels: int) -> dict[str, ParamValue]:
    """The parameters of the layer “Rescale” that computes what torchvision's networks do with `transform_input`.

    Args:
        channels: of the images. Where they are not three colours, all get the mean of what the colours get.
    """
    factors = [std / _MIDDLE for std in _STD]
    offsets = [(mean - _MIDDLE) / _MIDDLE for mean in _MEAN]
    if channels != len(factors):
        factors, offsets = [fmean(factors)], [fmean(offsets)]
    return {"scale": write_numbers(factors), "offset": write_numbers(offsets)}
