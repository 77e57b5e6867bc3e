"""What tests of declarations share: drawing parameters and shapes for a layer, and PyTorch's own answer to them.

What is special about the layers of a family stands in `cases/<family>.py`, of which every table is optional:

- `VALUES[layer][param]`: a strategy, where values of the parameter's kind alone would hardly ever make sense.
- `ADJUST[layer](draw, params, shapes)`: changes what was drawn, in place, so that it mostly works, for instance
  groups that divide the channels. One draw in four is left as it is, so that refusals are tried as well.
- `STRICTER[layer](shapes, params)`: whether the layer refuses on purpose what PyTorch would take.
- `HAND_WRITTEN[layer](shapes, params)`: the module that a person would write; needed by every layer that is a module.
- `REFERENCE[layer](inputs, params)`: the result as a person would compute it; needed by every layer that is a function.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from pydoc import locate
from typing import Any

import pytest
import torch
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.graph.model import Edge, Graph
from engine.graph.params import Bool, Choice, Float, Int, Param, Params, ParamValue, Shape, Sizes, Text
from engine.layers.nodes import new_node
from engine.layers.spec import Call, Invocation, LayerSpec, Port, TensorShape

Draw = tuple[dict[str, ParamValue], list[TensorShape]]
TABLES = ("VALUES", "ADJUST", "STRICTER", "HAND_WRITTEN", "REFERENCE")
REFUSALS = (RuntimeError, ValueError, IndexError, TypeError, AssertionError)


def read_tables(folder: Path) -> dict[str, dict[str, Any]]:
    """The tables of all families, each merged into one."""
    merged: dict[str, dict[str, Any]] = {table: {} for table in TABLES}
    for path in sorted(folder.glob("*.py")):
        found = importlib.util.spec_from_file_location(f"layer_cases_{path.stem}", path)
        assert found is not None
        assert found.loader is not None
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)
        for table in TABLES:
            entries = getattr(module, table, {})
            assert not merged[table].keys() & entries.keys(), f"{path.name} repeats an entry of {table}"
            merged[table].update(entries)
    return merged


def small_values(param: Param) -> st.SearchStrategy[ParamValue]:
    """Values of `param` that keep a test quick."""
    match param:
        case Int():
            low = max(param.minimum, -4)
            return st.integers(low, min(param.maximum, low + 5))
        case Float():
            return st.floats(max(param.minimum, -10.0), min(param.maximum, 10.0))
        case Bool():
            return st.booleans()
        case Choice():
            return st.sampled_from(param.options)
        case Sizes():
            return st.tuples(*[st.integers(param.minimum, min(param.maximum, param.minimum + 3))] * len(param.default))
        case Shape():
            low = max(param.minimum_size, -4)
            size = st.integers(low, min(param.maximum_size, low + 8))
            return st.lists(size, min_size=param.minimum_axes, max_size=param.maximum_axes).map(tuple)
        case Text():
            return st.just(param.default)
    raise TypeError(param)


def shape_for(port: Port, largest: int = 6) -> st.SearchStrategy[TensorShape]:
    """A shape that `port` takes."""
    ranks = st.sampled_from(port.ranks or (1, 2, 3, 4))
    return ranks.flatmap(lambda rank: st.tuples(*[st.integers(1, 4 if rank > 3 else largest)] * rank))


@st.composite
def shapes_for(draw: st.DrawFn, declared: LayerSpec) -> list[TensorShape]:
    """A shape for each input, often the same for all."""
    ports = declared.inputs
    if len(ports) == 1 and not declared.is_variadic:
        return [draw(shape_for(ports[0]))]
    if declared.is_variadic:
        ports = ports[:1] * draw(st.integers(1, 4))
    # Sizes that are often equal and often 1, since merges depend on both.
    first = draw(shape_for(ports[0], 3))
    match draw(st.sampled_from(("equal", "similar", "any"))):
        case "equal":
            return [first if not port.ranks or len(first) in port.ranks else draw(shape_for(port, 3)) for port in ports]
        case "similar":
            sizes = st.integers(1, 3)
            others = [tuple(draw(st.just(size) | sizes) for size in first) for _ in ports[1:]]
            return [first, *others]
    return [first, *(draw(shape_for(port, 3)) for port in ports[1:])]


class Harness:
    """Draws uses of layers, and lets PyTorch itself carry them out."""

    def __init__(self, tables: Mapping[str, dict[str, Any]]) -> None:
        self._values = tables["VALUES"]
        self._adjust = tables["ADJUST"]
        self.stricter: dict[str, Callable[[list[TensorShape], Params], bool]] = tables["STRICTER"]
        self.hand_written: dict[str, Callable[[list[TensorShape], Params], nn.Module]] = tables["HAND_WRITTEN"]
        self.reference: dict[str, Callable[[list[Tensor], Params], Any]] = tables["REFERENCE"]

    def values(self, declared: LayerSpec) -> st.SearchStrategy[dict[str, ParamValue]]:
        """Values of all parameters."""
        special = self._values.get(declared.id, {})
        ordinary = {param.name: small_values(param) for param in declared.params if param.name not in special}
        return st.fixed_dictionaries({**ordinary, **special})

    def uses(self, declared: LayerSpec) -> st.SearchStrategy[Draw]:
        """Values of all parameters and a shape for each input, mostly such that they work."""

        @st.composite
        def drawn(draw: st.DrawFn) -> Draw:
            params, shapes = draw(self.values(declared)), draw(shapes_for(declared))
            if declared.id in self._adjust and draw(st.sampled_from((True, True, True, False))):
                self._adjust[declared.id](draw, params, shapes)
            return params, shapes

        return drawn()

    def network(self, declared: LayerSpec, shapes: Sequence[TensorShape], params: Params) -> Graph:
        """Inputs of `shapes` (`n2`, `n3` …), wired to one layer (`n1`), and an output behind each of its outputs."""
        graph = Graph()
        layer = new_node(graph, declared.id, **params)
        graph.add_node(layer)
        for port, shape in enumerate(shapes):
            node = new_node(graph, "input", shape=shape)
            graph.add_node(node)
            graph.add_edge(Edge(node.id, 0, layer.id, port))
        for port in range(len(declared.output_ports(layer.params))):
            node = new_node(graph, "output")
            graph.add_node(node)
            graph.add_edge(Edge(layer.id, port, node.id, 0))
        return graph

    def inputs(self, declared: LayerSpec, shapes: Sequence[TensorShape], batch: int = 2) -> list[Tensor]:
        """Random values for each input; ids are 0, given as they come from data: as floats."""
        ports = declared.inputs if not declared.is_variadic else declared.inputs * len(shapes)
        return [
            torch.zeros(batch, *shape) if port.integer else torch.randn(batch, *shape)
            for port, shape in zip(ports, shapes, strict=True)
        ]

    def module(self, call: Invocation) -> nn.Module:
        """The module that `call` makes."""
        module = found(call.target)(**call.kwargs)
        assert isinstance(module, nn.Module)
        return module

    def execute(
        self, declared: LayerSpec, params: Params, call: Invocation, inputs: list[Tensor], module: nn.Module | None
    ) -> tuple[Tensor, ...]:
        """What PyTorch makes of `inputs`; it reads the declaration by itself, without the code under test."""
        fed = inputs
        if not declared.is_variadic:
            fed = [x.long() if port.integer else x for x, port in zip(inputs, declared.inputs, strict=True)]
        fed = [fed[index] for index in call.arguments or range(len(fed))]
        result: Any
        if declared.call is Call.FORMULA:
            names = {name: getattr(torch, name) for name in dir(torch)}
            result = eval(str(params["formula"]), names, {"x": fed[0]})
        elif module is not None:
            result = module(*fed, **call.call_kwargs)
        elif declared.call is Call.LIST:
            result = found(call.target)(fed, **call.kwargs)
        elif declared.call is Call.FOLD:
            result = functools.reduce(functools.partial(found(call.target), **call.kwargs), fed)
        else:
            result = found(call.target)(*fed, **call.kwargs)
        for index in call.pick:
            result = result[index]
        return tuple(result) if isinstance(result, (tuple, list)) else (result,)

    def tried(
        self, declared: LayerSpec, shapes: list[TensorShape], params: Params
    ) -> tuple[list[TensorShape], int] | None:
        """The shapes that come out and how much is learned, or None when PyTorch refuses."""
        try:
            call = declared.invocation(shapes, params)
            module = self.module(call) if declared.call is Call.MODULE else None
            outputs = self.execute(declared, params, call, self.inputs(declared, shapes), module)
        except REFUSALS:
            return None
        learned = 0 if module is None else sum(parameter.numel() for parameter in module.parameters())
        return [tuple(output.shape) for output in outputs], learned


def found(target: str) -> Callable[..., Any]:
    """The class or function with the dotted path `target`."""
    thing = locate(target)
    assert callable(thing), target
    return thing


@pytest.fixture(scope="session")
def harness() -> Harness:
    """Draws uses of layers, and lets PyTorch itself carry them out."""
    return Harness(read_tables(Path(__file__).parent / "cases"))
