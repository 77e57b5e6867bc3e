"""The window in its many states, walked through as a screen reader does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QProgressBar, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Bookmark, Note
from engine.graph.model import NodeId
from gui.main_window import MainWindow

Role = QAccessible.Role
Parts = Callable[[QWidget], Iterator[tuple[QAccessibleInterface, str]]]
Nameless = Callable[[QWidget], list[str]]
BringInto = Callable[[MainWindow, str], object]
InDialog = Callable[[Callable[[], object], Callable[[QDialog], None]], None]

_NAME = QAccessible.Text.Name
_USED = {
    Role.Button,
    Role.ButtonDropDown,
    Role.ButtonMenu,
    Role.Cell,
    Role.CheckBox,
    Role.ComboBox,
    Role.Dial,
    Role.EditableText,
    Role.Graphic,
    Role.Grouping,
    Role.HotkeyField,
    Role.Link,
    Role.List,
    Role.ListItem,
    Role.MenuItem,
    Role.Note,
    Role.PageTab,
    Role.ProgressBar,
    Role.RadioButton,
    Role.Slider,
    Role.SpinBox,
    Role.Table,
    Role.Tree,
    Role.TreeItem,
}
_INNER = {"QComboBoxPrivateContainer", "QComboBoxListView", "QTableCornerButton"}
"""What the mouse alone uses of Qt's own widgets; the keys do the same in the widget around it."""
_MOST = 4_000
"""More parts than this are not looked at: lists of thousands are all alike."""
_LISTED = 40


def _walk(part: QAccessibleInterface, above: tuple[str, ...] = ()) -> Iterator[tuple[QAccessibleInterface, str]]:
    way = (*above, f"{part.role().name} “{part.text(_NAME)}”")
    yield part, " > ".join(way[-4:])
    # Of long lists the beginning will do.
    for index in range(min(part.childCount(), _LISTED)):
        child = part.child(index)
        if child is not None and child.isValid() and not child.state().invisible:
            yield from _walk(child, way)


def _is_inner(part: QAccessibleInterface) -> bool:
    """Whether it is part of one of Qt's own widgets, which has the name and does what there is to do."""
    around, widget = part.parent(), part.object()
    if around is not None and around.role() in (Role.SpinBox, Role.ComboBox):
        return True
    if not isinstance(widget, QWidget):
        return around is not None and _is_inner(around)
    return widget.metaObject().className() in _INNER or widget.objectName().startswith("qt_")


def _has_use(part: QAccessibleInterface) -> bool:
    """Whether something can be done with what can have the focus: not with a text, nor with a bar without tabs."""
    bar = part.object()
    has_none = part.role() is Role.StaticText or (isinstance(bar, QTabBar) and not bar.count())
    return bool(part.state().focusable) and not has_none


@pytest.fixture
def parts() -> Parts:
    """Everything in a widget that a screen reader meets, each with the way that leads there."""
    return lambda top: _walk(QAccessible.queryAccessibleInterface(top))


@pytest.fixture
def nameless(parts: Parts) -> Nameless:
    """The ways to all that can be used in a widget and has no name."""

    def find(top: QWidget) -> list[str]:
        QApplication.processEvents()
        found = []
        for number, (part, way) in enumerate(parts(top)):
            assert number < _MOST
            if (part.role() in _USED or _has_use(part)) and not part.text(_NAME).strip() and not _is_inner(part):
                found.append(way)
        return found

    return find


@pytest.fixture
def full(window: MainWindow) -> MainWindow:
    """The window with ResNet-18, which has frames, with a note and a bookmark, and with all its panels."""
    window.documents.open_template("resnet18")
    for annotation in (
        Note(AnnotationId("a50"), "# Why\n\nBecause.", (300.0, 0.0)),
        Bookmark(AnnotationId("a51"), "The end", (0.0, 900.0), 1.0),
    ):
        assert window.workspace.push(AddAnnotation(annotation))
    for dock in window.findChildren(QDockWidget):
        dock.show()
    QApplication.processEvents()
    return window


def _ids(window: MainWindow, *names: str) -> list[NodeId]:
    return [node.id for node in window.workspace.graph.nodes.values() if node.name in names]


STATES: dict[str, Callable[[MainWindow], object]] = {
    "nothing selected": lambda window: window.workspace.select(()),
    "a layer": lambda window: window.workspace.select(_ids(window, "conv1")),
    "a block": lambda window: window.workspace.select(_ids(window, "layer1.0")),
    "several layers": lambda window: window.workspace.select(_ids(window, "conv1", "bn1", "relu")),
    "layers of several kinds": lambda window: window.workspace.select(_ids(window, "conv1", "layer1.0")),
    "a frame": lambda window: window.view.stops.select_beside(AnnotationId("a1")),
    "a note": lambda window: window.view.stops.select_beside(AnnotationId("a50")),
    "the setup": lambda window: window.sheet.inspector.show_training(),
    "inside a block": lambda window: window.workspace.enter(*_ids(window, "layer1.0")),
    "compared": lambda window: window.sheet.comparing.compare(window.workspace.document.snapshot(), "itself"),
    "side by side": lambda window: (window.documents.open_template("lenet5"), window.sheets.split()),
}


@pytest.fixture
def states(full: MainWindow) -> Iterator[str]:
    """Brings the full window into each of its states, and tells their names."""

    def bring_into_each() -> Iterator[str]:
        for name, bring in STATES.items():
            full.workspace.go_to(0)
            bring(full)
            QApplication.processEvents()
            yield name

    return bring_into_each()


@pytest.fixture
def bring_into() -> BringInto:
    """Brings the full window into the state of this name."""
    return lambda window, state: STATES[state](window)


@pytest.fixture
def turn_tabs() -> Callable[[QWidget], Iterator[int]]:
    """Turns to all tabs of a window, in all places at a time."""

    def turn(top: QWidget) -> Iterator[int]:
        index, most = 0, 1
        while index < most:
            # What a tab brings up may have tabs itself.
            bars = [bar for bar in top.findChildren(QTabBar) if bar.isVisible()]
            most = max([bar.count() for bar in bars], default=0)
            for bar in bars:
                bar.setCurrentIndex(min(index, bar.count() - 1))
            yield index
            index += 1

    return turn


def _is_busy(dialog: QDialog) -> bool:
    """Whether it still looks for something to show."""
    return any(bar.isVisible() for bar in dialog.findChildren(QProgressBar))


@pytest.fixture
def in_dialog(qtbot: QtBot) -> InDialog:
    """Opens a dialog, looks at it, and closes it."""

    def look_at(open_it: Callable[[], object], look: Callable[[QDialog], None]) -> None:
        is_seen = []
        timer = QTimer(interval=5)

        def watch() -> None:
            dialogs = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog)]
            for dialog in [each for each in dialogs if each.isActiveWindow() and not _is_busy(each)][:1]:
                timer.stop()
                is_seen.append(True)
                look(dialog)
                dialog.close()

        timer.timeout.connect(watch)
        timer.start()
        open_it()
        qtbot.waitUntil(lambda: bool(is_seen), timeout=20_000)

    return look_at
