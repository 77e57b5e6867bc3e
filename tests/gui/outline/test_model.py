"""The rows of the outline: what they say, that they are made when somebody looks, and that they follow every edit."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from pytestqt.qtbot import QtBot

from engine.analysis.problem import Problem, Severity
from engine.analysis.shapes import ShapeInference
from engine.graph.block_edits import DescribeBlock, RenameBlock, SetLayer, Within
from engine.graph.blocks import PREFIX, block_of
from engine.graph.document import dump
from engine.graph.edits import AddNode, Connect, Disconnect, Edit, MoveNodes, RemoveNode, Rename, SetParam, remove
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, NodeId
from engine.layers.blocks import declared
from engine.layers.grouping import make_unique, ungroup
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui.outline.model import OutlineModel

SPOKEN = Qt.ItemDataRole.AccessibleTextRole
TOLD = Qt.ItemDataRole.AccessibleDescriptionRole
Tree = list[tuple[str, "Tree"]]


@pytest.fixture
def model(qtbot: QtBot) -> OutlineModel:
    """An empty outline that is watched by Qt's own checks, which end the test when an index or a signal is wrong."""
    shown = OutlineModel()
    QAbstractItemModelTester(shown, QAbstractItemModelTester.FailureReportingMode.Fatal, shown)
    return shown


@pytest.fixture
def plain(qtbot: QtBot) -> OutlineModel:
    """An empty outline without those checks, which look at every row."""
    return OutlineModel()


def show(model: OutlineModel, graph: Graph) -> None:
    model.show(graph)
    model.know(ShapeInference().analyse(graph), [])


def listed(model: OutlineModel, below: QModelIndex | None = None) -> list[str]:
    parent = below or QModelIndex()
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def find(model: OutlineModel, *names: str) -> QModelIndex:
    index = QModelIndex()
    for name in names:
        index = model.index(listed(model, index).index(name), 0, index)
    return index


def shown(model: OutlineModel, below: QModelIndex | None = None) -> Tree:
    """All rows, by way of Qt."""
    parent = below or QModelIndex()
    rows = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]
    assert all(row.parent() == parent for row in rows)
    return [(row.data(), shown(model, row) if model.hasChildren(row) else []) for row in rows]


def expected(graph: Graph) -> Tree:
    """All rows, by way of the graph."""
    rows: Tree = []
    for node_id in graph.wiring.topological_order():
        node = graph.nodes[node_id]
        block = block_of(node.layer)
        rows.append((node.name, expected(graph.blocks[block].graph) if block else []))
    return rows


def named(graph: Graph, name: str) -> NodeId:
    node = graph.named(name)
    assert node is not None
    return node.id


class TestRows:
    def test_the_whole_document_is_there_however_deep(self, model: OutlineModel, nested: Graph) -> None:
        show(model, nested)
        assert shown(model) == expected(nested)
        assert listed(model, find(model, "stage2", "second")) == ["x", "conv", "act", "result"]

    @pytest.mark.parametrize("network", ["lenet5", "resnet20", "squeezenet1_1"])
    def test_reference_networks_are_listed_in_the_order_of_computation(self, model: OutlineModel, network: str) -> None:
        graph = ZOO[network].build()
        show(model, graph)
        assert shown(model) == expected(graph)

    def test_what_is_inside_a_block_is_made_when_somebody_looks(self, plain: OutlineModel) -> None:
        graph = ZOO["resnet50"].build()
        show(plain, graph)
        assert len(plain._rows) == len(graph.nodes), "a row for each layer of the network, and none below"
        stage = find(plain, "layer2.0")
        assert plain.hasChildren(stage)
        plain.rowCount(stage)
        inner = graph.blocks["Bottleneck"].graph
        assert len(plain._rows) == len(graph.nodes) + len(inner.nodes)

    def test_rows_say_all_there_is_to_know(self, model: OutlineModel, nested: Graph) -> None:
        show(model, nested)
        assert find(model, "stem").data(SPOKEN) == "stem, Conv 2D, 8 · 7×7 · /2, output 8 by 32 by 32"
        assert "3 copies" in find(model, "stage2").data(SPOKEN)
        inner = find(model, "stage1", "second", "conv")
        assert "4·channels" in inner.data(SPOKEN)
        assert "16 by 16 by 16" in inner.data(SPOKEN), "of the instance that it was opened in"
        assert "4 · channels" not in inner.data(Qt.ItemDataRole.ToolTipRole)
        assert "filters" in find(model, "stem").data(TOLD)

    def test_shapes_come_when_they_are_known(self, model: OutlineModel, nested: Graph) -> None:
        model.show(nested)
        assert "output" not in find(model, "stem").data(SPOKEN)
        changed = QSignalSpy(model.dataChanged)
        model.know(ShapeInference().analyse(nested), [])
        assert changed.count() > 0
        assert "output 8 by 32 by 32" in find(model, "stem").data(SPOKEN)

    def test_only_what_has_changed_is_told(self, model: OutlineModel, nested: Graph) -> None:
        inference = ShapeInference()
        model.show(nested)
        model.know(inference.analyse(nested), [])
        SetParam(named(nested, "head"), "out_features", 12).apply(nested)
        model.follow()
        changed = QSignalSpy(model.dataChanged)
        model.know(inference.analyse(nested), [])
        rows = {changed.at(place)[0].data() for place in range(changed.count())}
        assert rows == {"head", "output"}


