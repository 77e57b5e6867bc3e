"""The share of the validation split that is classified correctly, after every epoch."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.training.status import EpochResult, RunStatus
from gui import theme
from gui.training import wording
from gui.training.curves import DotsAndLine
from gui.training.fitting_label import FittingLabel
from gui.training.frame import fitted
from gui.training.plot_frame import ACCURACY
from gui.training.plot_panel import PlotPanel
from gui.training.plot_view import PlotView


class AccuracyPlot(PlotPanel):
    """Accuracy against epoch, with the current value in large figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(ACCURACY, PlotView("percent", "epoch"), parent)
        self.setObjectName("accuracyPlot")
        self._line = DotsAndLine()
        self.view.addItem(self._line)
        self.figure = QLabel(self)
        self.figure.setObjectName("accuracyFigure")
        self.figure.setProperty("role", "figure")
        self.caption = FittingLabel("accuracyCaption", "muted", self)
        self._lay_out()
        self.view.pointed.connect(self._read_out)
        theme.theme_hub.themeChanged.connect(self.restyle)
        self.begin()

    def _lay_out(self) -> None:
        figures = QHBoxLayout()
        figures.setContentsMargins(theme.UNIT, 0, 0, 0)
        figures.setSpacing(theme.PADDING)
        figures.addWidget(self.figure)
        figures.addWidget(self.caption, 1)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(figures)
        self.body_layout.removeWidget(self.view)
        column.addWidget(self.view, 1)
        self.body_layout.addLayout(column, 1)

    def begin(self) -> None:
        """Forget the run that is shown."""
        self._results: tuple[EpochResult, ...] = ()
        self._epochs, self._live = 0, True
        self._test: float | None = None
        self.view.set_following(True)
        self.clear_readout()
        self.set_empty(True)
        self.restyle()

    @property
    def results(self) -> tuple[EpochResult, ...]:
        """The epochs that are shown."""
        return self._results

    def show_status(self, status: RunStatus) -> None:
        """Show the epochs that the run has done."""
        news = (status.results, status.epochs, status.test_accuracy, status.state.active)
        if news == (self._results, self._epochs, self._test, self._live):
            return
        self._results, self._epochs, self._test, self._live = news
        self.set_empty(not self._known())
        self._say_figures()
        self.restyle()

    def redraw(self) -> None:
        """Draw the accuracies."""
        known = self._known()
        if not known:
            return
        epochs = np.array([result.epoch for result in known], float)
        shares = np.array([result.validation_accuracy for result in known], float)
        last = max(float(self._epochs), float(epochs[-1]), 2.0)
        # Epochs are few: the range may fit them anew each time, so that no dot lies on the border.
        low, high = fitted(None, float(shares.min()), float(shares.max()), least=0.02)
        top = min(high, 1 + 0.04 * (high - low))
        margin = 0.03 * last
        self.view.show_range((1 - margin, last + margin), (max(low, -0.01), top))
        self._line.draw(epochs, shares)

    def restyle(self) -> None:
        """Take the colours of the current theme."""
        colours = theme.current()
        colour = colours.colour("validation")
        self._line.style(colour, colours.colour("panel"))
        self.keys.set_keys([(colour, "validation")])
        self.refresh()

    def _known(self) -> list[EpochResult]:
        return [result for result in self._results if np.isfinite(result.validation_accuracy)]

    def _say_figures(self) -> None:
        known = self._known()
        if not known:
            return
        last, best = known[-1], max(known, key=lambda result: result.validation_accuracy)
        self.figure.setText(wording.percent(last.validation_accuracy))
        parts = [f"after epoch {last.epoch}"]
        if self._test is not None and np.isfinite(self._test):
            parts.append(f"test {wording.percent(self._test)}")
        if best.epoch != last.epoch:
            parts.append(f"best {wording.percent(best.validation_accuracy)} in epoch {best.epoch}")
        self.caption.set_parts(parts)

    def _read_out(self, place: QPointF) -> None:
        known = self._known()
        if known:
            near = min(known, key=lambda result: abs(result.epoch - place.x()))
            self.say(f"epoch {near.epoch}", wording.percent(near.validation_accuracy))
