"""What leads to the selection and what follows from it, and how large tensors are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.graph.edits import SetParam
from engine.project import ProjectAnalyser
from gui import theme
from gui.annotation_commands import AnnotationCommands
from gui.canvas.style import style
from gui.canvas.thickness import THICKEST, THINNEST
from gui.canvas.wire_item import Flow


@pytest.fixture(autouse=True)
def _home(own_home):
    """Settings of the tests' own."""


@pytest.fixture
def forked(hand):
    """An input, two branches, their sum, and what follows; the ids by name."""
    start = hand.add("input", 0, -300, shape=(3, 28, 28))
    left = hand.add("conv2d", -120, -180, start, out_channels=3, padding=1)
    right = hand.add("relu", 120, -180, start)
    add = hand.add("add", 0, -60, left, right)
    end = hand.add("relu", 0, 60, add)
    hand.begin()
    return {"start": start, "left": left, "right": right, "add": add, "end": end}


def flows(hand) -> dict[tuple[str, str], Flow | None]:
    return {(edge.source, edge.target): item.flow for edge, item in hand.scene.wires.items()}


def test_the_path_stays_bright_and_the_rest_is_dimmed(hand, forked):
    commands = AnnotationCommands(hand.view)
    hand.offer(commands.slots())
    hand.click(hand.body(forked["left"]))
    hand.key(Qt.Key.Key_P)
    assert commands.checked()["show_paths"]
    dimmed = {name for name, node in forked.items() if hand.scene.nodes[node].is_dimmed}
    assert dimmed == {"right"}
    up, down = Flow.UPSTREAM, Flow.DOWNSTREAM
    assert flows(hand) == {
        (forked["start"], forked["left"]): up,
        (forked["start"], forked["right"]): None,
        (forked["left"], forked["add"]): down,
        (forked["right"], forked["add"]): None,
        (forked["add"], forked["end"]): down,
    }
    assert [wire.is_dimmed for wire in hand.scene.wires.values()].count(True) == 2
    hand.check_undo(0)


def test_without_a_selection_or_switched_off_nothing_is_dimmed(hand, forked):
    commands = AnnotationCommands(hand.view)
    commands.slots()["show_paths"]()
    assert commands.checked()["show_paths"]
    hand.click(hand.body(forked["left"]))
    hand.click(hand.at(400, 300))
    assert not any(item.is_dimmed for item in (*hand.scene.nodes.values(), *hand.scene.wires.values()))
    hand.click(hand.body(forked["left"]))
    commands.slots()["show_paths"]()
    assert not any(item.is_dimmed for item in (*hand.scene.nodes.values(), *hand.scene.wires.values()))
    assert set(flows(hand).values()) == {None}


def test_the_path_follows_changes_of_the_wires_and_undo(hand, forked):
    hand.scene.paths.switch(True)
    hand.workspace.select([forked["right"]])
    assert not hand.scene.nodes[forked["start"]].is_dimmed
    hand.drag(hand.input(forked["right"]), hand.at(420, -60))
    hand.settle()
    assert hand.scene.nodes[forked["start"]].is_dimmed
    hand.workspace.undo_stack.undo()
    hand.settle()
    assert not hand.scene.nodes[forked["start"]].is_dimmed


def test_drawing_a_wire_dims_otherwise_and_the_path_comes_back(hand, forked):
    hand.scene.paths.switch(True)
    hand.workspace.select([forked["left"]])
    start = hand.output(forked["end"])
    hand.press(start)
    hand.move(start, hand.at(300, 300))
    assert hand.scene.nodes[forked["start"]].is_dimmed
    hand.key(Qt.Key.Key_Escape)
    hand.release(start)
    assert {name for name, node in forked.items() if hand.scene.nodes[node].is_dimmed} == {"right"}


def colours_along(hand, source: str, target: str) -> set[str]:
    image: QImage = hand.view.viewport().grab().toImage()
    wire = next(item for edge, item in hand.scene.wires.items() if (edge.source, edge.target) == (source, target))
    place = hand.view.camera.view_point(wire.path.pointAtPercent(0.5))
    around = [(round(place.x()) + dx, round(place.y()) + dy) for dx in range(-4, 5) for dy in range(-4, 5)]
    return {image.pixelColor(x, y).name() for x, y in around}


