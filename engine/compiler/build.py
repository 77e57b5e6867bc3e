"""Compiles a graph into a `torch.fx.GraphModule`: plain generated Python, one submodule per layer.

An instance of a block becomes a `GraphModule` of its own, whose class is called after the block. The forward methods
are straight-line code, so a step costs what the same network written by hand costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import fx, nn

from engine.analysis.calls import carry_out, make_module
from engine.analysis.report import Analysis
from engine.analysis.shapes import ShapeInference
from engine.compiler.initialization import initialize
from engine.graph.block_edits import BLOCK_INPUT, ends
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, Node, NodeId
from engine.graph.params import Params
from engine.layers.blocks import copies, declared, resolved, variables_of
from engine.layers.spec import Call, LayerSpec


class CompileError(GraphError):
    """A graph that is not a network yet; its text is one sentence for the user."""


def build(graph: Graph, class_name: str = "Network", device: torch.device | str = "cpu") -> fx.GraphModule:
    """The module of `graph`, with weights drawn from torch's global random numbers.

    Submodules carry the names of the nodes and stand in topological order. What does not lead to an
    output is left out. Several inputs become several arguments, several outputs a tuple.

    Args:
        class_name: the name of the module's class.
        device: where the weights are; on the meta device nothing is allocated.

    Raises:
        CompileError: there is no input or output, or a node on the way has no known shape.
    """
    analysis = ShapeInference().analyse(graph)
    require_whole(graph, analysis, needed_nodes(graph))
    return _Assembly(graph, analysis, {}, device).module(class_name)


class _Assembly:
    """Puts the module of one graph together: of the network, or of one instance of a block."""

    def __init__(self, graph: Graph, analysis: Analysis, variables: Params, device: torch.device | str) -> None:
        self._graph = graph
        self._analysis = analysis
        self._variables = variables
        self._device = device
        self._root = nn.Module()
        self._plan = fx.Graph()
        self._tracer = fx.proxy.GraphAppendingTracer(self._plan)
        self._values: dict[NodeId, Any] = {}

    def module(self, class_name: str) -> fx.GraphModule:
        """Write every layer down, from the inputs on."""
        results: list[Any] = []
        order = needed_nodes(self._graph)
        # All inputs of a block are arguments, whether they are used or not, in the order of its ports.
        arguments = [node for node in order if self._layer(node).call is Call.INPUT]
        for node_id in ends(self._graph, BLOCK_INPUT) or arguments:
            name = self._graph.nodes[node_id].name.replace(".", "_")
            self._values[node_id] = fx.Proxy(self._plan.placeholder(name), self._tracer)
        for node_id in order:
            inputs = [self._value(edge) for edge in self._graph.incoming(node_id)]
            layer = self._layer(node_id)
            if layer.call is Call.OUTPUT:
                results.append((len(node_id), node_id, inputs[0]))
            elif layer.call is not Call.INPUT:
                self._values[node_id] = self._add(self._graph.nodes[node_id], layer, inputs)
        found = [value for _, _, value in sorted(results, key=lambda result: result[:2])]
        self._plan.output(fx.node.map_aggregate(found[0] if len(found) == 1 else tuple(found), _plain))
        return fx.GraphModule(self._root, self._plan, class_name)

    def _layer(self, node_id: NodeId) -> LayerSpec:
        return declared(self._graph, self._graph.nodes[node_id])

    def _value(self, edge: Edge) -> Any:
        node = self._graph.nodes[edge.source]
        several = len(declared(self._graph, node).output_ports(node.params)) > 1
        return self._values[edge.source][edge.source_port] if several else self._values[edge.source]

    def _add(self, node: Node, layer: LayerSpec, inputs: Sequence[Any]) -> Any:
        params = resolved(layer, node.params, self._variables)
        if layer.call is Call.BLOCK:
            return self._add_instance(node, layer, params, inputs)
        edges = self._graph.incoming(node.id)
        shapes = [self._analysis.nodes[edge.source].outputs[edge.source_port] for edge in edges]
        invocation = layer.invocation(shapes, params)
        module = None
        if layer.call is Call.MODULE:
            made = make_module(invocation, self._device)
            initialize(made, params)
            module = self._place(node.name, made)
        return carry_out(layer, params, invocation, inputs, module, self._function_call(node.name))

    def _add_instance(self, node: Node, layer: LayerSpec, params: Params, inputs: Sequence[Any]) -> Any:
        block = self._graph.blocks[layer.label]
        variables = variables_of(block, params)
        result: Any = inputs[0] if len(inputs) == 1 else tuple(inputs)
        fed = tuple(inputs)
        for name, inside in zip(copies(node, params), self._analysis.nodes[node.id].inside, strict=True):
            copy = _Assembly(block.graph, inside, variables, self._device).module(block.name)
            result = self._place(name, copy)(*fed)
            fed = (result,)
        return result

    def _place(self, path: str, module: nn.Module) -> Callable[..., fx.Proxy]:
        """Make `module` a submodule; the returned stand-in writes a call of it into the plan."""
        *containers, name = path.split(".")
        holder = self._root
        for container in containers:
            if not hasattr(holder, container):
                holder.add_module(container, nn.Module())
            holder = holder.get_submodule(container)
        if hasattr(holder, name):
            raise CompileError(f"Two layers would be called “{path}”: rename one, or change how its copies are called.")
        holder.add_module(name, module)

        def write(*arguments: Any, **kwargs: Any) -> fx.Proxy:
            return fx.Proxy(
                self._plan.call_module(path, fx.node.map_aggregate(arguments, _plain), kwargs), self._tracer
            )

        return write

    def _function_call(self, name: str) -> Callable[..., fx.Proxy]:
        """A stand-in for calling a function that writes the call into the plan, also of functions not of PyTorch."""

        def write(function: Callable[..., Any], *arguments: Any, **kwargs: Any) -> fx.Proxy:
            plain = fx.node.map_aggregate(arguments, _plain)
            called = self._plan.create_node("call_function", function, plain, kwargs, name=name.replace(".", "_"))
            return fx.Proxy(called, self._tracer)

        return write


def _plain(value: Any) -> Any:
    return value.node if isinstance(value, fx.Proxy) else value


def needed_nodes(graph: Graph) -> list[NodeId]:
    """The nodes that lead to an output, in topological order."""
    stack = [node.id for node in graph.nodes.values() if declared(graph, node).call is Call.OUTPUT]
    found = set(stack)
    while stack:
        for edge in graph.incoming(stack.pop()):
            if edge.source not in found:
                found.add(edge.source)
                stack.append(edge.source)
    return [node for node in graph.wiring.topological_order() if node in found]


def require_whole(graph: Graph, analysis: Analysis, order: Sequence[NodeId]) -> None:
    """Make sure that `graph` can be compiled.

    Args:
        analysis: what is known about it.
        order: its `needed_nodes`.

    Raises:
        CompileError: there is no input or output, or a node on the way has no known shape.
    """
    calls = {declared(graph, graph.nodes[node]).call for node in order}
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
