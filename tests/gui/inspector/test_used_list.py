"""The list of places where a block is used says how each is set, as its layers say it on the canvas."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QStackedWidget

from engine.graph.params import Int
from engine.zoo.sketch import Sketch, draw_block, instance_of
from gui.inspector.inspector import Inspector
from gui.parts import Pressable
from gui.workspace import Workspace


def _draw_inner(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then("linear", "dense", out_features="=units")
    pen.then("block_output")


INNER = draw_block("Inner", "", _draw_inner, (Int(name="units", default=8, minimum=1, doc="Units."),))


def _draw_outer(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then(instance_of(INNER), "inner", units="=2*width", repeat=2)
    pen.then("block_output")


OUTER = draw_block("Outer", "", _draw_outer, (Int(name="width", default=3, minimum=1, doc="Width."),), (INNER,))


def test_expressions_are_read_as_they_are_on_the_canvas(workspace: Workspace, inspector: Inspector) -> None:
    pen = Sketch()
    pen.use(INNER, OUTER)
    pen.then("input", shape=(4,))
    pen.then(instance_of(OUTER), "outer", width=5)
    pen.then(instance_of(INNER), "tail", units=10)
    pen.then("output")
    workspace.replace(pen.graph)
    workspace.open_block("Inner")
    said = [line.findChildren(QLabel)[1].text() for line in inspector.findChildren(Pressable)]
    assert said == ["in the network, entered here · 10", "in Outer · 2·width · ×2"]


def test_the_network_is_counted_with_all_its_copies(workspace: Workspace, inspector: Inspector) -> None:
    pen = Sketch()
    pen.use(INNER, OUTER)
    pen.then("input", shape=(4,))
    pen.then(instance_of(OUTER), "outer", width=5, repeat=3)
    pen.then("output")
    workspace.replace(pen.graph)
    # Three copies of two copies of one layer, and both ends.
    page = inspector.findChild(QStackedWidget, "layer_page").currentWidget()
    assert page.findChild(QLabel, "fact_layers").text() == "8"
