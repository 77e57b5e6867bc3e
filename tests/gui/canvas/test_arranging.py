"""Automatic layout, rows and columns, and unfolding on the canvas: each is one step of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.graph.blocks import block_of
from engine.graph.edits import MoveNodes
from engine.layout.quality import quality
from engine.zoo.registry import ZOO
from gui import motion
from gui.canvas.arranging import Arranging
from gui.canvas.camera import Look

if TYPE_CHECKING:
    from conftest import Hand


@pytest.fixture
def arranging(hand: Hand) -> Arranging:
    """Lays out what is on the canvas, without taking its time."""
    motion.motion_hub.set_chosen(True)
    return Arranging(hand.view)


def wait(arranging: Arranging, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not arranging.is_busy, timeout=20_000)
    QApplication.processEvents()


@pytest.mark.parametrize("is_reduced", [False, True])
def test_the_whole_network_is_laid_out(hand: Hand, arranging: Arranging, qtbot: QtBot, is_reduced: bool) -> None:
    motion.motion_hub.set_chosen(is_reduced)
    first = hand.add("input", 500.0, 900.0, shape=(3, 8, 8))
    conv = hand.add("conv2d", -80.0, 0.0, first)
    add = hand.add("add", 0.0, -300.0, first, conv)
    hand.begin()
    arranging.arrange()
    wait(arranging, qtbot)
    graph = hand.workspace.graph
    rows = [graph.nodes[node].position[1] for node in (first, conv, add)]
    assert rows == sorted(rows)
    assert quality({node.id: node.position for node in graph.nodes.values()}, graph.edges).overlaps == 0
    hand.check_undo()
    assert hand.workspace.undo_stack.undoText() == "Arrange layers"
    arranging.arrange()
    wait(arranging, qtbot)
    assert hand.refused == ["Everything is in its place already."]
    motion.motion_hub.set_chosen(None)


def test_a_long_network_is_laid_out_in_columns_and_shown_whole(hand: Hand, arranging: Arranging, qtbot: QtBot) -> None:
    hand.workspace.replace(ZOO["vgg16"].build())
    hand.begin()
    arranging.slots()["arrange_columns"]()
    wait(arranging, qtbot)
    places = [node.position for node in hand.workspace.graph.nodes.values()]
    assert 2 < len({x for x, _ in places}) < 10
    seen = hand.view.camera.visible()
    assert all(seen.contains(*place) for place in places)
    hand.check_undo()


def test_the_frames_of_a_network_in_columns_are_shown_as_large_as_can_be(
    hand: Hand, arranging: Arranging, qtbot: QtBot
) -> None:
    hand.workspace.replace(ZOO["resnet152"].build())
    for command in ("unfold", "arrange_columns"):
        arranging.slots()[command]()
        wait(arranging, qtbot)
    seen, content = hand.view.camera.visible(), hand.scene.content_rect()
    assert seen.contains(content)
    assert max(content.width() / seen.width(), content.height() / seen.height()) > 0.7


def test_only_the_selection_is_laid_out(hand: Hand, arranging: Arranging, qtbot: QtBot) -> None:
    chain = hand.chain("input", "relu", "tanh", "output")
    mess = [hand.add("relu", 600.0, 100.0), hand.add("relu", 640.0, 110.0)]
    hand.workspace.select(mess)
    hand.begin()
    before = {node: hand.workspace.graph.nodes[node].position for node in chain}
    arranging.arrange()
    wait(arranging, qtbot)
    nodes = hand.workspace.graph.nodes
    assert {node: nodes[node].position for node in chain} == before
    assert quality({node.id: node.position for node in nodes.values()}, hand.workspace.graph.edges).overlaps == 0
    hand.check_undo()


@pytest.mark.parametrize("command", ["align_row", "align_column", "spread_down", "spread_across"])
def test_rows_and_columns(hand: Hand, arranging: Arranging, qtbot: QtBot, command: str) -> None:
    nodes = [hand.add("relu", x, y) for x, y in ((0.0, 0.0), (400.0, 120.0), (136.0, 560.0))]
    assert not arranging.possible()[command]
    hand.workspace.select(nodes)
    hand.begin()
    assert arranging.possible()[command]
    arranging.slots()[command]()
    wait(arranging, qtbot)
    places = [hand.workspace.graph.nodes[node].position for node in nodes]
    if command.startswith("align"):
        assert len({place[command == "align_row"] for place in places}) == 1
    hand.check_undo()


def test_blocks_are_unfolded_and_laid_out_in_one_step(hand: Hand, arranging: Arranging, qtbot: QtBot) -> None:
    hand.workspace.replace(ZOO["resnet18"].build())
    hand.begin()
    arranging.unfold()
    wait(arranging, qtbot)
    graph = hand.workspace.graph
    assert len(graph.nodes) > 70
    assert not any(block_of(node.layer) for node in graph.nodes.values())
    found = quality({node.id: node.position for node in graph.nodes.values()}, graph.edges)
    assert (found.overlaps, found.crossings) == (0, 0)
    hand.check_undo()


def test_a_change_meanwhile_is_not_overwritten(hand: Hand, arranging: Arranging, qtbot: QtBot) -> None:
    hand.chain("input", "relu", "output")
    hand.add("relu", 10.0, 10.0)
    arranging.arrange()
    added = hand.add("tanh", 700.0, 0.0)
    wait(arranging, qtbot)
    assert hand.refused == ["The network was changed meanwhile: arrange it once more."]
    assert hand.workspace.graph.nodes[added].position == (700.0, 0.0)


def test_entering_a_block_finishes_the_motion_where_it_was_and_moves_nothing_in_the_block(
    hand: Hand, arranging: Arranging, qtbot: QtBot
) -> None:
    motion.motion_hub.set_chosen(False)
    hand.workspace.replace(ZOO["resnet18"].build())
    block = hand.workspace.graph.named("layer1.0").id
    inside = {node.id: node.position for node in hand.workspace.document.blocks.graph("BasicBlock").nodes.values()}
    moved = next(node for node in hand.workspace.graph.nodes if node in inside)
    hand.workspace.push(MoveNodes({moved: (1_500.0, 900.0)}))
    hand.begin()
    arranging.arrange()
    qtbot.waitUntil(lambda: hand.workspace.undo_stack.count() == 1, timeout=20_000)
    assert arranging.is_busy
    hand.workspace.enter(block)
    assert hand.refused == []
    assert not arranging.is_busy
    graph = hand.workspace.graph
    assert {node.id: node.position for node in graph.nodes.values()} == inside
    hand.workspace.leave()
    assert hand.workspace.graph.nodes[moved].position[0] < 1_000.0
    hand.check_undo()


def test_another_document_is_left_alone_by_the_motion_in_the_one_before(
    hand: Hand, arranging: Arranging, qtbot: QtBot
) -> None:
    nodes = hand.chain("input", "relu", "output")
    hand.workspace.push(MoveNodes({nodes[1]: (1_500.0, 900.0)}))
    hand.begin()
    arranging.arrange()
    qtbot.waitUntil(lambda: hand.workspace.undo_stack.count() == 1, timeout=20_000)
    other = ZOO["lenet5"].build()
    places = {node.id: node.position for node in other.nodes.values()}
    hand.workspace.replace(other)
    QApplication.processEvents()
    assert {node.id: node.position for node in hand.workspace.graph.nodes.values()} == places
    assert hand.workspace.undo_stack.count() == 0
    assert hand.refused == []


def test_what_is_laid_out_and_out_of_view_is_brought_into_view(hand: Hand, arranging: Arranging, qtbot: QtBot) -> None:
    nodes = hand.chain("input", "relu", "tanh", "output")
    hand.workspace.push(MoveNodes({nodes[1]: (300.0, 0.0)}))
    hand.begin()
    hand.view.camera.look_again(Look(1.0, (9_000.0, 0.0)))
    seen = hand.view.camera.visible()
    assert not seen.intersects(hand.scene.content_rect())
    arranging.arrange()
    wait(arranging, qtbot)
    assert hand.view.camera.visible().contains(hand.scene.content_rect())
    hand.check_undo()
    # Everything is in its place: it is shown all the same.
    hand.view.camera.look_again(Look(1.0, (9_000.0, 0.0)))
    arranging.arrange()
    wait(arranging, qtbot)
    assert hand.view.camera.visible().contains(hand.scene.content_rect())


def test_a_layout_of_which_something_is_in_view_leaves_the_view_alone(
    hand: Hand, arranging: Arranging, qtbot: QtBot
) -> None:
    nodes = hand.chain("input", "relu", "tanh", "output")
    hand.workspace.push(MoveNodes({nodes[1]: (300.0, 0.0)}))
    hand.settle()
    hand.view.camera.look_again(Look(4.0, (0.0, -190.0)))
    look = hand.view.camera.look()
    assert not hand.view.camera.visible().contains(hand.scene.content_rect())
    arranging.arrange()
    wait(arranging, qtbot)
    assert hand.view.camera.look() == look


def test_a_laid_out_selection_that_ends_out_of_view_is_brought_into_view(
    hand: Hand, arranging: Arranging, qtbot: QtBot
) -> None:
    near = hand.chain("input", "relu")
    far = [hand.add("relu", 5_000.0, 0.0), hand.add("relu", 5_040.0, 10.0)]
    hand.workspace.select(far)
    arranging.arrange()
    wait(arranging, qtbot)
    seen, items = hand.view.camera.visible(), hand.scene.nodes
    assert all(seen.contains(*items[node].position) for node in far)
    assert not any(seen.contains(*items[node].position) for node in near)
