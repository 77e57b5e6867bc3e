"""The analysis panel under real mouse and keyboard: it sorts, selects, follows, enters, searches and copies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.edits import Disconnect, RemoveNode, SetParam
from engine.graph.model import Graph, NodeId
from engine.zoo.registry import ZOO
from gui import theme
from gui.analysis.columns import ACTIVATIONS, LAYER, OUTPUT, PARAMETERS, TYPE
from gui.analysis.panel import EMPTY, AnalysisPanel
from gui.inspector.cost import LOADING
from gui.workspace import Workspace

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def named(graph: Graph, name: str) -> NodeId:
    node = graph.named(name)
    assert node is not None
    return node.id


@pytest.fixture
def lenet(workspace: Workspace, panel: AnalysisPanel) -> Graph:
    """LeNet-5, open and shown."""
    workspace.replace(ZOO["lenet5"].build())
    return workspace.graph


@pytest.fixture
def resnet(workspace: Workspace, panel: AnalysisPanel) -> Graph:
    """ResNet-50, open and shown."""
    workspace.replace(ZOO["resnet50"].build())
    return workspace.graph


class TestSorting:
    def test_clicks_on_a_title_sort_down_up_and_as_computed(self, lenet: Graph, hand) -> None:
        computed = hand.names()
        hand.click_title(PARAMETERS)
        assert hand.names()[:2] == ["dense1", "dense2"]
        hand.click_title(PARAMETERS)
        assert hand.names()[-2:] == ["dense2", "dense1"]
        hand.click_title(PARAMETERS)
        assert hand.names() == computed

    def test_texts_begin_with_a(self, lenet: Graph, hand) -> None:
        hand.click_title(LAYER)
        assert hand.names() == sorted(hand.names())
        hand.click_title(TYPE)
        types = [hand.model.index(row, TYPE).data() for row in range(hand.model.rowCount())]
        assert types[0] == "Conv 2D"
        assert types == sorted(types)

    def test_shapes_are_sorted_by_their_number_of_values(self, lenet: Graph, hand) -> None:
        hand.click_title(OUTPUT)
        assert hand.model.index(0, OUTPUT).data() == "10"
        assert hand.model.index(13, OUTPUT).data() == "6 × 28 × 28"

    def test_the_selection_stays_with_its_layer(self, lenet: Graph, hand, workspace: Workspace) -> None:
        hand.click("conv2")
        hand.click_title(PARAMETERS)
        assert hand.selected() == ["conv2"]
        assert workspace.selection == (named(lenet, "conv2"),)


class TestSelection:
    def test_a_click_on_a_row_selects_the_node(self, lenet: Graph, hand, workspace: Workspace) -> None:
        reveals = QSignalSpy(hand.panel.revealRequested)
        hand.click("pool1")
        assert workspace.selection == (named(lenet, "pool1"),)
        assert reveals.count() == 1

    def test_several_rows(self, lenet: Graph, hand, workspace: Workspace) -> None:
        hand.click("conv1")
        hand.click("pool1", modifier=SHIFT)
        hand.click("dense1", modifier=CONTROL)
        assert {lenet.nodes[node].name for node in workspace.selection} == {"conv1", "relu1", "pool1", "dense1"}

    def test_arrow_keys_move_the_selection(self, lenet: Graph, hand, workspace: Workspace) -> None:
        hand.click("conv1")
        QTest.keyClick(hand.table, Qt.Key.Key_Down)
        assert workspace.selection == (named(lenet, "relu1"),)

    def test_the_canvas_highlights_rows(self, lenet: Graph, hand, workspace: Workspace) -> None:
        reveals = QSignalSpy(hand.panel.revealRequested)
        workspace.select([named(lenet, "dense3"), named(lenet, "conv2")])
        assert hand.selected() == ["conv2", "dense3"]
        workspace.select([])
        assert hand.selected() == []
        assert reveals.count() == 0

    def test_the_row_of_a_selected_node_is_scrolled_to(self, resnet: Graph, hand, workspace: Workspace) -> None:
        hand.panel.resize(1100, 200)
        assert not hand.table.viewport().rect().intersects(hand.table.visualRect(hand.index("fc")))
        workspace.select([named(resnet, "fc")])
        assert hand.table.viewport().rect().contains(hand.table.visualRect(hand.index("fc")).center())

    def test_a_layer_inside_a_block_stands_for_the_block(self, resnet: Graph, hand, workspace: Workspace) -> None:
        hand.click("layer2.0", "conv2")
        assert workspace.selection == (named(resnet, "layer2.0"),)
        assert hand.selected() == ["conv2"]

    def test_deleting_a_node_selects_no_other(self, lenet: Graph, hand, workspace: Workspace) -> None:
        hand.click("dense3")
        hand.table.setFocus()
        node = named(lenet, "dense3")
        for edge in lenet.incoming(node) + lenet.outgoing(node):
            workspace.push(Disconnect(edge))
        workspace.push(RemoveNode(node))
        workspace.analyse()
        assert "dense3" not in hand.names()
        assert workspace.selection == ()
        assert hand.selected() == []


class TestBlocks:
    def test_a_double_click_enters_a_block(self, resnet: Graph, hand, workspace: Workspace) -> None:
        hand.click("layer1.0", double=True)
        assert workspace.graph.block == "Bottleneck"
        assert workspace.scope.path == (named(resnet, "layer1.0"),)
        assert "conv3" in hand.names()
        assert hand.panel.totals.texts[PARAMETERS] == "75,008"

    def test_a_double_click_on_a_layer_inside_goes_to_it(self, resnet: Graph, hand, workspace: Workspace) -> None:
        hand.click("layer3.1", "layer3.2", "conv2", double=True)
        assert workspace.graph.block == "Bottleneck"
        assert workspace.scope.path == (named(resnet, "layer3.1"),)
        assert [workspace.graph.nodes[node].name for node in workspace.selection] == ["conv2"]
        assert hand.selected() == ["conv2"]

    def test_enter_does_the_same(self, resnet: Graph, hand, workspace: Workspace) -> None:
        hand.click("layer4.0")
        QTest.keyClick(hand.table, Qt.Key.Key_Return)
        assert workspace.scope.path == (named(resnet, "layer4.0"),)

    def test_arrow_keys_open_and_close(self, resnet: Graph, hand) -> None:
        hand.click("layer1.0")
        QTest.keyClick(hand.table, Qt.Key.Key_Right)
        assert hand.table.isExpanded(hand.index("layer1.0"))
        QTest.keyClick(hand.table, Qt.Key.Key_Left)
        assert not hand.table.isExpanded(hand.model.index(5, 0))

    def test_a_double_click_on_a_layer_of_the_network_goes_nowhere(
        self, resnet: Graph, hand, workspace: Workspace
    ) -> None:
        hand.click("conv1", double=True)
        assert not workspace.scope.is_inside

    def test_leaving_shows_the_network_again(self, resnet: Graph, hand, workspace: Workspace) -> None:
        hand.click("layer1.0", double=True)
        workspace.leave()
        assert hand.names()[0] == "input"
        assert hand.selected() == ["layer1.0"]


class TestSearch:
    def test_typing_filters_and_escape_of_the_field_brings_all_back(
        self, resnet: Graph, panel: AnalysisPanel, hand
    ) -> None:
        field = panel.findChild(QLineEdit, "analysis_search")
        assert field is not None
        QTest.keyClicks(field, "projection")
        assert hand.names() == [f"layer{stage}.{part}" for stage in (1, 2, 3, 4) for part in (0, 1)]
        assert hand.table.isExpanded(hand.model.index(0, 0))
        assert hand.names(hand.model.index(0, 0)) == ["downsample"]
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert hand.table.hasFocus()
        field.clear()
        assert "conv1" in hand.names()
        assert not hand.table.isExpanded(hand.index("layer1.0"))


class TestCopying:
    def test_ctrl_c_copies_the_selected_rows_for_a_spreadsheet(self, lenet: Graph, hand) -> None:
        hand.click("conv1")
        hand.click("relu1", modifier=SHIFT)
        QTest.keyClick(hand.table, Qt.Key.Key_C, CONTROL)
        lines = QGuiApplication.clipboard().text().splitlines()
        assert [line.split("\t")[0] for line in lines] == ["Layer", "conv1", "relu1"]
        assert lines[1].split("\t")[1:5] == ["Conv 2D", "6 × 28 × 28", "156", "235200"]

    def test_without_a_selection_all_rows_that_are_open(self, resnet: Graph, hand) -> None:
        hand.table.expand(hand.index("layer1.0"))
        (markdown,) = (action for action in hand.table.make_menu().actions() if "Markdown" in action.text())
        markdown.trigger()
        lines = QGuiApplication.clipboard().text().splitlines()
        assert lines[0].startswith("| Layer | Type | Output shape | Parameters |")
        assert set(lines[1]) == set("| -:")
        assert any(line.startswith("| layer1.0.conv2 | Conv 2D |") and "36,864" in line for line in lines)
        assert len(lines) == 2 + 17 + 13

    def test_the_window_does_not_take_ctrl_c(self, lenet: Graph, hand) -> None:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_C, CONTROL)
        event.ignore()
        QApplication.sendEvent(hand.table, event)
        assert event.isAccepted()


class TestKeepingUp:
    def test_an_edit_changes_numbers_and_totals(self, lenet: Graph, hand, workspace: Workspace) -> None:
        assert hand.panel.totals.texts[PARAMETERS] == "61,706"
        workspace.push(SetParam(named(lenet, "conv1"), "out_channels", 12))
        workspace.analyse()
        assert hand.index("conv1", column=PARAMETERS).data() == "312"
        assert hand.panel.totals.texts[PARAMETERS] == f"{61_706 + 156 + 16 * 6 * 25:,}"

    def test_while_nobody_looks_nothing_is_done(
        self, lenet: Graph, hand, workspace: Workspace, panel: AnalysisPanel
    ) -> None:
        panel.hide()
        workspace.push(SetParam(named(lenet, "conv1"), "out_channels", 12))
        workspace.analyse()
        assert hand.index("conv1", column=PARAMETERS).data() == "156"
        workspace.select([named(lenet, "conv2")])
        panel.show()
        assert hand.index("conv1", column=PARAMETERS).data() == "312"
        assert hand.selected() == ["conv2"]

    def test_an_empty_document(self, panel: AnalysisPanel) -> None:
        hint = panel.findChild(QLabel, "analysis_hint")
        assert hint is not None
        assert hint.isVisible()
        assert hint.text() == EMPTY

    def test_while_torch_loads_layers_are_listed(self, host: Callable[..., QWidget], dark: None, qtbot: QtBot) -> None:
        shared = Workspace()
        shared.replace(ZOO["lenet5"].build())
        shown = AnalysisPanel(shared)
        host(shown, 1100, 300)
        line = shown.findChild(QLabel, "analysis_flops")
        assert line is not None
        assert line.text() == LOADING
        assert shown.model.index(1, TYPE).data() == "Conv 2D"
        assert shown.model.index(1, PARAMETERS).data() == "–"
        shared.push(SetParam(named(shared.graph, "conv1"), "out_channels", 12))
        assert shown.model.rowCount() == 14

    def test_a_dock_at_the_side_shows_types_by_their_signs(
        self, lenet: Graph, panel: AnalysisPanel, qtbot: QtBot
    ) -> None:
        assert not panel.table.isColumnHidden(TYPE)
        panel.window().resize(420, 800)
        qtbot.waitUntil(lambda: panel.summary.geometry().bottom() <= panel.table.mapTo(panel, QPoint()).y())
        assert panel.table.isColumnHidden(TYPE)
        assert panel.summary.width() == 420
        panel.window().resize(1000, 300)
        qtbot.waitUntil(lambda: panel.table.width() == 1000 - panel.summary.width())
        table = panel.table
        qtbot.waitUntil(lambda: table.viewport().width() - 2 <= table.titles.length() <= table.viewport().width())

    def test_a_small_dock_keeps_room_for_rows(self, lenet: Graph, panel: AnalysisPanel, qtbot: QtBot) -> None:
        for width, height in ((400, 240), (560, 240), (420, 800), (1100, 240)):
            panel.window().resize(width, height)
            qtbot.waitUntil(lambda: panel.table.viewport().height() >= 3 * 24 and panel.table.width() >= 270)

    def test_every_column_is_seen_in_a_dock_at_the_bottom(self, resnet: Graph, panel: AnalysisPanel) -> None:
        titles = panel.table.titles
        assert titles.sectionViewportPosition(ACTIVATIONS) + titles.sectionSize(ACTIVATIONS) <= titles.width()

    def test_another_theme_paints(self, lenet: Graph, panel: AnalysisPanel, qapp: QApplication) -> None:
        before = panel.grab().toImage()
        theme.apply(qapp, theme.LIGHT)
        after = panel.grab().toImage()
        assert after.pixelColor(after.width() - 20, 100).lightness() > 200 > before.pixelColor(20, 100).lightness()
