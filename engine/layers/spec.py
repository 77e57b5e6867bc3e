"""What the declaration of a layer says, and how a declaration becomes a PyTorch call.

A declaration is all there is to a layer: its palette entry, inspector form, help, shape check, module
and generated code are derived from it. `LayerSpec.invocation` is the one place that turns parameters
and input shapes into `(target, kwargs)`; the compiler calls it and the code generator prints it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from math import prod
from operator import attrgetter
from typing import TypeAlias

from engine.graph.params import Param, Params, ParamValue

TensorShape: TypeAlias = tuple[int, ...]
"""Sizes along each axis of one sample: the batch axis is left out everywhere."""

FAMILIES = (
    "Input and output",
    "Block",
    "Convolution",
    "Pooling",
    "Linear",
    "Activation",
    "Normalization",
    "Regularization",
    "Recurrent",
    "Attention",
    "Shape",
    "Merge",
)
"""The families of layers, in the order of the palette."""


MAX_INPUTS = 10_000
"""How many ports a variadic input has."""
MAX_VALUES = 10_000_000_000
"""How many values one layer may take in for one sample, or learn: more than fit into any one memory."""


class Call(Enum):
    """How a layer's target is called."""

    MODULE = "module"
    """The target is an `nn.Module` class; one instance becomes a submodule named after the node."""
    FUNCTION = "function"
    """The target is a function of as many tensors as there are inputs."""
    FOLD = "fold"
    """The target is a function of two tensors, applied from the first input to the last."""
    LIST = "list"
    """The target is a function of a list of tensors."""
    FORMULA = "formula"
    """The node is the formula in x that its parameter `formula` holds; see `engine.layers.formula`."""
    INPUT = "input"
    """The node is an argument of `forward`."""
    OUTPUT = "output"
    """The node is what `forward` returns."""
    BLOCK = "block"
    """The node is an instance of a block, which becomes an `nn.Module` of its own."""


@dataclass(frozen=True, slots=True)
class Port:
    """A place where wires end or begin."""

    name: str
    """What runs through it, for tooltips and screen readers."""
    variadic: bool = False
    """Whether any number of wires may end here, each taking the next port number."""
    ranks: tuple[int, ...] = ()
    """The numbers of axes (without the batch axis) that are taken; empty when any will do."""
    integer: bool = False
    """Whether whole numbers are taken, such as the ids of words; what arrives is cast by `.long()`."""


Argument: TypeAlias = ParamValue | tuple[float, ...]
"""What a module or function may be called with, beside tensors."""
Index: TypeAlias = int | tuple[int | slice, ...]
"""What may stand in brackets behind a result: `0` for `[0]`, `(slice(None), -1)` for `[:, -1]`."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One use of PyTorch: a module `target(**kwargs)` that is called, or a function called with `kwargs`."""

    target: str
    """The dotted path, such as `torch.nn.Conv2d`."""
    kwargs: dict[str, Argument] = field(default_factory=dict)
    """The keyword arguments, sizes that follow from the input first."""
    arguments: tuple[int, ...] = ()
    """Which inputs are passed, by number and in order; empty for each of them once."""
    call_kwargs: Mapping[str, ParamValue] = field(default_factory=dict)
    """Keyword arguments of each call of a module."""
    pick: tuple[Index, ...] = ()
    """What is taken from the result, one index after another: `(0, (slice(None), -1))` is `[0][:, -1]`."""


