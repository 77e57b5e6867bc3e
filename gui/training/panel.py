"""The training panel: buttons and progress above, live plots below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gui.training.bridge import TrainingBridge
from gui.training.controls import TrainingControls

if TYPE_CHECKING:
    from engine.training.history import History, Measurements
    from gui.training.live_plots import LivePlots


class TrainingPanel(QWidget):
    """Everything about the run, for the dock at the bottom of the window.

    The plots are made right after the panel was first painted, for their library takes a third of a second to load.
    """

    trainRequested = Signal()
    """Train from scratch: the listener makes a job of the graph and passes it to the bridge."""
    layerClicked = Signal(str)
    """A layer was chosen in a plot, by its name."""

    def __init__(self, bridge: TrainingBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainingPanel")
        self.bridge = bridge
        self.controls = TrainingControls(self)
        self._plots: LivePlots | None = None
        self._highlighted: str | None = None
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Plain)
        line.setFixedHeight(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self.controls)
        self._column.addWidget(line)
        self._column.addStretch(0)
        self.controls.trainRequested.connect(self.trainRequested)
        self.controls.pauseRequested.connect(bridge.pause)
        self.controls.resumeRequested.connect(bridge.resume)
        self.controls.stopRequested.connect(bridge.stop)
        self.controls.goOnRequested.connect(bridge.go_on)
        bridge.statusChanged.connect(self.controls.show_status)
        self.controls.show_status(bridge.status)
        self._first_paint = QTimer(self)
        self._first_paint.setSingleShot(True)
        self._first_paint.setInterval(0)
        self._first_paint.timeout.connect(lambda: self.plots)

    @property
    def plots(self) -> LivePlots:
        """The live plots; they are made, and told what was measured so far, when they are first asked for."""
        if self._plots is None:
            from gui.training.live_plots import LivePlots

            plots = self._plots = LivePlots(self)
            plots.layerClicked.connect(self.layerClicked)
            self._column.insertWidget(self._column.count() - 1, plots, 1)
            self.bridge.runStarted.connect(self._begin)
            self.bridge.runForgotten.connect(plots.clear)
            self.bridge.measured.connect(plots.extend)
            self.bridge.statusChanged.connect(plots.show_status)
            history = self.bridge.history
            if history is not None:
                plots.begin(history)
                self._catch_up(plots, history.read(0, self.bridge.steps_told))
            plots.show_status(self.bridge.status)
            plots.highlight(self._highlighted)
        return self._plots

    def highlight(self, layer: str | None) -> None:
        """Let the line of one layer stand out; None ends that."""
        self._highlighted = layer
        if self._plots is not None:
            self._plots.highlight(layer)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the plots once the panel has been painted."""
        super().showEvent(event)
        if self._plots is None:
            self._first_paint.start()

    def _begin(self, history: History) -> None:
        self.plots.begin(history)
        self.plots.highlight(self._highlighted)

    @staticmethod
    def _catch_up(plots: LivePlots, measured: Measurements) -> None:
        if len(measured.loss):
            plots.extend(measured)
