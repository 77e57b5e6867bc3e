"""The rows of the table: what they say, how they are sorted and found, and that they follow edits without a reset."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from pytestqt.qtbot import QtBot
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from engine.analysis.report import Analysis
from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph.edits import AddNode, Connect, Disconnect, RemoveNode, Rename, SetParam
from engine.graph.model import Edge, Graph, NodeId
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui.analysis.columns import ACTIVATIONS, COLUMNS, FLOPS, LAYER, MACS, OUTPUT, PARAMETERS, TYPE, memory
from gui.analysis.model import AnalysisModel, Order
from gui.inspector.cost import LOADING, UNPLACED

TIP = Qt.ItemDataRole.ToolTipRole


@pytest.fixture
def model(qtbot: QtBot) -> AnalysisModel:
    """An empty table that is watched by Qt's own checks, which end the test when an index or a signal is wrong."""
    shown = AnalysisModel()
    QAbstractItemModelTester(shown, QAbstractItemModelTester.FailureReportingMode.Fatal, shown)
    return shown


@pytest.fixture
def large(qtbot: QtBot) -> AnalysisModel:
    """An empty table for many rows, for which those checks take too long."""
    return AnalysisModel()


def analyse(graph: Graph) -> Analysis:
    return ShapeInference().analyse(graph)


def texts(model: AnalysisModel, column: int, parent: QModelIndex | None = None) -> list[str]:
    below = parent or QModelIndex()
    return [model.index(row, column, below).data() for row in range(model.rowCount(below))]


def find(model: AnalysisModel, *names: str) -> QModelIndex:
    index = QModelIndex()
    for name in names:
        index = model.index(texts(model, LAYER, index).index(name), 0, index)
    return index


def whole(text: str) -> int:
    return int(text.replace(",", ""))


def named(graph: Graph, name: str) -> NodeId:
    node = graph.named(name)
    assert node is not None
    return node.id


def show(model: AnalysisModel, graph: Graph) -> None:
    model.show(graph, analyse(graph), is_analysed=True)


class TestNumbers:
    def test_the_parameters_of_each_layer_are_those_of_its_module(self, model: AnalysisModel) -> None:
        graph = ZOO["lenet5"].build()
        show(model, graph)
        modules = dict(build(graph).named_children())
        assert "conv2" in modules
        for row, name in enumerate(texts(model, LAYER)):
            expected = sum(p.numel() for p in modules[name].parameters()) if name in modules else 0
            assert whole(model.index(row, PARAMETERS).data()) == expected

    def test_flops_are_those_that_torch_counts(self, model: AnalysisModel) -> None:
        graph = ZOO["resnet18_small"].build()
        show(model, graph)
        (source,) = (node for node in graph.nodes.values() if node.layer == "input")
        with FlopCounterMode(display=False) as counter:
            build(graph, device="meta").eval()(torch.zeros(1, *source.params["shape"], device="meta"))  # type: ignore[misc]
        rows = [model.row_of(model.index(row, 0)) for row in range(model.rowCount())]
        assert sum(row.value(FLOPS) or 0 for row in rows if row) == counter.get_total_flops()
        assert sum(row.value(MACS) or 0 for row in rows if row) * 2 == counter.get_total_flops()

    def test_what_is_inside_a_block_adds_up_to_it(self, large: AnalysisModel) -> None:
        show(large, ZOO["resnet50"].build())
        for name in ("layer1.0", "layer2.1"):
            index = find(large, name)
            row = large.row_of(index)
            assert row is not None
            for column in (PARAMETERS, FLOPS, MACS, ACTIVATIONS):
                inner = [large.row_of(large.index(number, 0, index)) for number in range(large.rowCount(index))]
                assert sum(below.value(column) or 0 for below in inner if below) == row.value(column), column

    def test_copies_of_a_block_are_rows_of_their_own(self, large: AnalysisModel) -> None:
        show(large, ZOO["resnet50"].build())
        stage = find(large, "layer2.1")
        assert texts(large, LAYER, stage) == ["layer2.1", "layer2.2", "layer2.3"]
        assert "conv2" in texts(large, LAYER, large.index(1, 0, stage))
        row = large.row_of(find(large, "layer2.1", "layer2.2", "conv2"))
        assert row is not None
        assert row.path == "layer2.2.conv2"
        modules = dict(build(large.graph, device="meta").named_modules())
        assert row.value(PARAMETERS) == sum(p.numel() for p in modules[row.path].parameters())

    def test_names_inside_blocks_are_those_of_the_state_dict(self, large: AnalysisModel) -> None:
        graph = ZOO["resnet50"].build()
        show(large, graph)
        paths = {name for name, module in build(graph, device="meta").named_modules() if isinstance(module, nn.Conv2d)}
        found: set[str] = set()
        waiting = [QModelIndex()]
        for parent in waiting:
            for number in range(large.rowCount(parent)):
                index = large.index(number, 0, parent)
                waiting.append(index)
                row = large.row_of(index)
                assert row is not None
                if row.label == "Conv 2D":
                    found.add(row.path)
        # The projection is a module of its own that holds a convolution.
        assert found == {path for path in paths if "downsample" not in path}

    def test_the_share_of_the_total_is_told(self, model: AnalysisModel) -> None:
        show(model, ZOO["lenet5"].build())
        index = find(model, "dense1").siblingAtColumn(PARAMETERS)
        assert index.data(TIP) == "48,120 parameters\n78 % of the total"
        row = model.row_of(index)
        assert row is not None
        assert model.share(row, PARAMETERS) == pytest.approx(48_120 / 61_706)

    @pytest.mark.parametrize(
        ("size", "text"),
        [
            (0, "0 B"),
            (823, "823 B"),
            (1023, "1023 B"),
            (1024, "1.00 KiB"),
            (10_239, "10.0 KiB"),
            (1024**2 - 1, "1.00 MiB"),
            (97 * 1024**2 + 600_000, "97.6 MiB"),
            (5 * 1024**6, "5120 PiB"),
        ],
    )
    def test_memory_in_words(self, size: int, text: str) -> None:
        assert memory(size) == text


