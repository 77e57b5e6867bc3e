"""Shapes, parameters and FLOPs of every node, by running the real layers on the meta device.

Nothing is allocated and no shape rule is written by hand. Results are remembered per (layer, parameters,
input shapes), so that after an edit only what lies downstream of it is run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from engine.analysis.calls import call_target, make_module
from engine.analysis.report import UNKNOWN, Analysis, NodeReport
from engine.graph.model import Graph, Node, NodeId
from engine.graph.params import ParamValue
from engine.layers.registry import spec
from engine.layers.spec import Call, LayerSpec, TensorShape

_BATCH = 2
_MAX_REMEMBERED = 50_000

_Key = tuple[str, tuple[tuple[str, ParamValue], ...], tuple[TensorShape, ...]]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a value comes from."""

    node: NodeId
    port: int


class ShapeInference:
    """Analyses graphs and remembers what layers do to shapes."""

    def __init__(self) -> None:
        self._remembered: dict[_Key, NodeReport] = {}

    def analyse(self, graph: Graph) -> Analysis:
        """A report for each node of `graph`; a node behind a failed one is waiting, all others are known."""
        reports: dict[NodeId, NodeReport] = {}
        for node_id in graph.topological_order():
            node = graph.nodes[node_id]
            sources = [_Source(edge.source, edge.source_port) for edge in graph.incoming(node_id)]
            reports[node_id] = self._report(node, sources, reports)
        return Analysis(reports)

    def _report(self, node: Node, sources: Sequence[_Source], reports: dict[NodeId, NodeReport]) -> NodeReport:
        declared = spec(node.layer)
        if declared.call is Call.INPUT:
            shape = node.params["shape"]
            assert isinstance(shape, tuple)
            return NodeReport((shape,))
        wired = len(sources) >= (1 if declared.is_variadic else len(declared.inputs))
        shapes: list[TensorShape] = []
        for source in sources:
            outputs = reports[source.node].outputs
            if source.port >= len(outputs):
                return UNKNOWN
            shapes.append(outputs[source.port])
        return self._remember(declared, node, tuple(shapes)) if wired else UNKNOWN

    def _remember(self, declared: LayerSpec, node: Node, shapes: tuple[TensorShape, ...]) -> NodeReport:
        key = (node.layer, tuple(sorted(node.params.items())), shapes)
        report = self._remembered.get(key)
        if report is None:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            report = self._remembered[key] = measure(declared, node, shapes)
        return report


def measure(declared: LayerSpec, node: Node, shapes: Sequence[TensorShape]) -> NodeReport:
    """Run one layer on inputs of `shapes` on the meta device and report what comes out and what it costs."""
    objection = declared.objection(shapes, node.params)
    if objection:
        return NodeReport(error=objection)
    if declared.call is Call.OUTPUT:
        return NodeReport((shapes[0],))
    invocation = declared.invocation(shapes, node.params)
    inputs = [torch.empty((_BATCH, *shape), device="meta") for shape in shapes]
    try:
        module = make_module(invocation, device="meta") if declared.call is Call.MODULE else None
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            result = module(*inputs) if module is not None else call_target(declared.call, invocation, inputs)
    except (RuntimeError, ValueError, IndexError, TypeError, OverflowError) as error:
        return NodeReport(error=f"{declared.label} cannot work here: {_first_sentence(error)}")
    outputs = result if isinstance(result, tuple) else (result,)
    return NodeReport(
        outputs=tuple(tuple(output.shape[1:]) for output in outputs),
        parameters=_count_parameters(module),
        flops=counter.get_total_flops() // _BATCH,
    )


def _count_parameters(module: nn.Module | None) -> int:
    return 0 if module is None else sum(parameter.numel() for parameter in module.parameters())


def _first_sentence(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{text[0].rstrip('.')[:200]}." if text else f"{type(error).__name__}."
