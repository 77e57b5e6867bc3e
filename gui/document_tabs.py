"""The tabs of the open documents: closed by the middle button, reordered, torn off, and hovered over with a drag."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QTabBar, QWidget

from gui import theme as themes
from gui.canvas.carrying import TAKES_PARTS

_OFF = 24
"""A tab that is dragged farther than this from its bar, in pixels, comes off."""


class DocumentTabs(QTabBar):
    """A bar of tabs. Whatever is dragged over one of them for a moment brings its document to the front."""

    landed = Signal(int, object)
    """Something was dropped on this tab: the `QDropEvent`, to be accepted or not."""
    carried = Signal(int, QPoint)
    """This tab has been torn off, and is now at this place of the screen."""
    released = Signal(int, QPoint)
    """It was dropped there."""
    returned = Signal()
    """It was dropped nowhere."""

    def __init__(self, may_land: Callable[[int, QDropEvent], bool]) -> None:
        """Tabs on which something may be dropped when `may_land` says so."""
        super().__init__()
        self._may_land = may_land
        self._is_pressed = False
        self._torn: int | None = None
        self._target = -1
        self.setObjectName("documentTabs")
        self.setAccessibleName("Open projects")
        self.setDocumentMode(True)
        self.setDrawBase(False)
        self.setMovable(True)
        self.setTabsClosable(True)
        self.setExpanding(False)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAcceptDrops(True)
        self.setChangeCurrentOnDrag(True)
        self.setProperty(TAKES_PARTS, True)

    def name_close_button(self, index: int, spoken: str) -> None:
        """Give the button that closes a tab a name for screen readers; desktops differ in its side."""
        for button in self._close_buttons(index):
            button.setAccessibleName(spoken)

    def take_out(self, index: int) -> None:
        """Remove a tab with its button, which Python would otherwise keep as a child of the bar."""
        buttons = self._close_buttons(index)
        self.removeTab(index)
        for button in buttons:
            button.setParent(None)
        # It may have been clicked just now and still be at work.
        QTimer.singleShot(0, self, lambda: buttons.clear())

    def _close_buttons(self, index: int) -> list[QWidget]:
        sides = QTabBar.ButtonPosition.LeftSide, QTabBar.ButtonPosition.RightSide
        return [button for side in sides if (button := self.tabButton(index, side)) is not None]

    # Tearing tabs off

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The press on a tab may become a drag of it."""
        super().mousePressEvent(event)
        place = event.position().toPoint()
        self._is_pressed = event.button() == Qt.MouseButton.LeftButton and self.tabAt(place) >= 0

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Along the bar, tabs change their order; away from it, they come off."""
        far = self.rect().adjusted(-_OFF, -_OFF, _OFF, _OFF)
        if self._is_pressed and not far.contains(event.position().toPoint()):
            self._tear(event.position())
        if self._torn is None:
            super().mouseMoveEvent(event)
        else:
            self.carried.emit(self._torn, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop a tab that was torn off; the middle button closes a tab, as in browsers."""
        index = self.tabAt(event.position().toPoint())
        if self._torn is not None:
            if event.button() == Qt.MouseButton.LeftButton:
                torn, self._torn = self._torn, None
                self.released.emit(torn, event.globalPosition().toPoint())
            return
        self._is_pressed = False
        if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
            self.tabCloseRequested.emit(index)
        else:
            super().mouseReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        """While a tab is off, Esc is for it alone."""
        is_key = event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if self._torn is None or not is_key or not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape:
            return super().event(event)
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.let_go()
        return True

    def let_go(self) -> None:
        """Drop a tab that is torn off nowhere, and tear off none by the press that is under way."""
        self._is_pressed = False
        if self._torn is not None:
            self._torn = None
            self.returned.emit()

    def _tear(self, place: QPointF) -> None:
        """Let the tab snap into its place in the bar; from now on it is only pointed at."""
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        screen = QPointF(self.mapToGlobal(place.toPoint()))
        end = QMouseEvent(QEvent.Type.MouseButtonRelease, place, screen, left, Qt.MouseButton.NoButton, none)
        super().mouseReleaseEvent(end)
        self._is_pressed = False
        self._torn = self.currentIndex()
        self.setFocus()

    # What is dragged over tabs

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Everything is let in, because waiting over a tab turns to it."""
        event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show whether it may be dropped on the tab under it."""
        index = self.tabAt(event.position().toPoint())
        takes = index >= 0 and self._may_land(index, event)
        event.setAccepted(takes)
        self._show_target(index if takes else -1)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It is dragged elsewhere."""
        self._show_target(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        """It is dropped on a tab."""
        self._show_target(-1)
        index = self.tabAt(event.position().toPoint())
        event.ignore()
        if index >= 0 and self._may_land(index, event):
            self.landed.emit(index, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ring the tab that would take what is dragged."""
        super().paintEvent(event)
        if self._target >= 0:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(themes.current().colour("accent_text"), 2.0))
            ring = QRectF(self.tabRect(self._target)).adjusted(2, 2, -2, -2)
            painter.drawRoundedRect(ring, themes.RADIUS, themes.RADIUS)

    def _show_target(self, index: int) -> None:
        if index != self._target:
            self._target = index
            self.update()
