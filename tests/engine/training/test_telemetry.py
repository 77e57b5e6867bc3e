"""The ring: what is recorded arrives complete, in order, and not before the device says so."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.training import telemetry as telemetry_module
from engine.training.telemetry import Telemetry, layers_of

CPU = torch.device("cpu")


def _set_gradients(model: nn.Module, step: int) -> None:
    for number, parameter in enumerate(model.parameters()):
        parameter.grad = torch.full_like(parameter, float(step + number))


def _expected_norm(model: nn.Module, step: int) -> float:
    squares = [parameter.numel() * (step + number) ** 2 for number, parameter in enumerate(model.parameters())]
    return math.sqrt(sum(squares))


class SlowLink:
    """A device whose transfers arrive when the test says so, into one host buffer as pinned memory is."""

    def __init__(self, capacity: int, width: int) -> None:
        self.host = np.full((capacity, width), np.nan, np.float32)
        self.ring: NDArray[np.float32] | None = None
        self.under_way: list[SlowTransfer] = []
        self.waits = 0

    def send(self, start: int, stop: int) -> SlowTransfer:
        transfer = SlowTransfer(self, start, stop)
        self.under_way.append(transfer)
        return transfer


class SlowTransfer:
    def __init__(self, link: SlowLink, start: int, stop: int) -> None:
        self.link, self.start, self.stop = link, start, stop
        assert link.ring is not None
        self.sent = link.ring[start:stop].copy()
        self.done = False

    def finish(self) -> None:
        self.link.host[self.start : self.stop] = self.sent
        self.done = True

    def arrived(self) -> bool:
        return self.done

    def wait(self) -> NDArray[np.float32]:
        if not self.done:
            self.link.waits += 1
            self.finish()
        return self.link.host[self.start : self.stop]


def _slow(capacity: int) -> tuple[nn.Module, Telemetry, SlowLink]:
    model = nn.Linear(3, 2)
    link = SlowLink(capacity, 3)
    telemetry = Telemetry(model, CPU, capacity=capacity, interval_s=1e9, link=link)
    link.ring = telemetry._ring.numpy()  # the "device's" memory, from which the link copies
    return model, telemetry, link


def test_layers_are_the_submodules_that_own_trainable_parameters() -> None:
    frozen = nn.Linear(2, 2)
    frozen.requires_grad_(False)
    model = nn.Sequential()
    model.add_module("conv", nn.Conv2d(1, 2, 3))
    model.add_module("relu", nn.ReLU())
    model.add_module("block", nn.Sequential(nn.BatchNorm2d(2), nn.Linear(2, 2, bias=False)))
    model.add_module("frozen", frozen)
    names, layers, parameters = layers_of(model)
    assert names == ("conv", "block.0", "block.1")
    assert layers.tolist() == [0, 0, 1, 1, 2]
    assert [tuple(p.shape) for p in parameters] == [(2, 1, 3, 3), (2,), (2,), (2,), (2, 2)]
    bare = nn.Module()
    bare.weight = nn.Parameter(torch.zeros(2))
    assert layers_of(bare)[0] == ("model",)


@pytest.fixture(params=["tiny", "large"])
def _size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure the small networks of these tests in the way of tiny ones, and in the way of large ones."""
    if request.param == "large":
        monkeypatch.setattr(telemetry_module, "_TINY", 0)


@pytest.mark.usefixtures("_size")
@pytest.mark.parametrize("interval_s", [0.0, 1e9])
@pytest.mark.parametrize("steps", [3, 8, 9, 40])
def test_every_step_arrives_in_order_however_often_rows_are_sent(interval_s: float, steps: int) -> None:
    model = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 4))
    telemetry = Telemetry(model, CPU, capacity=8, interval_s=interval_s)
    for step in range(steps):
        _set_gradients(model, step)
        telemetry.record(torch.tensor(float(step), requires_grad=True))
    telemetry.drain()
    measured = telemetry.history.read(0)
    assert measured.loss.tolist() == list(range(steps))
    total = np.sqrt((measured.norms.astype(float) ** 2).sum(axis=1))
    np.testing.assert_allclose(total, [_expected_norm(model, step) for step in range(steps)], rtol=1e-6)


@pytest.mark.usefixtures("_size")
def test_rows_are_published_by_themselves_while_recording() -> None:
    model = nn.Linear(3, 2)
    telemetry = Telemetry(model, CPU, capacity=8, interval_s=1e9)
    sent = []
    for step in range(16):
        _set_gradients(model, step)
        sent.append(telemetry.record(torch.tensor(0.0)))
    assert [index for index, value in enumerate(sent) if value] == [3, 7, 11, 15]
    assert telemetry.history.steps == 16


