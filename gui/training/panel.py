"""The training panel: buttons and progress above, live plots below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from gui.late import Late
from gui.training.bridge import TrainingBridge
from gui.training.controls import TrainingControls
from gui.training.plot_frame import ACCURACY, LOSS, NORMS, PlotFrame, PlotRow

if TYPE_CHECKING:
    from engine.training.history import History
    from gui.training.live_plots import LivePlots


class TrainingPanel(QWidget):
    """Everything about the run, for the dock at the bottom of the window.

    The plots are made when the first run can be seen, for their library takes a while to load. Until then frames
    stand in their places.
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
        self._highlighted: str | None = None
        self._frames = PlotRow(self)
        self._frames.put(PlotFrame(LOSS), PlotFrame(ACCURACY), PlotFrame(NORMS))
        self._plots = Late(self._make_plots)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._frames)
        self._pages.addWidget(self._plots)
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Plain)
        line.setFixedHeight(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.controls)
        column.addWidget(line)
        column.addWidget(self._pages, 1)
        self.controls.trainRequested.connect(self.trainRequested)
        self.controls.pauseRequested.connect(bridge.pause)
        self.controls.resumeRequested.connect(bridge.resume)
        self.controls.stopRequested.connect(bridge.stop)
        self.controls.goOnRequested.connect(bridge.go_on)
        bridge.statusChanged.connect(self.controls.show_status)
        bridge.runStarted.connect(self._begin)
        bridge.runForgotten.connect(self._forget)
        self.controls.show_status(bridge.status)

    @property
    def plots(self) -> LivePlots:
        """The live plots; they are made, and told what was measured so far, when they are first asked for."""
        return self._plots.part

    def highlight(self, layer: str | None) -> None:
        """Let the line of one layer stand out; None ends that."""
        self._highlighted = layer
        if self._plots.made is not None:
            self._plots.made.highlight(layer)

    def _make_plots(self) -> LivePlots:
        from gui.training.live_plots import LivePlots

        plots = LivePlots(self._plots)
        plots.divide_like(self._frames)
        plots.layerClicked.connect(self.layerClicked)
        self.bridge.measured.connect(plots.extend)
        self.bridge.statusChanged.connect(plots.show_status)
        history = self.bridge.history
        if history is not None:
            plots.begin(history)
            measured = history.read(0, self.bridge.steps_told)
            if len(measured.loss):
                plots.extend(measured)
        plots.show_status(self.bridge.status)
        plots.highlight(self._highlighted)
        return plots

    def _begin(self, history: History) -> None:
        if self._plots.made is not None:
            self._plots.made.begin(history)
            self._plots.made.highlight(self._highlighted)
        self._pages.setCurrentWidget(self._plots)

    def _forget(self) -> None:
        if self._plots.made is not None:
            self._plots.made.clear()
        self._pages.setCurrentWidget(self._frames)
