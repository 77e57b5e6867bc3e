"""The drawing area of a plot: one that people zoom and pan, and that otherwise follows the run."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.style_memory import forget_with
from gui.training.axes import PlotAxis
from gui.training.frame import Range

_CLICK_SLACK = 4
"""How far, in pixels, the pointer may move between press and release of a click."""


class PlotView(pg.PlotWidget):  # type: ignore[misc]
    """A pyqtgraph plot without its menus and buttons.

    It shows the ranges that `show_range` sets as long as it follows; zooming or panning by hand ends that, a
    double-click begins it again.
    """

    pointed = Signal(QPointF)
    """The pointer is over the data; in data coordinates."""
    unpointed = Signal()
    """The pointer has left the data."""
    clicked = Signal(QPointF)
    """A click on the data, in data coordinates."""
    viewChanged = Signal()
    """Another stretch is shown, or in another size: what is drawn must be looked up again."""
    followChanged = Signal(bool)

    def __init__(self, y_kind: str, x_name: str = "step", parent: QWidget | None = None) -> None:
        self.x_axis = PlotAxis("bottom", "step")
        self.y_axis = PlotAxis("left", y_kind)
        super().__init__(
            parent,
            background=None,
            viewBox=pg.ViewBox(enableMenu=False, defaultPadding=0.0),
            axisItems={"bottom": self.x_axis, "left": self.y_axis},
        )
        self.following = True
        self._pressed: QPoint | None = None
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        for box in (item.ctrl.maxTracesSpin, item.ctrl.downsampleSpin):
            forget_with(box.lineEdit())
        item.hideButtons()
        item.disableAutoRange()
        item.layout.setContentsMargins(0, 6, 14, 0)
        # Axes and grid are painted once for each range: they would take longer than the curves.
        self.setCacheMode(self.CacheModeFlag.CacheBackground)
        self._x_label = pg.LabelItem(f"{x_name}\u2002", justify="right")
        item.layout.addItem(self._x_label, 3, 0)
        self.view_box = item.getViewBox()
        self.view_box.setLimits(minXRange=4 if x_name == "step" else 0.5)
        self.view_box.sigRangeChangedManually.connect(self._taken_over)
        self.view_box.sigXRangeChanged.connect(self._range_changed)
        self.view_box.sigYRangeChanged.connect(self._range_changed)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        # The background fills all of it, so that Qt need not paint what lies behind.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Zoom and pan come in bursts of events; each burst is looked up once.
        self._pending = QTimer(self)
        self._pending.setSingleShot(True)
        self._pending.setInterval(0)
        self._pending.timeout.connect(self.viewChanged)
        theme.theme_hub.themeChanged.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the current theme."""
        self.setBackground(theme.current().colour("panel"))
        self.x_axis.restyle()
        self.y_axis.restyle()
        self.renew_axes()
        self._x_label.setText(self._x_label.text, color=theme.current().muted, size=f"{theme.px(theme.SMALL_TEXT)}px")

    @property
    def x_range(self) -> Range:
        """The stretch that is shown, in data coordinates."""
        low, high = self.view_box.viewRange()[0]
        return float(low), float(high)

    @property
    def y_range(self) -> Range:
        """The values that are shown, in data coordinates."""
        low, high = self.view_box.viewRange()[1]
        return float(low), float(high)

    @property
    def columns(self) -> int:
        """How many pixels wide the data area is."""
        return max(1, round(float(self.view_box.width())))

    def pixels_per_unit(self) -> tuple[float, float]:
        """Return how many pixels one unit of x and one of y take."""
        width, height = self.view_box.viewPixelSize()
        return 1 / max(abs(width), 1e-30), 1 / max(abs(height), 1e-30)

    def show_range(self, x: Range | None = None, y: Range | None = None) -> None:
        """Show a range unless the user has chosen one."""
        if not self.following:
            return
        if x is not None and x != self.x_range:
            self.view_box.setXRange(*x, padding=0)
        if y is not None and y != self.y_range:
            self.view_box.setYRange(*y, padding=0)
        # Whoever sets the range draws for it at once.
        self._pending.stop()

    def set_following(self, following: bool) -> None:
        """Follow the run, or leave the range as it is."""
        if following != self.following:
            self.following = following
            self.followChanged.emit(following)
            self._later()

    def data_at(self, position: QPoint) -> QPointF | None:
        """Return the data coordinates of a point of the widget; None outside the data area."""
        scene = self.mapToScene(position)
        if not self.view_box.sceneBoundingRect().contains(scene):
            return None
        return QPointF(self.view_box.mapSceneToView(scene))

    def position_of(self, x: float, y: float) -> QPoint:
        """Return the point of the widget where a data point is drawn."""
        return QPoint(self.mapFromScene(self.view_box.mapViewToScene(QPointF(x, y))))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a click may begin."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click, if the pointer stayed where it was pressed."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        released = event.position().toPoint()
        if pressed is None or (released - pressed).manhattanLength() > _CLICK_SLACK:
            return
        place = self.data_at(released)
        if place is not None:
            self.clicked.emit(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Follow the run again."""
        self._pressed = None
        self.set_following(True)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the pointer is."""
        super().mouseMoveEvent(event)
        place = self.data_at(event.position().toPoint())
        if place is None:
            self.unpointed.emit()
        else:
            self.pointed.emit(place)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer is gone."""
        super().leaveEvent(event)
        self.unpointed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look up what to draw for the new width."""
        super().resizeEvent(event)
        if hasattr(self, "_pending"):
            self._later()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint the ground with axes and grid, for the cache."""
        super().drawBackground(painter, rect)
        self.x_axis.paint_into(painter)
        self.y_axis.paint_into(painter)

    def renew_axes(self) -> None:
        """Paint the axes anew, for they or their range have changed."""
        self.resetCachedContent()
        self.viewport().update()

    def _range_changed(self) -> None:
        self.renew_axes()
        self._later()

    def _taken_over(self) -> None:
        self.set_following(False)

    def _later(self) -> None:
        self._pending.start()
