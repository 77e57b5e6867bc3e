"""What a layer learns: the shapes of its weights, taken from the real module."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from engine.analysis.calls import make_module
from engine.graph.blocks import block_of
from engine.graph.params import Params, ParamValue
from engine.layers.registry import spec
from engine.layers.spec import Call, TensorShape


def weight_shapes(layer: str, params: Params, inputs: Sequence[TensorShape]) -> dict[str, TensorShape]:
    """The shape of each learnable tensor by name, such as `{"weight": (16, 1, 5, 5), "bias": (16,)}`.

    Args:
        layer: the id of the layer.
        params: a value for each of its parameters.
        inputs: the shapes of its inputs without the batch axis.

    Returns:
        Nothing for a layer without weights, and for one that lacks an input or cannot take these.
    """
    if block_of(layer) is not None:
        return {}
    return dict(_weight_shapes(layer, tuple(sorted(params.items())), tuple(inputs)))


@lru_cache(maxsize=1024)
def _weight_shapes(
    layer: str, params: tuple[tuple[str, ParamValue], ...], inputs: tuple[TensorShape, ...]
) -> tuple[tuple[str, TensorShape], ...]:
    declared = spec(layer)
    values = dict(params)
    is_fed = len(inputs) >= (1 if declared.is_variadic else len(declared.inputs))
    if declared.call is not Call.MODULE or not is_fed or declared.objection(inputs, values):
        return ()
    module = make_module(declared.invocation(inputs, values), device="meta")
    return tuple((name, tuple(weight.shape)) for name, weight in module.named_parameters())
