"""The gradient norm of every layer at every step: as lines, or as a heat map when the layers are many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QTimer, Signal
from PySide6.QtGui import QAction, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.training.history import Measurements
from engine.training.status import RunStatus
from gui import theme
from gui.training import wording
from gui.training.curves import DotsAndLine, LineBundle, blend, decades, thin_pen
from gui.training.frame import Range, fitted, stretched
from gui.training.heat_map import ColourBar, HeatMap
from gui.training.layer_list import LayerList
from gui.training.plot_frame import NORMS
from gui.training.plot_panel import PlotPanel
from gui.training.plot_view import PlotView
from gui.training.pyramid import Pyramid, Values, polylines
from gui.training.smoothing import Smoother

MOST_NOISY = 8
"""Up to so many layers, the norm of every step is drawn behind the running averages of all of them."""
MOST_LINES = 20
"""Above so many layers, the heat map is shown first."""
_ROOMY = 520
"""From so many pixels of width on, the rows of the heat map have their names beside them."""
_NARROWEST_LIST, _WIDEST_LIST = 120, 200
_NARROWEST_HEAT = 280
_NEAR = 14
"""How far from a line, in pixels, a click still means it."""


class NormPlot(PlotPanel):
    """Gradient norms against step."""

    layerClicked = Signal(str)
    """A layer was chosen, by its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(NORMS, PlotView("log"), parent)
        self.setObjectName("normPlot")
        self._noise, self._lines = LineBundle(), LineBundle()
        self._noise.setZValue(1)
        self._lines.setZValue(2)
        self._heat = HeatMap()
        self._marker = DotsAndLine(joined=False)
        self._marker.setZValue(50)
        self.view.addItem(self._noise)
        self.view.addItem(self._lines)
        self.view.addItem(self._heat.item)
        self.view.addItem(self._heat.mark)
        self.view.addItem(self._marker)
        self.colour_bar = ColourBar(self)
        self.layer_list = LayerList(self)
        self.layer_list.chosen.connect(self.layerClicked)
        self.body_layout.addWidget(self.colour_bar)
        self.body_layout.addWidget(self.layer_list)
        # Numbers that change faster than this cannot be read.
        self._list_rests = QTimer(self)
        self._list_rests.setSingleShot(True)
        self._list_rests.setInterval(250)
        self._list_rests.timeout.connect(self._list_values)
        self._latest: Values | None = None
        self.heat_action = QAction(theme.icon("grid"), "Heat map", self)
        self.heat_action.setCheckable(True)
        self.heat_action.setToolTip("A row for each layer and a colour for its gradient norm, instead of lines")
        self.heat_action.toggled.connect(self._set_heat)
        self.add_switch(self.heat_action)
        self.view.pointed.connect(self._read_out)
        self.view.unpointed.connect(self._marker.hide)
        self.view.clicked.connect(self._click)
        theme.theme_hub.themeChanged.connect(self.restyle)
        self.begin(())

    def begin(self, names: Sequence[str]) -> None:
        """Forget the run that is shown, and wait for one with these layers (in forward order)."""
        self.names = tuple(names)
        layers = max(1, len(self.names))
        self._pyramid, self._averages, self._smoother = Pyramid(layers), Pyramid(layers), Smoother(layers)
        self._highlighted: str | None = None
        self._total, self._live = 0, True
        self._x: Range | None = None
        self._y: Range | None = None
        self._latest = None
        self._list_rests.stop()
        self.layer_list.layers.set_names(self.names)
        self.heat_action.setChecked(len(self.names) > MOST_LINES)
        self._set_heat(self.heat_action.isChecked())
        self.clear_readout()
        self._marker.hide()
        self.set_empty(True)
        self.restyle()

    @property
    def point_count(self) -> int:
        """How many steps each line stands for."""
        return len(self._pyramid)

    @property
    def line_count(self) -> int:
        """How many lines there are: one for each layer with parameters."""
        return 0 if self.empty else len(self.names)

    @property
    def highlighted(self) -> str | None:
        """The layer that stands out."""
        return self._highlighted

    def extend(self, news: Measurements) -> None:
        """Add the norms of further steps."""
        if not self.names or not len(news.norms):
            return
        self._pyramid.append(news.norms)
        self._averages.append(self._smoother.extend(news.norms))
        self._latest = news.norms[-1]
        if not self._list_rests.isActive():
            self._list_values()
        self.set_empty(False)
        self.refresh()

    def _list_values(self) -> None:
        latest, self._latest = self._latest, None
        if latest is not None:
            self.layer_list.layers.set_values(latest)
            self._list_rests.start()

    def show_status(self, status: RunStatus) -> None:
        """Take what the run says about its length."""
        if (status.total_steps, status.state.active) != (self._total, self._live):
            self._total, self._live = status.total_steps, status.state.active
            if self.point_count:
                self.restyle()

    def highlight(self, name: str | None) -> None:
        """Let one layer stand out from the others; None, or a layer without a line, ends that."""
        wanted = name if name in self.names else None
        if wanted != self._highlighted:
            self._highlighted = wanted
            self.layer_list.highlight(wanted)
            self.restyle()

    def redraw(self) -> None:
        """Draw the visible stretch."""
        if not self.point_count:
            return
        self._x = stretched(self._x, self.point_count, self._total, live=self._live)
        found = self._pyramid.bounds(0, self.point_count, positive=True)
        if found is not None:
            self._y = fitted(self._y, float(np.log10(found[0])), float(np.log10(found[1])), least=1.0)
        heat = self.heat_action.isChecked()
        self.view.show_range(self._x, (0.0, float(len(self.names))) if heat else self._y)
        low, high = self.view.x_range
        extremes = self._pyramid.extremes(low - 1, high, self.view.columns)
        if heat:
            shown = self._y or (-3.0, 0.0)
            self._heat.draw(extremes, shown)
            self.colour_bar.set_range(shown)
            self._heat.mark_row(self._chosen_row, float(self.point_count))
            return
        self._heat.mark_row(None, 0.0)
        averages = self._averages.extremes(low - 1, high, self.view.columns)
        for lines, stretch in ((self._noise, extremes), (self._lines, averages)):
            x, y = polylines(stretch)
            # A norm of zero lies on the lower border instead of infinitely far below it.
            lines.draw(x + 1, decades(y, self._floor))

    def restyle(self) -> None:
        """Take the colours of the current theme, and show each layer as much as it matters."""
        colours = theme.current()
        panel = colours.colour("panel")
        count, chosen = len(self.names), self._chosen_row
        noise: list[QPen | None] = []
        lines: list[QPen | None] = []
        for row in range(count):
            colour = colours.layer_colour(row, count)
            plain = chosen is None or row == chosen
            lines.append(thin_pen(colour if plain else blend(colour, panel, 0.35)))
            # The ups and downs of many layers would cover one another; of the chosen one they always show.
            shown = row == chosen or (chosen is None and count <= MOST_NOISY)
            noise.append(thin_pen(blend(colour, panel, 0.3)) if shown else None)
        order = sorted(range(count), key=lambda row: row == chosen)
        for bundle, pens in ((self._noise, noise), (self._lines, lines)):
            bundle.set_pens(pens, order)
            bundle.setVisible(not self.heat_action.isChecked())
        self._lines.fine = not self._live
        self.layer_list.viewport().update()
        self.colour_bar.update()
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give a narrow panel's room to the plot first."""
        super().resizeEvent(event)
        self.layer_list.setFixedWidth(min(max(2 * self.width() // 5, _NARROWEST_LIST), theme.px(_WIDEST_LIST)))
        self._label_rows()

    def _label_rows(self) -> None:
        """Write the layers beside the rows of the heat map where there is room; the list has them anyway."""
        heat, roomy = self.heat_action.isChecked(), self.width() >= theme.px(_ROOMY)
        # Rows of a heat map say who they are under the pointer; a picture that is too narrow says nothing.
        self.layer_list.setVisible(not heat or self.width() >= theme.px(_NARROWEST_HEAT))
        self.view.y_axis.set_kind("names" if heat else "log", self.names if heat and roomy else ())
        self.view.y_axis.set_room((84 if roomy else 40) if heat else 48)
        self.view.renew_axes()

    def _set_heat(self, on: bool) -> None:
        self._label_rows()
        self.view.view_box.invertY(on)
        self.view.view_box.setMouseEnabled(x=True, y=not on)
        self._heat.item.setVisible(on)
        self._marker.hide()
        self.colour_bar.setVisible(on)
        self.view.set_following(True)
        self.restyle()

    def _layer_at(self, place: QPointF) -> tuple[int, int, float] | None:
        """Return the layer under the pointer or nearest to it, the step, and the distance in pixels."""
        if not self.point_count:
            return None
        step = min(max(round(place.x()), 1), self.point_count)
        if self.heat_action.isChecked():
            row = int(place.y())
            return (row, step, 0.0) if 0 <= row < len(self.names) else None
        averages = self._averages.samples(step - 1, step)[0].astype(np.float64)
        logs = decades(averages, self._floor)
        distances = np.abs(logs - place.y()) * self.view.pixels_per_unit()[1]
        if not np.isfinite(distances).any():
            return None
        nearest = int(np.nanargmin(distances))
        return nearest, step, float(distances[nearest])

    @property
    def _chosen_row(self) -> int | None:
        return None if self._highlighted is None else self.names.index(self._highlighted)

    @property
    def _floor(self) -> float:
        """The value at the lower border."""
        return float(10 ** (self._y[0] if self._y else -3.0))

    def _norms_at(self, step: int) -> Values:
        norms: Values = self._pyramid.samples(step - 1, step)[0]
        return norms

    def _read_out(self, place: QPointF) -> None:
        found = self._layer_at(place)
        if found is None:
            self.clear_readout()
            return
        layer, step, _ = found
        value = float(self._norms_at(step)[layer])
        self.say(self.names[layer], f"step {wording.count(step)}", wording.measure(value))
        if not self.heat_action.isChecked():
            height = float(decades(np.array([value]), self._floor)[0])
            colour = theme.current().layer_colour(layer, len(self.names))
            self._marker.style(colour, theme.current().colour("text"))
            self._marker.draw(np.array([float(step)]), np.array([height]))
            self._marker.show()

    def _click(self, place: QPointF) -> None:
        found = self._layer_at(place)
        if found is not None and found[2] <= _NEAR:
            self.layerClicked.emit(self.names[found[0]])
