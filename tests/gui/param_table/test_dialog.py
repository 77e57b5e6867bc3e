"""The table of parameters under real mouse and keyboard: cells are typed, filled, pasted, sorted, and undone."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.graph.document import dump
from engine.graph.edits import AddNode, SetParam
from engine.graph.model import Graph
from engine.layers.nodes import new_node
from gui.inspector.fields import ChoiceField
from gui.workspace import Workspace

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


class TestRows:
    def test_the_kind_that_is_most_is_shown_first(self, hand: Any) -> None:
        hand.open()
        assert hand.dialog.kind_box.currentText() == "Conv 2D (3)"
        assert hand.names() == ["a", "b", "c"]
        assert hand.titles()[:3] == ["Layer", "Filters", "Kernel size"]
        assert hand.column("Filters") == ["64", "8", "32"]
        assert hand.column("Kernel size") == ["7×7", "3×3", "3×3"]
        kinds = [hand.dialog.kind_box.itemText(place) for place in range(hand.dialog.kind_box.count())]
        assert "Dense (1)" in kinds
        assert not [kind for kind in kinds if kind.startswith("ReLU")], "there is nothing to set"

    def test_a_selected_layer_says_which_kind(self, hand: Any) -> None:
        hand.open("head")
        assert hand.names() == ["head"]

    def test_several_selected_layers_are_the_table(self, hand: Any, workspace: Workspace) -> None:
        hand.open("a", "c", "head")
        assert hand.names() == ["a", "c"]
        assert "selection (3)" in hand.dialog.source_box.currentText()
        workspace.select([hand.id_of("b")])
        hand.dialog.refresh()
        assert hand.names() == ["b"]

    def test_the_whole_project_has_each_block_once(self, hand: Any, workspace: Workspace) -> None:
        hand.open()
        hand.source("all blocks")
        assert hand.names() == ["a", "b", "c", "Pair › inner"]
        assert hand.column("Filters")[-1] == "=4*channels"
        hand.choose("block:Pair")
        assert hand.names() == ["one", "two"]
        assert hand.cell("one", "Copies").data() == "–", "there is only one copy to be named"
        assert not hand.model.flags(hand.cell("one", "Copies")) & Qt.ItemFlag.ItemIsEditable
        assert hand.model.flags(hand.cell("two", "Copies")) & Qt.ItemFlag.ItemIsEditable

    def test_it_follows_the_document(self, hand: Any, workspace: Workspace, qtbot: QtBot) -> None:
        hand.open()
        workspace.push(SetParam(hand.id_of("b"), "out_channels", 99))
        qtbot.waitUntil(lambda: "99" in hand.column("Filters"))
        workspace.push(AddNode(new_node(workspace.graph, "conv2d", name="d")))
        qtbot.waitUntil(lambda: "d" in hand.names())
        workspace.replace(Graph())
        qtbot.waitUntil(lambda: hand.model.rowCount() == 0)
        assert hand.dialog.findChild(QLabel, "param_table_nothing").isVisible()
        assert not hand.dialog.kind_box.isEnabled()

    def test_cells_speak(self, hand: Any) -> None:
        hand.open()
        assert hand.cell("b", "Filters").data(Qt.ItemDataRole.AccessibleTextRole) == "b, Filters: 8"
        assert "filters" in hand.cell("b", "Filters").data(Qt.ItemDataRole.ToolTipRole)
        for widget in (hand.table, hand.dialog.kind_box, hand.dialog.source_box):
            assert widget.accessibleName()


class TestTyping:
    @pytest.mark.usefixtures("undone")
    def test_a_typed_value_is_set(self, hand: Any) -> None:
        hand.open()
        hand.click("b", "Filters")
        hand.type("128")
        assert (hand.held("a", "out_channels"), hand.held("b", "out_channels")) == (64, 128)

    @pytest.mark.usefixtures("undone")
    def test_it_goes_to_all_selected_cells_of_the_column(self, hand: Any, workspace: Workspace) -> None:
        hand.open()
        hand.click("a", "Filters")
        hand.click("c", "Kernel size", SHIFT)
        hand.click("a", "Kernel size", CONTROL)
        hand.click("a", "Kernel size", CONTROL)
        hand.type("5")
        assert [hand.held(name, "kernel_size") for name in "abc"] == [(5, 5)] * 3
        assert [hand.held(name, "out_channels") for name in "abc"] == [64, 8, 32], "another column"
        assert workspace.undo_stack.undoText() == "Change kernel size of 3 layers"

    def test_a_wrong_value_is_explained_and_nothing_changes(self, hand: Any, workspace: Workspace) -> None:
        before = dump(workspace.document)
        hand.open()
        hand.click("b", "Filters")
        editor = hand.type("-4", end=None)
        assert editor.property("state") == "error"
        assert "between 1 and" in hand.note()
        hand.end(editor, Key.Key_Return)
        assert "between 1 and" in hand.note()
        assert dump(workspace.document) == before
        hand.click("b", "Filters")
        hand.type("8")
        assert hand.note() == ""
        assert workspace.undo_stack.count() == 0, "it held 8 already"

    def test_escape_forgets_what_was_typed(self, hand: Any, workspace: Workspace) -> None:
        hand.open()
        hand.click("b", "Filters")
        hand.type("-4", end=Key.Key_Escape)
        assert hand.note() == ""
        assert hand.held("b", "out_channels") == 8
        assert hand.dialog.isVisible()

    @pytest.mark.usefixtures("undone")
    def test_space_switches_all_selected(self, hand: Any) -> None:
        hand.open()
        hand.click("a", "Bias")
        hand.click("c", "Bias", SHIFT)
        hand.press(Key.Key_Space)
        assert [hand.held(name, "bias") for name in "abc"] == [False] * 3

    @pytest.mark.usefixtures("undone")
    def test_an_option_is_chosen_from_a_list(self, hand: Any, qtbot: QtBot) -> None:
        hand.open()
        hand.click("a", "Border")
        hand.click("b", "Border", SHIFT)
        hand.press(Key.Key_F2)
        box = hand.table.findChild(ChoiceField, "cell_editor")
        qtbot.waitUntil(box.view().isVisible)
        QTest.keyClick(box.view(), Key.Key_Down)
        QTest.keyClick(box.view(), Key.Key_Return)
        assert [hand.held(name, "padding_mode") for name in "abc"] == ["replicate", "replicate", "zeros"]

    @pytest.mark.usefixtures("undone")
    def test_inside_a_block_a_value_is_computed(self, hand: Any, workspace: Workspace) -> None:
        hand.open()
        hand.source("all blocks")
        hand.click("Pair › inner", "Stride")
        hand.type("=channels")
        inner = workspace.document.blocks["Pair"].graph
        assert [node.params.get("stride") for node in inner.nodes.values()][1] == "=channels"
        assert not workspace.scope.is_inside

    @pytest.mark.usefixtures("undone")
    def test_the_network_and_a_block_are_changed_in_one_step(self, hand: Any, workspace: Workspace) -> None:
        hand.open()
        hand.source("all blocks")
        hand.click("a", "Filters")
        hand.click("Pair › inner", "Filters", SHIFT)
        hand.type("48")
        assert hand.column("Filters") == ["48"] * 4

    def test_outside_of_blocks_nothing_is_computed(self, hand: Any) -> None:
        hand.open()
        hand.click("a", "Stride")
        hand.type("=channels")
        assert "whole numbers" in hand.note()

    @pytest.mark.usefixtures("undone")
    def test_del_sets_defaults(self, hand: Any, workspace: Workspace) -> None:
        hand.open()
        hand.click("a", "Kernel size")
        hand.click("a", "Stride", SHIFT)
        hand.press(Key.Key_Delete)
        spec = {"kernel_size": (3, 3), "stride": (1, 1)}
        assert {name: hand.held("a", name) for name in spec} == spec
        assert workspace.undo_stack.undoText() == "Change 2 parameters of 1 layer"

    def test_undo_and_redo_work_in_the_dialog(self, hand: Any) -> None:
        hand.open()
        hand.click("b", "Filters")
        hand.type("128")
        hand.press(Key.Key_Z, CONTROL)
        assert hand.held("b", "out_channels") == 8
        hand.press(Key.Key_Z, CONTROL | SHIFT)
        assert hand.held("b", "out_channels") == 128


class TestClipboard:
    def test_cells_are_copied_for_a_spreadsheet(self, hand: Any) -> None:
        hand.open()
        hand.click("a", "Filters")
        hand.click("b", "Stride", SHIFT)
        hand.press(Key.Key_C, CONTROL)
        assert QGuiApplication.clipboard().text() == "64\t7×7\t2×2\n8\t3×3\t1×1"

    @pytest.mark.usefixtures("undone")
    def test_a_block_of_cells_is_pasted_from_the_selected_one_on(self, hand: Any) -> None:
        hand.open()
        QGuiApplication.clipboard().setText("11\t5\r\n12\t1x3\r\n")
        hand.click("b", "Filters")
        hand.press(Key.Key_V, CONTROL)
        assert [hand.held(name, "out_channels") for name in "abc"] == [64, 11, 12]
        assert [hand.held(name, "kernel_size") for name in "abc"] == [(7, 7), (5, 5), (1, 3)]

    @pytest.mark.usefixtures("undone")
    def test_a_single_value_fills_the_selection(self, hand: Any) -> None:
        hand.open()
        QGuiApplication.clipboard().setText("2")
        hand.click("a", "Kernel size")
        hand.click("c", "Stride", SHIFT)
        hand.press(Key.Key_V, CONTROL)
        assert [hand.held(name, param) for name in "abc" for param in ("kernel_size", "stride")] == [(2, 2)] * 6

    @pytest.mark.usefixtures("undone")
    def test_a_single_line_goes_to_all_selected_rows(self, hand: Any) -> None:
        hand.open()
        hand.click("a", "Filters")
        hand.click("a", "Stride", SHIFT)
        hand.press(Key.Key_C, CONTROL)
        hand.click("b", "Filters")
        hand.click("c", "Filters", SHIFT)
        hand.press(Key.Key_V, CONTROL)
        assert [hand.held(name, "stride") for name in "abc"] == [(2, 2)] * 3
        assert [hand.held(name, "out_channels") for name in "abc"] == [64] * 3

    def test_one_wrong_value_and_nothing_is_pasted(self, hand: Any, workspace: Workspace) -> None:
        before = dump(workspace.document)
        hand.open()
        QGuiApplication.clipboard().setText("11\n0\n12\n13\n14")
        hand.click("a", "Filters")
        hand.press(Key.Key_V, CONTROL)
        assert hand.note().startswith("b: “Filters”")
        assert dump(workspace.document) == before


class TestSorting:
    def sort(self, hand: Any, title: str) -> None:
        header = hand.table.horizontalHeader()
        section = hand.titles().index(title)
        place = header.rect().center()
        place.setX(header.sectionViewportPosition(section) + 20)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def test_numbers_are_sorted_by_size(self, hand: Any) -> None:
        hand.open()
        self.sort(hand, "Filters")
        assert hand.column("Filters") == ["8", "32", "64"]
        self.sort(hand, "Filters")
        assert hand.column("Filters") == ["64", "32", "8"]
        self.sort(hand, "Filters")
        assert hand.names() == ["a", "b", "c"], "the third click brings the order of computation"
        self.sort(hand, "Layer")
        self.sort(hand, "Layer")
        assert hand.names() == ["c", "b", "a"]

    def test_an_edit_leaves_the_rows_where_they_are(self, hand: Any) -> None:
        hand.open()
        self.sort(hand, "Filters")
        assert hand.names() == ["b", "c", "a"]
        resets = QSignalSpy(hand.model.modelReset)
        hand.click("b", "Filters")
        hand.type("500")
        hand.dialog.refresh()
        assert hand.names() == ["b", "c", "a"]
        assert resets.count() == 0

    def test_the_selection_moves_along(self, hand: Any) -> None:
        hand.open()
        hand.click("c", "Stride")
        self.sort(hand, "Filters")
        (cell,) = hand.table.selectedIndexes()
        assert cell == hand.cell("c", "Stride")
