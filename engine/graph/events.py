"""Qt-free signals, and the typed events by which a graph tells what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from engine.graph.annotations import Annotation
    from engine.graph.model import Edge, Node

T = TypeVar("T")


class Signal(Generic[T]):
    """A list of listeners that are called, in the order they connected, with each emitted value."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], object]] = []

    def connect(self, listener: Callable[[T], object]) -> Callable[[], None]:
        """Call `listener` with every value from now on; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(self, value: T) -> None:
        """Pass `value` to every listener."""
        for listener in tuple(self._listeners):
            listener(value)


@dataclass(frozen=True, slots=True)
class NodeAdded:
    """A node is new in the graph."""

    node: Node


@dataclass(frozen=True, slots=True)
class NodeRemoved:
    """A node has left the graph; its edges left before it."""

    node: Node


@dataclass(frozen=True, slots=True)
class NodesMoved:
    """Nodes have other positions: all that were moved at once."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NodeRenamed:
    """A node has another name."""

    node: Node
    old_name: str


@dataclass(frozen=True, slots=True)
class ParamChanged:
    """One parameter of a node has another value."""

    node: Node
    name: str


@dataclass(frozen=True, slots=True)
class EdgeAdded:
    """Two nodes are newly wired."""

    edge: Edge


@dataclass(frozen=True, slots=True)
class EdgeRemoved:
    """Two nodes are no longer wired."""

    edge: Edge


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """A setting of the project (its data, its recipe) has another value."""

    section: str
    name: str


@dataclass(frozen=True, slots=True)
class LayerChanged:
    """A node has become another layer, or an instance of another block."""

    node: Node
    old_layer: str


@dataclass(frozen=True, slots=True)
class BlockDefined:
    """A block is new in the project; it is still empty."""

    block: str


@dataclass(frozen=True, slots=True)
class BlockDropped:
    """A block has left the project."""

    block: str


@dataclass(frozen=True, slots=True)
class BlockRenamed:
    """A block has another name."""

    old_name: str
    block: str


@dataclass(frozen=True, slots=True)
class BlockChanged:
    """The inside of a block, its parameters or its text have changed."""

    block: str


@dataclass(frozen=True, slots=True)
class AnnotationAdded:
    """A frame, a note or a bookmark is new in the graph."""

    annotation: Annotation


@dataclass(frozen=True, slots=True)
class AnnotationRemoved:
    """A frame, a note or a bookmark has left the graph."""

    annotation: Annotation


@dataclass(frozen=True, slots=True)
class AnnotationChanged:
    """A frame encloses other layers, a note says something else, or whatever else an annotation consists of."""

    annotation: Annotation
    before: Annotation


AnnotationEvent: TypeAlias = AnnotationAdded | AnnotationRemoved | AnnotationChanged
"""What happens beside the layers: it changes nothing of the network."""

GraphEvent: TypeAlias = (
    NodeAdded
    | NodeRemoved
    | NodesMoved
    | NodeRenamed
    | ParamChanged
    | LayerChanged
    | EdgeAdded
    | EdgeRemoved
    | SettingChanged
    | BlockDefined
    | BlockDropped
    | BlockRenamed
    | BlockChanged
    | AnnotationEvent
)
