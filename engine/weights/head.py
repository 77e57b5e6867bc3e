"""The head of a network: what decides how many values come out; no torch.

All before it, the backbone, turns a sample into features that serve other tasks as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.graph import expressions
from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT, Within, ends
from engine.graph.blocks import block_of
from engine.graph.edits import Compound, Edit, SetParam
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, Node, NodeId
from engine.graph.params import ParamError, Params
from engine.layers.blocks import REPEAT, copies, declared, resolved, variables_of
from engine.layers.spec import Call, LayerSpec

_UNITS = ("out_features", "out_channels", "hidden_size")
"""The parameters by which a layer decides how many values or channels come out of it."""
_ADAPTABLE = _UNITS[:2]
"""Those that can be set to the number of classes."""


@dataclass(frozen=True, slots=True)
class HeadLayer:
    """A layer that decides how many values come out at an Output."""

    place: tuple[NodeId, ...]
    """The instances of blocks that it lies in, from the network on, and the layer itself."""
    module: str
    """Its path in the compiled model."""


@dataclass(frozen=True, slots=True)
class Head:
    """The layers that decide what comes out, and everything behind them."""

    layers: tuple[HeadLayer, ...] = ()
    """Those that decide; one for each Output in most networks."""
    modules: frozenset[str] = frozenset()
    """Their paths in the compiled model and the paths of all layers behind them."""

    def holds(self, path: str) -> bool:
        """Whether the module or tensor `path` of the compiled model belongs to the head."""
        parts = path.split(".")
        return any(".".join(parts[:count]) in self.modules for count in range(1, len(parts) + 1))


@dataclass(frozen=True, slots=True)
class _Level:
    """One graph on the way down into blocks: of the network, or of one copy of an instance."""

    graph: Graph
    variables: Params = field(default_factory=dict)
    prefix: str = ""
    place: tuple[NodeId, ...] = ()
    around: _Level | None = None
    index: int = 0


def head_of(graph: Graph) -> Head:
    """The head of a network: on each way back from an Output, the last layer that decides the number of values.

    Ways lead into blocks, and through layers such as activations, pools and merges, to all that they merge.

    Raises:
        GraphError: an instance of a block on one of the ways cannot be with the values that it gets.
    """
    search = _Search()
    level = _Level(graph)
    for node in graph.nodes.values():
        if declared(graph, node).call is Call.OUTPUT:
            search.go_back(level, graph.incoming(node.id))
    return Head(tuple(search.layers), frozenset(search.modules))


def adapt_head(graph: Graph, classes: int) -> Compound:
    """The edit that gives each layer that decides what comes out one unit, or filter, per class.

    Raises:
        GraphError: no layer decides, or one cannot be set, because other things depend on it.
    """
    head = head_of(graph)
    if not head.layers:
        raise GraphError("No layer decides how many values come out: put a Dense layer before the Output.")
    steps: list[Edit] = []
    for layer in head.layers:
        node = _within(graph, layer.place[:-1]).nodes[layer.place[-1]]
        name = next((name for name in _ADAPTABLE if name in node.params), None)
        if name is None:
            raise GraphError(f"“{layer.module}” cannot give one value per class: put a Dense layer behind it.")
        steps += [step for step in _set(graph, layer, layer.place, name, classes) if step not in steps]
    return Compound(f"Decide between {classes:,} classes", tuple(steps))


class _Search:
    """Walks back from the outputs and notes what it meets."""

    def __init__(self) -> None:
        self.layers: list[HeadLayer] = []
        self.modules: set[str] = set()
        self._seen: set[tuple[str, int]] = set()

    def go_back(self, level: _Level, edges: list[Edge]) -> None:
        """Follow all of `edges` to where they come from."""
        waiting = [(level, edge) for edge in edges]
        while waiting:
            level, edge = waiting.pop()
            node = level.graph.nodes[edge.source]
            seen = (level.prefix + node.name, edge.source_port)
            if seen not in self._seen:
                self._seen.add(seen)
                waiting.extend(self._before(level, node, edge.source_port))

    def _before(self, level: _Level, node: Node, port: int) -> Iterator[tuple[_Level, Edge]]:
        """Where to go on from output `port` of `node`."""
        layer = declared(level.graph, node)
        if layer.id == BLOCK_INPUT:
            yield from _out_of(level, node)
        elif layer.call is Call.BLOCK:
            inside = _copy(level, node, layer, -1)
            yield from _outputs(inside, port)
        elif layer.call is not Call.INPUT:
            path = level.prefix + node.name
            self.modules.add(path)
            if any(name in node.params for name in _UNITS):
                self.layers.append(HeadLayer((*level.place, node.id), path))
            else:
                yield from ((level, edge) for edge in level.graph.incoming(node.id))


def _copy(level: _Level, node: Node, layer: LayerSpec, index: int) -> _Level:
    """The inside of one copy of an instance, counted from 0, or from the last one down by negative numbers."""
    block = level.graph.blocks[layer.label]
    try:
        params = resolved(layer, node.params, level.variables)
    except ParamError as error:
        raise GraphError(f"In “{level.prefix}{node.name}”: {error}") from error
    names = copies(node, params)
    return _Level(
        block.graph,
        variables_of(block, params),
        f"{level.prefix}{names[index]}.",
        (*level.place, node.id),
        level,
        index % len(names),
    )


def _outputs(inside: _Level, port: int) -> Iterator[tuple[_Level, Edge]]:
    end = ends(inside.graph, BLOCK_OUTPUT)[port]
    return ((inside, edge) for edge in inside.graph.incoming(end))


def _out_of(level: _Level, node: Node) -> Iterator[tuple[_Level, Edge]]:
    """From an input of a block on to what feeds it: the copy before, or what the instance is wired to."""
    around = level.around
    if around is None:
        return
    instance = around.graph.nodes[level.place[-1]]
    if level.index:
        before = _copy(around, instance, declared(around.graph, instance), level.index - 1)
        yield from _outputs(before, 0)
        return
    port = ends(level.graph, BLOCK_INPUT).index(node.id)
    yield from ((around, edge) for edge in around.graph.incoming(instance.id) if edge.target_port == port)


def _within(graph: Graph, place: tuple[NodeId, ...]) -> Graph:
    """The graph inside the instances `place`, entered one after another."""
    for instance in place:
        graph = graph.blocks.graph(block_of(graph.nodes[instance].layer) or "")
    return graph


def _set(graph: Graph, layer: HeadLayer, place: tuple[NodeId, ...], name: str, classes: int) -> list[Edit]:
    """The edits that make `classes` the value of a parameter; where that is a block's own, of the instance's."""
    inside = _within(graph, place[:-1])
    value = inside.nodes[place[-1]].params[name]
    if value == classes:
        return []
    if isinstance(value, str) and expressions.is_expression(value):
        owner = value.removeprefix(expressions.MARK).strip()
        if not any(param.name == owner for param in inside.blocks[inside.block].params):
            raise GraphError(
                f"“{layer.module}” computes its size as “{value}”: set it to {classes:,} classes in the block "
                f"“{inside.block}” yourself."
            )
        return _set(graph, layer, place[:-1], owner, classes)
    try:
        checked = declared(inside, inside.nodes[place[-1]]).param(name).check(classes)
    except ParamError as error:
        raise GraphError(f"“{layer.module}” cannot give {classes:,} values: {error}") from error
    step = SetParam(place[-1], name, checked)
    if not inside.block:
        return [step]
    instances = graph.blocks.instances(inside.block)
    if len(instances) > 1 or instances[0][1].params.get(REPEAT.name, 1) != 1:
        raise GraphError(
            f"“{layer.module}” lies in the block “{inside.block}”, which is placed several times: make the last one "
            "unique first."
        )
    return [Within(inside.block, step)]
