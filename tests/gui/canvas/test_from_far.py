"""What stands beside nodes when a network is seen from far: names at the right, the inside of blocks at the left."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from engine.graph.edits import MoveNodes, remove
from engine.layers.unfolding import unfolded
from engine.layout.arrange import arrange
from engine.zoo.registry import ZOO
from gui import theme
from gui.canvas.side_pictures import stages
from gui.canvas.style import style
from gui.canvas.view import CanvasView
from gui.canvas.zooms import NAMES_ZOOM


@pytest.fixture
def view(hand) -> CanvasView:
    return hand.view


def open_network(view: CanvasView, name: str) -> None:
    view.workspace.replace(ZOO[name].build())
    view.resize(900, 900)
    view.fit()
    QApplication.processEvents()


def beside(view: CanvasView, node: str, *, left: bool) -> set[str]:
    """The colours at one side of a node, about as high as its card and the room around it."""
    image: QImage = view.viewport().grab().toImage()
    item = view.canvas_scene.nodes[view.workspace.graph.named(node).id]
    card = view.camera.view_point(item.mapToScene(-88.0, -60.0)), view.camera.view_point(item.mapToScene(88.0, 60.0))
    rows = range(round(card[0].y()), round(card[1].y()) + 1)
    columns = range(0, round(card[0].x()) - 2) if left else range(round(card[1].x()) + 3, image.width())
    return {image.pixelColor(x, y).name() for x in columns for y in rows}


def test_stages_are_the_blocks_of_a_kind_that_follow_each_other(view):
    open_network(view, "googlenet")
    found = [
        (stage.block, 1 + int((stage.bottom - stage.top) // 96)) for stage in stages(view.canvas_scene.nodes.values())
    ]
    assert found == [("ConvNormAct", 1), ("ConvNormAct", 2), ("Inception", 2), ("Inception", 5), ("Inception", 2)]


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_the_inside_of_blocks_is_seen_from_far(qapp, view, colours):
    theme.apply(qapp, colours)
    open_network(view, "resnet50")
    assert view.camera.zoom < 0.6
    inside = {colours.family_colour(family).name() for family in ("Convolution", "Normalization")}
    assert inside <= beside(view, "layer3.0", left=True)
    assert not inside & beside(view, "maxpool", left=True)
    assert len(beside(view, "layer3.1", left=False)) > 20, "its name stands at the right"


def test_the_picture_gives_way_to_a_node_that_stands_there(view):
    open_network(view, "resnet50")
    graph = view.workspace.graph
    x, y = graph.named("layer3.1").position
    node = graph.named("fc")
    view.workspace.push(MoveNodes({node.id: (x - 400.0, y)}))
    QApplication.processEvents()
    blue = theme.current().family_colour("Convolution").name()
    assert blue not in beside(view, "layer3.1", left=True)
    assert blue in beside(view, "layer2.1", left=True)


def test_an_edit_inside_a_block_changes_its_picture(view):
    open_network(view, "resnet18")
    workspace = view.workspace
    green = theme.current().family_colour("Normalization").name()
    assert green in beside(view, "layer1.0", left=True)
    workspace.enter(workspace.graph.named("layer1.0").id)
    norms = [node.id for node in workspace.graph.nodes.values() if node.layer == "batch_norm2d"]
    workspace.push(remove(workspace.graph, norms))
    workspace.leave()
    view.fit()
    QApplication.processEvents()
    assert green not in beside(view, "layer1.0", left=True)


def test_names_are_in_view_when_the_network_is(view):
    graph = unfolded(ZOO["googlenet"].build())
    graph.move_nodes(arrange({node.id: node.position for node in graph.nodes.values()}, graph.edges, columns=True))
    view.workspace.replace(graph)
    view.resize(900, 600)
    view.fit()
    QApplication.processEvents()
    assert view.camera.zoom < NAMES_ZOOM
    image = view.viewport().grab().toImage()
    text = style().text.color().lightness()
    border = [image.pixelColor(image.width() - 1 - x, y) for x in range(4) for y in range(image.height())]
    assert min(abs(colour.lightness() - text) for colour in border) > 100, "a name is cut off"
    middle = [image.pixelColor(image.width() - 60 - x, y) for x in range(40) for y in range(image.height())]
    assert min(abs(colour.lightness() - text) for colour in middle) < 50, "there is none"
