"""What is said of a frame, a note or a bookmark that is different: everything that is, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.graph.annotation_edits import AddAnnotation, ChangeAnnotation, RemoveAnnotation
from engine.graph.annotation_words import annotated
from engine.graph.annotations import Annotation, AnnotationId, Bookmark, Frame, Note, described
from engine.graph.diff import AnnotationChange, diff
from engine.graph.document import dump
from engine.graph.model import Graph, NodeId
from engine.zoo.registry import ZOO

A, B, C = (NodeId(name) for name in ("n1", "n2", "n3"))
FRAME = Frame(AnnotationId("a1"), "Stem", frozenset({A, B}), "blue")
NOTE = Note(AnnotationId("a2"), "# To do\n\n- all", (0.0, 0.0))
MARK = Bookmark(AnnotationId("a3"), "End", (0.0, 0.0), 1.0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (None, FRAME, "The frame “Stem” added"),
        (FRAME, None, "The frame “Stem” removed"),
        (None, replace(FRAME, title=""), "A frame added"),
        (None, NOTE, "The note “To do” added"),
        (replace(NOTE, text=" \n"), None, "A note removed"),
        (FRAME, replace(FRAME, title="Root"), "The frame “Stem” is called “Root” now"),
        (FRAME, replace(FRAME, title=""), "The frame “Stem” has no title any more"),
        (replace(FRAME, title=""), FRAME, "A frame is called “Stem” now"),
        (FRAME, replace(FRAME, colour="red"), "The frame “Stem” is red instead of blue"),
        (NOTE, replace(NOTE, text="Done"), "The note “Done” says something else"),
        (NOTE, replace(NOTE, position=(1.0, 0.0)), "The note “To do” moved"),
        (
            NOTE,
            replace(NOTE, position=(1.0, 0.0), width=300.0, colour="red"),
            "The note “To do” is red instead of yellow, has another size and moved",
        ),
        (
            MARK,
            replace(MARK, name="Goal", zoom=2.0),
            "The bookmark “End” is called “Goal” now and leads to another view",
        ),
        (MARK, replace(MARK, centre=(1.0, 0.0)), "The bookmark “End” leads to another view"),
    ],
)
def test_sentences(old: Annotation | None, new: Annotation | None, said: str) -> None:
    change = AnnotationChange(old, new)
    assert annotated(change, is_first=True) == said
    assert annotated(change, is_first=False) == said[0].lower() + said[1:]


@pytest.mark.parametrize(
    ("entered", "left", "said"),
    [
        ((C,), (), "encloses 1 more layer"),
        ((), (A, B), "encloses 2 fewer layers"),
        ((C,), (A,), "has gained 1 layer and lost 1 layer"),
    ],
)
def test_members(entered: tuple[NodeId, ...], left: tuple[NodeId, ...], said: str) -> None:
    new = replace(FRAME, members=(FRAME.members | set(entered)) - set(left))
    assert annotated(AnnotationChange(FRAME, new, entered, left), is_first=False) == f"the frame “Stem” {said}"


def test_a_text_of_anything_stays_on_one_line() -> None:
    note = replace(NOTE, text="# a\u2028b\x0bc" + "x" * 500)
    assert described(note).isprintable()
    assert len(described(note)) < 60


def test_only_notes_move() -> None:
    assert AnnotationChange(NOTE, replace(NOTE, id=AnnotationId("a9"), position=(5.0, 5.0))).is_moved
    assert not AnnotationChange(NOTE, replace(NOTE, position=(5.0, 5.0), colour="red")).is_moved
    assert not AnnotationChange(None, NOTE).is_moved
    assert not AnnotationChange(MARK, replace(MARK, centre=(1.0, 0.0))).is_moved


class TestDrawingAndNaming:
    """What is drawn and gets its name by the same gesture is one step."""

    def network(self) -> tuple[Graph, Frame]:
        graph = ZOO["lenet5"].build()
        return graph, replace(FRAME, title="", members=frozenset(list(graph.nodes)[:2]))

    def test_a_name_by_the_same_gesture_merges(self) -> None:
        graph, frame = self.network()
        before = dump(graph)
        draw, name = AddAnnotation(frame, "name"), ChangeAnnotation(replace(frame, title="Stem"), "name")
        merged = draw.merge(name)
        assert merged == AddAnnotation(replace(frame, title="Stem"))
        inverse = merged.apply(graph)
        assert graph.annotations[frame.id] == replace(frame, title="Stem")
        inverse.apply(graph)
        assert dump(graph) == before

    def test_whatever_else_follows_is_a_step_of_its_own(self) -> None:
        _, frame = self.network()
        draw = AddAnnotation(frame, "name")
        other = replace(frame, id=AnnotationId("a8"))
        for later in (
            ChangeAnnotation(frame),
            ChangeAnnotation(frame, "drag"),
            ChangeAnnotation(other, "name"),
            RemoveAnnotation(frame.id),
            AddAnnotation(other, "name"),
        ):
            assert draw.merge(later) is None
        assert AddAnnotation(frame).merge(ChangeAnnotation(frame)) is None


def test_layers_that_go_leave_the_frames_around_them_the_same() -> None:
    old = ZOO["lenet5"].build()
    first, second, *_ = old.nodes
    frame = replace(FRAME, members=frozenset({first, second}))
    AddAnnotation(frame).apply(old)
    new = old.snapshot()
    new.annotations.change(replace(frame, members=frozenset({first})))
    (change,) = diff(old, new).network.annotations
    assert (change.entered, change.left) == ((), (second,))
    assert diff(new, old).network.annotations[0].entered == (second,)
