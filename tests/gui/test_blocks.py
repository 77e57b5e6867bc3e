"""Blocks in the real window: grouped, entered, left, renamed and taken apart by keys, menu, mouse and breadcrumbs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QStackedWidget, QToolButton
from pytestqt.qtbot import QtBot

from engine.analysis.problem import Problem
from engine.analysis.report import Analysis
from engine.analysis.shapes import ShapeInference
from engine.graph.document import dump
from engine.graph.edits import SetParam
from engine.graph.model import Graph, NodeId
from engine.training.history import Measurements
from engine.zoo.blocks import needed
from engine.zoo.sketch import Sketch
from gui.main_window import MainWindow
from gui.training.layer_paths import layer_paths

CTRL, SHIFT, NO_KEY = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)
Press = Callable[..., None]


class Shapes:
    """The real shapes, and no problems."""

    def __init__(self) -> None:
        self.inference = ShapeInference()

    def analyse(self, graph: Graph) -> tuple[Analysis, list[Problem]]:
        return self.inference.analyse(graph), []


def network() -> Graph:
    """image → conv → relu → layer (BasicBlock, 2 copies) → fc → scores."""
    pen = Sketch()
    pen.use(*needed("BasicBlock"), *needed("SEBottleneck"))
    pen.add("input", name="image", shape=(3, 16, 16))
    pen.then("conv2d", name="conv")
    pen.then("relu", name="relu")
    pen.then("block:BasicBlock", name="layer", channels=8, repeat=2)
    pen.then("flatten", name="flatten")
    pen.then("linear", name="fc", out_features=10)
    pen.then("output", name="scores")
    return pen.graph


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window with a network of layers and an instance."""
    assert window._analyser is not None
    window.workspace.use_analyser(Shapes())
    window.workspace.replace(network())
    window.documents.opened.emit()
    with qtbot.waitActive(window):
        window.activateWindow()
    yield window
    window.workspace.use_analyser(window._analyser)


@pytest.fixture
def press(opened: MainWindow, qtbot: QtBot) -> Press:
    """Press a key where the keyboard's focus is."""

    def press_key(key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
        opened.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is opened)
        QTest.keyClick(QApplication.focusWidget() or opened, key, modifiers)
        qtbot.wait(10)

    return press_key


def node(window: MainWindow, name: str) -> NodeId:
    found = window.workspace.graph.named(name)
    assert found is not None
    return found.id


def open_field(window: MainWindow) -> QLineEdit:
    return next(field for field in window.view.findChildren(QLineEdit) if field.isVisible())


def shown(window: MainWindow) -> list[str]:
    """The steps of the breadcrumbs."""
    bar = window.sheet.breadcrumbs
    buttons = [bar.findChild(QToolButton, f"crumb_{depth}") for depth in range(4)]
    current = bar.findChild(QLabel, "crumb_current")
    return [*(button.text() for button in buttons if button is not None), current.text()]


def about(window: MainWindow) -> str:
    return window.sheet.breadcrumbs.findChild(QLabel, "breadcrumbs_about").text()


def test_ctrl_g_groups_names_and_undo_leaves_no_trace(opened: MainWindow, press: Press) -> None:
    before = dump(opened.workspace.document)
    opened.workspace.select([node(opened, "conv"), node(opened, "relu")])
    press(Qt.Key.Key_G)
    (instance,) = opened.workspace.selection
    assert opened.workspace.graph.nodes[instance].layer == "block:Block"
    assert set(opened.scene.nodes) == set(opened.workspace.graph.nodes)
    field = open_field(opened)
    assert field.hasFocus()
    assert field.selectedText() == "Block"
    QTest.keyClicks(field, "Stem")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert opened.workspace.graph.nodes[instance].layer == "block:Stem"
    assert opened.view.hasFocus()
    press(Qt.Key.Key_Z)
    press(Qt.Key.Key_Z)
    assert dump(opened.workspace.document) == before
    assert opened.workspace.undo_stack.isClean()


def test_ungroup_takes_an_instance_apart_and_selects_what_was_in_it(opened: MainWindow, press: Press) -> None:
    before = dump(opened.workspace.document)
    assert opened.workspace.analysis is not None
    parameters = opened.workspace.analysis.parameters
    opened.workspace.select([node(opened, "layer")])
    press(Qt.Key.Key_G, CTRL | SHIFT)
    graph = opened.workspace.graph
    assert graph.named("layer") is None
    assert graph.named("layer.1.conv2") is not None
    names = {graph.nodes[chosen].name.rpartition(".")[0] for chosen in opened.workspace.selection}
    assert names == {"layer.0", "layer.1"}
    opened.workspace.analyse()
    assert opened.workspace.analysis.parameters == parameters
    press(Qt.Key.Key_Z)
    assert dump(opened.workspace.document) == before


