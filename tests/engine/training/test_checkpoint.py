"""Checkpoints: a resumed run is the same run, and what does not fit is refused in one sentence."""

from __future__ import annotations

import json
import math
import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.data.declarations import DataChoice
from engine.data.loading import load
from engine.training import checkpoint
from engine.training.failures import TrainingError
from engine.training.job import TrainingJob
from engine.training.loop import TrainingSession
from engine.training.recipe import Recipe

CPU = torch.device("cpu")
POINTS = DataChoice("spirals", {"points": 200})
RECIPE = Recipe(epochs=3, batch_size=16, seed=6)  # 10 steps an epoch, then one batch of validation


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


class Net(nn.Sequential):
    """Everything that has a state of its own: weights, running statistics, and dropout's random numbers."""

    def __init__(self, units: int = 8) -> None:
        super().__init__(
            nn.Linear(2, units), nn.BatchNorm1d(units), nn.ReLU(), nn.Dropout(0.3), nn.Linear(units, 2), nn.Linear(2, 2)
        )
        self[5].weight = self[4].weight if units == 2 else self[5].weight


def session(recipe: Recipe = RECIPE, units: int = 8, choice: DataChoice = POINTS) -> TrainingSession:
    return TrainingSession(TrainingJob(lambda: Net(units), choice, recipe), load(choice, CPU), CPU)


def advance(training: TrainingSession, rests: int) -> None:
    with closing(training.run()) as steps:
        for _ in range(rests):
            next(steps)


def finish(training: TrainingSession) -> None:
    for _ in training.run():
        pass


@pytest.mark.sampled(9)
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize("rests", [0, 4, 10, 11, 17, 36])
def test_a_resumed_run_is_bitwise_the_uninterrupted_one(optimizer: str, rests: int, tmp_path: Path) -> None:
    recipe = replace(RECIPE, optimizer=optimizer, loss="mse")
    whole, first = session(recipe), session(recipe)
    finish(whole)
    advance(first, rests)
    checkpoint.save(first, tmp_path / "run")
    torch.rand(99)
    resumed = session(recipe)
    checkpoint.restore(resumed, tmp_path / "run")
    assert resumed.step == first.step
    assert resumed.history.steps == first.step
    finish(resumed)
    np.testing.assert_array_equal(resumed.history.rows(), whole.history.rows())
    assert resumed.results == whole.results
    assert resumed.test == whole.test
    for ours, theirs in zip(resumed.model.state_dict().values(), whole.model.state_dict().values(), strict=True):
        assert torch.equal(ours, theirs)


def test_tied_weights_and_momentumless_sgd_survive(tmp_path: Path) -> None:
    recipe = replace(RECIPE, optimizer="sgd", momentum=0.0)
    whole, first, resumed = (session(recipe, units=2) for _ in range(3))
    finish(whole)
    advance(first, 5)
    checkpoint.save(first, tmp_path)
    checkpoint.restore(resumed, tmp_path)
    finish(resumed)
    np.testing.assert_array_equal(resumed.history.rows(), whole.history.rows())


def test_a_finished_run_is_restored_finished_and_can_be_given_more_epochs(tmp_path: Path) -> None:
    finished, longer = session(), session(replace(RECIPE, epochs=5))
    finish(finished)
    finish(longer)
    checkpoint.save(finished, tmp_path)
    again = session()
    checkpoint.restore(again, tmp_path)
    assert again.test == finished.test
    more = session(replace(RECIPE, epochs=5))
    checkpoint.restore(more, tmp_path)
    assert more.test is None
    finish(more)
    np.testing.assert_array_equal(more.history.rows(), longer.history.rows())
    assert more.test == longer.test


def test_fewer_epochs_than_were_begun_complete_the_last_one(tmp_path: Path) -> None:
    first = session()
    advance(first, 15)
    checkpoint.save(first, tmp_path)
    short = session(replace(RECIPE, epochs=1))
    checkpoint.restore(short, tmp_path)
    finish(short)
    assert (short.step, len(short.results)) == (20, 2)


def test_the_learning_rate_in_force_is_kept_unless_the_recipe_has_a_new_one(tmp_path: Path) -> None:
    first = session()
    first.learning_rate = 0.5
    checkpoint.save(first, tmp_path)
    same, other = session(), session(replace(RECIPE, learning_rate=0.25))
    for training in (same, other):
        checkpoint.restore(training, tmp_path)
    assert (same.learning_rate, other.learning_rate) == (0.5, 0.25)


