"""What training takes: the numbers against real tensors, and the sentence about the largest batch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph.edits import SetSetting
from engine.graph.model import Graph
from engine.zoo.registry import ZOO
from gui.analysis import panel as panel_module
from gui.analysis.columns import memory
from gui.analysis.panel import AnalysisPanel
from gui.analysis.training_cost import DeviceMemory, device_memory, training_cost
from gui.workspace import Workspace

MEBIBYTE = 1024**2


def lenet(**recipe: object) -> Graph:
    graph = ZOO["lenet5"].build()
    for name, value in recipe.items():
        SetSetting("recipe", name, value).apply(graph)  # type: ignore[arg-type]
    return graph


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_weights_gradients_and_state_are_those_of_a_real_step(optimizer: str) -> None:
    graph = lenet(optimizer=optimizer, momentum=0.9, batch_size=3)
    model = build(graph)
    made: dict[str, Callable[..., torch.optim.Optimizer]] = {
        "sgd": lambda weights: torch.optim.SGD(weights, lr=0.1, momentum=0.9),
        "adam": lambda weights: torch.optim.Adam(weights),
        "rmsprop": lambda weights: torch.optim.RMSprop(weights),
    }
    stepper = made[optimizer](model.parameters())
    model(torch.rand(3, 1, 28, 28)).sum().backward()
    stepper.step()
    weights = sum(weight.nbytes for weight in model.parameters())
    gradients = sum(weight.grad.nbytes for weight in model.parameters() if weight.grad is not None)
    state = sum(
        value.nbytes
        for values in stepper.state.values()
        for value in values.values()
        # The count of steps is a single number.
        if isinstance(value, torch.Tensor) and value.dim()
    )
    cost = training_cost(graph, ShapeInference().analyse(graph), None)
    assert cost is not None
    assert [part.size for part in cost.parts[:3]] == [weights, gradients, state]
    assert cost.headline == "Training, batches of 3"
    assert cost.fits == ""


class TestLargestBatch:
    def fits(self, free: int | None, batch_size: int = 64, objection: str = "") -> tuple[str, bool]:
        graph = lenet(batch_size=batch_size)
        device = DeviceMemory("auto", "the GPU", free, objection)
        cost = training_cost(graph, ShapeInference().analyse(graph), device)
        assert cost is not None
        return cost.fits, cost.is_too_large

    def test_the_largest_batch_just_fits(self) -> None:
        free = 20 * MEBIBYTE
        sentence, is_too_large = self.fits(free)
        assert not is_too_large
        assert sentence.endswith("fit into the 20.0 MiB that are free on the GPU.")
        most = int(sentence.split()[4].replace(",", ""))
        totals = []
        for batch in (most, most + 1):
            graph = lenet(batch_size=batch)
            cost = training_cost(graph, ShapeInference().analyse(graph), None)
            assert cost is not None
            totals.append(cost.total)
        assert totals[0] <= free < totals[1]

    def test_a_batch_that_is_too_large(self) -> None:
        sentence, is_too_large = self.fits(2 * MEBIBYTE)
        assert is_too_large
        assert sentence.startswith("Batches of 64 do not fit: the 2.00 MiB that are free on the GPU hold ")

    def test_not_even_one_sample(self) -> None:
        assert self.fits(1000) == ("Not even one sample fits into the 1000 B that are free on the GPU.", True)

    def test_more_than_anybody_can_choose(self) -> None:
        assert self.fits(10**15)[0] == f"Batches of any size fit into the {memory(10**15)} that are free on the GPU."

    def test_unknown_memory_and_a_missing_device(self) -> None:
        assert self.fits(None) == ("", False)
        assert self.fits(None, objection="This computer has no GPU.") == ("This computer has no GPU.", False)

    def test_this_computer_says_what_is_free(self) -> None:
        found = device_memory("cpu")
        assert found.title == "this computer"
        assert found.free is None or found.free > MEBIBYTE
        if not torch.backends.mps.is_available():
            assert "no Apple GPU" in device_memory("mps").objection


def test_nothing_known_costs_nothing() -> None:
    assert training_cost(Graph(), ShapeInference().analyse(Graph()), None) is None


def test_the_panel_asks_the_device_once_and_follows_the_recipe(
    workspace: Workspace, panel: AnalysisPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(setting: str) -> DeviceMemory:
        asked.append(setting)
        return DeviceMemory(setting, "the GPU" if setting == "cuda" else "this computer", 50 * MEBIBYTE)

    monkeypatch.setattr(panel_module, "device_memory", answer)
    workspace.replace(lenet(device="cuda"))

    def told(name: str) -> str:
        label = panel.findChild(QLabel, name)
        return label.text() if label is not None and label.isVisible() else ""

    qtbot.waitUntil(lambda: told("analysis_fits").endswith("free on the GPU."))
    assert told("analysis_batch") == "Training, batches of 64"
    before = told("analysis_memory")
    workspace.push(SetSetting("recipe", "batch_size", 128))
    workspace.analyse()
    assert told("analysis_batch") == "Training, batches of 128"
    assert told("analysis_memory") != before
    workspace.push(SetSetting("recipe", "device", "cpu"))
    workspace.analyse()
    qtbot.waitUntil(lambda: told("analysis_fits").endswith("free on this computer."))
    assert asked == ["cuda", "cpu"]
