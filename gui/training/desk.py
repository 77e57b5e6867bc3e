"""Where training meets the rest of the window: it starts runs of the open network and shows them everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.analysis.problem import Severity
from engine.graph.model import NodeId
from engine.project import data_choice, training_job
from engine.training.runner import TrainingRunner
from engine.training.status import RunState, RunStatus
from gui.training.bridge import TrainingBridge
from gui.training.panel import TrainingPanel
from gui.workspace import Workspace

if TYPE_CHECKING:
    from engine.training.history import History, Measurements

_SAMPLE_NOUNS = {3: "images"}


class TrainingDesk(QObject):
    """Runs the network of a workspace and shows how it learns."""

    normsChanged = Signal(object)
    """The latest gradient norm of each layer by node name, as a dict; None when no run is shown any more."""
    started = Signal()
    """A run has begun."""
    problemsWanted = Signal()
    """The network cannot be trained; the list of problems says why."""
    layerChosen = Signal()
    """A layer was chosen in a plot; it is the workspace's selection now."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._nodes: dict[str, NodeId] = {}
        self._layers: tuple[str, ...] = ()
        self.runner = TrainingRunner()
        self.bridge = TrainingBridge(self.runner, self)
        self.panel = TrainingPanel(self.bridge)
        self.panel.trainRequested.connect(self.train)
        self.panel.layerClicked.connect(self._choose_layer)
        self.bridge.runStarted.connect(self._begin)
        self.bridge.measured.connect(self._tell_norms)
        workspace.analysisChanged.connect(self._show_readiness)
        workspace.graphReplaced.connect(self._forget_run)
        workspace.selectionChanged.connect(self._highlight_selection)

    @property
    def status(self) -> RunStatus:
        """Where the run stands."""
        return self.bridge.status

    def train(self) -> None:
        """Train the open network from scratch, or show what keeps it from being trained."""
        graph = self._workspace.graph
        if self.status.state.active:
            return
        # The analysis of an edit made a moment ago may still be due.
        self._workspace.analyse()
        if self._obstacle():
            self.problemsWanted.emit()
            return
        # The run knows layers by the names they have now; nodes can be renamed meanwhile, ids stay.
        self._nodes = {node.name: node.id for node in graph.nodes.values()}
        axes = len(data_choice(graph).declaration.input_shape)
        self.panel.controls.set_sample_noun(_SAMPLE_NOUNS.get(axes, "samples"))
        self.bridge.start(training_job(graph))
        self.started.emit()

    def pause_or_resume(self) -> None:
        """Pause a run that runs, resume one that is paused."""
        if self.status.state is RunState.PAUSED:
            self.bridge.resume()
        elif self.status.state.active:
            self.bridge.pause()

    def stop(self) -> None:
        """End the run after the step in progress."""
        self.bridge.stop()

    def close(self) -> None:
        """End the run and wait for its thread."""
        self.runner.close()
        self.bridge.poll()

    def _obstacle(self) -> str:
        """Why the network cannot be trained, as far as that is known; empty when it can."""
        if not self._workspace.graph.nodes:
            return "Add layers to the canvas first."
        errors = (problem.sentence for problem in self._workspace.problems if problem.severity is Severity.ERROR)
        return next(errors, "")

    def _show_readiness(self) -> None:
        self.panel.controls.set_blocked(self._obstacle())

    def _begin(self, history: History) -> None:
        self._layers = history.layer_names
        self._highlight_selection()

    def _tell_norms(self, news: Measurements) -> None:
        nodes = self._workspace.graph.nodes
        norms = {}
        for layer, norm in zip(self._layers, news.norms[-1], strict=True):
            node = nodes.get(self._nodes.get(layer, NodeId("")))
            if node is not None:
                norms[node.name] = float(norm)
        self.normsChanged.emit(norms)

    def _choose_layer(self, layer: str) -> None:
        node = self._nodes.get(layer)
        if node is not None:
            self._workspace.select([node])
            self.layerChosen.emit()

    def _highlight_selection(self) -> None:
        selected = set(self._workspace.selection)
        self.panel.highlight(next((layer for layer in self._layers if self._nodes.get(layer) in selected), None))

    def _forget_run(self) -> None:
        """Another document is open: its network has never been trained."""
        self._nodes, self._layers = {}, ()
        self.bridge.forget()
        self._show_readiness()
        self.normsChanged.emit(None)
