"""What a network is to be trained for."""

from __future__ import annotations

from dataclasses import dataclass

from engine.layers.spec import TensorShape


@dataclass(frozen=True, slots=True)
class OtherData:
    """A data set that could be chosen instead."""

    id: str
    """How the project's settings name it."""
    label: str
    """What people call it."""
    input_shape: TensorShape
    """The shape of one sample."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the network is to be trained for."""

    data_label: str
    """What people call the data set."""
    input_shape: TensorShape
    """The shape of one sample."""
    classes: int
    """How many classes the samples fall into."""
    loss: str
    """The id of the loss."""
    batch_size: int = 64
    """How many samples share one step."""
    is_chosen: bool = True
    """Whether the data set was chosen, and is not only what is taken when nothing is said."""
    other_data: tuple[OtherData, ...] = ()
    """The data sets that there are besides."""
