"""The outline under real mouse and keyboard: it selects, follows, enters, renames, deletes and searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.document import dump
from engine.graph.edits import AddNode
from engine.layers.nodes import new_node
from gui.inspector.inspector import Inspector
from gui.name_field import NameField
from gui.outline.panel import OutlinePanel
from gui.param_table.dialog import ParamTableDialog
from gui.scope import Scope
from gui.workspace import Workspace

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def hint(panel: OutlinePanel) -> str:
    label = panel.findChild(QLabel, "outline_hint")
    return label.text() if label.isVisible() else ""


class TestSelecting:
    def test_a_click_selects_on_the_canvas_and_brings_it_into_view(self, hand: Any, workspace: Workspace) -> None:
        wanted = QSignalSpy(hand.panel.revealRequested)
        hand.click("head")
        assert hand.selected() == ["head"]
        assert wanted.count() == 1
        assert workspace.scope == Scope()

    def test_a_click_inside_a_block_goes_there(self, hand: Any, workspace: Workspace) -> None:
        hand.click("stage2", "second", "conv")
        assert workspace.graph.block == "Pair"
        assert [crumb.title for crumb in workspace.scope.trail(workspace.document)] == ["Network", "stage2", "second"]
        assert hand.selected() == ["conv"]
        assert hand.highlighted() == ["conv"]
        hand.click("head")
        assert workspace.scope == Scope()
        assert hand.selected() == hand.highlighted() == ["head"]

    def test_the_arrow_keys_go_from_layer_to_layer(self, hand: Any, workspace: Workspace) -> None:
        hand.click("stem")
        hand.press(Key.Key_Down)
        assert hand.selected() == ["stage1"]
        hand.press(Key.Key_Right)
        hand.press(Key.Key_Down)
        assert (workspace.graph.block, hand.selected()) == ("Stage", ["x"])
        hand.press(Key.Key_Left)
        assert (workspace.graph.block, hand.selected()) == ("", ["stage1"])

    def test_several_rows_select_several_layers(self, hand: Any) -> None:
        hand.click("stem")
        hand.click("flatten", modifier=SHIFT)
        assert hand.selected() == ["flatten", "stage1", "stage2", "stem"]
        hand.click("stage1", modifier=CONTROL)
        assert hand.selected() == ["flatten", "stage2", "stem"]

    def test_only_layers_of_one_graph_are_selected_together(self, hand: Any, workspace: Workspace) -> None:
        hand.index("stage1", "first")
        hand.click("stem")
        hand.click("stage2", modifier=SHIFT)
        assert hand.selected() == sorted(hand.highlighted()) == ["stage1", "stage2", "stem"]
        assert workspace.scope == Scope(), "what is inside stage1 lies between, but is not meant"
        hand.click("stage1", "first", modifier=CONTROL)
        assert (workspace.graph.block, hand.selected(), hand.highlighted()) == ("Stage", ["first"], ["first"])

    def test_the_outline_shows_what_is_selected_on_the_canvas(self, hand: Any, workspace: Workspace) -> None:
        revealed = QSignalSpy(hand.panel.revealRequested)
        workspace.select([hand.id_of("head"), hand.id_of("flatten")])
        assert sorted(hand.highlighted()) == ["flatten", "head"]
        workspace.enter(hand.id_of("stage2"))
        assert hand.highlighted() == []
        workspace.enter(hand.id_of("second"))
        workspace.select([hand.id_of("act")])
        (row,) = hand.tree.chosen_rows()
        assert [hand.index("stage2", "second", "act")] == hand.tree.selectionModel().selectedRows()
        assert row.node.name == "act"
        assert hand.tree.isExpanded(hand.index("stage2"))
        assert hand.tree.viewport().rect().intersects(hand.tree.visualRect(hand.tree.currentIndex()))
        workspace.leave()
        assert hand.highlighted() == ["second"]
        assert revealed.count() == 0, "the canvas shows it already"

    def test_ctrl_a_selects_the_graph_around(self, hand: Any, workspace: Workspace) -> None:
        hand.click("stage1", "first", "conv")
        hand.press(Key.Key_A, CONTROL)
        assert hand.selected() == ["act", "conv", "result", "x"]
        assert workspace.graph.block == "Pair"

    def test_what_was_just_added_is_highlighted(self, hand: Any, workspace: Workspace) -> None:
        node = new_node(workspace.graph, "relu", name="fresh")
        workspace.push(AddNode(node))
        workspace.select([node.id])
        assert hand.highlighted() == ["fresh"]

    def test_an_inspector_beside_it_shows_the_same(
        self, hand: Any, workspace: Workspace, host: Callable[..., QWidget]
    ) -> None:
        inspector = Inspector(workspace)
        hand.panel.window().layout().addWidget(inspector)
        hand.click("stage1", "second", "conv")
        assert inspector.findChild(QLineEdit, "node_name").text() == "conv"
        hand.click("stage1", "second", "act", modifier=SHIFT)
        assert "2 layers selected" in [label.text() for label in inspector.findChildren(QLabel)]


class TestDoing:
    def test_enter_goes_into_a_block_and_to_a_layer(self, hand: Any, workspace: Workspace) -> None:
        hand.click("stage2")
        hand.press(Key.Key_Return)
        assert [crumb.title for crumb in workspace.scope.trail(workspace.document)] == ["Network", "stage2"]
        wanted = QSignalSpy(hand.panel.revealRequested)
        hand.click("head")
        hand.press(Key.Key_Enter)
        assert wanted.count() == 2
        hand.double_click("stage1")
        assert [crumb.title for crumb in workspace.scope.trail(workspace.document)] == ["Network", "stage1"]

    @pytest.mark.usefixtures("undone")
    def test_f2_renames_where_the_name_stands(self, hand: Any, workspace: Workspace) -> None:
        hand.click("stage2", "first", "conv")
        hand.press(Key.Key_F2)
        field = hand.tree.findChild(NameField)
        assert field.hasFocus()
        assert field.selectedText() == "conv"
        assert field.geometry().intersects(hand.tree.visualRect(hand.tree.currentIndex()))
        QTest.keyClicks(field, "wide")
        QTest.keyClick(field, Key.Key_Return)
        assert workspace.document.blocks["Pair"].graph.named("wide") is not None
        hand.catch_up()
        assert hand.index("stage1", "second", "wide").isValid(), "in every instance"
        assert hand.tree.hasFocus()
        assert workspace.undo_stack.count() == 1

    def test_a_name_that_cannot_be_is_explained_and_escape_leaves_the_old_one(
        self, hand: Any, workspace: Workspace
    ) -> None:
        before = dump(workspace.document)
        hand.click("head")
        hand.press(Key.Key_F2)
        field = hand.tree.findChild(NameField)
        QTest.keyClicks(field, "stem")
        QTest.keyClick(field, Key.Key_Return)
        note = hand.panel.findChild(QWidget, "outline_note")
        assert note.isVisible()
        assert "already" in note.text.text()
        assert field.isVisible()
        QTest.keyClick(field, Key.Key_Escape)
        assert not note.isVisible()
        assert dump(workspace.document) == before
        assert workspace.undo_stack.count() == 0

    @pytest.mark.usefixtures("undone")
    def test_del_removes_the_selected_layers_in_one_step(self, hand: Any, workspace: Workspace) -> None:
        hand.click("flatten")
        hand.click("head", modifier=SHIFT)
        hand.press(Key.Key_Delete)
        assert workspace.document.named("head") is None
        assert workspace.undo_stack.count() == 1
        hand.catch_up()
        assert hand.model.rowCount() == len(workspace.document.nodes)
        assert hand.highlighted() == hand.selected() == []

    @pytest.mark.usefixtures("undone")
    def test_del_inside_a_block(self, hand: Any, workspace: Workspace) -> None:
        hand.click("stage1", "first", "act")
        hand.press(Key.Key_Delete)
        assert workspace.document.blocks["Pair"].graph.named("act") is None
        workspace.undo_stack.undo()
        assert (workspace.graph.block, hand.selected(), hand.highlighted()) == ("Pair", ["act"], ["act"])
        workspace.undo_stack.redo()

    @pytest.mark.parametrize(
        ("key", "modifier"),
        [(Key.Key_Delete, Qt.KeyboardModifier.NoModifier), (Key.Key_A, CONTROL), (Key.Key_F2, Qt.KeyboardModifier(0))],
    )
    def test_keys_of_the_tree_win_over_those_of_the_window(
        self, hand: Any, key: Qt.Key, modifier: Qt.KeyboardModifier
    ) -> None:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifier)
        event.ignore()
        QApplication.sendEvent(hand.tree, event)
        assert event.isAccepted()

    def test_the_menu_offers_what_the_keys_do(self, hand: Any, workspace: Workspace) -> None:
        hand.click("stage1")
        menu = hand.panel.make_menu()
        texts = {action.text(): action for action in menu.actions() if action.text()}
        assert {"Show on the canvas", "Enter the block", "Rename", "Edit as table…", "Delete"} <= set(texts)
        texts["Enter the block"].trigger()
        assert workspace.graph.block == "Stage"
        hand.click("head")
        menu = hand.panel.make_menu()
        assert "Enter the block" not in [action.text() for action in menu.actions()]
        next(action for action in menu.actions() if action.text() == "Delete").trigger()
        assert workspace.document.named("head") is None

    def test_the_right_button_opens_the_menu(self, hand: Any, qtbot: QtBot) -> None:
        hand.click("head")
        place = hand.tree.visualRect(hand.index("head")).center()
        with qtbot.waitSignal(hand.tree.menuRequested):
            QTest.mousePress(hand.tree.viewport(), Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, place)
            event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, hand.tree.mapToGlobal(place))
            QApplication.sendEvent(hand.tree.viewport(), event)
        qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
        QApplication.activePopupWidget().close()

    def test_the_table_opens_for_what_is_selected(self, hand: Any, qtbot: QtBot) -> None:
        hand.click("head")
        QTest.mouseClick(hand.panel.table_button, Qt.MouseButton.LeftButton)
        dialog = hand.panel.findChild(ParamTableDialog)
        assert dialog.isVisible()
        assert dialog.model.index(0, 0).data() == "head"
        dialog.close()
        hand.click("stage1", "first", "conv")
        menu = hand.panel.make_menu()
        next(action for action in menu.actions() if action.text() == "Edit as table…").trigger()
        assert hand.panel.findChildren(ParamTableDialog) == [dialog], "there is one"
        assert dialog.isVisible()
        assert dialog.model.index(0, 0).data() == "Pair › conv"
        dialog.close()

    def test_open_all_and_close_all(self, hand: Any) -> None:
        menu = hand.panel.make_menu()
        texts = {action.text(): action for action in menu.actions()}
        texts["Open all blocks"].trigger()
        assert hand.tree.isExpanded(hand.index("stage2", "first"))
        texts["Close all blocks"].trigger()
        assert not hand.tree.isExpanded(hand.index("stage2"))