def no_sizes(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    """The `wire` of a layer whose arguments do not depend on its input."""
    return {}


def no_objection(shapes: Sequence[TensorShape], params: Params) -> str | None:
    """The `check` of a layer that takes whatever its ports let through."""
    return None


def no_pick(params: Params) -> tuple[Index, ...]:
    """The `pick` of a layer whose result is used as it is."""
    return ()


def no_summary(params: Params) -> str:
    """The `summary` of a layer without parameters worth a line."""
    return ""


# For each wire this is asked several times; a generator would take much longer.
_is_variadic = attrgetter("variadic")

SAME_SHAPE = "The same as the input's."
"""The shape rule of layers that keep the shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSpec:
    """The declaration of one layer."""

    id: str
    """How files name the layer; never changes."""
    label: str
    """How people name it."""
    family: str
    """One of `FAMILIES`."""
    target: str = ""
    """The dotted path of the PyTorch class or function; empty for inputs, outputs and formulas."""
    choose_target: Callable[[Sequence[TensorShape], Params], str] | None = None
    """The target where it depends on the input shapes and parameters."""
    call: Call = Call.MODULE
    """How the target is called."""
    base_name: str
    """The stem of the names of new nodes, such as `conv` for conv, conv2, conv3."""
    doc: str
    """What it does, in one or two sentences for a learner."""
    formula: str
    """The defining formula, in plain Unicode."""
    shape_rule: str
    """How the output's shape follows from the input's, in a sentence."""
    when: str
    """When to use it."""
    pitfalls: str
    """What goes wrong with it."""
    source: str = ""
    """The paper or page that defines it."""
    also: str = ""
    """Other names by which people search for it."""
    icon: str
    """The name of an icon of the Material Design set, without prefix."""
    params: tuple[Param, ...] = ()
    """What can be set."""
    inputs: tuple[Port, ...] = (Port("input"),)
    """Where wires end."""
    outputs: tuple[Port, ...] = (Port("output"),)
    """Where wires begin."""
    count_outputs: Callable[[Params], int] | None = None
    """How many outputs there are where that depends on the parameters; all are like the first of `outputs`."""
    wire: Callable[[Sequence[TensorShape], Params], Mapping[str, Argument]] = no_sizes
    """The arguments that follow from the input shapes, such as `in_channels`; they win over parameters."""
    arguments: tuple[int, ...] = ()
    """Which inputs are passed, by number and in order, where that is not each of them once."""
    call_kwargs: Mapping[str, ParamValue] = field(default_factory=dict)
    """Keyword arguments of each call of the module."""
    pick: Callable[[Params], tuple[Index, ...]] = no_pick
    """What is taken from the module's result, such as `(0,)` for the first of a tuple."""
    check: Callable[[Sequence[TensorShape], Params], str | None] = no_objection
    """Why these input shapes cannot work, in plain words; None when they can."""
    summary: Callable[[Params], str] = no_summary
    """The parameters that matter, in the short form shown on the node, such as `64 · 3×3 · /2`."""

    @property
    def is_variadic(self) -> bool:
        """Whether any number of wires may feed the layer."""
        return any(map(_is_variadic, self.inputs))

    def has_input(self, port: int) -> bool:
        """Whether a wire may end at the input `port`."""
        return 0 <= port < (MAX_INPUTS if self.is_variadic else len(self.inputs))

    def has_output(self, port: int, params: Params) -> bool:
        """Whether a wire may begin at the output `port`."""
        return 0 <= port < len(self.output_ports(params))

    def output_ports(self, params: Params) -> tuple[Port, ...]:
        """The outputs of a node with `params`."""
        if self.count_outputs is None:
            return self.outputs
        first = self.outputs[0]
        return tuple(replace(first, name=f"{first.name} {index + 1}") for index in range(self.count_outputs(params)))

    def param(self, name: str) -> Param:
        """The declaration of one parameter.

        Raises:
            KeyError: the layer has no such parameter.
        """
        for param in self.params:
            if param.name == name:
                return param
        raise KeyError(name)

    def invocation(self, shapes: Sequence[TensorShape], params: Params) -> Invocation:
        """The PyTorch call for this layer when it gets inputs of `shapes`."""
        passed = {param.name: params[param.name] for param in self.params if param.passed}
        sizes = self.wire(shapes, params)
        target = self.target if self.choose_target is None else self.choose_target(shapes, params)
        # Named twice, so that sizes stand first and win.
        kwargs: dict[str, Argument] = {**sizes, **passed, **sizes}
        return Invocation(target, kwargs, self.arguments, self.call_kwargs, self.pick(params))

    def objection(self, shapes: Sequence[TensorShape], params: Params) -> str | None:
        """Why the layer cannot take inputs of `shapes`: what met what, and why it cannot; None when it can."""
        for index, shape in enumerate(shapes):
            port = self.inputs[min(index, len(self.inputs) - 1)]
            if port.ranks and len(shape) not in port.ranks:
                return self._rank_objection(port, shape)
            if prod(shape) > MAX_VALUES:
                return f"{self.label} gets {describe_shape(shape)}: more values than fit into memory."
        return self.check(shapes, params)

    def _rank_objection(self, port: Port, shape: TensorShape) -> str:
        wanted = " or ".join(RANK_NAMES[rank] for rank in port.ranks)
        hint = ""
        if len(shape) == 3 and 1 in port.ranks:
            hint = " Put a Flatten or a global pooling in between."
        elif len(shape) == 1 and 3 in port.ranks:
            hint = " Wire it where there still is an image: before a Flatten, behind an Input of images."
        return f"{self.label} takes {wanted}, but gets {describe_shape(shape)}.{hint}"


RANK_NAMES = {
    1: "a vector",
    2: "a sequence (steps × features)",
    3: "an image (channels × height × width)",
    4: "a volume (channels × depth × height × width)",
}
"""What a sample with so many axes is called."""


def whole(value: ParamValue) -> int:
    """`value` of an `Int` parameter, for the type checker."""
    assert isinstance(value, int)
    return value


def weights_objection(label: str, weights: int) -> str | None:
    """Say so when a layer would have more weights than fit into memory."""
    if weights <= MAX_VALUES:
        return None
    return f"{label} would have {weights:,} weights: more than fit into memory."


def format_shape(shape: TensorShape) -> str:
    """`16 × 28 × 28`, as shown on wires."""
    return " × ".join(map(str, shape)) if shape else "one number"


def describe_shape(shape: TensorShape) -> str:
    """A shape in a sentence, such as “an image of 16 × 28 × 28”."""
    names = {
        0: "one number",
        1: f"a vector of {shape[0]} value{'s' if shape[0] != 1 else ''}" if shape else "",
        2: "a sequence of",
        3: "an image of",
    }
    name = names.get(len(shape), "a tensor of")
    return name if len(shape) < 2 else f"{name} {format_shape(shape)}"
