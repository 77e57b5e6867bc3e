"""The layer page: names, shapes and costs, curves, and several layers at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QLineEdit, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.edits import AddNode, Rename, SetParam
from engine.graph.model import Graph, NodeId
from engine.layers.nodes import new_node
from engine.layers.registry import spec
from gui import theme
from gui.inspector.curve import CurvePlot
from gui.inspector.inspector import Inspector
from gui.inspector.numbers import exact, plural, short
from gui.workspace import Workspace


def fact(panel: QWidget, name: str) -> str:
    page = panel.findChild(QWidget, "layer_page").currentWidget()
    return page.findChild(QLabel, f"fact_{name}").text()


def visible_texts(panel: QWidget) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def name_of(panel: QWidget) -> QLineEdit:
    return panel.findChild(QLineEdit, "node_name")


# Names


def test_a_layer_is_renamed(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId], type_into: Callable[..., None]
) -> None:
    node = add("conv2d")
    workspace.select([node])
    type_into(name_of(inspector), "stem")
    assert workspace.graph.nodes[node].name == "stem"
    workspace.undo_stack.undo()
    assert name_of(inspector).text() == "conv"


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ["2nd", "my conv", "class", "relu", "forward", "", "_x"])
def test_a_refused_name_is_explained_in_place(
    name: str,
    inspector: Inspector,
    workspace: Workspace,
    add: Callable[..., NodeId],
    type_into: Callable[..., None],
) -> None:
    node = add("conv2d")
    add("relu")
    workspace.select([node])
    told: list[str] = []
    workspace.refused.connect(told.append)
    steps = workspace.undo_stack.index()
    if name:
        type_into(name_of(inspector), name)
    else:
        type_into(name_of(inspector), "x", end=Qt.Key.Key_Backspace)
        QTest.keyClick(name_of(inspector), Qt.Key.Key_Return)
    assert workspace.graph.nodes[node].name == "conv"
    assert name_of(inspector).text() == "conv"
    reason = inspector.findChild(QLabel, "node_name_error")
    assert reason.isVisible()
    assert reason.text().endswith(".")
    assert told == [], "said once, in place"
    assert workspace.undo_stack.index() == steps


def test_escape_keeps_the_name(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId], type_into: Callable[..., None]
) -> None:
    node = add("conv2d")
    workspace.select([node])
    type_into(name_of(inspector), "other", end=Qt.Key.Key_Escape)
    assert name_of(inspector).text() == "conv"
    assert workspace.graph.nodes[node].name == "conv"


def test_the_name_follows_a_rename_elsewhere(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    node = add("conv2d")
    workspace.select([node])
    workspace.push(Rename(node, "elsewhere"))
    assert name_of(inspector).text() == "elsewhere"


def test_edit_name_puts_the_cursor_there(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    workspace.select([add("conv2d")])
    inspector.show_training()
    inspector.edit_name()
    assert name_of(inspector).hasFocus()
    assert name_of(inspector).selectedText() == "conv"


# Shapes and cost


def test_shapes_and_cost_follow_the_typing(
    inspector: Inspector,
    workspace: Workspace,
    add: Callable[..., NodeId],
    type_into: Callable[..., None],
    qtbot: QtBot,
) -> None:
    conv = add("conv2d", add("input"), out_channels=16, kernel_size=(5, 5))
    workspace.select([conv])
    assert fact(inspector, "input") == "1 × 28 × 28"
    assert fact(inspector, "output") == "16 × 24 × 24"
    assert fact(inspector, "parameters") == f"{16 * 1 * 5 * 5 + 16}"
    assert "16·1·5·5 (weight) + 16 (bias)" in visible_texts(inspector)
    # One multiplication and one addition for each weight at each of the 24 × 24 places.
    assert fact(inspector, "flops") == f"{short(2 * 16 * 25 * 24 * 24)} per sample"
    field = inspector.findChild(QAbstractSpinBox, "param_out_channels")
    with qtbot.waitSignal(workspace.analysisChanged):
        type_into(field, "32", end=None)
    assert fact(inspector, "output") == "32 × 24 × 24"
    assert fact(inspector, "parameters") == f"{32 * 25 + 32}"


def test_layers_that_only_pass_values_on_cost_next_to_nothing_alone_and_together(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    start = add("input")
    first, second = add("relu", start), add("flatten", start)
    workspace.select([first])
    assert fact(inspector, "flops") == "negligible"
    workspace.select([first, second])
    assert fact(inspector, "flops") == "negligible"


def test_every_input_of_a_merge_is_shown(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    start = add("input")
    workspace.select([add("concat", start, add("relu", start))])
    assert fact(inspector, "input_1") == fact(inspector, "input_2") == "1 × 28 × 28"
    assert fact(inspector, "output") == "2 × 28 × 28"


def test_an_error_stands_on_the_page(inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]) -> None:
    conv = add("conv2d", add("flatten", add("input")))
    workspace.select([conv])
    box = inspector.findChild(QWidget, "node_error")
    assert box.isVisible()
    assert workspace.analysis is not None
    assert box.text.text() == workspace.analysis.nodes[conv].error


def test_an_unwired_layer_says_what_is_missing(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    workspace.select([add("conv2d")])
    assert fact(inspector, "output") == "not known yet"
    assert "Wire its input" in visible_texts(inspector)
    assert not inspector.findChild(QWidget, "node_error").isVisible()


def test_before_torch_is_loaded_layers_can_be_edited(
    unloaded: Workspace, host: Callable[..., QWidget], type_into: Callable[..., None]
) -> None:
    workspace = unloaded
    panel = Inspector(workspace)
    host(panel)
    node = new_node(workspace.graph, "relu")
    workspace.push(AddNode(node))
    dense = new_node(workspace.graph, "linear")
    workspace.push(AddNode(dense))
    workspace.select([node.id])
    assert "PyTorch is still loading" in visible_texts(panel)
    assert not panel.findChild(CurvePlot).isVisible()
    workspace.select([dense.id])
    type_into(panel.findChild(QAbstractSpinBox, "param_out_features"), "10")
    assert workspace.graph.nodes[dense.id].params["out_features"] == 10


# Nothing and several


def test_nothing_selected_shows_the_network(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId], qtbot: QtBot
) -> None:
    assert "Drag a layer" in visible_texts(inspector)
    start = add("input", shape=(2,))
    dense = add("linear", start, out_features=10)
    assert fact(inspector, "layers") == "2"
    assert fact(inspector, "parameters") == "30"
    with qtbot.waitSignal(workspace.analysisChanged):
        workspace.push(SetParam(dense, "bias", False))
    assert fact(inspector, "parameters") == "20"


def test_another_document_is_shown_at_once(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    workspace.select([add("conv2d")])
    workspace.replace(Graph())
    assert fact(inspector, "layers") == "0"
    relu = add("relu")
    workspace.select([relu])
    assert name_of(inspector).text() == "relu"
    assert not inspector.findChild(QWidget, "layer_page").findChildren(QAbstractSpinBox, "param_out_channels")


def test_several_layers_of_a_kind_are_edited_as_one(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId], type_into: Callable[..., None]
) -> None:
    first, second = add("linear", out_features=8), add("linear", out_features=32)
    workspace.select([first, second])
    page = inspector.findChild(QWidget, "layer_page").currentWidget()
    field = page.findChild(QAbstractSpinBox, "param_out_features")
    assert field.text() == ""
    assert field.lineEdit().placeholderText() == "mixed"
    steps = workspace.undo_stack.index()
    type_into(field, "128")
    assert {workspace.graph.nodes[node].params["out_features"] for node in (first, second)} == {128}
    assert workspace.undo_stack.index() == steps + 1
    workspace.undo_stack.undo()
    assert [workspace.graph.nodes[node].params["out_features"] for node in (first, second)] == [8, 32]
    assert field.text() == ""


def test_several_layers_add_up(inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]) -> None:
    start = add("input", shape=(4,))
    one = add("linear", start, out_features=3)
    two = add("linear", one, out_features=2)
    workspace.select([one, two])
    assert "2 layers selected" in visible_texts(inspector)
    assert fact(inspector, "parameters") == str(4 * 3 + 3 + 3 * 2 + 2)
    workspace.select([one, start])
    assert "different kinds" in visible_texts(inspector)
    page = inspector.findChild(QWidget, "layer_page").currentWidget()
    assert not page.findChildren(QAbstractSpinBox)


# Curve, documentation, tabs


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("relu", lambda x: np.maximum(x, 0)),
        ("sigmoid", lambda x: 1 / (1 + np.exp(-x))),
        ("tanh", np.tanh),
        ("leaky_relu", lambda x: np.where(x > 0, x, 0.01 * x)),
    ],
)
def test_the_curve_reads_the_function(
    layer: str,
    expected: Callable[[np.ndarray], np.ndarray],
    inspector: Inspector,
    workspace: Workspace,
    add: Callable[..., NodeId],
) -> None:
    workspace.select([add(layer)])
    plot = inspector.findChild(CurvePlot)
    assert plot.isVisible()
    for place in (0.3, 0.8):
        QTest.mouseMove(plot, QPoint(round(place * plot.width()), 60))
        reading = plot.reading()
        assert reading is not None
        x, y, slope = reading
        assert abs(x) < 4
        assert y == pytest.approx(float(expected(np.array(x))), abs=1e-9)
        assert slope == pytest.approx(
            float(expected(np.array(x + 1e-5)) - expected(np.array(x - 1e-5))) / 2e-5, abs=1e-4
        )


@pytest.mark.parametrize("layer", ["softmax", "conv2d", "dropout"])
def test_layers_without_a_curve_have_none(
    layer: str, inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    workspace.select([add(layer)])
    assert not inspector.findChild(CurvePlot).isVisible()


def test_the_curve_follows_the_parameter(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId], qtbot: QtBot
) -> None:
    node = add("leaky_relu")
    workspace.select([node])
    plot = inspector.findChild(CurvePlot)
    QTest.mouseMove(plot, QPoint(plot.width() // 4, 60))
    with qtbot.waitSignal(workspace.analysisChanged):
        workspace.push(SetParam(node, "negative_slope", 0.5))
    reading = plot.reading()
    assert reading is not None
    assert reading[2] == pytest.approx(0.5)


def test_the_documentation_is_all_there(inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]) -> None:
    workspace.select([add("conv2d")])
    texts = visible_texts(inspector)
    declared = spec("conv2d")
    for text in (
        declared.doc,
        declared.formula,
        declared.shape_rule,
        declared.when,
        declared.pitfalls,
        declared.source,
    ):
        assert text in texts


def test_a_selection_brings_the_layer_page_to_the_front_unless_training_is_being_set(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    tabs = inspector.findChild(QTabWidget)
    first, second = add("relu"), add("tanh")
    inspector.show_training()
    inspector.findChild(QWidget, "setup_page").findChild(QAbstractSpinBox, "param_epochs").setFocus()
    workspace.select([first])
    assert tabs.currentIndex() == 1
    tabs.tabBar().setFocus()
    workspace.select([second])
    assert tabs.currentIndex() == 0


def test_the_panel_is_repainted_in_the_other_theme(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId], qapp: object
) -> None:
    workspace.select([add("relu")])
    dark = inspector.grab().toImage()
    theme.apply(qapp, theme.LIGHT)  # type: ignore[arg-type]
    light = inspector.grab().toImage()
    assert dark.pixelColor(4, 400).lightness() < 80 < 180 < light.pixelColor(4, 400).lightness()


def test_numbers() -> None:
    assert [short(number) for number in (0, 823, 61_706, 999_499, 999_999, 1_250_000, 8_180_000_000)] == [
        "0",
        "823",
        "61.7 k",
        "999 k",
        "1 M",
        "1.25 M",
        "8.18 G",
    ]
    assert exact(61_706) == "61,706"
    assert (plural(1, "layer"), plural(1200, "layer")) == ("1 layer", "1,200 layers")
