"""Whether a layer can be fed with a value, as far as its declaration tells."""

from __future__ import annotations

from engine.graph.params import Params
from engine.layers.spec import LayerSpec, TensorShape


def takes(spec: LayerSpec, params: Params, shape: TensorShape | None) -> bool:
    """Whether the first input of a layer with `params`, or else its defaults, takes a value of `shape`.

    None is a shape that is not known, which whatever has an input takes. Of a layer that meets several inputs only
    the number of axes is compared, as the others are not known.
    """
    if not spec.inputs:
        return False
    if shape is None:
        return True
    first = spec.inputs[0]
    if first.ranks and len(shape) not in first.ranks:
        return False
    if len(spec.inputs) > 1:
        return True
    values = {**{param.name: param.default for param in spec.params}, **params}
    return spec.objection([shape], values) is None
