"""The titles of frames from near and from far, and whether all that is written beside layers can be read."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import COLOURS, AnnotationId, Frame
from engine.graph.model import NodeId
from gui import theme
from gui.canvas.annotations.looks import annotation_look


def frame(hand, *nodes: NodeId, title: str = "Encoder") -> AnnotationId:
    """Put a blue frame around `nodes`, as the start of a test."""
    name = AnnotationId(f"a{len(hand.workspace.graph.annotations) + 1}")
    assert hand.workspace.push(AddAnnotation(Frame(name, title, frozenset(nodes), "blue")))
    hand.begin()
    return name


@pytest.mark.parametrize("zoom", [0.5, 0.3, 0.2, 0.1])
def test_from_far_the_title_stays_as_large_as_can_be_read_and_takes_the_mouse(hand, zoom):
    nodes = hand.chain("input", "conv2d", "relu")
    name = frame(hand, *nodes)
    hand.view.camera.zoom_to(zoom)
    QApplication.processEvents()
    frames = hand.scene.annotations.frames
    rect = frames.title_rect(name, hand.view.camera.zoom)
    assert rect.height() * hand.view.camera.zoom >= 14
    image: QImage = hand.view.viewport().grab().toImage()
    colours = annotation_look(theme.current(), "blue")
    plate = hand.view.viewportTransform().mapRect(rect).toRect().adjusted(2, 2, -2, -2)
    found = {image.pixelColor(x, y).name() for x in range(plate.left(), plate.right()) for y in (plate.top(),)}
    assert found == {colours.tint.name()}
    hand.click(hand.at(*rect.center().toTuple()))
    assert set(hand.workspace.selection) == set(nodes)


def test_from_far_titles_do_not_lie_on_each_other(hand):
    node = hand.add("relu", 0, 0)
    for _ in range(24):
        frame(hand, node, title="A stage")
    hand.view.camera.zoom_to(0.2)
    QApplication.processEvents()
    plates = hand.scene.annotations.frames.plates(hand.view.camera.zoom)
    assert len(plates) == 24, "below the frame there is room for those that have none elsewhere"
    assert not any(a.rect.intersects(b.rect) for i, a in enumerate(plates) for b in plates[:i])


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
@pytest.mark.parametrize("colour", COLOURS)
def test_titles_and_notes_can_be_read(qapp, colours, colour):
    look = annotation_look(colours, colour)
    canvas = colours.colour("canvas")

    def over(below, above):
        alpha = above.alphaF()
        mixed = [b + (a - b) * alpha for a, b in zip(above.getRgbF()[:3], below.getRgbF()[:3], strict=True)]
        return QColor.fromRgbF(*mixed)

    band = over(over(canvas, look.ground.color()), look.band.color())
    assert theme.contrast(look.title.color(), band) >= 4.5
    assert theme.contrast(look.plate_title.color(), look.plate.color()) >= 4.5
    assert theme.contrast(look.ink, look.paper.color()) >= 7
    assert theme.contrast(look.link, look.paper.color()) >= 4.5
