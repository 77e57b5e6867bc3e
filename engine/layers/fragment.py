"""Parts of a network as text, for the clipboard: copied between windows, pasted into e-mails, edited by hand.

Text that comes from a clipboard is not trusted: whatever is wrong with it becomes one sentence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from engine.graph.document import MAX_NODES
from engine.graph.edits import AddNode, Compound, Connect, Edit
from engine.graph.model import MAX_COORDINATE, Edge, Graph, GraphError, Node, NodeId, Point
from engine.graph.params import ParamError, check_all
from engine.graph.wording import quoted
from engine.layers.registry import UnknownLayerError, spec

TAG = "netwright_fragment"
VERSION = 1
GRID = 8.0
"""Pasted nodes move by multiples of this, so that what was aligned stays aligned."""
MAX_CHARACTERS = 32 * 1024 * 1024

_Value = bool | int | float | str | tuple[int, ...]


class _Node(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    layer: str
    name: str
    x: float
    y: float
    params: dict[str, _Value] = {}


class _Edge(msgspec.Struct, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    source: tuple[str, int]
    target: tuple[str, int]


class _Fragment(msgspec.Struct, forbid_unknown_fields=True):
    netwright_fragment: int
    nodes: list[_Node]
    edges: list[_Edge] = []


@dataclass(frozen=True, slots=True)
class Pasted:
    """A change that adds copied layers, not made yet."""

    edit: Edit
    """Adds the nodes and the wires among them."""
    nodes: tuple[Node, ...]
    """The nodes that it adds, with their new ids, names and positions."""


def copy(graph: Graph, nodes: Iterable[NodeId]) -> str:
    """Write `nodes` and the wires among them as JSON text."""
    wanted = set(nodes)
    chosen = [node for node in graph.nodes.values() if node.id in wanted]
    nodes_text = ",\n".join(
        _line(_Node(node.id, node.layer, node.name, *node.position, params=dict(node.params)))
        for node in sorted(chosen, key=lambda node: (node.position[1], node.position[0], node.id))
    )
    edges_text = ",\n".join(
        _line(_Edge((edge.source, edge.source_port), (edge.target, edge.target_port)))
        for node in chosen
        for edge in graph.incoming(node.id)
        if edge.source in wanted
    )
    return f'{{"{TAG}": {VERSION},\n"nodes": [\n{nodes_text}\n],\n"edges": [\n{edges_text}\n]}}\n'


def paste(
    graph: Graph, text: str, *, at: Point | None = None, offset: Point = (0.0, 0.0), title: str = "Paste"
) -> Pasted | None:
    """The edit that adds what `copy` wrote, with new ids and free names; None when `text` is something else.

    Args:
        at: where the middle of the pasted layers is to be, to the nearest step of `GRID`.
        offset: how far to move them when `at` is not given.
        title: the verb of the edit's label.

    Raises:
        GraphError: `text` says that it is a part of a network, but cannot be pasted.
    """
    if TAG not in text[:200] or text.lstrip()[:1] != "{":
        return None
    found = _parse(text)
    if len(found.nodes) + len(graph.nodes) > MAX_NODES:
        raise GraphError(f"A network can have at most {MAX_NODES:,} layers.")
    dx, dy = offset if at is None else _way_to(at, found.nodes)
    new_nodes = _renamed(graph, found.nodes, dx, dy)
    edges = _ordered(list(new_nodes.values()), [_edge(edge, new_nodes) for edge in found.edges])
    names = [node.name for node in new_nodes.values()]
    label = f"{title} {names[0]}" if len(names) == 1 else f"{title} {len(names)} layers"
    steps: tuple[Edit, ...] = (*map(AddNode, new_nodes.values()), *map(Connect, edges))
    return Pasted(Compound(label, steps), tuple(new_nodes.values()))


def _line(part: _Node | _Edge) -> str:
    return msgspec.json.encode(part).decode()


def _parse(text: str) -> _Fragment:
    if len(text) > MAX_CHARACTERS:
        raise GraphError("The clipboard holds more than any network needs.")
    try:
        found = msgspec.json.decode(text, type=_Fragment)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeError) as error:
        raise GraphError("The clipboard holds a damaged part of a network.") from error
    if found.netwright_fragment != VERSION:
        raise GraphError("The clipboard holds layers of another version of Netwright.")
    if not found.nodes:
        raise GraphError("The clipboard holds no layers.")
    if len({node.id for node in found.nodes}) < len(found.nodes):
        raise GraphError("The clipboard holds two layers with the same id.")
    for node in found.nodes:
        if not all(math.isfinite(value) and abs(value) <= MAX_COORDINATE for value in (node.x, node.y)):
            raise GraphError(f"{quoted(node.name)} from the clipboard lies outside the canvas.")
    return found


def _way_to(at: Point, nodes: Sequence[_Node]) -> Point:
    """How far to move `nodes` so that their middle lies near `at`."""
    columns, rows = [node.x for node in nodes], [node.y for node in nodes]
    dx = at[0] - (min(columns) + max(columns)) / 2
    dy = at[1] - (min(rows) + max(rows)) / 2
    return round(dx / GRID) * GRID, round(dy / GRID) * GRID


def _renamed(graph: Graph, nodes: Sequence[_Node], dx: float, dy: float) -> dict[str, Node]:
    """The nodes to add, by the id they have in the text."""
    taken: set[str] = set()
    added: dict[str, Node] = {}
    for copied, new_id in zip(nodes, graph.new_ids(len(nodes)), strict=True):
        try:
            params = check_all(spec(copied.layer).params, copied.params)
        except UnknownLayerError:
            raise GraphError(f"The clipboard holds a layer {quoted(copied.layer)} that is not known here.") from None
        except ParamError as error:
            raise GraphError(f"{quoted(copied.name)} from the clipboard: {error}") from error
        name = graph.unique_name(copied.name, taken)
        taken.add(name)
        added[copied.id] = Node(new_id, copied.layer, name, params, (copied.x + dx, copied.y + dy))
    return added


def _edge(copied: _Edge, nodes: dict[str, Node]) -> Edge:
    (source_id, source_port), (target_id, target_port) = copied.source, copied.target
    if source_id not in nodes or target_id not in nodes:
        raise GraphError("A wire from the clipboard ends at a layer that was not copied.")
    source, target = nodes[source_id], nodes[target_id]
    if not spec(source.layer).has_output(source_port):
        raise GraphError(f"“{source.name}” has no such output.")
    if not spec(target.layer).has_input(target_port):
        raise GraphError(f"“{target.name}” has no such input.")
    return Edge(source.id, source_port, target.id, target_port)


def _ordered(nodes: Sequence[Node], edges: Iterable[Edge]) -> list[Edge]:
    """`edges` from the inputs on, an order in which each is quickly checked for cycles when it is added.

    Raises:
        GraphError: the nodes cannot be named so, or the edges cannot be in one graph.
    """
    alone = Graph.assemble(nodes, edges, {})
    return [edge for node in alone.topological_order() for edge in alone.incoming(node)]
