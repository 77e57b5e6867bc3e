"""Frames, notes and bookmarks: they follow the layers, come back with them, and are written like these."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine.graph import document
from engine.graph.annotation_edits import AddAnnotation, ChangeAnnotation, RemoveAnnotation, remove_annotation
from engine.graph.annotations import (
    COLOURS,
    MAX_ANNOTATIONS,
    MAX_NOTE,
    MAX_TEXT,
    MAX_TITLE,
    Annotation,
    AnnotationId,
    Bookmark,
    Frame,
    Note,
    new_annotation_ids,
)
from engine.graph.block_edits import DefineBlock, Within
from engine.graph.blocks import BlockDefinition
from engine.graph.document import DocumentError
from engine.graph.edits import Compound, RemoveNode, dissolve, remove
from engine.graph.errors import GraphError
from engine.graph.events import AnnotationChanged, AnnotationRemoved, BlockChanged, GraphEvent
from engine.graph.model import Edge, Graph, Node, NodeId
from engine.project import parse_project


def ids(*names: str) -> frozenset[NodeId]:
    return frozenset(map(NodeId, names))


ENCODER = Frame(AnnotationId("a1"), "Encoder", ids("n1", "n2", "n3"), "blue")
FIRST = Frame(AnnotationId("a2"), "", ids("n2"))
NOTE = Note(AnnotationId("a3"), "# Why\n\n*Because.*", (8.0, -16.0), 320.0, colour="green")
VIEW = Bookmark(AnnotationId("a10"), "The end", (0.0, 300.0), 0.5)


@pytest.fixture
def graph() -> Graph:
    """Four layers in a row; a frame around three of them, another one around the second of these."""
    nodes = [Node(NodeId(f"n{index}"), "relu", f"relu{index}", {}, (0.0, 96.0 * index)) for index in range(1, 5)]
    wires = [Edge(NodeId(f"n{index}"), 0, NodeId(f"n{index + 1}"), 0) for index in range(1, 4)]
    return Graph.assemble(nodes, wires, {}, annotations=[VIEW, NOTE, FIRST, ENCODER])


def frame(graph: Graph, name: str) -> Frame:
    found = graph.annotations[AnnotationId(name)]
    assert isinstance(found, Frame)
    return found


def test_annotations_are_found_by_kind_and_in_the_order_of_their_ids(graph: Graph) -> None:
    assert list(graph.annotations.values()) == [ENCODER, FIRST, NOTE, VIEW]
    assert graph.annotations.frames == [ENCODER, FIRST]
    assert graph.annotations.notes == [NOTE]
    assert graph.annotations.bookmarks == [VIEW]
    assert graph.annotations.around(NodeId("n2")) == [ENCODER, FIRST]
    assert graph.annotations.around(NodeId("n4")) == []
    assert new_annotation_ids(graph, 2) == ["a11", "a12"]


def test_each_kind_is_added_changed_and_removed_and_all_of_it_is_undone(graph: Graph) -> None:
    for before, after in (
        (ENCODER, replace(ENCODER, title="Down", members=ids("n4"), colour="red")),
        (NOTE, replace(NOTE, text="", position=(1.0, 2.0), width=100.0, height=50.0)),
        (VIEW, replace(VIEW, name="Start", zoom=2.0)),
    ):
        states = [document.dump(graph)]
        inverses = []
        for edit in (RemoveAnnotation(before.id), AddAnnotation(before), ChangeAnnotation(after)):
            inverses.append(edit.apply(graph))
            states.append(document.dump(graph))
        assert graph.annotations[before.id] == after
        assert states[2] == states[0] != states[3]
        for inverse in reversed(inverses):
            assert document.dump(graph) == states.pop()
            inverse.apply(graph)
        assert document.dump(graph) == states[0]


def test_edits_are_called_after_what_they_change(graph: Graph) -> None:
    assert AddAnnotation(NOTE).label == "Add note"
    assert ChangeAnnotation(ENCODER).label == "Change frame"
    assert remove_annotation(graph, VIEW.id).label == "Delete bookmark"


def test_what_one_gesture_changes_merges_and_nothing_else() -> None:
    typed = [ChangeAnnotation(replace(NOTE, text=text), "text") for text in ("W", "Wh")]
    assert typed[0].merge(typed[1]) == typed[1]
    assert typed[0].merge(ChangeAnnotation(replace(NOTE, width=99.0), "drag 1")) is None
    assert typed[0].merge(ChangeAnnotation(replace(NOTE, id=AnnotationId("a9")), "text")) is None
    assert ChangeAnnotation(NOTE).merge(ChangeAnnotation(NOTE)) is None
    together = Compound("Drag", (typed[0],)).merge(Compound("Drag", (typed[1],)))
    assert together == Compound("Drag", (typed[1],))


def test_typing_something_and_taking_it_back_is_no_step(graph: Graph) -> None:
    first = ChangeAnnotation(replace(NOTE, text="other"), "text")
    inverse = first.apply(graph)
    back = ChangeAnnotation(NOTE, "text")
    back.apply(graph)
    assert first.merge(back) == inverse


# Layers in frames


def test_a_removed_layer_leaves_its_frames_and_comes_back_into_them(graph: Graph) -> None:
    before = document.dump(graph)
    heard: list[GraphEvent] = []
    graph.changed.connect(heard.append)
    inverse = RemoveNode(NodeId("n2")).apply(graph)
    assert graph.annotations.frames == [replace(ENCODER, members=ids("n1", "n3"))]
    assert AnnotationChanged(graph.annotations.frames[0], ENCODER) in heard
    assert AnnotationRemoved(FIRST) in heard
    after = document.dump(graph)
    again = inverse.apply(graph)
    assert document.dump(graph) == before
    again.apply(graph)
    assert document.dump(graph) == after


@pytest.mark.parametrize("names", [("n1", "n2", "n3"), ("n2", "n4"), ("n3", "n1")], ids=" ".join)
def test_several_layers_leave_a_frame_in_one_step(graph: Graph, names: tuple[str, ...]) -> None:
    before = document.dump(graph)
    heard: list[GraphEvent] = []
    graph.changed.connect(heard.append)
    inverse = remove(graph, map(NodeId, names)).apply(graph)
    left = ENCODER.members - set(names)
    assert [found.members for found in graph.annotations.frames if found.id == ENCODER.id] == [left] * bool(left)
    assert sum(isinstance(event, AnnotationChanged) for event in heard) <= 1
    inverse.apply(graph)
    assert document.dump(graph) == before


def test_a_dissolved_layer_leaves_its_frames_too(graph: Graph) -> None:
    before = document.dump(graph)
    inverse = dissolve(graph, NodeId("n2")).apply(graph)
    assert graph.annotations.frames == [replace(ENCODER, members=ids("n1", "n3"))]
    inverse.apply(graph)
    assert document.dump(graph) == before


def test_the_graph_itself_lets_no_layer_go_that_is_in_a_frame(graph: Graph) -> None:
    graph.remove_edge(Edge(NodeId("n1"), 0, NodeId("n2"), 0))
    with pytest.raises(GraphError, match=r"^“relu1” is still in a frame\.$"):
        graph.remove_node(NodeId("n1"))


def test_removing_thousands_of_framed_layers_changes_their_frame_once() -> None:
    graph = Graph()
    for index in range(3_000):
        graph.add_node(Node(NodeId(f"n{index}"), "relu", f"r{index}"))
    graph.annotations.add(Frame(AnnotationId("a1"), "", frozenset(graph.nodes)))
    heard: list[GraphEvent] = []
    graph.changed.connect(heard.append)
    inverse = remove(graph, list(graph.nodes)[1:]).apply(graph)
    assert sum(isinstance(event, AnnotationChanged) for event in heard) == 1
    inverse.apply(graph)
    assert len(frame(graph, "a1").members) == 3_000


# Refusals

REFUSED: dict[str, tuple[Annotation, str]] = {
    "id": (
        replace(ENCODER, id=NOTE.id),
        "Of the frames, notes and bookmarks, a note and another one have the same id.",
    ),
    "empty frame": (replace(FIRST, members=frozenset()), "A frame encloses no layers."),
    "strange layer": (
        replace(ENCODER, members=ids("n1", "x")),
        "The frame “Encoder” encloses a layer that is not there.",
    ),
    "colour": (replace(NOTE, colour="#ff0000"), f"“#ff0000” is not a colour of the palette: {', '.join(COLOURS)}."),
    "long title": (
        replace(ENCODER, title="x" * (MAX_TITLE + 1)),
        f"“{'x' * 39}…” is too long for a title: use at most 200 characters.",
    ),
    "lines": (
        replace(ENCODER, title="a\nb"),
        "“a�b” cannot be a title: it contains characters that cannot be shown on one line.",
    ),
    "half a character": (
        replace(VIEW, name="\ud800"),
        "“�” cannot be a name: it contains characters that cannot be shown on one line.",
    ),
    "long note": (replace(NOTE, text="x" * (MAX_TEXT + 1)), "A note has more than 10,000 characters."),
    "control characters": (replace(NOTE, text="a\x00b"), "A note contains characters that cannot be shown."),
    "wide note": (replace(NOTE, width=MAX_NOTE + 1), "A note can be 40 to 4000 wide and high."),
    "flat note": (replace(NOTE, height=1.0), "A note can be 40 to 4000 wide and high."),
    "no width": (replace(NOTE, width=float("nan")), "A note can be 40 to 4000 wide and high."),
    "far note": (replace(NOTE, position=(1e8, 0.0)), "A note cannot lie that far out on the canvas."),
    "nowhere": (replace(NOTE, position=(float("nan"), 0.0)), "A note cannot lie that far out on the canvas."),
    "nameless": (replace(VIEW, name=" "), "A bookmark needs a name."),
    "far view": (replace(VIEW, centre=(0.0, -1e9)), "The bookmark “The end” cannot lie that far out on the canvas."),
    "zoom": (replace(VIEW, zoom=0.0), "The bookmark “The end” is zoomed in or out too far."),
}


@pytest.mark.parametrize(("annotation", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_and_changes_nothing(graph: Graph, annotation: Annotation, said: str) -> None:
    before = document.dump(graph)
    heard: list[GraphEvent] = []
    graph.changed.connect(heard.append)
    fresh = annotation if "same id" in said else replace(annotation, id=AnnotationId("a99"))
    for edit in (AddAnnotation(fresh), ChangeAnnotation(annotation)):
        with pytest.raises(GraphError) as caught:
            edit.apply(graph)
        assert "same id" in said or str(caught.value) == said
    assert (document.dump(graph), heard) == (before, [])


def test_emoji_and_scripts_of_all_directions_are_text(graph: Graph) -> None:
    text = "👩‍👩‍👧 \N{HEBREW LETTER ALEF}\N{RIGHT-TO-LEFT MARK} अ\N{ZERO WIDTH NON-JOINER} é"
    AddAnnotation(Note(AnnotationId("a20"), text, (0.0, 0.0))).apply(graph)
    ChangeAnnotation(replace(ENCODER, title=text)).apply(graph)
    assert document.dump(document.parse(document.dump(graph))) == document.dump(graph)


def test_what_is_gone_cannot_be_changed(graph: Graph) -> None:
    for edit in (RemoveAnnotation(AnnotationId("gone")), ChangeAnnotation(replace(NOTE, id=AnnotationId("gone")))):
        with pytest.raises(GraphError, match=r"^This frame, note or bookmark is not there any more\.$"):
            edit.apply(graph)
    with pytest.raises(GraphError, match="not there"):
        remove_annotation(graph, AnnotationId("gone"))
    with pytest.raises(GraphError, match=r"^This note cannot become a bookmark\.$"):
        ChangeAnnotation(replace(VIEW, id=NOTE.id)).apply(graph)


def test_a_project_has_a_limited_number_of_annotations(graph: Graph) -> None:
    notes = tuple(replace(NOTE, id=AnnotationId(f"a{index}")) for index in range(MAX_ANNOTATIONS - 4))
    DefineBlock(BlockDefinition("Crowded", annotations=notes)).apply(graph)
    with pytest.raises(GraphError, match=r"^A project can have at most 1,000 frames, notes and bookmarks\.$"):
        AddAnnotation(replace(NOTE, id=AnnotationId("a50"))).apply(graph)
    document.parse(document.dump(graph))


# Blocks, copies and the file


def test_blocks_have_annotations_of_their_own(graph: Graph) -> None:
    inside = Note(AnnotationId("a1"), "Inside", (0.0, 0.0))
    before = document.dump(graph)
    undo = [DefineBlock(BlockDefinition("Inner")).apply(graph)]
    heard: list[GraphEvent] = []
    graph.changed.connect(heard.append)
    undo.append(Within("Inner", AddAnnotation(inside)).apply(graph))
    assert heard == [BlockChanged("Inner")]
    assert graph.blocks["Inner"].definition() == BlockDefinition("Inner", annotations=(inside,))
    read = parse_project(document.dump(graph), "The file")
    assert document.dump(read) == document.dump(graph)
    assert read.blocks["Inner"].graph.annotations.notes == [inside]
    assert dict(graph.snapshot().blocks["Inner"].graph.annotations) == {inside.id: inside}
    for inverse in reversed(undo):
        inverse.apply(graph)
    assert document.dump(graph) == before


def test_a_snapshot_has_annotations_of_its_own(graph: Graph) -> None:
    before = document.dump(graph)
    heard: list[GraphEvent] = []
    graph.changed.connect(heard.append)
    copy = graph.snapshot()
    copy.annotations.remove(NOTE.id)
    RemoveNode(NodeId("n1")).apply(copy)
    assert (document.dump(graph), heard) == (before, [])


def test_the_file_has_one_sorted_line_for_each_and_reads_back(graph: Graph) -> None:
    lines = document.dump(graph).decode().splitlines()
    start = lines.index('"frames": [')
    assert [json.loads(line.rstrip(",")) for line in lines[start + 1 : start + 3]] == [
        {"colour": "blue", "id": "a1", "members": ["n1", "n2", "n3"], "title": "Encoder"},
        {"colour": "grey", "id": "a2", "members": ["n2"], "title": ""},
    ]
    assert lines[start + 3 : start + 5] == ["],", '"notes": [']
    assert '"text": "# Why\\n\\n*Because.*"' in lines[start + 5]
    read = document.parse(document.dump(graph))
    assert dict(read.annotations) == dict(graph.annotations)
    assert document.dump(read) == document.dump(graph)


def test_members_are_sorted_as_layers_are(graph: Graph) -> None:
    for name in ("n10", "n11"):
        graph.add_node(Node(NodeId(name), "relu", name))
    ChangeAnnotation(replace(FIRST, members=ids("n11", "n2", "n10"))).apply(graph)
    assert b'"members": ["n2", "n10", "n11"]' in document.dump(graph)


def test_without_annotations_only_the_number_of_the_version_is_new(graph: Graph) -> None:
    for name in list(graph.annotations):
        graph.annotations.remove(name)
    DefineBlock(BlockDefinition("Inner")).apply(graph)
    data = document.dump(graph)
    assert b"frames" not in data
    assert b"notes" not in data
    assert b"bookmarks" not in data
    for version in (1, 2):
        older = data.replace(b'"netwright": 3', b'"netwright": %d' % version)
        assert document.dump(document.parse(older)) == data


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"frames": [{"id": "a1", "members": ["n1", "n1"]}]}, "A layer stands twice in a frame."),
        ({"frames": [{"id": "a1", "members": ["n7"]}]}, "A frame encloses a layer that is not there."),
        ({"frames": [{"id": "a1", "members": []}]}, "A frame encloses no layers."),
        ({"notes": [{"id": "a1", "text": "", "x": 0, "y": 0}] * 2}, "Of the frames, notes and bookmarks, a note and"),
        ({"bookmarks": [{"id": "a1", "name": "Z", "x": 0, "y": 0, "zoom": 1e9}]}, "The bookmark “Z” is zoomed"),
        ({"notes": [{"id": f"a{n}", "text": "", "x": 0, "y": 0} for n in range(1001)]}, "A project can have at most"),
    ],
    ids=["twice", "strange", "empty", "double", "zoom", "many"],
)
def test_impossible_annotations_in_a_file_are_refused(wrong: dict[str, object], said: str) -> None:
    node = {"id": "n1", "layer": "relu", "name": "a"}
    with pytest.raises(DocumentError) as caught:
        document.parse(json.dumps({"netwright": 3, "nodes": [node], **wrong}).encode())
    assert str(caught.value).startswith(f"This file cannot be opened: {said}")
    block = {"name": "Inner", "nodes": [node], **wrong}
    with pytest.raises(DocumentError, match=r"^This file cannot be opened: In the block “Inner”: "):
        document.parse(json.dumps({"netwright": 3, "blocks": [block]}).encode())
