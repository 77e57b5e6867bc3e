"""Devices, threads and random numbers."""

from __future__ import annotations

import os
import threading

import pytest
import torch

from engine.training import devices
from engine.training.failures import TrainingError


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.usefixtures("no_gpu")
def test_without_a_gpu_automatic_is_the_cpu_and_a_gpu_is_refused() -> None:
    assert devices.resolve("auto").type == devices.resolve("cpu").type == "cpu"
    with pytest.raises(TrainingError, match="NVIDIA"):
        devices.resolve("cuda")
    with pytest.raises(TrainingError, match="Apple"):
        devices.resolve("mps")


@pytest.mark.usefixtures("no_gpu")
def test_automatic_prefers_cuda_then_mps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert devices.resolve("auto").type == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert devices.resolve("auto").type == "cuda"
    assert devices.resolve("cpu").type == "cpu"


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (3, 1), (4, 2), (8, 4), (64, 8)])
def test_automatic_threads_leave_cores_for_the_window(
    cores: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(cores)), raising=False)
    assert devices.thread_count(0) == threads
    assert devices.thread_count(5) == 5


def test_the_environment_decides_automatic_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert devices.thread_count(0) == 3
    assert devices.thread_count(2) == 2
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert devices.thread_count(0) >= 1


def test_a_thread_count_is_the_affair_of_one_thread() -> None:
    before = torch.get_num_threads()
    inside: list[int] = []

    def train() -> None:
        with devices.torch_threads(before + 1):
            inside.append(torch.get_num_threads())
            inside.append(torch.ones(2).add(1).numel())
        inside.append(torch.get_num_threads())

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert inside == [before + 1, 2, before]
    assert torch.get_num_threads() == before


def test_random_numbers_go_on_where_they_were_kept() -> None:
    cpu = torch.device("cpu")
    torch.manual_seed(3)
    kept = devices.random_state(cpu)
    expected = torch.rand(4)
    devices.set_random_state(cpu, kept)
    assert torch.equal(torch.rand(4), expected)


def test_devices_are_described_in_words() -> None:
    assert devices.describe(torch.device("cpu"), 1) == "CPU, 1 thread"
    assert devices.describe(torch.device("cpu"), 4) == "CPU, 4 threads"
