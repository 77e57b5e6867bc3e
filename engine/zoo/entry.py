"""What the zoo says about each of its networks, and how one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.graph.model import Graph
from engine.graph.params import Int, Param, ParamError, ParamValue, Shape, check_all
from engine.graph.wording import quoted
from engine.layers.spec import RANK_NAMES, TensorShape, format_shape

TEMPLATES_FAMILY = "Templates"
FAMILIES = (
    TEMPLATES_FAMILY,
    "Classic CNNs",
    "Residual and dense",
    "Compact CNNs",
    "Small images",
    "Segmentation",
    "Perceptrons",
    "Sequences",
    "Attention",
)
"""The groups in which the networks are listed, in this order."""

IMAGENET_SHAPE = (3, 224, 224)
"""What networks for ImageNet are made for."""
IMAGENET_CLASSES = 1000
"""How many classes ImageNet has."""
DIGITS_SHAPE = (1, 28, 28)
"""A sample of MNIST."""

_CLASSES = Int(name="classes", default=10, minimum=1, maximum=1_000_000, doc="How many values come out.")
_INPUT = Shape(name="input", default=DIGITS_SHAPE, doc="The shape of one sample, without the batch axis.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZooEntry:
    """One network that projects can start from, for any input size and number of classes."""

    id: str
    """Its name on the command line; torchvision's where it has the network."""
    label: str
    """Its title in lists and on the welcome page."""
    doc: str
    """What it is or shows, in one or two sentences."""
    family: str
    """One of `FAMILIES`."""
    draw: Callable[..., Graph]
    """Draws it, with its recipe: called with the input shape, the number of classes and the options by name."""
    input_shape: TensorShape = IMAGENET_SHAPE
    """The shape of one sample that it is meant for."""
    classes: int = IMAGENET_CLASSES
    """How many values come out: a score for each class, or what a forecast consists of."""
    axes: tuple[int, ...] = (3,)
    """How many axes a sample may have, without the batch axis."""
    least: int = 1
    """The smallest height and width of an image of which something is left at the end."""
    options: tuple[Param, ...] = ()
    """What else can be chosen when it is drawn."""

    @property
    def is_template(self) -> bool:
        """Whether it is one of the few with which the welcome page begins."""
        return self.family == TEMPLATES_FAMILY

    def build(
        self, input_shape: Sequence[int] | None = None, classes: int | None = None, **options: ParamValue
    ) -> Graph:
        """Draw it for samples of `input_shape` and for `classes`, or as it is meant to be where one is not given.

        Raises:
            ParamError: the shape has the wrong number of axes, an image is too small, the number of classes is out of
                range, or there is no such option.
        """
        shape = self.input_shape if input_shape is None else self._checked(input_shape)
        number = self.classes if classes is None else _CLASSES.check(classes)
        known = {option.name for option in self.options}
        for name in options:
            if name not in known:
                raise ParamError(f"“{self.id}” has no option {quoted(name)}.")
        return self.draw(shape, number, **check_all(self.options, options))

    def _checked(self, input_shape: Sequence[int]) -> TensorShape:
        shape = _INPUT.check(tuple(input_shape))
        if len(shape) not in self.axes:
            wanted = " or ".join(RANK_NAMES[axes] for axes in self.axes)
            raise ParamError(f"“{self.id}” takes {wanted}, not {format_shape(shape)}.")
        if min(shape[-2:]) < self.least:
            raise ParamError(
                f"“{self.id}” needs images of at least {self.least}×{self.least} pixels: of {shape[-2]}×{shape[-1]} "
                "nothing would be left at its end."
            )
        return shape
