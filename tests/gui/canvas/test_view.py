"""Zooming, panning, fitting and painting."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from engine.graph.model import Edge, Graph, Node, NodeId
from engine.layers.nodes import new_node
from gui import theme
from gui.canvas.geometry import card_at
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.canvas.zooms import CARDS_ZOOM, NAMES_ZOOM, NEAR_ZOOM


def wheel(hand, place, *, angle=None, pixels=None, keys=Qt.KeyboardModifier.NoModifier):
    """Turn the wheel, or move two fingers on a trackpad."""
    event = QWheelEvent(
        QPointF(place),
        QPointF(hand.view.viewport().mapToGlobal(place)),
        pixels or QPoint(),
        angle or QPoint(),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
        Qt.MouseEventSource.MouseEventNotSynthesized,
        QPointingDevice.primaryPointingDevice(),
    )
    QApplication.sendEvent(hand.view.viewport(), event)
    QApplication.processEvents()


@pytest.mark.parametrize("place", [QPoint(500, 400), QPoint(10, 20), QPoint(990, 777)])
@pytest.mark.parametrize("notches", [[120], [-120], [120] * 6, [-120] * 5, [120, -120, 40, -15]])
def test_the_wheel_zooms_to_the_pointer(hand, place, notches):
    hand.chain("input", "conv2d", "relu")
    fixed = hand.view.camera.scene_point(QPointF(place))
    zoom = hand.view.camera.zoom
    for notch in notches:
        wheel(hand, place, angle=QPoint(0, notch))
    now = hand.view.camera.view_point(fixed)
    # Scrolling goes by whole pixels.
    assert abs(now.x() - place.x()) <= 0.51
    assert abs(now.y() - place.y()) <= 0.51
    assert (hand.view.camera.zoom > zoom) == (sum(notches) > 0)


def test_two_fingers_pan_and_with_ctrl_they_zoom(hand):
    hand.chain("input", "conv2d")
    before = hand.at(0, 0)
    wheel(hand, QPoint(500, 400), pixels=QPoint(30, -20), angle=QPoint(60, -40))
    assert hand.at(0, 0) - before == QPoint(30, -20)
    assert hand.view.camera.zoom == 1.0
    wheel(
        hand,
        QPoint(500, 400),
        pixels=QPoint(0, 20),
        angle=QPoint(0, 40),
        keys=Qt.KeyboardModifier.ControlModifier,
    )
    assert hand.view.camera.zoom > 1.0


def test_the_middle_button_pans(hand):
    hand.chain("input", "conv2d")
    before = hand.at(0, 0)
    hand.drag(QPoint(500, 300), QPoint(620, 380), Qt.MouseButton.MiddleButton)
    assert hand.at(0, 0) - before == QPoint(120, 80)
    hand.check_undo(2 + 1)


def test_space_and_the_left_button_pan(hand):
    conv = hand.add("conv2d")
    hand.workspace.select([])
    before, start = hand.at(0, 0), hand.body(conv)
    QTest.keyPress(hand.view, Qt.Key.Key_Space)
    assert hand.view.viewport().cursor().shape() == Qt.CursorShape.OpenHandCursor
    hand.drag(start, start + QPoint(-70, 40))
    QTest.keyRelease(hand.view, Qt.Key.Key_Space)
    assert hand.at(0, 0) - before == QPoint(-70, 40)
    assert hand.workspace.selection == ()
    assert hand.view.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor
    hand.drag(hand.body(conv), hand.body(conv) + QPoint(64, 0))
    assert hand.workspace.graph.nodes[conv].position == (64.0, 0.0)


def test_nobody_gets_lost_in_the_void(hand):
    hand.chain("input", "conv2d")
    for _ in range(40):
        hand.view.camera.pan(-500, 400)
    seen = hand.view.camera.visible()
    assert seen.intersects(hand.scene.content_rect())


def test_fit_home_and_f(hand):
    nodes = [hand.add("conv2d", 600.0 * column, 500.0 * row) for row in range(4) for column in range(4)]
    hand.workspace.select([])
    hand.key(Qt.Key.Key_Home)
    assert hand.view.camera.visible().contains(hand.scene.content_rect())
    assert hand.view.camera.zoom < 1.0
    hand.workspace.select(nodes[5:6])
    hand.key(Qt.Key.Key_F)
    assert hand.view.camera.zoom == 1.0
    assert (hand.body(nodes[5]) - QPoint(500, 400)).manhattanLength() <= 2
    hand.view.fit()
    assert hand.view.camera.visible().contains(hand.scene.content_rect())


def test_zoom_keys_and_limits(hand):
    hand.chain("input", "conv2d")
    hand.key(Qt.Key.Key_Plus)
    assert hand.view.camera.zoom == pytest.approx(1.25)
    hand.key(Qt.Key.Key_Minus)
    assert hand.view.camera.zoom == pytest.approx(1.0)
    for _ in range(40):
        hand.view.zoom_in()
    assert hand.view.camera.zoom == 4.0
    for _ in range(60):
        hand.view.zoom_out()
    assert 0.05 < hand.view.camera.zoom <= 0.2
    hand.view.zoom_reset()
    assert hand.view.camera.zoom == 1.0


def long_chain(length: int) -> Graph:
    layers = ["input", *["conv2d", "relu", "dropout"] * length]
    nodes = [new_node(Graph(), layer, (0.0, 96.0 * row)) for row, layer in enumerate(layers[:length])]
    named = [
        Node(NodeId(f"n{row}"), node.layer, f"{node.name}_{row}", node.params, node.position)
        for row, node in enumerate(nodes)
    ]
    edges = [Edge(a.id, 0, b.id, 0) for a, b in pairwise(named)]
    return Graph.assemble(named, edges, {})


def test_a_small_network_is_opened_whole_and_a_long_one_at_its_beginning(hand):
    hand.workspace.replace(long_chain(6))
    hand.settle()
    assert hand.view.camera.visible().contains(hand.scene.content_rect())
    hand.workspace.replace(long_chain(100))
    hand.settle()
    assert hand.view.camera.zoom >= 0.5
    assert hand.view.camera.visible().contains(card_at((0.0, 0.0)))


def test_a_network_opened_while_another_page_is_shown_is_seen_whole_later(hand):
    hand.view.hide()
    hand.workspace.replace(long_chain(7))
    QApplication.processEvents()
    hand.view.show()
    QApplication.processEvents()
    assert hand.view.camera.visible().contains(hand.scene.content_rect())


@pytest.mark.parametrize("zoom", [2.0, 1.0, NEAR_ZOOM, NEAR_ZOOM * 0.99, NAMES_ZOOM * 0.99, CARDS_ZOOM * 0.99, 0.05])
@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT])
def test_nodes_and_wires_are_painted_at_every_zoom(hand, qapp, zoom, look):
    theme.apply(qapp, look)
    far = 340.0 / zoom
    start = hand.add("input", 0, -far)
    hand.add("conv2d", 0, far, start)
    hand.view.camera.zoom_to(zoom)
    assert hand.view.camera.zoom == zoom
    hand.view.camera.pan(*(QPointF(500, 400) - hand.view.camera.view_point(QPointF(0, 0))).toTuple())
    image = hand.view.viewport().grab().toImage()
    canvas, family = look.colour("canvas"), look.family_colour("Convolution")
    assert image.pixelColor(hand.at(-75, far)) == family
    across = {image.pixelColor(hand.at(0, 0) + QPoint(dx, 0)).name() for dx in range(-2, 3)}
    assert across != {canvas.name()}
    theme.apply(qapp, theme.DARK)


class Paints(QObject):
    """Counts how often a widget is painted on the screen."""

    def __init__(self, widget):
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.mark.parametrize("zoom", [1.0, NEAR_ZOOM * 0.9, NAMES_ZOOM * 0.9, CARDS_ZOOM * 0.9])
def test_changes_are_painted_at_every_zoom_and_again_after_all_was(hand, zoom, qtbot):
    node = hand.add("relu")
    hand.view.camera.zoom_to(zoom)
    QApplication.processEvents()
    paints = Paints(hand.view.viewport())
    for change in (hand.scene.update, lambda: hand.workspace.select([node]), lambda: hand.workspace.select([])):
        before = paints.count
        change()
        qtbot.waitUntil(lambda before=before: paints.count > before)


def test_a_change_of_theme_repaints(hand, qapp):
    conv = hand.add("conv2d")
    place = hand.body(conv) - QPoint(60, 16)
    dark = hand.view.viewport().grab().toImage().pixelColor(place)
    theme.apply(qapp, theme.LIGHT)
    light = hand.view.viewport().grab().toImage().pixelColor(place)
    theme.apply(qapp, theme.DARK)
    assert (dark, light) == (
        theme.DARK.family_colour("Convolution"),
        theme.LIGHT.family_colour("Convolution"),
    )


def test_scrolled_and_newly_painted_pictures_are_equal(hand):
    for row in range(6):
        hand.add("conv2d", 240.0 * (row % 3), 130.0 * row)
    hand.view.camera.zoom_to(0.83)
    for step in ((13, 7), (-29, 11), (3, -40)):
        hand.view.camera.pan(*step)
        QApplication.processEvents()
    scrolled = hand.view.viewport().grab().toImage()
    hand.view.viewport().update()
    QApplication.processEvents()
    assert hand.view.viewport().grab().toImage() == scrolled


def test_the_hint_is_there_while_the_canvas_is_empty(hand):
    hint = hand.view._empty_hint
    assert hint.isVisible()
    assert (hint.geometry().center() - hand.view.rect().center()).manhattanLength() <= 2
    hand.add("conv2d")
    assert not hint.isVisible()
    hand.workspace.undo_stack.undo()
    hand.settle()
    assert hint.isVisible()


def test_keys_that_mean_nothing_here_are_left_to_the_window(hand):
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Q, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(hand.view, event)
    assert not event.isAccepted()


def test_painting_does_not_use_up_none(hand):
    # Some versions of PySide6 drop a reference to None at every call of a void function, and crash after a while.
    hand.chain("input", "conv2d", "relu")
    before = sys.getrefcount(None)
    for _ in range(200):
        hand.view.viewport().repaint()
    assert sys.getrefcount(None) > before - 100


def test_a_deleted_canvas_leaves_nothing_behind(hand, qapp):
    view = CanvasView(CanvasScene(hand.workspace))
    scene = view.canvas_scene
    scene.setParent(view)
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not isValid(view)
    assert not isValid(scene)
    # Whoever listened must not be called any more.
    nodes = hand.chain("input", "conv2d")
    hand.workspace.select(nodes)
    theme.apply(qapp, theme.LIGHT)
    theme.apply(qapp, theme.DARK)
    hand.workspace.replace(long_chain(3))
    hand.settle()
