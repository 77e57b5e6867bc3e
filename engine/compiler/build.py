"""Compiles a graph into a `torch.fx.GraphModule`: plain generated Python, one submodule per layer.

The forward method is straight-line code, so a step costs what the same network written by hand costs.
"""

from __future__ import annotations

from torch import fx, nn

from engine.analysis.calls import make_module, resolve
from engine.analysis.report import Analysis
from engine.analysis.shapes import ShapeInference
from engine.compiler.initialization import initialize
from engine.graph.model import Graph, GraphError, NodeId
from engine.layers.registry import spec
from engine.layers.spec import Call, Invocation


class CompileError(GraphError):
    """A graph that is not a network yet; its text is one sentence for the user."""


def build(graph: Graph, class_name: str = "Network") -> fx.GraphModule:
    """The module of `graph` on the CPU, with weights drawn from torch's global random numbers.

    Submodules carry the names of the nodes and stand in topological order. What does not lead to an
    output is left out. Several inputs become several arguments, several outputs a tuple.

    Raises:
        CompileError: there is no input or output, or a node on the way has no known shape.
    """
    analysis = ShapeInference().analyse(graph)
    needed = _leading_to_output(graph)
    order = [node for node in graph.topological_order() if node in needed]
    _require_whole(graph, analysis, order)
    root = nn.Module()
    plan = fx.Graph()
    values: dict[NodeId, fx.Node] = {}
    results: list[fx.Node] = []
    for node_id in order:
        node = graph.nodes[node_id]
        declared = spec(node.layer)
        incoming = graph.incoming(node_id)
        inputs = [values[edge.source] for edge in incoming]
        shapes = [analysis.nodes[edge.source].outputs[edge.source_port] for edge in incoming]
        match declared.call:
            case Call.INPUT:
                values[node_id] = plan.placeholder(node.name)
            case Call.OUTPUT:
                results.append(inputs[0])
            case Call.MODULE:
                module = make_module(declared.invocation(shapes, node.params))
                initialize(module, node.params)
                root.add_module(node.name, module)
                values[node_id] = plan.call_module(node.name, tuple(inputs))
            case Call.FOLD | Call.LIST:
                invocation = declared.invocation(shapes, node.params)
                values[node_id] = _call_function(plan, declared.call, invocation, inputs, node.name)
    plan.output(results[0] if len(results) == 1 else tuple(results))
    return fx.GraphModule(root, plan, class_name)


def _call_function(plan: fx.Graph, call: Call, invocation: Invocation, inputs: list[fx.Node], name: str) -> fx.Node:
    function = resolve(invocation.target)
    if call is Call.LIST:
        return plan.create_node("call_function", function, (list(inputs),), dict(invocation.kwargs), name=name)
    folded = inputs[0]
    for value in inputs[1:]:
        folded = plan.create_node("call_function", function, (folded, value), dict(invocation.kwargs), name=name)
    return folded


def _leading_to_output(graph: Graph) -> set[NodeId]:
    stack = [node.id for node in graph.nodes.values() if spec(node.layer).call is Call.OUTPUT]
    found = set(stack)
    while stack:
        for edge in graph.incoming(stack.pop()):
            if edge.source not in found:
                found.add(edge.source)
                stack.append(edge.source)
    return found


def _require_whole(graph: Graph, analysis: Analysis, order: list[NodeId]) -> None:
    calls = {spec(graph.nodes[node].layer).call for node in order}
    if Call.OUTPUT not in calls:
        raise CompileError("The network has no Output: add one and wire the last layer to it.")
    for node in order:
        report = analysis.nodes[node]
        if report.error:
            raise CompileError(f"“{graph.nodes[node].name}”: {report.error}")
    for node in order:
        if analysis.nodes[node].waiting:
            raise CompileError(f"“{graph.nodes[node].name}” lacks an input: wire every layer on the way to the Output.")
    if Call.INPUT not in calls:
        raise CompileError("The network has no Input: add one and wire it to the first layer.")