@pytest.mark.usefixtures("_size")
def test_readers_see_rows_only_once_they_have_arrived() -> None:
    model, telemetry, link = _slow(capacity=8)
    for step in range(6):
        _set_gradients(model, step)
        telemetry.record(torch.tensor(float(step)))
    assert telemetry.history.steps == 0
    link.under_way[0].finish()
    for step in range(6, 8):
        _set_gradients(model, step)
        telemetry.record(torch.tensor(float(step)))
    assert telemetry.history.read(0).loss.tolist() == [0, 1, 2, 3]
    telemetry.drain()
    assert telemetry.history.read(0).loss.tolist() == list(range(8))


@pytest.mark.usefixtures("_size")
def test_a_ring_that_comes_round_waits_for_what_is_still_under_way() -> None:
    model, telemetry, link = _slow(capacity=8)
    for step in range(23):
        _set_gradients(model, step)
        telemetry.record(torch.tensor(float(step)))
    assert link.waits > 0
    telemetry.drain()
    measured = telemetry.history.read(0)
    assert measured.loss.tolist() == list(range(23))
    np.testing.assert_allclose(measured.norms[:, 0], [_expected_norm(model, step) for step in range(23)], rtol=1e-6)


@pytest.mark.usefixtures("_size")
def test_a_parameter_without_gradient_counts_as_zero() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    telemetry = Telemetry(model, CPU)
    for step in range(3):
        _set_gradients(model, 3)
        if step != 1:
            model[0].weight.grad = None
            model[0].bias.grad = None
            model[1].bias.grad = None
        telemetry.record(torch.tensor(1.0))
    for parameter in model.parameters():
        parameter.grad = None
    telemetry.record(torch.tensor(1.0))
    telemetry.drain()
    weight_1 = 5 * math.sqrt(4)
    full = [math.sqrt(4 * 9 + 2 * 16), math.sqrt(4 * 25 + 2 * 36)]
    expected = [[0, weight_1], full, [0, weight_1], [0, 0]]
    np.testing.assert_allclose(telemetry.history.read(0).norms, expected, rtol=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_the_first_non_finite_loss_is_found(bad: float) -> None:
    model = nn.Linear(2, 2)
    telemetry = Telemetry(model, CPU, capacity=4)
    losses: list[float] = [1.0, 2.0, 3.0, 4.0, 5.0, bad, 7.0, bad]
    for loss in losses:
        _set_gradients(model, 1)
        telemetry.record(torch.tensor(loss))
    telemetry.drain()
    assert telemetry.non_finite_step == 5
    np.testing.assert_array_equal(telemetry.history.read(0).loss, np.array(losses, np.float32))


@pytest.mark.usefixtures("_size")
def test_recording_does_not_touch_gradients_or_graph() -> None:
    model = nn.Linear(2, 2)
    telemetry = Telemetry(model, CPU)
    loss: Tensor = model(torch.ones(3, 2)).square().mean()
    loss.backward()
    before = [parameter.grad.clone() for parameter in model.parameters() if parameter.grad is not None]
    telemetry.record(loss)
    assert all(torch.equal(a, p.grad) for a, p in zip(before, model.parameters(), strict=True) if p.grad is not None)
    assert loss.requires_grad


def test_gradients_that_are_kept_do_not_pile_up() -> None:
    model = nn.Linear(100, 100)
    telemetry = Telemetry(model, CPU, interval_s=1e9)
    sent = []
    for step in range(60):
        _set_gradients(model, step)
        sent.append(telemetry.record(torch.tensor(0.0)))
    assert [index + 1 for index, value in enumerate(sent) if value] == [25, 50]


def test_both_ways_of_measuring_give_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    model = nn.Sequential(nn.Conv2d(3, 5, 3), nn.Linear(37, 11), nn.Linear(11, 1))
    kept = Telemetry(model, CPU)
    monkeypatch.setattr(telemetry_module, "_TINY", 0)
    measured = Telemetry(model, CPU)
    torch.manual_seed(0)
    for step in range(30):
        for parameter in model.parameters():
            parameter.grad = torch.randn_like(parameter) * 10.0 ** (step - 20)
        for telemetry in (kept, measured):
            telemetry.record(torch.tensor(float(step)))
    for telemetry in (kept, measured):
        telemetry.drain()
    np.testing.assert_allclose(kept.history.rows(), measured.history.rows(), rtol=1e-6)
