"""From far, only what is new in view is painted, from what is remembered; it looks as if all had been painted anew."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEventLoop, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from engine.analysis.report import Analysis, NodeReport
from engine.graph.model import Edge, Graph, Node, NodeId
from gui.canvas.camera import Look
from gui.canvas.tiles import NodeTiles, WireTiles

COLUMNS, ROWS = 12, 30
WIDTH = 323.0
"""Of a column: such that no wire runs exactly between two pixels, where rounding has the say."""


@pytest.fixture
def many(hand):
    """A network that reaches over several tiles, in the view of the hand."""
    nodes = [
        Node(NodeId(f"n{x * ROWS + y}"), "add" if y % 3 == 2 else "relu", f"layer{x}_{y}", {}, (WIDTH * x, 96.0 * y))
        for x in range(COLUMNS)
        for y in range(ROWS)
    ]
    edges = [Edge(a.id, 0, b.id, 0) for a, b in pairwise(nodes)]
    edges += [Edge(a.id, 0, b.id, 1) for a, b in zip(nodes, nodes[5:], strict=False) if b.layer == "add"]
    hand.view.resize(700, 500)
    hand.workspace.replace(Graph.assemble(nodes, edges, {}))
    QApplication.processEvents()
    return hand


def look(hand, zoom: float) -> None:
    hand.view.camera.look_again(Look(zoom, (WIDTH * (COLUMNS / 2 - 0.5), 96.0 * ROWS / 2)))
    QApplication.processEvents()


def pixels(image: QImage) -> NDArray[np.uint8]:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].copy()


def on_screen(hand) -> NDArray[np.uint8]:
    """What has been painted until now, part by part."""
    viewport = hand.view.viewport()
    corner = viewport.mapTo(hand.view.window(), QPoint(0, 0))
    window = hand.view.window()
    return pixels(
        window.screen()
        .grabWindow(window.winId(), corner.x(), corner.y(), viewport.width(), viewport.height())
        .toImage()
    )


def check_painted(hand) -> None:
    """What can be seen is what a view would paint that remembers nothing."""
    # One event leads to another until something is painted.
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1000)
    seen = on_screen(hand)
    hand.scene.at_rest.forget()
    hand.view.painting.repaint_all()
    anew = pixels(hand.view.viewport().grab().toImage())
    assert len(np.unique(anew.reshape(-1, 3), axis=0)) > 4, "something is painted"
    assert (np.abs(seen.astype(int) - anew).max(axis=2) > 8).mean() == 0.0


@pytest.mark.sampled(1)
@pytest.mark.parametrize("zoom", [0.16, 0.25, 0.5, 1.0])
def test_panning_paints_the_strips_that_come_into_view(many, zoom):
    look(many, zoom)
    middle = QPoint(350, 250)
    many.press(middle, Qt.MouseButton.MiddleButton)
    for step in (QPoint(9, 0), QPoint(-40, 13), QPoint(30, -61)):
        many.move(middle, middle + step, steps=1)
        check_painted(many)
    many.release(middle, Qt.MouseButton.MiddleButton)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("zoom", [0.16, 0.3, 0.8])
def test_a_node_that_is_dragged_leaves_nothing_behind(many, zoom):
    look(many, zoom)
    node = NodeId(f"n{5 * ROWS + 15}")
    start = many.body(node)
    many.press(start)
    many.move(start, start + QPoint(40, 25))
    check_painted(many)
    many.release(start + QPoint(40, 25))
    check_painted(many)
    many.workspace.undo_stack.undo()
    check_painted(many)


def carry_many(hand, by: QPoint) -> tuple[list[NodeId], QPoint]:
    """Select sixty nodes and drag them so far; which they are, and where the mouse holds them."""
    block = [NodeId(f"n{x * ROWS + y}") for x in range(3, 8) for y in range(8, 20)]
    hand.workspace.select(block)
    start = hand.body(block[25])
    hand.press(start)
    hand.move(start, start + by)
    return block, start + by


@pytest.mark.slow
def test_many_nodes_that_are_dragged_leave_nothing_behind(many):
    look(many, 0.16)
    block, end = carry_many(many, QPoint(60, -35))
    check_painted(many)
    many.release(end)
    check_painted(many)
    many.workspace.undo_stack.undo()
    check_painted(many)
    many.workspace.select(block[:1])
    check_painted(many)
    many.view.delete_selection()
    check_painted(many)


def test_nodes_and_wires_are_found_where_they_are(many):
    """Against looking at each of them: none in view is left out, and far away ones are."""
    scene = many.scene
    nodes, wires = NodeTiles(), WireTiles()
    for node in scene.nodes.values():
        nodes.put(node)
    for wire in scene.wires.values():
        wires.put(wire)
    view = [QRectF(900.0, 800.0, 700.0, 400.0), QRectF(-200.0, -200.0, 250.0, 250.0)]
    cards = {node: QRectF(item.position[0] - 88, item.position[1] - 28, 176, 56) for node, item in scene.nodes.items()}
    expected = {node for node, card in cards.items() if any(part.intersects(card) for part in view)}
    assert {item.node.id for item in nodes.items(view, 0.0)} == expected
    blocks = [(rect.x(), rect.y()) for _, rects in nodes.blocks(view) for rect in rects]
    assert len(set(blocks)) == len(blocks) < len(cards)
    assert {(cards[node].x(), cards[node].y()) for node in expected} <= set(blocks)
    starts = set()
    for path in wires.paths(view):
        moves = (path.elementAt(index) for index in range(path.elementCount()))
        starts |= {(element.x, element.y) for element in moves if element.isMoveTo()}
    for wire in scene.wires.values():
        if any(part.intersects(wire.path.controlPointRect().adjusted(-1, -1, 1, 1)) for part in view):
            assert QPointF(*wire.route.start).toTuple() in starts
    assert len(starts) < len(scene.wires)


def test_nodes_are_found_as_they_come_and_go(many):
    """In the order in which they lie on each other, whatever was taken out and put in again."""
    items = list(many.scene.nodes.values())
    tiles = NodeTiles()
    for item in items:
        tiles.put(item)
    everywhere = [QRectF(-1e6, -1e6, 2e6, 2e6)]
    assert tiles.items(everywhere, 0.0) == items
    for item in items[::3]:
        tiles.forget(item.node.id)
        tiles.forget(item.node.id)
    assert tiles.items(everywhere, 0.0) == [item for index, item in enumerate(items) if index % 3]
    assert sum(len(rects) for _, rects in tiles.blocks(everywhere)) == len(tiles.items(everywhere, 0.0))
    for item in reversed(items[::3]):
        tiles.put(item)
    assert tiles.items(everywhere, 0.0) == items


def test_nodes_at_which_a_wire_may_not_end_are_dimmed_from_far(many):
    look(many, 0.16)
    many.scene.offer_ports([])
    check_painted(many)
    many.scene.offer_ports(None)
    check_painted(many)


def test_who_comes_nearer_while_dragging_many_sees_them_where_they_are(many):
    look(many, 0.16)
    block, end = carry_many(many, QPoint(20, 10))
    moved = {node: many.scene.nodes[node].position for node in block}
    assert all(moved[node] != many.workspace.graph.nodes[node].position for node in block)
    check_painted(many)
    look(many, 1.0)
    check_painted(many)
    look(many, 0.16)
    check_painted(many)
    many.release(end)
    many.settle()
    assert {node: many.scene.nodes[node].pos().toTuple() for node in block} == moved, "Qt finds them there"
    assert {node: many.workspace.graph.nodes[node].position for node in block} == moved


def test_what_is_wrong_is_outlined_until_it_is_mended(many):
    look(many, 0.16)
    node = NodeId(f"n{5 * ROWS + 15}")
    before = on_screen(many)
    report = NodeReport(error="It cannot work.")
    many.workspace.analysis = Analysis({node: report})
    many.workspace.analysisChanged.emit()
    assert many.scene.wrong == {node}
    check_painted(many)
    assert (on_screen(many) != before).any()
    many.workspace.analysis = None
    many.workspace.analysisChanged.emit()
    assert not many.scene.wrong
    check_painted(many)
    assert (on_screen(many) == before).all()
