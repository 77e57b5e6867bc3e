"""What the run in the window has learnt: whether it fits the network as it is now, and copies of it to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.graph.errors import GraphError
from engine.graph.model import Graph, NodeId
from engine.layers.endpoints import LOSS_WEIGHT
from engine.layers.initialization import weight_init
from engine.training.failures import TrainingError
from engine.training.runner import TrainingRunner
from engine.training.status import RunStatus
from gui.training import wording
from gui.training.bridge import TrainingBridge
from gui.training.layer_paths import layer_paths
from gui.work import Progress

if TYPE_CHECKING:
    from torch import nn

_CALLED = "This run"
_OF_TRAINING = {LOSS_WEIGHT.name, *(param.name for param in weight_init())}
"""The parameters that decide how a network learns, and not what it computes."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How the weights of a run go with a network."""

    objection: str = ""
    """Why they do not fit, in a sentence; empty when they do."""
    is_edited: bool = False
    """Whether the network computes something else than the one that was trained, even with the same weights."""


@dataclass(frozen=True, slots=True)
class TrainedNetwork:
    """The network of a run."""

    document: Graph
    """How it was when the run began; nobody changes it any more."""
    layout: Mapping[str, tuple[int, ...]]
    """The shape of each of its parameters and buffers, by name."""

    def fit(self, now: Graph) -> Fit:
        """See how the weights go with a network; for any thread.

        Raises:
            CompileError: `now` is not a whole network.
        """
        # Imports torch, which is loaded by now.
        from engine.compiler.build import build

        wanted = {name: tuple(tensor.shape) for name, tensor in build(now, device="meta").state_dict().items()}
        names = self.names_in(now)
        given = {names[name]: shape for name, shape in self.layout.items()}
        odd = next((name for name in (*wanted, *given) if wanted.get(name) != given.get(name)), None)
        if odd is not None:
            layer = _layer(odd)
            is_new, is_gone = (layer not in map(_layer, names) for names in (given, wanted))
            what = "has never been trained" if is_new else "is gone" if is_gone else "has changed since"
            return Fit(f"The trained weights do not fit any more: “{layer}” {what}.")
        return Fit(is_edited=_essence(now) != _essence(self.document))

    def names_in(self, now: Graph) -> dict[str, str]:
        """What each tensor is called in `now`, where layers may have been renamed, by its name in the run."""
        paths = layer_paths(self.document)
        today: dict[tuple[NodeId, ...], list[str]] = {}
        for module, path in layer_paths(now).items():
            today.setdefault(path.nodes, []).append(module)
        # Copies of a block have the same way to them, and come in the same order.
        modules = {module: (today.get(path.nodes) or [module]).pop(0) for module, path in paths.items()}
        return {name: _renamed(name, modules) for name in self.layout}


class Trained(QObject):
    """The weights of the run that the window shows, of which nobody but the run itself ever touches the network."""

    changed = Signal()
    """There are weights now, or none any more, or they have another title."""

    def __init__(self, runner: TrainingRunner, bridge: TrainingBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._bridge = bridge
        self._document: Graph | None = None
        self._told = ""
        bridge.statusChanged.connect(self._tell)

    def begin(self, document: Graph) -> None:
        """A run of `document`, which nobody changes any more, is about to start."""
        self._document = document

    @property
    def network(self) -> TrainedNetwork | None:
        """The network that has been trained; None while no step of a run is done."""
        layout = self._runner.layout
        if self._document is None or layout is None or not self._bridge.status.step:
            return None
        return TrainedNetwork(self._document, layout)

    @property
    def title(self) -> str:
        """How far the weights are trained: “epoch 3, 98.58 %”."""
        return _progress(self._bridge.status)

    def load(self, network: TrainedNetwork, now: Graph, model: nn.Module, progress: Progress) -> str:
        """Give `model`, which is compiled from `now`, the weights as they are after the step in progress.

        For a thread that may wait for that step.

        Args:
            network: the network that has been trained.
            now: the same network, whose layers may have other names.
            model: where to load the weights.
            progress: raises when nobody wants them any more.

        Returns:
            What they are, as the end of a sentence.

        Raises:
            GraphError: they do not fit, cannot be read or cannot be used.
        """
        from engine.weights.head import head_of
        from engine.weights.loading import load_all

        objection = network.fit(now).objection
        if objection:
            raise GraphError(objection)
        try:
            snapshot = self._runner.snapshot(lambda: progress(0, 0))
        except TrainingError as error:
            raise GraphError(str(error)) from error
        names = network.names_in(now)
        weights = {names.get(name, name): tensor for name, tensor in snapshot.tensors.items()}
        load_all(model, weights, head_of(now), _CALLED)
        return f"with the weights after step {snapshot.step:,}, in epoch {snapshot.epoch:,}"

    def _tell(self) -> None:
        told = self.title if self.network is not None else ""
        if told != self._told:
            self._told = told
            self.changed.emit()


def _progress(status: RunStatus) -> str:
    if not status.results:
        return f"in epoch {status.epoch:,}"
    last = status.results[-1]
    accuracy = wording.percent(last.validation_accuracy)
    if last.step == status.step:
        return f"epoch {last.epoch:,}, {accuracy}"
    return f"in epoch {status.epoch:,}; {accuracy} after epoch {last.epoch:,}"


def _layer(tensor: str) -> str:
    return tensor.rpartition(".")[0]


def _renamed(name: str, modules: Mapping[str, str]) -> str:
    """`name` with the path of its module as it is today."""
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:end])
        if module in modules:
            return ".".join((modules[module], *parts[end:]))
    return name


def _essence(graph: Graph) -> object:
    """All of a network that decides what it computes: neither names nor places."""
    layers = {
        node.id: (node.layer, {name: value for name, value in node.params.items() if name not in _OF_TRAINING})
        for node in graph.nodes.values()
    }
    inside = {} if graph.block else {name: _essence(graph.blocks.graph(name)) for name in graph.blocks}
    return layers, graph.edges, inside