@pytest.mark.parametrize("zoom", [1.0, 0.4, 0.25, 0.15])
def test_up_and_down_have_their_own_colours_at_every_zoom(hand, forked, zoom):
    hand.scene.paths.switch(True)
    hand.workspace.select([forked["left"]])
    hand.view.camera.zoom_to(zoom)
    QApplication.processEvents()
    look = style()
    assert near(colours_along(hand, forked["start"], forked["left"]), look.upstream_wire.color())
    assert near(colours_along(hand, forked["left"], forked["add"]), look.downstream_wire.color())
    assert not near(colours_along(hand, forked["right"], forked["add"]), look.downstream_wire.color())


def near(shown: set[str], wanted: QColor) -> bool:
    """Whether a line of the wanted colour, smoothed at its edges, is among what is shown."""

    def away(name: str) -> float:
        colour = QColor(name)
        return max(
            abs(colour.red() - wanted.red()), abs(colour.green() - wanted.green()), abs(colour.blue() - wanted.blue())
        )

    return min(map(away, shown)) < 60


def test_wires_are_as_thick_as_their_tensors_are_large(hand, forked):
    hand.workspace.use_analyser(ProjectAnalyser())
    hand.workspace.push(SetParam(forked["left"], "stride", (4, 4)))
    hand.workspace.analyse()
    commands = AnnotationCommands(hand.view)
    commands.slots()["wire_thickness"]()
    widths = {(edge.source, edge.target): item.width for edge, item in hand.scene.wires.items()}
    large, small = widths[forked["start"], forked["left"]], widths[forked["left"], forked["add"]]
    assert THINNEST <= small < large <= THICKEST
    # A sixteenth of the numbers, on a scale of at least two powers of ten.
    assert large - small == pytest.approx((THICKEST - THINNEST) * 1.204 / 2, abs=0.3)
    assert widths[forked["add"], forked["end"]] == 1.0, "nobody knows what a layer that cannot work gives"
    hand.workspace.push(SetParam(forked["left"], "stride", (1, 1)))
    hand.workspace.analyse()
    assert len({item.width for item in hand.scene.wires.values()}) == 1
    commands.slots()["wire_thickness"]()
    assert {item.width for item in hand.scene.wires.values()} == {None}


@pytest.mark.parametrize("zoom", [1.0, 0.25, 0.12])
def test_thickness_is_seen_at_every_zoom(hand, forked, zoom):
    hand.workspace.use_analyser(ProjectAnalyser())
    hand.view.camera.zoom_to(zoom)
    wire = next(item for edge, item in hand.scene.wires.items() if edge.target == forked["end"])
    thin = stroke(hand, wire)
    hand.scene.thickness.switch(True)
    for item in hand.scene.wires.values():
        item.set_width(THICKEST)
    hand.scene.at_rest.forget_wires(hand.scene.wires)
    QApplication.processEvents()
    assert stroke(hand, wire) >= thin + 2


def stroke(hand, wire) -> int:
    """How many pixels across a vertical wire is."""
    QApplication.processEvents()
    image: QImage = hand.view.viewport().grab().toImage()
    place = hand.view.camera.view_point(wire.path.pointAtPercent(0.5))
    ground = theme.current().colour("canvas").name()
    row = [image.pixelColor(round(place.x()) + dx, round(place.y())).name() for dx in range(-8, 9)]
    return sum(colour != ground for colour in row)


def test_the_shape_is_said_at_the_pointer_where_it_cannot_be_read(hand, forked):
    hand.workspace.use_analyser(ProjectAnalyser())
    wire = next(item for edge, item in hand.scene.wires.items() if edge.target == forked["end"])

    def over() -> None:
        QTest.mouseMove(hand.view.viewport(), hand.at(-300, 300))
        place = hand.view.camera.view_point(wire.path.pointAtPercent(0.5)).toPoint()
        QTest.mouseMove(hand.view.viewport(), place)
        QApplication.processEvents()

    over()
    assert not hand.view.shape_note.isVisible(), "it stands below the layer that it comes from"
    hand.view.camera.zoom_to(0.4)
    over()
    assert hand.view.shape_note.isVisible()
    assert hand.view.shape_note.text == wire.shape_text != ""
    QTest.mouseMove(hand.view.viewport(), hand.at(-300, 300))
    assert not hand.view.shape_note.isVisible()
