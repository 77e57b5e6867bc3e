"""The three plots of a run, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.training.history import Measurements
from engine.training.status import RunStatus
from gui.training.accuracy_plot import AccuracyPlot
from gui.training.loss_plot import LossPlot
from gui.training.norm_plot import NormPlot
from gui.training.plot_frame import PlotRow

if TYPE_CHECKING:
    from engine.training.history import History


class LivePlots(PlotRow):
    """Loss, accuracy and gradient norms of one run; they stay when it ends and start anew with the next."""

    layerClicked = Signal(str)
    """A layer was chosen in the plot of norms, by its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("livePlots")
        self.loss = LossPlot(self)
        self.accuracy = AccuracyPlot(self)
        self.norms = NormPlot(self)
        self.norms.layerClicked.connect(self.layerClicked)
        self.put(self.loss, self.accuracy, self.norms)

    def begin(self, history: History) -> None:
        """Forget the run that is shown, and wait for the measurements of another."""
        self._show_nothing(history.layer_names)

    def clear(self) -> None:
        """Forget the run that is shown."""
        self._show_nothing(())

    def _show_nothing(self, layers: tuple[str, ...]) -> None:
        self.loss.begin()
        self.accuracy.begin()
        self.norms.begin(layers)

    def extend(self, news: Measurements) -> None:
        """Add the measurements of further steps."""
        self.loss.extend(news)
        self.norms.extend(news)

    def show_status(self, status: RunStatus) -> None:
        """Show what the run says about its length, its epochs and its end."""
        if status.step == 0 and self.loss.point_count:
            return  # The next run is being prepared, or failed before its first step; the last one stays until then.
        self.loss.show_status(status)
        self.accuracy.show_status(status)
        self.norms.show_status(status)

    def highlight(self, layer: str | None) -> None:
        """Let the line of one layer stand out; None ends that."""
        self.norms.highlight(layer)
