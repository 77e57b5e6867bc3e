"""What leads where, against following every wire."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.graph.model import Edge, NodeId
from engine.graph.reach import leads

NODES = [NodeId(f"n{number}") for number in range(9)]
wires = st.sets(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=20)


@given(wires, st.sampled_from(NODES), st.sampled_from(NODES))
def test_one_leads_to_another_when_there_is_a_way(pairs, start, goal):
    edges = [Edge(source, 0, target, port) for port, (source, target) in enumerate(sorted(pairs))]
    outgoing = {node: [edge for edge in edges if edge.source == node] for node in NODES}
    incoming = {node: {edge.target_port: edge for edge in edges if edge.target == node} for node in NODES}
    found, waiting = {start}, [start]
    while waiting:
        new = {edge.target for edge in outgoing[waiting.pop()]} - found
        found |= new
        waiting += new
    assert leads(start, goal, outgoing, incoming) == (goal in found)
