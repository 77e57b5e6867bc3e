"""How fast networks train without a window: against loops and networks written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import torch
from torch import Tensor, nn

from engine import project
from engine.compiler.build import build
from engine.data.declarations import DataChoice
from engine.data.loading import load
from engine.training.loop import TrainingSession
from engine.zoo.registry import ZOO
from tests.benchmarks.figures import Figure, ratio_of_medians

STEPS = 60
ROUNDS = 11


class HandWrittenLeNet(nn.Module):
    """LeNet-5 as one would write it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.pool = nn.MaxPool2d(2)
        self.relu = nn.ReLU()
        self.dense1 = nn.Linear(400, 120)
        self.dense2 = nn.Linear(120, 84)
        self.dense3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        x = self.relu(self.dense1(x.flatten(1)))
        return self.dense3(self.relu(self.dense2(x)))


def bare_loop(device: torch.device, batch_size: int, learning_rate: float) -> Iterator[None]:
    """The loop one writes by hand, with the data already on the device; yields after each step."""
    splits = load(DataChoice("mnist"), device)
    inputs, targets = splits.train.inputs, splits.train.targets
    model = HandWrittenLeNet().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    loss_of = nn.CrossEntropyLoss()
    while True:
        for index in torch.randperm(len(inputs), device=device).split(batch_size):
            optimizer.zero_grad()
            loss_of(model(inputs[index]), targets[index]).backward()
            optimizer.step()
            yield


def trainer(device: torch.device, *, telemetry: bool = True) -> Iterator[None]:
    """The steps of Netwright's own loop on LeNet-5."""
    from dataclasses import replace

    job = project.training_job(ZOO["lenet5"].build())
    recipe = replace(job.recipe, optimizer="adam", learning_rate=0.001, batch_size=64, epochs=1000)
    session = TrainingSession(replace(job, recipe=recipe), load(job.data, device), device)
    if not telemetry:
        session.telemetry.record = lambda loss: False  # type: ignore[method-assign]
    return session.run()


def stepping(steps: Iterator[None], device: torch.device) -> Callable[[], None]:
    """A call that takes the next `STEPS` steps and waits for the device."""

    def work() -> None:
        for _ in islice(steps, STEPS):
            pass
        if device.type == "cuda":
            torch.cuda.synchronize()

    return work


def measure(device: torch.device) -> list[Figure]:
    """Training, telemetry and the compiled model on `device`."""
    torch.set_num_threads(1)
    where = f"LeNet-5, batch 64, {device.type}, {ROUNDS} rounds of {STEPS} steps in turns"
    bare = stepping(bare_loop(device, 64, 0.001), device)
    ours = stepping(trainer(device), device)
    silent = stepping(trainer(device, telemetry=False), device)
    return [
        Figure(
            "training kept: headless trainer with telemetry, against a bare loop",
            ratio_of_medians(bare, ours, ROUNDS),
            "",
            "≥ 0.95",
            where,
        ),
        Figure(
            "training kept: trainer with telemetry, against the same without",
            ratio_of_medians(silent, ours, ROUNDS),
            "",
            "≥ 0.98",
            where,
        ),
        Figure(
            "step time: compiled model, against the same written by hand",
            compiled_against_hand_written(device),
            "",
            "≤ 1.02",
            f"LeNet-5, batch 64, forward and backward, {device.type}, {3 * ROUNDS} rounds of {STEPS} steps in turns",
        ),
    ]


def compiled_against_hand_written(device: torch.device) -> float:
    """The time of forward and backward of the compiled LeNet-5 over that of the hand-written one."""
    batch = torch.randn(64, 1, 28, 28, device=device)

    def stepper(model: nn.Module) -> Callable[[], None]:
        model.to(device).train()

        def work() -> None:
            for _ in range(STEPS):
                for parameter in model.parameters():
                    parameter.grad = None
                model(batch).sum().backward()
            if device.type == "cuda":
                torch.cuda.synchronize()

        return work

    return ratio_of_medians(stepper(build(ZOO["lenet5"].build())), stepper(HandWrittenLeNet()), 3 * ROUNDS)
