"""Drags over the real window, told to it as a platform tells them: to the window, which finds the widget itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar, QWidget

from engine.graph.document import dump
from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from gui.sheet import Sheet

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
COPY, MOVE, IGNORE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction, Qt.DropAction.IgnoreAction


class Drag:
    """Something that is dragged over a window, and perhaps dropped there."""

    def __init__(self, window: MainWindow, data: QMimeData, actions: Qt.DropAction = COPY) -> None:
        self.data = data
        self.window = window
        self.result = IGNORE
        """What who began the drag hears of its end."""
        self._actions = actions
        self._is_inside = False
        self._accepted = IGNORE

    def over(self, place: QPoint, keys: Qt.KeyboardModifier = NONE) -> bool:
        """Move to `place` of the screen; whether the cursor says that it may be dropped there."""
        at = self.window.mapFromGlobal(place)
        if not self._is_inside:
            self._is_inside = True
            enter = QDragEnterEvent(at, self._actions, self.data, LEFT, keys)
            enter.ignore()
            self._send(enter)
            self._accepted = enter.dropAction() if enter.isAccepted() else IGNORE
        move = QDragMoveEvent(at, self._actions, self.data, LEFT, keys)
        move.ignore()
        if self._accepted != IGNORE:
            move.setDropAction(self._accepted)
            move.accept()
        self._send(move)
        self._accepted = move.dropAction() if move.isAccepted() else IGNORE
        return move.isAccepted()

    def leave(self) -> None:
        """Leave the window, let go where nothing may be dropped, or press Esc."""
        self._is_inside = False
        self._send(QDragLeaveEvent())

    def drop(self, place: QPoint, keys: Qt.KeyboardModifier = NONE) -> bool:
        """Move to `place` and let go; whether it was taken."""
        for shift in (QPoint(4, 0), QPoint(0, 4), QPoint()):
            self.over(place + shift, keys)
        if self._accepted == IGNORE:
            self.leave()
            return False
        event = QDropEvent(QPointF(self.window.mapFromGlobal(place)), self._actions, self.data, LEFT, keys)
        event.setDropAction(self._accepted)
        self._send(event)
        self._is_inside = False
        self.result = event.dropAction() if event.isAccepted() else IGNORE
        return event.isAccepted()

    def _send(self, event: QDragEnterEvent | QDragMoveEvent | QDragLeaveEvent | QDropEvent) -> None:
        handle = self.window.windowHandle()
        assert handle is not None
        QCoreApplication.sendEvent(handle, event)
        QApplication.processEvents()


Journey = Callable[[Drag], object]


class Porter:
    """A hand that drags layers out of one canvas; where the drag goes then, the test tells."""

    def __init__(self, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
        self.window = window
        self.begun: list[QDrag] = []
        self.text = ""
        """What was dragged last, as a text editor would get it."""
        self._journey: Journey = lambda drag: None
        # What the platform does between the beginning and the end of a drag is all that is stood in for.
        monkeypatch.setattr(QDrag, "exec", lambda drag, actions, default: self._exec(drag, actions, default))

    def pull(self, view: CanvasView, start: QPoint, end: QPoint, journey: Journey = lambda drag: None) -> None:
        """Press the button at `start` of a canvas, move to `end` of the screen, and let the drag go on from there."""
        self._journey = journey
        viewport = view.viewport()
        QTest.mouseMove(viewport, start)
        QTest.mousePress(viewport, LEFT, NONE, start)
        for step in range(1, 7):
            QTest.mouseMove(viewport, start + (viewport.mapFromGlobal(end) - start) * step / 6)
        QTest.mouseRelease(viewport, LEFT, NONE, viewport.mapFromGlobal(end))
        QApplication.processEvents()

    def _exec(self, drag: QDrag, actions: Qt.DropAction, default: Qt.DropAction) -> Qt.DropAction:
        assert default == COPY
        self.begun.append(drag)
        self.text = drag.mimeData().text()
        told = Drag(self.window, drag.mimeData(), actions)
        self._journey(told)
        return told.result


@pytest.fixture
def porter(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Porter:
    """Someone who drags layers from one document to another."""
    return Porter(window, monkeypatch)


@pytest.fixture
def beside(window: MainWindow, two: tuple[Sheet, Sheet]) -> tuple[Sheet, Sheet]:
    """The same side by side: the spirals network on the left, LeNet-5 on the right."""
    window.sheets.split()
    QApplication.processEvents()
    for sheet in two:
        sheet.view.fit()
    return two


class Unchanged:
    """Knows what documents were, to the last byte."""

    def __init__(self, *sheets: Sheet) -> None:
        self._before = {sheet: dump(sheet.workspace.document) for sheet in sheets}

    def check(self) -> None:
        """They are what they were, and no gesture is under way on their canvases."""
        for sheet, before in self._before.items():
            assert dump(sheet.workspace.document) == before
            assert not sheet.view.pointer.is_busy
            assert not sheet.view.carrying.is_out


@pytest.fixture
def unchanged() -> Callable[..., Unchanged]:
    """Remember what documents are."""
    return Unchanged


@pytest.fixture
def kept(two: tuple[Sheet, Sheet]) -> Iterator[tuple[Sheet, Sheet]]:
    """`two`, which at the end of the test have to be what they were."""
    before = Unchanged(*two)
    yield two
    before.check()


@pytest.fixture
def drag_files(window: MainWindow) -> Callable[..., Drag]:
    """Take files, as a file manager does."""

    def take(*files: Path | str) -> Drag:
        data = QMimeData()
        urls = [QUrl(file) if isinstance(file, str) else QUrl.fromLocalFile(str(file)) for file in files]
        data.setUrls(urls)
        # File managers give the names as text, too, which a field would take.
        data.setText("\n".join(map(str, files)))
        return Drag(window, data)

    return take


@pytest.fixture
def drag_text(window: MainWindow) -> Callable[[str], Drag]:
    """Take a text, as a text editor does, which would like to move it."""

    def take(text: str) -> Drag:
        data = QMimeData()
        data.setText(text)
        return Drag(window, data, COPY | MOVE)

    return take


class Places:
    """Where things are on the screen, and in the viewports of canvases."""

    def middle(self, widget: QWidget) -> QPoint:
        """The middle of a widget, on the screen."""
        return widget.mapToGlobal(widget.rect().center())

    def free(self, sheet: Sheet) -> QPoint:
        """A place on a canvas without layers, on the screen."""
        return self.middle(sheet.view.viewport()) + QPoint(150, 40)

    def layer(self, sheet: Sheet, name: str) -> QPoint:
        """The middle of a layer, in the viewport."""
        node = sheet.workspace.graph.named(name)
        assert node is not None
        return sheet.view.camera.view_point(QPointF(*node.position)).toPoint()

    def bars(self, window: MainWindow) -> list[QTabBar]:
        """The bars of tabs, from left to right."""
        found = [bar for bar in window.sheets.findChildren(QTabBar, "documentTabs") if bar.isVisible()]
        return sorted(found, key=lambda bar: bar.mapToGlobal(QPoint()).x())

    def tab(self, bar: QTabBar, index: int) -> QPoint:
        """The middle of a tab, on the screen."""
        return bar.mapToGlobal(bar.tabRect(index).center())


@pytest.fixture
def places() -> Places:
    """Where things are."""
    return Places()


@pytest.fixture
def drag() -> type[Drag]:
    """Drag what the test has made up."""
    return Drag
