"""What can be chosen about a network before it is drawn: the size of its input, its classes, its options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from engine.data.declarations import DATA_SETS, DataSet
from engine.graph.edits import SetSetting
from engine.graph.model import Graph
from engine.graph.params import Int, Param, ParamError, ParamValue, Shape
from engine.layers.spec import TensorShape
from engine.project import recipe
from engine.training.recipe import Recipe
from engine.zoo.entry import ZooEntry

_LARGEST = 100_000
_CLASSES = "classes"
_INPUT = "input"
_AXES: dict[tuple[int, ...], tuple[tuple[str, str], ...]] = {
    (2,): (
        ("steps", "How many steps a sequence has."),
        ("features", "How many values each step has."),
    ),
    (3,): (
        ("channels", "How many values each pixel has: 1 in a grey image, 3 in a coloured one."),
        ("height", "How many rows of pixels an image has."),
        ("width", "How many pixels are in a row."),
    ),
}
"""What the numbers of a sample's shape are called and mean, where they have the same meaning in all samples."""
_INPUT_DOC = "The size of one sample along each axis, without the batch: 1, 28, 28 for a small grey image."
_CLASSES_DOC = "How many scores come out, one for each class."
_VALUES_DOC = "How many values are forecast."
_OF_PIXELS = "Segmentation"
"""The family of networks that need a class for each pixel, which no data set has."""


@dataclass(frozen=True, slots=True)
class Choices:
    """A network of the zoo with all that can be chosen about it."""

    entry: ZooEntry
    """Which network."""
    input_shape: TensorShape
    """The shape of one sample, without the batch axis."""
    classes: int
    """How many values come out."""
    options: tuple[tuple[str, ParamValue], ...] = ()
    """Its own options by name."""
    wanted_data: str = ""
    """The id of the data set to train on, as long as input and classes are those of the data set; may be empty."""

    @classmethod
    def of(cls, entry: ZooEntry) -> Choices:
        """The network as it is meant to be."""
        options = tuple((option.name, option.default) for option in entry.options)
        return cls(entry, entry.input_shape, entry.classes, options, _purpose(entry).data_set)

    @property
    def key(self) -> tuple[object, ...]:
        """What the form of the network depends on."""
        return (self.entry.id, self.input_shape, self.classes, self.options)

    @property
    def data_set(self) -> DataSet | None:
        """What it will be trained on; None when that is still to be chosen."""
        data_set = DATA_SETS.get(self.wanted_data)
        if data_set is None or (data_set.input_shape, data_set.classes) != (self.input_shape, self.classes):
            return None
        return data_set

    @property
    def params(self) -> tuple[Param, ...]:
        """What a form has rows for."""
        entry = self.entry
        sizes: tuple[Param, ...]
        if entry.axes in _AXES:
            sizes = tuple(
                Int(name=name, default=size, minimum=1, maximum=_LARGEST, doc=doc)
                for (name, doc), size in zip(_AXES[entry.axes], entry.input_shape, strict=True)
            )
        else:
            fewest, most = min(entry.axes), max(entry.axes)
            sizes = (
                Shape(
                    name=_INPUT,
                    default=entry.input_shape,
                    minimum_axes=fewest,
                    maximum_axes=most,
                    maximum_size=_LARGEST,
                    doc=_INPUT_DOC,
                ),
            )
        return (*sizes, _classes_of(entry), *entry.options)

    @property
    def values(self) -> dict[str, ParamValue]:
        """The value of each of `params`."""
        names = [name for name, _ in _AXES.get(self.entry.axes, ())]
        sizes: dict[str, ParamValue] = dict(zip(names, self.input_shape, strict=True)) if names else {}
        return {**(sizes or {_INPUT: self.input_shape}), _CLASSES: self.classes, **dict(self.options)}

    def with_value(self, name: str, value: ParamValue) -> Choices:
        """The same with one of `params` set to another value."""
        values = {**self.values, name: value}
        sizes = [values[axis] for axis, _ in _AXES[self.entry.axes]] if self.entry.axes in _AXES else values[_INPUT]
        assert isinstance(sizes, (list, tuple))
        classes = values[_CLASSES]
        assert isinstance(classes, int)
        return replace(
            self,
            input_shape=tuple(size for size in sizes if isinstance(size, int)),
            classes=classes,
            options=tuple((option, values[option]) for option, _ in self.options),
        )

    def fitted(self, data_set: DataSet) -> Choices:
        """The same for the samples and classes of `data_set`, to be trained on it."""
        return replace(self, input_shape=data_set.input_shape, classes=data_set.classes, wanted_data=data_set.id)

    def objection(self, data_set: DataSet) -> str:
        """Why the network cannot learn from `data_set`, in a sentence; empty when it can."""
        if self.entry.family == _OF_PIXELS:
            return f"It says something of each pixel, but {data_set.label} has one class for each whole image."
        return _refusal(self.fitted(data_set))

    def draw(self) -> Graph:
        """A new project with the network, and with the data set if one is chosen.

        Raises:
            ParamError: the network cannot be drawn like that, with the reason in one sentence.
        """
        graph = self.entry.build(self.input_shape, self.classes, **dict(self.options))
        chosen = self.data_set
        # A data set that does not fit must not stay chosen: it would be reported as the user's own mistake.
        SetSetting("data", "dataset", chosen.id if chosen else None).apply(graph)
        return graph


def data_sets_for(entry: ZooEntry) -> list[DataSet]:
    """The data sets whose samples have as many axes as `entry` takes."""
    return [data_set for data_set in DATA_SETS.values() if len(data_set.input_shape) in entry.axes]


@cache
def _refusal(choices: Choices) -> str:
    """Why the network cannot be drawn like this, in a sentence; empty when it can."""
    try:
        choices.draw()
    except ParamError as error:
        return str(error)
    return ""


@dataclass(frozen=True, slots=True)
class _Purpose:
    """What a network is drawn for."""

    data_set: str
    """The id of the data set that it comes with; empty when it comes with none."""
    is_classifier: bool
    """Whether what comes out are scores of classes."""


@cache
def _purpose(entry: ZooEntry) -> _Purpose:
    graph = entry.build()
    return _Purpose(str(graph.settings.get("data", {}).get("dataset", "")), recipe(graph).loss == Recipe().loss)


def _classes_of(entry: ZooEntry) -> Int:
    is_classifier = _purpose(entry).is_classifier
    return Int(
        name=_CLASSES,
        label="" if is_classifier else "Values",
        default=entry.classes,
        minimum=1,
        maximum=1_000_000,
        doc=_CLASSES_DOC if is_classifier else _VALUES_DOC,
    )
