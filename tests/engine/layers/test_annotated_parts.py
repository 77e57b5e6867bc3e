"""Frames and notes go with their layers: into blocks, out of them, and through the clipboard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from engine.graph.annotations import Annotation, AnnotationId, Bookmark, Frame, Note
from engine.graph.block_edits import Within
from engine.graph.document import dump
from engine.graph.edits import AddNode, Connect, RemoveNode, SetParam
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, NodeId
from engine.layers.fragment import copy, paste
from engine.layers.grouping import group, make_unique, ungroup
from engine.layers.nodes import new_node
from engine.layers.validation import validated


def ids(*names: str) -> frozenset[NodeId]:
    return frozenset(map(NodeId, names))


def frame(name: str, title: str, *members: str) -> Frame:
    return Frame(AnnotationId(name), title, ids(*members), "blue")


def names_in(graph: Graph) -> dict[str, set[str]]:
    """The names of the layers in each frame."""
    return {found.title: {graph.nodes[node].name for node in found.members} for found in graph.annotations.frames}


@pytest.fixture
def graph() -> Graph:
    """input → conv → relu → pool → output, with frames of all sorts, a note and a bookmark."""
    graph = Graph()
    for row, layer in enumerate(("input", "conv2d", "relu", "max_pool2d", "output")):
        AddNode(new_node(graph, layer, (8.0 * row, 96.0 * row))).apply(graph)
    for row in range(1, 5):
        Connect(Edge(NodeId(f"n{row}"), 0, NodeId(f"n{row + 1}"), 0)).apply(graph)
    for annotation in (
        frame("a1", "convolution", "n2"),
        frame("a2", "both", "n2", "n3"),
        frame("a3", "around", "n1", "n2", "n3", "n4"),
        frame("a4", "across", "n3", "n4"),
        Note(AnnotationId("a5"), "*Look*", (64.0, 100.0)),
        Bookmark(AnnotationId("a6"), "Start", (0.0, 0.0), 1.0),
    ):
        graph.annotations.add(annotation)
    return graph


def test_frames_whose_layers_all_go_into_a_block_go_with_them(graph: Graph) -> None:
    before = dump(graph)
    grouped = group(graph, ids("n2", "n3"), notes=[AnnotationId("a5")])
    inverse = grouped.edit.apply(graph)
    inner = graph.blocks[grouped.block].graph
    assert names_in(inner) == {"convolution": {"conv"}, "both": {"conv", "relu"}}
    assert [note.text for note in inner.annotations.notes] == ["*Look*"]
    assert names_in(graph) == {"around": {"input", "block", "pool"}, "across": {"pool"}}
    assert graph.annotations.notes == []
    assert len(graph.annotations.bookmarks) == 1
    after = dump(graph)
    again = inverse.apply(graph)
    assert dump(graph) == before
    again.apply(graph)
    assert dump(graph) == after == dump(validated(graph))


def test_what_was_grouped_and_ungrouped_is_framed_as_before(graph: Graph) -> None:
    graph.annotations.remove(AnnotationId("a4"))
    framed = names_in(graph)
    grouped = group(graph, ids("n2", "n3"), notes=[AnnotationId("a5")])
    grouped.edit.apply(graph)
    before = dump(graph)
    inverse = ungroup(graph, grouped.instance).apply(graph)
    assert {
        title: {name.removeprefix("block.") for name in names} for title, names in names_in(graph).items()
    } == framed
    assert [note.text for note in graph.annotations.notes] == ["*Look*"]
    inverse.apply(graph)
    assert dump(graph) == before


def test_every_copy_of_a_repeated_block_is_framed_and_notes_come_once(graph: Graph) -> None:
    grouped = group(graph, ids("n2", "n3"), notes=[AnnotationId("a5")])
    grouped.edit.apply(graph)
    # A frame that holds an end of the block as well, and one that holds nothing else.
    inner = graph.blocks[grouped.block].graph
    [end] = [node.id for node in inner.nodes.values() if node.layer == "block_input"]
    relu = inner.named("relu")
    assert relu is not None
    inner.annotations.add(frame("a20", "begin", end, relu.id))
    inner.annotations.add(frame("a21", "end alone", end))
    SetParam(grouped.instance, "repeat", 2).apply(graph)
    before = dump(graph)
    inverse = ungroup(graph, grouped.instance).apply(graph)
    titles = [found.title for found in graph.annotations.frames]
    assert sorted(titles) == ["across", "around", "begin", "begin", "both", "both", "convolution", "convolution"]
    begins = [found.members for found in graph.annotations.frames if found.title == "begin"]
    assert [[graph.nodes[node].layer for node in members] for members in begins] == [["relu"], ["relu"]]
    assert begins[0] != begins[1]
    assert len(graph.annotations.notes) == 1
    around = next(found for found in graph.annotations.frames if found.title == "around")
    assert len(around.members) == 6
    inverse.apply(graph)
    assert dump(graph) == before


def test_an_instance_that_is_alone_in_a_frame_leaves_its_layers_there(graph: Graph) -> None:
    grouped = group(graph, ids("n2", "n3"))
    grouped.edit.apply(graph)
    graph.annotations.add(frame("a30", "alone", grouped.instance))
    ungroup(graph, grouped.instance).apply(graph)
    assert names_in(graph)["alone"] == {"block.conv", "block.relu"}


def test_a_block_made_unique_keeps_its_annotations(graph: Graph) -> None:
    grouped = group(graph, ids("n2", "n3"))
    grouped.edit.apply(graph)
    make_unique(graph, grouped.instance).apply(graph)
    blocks = [dict(block.graph.annotations) for block in graph.blocks.values()]
    assert len(blocks) == 2
    assert blocks[0] == blocks[1] != {}


# The clipboard


def contents(annotations: Iterable[Annotation]) -> list[tuple[object, ...]]:
    found = [replace(annotation, id=AnnotationId("")) for annotation in annotations]
    return [(each.title, len(each.members)) if isinstance(each, Frame) else (each.text,) for each in found]


def test_frames_around_what_is_copied_are_copied(graph: Graph) -> None:
    before = dump(graph)
    pasted = paste(graph, copy(graph, ids("n2", "n3"), notes=[AnnotationId("a5")]), offset=(200.0, 16.0))
    assert pasted is not None
    assert contents(pasted.annotations) == [("convolution", 1), ("both", 2), ("*Look*",)]
    inverse = pasted.edit.apply(graph)
    assert pasted.edit.label == "Paste 2 layers"
    added = {node.id for node in pasted.nodes}
    for annotation in pasted.annotations:
        assert graph.annotations[annotation.id] == annotation
        assert not isinstance(annotation, Frame) or annotation.members <= added
        assert not isinstance(annotation, Note) or annotation.position == (264.0, 116.0)
    inverse.apply(graph)
    assert dump(graph) == before


def test_notes_alone_can_be_copied(graph: Graph) -> None:
    pasted = paste(graph, copy(graph, (), notes=[AnnotationId("a5")]), at=(0.0, 0.0), title="Duplicate")
    assert pasted is not None
    assert pasted.edit.label == "Duplicate note"
    pasted.edit.apply(graph)
    assert [note.text for note in graph.annotations.notes] == ["*Look*", "*Look*"]
    assert pasted.annotations[0].id != AnnotationId("a5")


def test_annotations_inside_blocks_are_copied_with_the_block(graph: Graph) -> None:
    grouped = group(graph, ids("n2", "n3"), notes=[AnnotationId("a5")])
    grouped.edit.apply(graph)
    other = Graph()
    pasted = paste(other, copy(graph, [grouped.instance]))
    assert pasted is not None
    pasted.edit.apply(other)
    assert dict(other.blocks[grouped.block].graph.annotations) == dict(graph.blocks[grouped.block].graph.annotations)


def test_texts_of_older_versions_are_pasted(graph: Graph) -> None:
    for name in list(graph.annotations):
        graph.annotations.remove(name)
    text = copy(graph, ids("n2", "n3"))
    for version in (1, 2):
        other = Graph()
        pasted = paste(other, text.replace('"netwright_fragment": 3', f'"netwright_fragment": {version}'))
        assert pasted is not None
        assert len(pasted.nodes) == 2


def test_a_project_full_of_annotations_takes_no_more(graph: Graph) -> None:
    text = copy(graph, ids("n2", "n3"), notes=[AnnotationId("a5")])
    for index in range(994):
        graph.annotations.add(Note(AnnotationId(f"x{index}"), "", (0.0, 0.0)))
    before = dump(graph)
    with pytest.raises(GraphError, match=r"at most 1,000 frames, notes and bookmarks"):
        paste(graph, text)
    assert dump(graph) == before
    grouped = group(graph, ids("n2", "n3"))
    inverse = grouped.edit.apply(graph)
    inverse.apply(graph)
    assert dump(graph) == before


def test_framed_layers_inside_a_block_leave_their_frames_like_others(graph: Graph) -> None:
    grouped = group(graph, ids("n2", "n3"))
    grouped.edit.apply(graph)
    before = dump(graph)
    inner = graph.blocks[grouped.block].graph
    relu = inner.named("relu")
    assert relu is not None
    inverse = Within(grouped.block, RemoveNode(relu.id)).apply(graph)
    assert names_in(inner) == {"convolution": {"conv"}, "both": {"conv"}}
    inverse.apply(graph)
    assert dump(graph) == before
