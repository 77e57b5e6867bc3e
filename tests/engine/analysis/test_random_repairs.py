"""Random networks, broken at random: whatever is found is explained, and every fix that is offered mends it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.analysis.preflight import Task, find_problems
from engine.analysis.problem import Fix, Problem, Severity
from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph import document
from engine.graph.block_edits import Within
from engine.graph.edits import AddNode, Connect, Disconnect, Edit, RemoveNode, SetParam, insert_on_edge
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph
from engine.graph.params import ParamError
from engine.layers.blocks import declared
from engine.layers.nodes import check_params, new_node, variables
from engine.layers.validation import validated
from engine.layers.wiring import refusal
from engine.zoo.registry import ZOO

if TYPE_CHECKING:
    from conftest import Networks

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
RELAXED = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
TECHNICAL = re.compile(
    r"\b(None|int|float|tuple|n\d+|RuntimeError)\b|tensor\(|\bsizes?=|[{}\[\]<>_]{2}|cannot work here"
)
SMALL_ZOO = ("lenet5", "residual_cnn", "spirals_mlp", "resnet20", "densenet40", "vit_small", "gru_classifier")
DISTURBING = ("conv2d", "linear", "max_pool2d", "softmax", "batch_norm2d", "flatten", "add", "relu", "input", "output")


def break_somewhere(draw: st.DrawFn, root: Graph) -> Edit | None:
    """A change somewhere in the network, or in one of its blocks, that may well do harm."""
    graph = draw(st.sampled_from(root.blocks.graphs()))
    if not graph.nodes:
        return None
    node = graph.nodes[draw(st.sampled_from(list(graph.nodes)))]
    edit: Edit | None = None
    match draw(st.sampled_from(("remove", "cut", "add", "insert", "param", "param", "shape", "wire"))):
        case "remove":
            edit = RemoveNode(node.id)
        case "cut" if graph.edges:
            edit = Disconnect(draw(st.sampled_from(graph.edges)))
        case "add":
            edit = AddNode(new_node(graph, draw(st.sampled_from(DISTURBING))))
        case "insert" if graph.edges:
            fresh = new_node(graph, draw(st.sampled_from(DISTURBING[:-2])))
            edit = insert_on_edge(fresh, draw(st.sampled_from(graph.edges)))
        case "param" if node.params:
            name = draw(st.sampled_from(list(node.params)))
            value = draw(st.sampled_from((1, 2, 3, 5, 7, (1, 1), (2, 2), (5, 5), (9, 9), (1, 2, 3), True, False)))
            try:
                edit = SetParam(node.id, name, declared(graph, node).param(name).check(value))
            except ParamError:
                return None
        case "shape" if node.layer == "input":
            edit = SetParam(node.id, "shape", draw(st.sampled_from([(3,), (4, 5), (1, 28, 28), (3, 2, 9)])))
        case "wire":
            wire = Edge(node.id, 0, draw(st.sampled_from(list(graph.nodes))), draw(st.integers(0, 1)))
            edit = Connect(wire) if refusal(graph, wire) is None else None
    return None if edit is None else Within(graph.block, edit)


def is_sound(graph: Graph) -> bool:
    """Whether `graph` could be opened from a file."""
    try:
        for place in graph.blocks.graphs():
            for node in place.nodes.values():
                check_params(declared(place, node).params, node.params, variables(place))
        validated(graph)
    except (GraphError, ParamError):
        return False
    return True


def broken(draw: st.DrawFn, graph: Graph, most: int = 3) -> Graph:
    """`graph` after some changes that leave it a file that opens."""
    for _ in range(draw(st.integers(1, most))):
        edit = break_somewhere(draw, graph)
        if edit is None:
            continue
        try:
            inverse = edit.apply(graph)
        except GraphError:
            continue
        if not is_sound(graph):
            inverse.apply(graph)
    return graph


def a_task(draw: st.DrawFn, graph: Graph) -> Task:
    """A task that often is the one that the network was made for."""
    shapes = [node.params["shape"] for node in graph.nodes.values() if node.layer == "input"]
    shape = draw(st.sampled_from([*shapes, *shapes, (1, 28, 28), (2,)]))
    assert isinstance(shape, tuple)
    loss = draw(st.sampled_from(("cross_entropy", "mse")))
    return Task("Things", shape, draw(st.integers(2, 10)), loss, batch_size=draw(st.sampled_from((1, 64))))


class Check:
    """Tries everything that is offered for one network."""

    def __init__(self, graph: Graph, task: Task) -> None:
        self._graph = graph
        self._task = task
        self._shapes = ShapeInference()
        self._trials = ShapeInference(self._shapes)
        self._before = document.dump(graph)
        self._known = {node for node, report in self._shapes.analyse(graph).nodes.items() if report.outputs}

    def left(self, graph: Graph) -> list[Problem]:
        """The problems of a mended network; what would mend them is not tried."""
        batch_size = graph.settings.get("recipe", {}).get("batch_size", self._task.batch_size)
        assert isinstance(batch_size, int)
        return find_problems(graph, self._shapes.analyse(graph), replace(self._task, batch_size=batch_size))

    def all(self) -> int:
        """Check every problem and every fix; return how many fixes there were."""
        found = find_problems(self._graph, self._shapes.analyse(self._graph), self._task, self._trials.analyse)
        keys = [(problem.block, problem.node, problem.sentence) for problem in found]
        assert len(set(keys)) == len(keys)
        fixes = 0
        for problem in found:
            assert problem.sentence.endswith(".")
            assert not TECHNICAL.search(problem.sentence), problem.sentence
            place = self._graph.blocks.graph(problem.block)
            assert problem.node is None or problem.node in place.nodes
            assert bool(problem.path) == bool(problem.block)
            for fix in problem.fixes:
                fixes += 1
                self.fix(problem, fix)
        return fixes

    def fix(self, problem: Problem, fix: Fix) -> None:
        """It applies, removes its problem, spoils nothing, gives a network that opens and compiles, and is undone."""
        copy = self._graph.snapshot()
        inverse = fix.edit.apply(copy)
        after = self._shapes.analyse(copy)
        left = self.left(copy)
        assert (problem.block, problem.node, problem.sentence) not in [
            (each.block, each.node, each.sentence) for each in left
        ], fix.label
        spoiled = {node for node in self._known if node in copy.nodes and not after.nodes[node].outputs}
        # A network that is fed with another kind of sample than before may be mended in several steps.
        assert not spoiled, (fix.label, [copy.nodes[node].name for node in spoiled])
        reopened = validated(document.parse(document.dump(copy)))
        if not any(each.severity is Severity.ERROR for each in left):
            build(reopened, device="meta")
        inverse.apply(copy)
        assert document.dump(copy) == self._before


def check_repairs(data: st.DataObject, graph: Graph) -> None:
    @st.composite
    def drawn(draw: st.DrawFn) -> Check:
        spoiled = broken(draw, graph)
        return Check(spoiled, a_task(draw, spoiled))

    data.draw(drawn()).all()


@settings(max_examples=5 * settings.default.max_examples // 2, suppress_health_check=RELAXED)
@given(data=st.data())
def test_every_fix_of_a_broken_network_works(data: st.DataObject, networks: Networks) -> None:
    check_repairs(data, data.draw(networks.valid(6)))


@settings(suppress_health_check=RELAXED)
@given(name=st.sampled_from(SMALL_ZOO), data=st.data())
def test_every_fix_of_a_broken_reference_network_works(name: str, data: st.DataObject) -> None:
    check_repairs(data, ZOO[name].build())


@pytest.mark.slow
@settings(max_examples=1000, suppress_health_check=RELAXED)
@given(data=st.data())
def test_every_fix_of_a_thousand_broken_networks_works(data: st.DataObject, networks: Networks) -> None:
    if data.draw(st.booleans()):
        check_repairs(data, ZOO[data.draw(st.sampled_from(SMALL_ZOO))].build())
    else:
        check_repairs(data, data.draw(networks.valid(10)))