class TestMarks:
    def test_a_problem_is_marked_where_it_is_and_where_it_is_hidden(self, model: OutlineModel, nested: Graph) -> None:
        show(model, nested)
        path = (named(nested, "stage1"), named(nested.blocks["Stage"].graph, "second"))
        conv = named(nested.blocks["Pair"].graph, "conv")
        problem = Problem(Severity.WARNING, "Too wide.", conv, block="Pair", path=path)
        changed = QSignalSpy(model.dataChanged)
        model.know(ShapeInference().analyse(nested), [problem])
        assert changed.count() == 3
        assert find(model, "stage1", "second", "conv").data(TOLD) == "Too wide."
        assert find(model, "stage1", "second", "conv").data(SPOKEN).endswith("warning")
        assert find(model, "stage1").data(TOLD) == "Inside it: Too wide."
        assert find(model, "stage1", "second").data(SPOKEN).endswith("warning")
        for untouched in (("stage1", "first"), ("stage2",), ("stage1", "second", "act")):
            assert "warning" not in find(model, *untouched).data(SPOKEN)
        model.know(ShapeInference().analyse(nested), [])
        assert "warning" not in find(model, "stage1").data(SPOKEN)

    def test_a_layer_that_fails_is_an_error(self, model: OutlineModel, nested: Graph) -> None:
        Disconnect(nested.incoming(named(nested, "head"))[0]).apply(nested)
        Connect(Edge(named(nested, "stem"), 0, named(nested, "head"), 0)).apply(nested)
        SetParam(named(nested, "stem"), "kernel_size", (99, 99)).apply(nested)
        show(model, nested)
        stem = find(model, "stem")
        assert stem.data(SPOKEN).endswith("error")
        assert stem.data(TOLD) == ShapeInference().analyse(nested).nodes[named(nested, "stem")].error


class TestFollowing:
    def test_no_edit_resets_and_what_is_held_moves_along(self, model: OutlineModel, nested: Graph) -> None:
        show(model, nested)
        resets = QSignalSpy(model.modelReset)
        head = QPersistentModelIndex(find(model, "head"))
        inner = QPersistentModelIndex(find(model, "stage2", "second", "conv"))
        first = new_node(nested, "conv2d", name="a_first")
        AddNode(first).apply(nested)
        Rename(named(nested, "head"), "classifier").apply(nested)
        Within("Pair", Rename(named(nested.blocks["Pair"].graph, "conv"), "wide")).apply(nested)
        remove(nested, [named(nested, "stem")]).apply(nested)
        model.follow()
        assert resets.count() == 0
        assert shown(model) == expected(nested)
        assert (head.data(), inner.data()) == ("classifier", "wide")
        assert listed(model, find(model, "stage1", "first"))[1] == "wide", "in every instance"

    def test_moving_a_layer_is_nothing_to_the_outline(self, model: OutlineModel, nested: Graph) -> None:
        show(model, nested)
        stale = QSignalSpy(model.stale)
        MoveNodes(dict.fromkeys(nested.nodes, (5.0, 5.0))).apply(nested)
        assert stale.count() == 0

    def test_a_block_that_gets_its_first_layer_opens(self, model: OutlineModel, nested: Graph) -> None:
        inner = nested.blocks["Pair"].graph
        emptied = remove(inner, inner.nodes)
        show(model, nested)
        undo = Within("Pair", emptied).apply(nested)
        model.follow()
        assert not model.hasChildren(find(model, "stage1", "first"))
        undo.apply(nested)
        model.follow()
        assert shown(model) == expected(nested)

    def test_a_layer_that_becomes_another_keeps_its_row(self, model: OutlineModel, nested: Graph) -> None:
        show(model, nested)
        held = QPersistentModelIndex(find(model, "stage1"))
        find(model, "stage1", "first", "conv")
        undo = SetLayer(named(nested, "stage1"), "relu", {}).apply(nested)
        model.follow()
        assert held.data() == "stage1"
        assert not model.hasChildren(find(model, "stage1"))
        undo.apply(nested)
        model.follow()
        assert shown(model) == expected(nested)

    def test_another_document_is_another_outline(self, model: OutlineModel, nested: Graph) -> None:
        show(model, nested)
        other = ZOO["lenet5"].build()
        show(model, other)
        assert shown(model) == expected(other)
        stale = QSignalSpy(model.stale)
        Rename(named(nested, "head"), "unseen").apply(nested)
        assert stale.count() == 0

    def test_an_outline_that_is_gone_hears_nothing(self, qtbot: QtBot, nested: Graph) -> None:
        model = OutlineModel()
        show(model, nested)
        with qtbot.waitSignal(model.destroyed):
            model.deleteLater()
        Rename(named(nested, "head"), "classifier").apply(nested)
        assert not nested.changed._listeners

    @pytest.mark.sampled(3)
    @pytest.mark.parametrize("seed", range(6))
    def test_whatever_is_done_and_undone_it_shows_the_document(
        self, model: OutlineModel, nested: Graph, seed: int
    ) -> None:
        dice = random.Random(seed)
        show(model, nested)
        shown(model)
        resets, before, undo = QSignalSpy(model.modelReset), dump(nested), []
        for step in range(60):
            edit = some_edit(nested, dice)
            try:
                undo.append(edit.apply(nested))
            except GraphError:
                continue
            if step % 3 == 0:
                model.follow()
                assert shown(model) == expected(nested)
        model.search("conv")
        for edit in reversed(undo):
            edit.apply(nested)
            if dice.random() < 0.3:
                model.follow()
        assert dump(nested) == before
        model.search("")
        model.follow()
        assert shown(model) == expected(nested)
        assert resets.count() == 0


