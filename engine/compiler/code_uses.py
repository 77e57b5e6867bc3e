"""How each block of a network is used: with which parameters and on which shapes, and what its layers become then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.analysis.report import Analysis
from engine.compiler.build import needed_nodes, require_whole
from engine.graph.block_edits import BLOCK_INPUT, ends
from engine.graph.model import Graph, Node, NodeId
from engine.graph.params import Params, ParamValue
from engine.layers.blocks import declared, resolved, variables_of
from engine.layers.spec import Call, Invocation, LayerSpec, TensorShape


@dataclass(frozen=True, slots=True)
class Site:
    """What a node is in one use of the graph that it stands in."""

    params: Params
    """Its parameters, with plain values."""
    shapes: tuple[TensorShape, ...]
    """What arrives at its inputs."""
    outputs: tuple[TensorShape, ...]
    """What leaves it."""
    invocation: Invocation | None = None
    """The call into PyTorch, of a layer that is one."""
    copies: tuple[Use, ...] = ()
    """Of an instance of a block, how each copy of the block is used."""


@dataclass(eq=False, slots=True)
class Use:
    """One way in which the network, or a block, is used."""

    variables: Params
    """The parameters of the block."""
    sites: Mapping[NodeId, Site]
    """What each node becomes that leads to an output."""
    count: int = 0
    """How many instances, or copies of one, are like this."""


@dataclass(slots=True)
class Uses:
    """Everything that a network consists of, blocks within blocks taken apart."""

    graph: Graph
    """The network itself."""
    of: dict[str, list[Use]] = field(default_factory=dict)
    """The different uses of each block, those of inner blocks first and that of the network, called "", last."""
    order: dict[str, list[NodeId]] = field(default_factory=dict)
    """The nodes of each of them that lead to an output, in the order in which they are computed."""
    layers: dict[tuple[str, NodeId], LayerSpec] = field(default_factory=dict)
    """What each of these nodes is."""
    _known: dict[tuple[str, tuple[tuple[str, ParamValue], ...], tuple[TensorShape, ...]], Use] = field(
        default_factory=dict
    )

    @classmethod
    def within(cls, graph: Graph, analysis: Analysis) -> Uses:
        """All uses within `graph`, given what is known about it.

        Raises:
            CompileError: it is not whole, as `build` says.
        """
        require_whole(graph, analysis, needed_nodes(graph))
        uses = cls(graph)
        uses._use("", graph, {}, (), analysis)
        uses._count()
        return uses

    def _count(self) -> None:
        """Count the copies of everything, from the outside in."""
        for block in reversed(self.of):
            for use in self.of[block]:
                use.count = use.count if block else 1
                for site in use.sites.values():
                    for copy in site.copies:
                        copy.count += use.count

    def graph_of(self, block: str) -> Graph:
        """The inside of a block, or the network itself."""
        return self.graph.blocks.graph(block)

    def _use(
        self, block: str, graph: Graph, variables: Params, inputs: tuple[TensorShape, ...], analysis: Analysis
    ) -> Use:
        key = (block, tuple(sorted(variables.items())), inputs)
        if key in self._known:
            return self._known[key]
        if block not in self.order:
            self.order[block] = needed_nodes(graph)
            self.layers.update(((block, node), declared(graph, graph.nodes[node])) for node in self.order[block])
        sites = {node: self._site(block, graph, node, variables, analysis) for node in self.order[block]}
        use = self._known[key] = Use(variables, sites)
        self.of.setdefault(block, []).append(use)
        return use

    def _site(self, block: str, graph: Graph, node_id: NodeId, variables: Params, analysis: Analysis) -> Site:
        node, layer = graph.nodes[node_id], self.layers[block, node_id]
        params = resolved(layer, node.params, variables)
        edges = graph.incoming(node_id)
        shapes = tuple(analysis.nodes[edge.source].outputs[edge.source_port] for edge in edges)
        outputs = analysis.nodes[node_id].outputs
        match layer.call:
            case Call.INPUT | Call.OUTPUT | Call.FORMULA:
                return Site(params, shapes, outputs)
            case Call.BLOCK:
                return Site(params, shapes, outputs, copies=self._copies(graph, node, layer, params, analysis))
        return Site(params, shapes, outputs, layer.invocation(shapes, params))

    def _copies(
        self, graph: Graph, node: Node, layer: LayerSpec, params: Params, analysis: Analysis
    ) -> tuple[Use, ...]:
        block = graph.blocks[layer.label]
        variables = variables_of(block, params)
        return tuple(
            self._use(
                block.name,
                block.graph,
                variables,
                tuple(inside.nodes[end].outputs[0] for end in ends(block.graph, BLOCK_INPUT)),
                inside,
            )
            for inside in analysis.nodes[node.id].inside
        )


def parameter_count(graph: Graph, analysis: Analysis) -> int:
    """The learnable numbers of the layers that lead to an output."""
    return sum(analysis.nodes[node].parameters for node in needed_nodes(graph))