def test_a_unique_instance_changes_alone(opened: MainWindow, press: Press) -> None:
    opened.workspace.select([node(opened, "layer")])
    press(Qt.Key.Key_D)
    (copy,) = opened.workspace.selection
    press(Qt.Key.Key_U, CTRL | SHIFT)
    graph = opened.workspace.graph
    assert graph.nodes[copy].layer == "block:BasicBlock2"
    assert graph.nodes[node(opened, "layer")].layer == "block:BasicBlock"
    press(Qt.Key.Key_Z)
    assert graph.nodes[copy].layer == "block:BasicBlock"


def test_what_cannot_be_grouped_is_refused_with_the_reason(opened: MainWindow, press: Press) -> None:
    opened.workspace.select([node(opened, "image"), node(opened, "conv")])
    press(Qt.Key.Key_G)
    assert "image" in opened.status_line.currentMessage()
    assert opened.workspace.undo_stack.count() == 0


def test_actions_can_be_used_where_they_mean_something(opened: MainWindow) -> None:
    actions = opened.actions_table
    usable = ("group", "ungroup", "make_unique", "enter_block", "leave_block", "rename_block")

    def enabled() -> set[str]:
        return {name for name in usable if actions[name].isEnabled()}

    assert enabled() == set()
    opened.workspace.select([node(opened, "conv")])
    assert enabled() == {"group"}
    opened.workspace.select([node(opened, "layer")])
    assert enabled() == {"group", "ungroup", "make_unique", "enter_block", "rename_block"}
    actions["enter_block"].trigger()
    assert enabled() == {"leave_block", "rename_block"}
    opened.show_welcome()
    assert enabled() == set()


def test_keys_lead_in_and_out_and_the_breadcrumbs_say_where_one_is(opened: MainWindow, press: Press) -> None:
    assert not opened.sheet.breadcrumbs.isVisible()
    layer = node(opened, "layer")
    opened.workspace.select([layer])
    press(Qt.Key.Key_Down)
    assert opened.sheet.breadcrumbs.isVisible()
    assert shown(opened) == ["Network", "layer (BasicBlock)"]
    assert about(opened) == "Shapes of layer.0."
    assert set(opened.scene.nodes) == set(opened.workspace.graph.nodes)
    press(Qt.Key.Key_Up)
    assert not opened.sheet.breadcrumbs.isVisible()
    assert opened.workspace.selection == (layer,)


def test_a_breadcrumb_leads_out_by_mouse_and_by_keyboard(opened: MainWindow, qtbot: QtBot) -> None:
    added = opened.scene.add_layer("block:SEBottleneck", (600.0, 0.0))
    assert added is not None
    outer = opened.workspace.graph.nodes[added].name
    opened.workspace.enter(added)
    opened.workspace.enter(node(opened, "se"))
    assert shown(opened) == ["Network", f"{outer} (SEBottleneck)", "se (SqueezeExcitation)"]
    button = opened.sheet.breadcrumbs.findChild(QToolButton, "crumb_1")
    assert QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name).startswith(f"Go to {outer}")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened.workspace.graph.block == "SEBottleneck")
    assert opened.focusWidget() is opened.view
    home = opened.sheet.breadcrumbs.findChild(QToolButton, "crumb_0")
    home.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(home, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not opened.workspace.scope.is_inside)
    opened.workspace.enter(node(opened, "layer"))
    QTest.mouseClick(opened.sheet.breadcrumbs.findChild(QToolButton, "leave_block"), Qt.MouseButton.LeftButton)
    assert not opened.workspace.scope.is_inside


def test_the_bar_says_when_no_shapes_are_known_and_what_else_changes(opened: MainWindow) -> None:
    opened.workspace.open_block("SEBottleneck")
    assert shown(opened) == ["Network", "SEBottleneck"]
    assert about(opened) == "Not placed in the network, so no shapes are known."
    opened.workspace.go_to(0)
    opened.scene.add_layer("block:SEBottleneck", (600.0, 0.0))
    opened.scene.add_layer("block:SEBottleneck", (900.0, 0.0))
    opened.workspace.open_block("SEBottleneck")
    opened.workspace.analyse()
    assert about(opened) == "Shapes are not known yet. Changes go to all 2 instances."


