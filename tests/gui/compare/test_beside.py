"""Differences of frames, notes and bookmarks: drawn, listed, counted, gone to, and coloured on the map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.graph.annotation_edits import AddAnnotation, ChangeAnnotation, RemoveAnnotation
from engine.graph.annotations import AnnotationId, Bookmark, Frame, Note
from engine.graph.block_edits import Within
from engine.graph.document import dump
from engine.graph.edits import Connect, Disconnect, dissolve, remove
from engine.graph.model import Edge, Graph
from engine.layers.grouping import group
from engine.zoo.sketch import Sketch
from gui import theme
from gui.compare.entries import Kind, What

START, MIDDLE, SAID, OTHER, VIEW = (AnnotationId(f"a{number}") for number in range(1, 6))


def annotate(graph: Graph) -> None:
    """Two frames, two notes and a bookmark."""
    ids = {node.name: node.id for node in graph.nodes.values()}
    for annotation in (
        Frame(START, "Start", frozenset({ids["conv1"], ids["pool1"]}), "blue"),
        Frame(MIDDLE, "Middle", frozenset({ids["conv2"], ids["pool2"]}), "green"),
        Note(SAID, "# Why\n\nBecause.", (300.0, 0.0)),
        Note(OTHER, "Other", (300.0, 300.0)),
        Bookmark(VIEW, "The end", (0.0, 900.0), 1.0),
    ):
        AddAnnotation(annotation).apply(graph)


@pytest.fixture
def older(desk: Any, old: Graph) -> Graph:
    """LeNet-5 with frames and notes, as it was; it is open as well."""
    annotate(old)
    desk.workspace.replace(old.snapshot())
    desk.view.camera.zoom_to(0.5)
    return old


@pytest.fixture
def edited(desk: Any, older: Graph) -> Graph:
    """The same, of which every frame, note and bookmark is different by now; what it was is returned."""
    graph, push = desk.workspace.document, desk.workspace.push
    middle, other = graph.annotations[MIDDLE], graph.annotations[OTHER]
    assert push(RemoveAnnotation(START))
    assert push(RemoveAnnotation(SAID))
    assert push(ChangeAnnotation(replace(middle, title="Centre", members=middle.members | {desk.id("dense1")})))
    assert push(ChangeAnnotation(replace(other, text="Else", colour="red")))
    assert push(AddAnnotation(Frame(AnnotationId("a10"), "Tail", frozenset({desk.id("dense2"), desk.id("dense3")}))))
    assert push(AddAnnotation(Note(AnnotationId("a11"), "New", (-500.0, 0.0))))
    assert push(ChangeAnnotation(replace(graph.annotations[VIEW], name="The goal")))
    return older


def test_all_of_them_are_listed_from_top_to_bottom_and_counted(desk: Any, edited: Graph) -> None:
    desk.comparing.compare(edited, "the version before")
    said = set(desk.sentences)
    assert said == {
        "The frame “Start” removed.",
        "The note “Why” removed.",
        "The frame “Middle” is called “Centre” now and encloses 1 more layer.",
        "The note “Else” says something else and is red instead of yellow.",
        "The frame “Tail” added.",
        "The note “New” added.",
        "The bookmark “The end” is called “The goal” now.",
    }
    frames = [sentence for sentence in desk.sentences if "frame" in sentence]
    assert [sentence.split("“")[1].split("”")[0] for sentence in frames] == ["Start", "Middle", "Tail"]
    found = desk.comparing.comparison.found
    assert found.headline == "3 frames, 3 notes, 1 bookmark"
    assert "3 frames, 3 notes, 1 bookmark" in desk.comparing.bar.accessibleName()


@pytest.mark.sampled(3)
@pytest.mark.parametrize("zoom", [1.0, 0.4, 0.2])
@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_they_are_painted_in_the_colours_of_their_kinds(
    desk: Any, edited: Graph, zoom: float, look: theme.Theme, qapp: QApplication
) -> None:
    theme.apply(qapp, look)
    desk.view.camera.zoom_to(zoom)
    desk.comparing.bar.list_button.setChecked(False)
    desk.comparing.compare(edited, "the version before")
    overlay, scene = desk.comparing.overlay, desk.view.canvas_scene
    places = [(kind, rect) for kind, _, rect in overlay.marks.beside.rects(scene)]
    places += [(Kind.REMOVED, rect) for rect in overlay.marks.beside.lost_rects()]
    assert len(places) == 6
    for kind, rect in places:
        desk.view.centerOn(rect.center())
        shown = desk.count(kind)
        assert shown > 20, (kind, rect)
    desk.comparing.stop()
    assert desk.count(Kind.ADDED) == 0


def test_what_is_gone_is_where_it_was_and_follows_its_layers(desk: Any, edited: Graph) -> None:
    desk.comparing.compare(edited, "the version before")
    marks, scene = desk.comparing.overlay.marks.beside, desk.view.canvas_scene
    rect = marks.rect_of(START)
    cards = [scene.nodes[desk.id(name)].position for name in ("conv1", "pool1")]
    assert all(rect.contains(QPointF(*card)) for card in cards)
    assert not rect.contains(QPointF(*scene.nodes[desk.id("conv2")].position))
    assert marks.rect_of(SAID).topLeft() == QPointF(300.0, 0.0)
    assert marks.rect_of(MIDDLE) == QRectF()


def test_a_frame_that_another_one_has_replaced_is_seen_around_it(desk: Any, older: Graph) -> None:
    graph, push = desk.workspace.document, desk.workspace.push
    members = graph.annotations[START].members
    assert push(RemoveAnnotation(START))
    assert push(AddAnnotation(Frame(AnnotationId("a20"), "Begin", members)))
    desk.view.canvas_scene.refresh()
    desk.comparing.compare(older, "the version before")
    there = desk.view.canvas_scene.annotations.frames.places.rects[AnnotationId("a20")]
    assert desk.comparing.overlay.marks.beside.rect_of(START).adjusted(4, 4, -4, -4).contains(there)


def test_layers_that_come_and_go_do_not_change_the_frames_around_them(desk: Any, older: Graph) -> None:
    graph, push = desk.workspace.document, desk.workspace.push
    assert push(dissolve(graph, desk.id("pool1")))
    assert not graph.annotations[START].members & {older.named("pool1").id}  # type: ignore[union-attr]
    desk.comparing.compare(older, "the version before")
    assert not [entry for entry in desk.comparing.list.entries if entry.what is What.FRAME]


def test_a_note_that_only_moved_is_no_change(desk: Any, older: Graph) -> None:
    note = desk.workspace.document.annotations[OTHER]
    assert desk.workspace.push(ChangeAnnotation(replace(note, position=(320.0, 340.0))))
    desk.comparing.compare(older, "the version before")
    (entry,) = desk.comparing.list.entries
    assert (entry.kind, entry.what, entry.sentence) == (Kind.MOVED, What.NOTE, "The note “Other” moved.")


def test_a_click_in_the_list_leads_there_and_selects_it(desk: Any, edited: Graph) -> None:
    before = dump(desk.workspace.document)
    desk.comparing.compare(edited, "the version before")
    layer, camera = desk.view.canvas_scene.annotations, desk.view.camera
    for row, entry in enumerate(desk.comparing.list.entries):
        desk.click(row)
        QApplication.processEvents()
        if entry.what is What.BOOKMARK:
            assert camera.look().middle == pytest.approx((0.0, 900.0), abs=2)
            continue
        is_gone = entry.kind is Kind.REMOVED
        rect = desk.comparing._rect_of(entry) if is_gone else _rect(desk, entry.annotation)
        assert camera.visible().contains(rect.center()), entry
        assert layer.selected == (frozenset() if is_gone else {entry.annotation})
    assert dump(desk.workspace.document) == before


def _rect(desk: Any, annotation: AnnotationId) -> QRectF:
    layer = desk.view.canvas_scene.annotations
    return layer.notes[annotation].rect if annotation in layer.notes else layer.frames.places.rects[annotation]


def test_selecting_one_on_the_canvas_highlights_its_difference(desk: Any, edited: Graph) -> None:
    desk.comparing.compare(edited, "the version before")
    desk.view.zoom_reset()
    for name in (OTHER, MIDDLE):
        rect = _rect(desk, name)
        desk.view.centerOn(rect.center())
        place = desk.view.camera.view_point(rect.topLeft() + QPointF(30.0, 12.0)).toPoint()
        QTest.mouseClick(desk.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QApplication.processEvents()
        assert desk.comparing.list.current.annotation == name


def test_tips_say_what_is_different(desk: Any, edited: Graph) -> None:
    desk.comparing.compare(edited, "the version before")
    desk.view.zoom_reset()
    overlay, corner = desk.comparing.overlay, QPointF(30.0, 10.0)
    marks = overlay.marks.beside
    assert "Removed</b><br>The frame “Start”" in overlay.tip_at(marks.rect_of(START).topLeft() + corner)
    assert "Removed</b><br>The note “Why”" in overlay.tip_at(marks.rect_of(SAID).center())
    assert "is called “Centre” now" in overlay.tip_at(_rect(desk, MIDDLE).topLeft() + corner)
    assert "says something else" in overlay.tip_at(_rect(desk, OTHER).center())
    assert "Added" in overlay.tip_at(_rect(desk, AnnotationId("a11")).center())
    assert overlay.tip_at(QPointF(-2000.0, 0.0)) == ""


def test_it_follows_while_people_undo(desk: Any, edited: Graph) -> None:
    desk.comparing.compare(edited, "the version before")
    desk.workspace.undo_stack.setIndex(0)
    desk.rest()
    assert desk.sentences == []
    assert desk.comparing.overlay.marks.beside.lost_rects() == []
    assert dump(desk.workspace.document) == dump(edited)


def test_the_map_shows_where_differences_are(desk: Any, edited: Graph) -> None:
    view = desk.view
    desk.edit_lenet()
    view.zoom_reset()
    assert view.minimap.is_shown

    def on_map() -> dict[Kind, int]:
        # Beyond what is in view the map is darkened when it is shown.
        picture = view.minimap._current_picture().toImage()
        return {kind: desk.count(kind, picture) for kind in (Kind.ADDED, Kind.REMOVED, Kind.CHANGED)}

    before = on_map()
    desk.comparing.compare(edited, "the version before")
    marked = on_map()
    assert all(marked[kind] > before[kind] + 8 for kind in before), (before, marked)
    desk.comparing.stop()
    assert on_map() == before


def test_an_input_that_closes_up_is_not_drawn_as_another_wire(desk: Any) -> None:
    pen = Sketch()
    start = pen.add("input", name="start")
    sources = [pen.add("relu", start, name=f"way{number}", lane=number) for number in range(3)]
    merge = pen.add("concat", *sources, name="all")
    old = pen.graph
    desk.workspace.replace(old.snapshot())
    graph, push = desk.workspace.document, desk.workspace.push
    assert push(remove(graph, [sources[0]]))
    for port, source in enumerate(sources[1:]):
        assert push(Disconnect(Edge(source, 0, merge, port + 1)))
        assert push(Connect(Edge(source, 0, merge, port)))
    desk.comparing.compare(old, "the version before")
    assert desk.sentences == ["way0 (ReLU) removed."]
    marks = desk.comparing.overlay.marks
    assert not marks.wires_added
    assert len(marks.wires_removed) == 2


def test_a_frame_inside_a_block_is_found_there(desk: Any) -> None:
    graph = desk.workspace.document
    assert desk.workspace.push(group(graph, [desk.id(name) for name in ("conv1", "relu1", "pool1")], "Part").edit)
    old = graph.snapshot()
    inside = graph.blocks["Part"].graph
    conv = inside.named("conv1")
    assert conv is not None
    frame = Frame(AnnotationId("a1"), "Inner", frozenset({conv.id}))
    assert desk.workspace.push_document(Within("Part", AddAnnotation(frame)))
    desk.comparing.compare(old, "the version before")
    assert desk.sentences == ["In the block Part: the frame “Inner” added."]
    assert not desk.comparing.overlay.marks.beside.changes
    desk.click(0)
    assert desk.workspace.graph is inside
    assert desk.view.canvas_scene.annotations.selected == {frame.id}
    assert list(desk.comparing.overlay.marks.beside.changes) == [frame.id]
