"""What tests of the analysis share: what PyTorch keeps of a real network, and random networks.

A random network is grown layer by layer from an Input, over the whole catalogue; then some of its layers are grouped
into blocks, with parameters, copies and instances inside one another.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import strategies as st
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode

from engine.analysis.report import Analysis
from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph.block_edits import DescribeBlock, Within
from engine.graph.edits import SetParam, remove
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, NodeId
from engine.graph.params import Int, ParamValue
from engine.layers.blocks import copies, declared
from engine.layers.grouping import group
from engine.layers.nodes import new_node
from engine.layers.registry import specs
from engine.layers.spec import Call, LayerSpec, TensorShape

MOST_VALUES = 3_000
"""So that networks that grow by chance stay quick."""
WIDTHS = ("out_features", "out_channels", "hidden_size")
Feed = tuple[NodeId, int, TensorShape]


class Reality:
    """What PyTorch does with the compiled network on a CPU."""

    def kept(self, graph: Graph, batch: int) -> int:
        """The bytes of all memory that autograd keeps of one forward pass, weights and buffers apart."""
        model = build(graph).train()
        own = {_memory(tensor) for tensor in (*model.parameters(), *model.buffers())}
        kept: list[torch.UntypedStorage] = []
        inputs = self.inputs(graph, batch)
        # A tensor that is kept together with how it was made would never be freed.
        with saved_tensors_hooks(lambda tensor: kept.append(tensor.untyped_storage()), lambda nothing: nothing):
            model(*inputs)
        sizes = {storage._cdata: storage.nbytes() for storage in kept}
        return sum(size for memory, size in sizes.items() if memory not in own)

    def peak(self, graph: Graph) -> int:
        """The most bytes that lived at one time in a forward pass of one sample without gradients, weights apart."""
        model = build(graph).eval()
        inputs = self.inputs(graph, 1)
        own = {_memory(tensor) for tensor in (*model.parameters(), *model.buffers(), *inputs)}
        with torch.no_grad(), _Living(own) as living:
            model(*inputs)
        return living.peak + sum(tensor.nbytes for tensor in inputs)

    def inputs(self, graph: Graph, batch: int) -> list[Tensor]:
        """Zeros for each Input."""
        nodes = [graph.nodes[node] for node in graph.wiring.topological_order()]
        return [torch.zeros(batch, *node.params["shape"]) for node in nodes if node.layer == "input"]  # type: ignore[misc]


class _Living(TorchDispatchMode):
    """Adds up the memory that is alive behind each operation."""

    def __init__(self, own: set[int]) -> None:
        super().__init__()
        self.peak = 0
        self._own = own
        self._living: dict[int, tuple[StorageWeakRef, int]] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in result if isinstance(result, (tuple, list)) else (result,):
            if isinstance(tensor, Tensor) and _memory(tensor) not in self._own:
                storage = tensor.untyped_storage()
                self._living[_memory(tensor)] = (StorageWeakRef(storage), storage.nbytes())
        self._living = {memory: entry for memory, entry in self._living.items() if not entry[0].expired()}
        self.peak = max(self.peak, sum(size for _, size in self._living.values()))
        return result


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


def _layer_harness() -> Any:
    """The harness of the tests of layers, which knows what parameters make sense."""
    folder = Path(__file__).parents[1] / "layers"
    found = importlib.util.spec_from_file_location("layer_harness", folder / "conftest.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.Harness(module.read_tables(folder / "cases"))


class Networks:
    """Draws networks over the whole catalogue."""

    def __init__(self) -> None:
        self._harness = _layer_harness()
        self._inference = ShapeInference()
        self.catalogue = [each for each in specs() if each.call not in (Call.INPUT, Call.OUTPUT)]

    def uses(self, layer: LayerSpec) -> st.SearchStrategy[Any]:
        """Values of all parameters of a layer and a shape for each input, mostly such that they work."""
        return self._harness.uses(layer)

    def analyse(self, graph: Graph) -> Analysis:
        """An analysis that remembers layers from one network to the next."""
        return self._inference.analyse(graph)

    def valid(self, most: int = 8, *, expose: bool = False) -> st.SearchStrategy[Graph]:
        """Networks with one Input that compile.

        Args:
            most: how many layers they have at most, before some become blocks.
            expose: whether every value of the network has an Output, and not only those that nothing else uses.
        """

        @st.composite
        def drawn(draw: st.DrawFn) -> Graph:
            graph = Graph()
            rank = draw(st.sampled_from((3, 3, 2, 1, 4)))
            shape = draw(st.tuples(*[st.integers(1, 4 if rank == 4 else 8)] * rank))
            graph.add_node(new_node(graph, "input", shape=shape))
            for _ in range(draw(st.integers(2, most))):
                self._grow(draw, graph)
            for _ in range(draw(st.integers(0, 2))):
                self._group(draw, graph)
            self._number(draw, graph)
            for node, port, _ in list(self._values(graph)):
                used = any(edge.source_port == port for edge in graph.outgoing(node))
                if expose or not used:
                    output = new_node(graph, "output", (0.0, 96.0 * len(graph.nodes)))
                    graph.add_node(output)
                    graph.add_edge(Edge(node, port, output.id, 0))
            return graph

        return drawn()

    def _number(self, draw: st.DrawFn, graph: Graph) -> None:
        """Let the copies of one instance count on from its name, where no other layer is called like one of them."""
        for node in list(graph.nodes.values()):
            if node.params.get("repeat", 1) != 1 and draw(st.booleans()):
                named = copies(node, {**node.params, "numbering": "beside"})
                if not any(graph.named(name) for name in named if name != node.name):
                    SetParam(node.id, "numbering", "beside").apply(graph)
                    return

    def _values(self, graph: Graph) -> Iterator[Feed]:
        for node, report in self.analyse(graph).nodes.items():
            layer = declared(graph, graph.nodes[node])
            for port, shape in enumerate(report.outputs if layer.outputs else ()):
                yield node, port, shape

    def _grow(self, draw: st.DrawFn, graph: Graph) -> None:
        """Add a layer, if the drawn one can take what there is."""
        ranks = {len(shape) for _, _, shape in self._values(graph)}
        fitting = [
            layer
            for layer in self.catalogue
            if all(not port.ranks or ranks.intersection(port.ranks) for port in layer.inputs)
        ]
        layer = draw(st.sampled_from(fitting))
        feeds = self._feeds(draw, graph, layer)
        if not feeds:
            return
        shapes = [shape for _, _, shape in feeds]
        params = draw(self._harness.values(layer)) if draw(st.booleans()) else {}
        if params and layer.objection(shapes, params):
            params = {}
        node = new_node(graph, layer.id, (0.0, 96.0 * len(graph.nodes)), **params)
        graph.add_node(node)
        for port, (source, source_port, _) in enumerate(feeds):
            graph.add_edge(Edge(source, source_port, node.id, port))
        report = self.analyse(graph).nodes[node.id]
        if not report.outputs or max(prod(shape) for shape in report.outputs) > MOST_VALUES:
            remove(graph, [node.id]).apply(graph)

    def _feeds(self, draw: st.DrawFn, graph: Graph, layer: LayerSpec) -> list[Feed]:
        values = list(self._values(graph))
        feeds: list[Feed] = []
        ports = layer.inputs * (draw(st.integers(1, 3)) if layer.is_variadic else 1)
        for port in ports:
            fitting = [value for value in values if not port.ranks or len(value[2]) in port.ranks]
            if port.integer:
                # Ids come from the data; what a layer computes would point anywhere.
                fitting = [value for value in fitting if graph.nodes[value[0]].layer == "input"]
            alike = [value for value in fitting if feeds and value[2] == feeds[0][2]]
            if not fitting:
                return []
            # Later values make deeper networks.
            choices = (alike or fitting)[-4:]
            feeds.append(draw(st.sampled_from(choices)))
        return feeds

    def _group(self, draw: st.DrawFn, graph: Graph) -> None:
        """Make a block of some layers that follow each other, perhaps with a parameter, copies or a twin."""
        order = [node for node in graph.wiring.topological_order() if graph.nodes[node].layer != "input"]
        if not order:
            return
        start = draw(st.integers(0, len(order) - 1))
        chosen = order[start : start + draw(st.integers(1, 4))]
        try:
            grouped = group(graph, chosen, draw(st.sampled_from(("Block", "Stage"))))
        except GraphError:
            return
        inverse = grouped.edit.apply(graph)
        if _has_dead_ends(graph.blocks[grouped.block].graph):
            inverse.apply(graph)
            return
        self._parametrise(draw, graph, grouped.block, grouped.instance)
        incoming = graph.incoming(grouped.instance)
        before = [self.analyse(graph).nodes[edge.source].outputs[edge.source_port] for edge in incoming]
        if before == list(self.analyse(graph).nodes[grouped.instance].outputs) and len(before) == 1:
            SetParam(grouped.instance, "repeat", draw(st.integers(1, 3))).apply(graph)
        if draw(st.booleans()):
            node = graph.nodes[grouped.instance]
            twin = new_node(graph, node.layer, (232.0, node.position[1]), **node.params)  # type: ignore[arg-type]
            graph.add_node(twin)
            for edge in incoming:
                graph.add_edge(Edge(edge.source, edge.source_port, twin.id, edge.target_port))

    def _parametrise(self, draw: st.DrawFn, graph: Graph, block: str, instance: NodeId) -> None:
        """Make the width of one inner layer a parameter of the block."""
        inner = graph.blocks[block].graph
        wide = [(node, name) for node in inner.nodes.values() for name in WIDTHS if name in node.params]
        wide = [(node, name) for node, name in wide if isinstance(node.params[name], int)]
        if not wide or draw(st.booleans()):
            return
        node, name = draw(st.sampled_from(wide))
        value = node.params[name]
        assert isinstance(value, int)
        width = Int(name="width", default=value, minimum=1, maximum=65_536, doc="How wide a layer is.")
        DescribeBlock(block, (*graph.blocks[block].params, width), "").apply(graph)
        expression: ParamValue = "=width" if value % 2 else f"={value // 2} + width // 2"
        Within(block, SetParam(node.id, name, expression)).apply(graph)


def _has_dead_ends(graph: Graph) -> bool:
    """Whether some layer feeds nothing; such layers are not compiled."""
    return any(declared(graph, node).outputs and not graph.outgoing(node.id) for node in graph.nodes.values())


@pytest.fixture(scope="session")
def networks() -> Networks:
    """Draws networks over the whole catalogue."""
    return Networks()


@pytest.fixture(scope="session")
def reality() -> Reality:
    """What PyTorch does with the compiled network on a CPU."""
    return Reality()
