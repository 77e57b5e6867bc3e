"""What convolution and pooling share: windows that slide over a sequence, an image or a volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from engine.graph.params import Int, Param, Params, ParamValue, Sizes, format_value
from engine.layers.spec import MAX_VALUES, Port, TensorShape, describe_shape, format_shape


@dataclass(frozen=True, slots=True)
class Space:
    """What a window slides over, and the words for it."""

    axes: int
    """How many axes the window has."""
    name: str
    """What one sample is called."""
    lengths: tuple[str, ...]
    """What its size along each axis is called."""
    adjectives: tuple[str, ...]
    """What it is when it is large along each axis."""
    unit: str
    """What its sizes are counted in."""
    place: str
    """The index of one place in a formula, such as `i, j`."""
    taps: str
    """The index of one tap of a window in a formula, such as `m, n`."""

    @property
    def port(self) -> Port:
        """The input of a layer that slides a window over it."""
        return Port(self.name, ranks=(self.axes + 1,))

    @property
    def sizes(self) -> str:
        """Its sizes in a sentence, such as “height and width”."""
        return " and ".join(filter(None, (", ".join(self.lengths[:-1]), self.lengths[-1])))

    @property
    def layout(self) -> str:
        """The axes of a sample, such as “Channels × height × width”."""
        return " × ".join(("Channels", *self.lengths))

    @property
    def under(self) -> str:
        """The index, in a formula, of the place under one tap of the window: `i·s + m, j·s + n`."""
        pairs = zip(self.place.split(", "), self.taps.split(", "), strict=True)
        return ", ".join(f"{place}·s + {tap}" for place, tap in pairs)

    def numbers(
        self,
        name: str,
        default: int,
        doc: str,
        *,
        minimum: int = 0,
        maximum: int = 1024,
        only_with: tuple[str, tuple[ParamValue, ...]] | None = None,
    ) -> Param:
        """A parameter with one number for each axis of the window; with one axis it is a plain number."""
        if self.axes == 1:
            return Int(
                name=name,
                default=default,
                minimum=minimum,
                maximum=maximum,
                unit=self.unit,
                doc=doc,
                only_with=only_with,
            )
        return Sizes(
            name=name,
            default=(default,) * self.axes,
            minimum=minimum,
            maximum=maximum,
            unit=self.unit,
            doc=doc,
            only_with=only_with,
        )


SEQUENCE = Space(1, "sequence", ("steps",), ("long",), "steps", "i", "m")
"""Channels × steps: PyTorch's 1-d windows slide along the last axis."""
IMAGE = Space(2, "image", ("height", "width"), ("high", "wide"), "px", "i, j", "m, n")
"""Channels × height × width."""
VOLUME = Space(3, "volume", ("depth", "height", "width"), ("deep", "high", "wide"), "px", "h, i, j", "l, m, n")
"""Channels × depth × height × width; a video is one, with time as its depth."""


def numbers(value: ParamValue) -> tuple[int, ...]:
    """The numbers of a parameter that `Space.numbers` made, one for each axis."""
    if isinstance(value, int):
        return (value,)
    assert isinstance(value, tuple)
    return value


def window_text(params: Params) -> str:
    """`3×3 · /2`: the window, and the stride when it is not 1."""
    stride = numbers(params["stride"])
    step = str(stride[0]) if len(set(stride)) == 1 else format_value(stride)
    window = format_value(params["kernel_size"])
    return window if step == "1" else f"{window} · /{step}"


def reaches(params: Params) -> tuple[int, ...]:
    """How many places the window spans along each axis, holes of its dilation included."""
    kernel = numbers(params["kernel_size"])
    dilation = numbers(params["dilation"]) if "dilation" in params else (1,) * len(kernel)
    return tuple(spread * (taps - 1) + 1 for taps, spread in zip(kernel, dilation, strict=True))


def window_objection(space: Space, label: str, shape: TensorShape, params: Params) -> str | None:
    """Say so when the window is larger than the padded sample of `shape`."""
    padding = numbers(params["padding"]) if "padding" in params else (0,) * space.axes
    for size, reach, border, stride, adjective in zip(
        shape[1:], reaches(params), padding, numbers(params["stride"]), space.adjectives, strict=True
    ):
        # Where sizes are rounded up, a first window may stick out by less than one step.
        if reach > size + 2 * border + (stride - 1 if params.get("ceil_mode") else 0):
            padded = f" ({size + 2 * border} with padding)" if border else ""
            remedy = "a smaller kernel or more padding" if "padding" in params else "a smaller kernel"
            return (
                f"The {label} window is {reach} {adjective}, but {describe_shape(shape)} is only "
                f"{size} {adjective}{padded}. Use {remedy}, or shrink the {space.name} less before."
            )
    return None


def output_objection(label: str, shape: Sequence[int]) -> str | None:
    """Say so when a layer that enlarges would give more values than fit into memory."""
    if prod(shape) <= MAX_VALUES:
        return None
    return f"{label} would give {format_shape(tuple(shape))}: more values than fit into memory."