def test_the_block_in_view_is_renamed_in_the_bar(opened: MainWindow, press: Press, qtbot: QtBot) -> None:
    layer = node(opened, "layer")
    opened.workspace.enter(layer)
    press(Qt.Key.Key_F2, SHIFT)
    field = opened.sheet.breadcrumbs.findChild(QLineEdit, "block_name")
    assert field.hasFocus()
    QTest.keyClicks(field, "not a name")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "cannot name a block" in about(opened)
    QTest.keyClick(field, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(field, "Unit")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(opened) == ["Network", "layer (Unit)"])
    qtbot.waitUntil(opened.view.hasFocus)
    assert opened.workspace.document.nodes[layer].layer == "block:Unit"
    press(Qt.Key.Key_Z)
    assert shown(opened) == ["Network", "layer (BasicBlock)"]


def test_undo_while_a_name_is_being_typed_gives_the_name_up(opened: MainWindow, qtbot: QtBot) -> None:
    opened.workspace.enter(node(opened, "layer"))
    opened.workspace.push(SetParam(node(opened, "conv1"), "bias", True))
    opened.workspace.leave()
    opened.workspace.enter(node(opened, "layer"))
    opened.sheet.breadcrumbs.rename()
    QTest.keyClicks(opened.sheet.breadcrumbs.findChild(QLineEdit, "block_name"), "Other")
    opened.workspace.leave()
    opened.workspace.undo_stack.undo()
    qtbot.wait(20)
    assert "BasicBlock" in opened.workspace.document.blocks
    assert opened.workspace.undo_stack.count() == 1


def test_gradients_add_up_on_an_instance_and_are_shown_for_its_first_copy(opened: MainWindow) -> None:
    desk, layer = opened.desk, node(opened, "layer")
    layers = ("conv", "layer.0.conv1", "layer.0.conv2", "layer.1.conv1", "fc")
    desk._paths, desk._layers = layer_paths(opened.workspace.document), layers
    desk._find_columns()
    norms = np.array([[1.0, 3.0, 4.0, 12.0, 0.5]], np.float32)
    desk.bridge.measured.emit(Measurements(0, np.zeros(1, np.float32), norms))
    shown_norms = {item.node.name: item.norm for item in opened.scene.nodes.values() if item.norm is not None}
    assert shown_norms == {"conv": 1.0, "layer": 13.0, "fc": 0.5}
    opened.workspace.enter(layer)
    shown_norms = {item.node.name: item.norm for item in opened.scene.nodes.values() if item.norm is not None}
    assert shown_norms == {"conv1": 3.0, "conv2": 4.0}
    opened.workspace.leave()
    assert opened.scene.nodes[layer].norm == 13.0


def test_a_layer_chosen_in_a_plot_is_shown_where_it_is(opened: MainWindow) -> None:
    desk = opened.desk
    desk._paths, desk._layers = layer_paths(opened.workspace.document), ("conv", "layer.1.conv2")
    desk.panel.layerClicked.emit("layer.1.conv2")
    assert opened.workspace.graph.block == "BasicBlock"
    assert opened.workspace.selection == (node(opened, "conv2"),)
    desk.panel.layerClicked.emit("conv")
    assert opened.workspace.selection == (node(opened, "conv"),)


def test_what_is_saved_is_the_whole_document_from_wherever(opened: MainWindow, tmp_path) -> None:
    expected = dump(opened.workspace.document)
    opened.workspace.enter(node(opened, "layer"))
    opened.workspace.set_path(tmp_path / "net.netwright")
    assert opened.documents.save()
    assert (tmp_path / "net.netwright").read_bytes() == expected
    opened.workspace.push(SetParam(node(opened, "conv1"), "bias", True))
    assert opened.sheet.autosave.write()
    assert opened.sheet.autosave._copy.read_bytes() == dump(opened.workspace.document) != expected


def test_layers_are_counted_with_all_their_copies(opened: MainWindow) -> None:
    inner = opened.workspace.document.blocks["BasicBlock"].graph
    ends = sum(found.layer.startswith("block_") for found in inner.nodes.values())
    count = 6 + 2 * (len(inner.nodes) - ends)
    assert opened.status_line.findChild(QLabel, "totals").text().startswith(f"{count} layers")
    page = opened.sheet.inspector.findChild(QStackedWidget, "layer_page").currentWidget()
    assert page.findChild(QLabel, "fact_layers").text() == str(count)
