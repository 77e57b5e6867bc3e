"""Where problems are looked for: the network, and the inside of every instance of a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from engine.analysis.preflight.task import Task
from engine.analysis.problem import Fix, Problem, Severity
from engine.analysis.report import UNKNOWN, Analysis, NodeReport
from engine.graph.block_edits import Within
from engine.graph.blocks import block_of
from engine.graph.edits import Edit
from engine.graph.errors import GraphError
from engine.graph.model import Graph, Node, NodeId
from engine.graph.params import ParamError, Params
from engine.layers.blocks import layer_spec, resolved, variables_of
from engine.layers.registry import UnknownLayerError
from engine.layers.spec import Call, LayerSpec, TensorShape

_MOST_TRIALS = 24
"""A network with more problems than this is mended step by step."""


class Trials:
    """Tries fixes on copies of the network before they are offered.

    Args:
        graph: the network.
        analysis: what is known about it.
        analyse: analyses a copy; without it, everything is taken to work.
    """

    def __init__(self, graph: Graph, analysis: Analysis, analyse: Callable[[Graph], Analysis] | None) -> None:
        self._graph = graph
        self._analysis = analysis
        self._analyse = analyse
        self._left = _MOST_TRIALS

    def works(self, edit: Edit, path: Sequence[NodeId] = (), node: NodeId | None = None) -> bool:
        """Whether everything works after `edit` that did so before, and also `node` inside the instances of `path`."""
        if self._analyse is None:
            return True
        if self._left == 0:
            return False
        self._left -= 1
        copy = self._graph.snapshot()
        try:
            edit.apply(copy)
        except GraphError:
            return False
        before, after = self._analysis.nodes, self._analyse(copy)
        kept = (known for known, report in before.items() if report.outputs and known in after.nodes)
        if not all(after.nodes[known].outputs for known in kept):
            return False
        if path and after.nodes[path[0]].error and after.nodes[path[0]].error == before[path[0]].error:
            return False
        inside = after.at(path)
        return inside is None or node is None or node not in inside.nodes or inside.nodes[node].error is None


@dataclass(frozen=True, slots=True)
class Place:
    """The network, or the inside of one copy of an instance, with what is known about it."""

    graph: Graph
    analysis: Analysis
    trials: Trials
    path: tuple[NodeId, ...] = ()
    """The instances that lead there, one inside the other."""
    variables: Params = field(default_factory=dict)
    """The values of the block's parameters."""
    specs: dict[str, LayerSpec | None] = field(default_factory=dict)
    """The declarations found so far, which all places share."""

    @property
    def is_network(self) -> bool:
        """Whether this is the network itself."""
        return not self.graph.block

    def report(self, node: NodeId) -> NodeReport:
        """What is known about a node."""
        return self.analysis.nodes.get(node, UNKNOWN)

    def layer(self, node: NodeId) -> LayerSpec | None:
        """The declaration of a node; None for an instance of a block that is not in the project."""
        name = self.graph.nodes[node].layer
        if name not in self.specs:
            try:
                self.specs[name] = layer_spec(self.graph, name)
            except UnknownLayerError:
                self.specs[name] = None
        return self.specs[name]

    def params(self, node: NodeId) -> Params | None:
        """The parameters of a node with plain values for expressions; None when one cannot be computed."""
        layer = self.layer(node)
        try:
            return None if layer is None else resolved(layer, self.graph.nodes[node].params, self.variables)
        except ParamError:
            return None

    def inputs(self, node: NodeId) -> list[TensorShape]:
        """The shapes of what is wired to a node; nothing when one of them is not known."""
        shapes = []
        for edge in self.graph.incoming(node):
            outputs = self.report(edge.source).outputs
            if edge.source_port >= len(outputs):
                return []
            shapes.append(outputs[edge.source_port])
        return shapes

    def ends(self, *calls: Call) -> list[Node]:
        """The nodes that are called in one of these ways, such as inputs."""
        nodes = self.graph.nodes.values()
        examples = {node.layer: node.id for node in nodes}
        kinds = {name: self.layer(node) for name, node in examples.items()}
        wanted = {name for name, layer in kinds.items() if layer is not None and layer.call in calls}
        # By id and not as the graph has them, so that undoing and reopening do not change which one counts.
        return sorted((node for node in nodes if node.layer in wanted), key=lambda node: (len(node.id), node.id))

    def edit(self, edit: Edit) -> Edit:
        """`edit` of this graph as one of the whole project."""
        return edit if self.is_network else Within(self.graph.block, edit)

    def works(self, edit: Edit, node: NodeId) -> bool:
        """Whether `edit` of this graph makes `node` work and spoils nothing else."""
        return self.trials.works(self.edit(edit), self.path, node)

    def problem(
        self, severity: Severity, sentence: str, node: NodeId | None = None, fixes: Sequence[Fix] = ()
    ) -> Problem:
        """A problem in this place; `fixes` are edits of this graph."""
        whole = [Fix(fix.label, self.edit(fix.edit)) for fix in fixes]
        first = whole[0] if whole else None
        return Problem(
            severity,
            sentence,
            node,
            first.edit if first else None,
            first.label if first else "",
            tuple(whole[1:]),
            self.graph.block,
            self.path,
        )


Rule = Callable[[Place, Task], Iterator[Problem]]
"""Finds problems of one kind in one place."""


def places(graph: Graph, analysis: Analysis, trials: Trials) -> Iterator[Place]:
    """The network and the insides of all instances; of those about which the same is known, the first."""
    seen: set[int] = set()
    waiting = [Place(graph, analysis, trials)]
    while waiting:
        place = waiting.pop(0)
        yield place
        for node, report in place.analysis.nodes.items():
            for inside in report.inside:
                if id(inside) not in seen:
                    seen.add(id(inside))
                    waiting.append(_inside(place, node, inside))


def _inside(place: Place, node: NodeId, inside: Analysis) -> Place:
    block = place.graph.blocks[block_of(place.graph.nodes[node].layer) or ""]
    variables = variables_of(block, place.params(node) or {})
    return Place(block.graph, inside, place.trials, (*place.path, node), variables, place.specs)
