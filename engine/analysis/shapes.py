"""Shapes and costs of every node, by running the real layers on the meta device.

Nothing is allocated and no shape rule is written by hand. Results are remembered per (layer, parameters,
inputs), so that after an edit only what lies downstream of it is run again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import prod

from engine.analysis.activations import Ledger, entering, feed_of, inference_peak, summary
from engine.analysis.costs import measure
from engine.analysis.report import UNKNOWN, Analysis, Feed, Footprint, NodeReport, Value
from engine.graph.block_edits import BLOCK_OUTPUT, ends
from engine.graph.blocks import Block, BlockDefinition, Blocks
from engine.graph.model import Graph, Node, NodeId
from engine.graph.params import ParamError, Params, ParamValue
from engine.layers.blocks import REPEAT, declared, resolved, variables_of
from engine.layers.registry import UnknownLayerError
from engine.layers.spec import Call, LayerSpec, TensorShape, whole

_MAX_REMEMBERED = 50_000
_BYTES = 4
"""Of a 32-bit number."""

_Key = tuple[str, tuple[tuple[str, ParamValue], ...], tuple[Feed, ...]]
_Feeds = tuple[Feed, ...]


class ShapeInference:
    """Analyses graphs and remembers what layers do to shapes."""

    def __init__(self, other: ShapeInference | None = None) -> None:
        # What is known of layers holds everywhere, so `other` and this one share it.
        self._layers: dict[_Key, NodeReport] = {} if other is None else other._layers
        self._instances: dict[_Key, NodeReport] = {}
        self._insides: dict[_Key, Analysis] = {}
        self._ledger = Ledger()
        # What is remembered of blocks holds for these blocks at this version of them.
        self._blocks_of: tuple[Blocks | None, int] = (None, 0)
        self._definitions: list[BlockDefinition] = []

    def analyse(self, graph: Graph) -> Analysis:
        """A report for each node of `graph`; a node behind a failed one is waiting, all others are known."""
        self._forget_other_blocks(graph.blocks)
        nodes = self._walk(graph, {}, {})
        return self._ledger.settled(graph, Analysis(nodes, inference_peak(graph, nodes)))

    def _forget_other_blocks(self, blocks: Blocks) -> None:
        """Forget what is known of blocks unless `blocks` are the same as before, perhaps in a copy of the project."""
        is_full = len(self._instances) + len(self._insides) > _MAX_REMEMBERED
        if self._blocks_of[0] is blocks and self._blocks_of[1] == blocks.version and not is_full:
            return
        self._blocks_of = (blocks, blocks.version)
        definitions = [block.definition() for block in blocks.values()]
        if is_full or definitions != self._definitions:
            self._definitions = definitions
            self._instances.clear()
            self._insides.clear()
            self._ledger.clear()

    def _walk(self, graph: Graph, known: Mapping[NodeId, NodeReport], variables: Params) -> dict[NodeId, NodeReport]:
        """A report for each node, in topological order; those of `known` are given."""
        reports: dict[NodeId, NodeReport] = {}
        for node_id in graph.wiring.topological_order():
            given = known.get(node_id)
            reports[node_id] = given or self._report(graph, graph.nodes[node_id], reports, variables)
        return reports

    def _report(self, graph: Graph, node: Node, reports: Mapping[NodeId, NodeReport], variables: Params) -> NodeReport:
        try:
            layer = declared(graph, node)
            params = resolved(layer, node.params, variables)
        except UnknownLayerError:
            return NodeReport(error=f"“{node.name}” is an instance of a block that is not in the project.")
        except ParamError as error:
            return NodeReport(error=str(error))
        if layer.call is Call.INPUT:
            return _network_input(params.get("shape"))
        feeds = _feeds(graph, node, layer, reports)
        if feeds is None:
            return UNKNOWN
        remembered = self._instances if layer.call is Call.BLOCK else self._layers
        key = (node.layer, tuple(sorted(params.items())), feeds)
        report = remembered.get(key)
        if report is None:
            if len(remembered) >= _MAX_REMEMBERED:
                remembered.clear()
            report = remembered[key] = (
                self._instance(layer, graph.blocks[layer.label], params, feeds)
                if layer.call is Call.BLOCK
                else measure(layer, params, feeds)
            )
        return report

    def _instance(self, layer: LayerSpec, block: Block, params: Params, feeds: _Feeds) -> NodeReport:
        """Follow `feeds` through each copy of a block."""
        number = whole(params[REPEAT.name])
        if number > 1 and (len(layer.inputs) != 1 or len(layer.outputs) != 1):
            return NodeReport(error=f"“{layer.label}” needs one input and one output to be repeated.")
        variables = variables_of(block, params)
        inside: list[Analysis] = []
        for _ in range(number):
            analysis = self._inside(layer, block, variables, feeds)
            inside.append(analysis)
            outputs = [analysis.nodes[end].outputs for end in ends(block.graph, BLOCK_OUTPUT)]
            error = _inner_error(block.graph, analysis, outputs)
            if error:
                return NodeReport(error=error, inside=tuple(inside))
            feeds = tuple(feed_of(analysis.nodes[end], 0) for end in ends(block.graph, BLOCK_OUTPUT))
        return NodeReport(
            outputs=tuple(feed.shape for feed in feeds),
            parameters=sum(analysis.parameters for analysis in inside),
            buffers=sum(analysis.buffers for analysis in inside),
            buffer_bytes=sum(analysis.buffer_bytes for analysis in inside),
            flops=sum(analysis.flops for analysis in inside),
            inside=tuple(inside),
            footprint=inside[-1].footprint,
        )

    def _inside(self, layer: LayerSpec, block: Block, variables: Params, feeds: _Feeds) -> Analysis:
        """What is known about one copy of a block; copies that get the same are one and the same."""
        key = (layer.id, tuple(sorted(variables.items())), feeds)
        analysis = self._insides.get(key)
        if analysis is None:
            nodes = self._walk(block.graph, entering(block.graph, feeds), variables)
            whole_block = all(nodes[end].outputs for end in ends(block.graph, BLOCK_OUTPUT))
            footprint = summary(block.graph, nodes) if whole_block else Footprint()
            analysis = self._insides[key] = Analysis(nodes, inference_peak(block.graph, nodes), footprint)
        return analysis


@lru_cache(maxsize=256)
def _network_input(shape: ParamValue | None) -> NodeReport:
    # The same report for the same shape: what is remembered of reports would grow with each analysis.
    if not isinstance(shape, tuple):
        return UNKNOWN
    return NodeReport((shape,), footprint=Footprint((Value(_BYTES * prod(shape), learns=False),)))


def _feeds(graph: Graph, node: Node, layer: LayerSpec, reports: Mapping[NodeId, NodeReport]) -> _Feeds | None:
    """What arrives at `node`; None while an input is not wired or what feeds it is not known."""
    incoming = graph.incoming(node.id)
    if len(incoming) < (1 if layer.is_variadic else len(layer.inputs)):
        return None
    feeds: list[Feed] = []
    for edge in incoming:
        report = reports[edge.source]
        if edge.source_port >= len(report.outputs):
            return None
        feeds.append(feed_of(report, edge.source_port))
    return tuple(feeds)


def _inner_error(graph: Graph, analysis: Analysis, outputs: Sequence[tuple[TensorShape, ...]]) -> str | None:
    for node, report in analysis.nodes.items():
        if report.error:
            return f"In “{graph.nodes[node].name}”: {report.error}"
    if not outputs:
        return f"The block “{graph.block}” has no Block output: enter it, add one and wire the last layer to it."
    if not all(outputs):
        return f"In the block “{graph.block}” not everything on the way to its output is wired."
    return None
