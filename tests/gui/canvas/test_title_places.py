"""Where the titles of frames stand from far: all can be read, and none lies on another, on a layer or on a frame."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtWidgets import QApplication

from engine.graph.annotation_edits import AddAnnotation, ChangeAnnotation, remove_annotation
from engine.graph.annotations import AnnotationId, Frame
from engine.graph.edits import MoveNodes, remove
from engine.layers.unfolding import unfolded
from engine.layout.arrange import arrange, members_of_frames
from engine.zoo.registry import ZOO
from gui.canvas.annotations.title_places import Cards, TitlePlaces
from gui.canvas.annotations.titles import Plate
from gui.canvas.geometry import CARD, card_at

if TYPE_CHECKING:
    from conftest import Hand

SIZE = (868, 508)
"""Of the canvas in a window of 1440 × 900 pixels with all panels."""


def show(hand: Hand, name: str, *, columns: bool) -> None:
    """Show a network of the zoo layer by layer and as a whole."""
    hand.workspace.replace(unfolded(ZOO[name].build()))
    lay_out(hand, columns=columns)


def lay_out(hand: Hand, *, columns: bool) -> None:
    """Lay the network out and show all of it."""
    hand.view.resize(*SIZE)
    graph = hand.workspace.graph
    before = {node.id: node.position for node in graph.nodes.values()}
    hand.workspace.push(MoveNodes(arrange(before, graph.edges, frames=members_of_frames(graph), columns=columns)))
    hand.view.fit()
    QApplication.processEvents()


def plates(hand: Hand) -> list[Plate]:
    return hand.scene.annotations.frames.plates(hand.view.camera.zoom)


def on_view(hand: Hand, rect: QRectF) -> QRectF:
    """A rectangle of the scene, in pixels of the viewport."""
    return hand.view.viewportTransform().mapRect(rect)


def check(hand: Hand) -> None:
    """No title lies on a layer or on another title, and none beside its own frame lies on another frame."""
    zoom, scene = hand.view.camera.zoom, hand.scene
    cards = [on_view(hand, card_at(item.position)) for item in scene.nodes.values()]
    shown = {
        plate.frame: on_view(hand, scene.annotations.frames.title_rect(plate.frame, zoom)) for plate in plates(hand)
    }
    rects = {name: on_view(hand, rect) for name, rect in scene.annotations.frames.places.rects.items()}
    for name, place in shown.items():
        inner = place.adjusted(0.5, 0.5, -0.5, -0.5)
        assert not any(inner.intersects(card) for card in cards)
        assert not any(inner.intersects(other) for frame, other in shown.items() if frame != name)
        is_beside = inner.left() < rects[name].left() or inner.right() > rects[name].right()
        apart = [other for other in rects.values() if not other.contains(rects[name])]
        assert not is_beside or not any(inner.intersects(other) for other in apart)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("resnet50", True),
        ("resnet152", True),
        ("googlenet", True),
        ("googlenet", False),
        ("unet", False),
        ("mobilenet_v2", True),
        ("densenet121", True),
        ("densenet121", False),
    ],
)
def test_of_a_network_that_fits_into_the_view_every_title_can_be_read(hand: Hand, name: str, columns: bool) -> None:
    show(hand, name, columns=columns)
    frames = hand.scene.annotations.frames.all
    assert {plate.frame: plate.text for plate in plates(hand)} == {frame.id: frame.title for frame in frames.values()}
    check(hand)
    whole = QRectF(hand.view.viewport().rect())
    assert all(
        whole.contains(on_view(hand, hand.scene.annotations.frames.title_rect(name, hand.view.camera.zoom)))
        for name in frames
    )


@pytest.mark.parametrize("zoom", [0.5, 0.35, 0.25, 0.15, 0.08, 0.03])
@pytest.mark.parametrize("columns", [True, False])
def test_at_every_zoom_titles_cover_nothing(hand: Hand, columns: bool, zoom: float) -> None:
    show(hand, "resnet50", columns=columns)
    hand.view.camera.zoom_to(zoom)
    QApplication.processEvents()
    assert plates(hand)
    check(hand)


def test_a_title_high_above_its_frame_is_led_down_to_it_and_takes_the_mouse(hand: Hand) -> None:
    narrow = hand.add("relu", -272.0, 0.0)
    stages = {
        "A wide stage": [hand.add("relu", 0.0, 0.0), hand.add("relu", 800.0, 0.0)],
        "A stage": [hand.add("relu", -744.0, 0.0), hand.add("relu", -544.0, 0.0)],
        "A very long title": [narrow],
    }
    for number, (title, nodes) in enumerate(stages.items(), 1):
        frame = Frame(AnnotationId(f"a{number}"), title, frozenset(nodes), "blue")
        assert hand.workspace.push(AddAnnotation(frame))
    hand.view.camera.zoom_to(0.2)
    hand.begin()
    first, second, high = plates(hand)
    assert [plate.text for plate in (first, second, high)] == list(stages)
    assert first.stem.isEmpty()
    assert second.stem.isEmpty()
    rect = hand.scene.annotations.frames.places.rects[high.frame]
    assert high.rect.bottom() < min(first.rect.top(), second.rect.top())
    assert high.stem.top() == high.rect.bottom()
    assert high.stem.bottom() == pytest.approx(rect.top() * hand.view.camera.zoom)
    title = hand.scene.annotations.frames.title_rect(high.frame, hand.view.camera.zoom)
    hand.click(hand.at(*title.center().toTuple()))
    assert hand.workspace.selection == (narrow,)


def test_no_layer_stands_between_a_title_and_its_frame(hand: Hand) -> None:
    framed = hand.add("relu", 0.0, 0.0)
    for x in (-48.0, 48.0):
        hand.add("relu", x, -140.0)
    assert hand.workspace.push(AddAnnotation(Frame(AnnotationId("a1"), "A stage", frozenset([framed]), "blue")))
    hand.view.camera.zoom_to(0.2)
    hand.settle()
    (plate,) = plates(hand)
    rect = on_view(hand, hand.scene.annotations.frames.places.rects[plate.frame])
    shown = on_view(hand, hand.scene.annotations.frames.title_rect(plate.frame, hand.view.camera.zoom))
    assert shown.right() < rect.left(), "it stands at the left"
    check(hand)


def test_a_title_that_fits_nowhere_whole_is_shortened(hand: Hand) -> None:
    places = [(x, y) for y in (-192.0, -96.0, 0.0, 96.0) for x in (-400.0, -200.0, 0.0, 200.0, 400.0)]
    nodes = {place: hand.add("relu", *place) for place in places if place != (0.0, -96.0)}
    middle = [nodes[0.0, 0.0]]
    frame = Frame(AnnotationId("a1"), "A title that is much longer than its frame is wide", frozenset(middle), "blue")
    assert hand.workspace.push(AddAnnotation(frame))
    hand.view.camera.zoom_to(0.4)
    hand.settle()
    (plate,) = plates(hand)
    assert plate.text.endswith("…")
    assert plate.text.startswith("A ti")
    check(hand)


def test_frames_around_frames_have_titles_side_by_side(hand: Hand) -> None:
    hand.workspace.replace(unfolded(ZOO["resnet50"].build()))
    graph = hand.workspace.graph
    inner = [frame.title for frame in graph.annotations.frames]
    nodes = graph.wiring.topological_order()
    for number, (title, members) in enumerate((("Everything inside", nodes[1:-1]), ("Stem", nodes[1:4])), 90):
        assert hand.workspace.push(AddAnnotation(Frame(AnnotationId(f"a{number}"), title, frozenset(members), "pink")))
    lay_out(hand, columns=True)
    assert sorted(plate.text for plate in plates(hand)) == sorted([*inner, "Everything inside", "Stem"])
    check(hand)


def test_where_there_is_no_room_at_all_a_title_lies_over_the_edge_of_a_layer(hand: Hand) -> None:
    places = [(x, y) for y in (-192.0, -96.0, 0.0, 96.0) for x in (-400.0, -200.0, 0.0, 200.0, 400.0)]
    nodes = {place: hand.add("relu", *place) for place in places}
    assert hand.workspace.push(
        AddAnnotation(Frame(AnnotationId("a1"), "A stage", frozenset([nodes[0.0, 0.0]]), "blue"))
    )
    hand.view.camera.zoom_to(0.5)
    hand.settle()
    (plate,) = plates(hand)
    above = on_view(hand, card_at((0.0, -96.0)))
    shown = on_view(hand, hand.scene.annotations.frames.title_rect(plate.frame, 0.5))
    assert shown.bottom() < on_view(hand, card_at((0.0, 0.0))).top()
    assert 0 < shown.intersected(above).height() <= shown.height() / 3


def test_a_title_makes_room_for_a_layer_once_that_is_dropped_and_comes_back_when_it_is_gone(hand: Hand) -> None:
    framed, other = hand.add("relu", 0.0, 0.0), hand.add("tanh", 0.0, 600.0)
    assert hand.workspace.push(AddAnnotation(Frame(AnnotationId("a1"), "A stage", frozenset([framed]), "blue")))
    hand.view.camera.zoom_to(0.3)
    hand.begin()
    before = plates(hand)
    there = hand.at(0.0, -88.0)
    hand.press(hand.body(other))
    hand.move(hand.body(other), there)
    assert plates(hand) == before
    hand.release(there)
    hand.settle()
    assert plates(hand) != before
    check(hand)
    hand.check_undo()
    hand.workspace.push(remove(hand.workspace.graph, [other]))
    hand.settle()
    assert plates(hand) == before


corners = st.tuples(st.integers(-600, 600), st.integers(-600, 600))


@given(
    st.lists(corners, min_size=1, max_size=12),
    st.lists(st.tuples(corners, st.integers(20, 300), st.integers(20, 300)), min_size=1, max_size=8),
    st.sampled_from([0.05, 0.2, 0.5]),
    st.tuples(st.integers(30, 200), st.integers(14, 24)),
)
def test_places_never_meet(
    middles: list[tuple[int, int]],
    frames: list[tuple[tuple[int, int], int, int]],
    zoom: float,
    size: tuple[int, int],
) -> None:
    rects = [QRectF(x, y, width, height) for (x, y), width, height in frames]
    content = QRectF(-10_000.0, -10_000.0, 20_000.0, 20_000.0)
    cards = [(x / zoom, y / zoom) for x, y in middles]
    places = TitlePlaces(rects, Cards(cards), content, zoom, QSizeF(800.0, 500.0))
    found: list[QRectF] = []
    for rect in rects:
        for place in (places.inside(rect, QSizeF(*size)), places.outside(rect, QSizeF(*size))):
            if place is None:
                continue
            for x, y in cards:
                card = CARD.translated(x, y)
                on_screen = QRectF(card.x() * zoom, card.y() * zoom, card.width() * zoom, card.height() * zoom)
                assert not place.intersects(on_screen)
            assert not any(place.intersects(other) for other in found)
            found.append(place)


def test_whatever_changes_titles_are_painted_where_they_are_and_nowhere_else(hand: Hand) -> None:
    show(hand, "densenet121", columns=True)
    graph, push = hand.workspace.graph, hand.workspace.push
    frames = {frame.title: frame for frame in graph.annotations.frames}
    block, transition = frames["Dense Block (1)"], frames["Transition Layer (2)"]
    aside = {node: (x + 96.0, y) for node in transition.members for x, y in [graph.nodes[node].position]}
    above = hand.scene.annotations.frames.title_rect(transition.id, hand.view.camera.zoom).center().toTuple()
    other = next(node.id for node in graph.nodes.values() if not graph.annotations.around(node.id))
    for edit in (
        ChangeAnnotation(replace(block, colour="red")),
        ChangeAnnotation(replace(transition, title="Another title")),
        MoveNodes({other: above}),
        MoveNodes(aside),
        remove(graph, [other]),
        remove_annotation(graph, block.id),
    ):
        assert push(edit)
        for _ in range(4):
            QApplication.processEvents()
        seen = hand.view.viewport().grab().toImage()
        hand.view.painting.repaint_all()
        assert hand.view.viewport().grab().toImage() == seen, edit
