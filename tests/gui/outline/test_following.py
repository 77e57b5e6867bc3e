"""The outline keeps up with the document: in place, while hidden, in other documents, in blocks placed nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.block_edits import DefineBlock
from engine.graph.edits import AddNode, Rename, SetParam, remove
from engine.graph.model import Graph
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch, draw_block
from gui import theme
from gui.outline.panel import EMPTY, EMPTY_BLOCK, OutlinePanel
from gui.scope import Scope
from gui.workspace import Workspace

Key = Qt.Key


def hint(panel: OutlinePanel) -> str:
    label = panel.findChild(QLabel, "outline_hint")
    return label.text() if label.isVisible() else ""


class TestInPlace:
    def test_what_is_open_and_where_it_is_scrolled_to_stay(self, hand: Any, workspace: Workspace) -> None:
        workspace.replace(ZOO["resnet50"].build())
        hand.tree.expand(hand.index("layer1.0"))
        hand.tree.expand(hand.index("layer3.1"))
        bar = hand.tree.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
        top = hand.tree.indexAt(hand.tree.viewport().rect().topLeft())
        name, place, before = top.data(), hand.tree.visualRect(top).top(), bar.value()
        resets = QSignalSpy(hand.model.modelReset)
        workspace.push(AddNode(new_node(workspace.graph, "relu", name="loose")))
        workspace.push(Rename(hand.id_of("conv1"), "a_conv"))
        hand.catch_up()
        assert resets.count() == 0
        top = hand.tree.indexAt(hand.tree.viewport().rect().topLeft())
        assert (top.data(), hand.tree.visualRect(top).top()) == (name, place)
        workspace.push(remove(workspace.graph, [hand.id_of("a_conv"), hand.id_of("bn1")]))
        hand.catch_up()
        top = hand.tree.indexAt(hand.tree.viewport().rect().topLeft())
        assert (top.data(), hand.tree.visualRect(top).top()) == (name, place)
        assert bar.value() != before
        assert hand.tree.isExpanded(hand.index("layer1.0"))
        assert hand.tree.isExpanded(hand.index("layer3.1"))

    def test_the_timers_do_it_without_being_asked(self, hand: Any, workspace: Workspace, qtbot: QtBot) -> None:
        workspace.push(Rename(hand.id_of("head"), "classifier"))
        qtbot.waitUntil(lambda: "classifier" in hand.names())
        workspace.push(SetParam(hand.id_of("stem"), "out_channels", 32))
        qtbot.waitUntil(lambda: "output 32 by" in hand.index("stem").data(Qt.ItemDataRole.AccessibleTextRole))

    def test_hidden_it_does_nothing_and_shown_again_it_catches_up(self, hand: Any, workspace: Workspace) -> None:
        hand.panel.hide()
        changed = QSignalSpy(hand.model.dataChanged)
        node = new_node(workspace.graph, "relu", name="fresh")
        workspace.push(AddNode(node))
        workspace.select([node.id])
        workspace.analyse()
        QApplication.processEvents()
        assert changed.count() == 0
        assert "fresh" not in hand.names()
        hand.panel.show()
        assert hand.highlighted() == ["fresh"]

    def test_another_document(self, hand: Any, workspace: Workspace) -> None:
        hand.click("stage1", "first", "conv")
        other = ZOO["lenet5"].build()
        workspace.replace(other)
        assert hand.names() == [other.nodes[node].name for node in other.wiring.topological_order()]

    def test_a_block_that_is_placed_nowhere_is_shown_while_one_is_in_it(self, hand: Any, workspace: Workspace) -> None:
        def draw(pen: Sketch) -> None:
            pen.then("block_input", "x")
            pen.then("relu", "lonely")
            pen.then("block_output", "y")

        workspace.push(DefineBlock(draw_block("Spare", "", draw)))
        workspace.open_block("Spare")
        where = hand.panel.findChild(QLabel, "outline_where")
        assert where.isVisible()
        assert "Spare" in where.text()
        hand.click("lonely")
        assert (workspace.scope, hand.selected()) == (Scope("Spare"), ["lonely"])
        workspace.push(remove(workspace.graph, workspace.graph.nodes))
        hand.catch_up()
        assert hint(hand.panel) == EMPTY_BLOCK
        workspace.go_to(0)
        assert not where.isVisible()
        assert hand.index("stem").isValid()


class TestEmpty:
    def test_an_empty_network_says_what_to_do(self, hand: Any, workspace: Workspace) -> None:
        workspace.replace(Graph())
        assert hint(hand.panel) == EMPTY
        assert not hand.panel.table_button.isEnabled()
        workspace.push(AddNode(new_node(workspace.graph, "input")))
        hand.catch_up()
        assert hint(hand.panel) == ""
        assert hand.index("input").isValid()

    def test_before_torch_is_loaded_names_are_there(
        self, qtbot: QtBot, nested: Graph, dark: None, host: Callable[..., QWidget]
    ) -> None:
        workspace = Workspace()
        panel = OutlinePanel(workspace)
        host(panel, 228, 400)
        workspace.replace(nested)
        assert panel.model.rowCount() == len(nested.nodes)


class TestSearching:
    def search(self, panel: OutlinePanel, text: str) -> None:
        panel.focus_search()
        QTest.keyClicks(panel.search, text)

    def test_typing_shows_what_fits_and_opens_what_it_is_in(self, hand: Any) -> None:
        self.search(hand.panel, "max pool")
        assert hand.names() == ["stage1", "stage2"]
        assert hand.tree.isExpanded(hand.index("stage1"))
        QTest.keyClick(hand.panel.search, Key.Key_Escape)
        assert hand.panel.search.text() == ""
        assert hand.index("head").isValid()
        assert not hand.tree.isExpanded(hand.index("stage1"))

    def test_enter_goes_to_what_was_found_first(self, hand: Any, workspace: Workspace) -> None:
        self.search(hand.panel, "max pool")
        QTest.keyClick(hand.panel.search, Key.Key_Return)
        assert [crumb.title for crumb in workspace.scope.trail(workspace.document)] == ["Network", "stage1"]
        assert hand.selected() == hand.highlighted() == ["pool"]
        assert hand.tree.hasFocus()

    def test_down_goes_to_the_tree(self, hand: Any) -> None:
        self.search(hand.panel, "conv")
        QTest.keyClick(hand.panel.search, Key.Key_Down)
        assert hand.tree.hasFocus()

    def test_nothing_found_says_so(self, hand: Any) -> None:
        self.search(hand.panel, "conv 77")
        assert "No layer fits “conv 77”" in hint(hand.panel)
        hand.panel.search.clear()
        assert hint(hand.panel) == ""

    def test_what_is_selected_stays_selected(self, hand: Any, workspace: Workspace) -> None:
        hand.click("head")
        self.search(hand.panel, "conv")
        assert hand.selected() == ["head"]
        assert hand.highlighted() == []
        hand.panel.search.clear()
        assert hand.highlighted() == ["head"]

    def test_ctrl_a_takes_what_is_found(self, hand: Any) -> None:
        self.search(hand.panel, "stage")
        hand.click("stage1")
        hand.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert hand.selected() == ["stage1", "stage2"]


class TestLook:
    @pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT])
    @pytest.mark.parametrize("width", [228, 312])
    def test_names_and_shapes_are_painted(
        self, hand: Any, qapp: QApplication, colours: theme.Theme, width: int
    ) -> None:
        theme.apply(qapp, colours)
        hand.panel.window().resize(width, 500)
        hand.click("stage1", "first", "conv")
        picture = hand.tree.viewport().grab().toImage()
        row = hand.tree.visualRect(hand.tree.currentIndex())
        ground = colours.colour("selection").name()
        line = [picture.pixelColor(x, row.center().y()).name() for x in range(row.left(), picture.width())]
        assert line.count(ground) > len(line) / 3
        assert set(line) - {ground}, "something is written on it"

    def test_every_row_speaks(self, hand: Any) -> None:
        assert hand.tree.accessibleName()
        assert hand.panel.search.accessibleName()
        assert hand.panel.table_button.accessibleName()
        interface = QAccessible.queryAccessibleInterface(hand.tree)
        texts = [interface.child(place).text(QAccessible.Text.Name) for place in range(interface.childCount())]
        assert any(text.startswith("stem, Conv 2D, 8 · 7×7 · /2") for text in texts)