class TestUnknown:
    def test_it_says_what_is_missing(self, model: AnalysisModel) -> None:
        graph = Graph()
        dense, after = new_node(graph, "linear"), None
        AddNode(dense).apply(graph)
        after = new_node(graph, "relu")
        AddNode(after).apply(graph)
        Connect(Edge(dense.id, 0, after.id, 0)).apply(graph)
        show(model, graph)
        assert texts(model, PARAMETERS) == texts(model, OUTPUT) == ["–", "–"]
        assert [model.index(row, PARAMETERS).data(TIP) for row in range(2)] == [
            "Wire its input to see the shape.",
            "A layer before this one has to work first.",
        ]

    def test_an_error_is_told(self, model: AnalysisModel) -> None:
        graph = ZOO["lenet5"].build()
        SetParam(named(graph, "conv2"), "kernel_size", (50, 50)).apply(graph)
        analysis = analyse(graph)
        model.show(graph, analysis, is_analysed=True)
        error = analysis.nodes[named(graph, "conv2")].error
        assert error
        index = find(model, "conv2").siblingAtColumn(OUTPUT)
        assert index.data() == "–"
        assert index.data(TIP) == error
        assert error in find(model, "conv2").data(TIP)

    def test_while_torch_loads_and_in_a_block_without_an_instance(self, model: AnalysisModel) -> None:
        graph = ZOO["resnet50"].build()
        model.show(graph, None, is_analysed=False)
        assert find(model, "conv1").siblingAtColumn(FLOPS).data(TIP) == LOADING
        assert "conv2" in texts(model, LAYER, find(model, "layer1.0"))
        model.show(graph.blocks.graph("Bottleneck"), None, is_analysed=True)
        assert find(model, "conv1").siblingAtColumn(FLOPS).data(TIP) == UNPLACED


class TestOrder:
    def test_the_order_of_computation_is_the_first(self, model: AnalysisModel) -> None:
        graph = ZOO["lenet5"].build()
        show(model, graph)
        assert texts(model, LAYER) == [graph.nodes[node].name for node in graph.wiring.topological_order()]

    @pytest.mark.parametrize("column", range(len(COLUMNS)))
    def test_every_column_sorts(self, large: AnalysisModel, column: int) -> None:
        show(large, ZOO["resnet50"].build())
        for descending in (False, True):
            large.sort_by(Order(column, descending))
            for below in (QModelIndex(), find(large, "layer1.0")):
                rows = [large.row_of(large.index(number, 0, below)) for number in range(large.rowCount(below))]
                ranks = [row.rank(column) for row in rows if row]
                assert len(ranks) > 10
                assert all((a >= b) if descending else (a <= b) for a, b in pairwise(ranks))
        large.sort_by(Order())
        assert texts(large, LAYER)[:2] == ["input", "conv1"]

    def test_what_is_unknown_comes_last_both_ways(self, model: AnalysisModel) -> None:
        graph = ZOO["lenet5"].build()
        AddNode(new_node(graph, "linear", name="loose")).apply(graph)
        show(model, graph)
        for descending in (False, True):
            model.sort_by(Order(PARAMETERS, descending))
            assert texts(model, LAYER)[-1] == "loose"

    def test_open_rows_and_the_selection_move_along(self, model: AnalysisModel) -> None:
        show(model, ZOO["resnet20"].build())
        inner = QPersistentModelIndex(find(model, "layer3.0", "conv2"))
        outer = QPersistentModelIndex(find(model, "layer3.0"))
        chosen = QItemSelectionModel(model)
        chosen.select(find(model, "fc"), QItemSelectionModel.SelectionFlag.Select)
        resets = QSignalSpy(model.modelReset)
        model.sort_by(Order(PARAMETERS, descending=True))
        assert outer.data() == "layer3.0"
        assert inner.data() == "conv2"
        assert QModelIndex(inner).parent() == QModelIndex(outer)
        assert [index.data() for index in chosen.selectedIndexes()] == ["fc"]
        assert resets.count() == 0


