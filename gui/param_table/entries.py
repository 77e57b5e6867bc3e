"""Which layers a table is about: where they come from, and of what kinds they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from engine.graph.block_edits import Within
from engine.graph.edits import Compound, Edit, SetParam
from engine.graph.model import Graph, Node, NodeId
from engine.graph.params import Param, ParamValue
from engine.layers.blocks import layer_spec
from engine.layers.registry import UnknownLayerError
from engine.layers.spec import FAMILIES, LayerSpec
from gui.inspector.numbers import plural
from gui.scope import Scope, scope_of
from gui.workspace import Workspace


class Source(Enum):
    """Where the layers of a table come from."""

    PROJECT = "the whole project"
    """The network and the inside of every block, each once however often it is placed."""
    VIEW = "the graph in view"
    """The network, or the inside of the block in which one is."""
    SELECTION = "the selection"
    """The selected layers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One layer of a table."""

    graph: Graph
    """The graph that it is in."""
    id: NodeId
    """Which one it is there."""

    @property
    def node(self) -> Node:
        """The layer as it is now."""
        return self.graph.nodes[self.id]

    @property
    def title(self) -> str:
        """Its name, behind that of the block that it is inside of."""
        name = self.node.name
        return f"{self.graph.block} › {name}" if self.graph.block else name


@dataclass(frozen=True, slots=True)
class Kind:
    """All layers of one kind."""

    layer: LayerSpec
    """What they are."""
    entries: tuple[Entry, ...]
    """Which they are, in the order of computation."""

    @property
    def params(self) -> tuple[Param, ...]:
        """What can be set about each."""
        return self.layer.params

    @property
    def title(self) -> str:
        """What they are called, with their number."""
        return f"{self.layer.label} ({len(self.entries):,})"


def kinds(workspace: Workspace, source: Source) -> list[Kind]:
    """The layers of `source` by kind, in the order of the palette; kinds with nothing to set are left out."""
    found: dict[str, list[Entry]] = {}
    for entry in _entries(workspace, source):
        found.setdefault(entry.node.layer, []).append(entry)
    all_kinds = [
        Kind(layer, tuple(found[name])) for name, layer in _declared(workspace.document, found) if layer.params
    ]
    return sorted(all_kinds, key=lambda kind: (FAMILIES.index(kind.layer.family), kind.layer.label))


def edit_cells(values: Iterable[tuple[Entry, Param, ParamValue]]) -> tuple[Edit, list[Graph]] | None:
    """The edit of the document that sets all of `values` that are others than now, and the graphs that it changes.

    None when all of them hold already.
    """
    news = [(entry, param, value) for entry, param, value in values if _held(entry, param) != value]
    if not news:
        return None
    steps = [Within(entry.graph.block, SetParam(entry.id, param.name, value)) for entry, param, value in news]
    graphs = list(dict.fromkeys(entry.graph for entry, *_ in news))
    if len(steps) == 1:
        return steps[0], graphs
    names = {param.name for _, param, _ in news}
    what = names.pop().replace("_", " ") if len(names) == 1 else plural(len(names), "parameter")
    return Compound(f"Change {what} of {plural(len({entry for entry, *_ in news}), 'layer')}", tuple(steps)), graphs


def where_to_see(workspace: Workspace, graphs: list[Graph]) -> Scope:
    """Where a change of `graphs` is to be seen when it is undone: there, or where one is when it is in several."""
    if len(graphs) > 1 or graphs[0] is workspace.graph:
        return workspace.scope
    return scope_of(workspace.document, graphs[0].block) if graphs[0].block else Scope()


def _held(entry: Entry, param: Param) -> ParamValue:
    return entry.node.params.get(param.name, param.default)


def _entries(workspace: Workspace, source: Source) -> Iterator[Entry]:
    if source is Source.SELECTION:
        chosen = set(workspace.selection)
        yield from (entry for entry in _of(workspace.graph) if entry.id in chosen)
        return
    for graph in workspace.document.blocks.graphs() if source is Source.PROJECT else [workspace.graph]:
        yield from _of(graph)


def _of(graph: Graph) -> Iterator[Entry]:
    return (Entry(graph, node) for node in graph.wiring.topological_order())


def _declared(document: Graph, layers: Iterable[str]) -> Iterator[tuple[str, LayerSpec]]:
    for layer in layers:
        try:
            yield layer, layer_spec(document, layer)
        except UnknownLayerError:
            continue
