"""Shapes and errors, as the analysis knows them, on nodes and wires."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from engine.graph.edits import Connect, SetParam
from engine.graph.model import Edge
from gui import theme
from gui.analyser import load_analyser
from gui.canvas.hits import Hit
from gui.canvas.node_item import PortRef
from gui.canvas.tips import tip


@pytest.fixture(autouse=True)
def _analysed(hand):
    hand.workspace.use_analyser(load_analyser())


def chip(hand, node):
    label = hand.scene.nodes[node].texts.chip
    return None if label is None else label.text


def test_shapes_appear_as_soon_as_they_are_known_and_follow_parameters(hand):
    start, conv = hand.add("input", 0, -96), hand.add("conv2d", 0, 0)
    assert chip(hand, start) == "1 × 28 × 28"
    assert chip(hand, conv) is None
    assert hand.scene.nodes[conv].is_waiting
    hand.drag(hand.output(start), hand.input(conv))
    assert chip(hand, conv) == "16 × 26 × 26"
    assert [wire.shape_text for wire in hand.scene.wires.values()] == ["1 × 28 × 28"]
    hand.workspace.push(SetParam(conv, "out_channels", 32))
    hand.settle()
    assert chip(hand, conv) == "32 × 26 × 26"
    assert hand.scene.nodes[conv].texts.line.static.text() == "32 · 3×3"


def test_before_torch_is_loaded_nothing_is_said_about_shapes(hand):
    hand.workspace._analyser = None
    hand.workspace.analysis = None
    _, conv = hand.chain("input", "conv2d")
    assert chip(hand, conv) is None
    assert not hand.scene.nodes[conv].is_waiting


def test_a_shape_is_written_on_an_arc(hand):
    start, *_ = hand.chain("input", "relu", "tanh", "sigmoid")
    last = hand.workspace.graph.named("sigmoid").id
    add = hand.add("add", 0, 192, last, start)
    hand.settle()
    arc = hand.scene.wires[Edge(start, 0, add, 1)]
    assert arc.route.lane is not None
    assert arc.shape_text == "1 × 28 × 28"
    label = hand.at(arc.route.lane, (arc.route.lane_from + arc.route.lane_to) / 2)
    image = hand.view.viewport().grab().toImage()
    row = {image.pixelColor(label + QPoint(dx, 0)).name() for dx in range(-6, 7)}
    line = {image.pixelColor(label + QPoint(dx, 60)).name() for dx in range(-6, 7)}
    assert len(row) > len(line)


def test_an_error_is_marked_and_says_why_beside_the_node(hand):
    _, dense = hand.chain("input", "linear")
    tanh = hand.add("tanh", 0, 0, dense)
    item = hand.scene.nodes[dense]
    assert "Flatten" in item.error
    assert hand.scene.nodes[tanh].is_waiting
    assert {wire.edge.target: wire.has_error for wire in hand.scene.wires.values()} == {dense: True, tanh: False}
    note = hand.view._error_note
    assert not note.isVisible()
    QTest.mouseMove(hand.view.viewport(), hand.body(dense))
    assert note.isVisible()
    assert note.text == item.error
    assert not note.geometry().contains(hand.body(dense))
    assert hand.view.rect().contains(note.geometry())
    QTest.mouseMove(hand.view.viewport(), QPoint(20, 20))
    assert not note.isVisible()
    hand.click(hand.body(dense))
    QTest.mouseMove(hand.view.viewport(), QPoint(20, 20))
    assert note.isVisible()
    hand.workspace.push(SetParam(dense, "out_features", 20))
    hand.settle()
    assert note.isVisible()


def test_a_mended_error_is_gone(hand):
    start, dense = hand.chain("input", "linear")
    hand.click(hand.body(dense))
    assert hand.view._error_note.isVisible()
    hand.workspace.push(SetParam(start, "shape", (20,)))
    hand.settle()
    assert hand.scene.nodes[dense].error is None
    assert not hand.view._error_note.isVisible()
    assert not any(wire.has_error for wire in hand.scene.wires.values())


def test_the_error_outline_is_painted(hand):
    _, dense = hand.chain("input", "linear")
    hand.settle()
    image = hand.view.viewport().grab().toImage()
    corner = hand.body(dense) + QPoint(0, 28)
    near = [image.pixelColor(corner + QPoint(40, dy)) for dy in range(-2, 3)]
    assert theme.DARK.colour("error") in near


def test_what_a_node_says_it_is(hand):
    stem = hand.add("conv2d", name="stem")
    conv = hand.add("conv2d", 300, 0)
    relu = hand.add("relu", 0, 200)
    texts = {node: hand.scene.nodes[node].texts.line for node in (stem, conv, relu)}
    assert texts[stem].static.text() == "Conv 2D · 16 · 3×3"
    assert texts[conv].static.text() == "16 · 3×3"
    assert texts[relu] is None


def test_long_names_are_shortened_not_clipped(hand):
    node = hand.add("conv2d", name="a_name_that_is_much_too_long_for_the_card_of_a_node")
    label = hand.scene.nodes[node].texts.name
    assert label.static.text().endswith("…")
    assert label.place.x() + label.width <= 88 - 8


def test_tooltips(hand):
    start, conv = hand.chain("input", "conv2d")
    assert "16 × 26 × 26" in tip(hand.scene, Hit(node=conv))
    assert "160 parameters" in tip(hand.scene, Hit(node=conv))
    assert "image" in tip(hand.scene, Hit(port=PortRef(conv, False, 0)))
    assert "1 × 28 × 28" in tip(hand.scene, Hit(port=PortRef(start, True, 0)))
    (edge,) = hand.workspace.graph.edges
    assert "From “input” to “conv”" in tip(hand.scene, Hit(wire=edge))
    assert tip(hand.scene, Hit()) == ""


def test_reports_of_an_older_graph_do_no_harm(hand):
    start, conv = hand.chain("input", "conv2d")
    old = hand.workspace.analysis
    hand.workspace._analyser = None
    other = hand.add("relu", 0, 0)
    hand.workspace.push(Connect(Edge(conv, 0, other, 0)))
    hand.workspace.analysis = old
    hand.workspace.analysisChanged.emit()
    hand.settle()
    assert hand.scene.nodes[other].report is None
    assert start
