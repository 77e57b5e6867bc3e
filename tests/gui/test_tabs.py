"""Several documents in one window: each in its tab with its own panels, history and training."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTabBar

from engine.graph.document import dump, write
from engine.graph.edits import remove
from engine.zoo.registry import ZOO
from gui.canvas.node_item import NodeItem
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.drop_hint import DropHint
from gui.inspector.inspector import Inspector
from gui.main_window import MainWindow
from gui.sheet import Sheet
from gui.training.desk import TrainingDesk
from gui.workspace import Workspace

CTRL, CTRL_SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier),
)


def tab_bars(window: MainWindow) -> list[QTabBar]:
    return [bar for bar in window.sheets.findChildren(QTabBar, "documentTabs") if bar.isVisible()]


def place(bar: QTabBar, index: int) -> QPoint:
    return bar.tabRect(index).center()


def test_one_document_needs_no_tabs(window: MainWindow) -> None:
    window.documents.open_template("lenet5")
    assert tab_bars(window) == []
    assert len(window.sheets.sheets) == 1, "the empty document has given way"


def test_a_click_on_a_tab_turns_to_its_document(window: MainWindow, two: tuple[Sheet, Sheet]) -> None:
    first, second = two
    (bar,) = tab_bars(window)
    assert [bar.tabText(index) for index in range(bar.count())] == [first.title, second.title]
    second.workspace.select([second.workspace.graph.named("dense1").id])
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=place(bar, 0))
    assert window.sheet is first
    assert first.view.isVisible()
    assert not second.view.isVisible()
    assert first.inspector.isVisible()
    assert not second.inspector.isVisible()
    assert window.windowTitle().startswith(first.title)
    assert second.workspace.selection


def test_each_document_has_its_own_history(window: MainWindow, two: tuple[Sheet, Sheet]) -> None:
    first, second = two
    before = dump(second.workspace.document)
    for sheet in two:
        node = next(iter(sheet.workspace.graph.nodes))
        assert sheet.workspace.push(remove(sheet.workspace.graph, [node]))
    (bar,) = tab_bars(window)
    assert [bar.tabText(index)[-1] for index in range(2)] == ["•", "•"]
    window.view.setFocus()
    QTest.keyClick(window.view, Qt.Key.Key_Z, CTRL)
    assert dump(second.workspace.document) == before
    assert [bar.tabText(index)[-1] == "•" for index in range(2)] == [True, False]
    assert not first.workspace.undo_stack.isClean()


def test_the_keys_go_round(window: MainWindow, two: tuple[Sheet, Sheet]) -> None:
    first, second = two
    QTest.keyClick(window.view, Qt.Key.Key_Tab, CTRL)
    assert window.sheet is first
    QTest.keyClick(window.view, Qt.Key.Key_Tab, CTRL_SHIFT)
    assert window.sheet is second


def test_the_middle_button_closes_a_tab(window: MainWindow, two: tuple[Sheet, Sheet]) -> None:
    second = two[1]
    (bar,) = tab_bars(window)
    QTest.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=place(bar, 0))
    assert window.sheets.sheets == [second]
    assert window.sheet is second
    QTest.keyClick(window.view, Qt.Key.Key_W, CTRL)
    assert window.pages.currentWidget() is window.start_page
    assert window.workspace.is_blank


def test_a_file_is_opened_once(window: MainWindow, two: tuple[Sheet, Sheet], tmp_path: Path) -> None:
    path = tmp_path / "net.netwright"
    write(ZOO["lenet5"].build(), path)
    window.documents.open(path)
    sheet = window.sheet
    window.sheets.show_sheet(two[0])
    window.documents.open(path)
    assert window.sheet is sheet
    assert len(window.sheets.sheets) == 3


def test_two_documents_side_by_side(window: MainWindow, two: tuple[Sheet, Sheet]) -> None:
    first, second = two
    QTest.keyClick(window.view, Qt.Key.Key_Backslash, CTRL)
    assert first.view.isVisible()
    assert second.view.isVisible()
    assert window.sheet is second
    assert len(tab_bars(window)) == 2
    QTest.mouseClick(first.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert window.sheet is first
    assert first.inspector.isVisible()
    QTest.keyClick(window.view, Qt.Key.Key_Backslash, CTRL)
    assert not window.sheets.is_split
    assert window.sheet is first
    assert not second.view.isVisible()


def test_the_last_of_a_side_takes_the_side_along(window: MainWindow, two: tuple[Sheet, Sheet]) -> None:
    first, second = two
    window.sheets.split()
    assert window.documents.close(second)
    assert not window.sheets.is_split
    assert window.sheet is first
    assert first.view.isVisible()


def living(kinds: tuple[type, ...]) -> list[int]:
    """How many objects of each kind there are."""
    for _ in range(2):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    count = Counter(map(type, gc.get_objects()))
    return [count[kind] for kind in kinds]


def test_a_closed_document_leaves_nothing(window: MainWindow) -> None:
    window.documents.open_template("lenet5")
    kinds = (Sheet, Workspace, CanvasScene, CanvasView, NodeItem, Inspector, TrainingDesk)
    before = living(kinds)
    copies = len(list(window.recovery_folder.iterdir()))
    for _ in range(3):
        window.documents.open_template("spirals_mlp")
        window.workspace.select(list(window.workspace.graph.nodes)[:1])
        QApplication.processEvents()
        assert window.documents.close(window.sheet)
    assert len(list(window.recovery_folder.iterdir())) == copies
    assert living(kinds) == before


def test_every_document_is_asked_about_when_the_window_closes(
    window: MainWindow, two: tuple[Sheet, Sheet], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sheet] = []
    monkeypatch.setattr(window.documents, "_may_close", lambda sheet: asked.append(sheet) is None)
    assert window.documents.may_close_all()
    assert asked == list(two)


def tear(bar: QTabBar, index: int, end: QPoint) -> None:
    """Drag a tab to `end` of the screen and hold it there."""
    start = place(bar, index)
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for step in range(1, 9):
        QTest.mouseMove(bar, start + (bar.mapFromGlobal(end) - start) * step / 8)
    QApplication.processEvents()


def let_go(bar: QTabBar, end: QPoint) -> None:
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, bar.mapFromGlobal(end))
    QApplication.processEvents()


def at(window: MainWindow, across: float) -> QPoint:
    """A place in the middle of the height of all documents, so far from left to right."""
    area = window.sheets
    return area.mapToGlobal(QPoint(round(across * area.width()), area.height() // 2))


def hint(window: MainWindow) -> DropHint | None:
    """What says where a torn off tab would go; None when it would go nowhere."""
    return next((shown for shown in window.findChildren(DropHint) if shown.isVisible()), None)


def test_tabs_are_put_into_another_order(window: MainWindow, two: tuple[Sheet, Sheet]) -> None:
    first, second = two
    (bar,) = tab_bars(window)
    end = bar.mapToGlobal(place(bar, 1) + QPoint(40, 0))
    tear(bar, 0, end)
    let_go(bar, end)
    assert window.sheets.sheets == [second, first]
    assert [bar.tabText(index) for index in range(2)] == [second.title, first.title]
    assert window.sheet is first
    assert first.view.isVisible()


@pytest.mark.parametrize(("across", "side", "words"), [(0.1, 0, "on the left"), (0.9, 1, "on the right")])
def test_a_tab_dropped_at_a_side_is_shown_there(
    across: float, side: int, words: str, window: MainWindow, two: tuple[Sheet, Sheet]
) -> None:
    first, second = two
    (bar,) = tab_bars(window)
    end = at(window, across)
    tear(bar, 0, end)
    shown = hint(window)
    assert shown is not None
    assert shown.text == f"Show “{first.title}” {words}"
    assert shown.geometry().contains(window.mapFromGlobal(end))
    assert window.sheets.sheets == [first, second], "until it is dropped"
    let_go(bar, end)
    assert hint(window) is None
    assert window.sheets.is_split
    assert window.sheets.side_of(first) == side
    assert window.sheets.side_of(second) == 1 - side
    assert window.sheet is first
    assert first.view.isVisible()
    assert second.view.isVisible()


def test_a_tab_dropped_on_the_other_side_goes_there(window: MainWindow, two: tuple[Sheet, Sheet]) -> None:
    first, second = two
    window.documents.open_template("lenet5")
    third = window.sheet
    window.sheets.split()
    QApplication.processEvents()
    left, _ = sorted(tab_bars(window), key=lambda bar: bar.mapToGlobal(QPoint()).x())
    tear(left, 0, at(window, 0.2))
    assert hint(window) is None, "it is on that side already"
    let_go(left, at(window, 0.2))
    tear(left, 0, at(window, 0.8))
    assert hint(window) is not None
    let_go(left, at(window, 0.8))
    assert [window.sheets.side_of(sheet) for sheet in (first, second, third)] == [1, 0, 1]
    assert window.sheet is first
    tear(left, 0, at(window, 0.8))
    let_go(left, at(window, 0.8))
    assert not window.sheets.is_split, "nothing is left on the other side"
    assert window.sheets.sheets == [third, first, second]
    assert window.sheet is second


@pytest.mark.parametrize("way", ["Esc", "the middle", "a panel"])
def test_a_tab_dropped_nowhere_stays(way: str, window: MainWindow, two: tuple[Sheet, Sheet]) -> None:
    (bar,) = tab_bars(window)
    inspector = two[1].inspector
    ends = {"Esc": at(window, 0.9), "the middle": at(window, 0.5)}
    end = ends.get(way, inspector.mapToGlobal(inspector.rect().center()))
    tear(bar, 1, end)
    if way == "Esc":
        assert hint(window) is not None
        QTest.keyClick(bar, Qt.Key.Key_Escape)
    assert hint(window) is None
    let_go(bar, end)
    assert not window.sheets.is_split
    assert window.sheets.sheets == list(two)
    assert window.sheet is two[1]


@pytest.mark.parametrize("is_torn", [True, False])
def test_a_document_that_is_closed_while_its_tab_is_dragged_moves_no_other(
    is_torn: bool, window: MainWindow, two: tuple[Sheet, Sheet]
) -> None:
    first, second = two
    window.documents.open_template("lenet5")
    third = window.sheet
    (bar,) = tab_bars(window)
    start, end = bar.mapToGlobal(place(bar, 0)), at(window, 0.9)
    tear(bar, 0, end if is_torn else start)
    assert (hint(window) is not None) is is_torn
    assert window.sheet is first
    assert window.documents.close(first)
    assert hint(window) is None
    QTest.mouseMove(bar, bar.mapFromGlobal(end))
    QApplication.processEvents()
    assert hint(window) is None
    let_go(bar, end)
    assert not window.sheets.is_split
    assert window.sheets.sheets == [second, third]


def test_another_button_does_not_drop_a_tab(window: MainWindow, two: tuple[Sheet, Sheet]) -> None:
    (bar,) = tab_bars(window)
    end = at(window, 0.9)
    tear(bar, 0, end)
    QTest.mouseClick(bar, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, bar.mapFromGlobal(end))
    assert not window.sheets.is_split
    assert hint(window) is not None
    let_go(bar, end)
    assert window.sheets.is_split


def test_the_sign_of_marked_letters_in_a_name_is_read_as_it_is(
    window: MainWindow, two: tuple[Sheet, Sheet], tmp_path: Path
) -> None:
    window.workspace.set_path(tmp_path / "R&D.netwright")
    (bar,) = tab_bars(window)
    tab = QAccessible.queryAccessibleInterface(bar).child(1)
    assert tab.text(QAccessible.Text.Name) == "R&D.netwright"
    window.show_welcome()
    back = window.findChild(QPushButton, "back_button")
    assert QAccessible.queryAccessibleInterface(back).text(QAccessible.Text.Name) == "Back to “R&D.netwright”"