class TestSearch:
    def test_names_and_types_are_searched(self, model: AnalysisModel) -> None:
        show(model, ZOO["lenet5"].build())
        model.search("conv")
        assert texts(model, LAYER) == ["conv1", "conv2"]
        model.search("max pool")
        assert texts(model, LAYER) == ["pool1", "pool2"]
        model.search("pool 2")
        assert texts(model, TYPE) == ["Max pool 2D"] * 2
        model.search("nothing like it")
        assert model.rowCount() == 0
        model.search("")
        assert model.rowCount() == 14

    def test_blocks_lead_to_what_is_inside_them(self, large: AnalysisModel) -> None:
        show(large, ZOO["densenet121"].build())
        large.search("denselayer3")
        found = texts(large, LAYER)
        assert found
        assert all("denseblock" in name for name in found)
        inside = find(large, found[0])
        copies = large.index(0, 0, inside)
        assert [name for name in texts(large, LAYER, copies) if "denselayer3" in name]
        assert [index.data() for index in large.ways_found(1)] == found[:1]

    def test_everything_inside_a_block_that_fits_is_shown(self, large: AnalysisModel) -> None:
        show(large, ZOO["resnet50"].build())
        large.search("layer1.0")
        assert texts(large, LAYER) == ["layer1.0"]
        assert len(texts(large, LAYER, find(large, "layer1.0"))) == len(large.graph.blocks.graph("Bottleneck").nodes)
        large.search("batch norm")
        assert set(texts(large, TYPE, find(large, "layer1.0"))) == {"Batch norm 2D"}


class TestFollowing:
    def test_edits_change_the_rows_without_a_reset(self, model: AnalysisModel) -> None:
        graph = ZOO["lenet5"].build()
        show(model, graph)
        resets = QSignalSpy(model.modelReset)
        kept = QPersistentModelIndex(find(model, "dense3"))
        pool, relu, conv = (named(graph, name) for name in ("pool1", "relu1", "conv2"))
        for edge in graph.incoming(pool) + graph.outgoing(pool):
            Disconnect(edge).apply(graph)
        RemoveNode(pool).apply(graph)
        Connect(Edge(relu, 0, conv, 0)).apply(graph)
        AddNode(new_node(graph, "dropout", name="late")).apply(graph)
        Rename(conv, "second").apply(graph)
        show(model, graph)
        assert texts(model, LAYER) == [graph.nodes[node].name for node in graph.wiring.topological_order()]
        assert "second" in texts(model, LAYER)
        assert kept.data() == "dense3"
        assert resets.count() == 0

    def test_more_copies_become_more_rows(self, model: AnalysisModel) -> None:
        graph = ZOO["resnet20"].build()
        show(model, graph)
        stage = QPersistentModelIndex(find(model, "layer1.1"))
        model.rowCount(QModelIndex(stage))
        SetParam(named(graph, "layer1.1"), "repeat", 4).apply(graph)
        show(model, graph)
        assert texts(model, LAYER, QModelIndex(stage)) == ["layer1.1", "layer1.2", "layer1.3", "layer1.4"]
        SetParam(named(graph, "layer1.1"), "repeat", 1).apply(graph)
        show(model, graph)
        assert "conv1" in texts(model, LAYER, QModelIndex(stage))

    def test_a_change_inside_a_block_shows_in_its_open_instances(self, model: AnalysisModel) -> None:
        graph = ZOO["resnet20"].build()
        show(model, graph)
        inner = find(model, "layer1.0", "conv2")
        before = whole(inner.siblingAtColumn(PARAMETERS).data())
        block = graph.blocks.graph("BasicBlock")
        SetParam(named(block, "conv2"), "kernel_size", (5, 5)).apply(block)
        show(model, graph)
        after = find(model, "layer1.0", "conv2")
        assert whole(after.siblingAtColumn(PARAMETERS).data()) == before // 9 * 25

    def test_another_graph_resets(self, model: AnalysisModel) -> None:
        graph = ZOO["resnet50"].build()
        show(model, graph)
        kept = QPersistentModelIndex(find(model, "fc"))
        show(model, ZOO["lenet5"].build())
        assert not kept.isValid()
        assert model.rowCount() == 14
