"""Pooling whose windows follow from the size that is wanted, down to one value per channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.graph.params import Params, ParamValue, format_value
from engine.layers.sliding import IMAGE, SEQUENCE, VOLUME, Space, numbers, output_objection
from engine.layers.spec import Call, LayerSpec, TensorShape


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A way of summarising values: by their mean or by their maximum."""

    id: str
    """The part of ids that names it."""
    name: str
    """How labels name it."""
    sign: str
    """How formulas write it."""
    verb: str
    """What it does, at the beginning of a sentence."""
    target: str
    """The part of PyTorch's class that names it."""
    function: str
    """PyTorch's function for whole axes."""
    strength: str
    """What it is good at."""
    also: str


_AVERAGE = _Kind(
    id="avg",
    name="average",
    sign="mean",
    verb="Averages",
    target="Avg",
    function="torch.mean",
    strength="every place has its say.",
    also="mean gap squeeze",
)
_MAX = _Kind(
    id="max",
    name="max",
    sign="max",
    verb="Takes the largest value",
    target="Max",
    function="torch.amax",
    strength="what counts is whether a pattern is there at all.",
    also="maximum gmp peak",
)


def _adaptive_check(label: str) -> Callable[[Sequence[TensorShape], Params], str | None]:
    return lambda shapes, params: output_objection(label, (shapes[0][0], *numbers(params["output_size"])))


def _adaptive(kind: _Kind, space: Space) -> LayerSpec:
    label = f"Adaptive {kind.name} pool {space.axes}D"
    return LayerSpec(
        id=f"adaptive_{kind.id}_pool{space.axes}d",
        label=label,
        family="Pooling",
        target=f"torch.nn.Adaptive{kind.target}Pool{space.axes}d",
        base_name="pool",
        doc=f"{kind.verb} over as many windows as the output should have places, however large the {space.name} is.",
        formula=f"y[c, {space.place}] = {kind.sign} of x[c] over the ({space.place})-th of output_size equal windows",
        shape_rule=f"{space.layout}: channels stay; {space.sizes} → output size.",
        when="Before the classifier: size 1 is global pooling and makes the network work for inputs of any size; "
        f"{kind.strength}",
        pitfalls="At size 1 all knowledge of where things are is gone. Windows overlap where sizes do not divide.",
        source=f"Lin et al., 2014; torch.nn.Adaptive{kind.target}Pool{space.axes}d",
        also=f"{kind.also} fixed size",
        icon="image-size-select-small",
        params=(
            space.numbers(
                "output_size", 1, f"The {space.sizes} of the output; 1 takes the whole {space.name} at once.", minimum=1
            ),
        ),
        inputs=(space.port,),
        check=_adaptive_check(label),
        summary=lambda params: f"→ {format_value(params['output_size'])}",
    )


def _global(kind: _Kind, space: Space) -> LayerSpec:
    axes: tuple[int, ...] = tuple(range(2, 2 + space.axes))

    def wire(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
        return {"dim": axes}

    return LayerSpec(
        id=f"global_{kind.id}_pool{space.axes}d",
        label=f"Global {kind.name} pool {space.axes}D",
        family="Pooling",
        target=kind.function,
        call=Call.FUNCTION,
        base_name="global_pool",
        doc=f"{kind.verb} over the whole {space.name}, channel by channel: one number for each pattern.",
        formula=f"y[c] = {kind.sign} x[c, {space.place}] over {space.place}",
        shape_rule=f"{space.layout} → a vector of as many values as channels.",
        when="Between the last convolution and the dense layer, in place of a Flatten: far fewer weights, and inputs "
        f"of any size work; {kind.strength}",
        pitfalls="All knowledge of where things are is gone.",
        source=f"Lin et al., 2014; {kind.function}",
        also=f"{kind.also} flatten",
        icon="arrow-collapse-all",
        inputs=(space.port,),
        wire=wire,
    )


ADAPTIVE_AVG_POOL1D = _adaptive(_AVERAGE, SEQUENCE)
ADAPTIVE_AVG_POOL2D = _adaptive(_AVERAGE, IMAGE)
ADAPTIVE_AVG_POOL3D = _adaptive(_AVERAGE, VOLUME)
ADAPTIVE_MAX_POOL1D = _adaptive(_MAX, SEQUENCE)
ADAPTIVE_MAX_POOL2D = _adaptive(_MAX, IMAGE)
ADAPTIVE_MAX_POOL3D = _adaptive(_MAX, VOLUME)
GLOBAL_AVG_POOL1D = _global(_AVERAGE, SEQUENCE)
GLOBAL_AVG_POOL2D = _global(_AVERAGE, IMAGE)
GLOBAL_AVG_POOL3D = _global(_AVERAGE, VOLUME)
GLOBAL_MAX_POOL1D = _global(_MAX, SEQUENCE)
GLOBAL_MAX_POOL2D = _global(_MAX, IMAGE)
GLOBAL_MAX_POOL3D = _global(_MAX, VOLUME)
