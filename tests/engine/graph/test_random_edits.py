"""Whatever is edited, undoing all of it gives the same file byte for byte, and redoing gives the same result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph import document
from engine.graph.annotations import Annotation, Frame
from engine.graph.block_edits import Within
from engine.graph.edits import Compound, Connect, Edit, SetSetting
from engine.graph.errors import GraphError
from engine.graph.events import (
    AnnotationAdded,
    AnnotationChanged,
    AnnotationRemoved,
    EdgeAdded,
    EdgeRemoved,
    GraphEvent,
    NodeAdded,
    NodeRemoved,
    NodesMoved,
)
from engine.graph.model import Graph
from engine.layers.validation import validated
from engine.layers.wiring import refusal
from engine.project import parse_project
from engine.zoo.registry import TEMPLATES, ZooEntry

Draws: TypeAlias = Callable[[Graph, Any], Edit]


class Mirror:
    """A listener that knows the graph from its events alone."""

    def __init__(self, graph: Graph) -> None:
        self.nodes = dict(graph.nodes)
        self.edges = set(graph.edges)
        self.annotations = dict(graph.annotations)
        graph.changed.connect(self.hear)

    def hear(self, event: GraphEvent) -> None:
        match event:
            case EdgeAdded(edge):
                assert {edge.source, edge.target} <= self.nodes.keys()
                self.edges.add(edge)
            case EdgeRemoved(edge):
                self.edges.remove(edge)
            case NodeAdded(node):
                assert node.id not in self.nodes
                self.nodes[node.id] = node
            case NodeRemoved(node):
                assert not any(node.id in (edge.source, edge.target) for edge in self.edges)
                frames = [frame for frame in self.annotations.values() if isinstance(frame, Frame)]
                assert not any(node.id in frame.members for frame in frames)
                assert self.nodes.pop(node.id) == node
            case AnnotationAdded(annotation):
                assert annotation.id not in self.annotations
                self.put(annotation)
            case AnnotationRemoved(annotation):
                assert self.annotations.pop(annotation.id) == annotation
            case AnnotationChanged(annotation, before):
                assert self.annotations[annotation.id] == before
                self.put(annotation)
            case NodesMoved(nodes):
                self.nodes |= {node.id: node for node in nodes}
            case _:
                if node := getattr(event, "node", None):
                    self.nodes[node.id] = node

    def put(self, annotation: Annotation) -> None:
        if isinstance(annotation, Frame):
            assert annotation.members <= self.nodes.keys()
        self.annotations[annotation.id] = annotation

    def agrees_with(self, graph: Graph) -> bool:
        found = (self.nodes, self.edges, self.annotations)
        return found == (dict(graph.nodes), set(graph.edges), dict(graph.annotations))


@given(start=st.sampled_from([Graph, *(entry.build for entry in TEMPLATES.values())]), data=st.data())
def test_undoing_everything_restores_the_file_and_redoing_restores_the_result(
    some_edit: Draws, start: Callable[[], Graph], data: st.DataObject
) -> None:
    graph = start()
    mirror = Mirror(graph)
    states = [document.dump(graph)]
    inverses: list[Edit] = []
    for _ in range(data.draw(st.integers(1, 25))):
        edit = some_edit(graph, data.draw)
        try:
            inverses.append(edit.apply(graph))
        except GraphError:
            assert document.dump(graph) == states[-1]
        else:
            states.append(document.dump(graph))
        assert document.dump(document.parse(states[-1])) == states[-1]
    assert mirror.agrees_with(graph)

    redone: list[Edit] = []
    for state in reversed(states[:-1]):
        redone.append(inverses.pop().apply(graph))
        assert document.dump(graph) == state
    for state in states[1:]:
        redone.pop().apply(graph)
        assert document.dump(graph) == state
    assert mirror.agrees_with(graph)


@settings(max_examples=settings.default.max_examples // 2)
@given(entry=st.sampled_from(list(TEMPLATES.values())), data=st.data())
def test_what_was_edited_with_the_rules_of_wiring_can_be_opened_again(
    some_edit: Draws, entry: ZooEntry, data: st.DataObject
) -> None:
    graph = entry.build()
    for _ in range(data.draw(st.integers(1, 25))):
        edit = some_edit(graph, data.draw)
        if isinstance(edit, Connect) and refusal(graph, edit.edge) is not None:
            continue
        if isinstance(edit, SetSetting) and edit.value is None:
            continue
        try:
            inverse = edit.apply(graph)
        except GraphError:
            continue
        try:
            validated(graph)
        except GraphError:
            # Insertions and dissolutions know nothing of the ports that layers have; their callers ask first.
            assert isinstance(edit, Compound) or (
                isinstance(edit, Within) and isinstance(edit.edit, (Compound, Connect))
            )
            inverse.apply(graph)
    data_of_file = document.dump(graph)
    assert document.dump(parse_project(data_of_file, "The file")) == data_of_file