def test_results_that_are_not_finite_survive_json(tmp_path: Path) -> None:
    first = session()
    advance(first, 12)
    first.results = (replace(first.results[0], validation_loss=math.nan, train_loss=math.inf),)
    checkpoint.save(first, tmp_path)
    resumed = session()
    checkpoint.restore(resumed, tmp_path)
    assert math.isnan(resumed.results[0].validation_loss)
    assert resumed.results[0].validation_accuracy == first.results[0].validation_accuracy


def test_saving_again_leaves_one_pair_of_files(tmp_path: Path) -> None:
    training = session()
    (tmp_path / "state-0123.safetensors.99.tmp").write_bytes(b"left by a crash")
    (tmp_path / "notes.txt").write_text("mine")
    for rests in (2, 3):
        advance(training, rests)
        checkpoint.save(training, tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 3
    assert names[:2] == ["checkpoint.json", "notes.txt"]
    assert json.loads((tmp_path / "checkpoint.json").read_text())["tensors"] == names[2]


@pytest.mark.parametrize("failing_call", [1, 2])
def test_a_crash_while_saving_leaves_the_last_checkpoint_whole(
    failing_call: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = session()
    advance(training, 3)
    checkpoint.save(training, tmp_path)
    advance(training, 3)
    calls, really_replace = [0], os.replace

    def fail(source: Path, target: Path) -> None:
        calls[0] += 1
        if calls[0] == failing_call:
            raise OSError("the disk is full")
        really_replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="full"):
            checkpoint.save(training, tmp_path)
    resumed = session()
    checkpoint.restore(resumed, tmp_path)
    assert resumed.step == 3


def _saved(directory: Path) -> Path:
    training = session()
    advance(training, 13)
    checkpoint.save(training, directory)
    return directory


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda: session(units=9), "another network"),
        (lambda: session(choice=DataChoice("spirals", {"points": 300})), "other data"),
        (lambda: session(replace(RECIPE, batch_size=8)), "batch size 16, not 8"),
        (lambda: session(replace(RECIPE, seed=7)), "seed 6, not 7"),
        (lambda: session(replace(RECIPE, optimizer="sgd")), "optimizer adam, not sgd"),
        (lambda: session(replace(RECIPE, loss="mse")), "loss cross_entropy, not mse"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(other: object, words: str, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=words):
        checkpoint.restore(other(), _saved(tmp_path))  # type: ignore[operator]


def _edit(directory: Path, **changes: object) -> None:
    path = directory / checkpoint.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def _tensors(directory: Path) -> Path:
    return next(directory.glob("state-*.safetensors"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda directory: (directory / checkpoint.MANIFEST).unlink(),
        lambda directory: (directory / checkpoint.MANIFEST).write_bytes(b""),
        lambda directory: (directory / checkpoint.MANIFEST).write_bytes(b"\xff\x00[]"),
        lambda directory: (directory / checkpoint.MANIFEST).write_text("[]"),
        lambda directory: _edit(directory, version=99),
        lambda directory: _edit(directory, step="many"),
        lambda directory: _edit(directory, step=-4),
        lambda directory: _edit(directory, step=10**30),
        lambda directory: _edit(directory, results=[[1, 2]]),
        lambda directory: _edit(directory, tensors="../elsewhere.safetensors"),
        lambda directory: _edit(directory, tensors="gone.safetensors"),
        lambda directory: _edit(directory, optimizer={"x": {}}),
        lambda directory: _tensors(directory).write_bytes(b""),
        lambda directory: _tensors(directory).write_bytes(_tensors(directory).read_bytes()[:-100]),
        lambda directory: _tensors(directory).write_bytes(os.urandom(1_000)),
    ],
)
def test_a_damaged_checkpoint_gives_one_sentence(damage: object, tmp_path: Path) -> None:
    directory = _saved(tmp_path)
    damage(directory)  # type: ignore[operator]
    with pytest.raises(TrainingError, match="checkpoint") as caught:
        checkpoint.restore(session(), directory)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_weights_that_are_not_numbers_are_refused(tmp_path: Path) -> None:
    training = session()
    assert checkpoint.is_healthy(training)
    first: Tensor = next(training.model.parameters())
    first.data[0] = math.nan
    assert not checkpoint.is_healthy(training)
    checkpoint.save(training, tmp_path)
    with pytest.raises(TrainingError, match="lower learning rate"):
        checkpoint.restore(session(), tmp_path)
