"""What leads where, against following every wire."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.graph.model import Edge, Graph, Node, NodeId
from engine.graph.wiring import Wiring

NODES = [NodeId(f"n{number}") for number in range(9)]
wires = st.sets(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=20)


def wiring_of(edges: list[Edge]) -> Wiring:
    nodes = {node: Node(node, "relu", str(node)) for node in NODES}
    incoming = {node: {edge.target_port: edge for edge in edges if edge.target == node} for node in NODES}
    outgoing = {node: dict.fromkeys(edge for edge in edges if edge.source == node) for node in NODES}
    return Wiring(nodes, incoming, outgoing)


@given(wires, st.sampled_from(NODES), st.sampled_from(NODES))
def test_one_leads_to_another_when_there_is_a_way(pairs, start, goal):
    edges = [Edge(source, 0, target, port) for port, (source, target) in enumerate(sorted(pairs))]
    found, waiting = {start}, [start]
    while waiting:
        new = {edge.target for edge in edges if edge.source == waiting[-1]} - found
        waiting.pop()
        found |= new
        waiting += new
    assert wiring_of(edges).leads(start, goal) == (goal in found)


@given(wires, st.sampled_from(NODES))
def test_at_a_node_are_the_wires_that_begin_or_end_there(pairs, node):
    edges = [Edge(source, 0, target, port) for port, (source, target) in enumerate(sorted(pairs)) if source != target]
    assert sorted(wiring_of(edges).at(node)) == [edge for edge in sorted(edges) if node in (edge.source, edge.target)]


def test_a_copy_of_a_graph_has_wires_of_its_own() -> None:
    one, two, three = NODES[:3]
    first, second = Edge(one, 0, two, 0), Edge(two, 0, three, 0)
    graph = Graph.assemble([Node(node, "relu", str(node)) for node in (one, two, three)], [first], {})
    copy = graph.snapshot()
    copy.add_edge(second)
    graph.remove_edge(first)
    assert copy.wiring.leads(one, three)
    assert copy.wiring.topological_order() == [one, two, three]
    assert not graph.wiring.leads(one, two)
    assert list(graph.wiring.at(two)) == []
