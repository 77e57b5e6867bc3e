"""What a screen reader says of changes of the graph: “conv2 added after relu1.”"""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.events import (
    EdgeAdded,
    EdgeRemoved,
    GraphEvent,
    LayerChanged,
    NodeAdded,
    NodeRemoved,
    NodeRenamed,
    ParamChanged,
)
from engine.graph.model import Edge, Graph, Node
from engine.layers.blocks import declared
from gui.canvas.spoken_beside import spoken_changes
from gui.canvas.tips import names_of
from gui.inspector.numbers import plural
from gui.inspector.reading import value_text
from gui.written import written

_MOST = 2
"""So many changes of one kind are told one by one."""


def spoken_events(graph: Graph, events: Sequence[GraphEvent]) -> str:
    """What the events of one change have done to `graph`, as sentences; empty when it is not worth saying."""
    added = {event.node.id: event.node for event in events if isinstance(event, NodeAdded)}
    removed = {event.node.id: event.node for event in events if isinstance(event, NodeRemoved)}
    # What was taken out and put back within one change, such as a node that moves into a block and out again.
    both = added.keys() & removed.keys()
    came = [node for node in added.values() if node.id not in both and node.id in graph.nodes]
    went = [node for node in removed.values() if node.id not in both]
    sentences = [_added(graph, came), _removed(went)]
    if not came and not went:
        sentences.append(_wired(graph, _edges(graph, events, EdgeAdded)))
        sentences.append(_unwired(graph, _edges(graph, events, EdgeRemoved)))
    sentences += [
        f"{event.old_name} is now called {event.node.name}." for event in events if isinstance(event, NodeRenamed)
    ][:_MOST]
    sentences.append(_changed(graph, events))
    sentences.append(spoken_changes(graph, events))
    return " ".join(filter(None, sentences))


def _added(graph: Graph, nodes: Sequence[Node]) -> str:
    if len(nodes) != 1:
        return f"{plural(len(nodes), 'layer')} added." if nodes else ""
    (node,) = nodes
    before = names_of(graph, [edge.source for edge in graph.incoming(node.id)])
    behind = names_of(graph, [edge.target for edge in graph.outgoing(node.id)])
    where = f" after {before}" if before else ""
    return f"{node.name} added{where}{f' before {behind}' if behind else ''}."


def _removed(nodes: Sequence[Node]) -> str:
    if not nodes:
        return ""
    return f"{nodes[0].name} removed." if len(nodes) == 1 else f"{plural(len(nodes), 'layer')} removed."


def _edges(graph: Graph, events: Sequence[GraphEvent], kind: type[EdgeAdded] | type[EdgeRemoved]) -> list[Edge]:
    edges = [event.edge for event in events if isinstance(event, kind)]
    return [edge for edge in edges if edge.source in graph.nodes and edge.target in graph.nodes]


def _wired(graph: Graph, edges: Sequence[Edge]) -> str:
    if len(edges) > _MOST:
        return f"{plural(len(edges), 'wire')} added."
    return " ".join(f"{graph.nodes[edge.source].name} wired to {graph.nodes[edge.target].name}." for edge in edges)


def _unwired(graph: Graph, edges: Sequence[Edge]) -> str:
    if len(edges) > _MOST:
        return f"{plural(len(edges), 'wire')} removed."
    return " ".join(
        f"Wire from {graph.nodes[edge.source].name} to {graph.nodes[edge.target].name} removed." for edge in edges
    )


def _changed(graph: Graph, events: Sequence[GraphEvent]) -> str:
    """Parameters and kinds of layers."""
    kinds = {event.node.id: event.node for event in events if isinstance(event, LayerChanged)}
    said = [f"{node.name} is now {declared(graph, node).label}." for node in kinds.values() if node.id in graph.nodes]
    for event in events:
        if isinstance(event, ParamChanged) and event.node.id in graph.nodes and event.node.id not in kinds:
            said.append(_param(graph, graph.nodes[event.node.id], event.name))
    return " ".join(said) if len(said) <= _MOST else f"{plural(len(said), 'setting')} changed."


def _param(graph: Graph, node: Node, name: str) -> str:
    spec = declared(graph, node)
    param = next((param for param in spec.params if param.name == name), None)
    if param is None:
        return ""
    value = written(spec.params, node.params).get(name, param.default)
    return f"{param.title} of {node.name}: {value_text(param, value)}."