def some_edit(document: Graph, dice: random.Random) -> Edit:
    """Any edit of any graph of the document."""
    graph = dice.choice([graph for graph in document.blocks.graphs() if graph.nodes])
    nodes = list(graph.nodes.values())
    node = dice.choice(nodes)
    feeding = [other.id for other in nodes if declared(graph, other).outputs] or [node.id]
    instances = [other for other in nodes if block_of(other.layer)]
    choices: list[Edit] = [
        AddNode(new_node(graph, dice.choice(["relu", "conv2d", *(PREFIX + block for block in document.blocks)]))),
        RemoveNode(node.id),
        Rename(node.id, graph.unique_name(dice.choice(["first", "layer.one", "z"]))),
        Connect(Edge(dice.choice(feeding), 0, node.id, dice.randrange(2))),
        *(Disconnect(edge) for edge in graph.edges[:1]),
    ]
    if instances:
        instance = dice.choice(instances).id
        choices.append(SetParam(instance, "repeat", dice.randrange(1, 4)))
        choices.append(SetLayer(instance, "relu", {}))
    inner = dice.choice(choices)
    whole: list[Edit] = [Within(graph.block, inner)] * 6
    block = dice.choice(list(document.blocks))
    whole.append(RenameBlock(block, document.blocks.unique_name(block)))
    whole.append(DescribeBlock(block, document.blocks[block].params, f"Text {dice.random()}"))
    if instances and not graph.block:
        whole += [make_unique(graph, instances[0].id), ungroup(graph, instances[-1].id)]
    return dice.choice(whole)


class TestSearch:
    def test_what_is_inside_blocks_is_found_with_the_way_to_it(self, model: OutlineModel, nested: Graph) -> None:
        show(model, nested)
        model.search("conv")
        assert shown(model) == [
            ("stem", []),
            ("stage1", [("first", [("conv", [])]), ("second", [("conv", [])])]),
            ("stage2", [("first", [("conv", [])]), ("second", [("conv", [])])]),
        ]
        assert model.first_found().data() == "stem"
        model.search("max pool")
        assert model.first_found().data() == "pool"
        assert model.first_found().parent().data() == "stage1"
        model.search("")
        assert shown(model) == expected(nested)

    def test_a_block_that_fits_shows_all_that_is_inside(self, model: OutlineModel, nested: Graph) -> None:
        show(model, nested)
        model.search("stage1")
        assert listed(model) == ["stage1"]
        assert listed(model, find(model, "stage1")) == ["x", "first", "pool", "second", "result"]

    def test_shapes_are_found_in_the_instance_that_has_them(self, model: OutlineModel, nested: Graph) -> None:
        show(model, nested)
        model.search("max 16×16")
        (stage1,) = shown(model)
        assert stage1 == ("stage1", [("pool", [])])

    def test_rows_come_and_go_as_they_begin_and_cease_to_fit(self, model: OutlineModel, nested: Graph) -> None:
        show(model, nested)
        model.search("linear")
        assert listed(model) == ["head"]
        resets = QSignalSpy(model.modelReset)
        AddNode(new_node(nested, "linear", name="another")).apply(nested)
        Rename(named(nested, "stem"), "linear_stem").apply(nested)
        model.follow()
        assert sorted(listed(model)) == ["another", "head", "linear_stem"]
        RemoveNode(named(nested, "head")).apply(nested)
        model.follow()
        assert sorted(listed(model)) == ["another", "linear_stem"]
        assert resets.count() == 0
