"""The loss of every step, its running average, and the loss on the validation split after every epoch."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from engine.training.history import Measurements
from engine.training.status import EpochResult, RunStatus
from gui import theme
from gui.training import wording
from gui.training.curves import DotsAndLine, Line, blend, decades, thin_pen
from gui.training.frame import Range, fitted, stretched
from gui.training.plot_frame import LOSS
from gui.training.plot_panel import PlotPanel
from gui.training.plot_view import PlotView
from gui.training.pyramid import Pyramid, polylines
from gui.training.smoothing import Smoother


class LossPlot(PlotPanel):
    """Loss against step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(LOSS, PlotView("value"), parent)
        self.setObjectName("lossPlot")
        self._raw, self._smooth, self._validation = Line(1), Line(3), DotsAndLine()
        self._validation.setZValue(4)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.setVisible(False)
        for item in (self._raw.item, self._smooth.item, self._validation, self._cross):
            self.view.addItem(item)
        self.log_action = QAction("Logarithmic loss", self)
        self.log_action.setIconText("log")
        self.log_action.setCheckable(True)
        self.log_action.setToolTip("Logarithmic scale: small improvements late in the run become visible")
        self.log_action.toggled.connect(self._set_log)
        self.add_switch(self.log_action)
        self.view.pointed.connect(self._read_out)
        self.view.unpointed.connect(self._hide_cross)
        theme.theme_hub.themeChanged.connect(self.restyle)
        self.begin()

    def begin(self) -> None:
        """Forget the run that is shown."""
        self._pyramid, self._averages, self._smoother = Pyramid(), Pyramid(), Smoother(beta=0.95)
        self._results: tuple[EpochResult, ...] = ()
        self._total, self._live = 0, True
        self._x: Range | None = None
        self._y: Range | None = None
        self.view.set_following(True)
        self.clear_readout()
        self._hide_cross()
        self.set_empty(True)
        self.restyle()

    @property
    def point_count(self) -> int:
        """How many steps the curve stands for."""
        return len(self._pyramid)

    @property
    def results(self) -> tuple[EpochResult, ...]:
        """The epochs whose validation loss is shown."""
        return self._results

    def extend(self, news: Measurements) -> None:
        """Add the losses of further steps."""
        self._pyramid.append(news.loss)
        self._averages.append(self._smoother.extend(news.loss))
        self.set_empty(False)
        self.refresh()

    def show_status(self, status: RunStatus) -> None:
        """Take what the run says about its length and its epochs."""
        before = (self._results, self._total, self._live)
        self._results, self._total, self._live = status.results, status.total_steps, status.state.active
        if before != (self._results, self._total, self._live) and self.point_count:
            self.restyle()

    def redraw(self) -> None:
        """Draw the visible stretch."""
        if not self.point_count:
            return
        self._x = stretched(self._x, self.point_count, self._total, live=self._live)
        self.view.show_range(self._x, self._wanted_y())
        low, high = self.view.x_range
        columns = self.view.columns
        for line, pyramid in ((self._raw, self._pyramid), (self._smooth, self._averages)):
            x, y = polylines(pyramid.extremes(low - 1, high, columns))
            # Step i is the one that was done as number i + 1.
            line.draw(x + 1, self._scaled(y[0]))
        steps = np.array([result.step for result in self._results], float)
        losses = self._scaled(np.array([result.validation_loss for result in self._results], float))
        self._validation.draw(steps, losses)

    def restyle(self) -> None:
        """Take the colours of the current theme."""
        colours = theme.current()
        loss, validation, panel = colours.colour("loss"), colours.colour("validation"), colours.colour("panel")
        self._raw.style(blend(loss, panel, 0.45))
        self._smooth.style(loss, width=2)
        self._validation.style(validation, panel)
        self._cross.setPen(thin_pen(colours.colour("muted")))
        self.keys.set_keys(
            [(blend(loss, panel, 0.45), "each step"), (loss, "running average"), (validation, "validation")]
        )
        self.refresh()

    def _wanted_y(self) -> Range | None:
        """The range for the whole run; on a linear scale it starts at zero, for that is the best loss there is."""
        logarithmic = self.log_action.isChecked()
        found = self._pyramid.bounds(0, self.point_count, positive=logarithmic)
        if found is None:
            return self._y
        low, high = found
        losses = [result.validation_loss for result in self._results]
        seen = [loss for loss in losses if np.isfinite(loss) and (loss > 0 or not logarithmic)]
        low, high = min([low, *seen]), max([high, *seen])
        if logarithmic:
            self._y = fitted(self._y, float(np.log10(low)), float(np.log10(high)), least=0.1)
        else:
            self._y = fitted(self._y, min(low, 0.0), high, floor=0.0 if low >= 0 else None)
        return self._y

    def _scaled(self, losses: np.ndarray) -> np.ndarray:
        return decades(losses) if self.log_action.isChecked() else losses

    def _set_log(self, on: bool) -> None:
        self.view.y_axis.set_kind("log" if on else "value")
        self.view.renew_axes()
        self._y = None
        self.view.set_following(True)
        self.refresh()

    def _read_out(self, place: QPointF) -> None:
        if not self.point_count:
            return
        step = min(max(round(place.x()), 1), self.point_count)
        loss = float(self._pyramid.samples(step - 1, step)[0, 0])
        average = float(self._averages.samples(step - 1, step)[0, 0])
        parts = [f"step {wording.count(step)}", f"loss {wording.measure(loss)}"]
        done = [result for result in self._results if result.step <= step]
        if done:
            parts.append(f"validation {wording.measure(done[-1].validation_loss)}")
        self.say(*parts, f"average {wording.measure(average)}")
        self._cross.setValue(step)
        self._cross.setVisible(True)

    def _hide_cross(self) -> None:
        self._cross.setVisible(False)
