"""The map in the corner: shown when there is more than can be seen, and a way to go there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Frame
from engine.graph.edits import AddNode, Compound
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui import fonts, theme
from gui.annotation_commands import AnnotationCommands

_REST_MS = 30
"""After so long a rest the map follows here, so that tests need not wait for as long as people rest."""


@pytest.fixture(autouse=True)
def _home(own_home, monkeypatch):
    """Settings of the tests' own, and no long rests."""
    monkeypatch.setattr("gui.canvas.minimap._REST_MS", _REST_MS)


@pytest.fixture
def far(hand):
    """A canvas on which much more lies than is in view, with (0, 0) in the middle of it."""
    for x in (-3000, -1500, 0, 1500, 3000):
        for y in (-2000, 0, 2000):
            hand.add("relu", x, y)
    hand.view.zoom_reset()
    hand.begin()
    return hand


def seen_middle(hand) -> QPointF:
    return hand.view.camera.visible().center()


def test_it_is_hidden_while_everything_is_in_view(far):
    assert far.view.minimap.is_shown
    far.view.fit()
    assert not far.view.minimap.is_shown
    far.view.camera.zoom_to(1.0)
    assert far.view.minimap.is_shown


def test_it_grows_with_the_text(far, qapp):
    usual = far.view.minimap.rect
    before = far.view.viewport().grab(usual).toImage()
    fonts.choose_scale(1.5)
    theme.apply(qapp, theme.current())
    rect = far.view.minimap.rect
    assert (rect.width(), rect.height()) == (round(1.5 * usual.width()), round(1.5 * usual.height()))
    assert far.view.viewport().rect().contains(rect)
    picture = far.view.viewport().grab(rect).toImage()
    assert picture.pixelColor(QPoint(rect.width() // 2, 0)) == before.pixelColor(QPoint(usual.width() // 2, 0))


def test_a_click_goes_there_and_changes_nothing(far):
    minimap = far.view.minimap
    far.view.viewport().grab()
    place = QPointF(minimap.rect.topLeft()) + QPointF(40, 40)
    wanted = minimap.scene_point(place)
    far.click(place.toPoint())
    assert seen_middle(far).x() == pytest.approx(wanted.x(), abs=2)
    assert seen_middle(far).y() == pytest.approx(wanted.y(), abs=2)
    far.check_undo(0)


def test_dragging_the_rectangle_takes_the_view_along(far):
    minimap = far.view.minimap
    far.view.viewport().grab()
    before, start = seen_middle(far), minimap.seen.center().toPoint()
    scale = minimap.scene_point(QPointF(10, 0)).x() - minimap.scene_point(QPointF(0, 0)).x()
    far.drag(start, start + QPoint(20, 0))
    assert seen_middle(far).x() - before.x() == pytest.approx(2 * scale, abs=3)
    assert seen_middle(far).y() == pytest.approx(before.y(), abs=3)
    assert far.workspace.selection == ()


def test_escape_leads_back(far):
    far.view.viewport().grab()
    before, start = seen_middle(far), far.view.minimap.seen.center().toPoint()
    far.press(start)
    far.move(start, start + QPoint(30, 20))
    far.key(Qt.Key.Key_Escape)
    far.release(start)
    assert seen_middle(far).x() == pytest.approx(before.x(), abs=2)


def test_the_wheel_over_it_zooms_around_the_middle(far):
    far.view.viewport().grab()
    place, before = QPointF(far.view.minimap.rect.center()), seen_middle(far)
    turned = QWheelEvent(
        place,
        QPointF(far.view.viewport().mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(far.view.viewport(), turned)
    assert far.view.camera.zoom > 1.2
    assert seen_middle(far).x() == pytest.approx(before.x(), abs=2)


def test_layers_under_the_map_are_not_under_the_pointer(far):
    place = far.view.minimap.rect.center()
    spot = far.view.camera.scene_point(QPointF(place))
    far.add("conv2d", spot.x(), spot.y())
    far.view.viewport().grab()
    QTest.mouseMove(far.view.viewport(), place)
    assert far.scene.hover.node is None


def test_it_is_switched_off_and_stays_so(far):
    commands = AnnotationCommands(far.view)
    far.offer(commands.slots())
    switched: list[bool] = []
    commands.switched.connect(lambda: switched.append(commands.checked()["minimap"]))
    far.key(Qt.Key.Key_M)
    assert switched == [False]
    assert not far.view.minimap.is_shown
    assert commands.checked()["minimap"] is False
    far.view.minimap.switch(True)
    assert AnnotationCommands(far.view).checked()["minimap"] is False
    commands.slots()["minimap"]()
    assert AnnotationCommands(far.view).checked()["minimap"] is True


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_families_frames_and_the_view_are_seen_on_it(qapp, far, colours):
    theme.apply(qapp, colours)
    far.add("conv2d", -3000, -2000 + 96)
    corner = [node.id for node in far.workspace.graph.nodes.values() if node.position[0] == 3000]
    far.workspace.push(AddAnnotation(Frame(AnnotationId("a1"), "Right", frozenset(corner), "red")))
    QTest.qWait(_REST_MS + 50)
    image: QImage = far.view.viewport().grab(far.view.minimap.rect).toImage()
    shown = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert len(shown) > 10
    far.view.camera.look_again(type(far.view.camera.look())(1.0, (-3000.0, -2000.0)))
    image = far.view.viewport().grab(far.view.minimap.rect).toImage()
    shown = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert colours.family_colour("Convolution").name() in shown
    assert colours.family_colour("Activation").name() in shown


def test_panning_does_not_paint_the_map_anew(far, monkeypatch):
    QTest.qWait(_REST_MS + 50)
    far.view.viewport().grab()
    painted = []
    monkeypatch.setattr(type(far.view.minimap), "_painted", lambda self, ratio: painted.append(ratio))
    for _ in range(5):
        far.view.camera.pan(17, 9)
        far.view.viewport().repaint()
    assert painted == []


def test_what_was_scrolled_away_under_the_map_is_painted_again(far):
    """After panning, the canvas looks as if it had been painted anew."""
    QTest.qWait(_REST_MS + 50)
    far.view.viewport().repaint()
    for step in ((40, 25), (-90, 10), (15, -60)):
        far.view.camera.pan(*step)
        QApplication.processEvents()
    panned = far.view.grab().toImage()
    far.view.viewport().update()
    QApplication.processEvents()
    assert panned == far.view.grab().toImage()


def test_a_tall_chain_is_more_than_a_line_on_it(hand):
    hand.workspace.push(
        Compound(
            "Add",
            tuple(
                AddNode(_renamed(new_node(hand.workspace.graph, "relu", (0.0, 96.0 * row)), row)) for row in range(200)
            ),
        )
    )
    hand.settle()
    hand.view.zoom_reset()
    hand.view.viewport().grab()
    nodes = [item.position for item in hand.scene.nodes.values()]
    to_map = hand.view.minimap._to_map
    ends = [to_map.map(QPointF(*place)) for place in (min(nodes), max(nodes))]
    assert abs(ends[1].y() - ends[0].y()) > 100
    assert 8 * to_map.m22() >= to_map.m11() > 4 * to_map.m22()


def _renamed(node, row):
    return replace(node, id=type(node.id)(f"m{row}"), name=f"m{row}")


def test_another_document_has_another_map(far):
    QTest.qWait(_REST_MS + 50)
    before = far.view.grab(far.view.minimap.rect).toImage()
    far.workspace.replace(ZOO["resnet50"].build())
    far.view.zoom_reset()
    QApplication.processEvents()
    assert far.view.grab(far.view.minimap.rect).toImage() != before


def test_it_is_painted_anew_once_after_a_change_and_not_at_rest(far, qtbot, monkeypatch):
    minimap = far.view.minimap
    painted = []
    real = minimap._painted
    monkeypatch.setattr(minimap, "_painted", lambda ratio: painted.append(ratio) or real(ratio))
    qtbot.wait(_REST_MS + 100)
    painted.clear()
    far.add("relu", 700, 300)
    qtbot.waitUntil(lambda: len(painted) == 1)
    qtbot.wait(_REST_MS + 100)
    assert len(painted) == 1
