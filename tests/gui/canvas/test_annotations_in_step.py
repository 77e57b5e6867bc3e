"""Frames and notes in blocks, in the analysis, in groups, and for screen readers."""

from __future__ import annotations

import pytest

from engine.graph.annotation_edits import AddAnnotation, ChangeAnnotation
from engine.graph.annotations import AnnotationId, Frame, Note
from engine.graph.document import dump, parse
from engine.layers.grouping import group
from engine.project import ProjectAnalyser
from gui.analysis.panel import AnalysisPanel
from gui.canvas.tips import describe_selection

FRAME, NOTE = AnnotationId("a1"), AnnotationId("a2")


class Counting:
    """Counts how often the document is analysed."""

    def __init__(self) -> None:
        self._inner = ProjectAnalyser()
        self.runs = 0

    def analyse(self, graph):
        self.runs += 1
        return self._inner.analyse(graph)


def annotate(hand, *nodes) -> None:
    hand.workspace.push(AddAnnotation(Frame(FRAME, "Part", frozenset(nodes), "teal")))
    hand.workspace.push(AddAnnotation(Note(NOTE, "Said", (200.0, 0.0))))
    hand.workspace.push(ChangeAnnotation(Note(NOTE, "Unsaid", (200.0, 8.0))))
    hand.workspace.undo_stack.undo()
    hand.settle()


def enter_a_block(hand):
    nodes = hand.chain("input", "conv2d", "relu", "output")
    grouped = group(hand.workspace.graph, nodes[1:3])
    assert hand.workspace.push(grouped.edit)
    hand.workspace.enter(grouped.instance)
    hand.settle()
    return [node.id for node in hand.workspace.graph.nodes.values() if node.layer in ("conv2d", "relu")]


@pytest.mark.parametrize("is_inside", [False, True])
def test_what_is_written_beside_layers_is_no_reason_to_analyse_them(hand, is_inside, qtbot):
    nodes = enter_a_block(hand) if is_inside else hand.chain("input", "conv2d", "relu")
    counting = Counting()
    hand.workspace.use_analyser(counting)
    hand.settle()
    runs = counting.runs
    annotate(hand, *nodes)
    assert counting.runs == runs
    hand.workspace.undo_stack.undo()
    hand.settle()
    assert counting.runs == runs


def test_the_table_of_costs_stays_as_it_is(hand, qtbot):
    nodes = hand.chain("input", "conv2d")
    panel = AnalysisPanel(hand.workspace)
    qtbot.addWidget(panel)
    hand.settle()
    panel._timer.stop()
    annotate(hand, *nodes)
    assert not panel._timer.isActive()
    panel.close_worker()


def test_a_block_has_frames_and_notes_of_its_own(hand):
    nodes = enter_a_block(hand)
    hand.begin()
    hand.workspace.push(AddAnnotation(Frame(FRAME, "Part", frozenset(nodes), "teal")))
    hand.workspace.push(AddAnnotation(Note(NOTE, "Said", (200.0, 0.0))))
    assert set(hand.scene.annotations.frames.all) == {FRAME}
    hand.workspace.leave()
    assert not hand.scene.annotations.frames.all
    assert not hand.scene.annotations.notes
    hand.check_undo(2)
    assert set(hand.scene.annotations.notes) == {NOTE}, "undo has led back into the block"
    copy = parse(dump(hand.workspace.document), "test")
    assert len(copy.blocks.graph(hand.workspace.graph.block).annotations) == 2


def test_notes_that_are_selected_go_into_the_block_with_the_layers(hand):
    nodes = hand.chain("input", "conv2d", "relu", "output")
    annotate(hand, *nodes[1:3])
    hand.begin()
    hand.scene.annotations.select([NOTE], nodes[1:3])
    layer = hand.scene.annotations
    hand.workspace.push(group(hand.workspace.graph, hand.workspace.selection, notes=layer.selected_notes).edit)
    assert not layer.notes
    assert not layer.frames.all
    hand.check_undo()


def test_a_screen_reader_is_told_what_is_selected(hand):
    nodes = hand.chain("input", "conv2d")
    annotate(hand, *nodes)
    hand.scene.annotations.select_frame(FRAME)
    said = describe_selection(hand.scene)
    assert "The frame “Part” around input and conv" in said
    hand.scene.annotations.select([NOTE], ())
    assert describe_selection(hand.scene) == "A note. Said"
    hand.scene.annotations.select((), ())
    assert "2 layers" in describe_selection(hand.scene)
    other = AnnotationId("a3")
    assert hand.workspace.push(AddAnnotation(Note(other, "Too", (200.0, 300.0))))
    hand.scene.annotations.select([NOTE, other], nodes)
    assert describe_selection(hand.scene) == "2 layers and 2 notes are selected."
    hand.scene.annotations.select([NOTE], nodes[:1])
    assert describe_selection(hand.scene) == "1 layer and 1 note are selected."


@pytest.mark.parametrize("kind", ["note", "frame", "both", "layer"])
def test_zooming_to_the_selection_brings_frames_and_notes_into_view_too(hand, kind):
    nodes = hand.chain("input", "conv2d", "relu")
    hand.add("relu", 3_000.0, 2_000.0)
    annotate(hand, *nodes[:2])
    layer = hand.scene.annotations
    layer.put_notes({NOTE: (900.0, 500.0)})
    note, frame = layer.notes[NOTE].rect, layer.frames.places.rects[FRAME]
    wanted = {
        "note": ([NOTE], (), note),
        "frame": ([FRAME], nodes[:2], frame),
        "both": ([NOTE], nodes[2:], note.united(hand.scene.rect_of(nodes[2:]))),
        "layer": ([], nodes[2:], hand.scene.rect_of(nodes[2:])),
    }
    annotations, chosen, rect = wanted[kind]
    layer.select(annotations, chosen)
    hand.view.fit()
    assert hand.view.camera.visible().contains(hand.scene.content_rect())
    hand.view.commands.slots()["zoom_selection"]()
    seen = hand.view.camera.visible()
    assert seen.contains(rect)
    assert not seen.contains(hand.scene.content_rect())
    assert seen.center().x() == pytest.approx(rect.center().x(), abs=2.0)
    assert seen.center().y() == pytest.approx(rect.center().y(), abs=2.0)
