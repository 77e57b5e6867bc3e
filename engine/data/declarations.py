"""What data sets there are and what can be set about each; no torch, so that forms open at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.graph.params import Float, Int, Param, ParamError, Params, ParamValue, check_all
from engine.graph.wording import quoted, shown

DEFAULT_DATA_SET = "mnist"
"""What a project that says nothing about its data is trained on."""


class DataError(ValueError):
    """Data that cannot be read or used; its text is one sentence for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """One data set that a network can be trained on."""

    id: str
    """The name under which the choice is stored."""
    label: str
    """The name shown to people."""
    doc: str
    """What is in it and what it is good for, for a learner."""
    input_shape: tuple[int, ...]
    """The shape of one sample, without the batch axis."""
    class_names: tuple[str, ...]
    """The name of each class, in the order of the class indices."""
    params: tuple[Param, ...]
    """What can be set about it."""
    source: str
    """Where it comes from."""

    @property
    def classes(self) -> int:
        """The number of classes, which is the number of outputs that a network needs."""
        return len(self.class_names)


def _validation_fraction(default: float) -> Float:
    return Float(
        name="validation_fraction",
        label="Validation share",
        default=default,
        minimum=0.01,
        maximum=0.5,
        unit="%",
        doc="How much of the training data is held back to check the network after each epoch. The network never "
        "learns from these samples, so they show whether it understands or only memorises.",
    )


_DATA_SEED = Int(
    name="data_seed",
    label="Data seed",
    default=0,
    maximum=2**31 - 1,
    doc="Decides which samples are held back for validation, and how generated data falls out. "
    "The same seed always gives the same data.",
)

_DATA_SETS = (
    DataSet(
        id="mnist",
        label="MNIST",
        doc="70,000 small grey images of handwritten digits, 28×28 pixels each: the classic first task for a network "
        "that sees. A simple network reaches 97 % of the 10,000 test images, a convolutional one 99 %.",
        input_shape=(1, 28, 28),
        class_names=tuple("0123456789"),
        params=(_validation_fraction(1 / 12), _DATA_SEED),
        source="LeCun, Cortes and Burges: The MNIST database of handwritten digits",
    ),
    DataSet(
        id="spirals",
        label="Two spirals",
        doc="Points on two spirals that wind around each other; the network must tell which spiral a point is on. No "
        "straight line can do that, so it shows what hidden layers are for, and an epoch takes a blink.",
        input_shape=(2,),
        class_names=("first spiral", "second spiral"),
        params=(
            Int(
                name="points",
                default=2_000,
                minimum=20,
                maximum=200_000,
                doc="How many points are generated for training and validation together; half as many more are "
                "generated for the test. Fewer points are easier to memorise and harder to understand.",
            ),
            Float(
                name="noise",
                default=0.02,
                minimum=0.0,
                maximum=1.0,
                doc="How far the points stray from their spiral, as a standard deviation; the spirals reach out to "
                "a radius of 1. From about 0.1 the arms blur into each other, and no network can be always right.",
            ),
            Float(
                name="turns",
                default=1.5,
                minimum=0.25,
                maximum=6.0,
                doc="How often each spiral winds around the centre. More turns need more hidden units or layers.",
            ),
            _validation_fraction(0.2),
            _DATA_SEED,
        ),
        source="Generated; after K. J. Lang and M. J. Witbrock: Learning to tell two spirals apart (1988)",
    ),
)

DATA_SETS: dict[str, DataSet] = {data_set.id: data_set for data_set in _DATA_SETS}
"""Every data set by its id, in the order in which forms list them."""

_ALL_KEYS = {"dataset"} | {param.name for data_set in _DATA_SETS for param in data_set.params}


@dataclass(frozen=True, slots=True)
class DataChoice:
    """Which data set to train on, and how it is set."""

    dataset: str = DEFAULT_DATA_SET
    """The id of the data set."""
    params: Params = field(default_factory=dict)
    """Its settings; what is missing has its default."""

    def __post_init__(self) -> None:
        if self.dataset not in DATA_SETS:
            raise ParamError(f"There is no data set {quoted(self.dataset)}; there are {', '.join(DATA_SETS)}.")
        object.__setattr__(self, "params", check_all(self.declaration.params, self.params))

    @property
    def declaration(self) -> DataSet:
        """The declaration of the chosen data set."""
        return DATA_SETS[self.dataset]

    @classmethod
    def from_settings(cls, settings: Mapping[str, ParamValue]) -> DataChoice:
        """Read the project's section “data”: the key `dataset`, and the settings of that data set.

        The settings of other data sets may stand there too (so that switching back finds them) and are ignored.

        Raises:
            ParamError: an unknown data set or setting, or a value out of its range.
        """
        dataset = settings.get("dataset", DEFAULT_DATA_SET)
        if not isinstance(dataset, str) or dataset not in DATA_SETS:
            raise ParamError(f"There is no data set {shown(dataset)}; there are {', '.join(DATA_SETS)}.")
        for key in settings:
            if key not in _ALL_KEYS:
                raise ParamError(
                    f"There is no data setting {quoted(key)}; what can be set is {', '.join(sorted(_ALL_KEYS))}."
                )
        own = {param.name for param in DATA_SETS[dataset].params}
        return cls(dataset, {key: value for key, value in settings.items() if key in own})

    def number(self, name: str) -> float:
        """The value of the numeric setting `name`."""
        value = self.params[name]
        if isinstance(value, (str, tuple)):
            raise TypeError(f"{name} is not a number")
        return value
