"""Whatever a screen reader can reach in the window and its dialogs, and that can be used, has a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QLineEdit, QTabBar, QWidget

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Bookmark, Note
from gui.outline.panel import OutlinePanel

Role = QAccessible.Role
NAME = QAccessible.Text.Name
USED = {
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
INNER = {"QComboBoxPrivateContainer", "QComboBoxListView", "QTableCornerButton", "QLineEditIconButton"}
"""What the mouse alone uses of Qt's own widgets; the keys do the same in the widget around it."""
MOST = 4_000
"""More parts than this are not looked at: lists of thousands are all alike."""
_LISTED = 40


def parts(part: QAccessibleInterface, above: tuple[str, ...] = ()) -> Iterator[tuple[QAccessibleInterface, str]]:
    """Everything in `part` that is to be seen, each with the way that leads there."""
    way = (*above, f"{part.role().name} “{part.text(NAME)}”")
    yield part, " > ".join(way[-4:])
    # Of long lists the beginning will do.
    for index in range(min(part.childCount(), _LISTED)):
        child = part.child(index)
        if child is not None and child.isValid() and not child.state().invisible:
            yield from parts(child, way)


def is_inner(part: QAccessibleInterface) -> bool:
    """Whether it is part of one of Qt's own widgets, which has the name and does what there is to do."""
    around, widget = part.parent(), part.object()
    if around is not None and around.role() in (Role.SpinBox, Role.ComboBox):
        return True
    if not isinstance(widget, QWidget):
        return around is not None and is_inner(around)
    return widget.metaObject().className() in INNER or widget.objectName().startswith("qt_")


def nameless(top: QWidget) -> list[str]:
    """The ways to all that can be used in `top` and has no name."""
    QApplication.processEvents()
    found = []
    for number, (part, way) in enumerate(parts(QAccessible.queryAccessibleInterface(top))):
        assert number < MOST
        # A text that can be selected can have the focus; there is nothing to be done with it.
        is_used = part.role() in USED or (part.state().focusable and part.role() is not Role.StaticText)
        if is_used and not is_inner(part) and not part.text(NAME).strip():
            found.append(way)
    return found


@pytest.fixture
def full(shared_window):
    """The window with ResNet-18, which has frames, with a note and a bookmark, and with all its panels."""
    shared_window.documents.open_template("resnet18")
    for annotation in (
        Note(AnnotationId("a50"), "# Why\n\nBecause.", (300.0, 0.0)),
        Bookmark(AnnotationId("a51"), "The end", (0.0, 900.0), 1.0),
    ):
        assert shared_window.workspace.push(AddAnnotation(annotation))
    for dock in shared_window.findChildren(QDockWidget):
        dock.show()
    QApplication.processEvents()
    return shared_window


def select(window, *names: str) -> None:
    graph = window.workspace.graph
    window.workspace.select([graph.named(name).id for name in names])


STATES: dict[str, Callable] = {
    "nothing selected": lambda window: select(window),
    "a layer": lambda window: select(window, "conv1"),
    "a block": lambda window: select(window, "layer1.0"),
    "several layers": lambda window: select(window, "conv1", "bn1", "relu"),
    "a frame": lambda window: window.view.stops.select_beside(AnnotationId("a1")),
    "a note": lambda window: window.view.stops.select_beside(AnnotationId("a50")),
    "inside a block": lambda window: window.workspace.enter(window.workspace.graph.named("layer1.0").id),
    "compared": lambda window: window.sheet.comparing.compare(window.workspace.document.snapshot(), "itself"),
    "side by side": lambda window: window.actions_table["split"].trigger(),
}


@pytest.mark.parametrize("state", STATES)
def test_everything_in_the_window(full, state):
    STATES[state](full)
    try:
        for tabs in full.findChildren(QTabBar):
            for tab in range(tabs.count()) if tabs.isVisible() else ():
                tabs.setCurrentIndex(tab)
                assert nameless(full) == []
    finally:
        if state == "side by side":
            full.actions_table["split"].trigger()


def test_the_walk_meets_layers_ports_wires_frames_notes_and_menus(full):
    roles = Counter(part.role() for part, _ in parts(QAccessible.queryAccessibleInterface(full)))
    canvas = QAccessible.queryAccessibleInterface(full.view)
    here = Counter(part.role() for part, _ in parts(canvas))
    assert here[Role.ListItem] == len(full.workspace.graph.nodes)
    assert here[Role.Grouping] == 4
    assert here[Role.Note] == 1
    assert here[Role.Graphic] > 2 * len(full.workspace.graph.edges)
    described = [part for part, _ in parts(canvas) if part.role() in (Role.ListItem, Role.Grouping, Role.Note)]
    described += [canvas.child(0).child(0)]
    assert all(part.text(QAccessible.Text.Description).strip() for part in described)
    assert roles[Role.MenuItem] >= 7
    assert roles[Role.PageTab] > 3


def test_everything_in_the_menus(full):
    for menu in [action.menu() for action in full.menuBar().actions()]:
        menu.aboutToShow.emit()
        for action in menu.actions():
            assert action.isSeparator() or action.text().strip(), menu.title()


DIALOGS: dict[str, Callable] = {
    **{
        name: lambda window, name=name: window.actions_table[name].trigger()
        for name in ("gallery", "weights", "export", "picture", "versions", "shortcuts", "about")
    },
    "table": lambda window: window.findChild(OutlinePanel).open_table(),
}


@pytest.mark.parametrize("dialog", DIALOGS)
def test_everything_in_dialogs(full, qtbot, dialog):
    select(full, "conv1", "layer1.0")
    seen: list[list[str]] = []
    timer = QTimer(interval=50)

    def look() -> None:
        dialogs = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog)]
        for shown in [each for each in dialogs if each.isVisible()][:1]:
            timer.stop()
            seen.append(nameless(shown))
            shown.close()

    timer.timeout.connect(look)
    timer.start()
    DIALOGS[dialog](full)
    qtbot.waitUntil(lambda: bool(seen), timeout=20_000)
    timer.stop()
    assert seen == [[]]


FLOATING = ("go_to", "set_bookmark", "frame_selection", "add_note", "rename", "command_palette", "quick_add", "repeat")


@pytest.mark.parametrize("action", [*FLOATING, "find"])
def test_everything_that_floats_over_the_window(full, action):
    select(full, "layer1.0")
    full.view.setFocus()
    full.actions_table[action].trigger()
    QApplication.processEvents()
    assert nameless(full) == []
    QTest.keyClick(QApplication.focusWidget() or full, Qt.Key.Key_Escape)


def test_what_has_no_name_is_found_out(qtbot, dark):
    window = QWidget()
    qtbot.addWidget(window)
    field = QLineEdit(window)
    window.show()
    assert nameless(window) == ["Client “” > EditableText “”"]
    field.setAccessibleName("Name")
    assert nameless(window) == []
