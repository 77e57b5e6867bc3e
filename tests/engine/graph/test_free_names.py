"""Names with the first free number, however names have come and gone before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.graph import names
from engine.graph.errors import GraphError
from engine.graph.model import Graph, Node, NodeId

name = st.sampled_from(["a", "a2", "a3", "a4", "b", "b1", "b2", "a2.b", "a2.b2", "a3.0", "b.a", "b.a2", "for", "for2"])
step = st.tuples(st.sampled_from(["add", "remove", "rename", "ask"]), name, name)


def first_free(graph: Graph, base: str, taken: set[str]) -> str:
    """Every name tried on a copy, one after another."""
    parts = base.split(".")
    heads = [".".join(parts[:end]) for end in range(1, len(parts))]
    if any(graph.named(head) or head in taken or names.is_reserved(head) for head in heads):
        base = base.replace(".", "_")
    stem = base.rstrip("0123456789") or base
    for candidate in (base, *(f"{stem}{number}" for number in range(2, 99))):
        copy = graph.snapshot()
        try:
            copy.add_node(Node(NodeId("new"), "relu", candidate))
        except GraphError:
            continue
        if candidate not in taken:
            return candidate
    raise AssertionError("one of them is free")


@given(st.lists(step, max_size=30), st.sets(name, max_size=3))
def test_unique_names_have_the_first_number_that_is_free(steps, taken):
    graph = Graph()
    for number, (what, first, second) in enumerate(steps):
        node = graph.named(first)
        try:
            if what == "add":
                graph.add_node(Node(NodeId(f"n{number}"), "relu", first))
            elif what == "remove" and node is not None:
                graph.remove_node(node.id)
            elif what == "rename" and node is not None:
                graph.rename_node(node.id, second)
        except GraphError:
            continue
        assert graph.unique_name(first, taken) == first_free(graph, first, taken)
