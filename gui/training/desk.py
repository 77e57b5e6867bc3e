"""Where training meets the rest of the window: it starts runs of the open network and shows them everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.graph.model import NodeId
from engine.project import data_choice, training_job
from engine.training.runner import TrainingRunner
from engine.training.status import RunState, RunStatus
from gui.scope import Scope
from gui.training.bridge import TrainingBridge
from gui.training.layer_paths import LayerPath, find_path, layer_paths
from gui.training.panel import TrainingPanel
from gui.training.trained import Trained
from gui.workspace import Workspace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.training.history import History, Measurements

_SAMPLE_NOUNS = {3: "images"}


class TrainingDesk(QObject):
    """Runs the network of a workspace and shows how it learns."""

    normsChanged = Signal(object)
    """The latest gradient norms by node name, for the graph in view, as a dict; None when no run is shown any more."""
    started = Signal()
    """A run has begun."""
    problemsWanted = Signal()
    """The network cannot be trained; the list of problems says why."""
    layerChosen = Signal()
    """A layer was chosen in a plot; it is the workspace's selection now."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._paths: dict[str, LayerPath] = {}
        self._layers: tuple[str, ...] = ()
        self._columns: dict[NodeId, list[int]] = {}
        self._norms: NDArray[np.float32] | None = None
        self.runner = TrainingRunner()
        self.bridge = TrainingBridge(self.runner, self)
        self.trained = Trained(self.runner, self.bridge, self)
        """What the run has learnt."""
        self.panel = TrainingPanel(self.bridge)
        self.panel.trainRequested.connect(self.train)
        self.panel.layerClicked.connect(self._choose_layer)
        self.bridge.runStarted.connect(self._begin)
        self.bridge.measured.connect(self._tell_norms)
        workspace.analysisChanged.connect(self._show_readiness)
        workspace.graphReplaced.connect(self._forget_run)
        workspace.scopeChanged.connect(self._on_scope)
        workspace.selectionChanged.connect(self._highlight_selection)

    @property
    def status(self) -> RunStatus:
        """Where the run stands."""
        return self.bridge.status

    def train(self) -> None:
        """Train the open network from scratch, or show what keeps it from being trained."""
        document = self._workspace.document
        if self.status.state.active:
            return
        # The analysis of an edit made a moment ago may still be due.
        self._workspace.analyse()
        if self._obstacle():
            self.problemsWanted.emit()
            return
        # The run knows layers by the names they have now; nodes can be renamed meanwhile, ids stay.
        self._paths = layer_paths(document)
        axes = len(data_choice(document).declaration.input_shape)
        self.panel.controls.set_sample_noun(_SAMPLE_NOUNS.get(axes, "samples"))
        path = self._workspace.path
        self.trained.begin(document.snapshot())
        self.bridge.start(training_job(document, path.parent if path else None))
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
        if not self._workspace.document.nodes:
            return "Add layers to the canvas first."
        errors = (problem.sentence for problem in self._workspace.problems if problem.severity.keeps_from_training)
        return next(errors, "")

    def _show_readiness(self) -> None:
        self.panel.controls.set_blocked(self._obstacle())

    def _begin(self, history: History) -> None:
        self._layers = history.layer_names
        self._norms = None
        self._find_columns()
        self._highlight_selection()

    def _tell_norms(self, news: Measurements) -> None:
        self._norms = news.norms[-1]
        self._show_norms()

    def _show_norms(self) -> None:
        """Tell the norms of what is in view; that of an instance is the root of the sum of squares of its layers."""
        if self._norms is None:
            return
        nodes = self._workspace.graph.nodes
        self.normsChanged.emit(
            {
                nodes[node].name: float(np.linalg.norm(self._norms[columns]))
                for node, columns in self._columns.items()
                if node in nodes
            }
        )

    def _find_columns(self) -> None:
        """Which columns of the measurements belong to which node in view."""
        self._columns = {}
        if not self._workspace.scope.is_placed:
            return
        for column, layer in enumerate(self._layers):
            path = find_path(self._paths, layer)
            node = None if path is None else path.step_from(self._workspace.scope.path)
            if node is not None:
                self._columns.setdefault(node, []).append(column)

    def _on_scope(self) -> None:
        self._find_columns()
        self._show_norms()
        self._highlight_selection()

    def _choose_layer(self, layer: str) -> None:
        path = find_path(self._paths, layer)
        if path is not None:
            self._workspace.show(Scope(path=path.nodes[:-1]))
            self._workspace.select(path.nodes[-1:])
            self.layerChosen.emit()

    def _highlight_selection(self) -> None:
        columns = [self._columns[node][0] for node in self._workspace.selection if node in self._columns]
        self.panel.highlight(self._layers[min(columns)] if columns else None)

    def _forget_run(self) -> None:
        """Another document is open: its network has never been trained."""
        self._paths, self._columns, self._layers, self._norms = {}, {}, (), None
        self.bridge.forget()
        self._show_readiness()
        self.normsChanged.emit(None)
