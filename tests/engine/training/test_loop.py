"""The loop computes what a hand-written one does, and resting anywhere changes nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.data.declarations import DataChoice
from engine.data.loading import load
from engine.data.splits import Normalisation, Splits, TensorSet, epoch_order
from engine.training import telemetry
from engine.training.failures import TrainingError
from engine.training.job import TrainingJob
from engine.training.loop import TrainingSession
from engine.training.recipe import Recipe

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(4),
        nn.Dropout(0.2),
        nn.Flatten(),
        nn.Linear(4 * 49, 10),
    )


def mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Dropout(0.1), nn.Linear(16, 2))


def first(part: TensorSet, count: int) -> TensorSet:
    """A copy of the first samples."""
    return TensorSet(part.inputs[:count].clone(), part.targets[:count].clone())


@cache
def mnist() -> Splits:
    """The first images of MNIST; to normalise all of it takes longer than most of what is tested with them."""
    whole = load(DataChoice(), CPU)
    return replace(
        whole, train=first(whole.train, 330), validation=first(whole.validation, 50), test=first(whole.test, 40)
    )


def images(count: int) -> Splits:
    """A few images of MNIST, in which every batch size leaves a smaller last batch."""
    return replace(mnist(), train=first(mnist().train, count))


def session(
    recipe: Recipe, splits: Splits | None = None, build: Callable[[], nn.Module] = mlp, choice: DataChoice | None = None
) -> TrainingSession:
    choice = choice or DataChoice("spirals", {"points": 200})
    return TrainingSession(TrainingJob(build, choice, recipe), splits or load(choice, CPU), CPU)


def finish(training: TrainingSession) -> None:
    for _ in training.run():
        pass


def by_hand(
    recipe: Recipe, splits: Splits, build: Callable[[], nn.Module]
) -> tuple[list[float], list[list[float]], nn.Module]:
    """A training loop as anyone would write it: losses, norm of each layer's gradient, and the network."""
    torch.manual_seed(recipe.seed)
    model = build()
    optimizer = {
        "sgd": lambda p: torch.optim.SGD(p, recipe.learning_rate, recipe.momentum, weight_decay=recipe.weight_decay),
        "adam": lambda p: torch.optim.Adam(p, recipe.learning_rate, weight_decay=recipe.weight_decay),
        "rmsprop": lambda p: torch.optim.RMSprop(p, recipe.learning_rate, weight_decay=recipe.weight_decay),
    }[recipe.optimizer](model.parameters())
    losses, norms = [], []
    for epoch in range(1, recipe.epochs + 1):
        order = epoch_order(len(splits.train), recipe.seed, epoch)
        for start in range(0, len(order), recipe.batch_size):
            index = order[start : start + recipe.batch_size]
            outputs, classes = model(splits.train.inputs[index]), splits.train.targets[index]
            if recipe.loss == "mse":
                loss = ((outputs - torch.eye(splits.classes)[classes]) ** 2).mean()
            else:
                loss = -torch.log_softmax(outputs, 1)[torch.arange(len(index)), classes].mean()
            optimizer.zero_grad()
            loss.backward()
            losses.append(loss.item())
            norms.append(
                [
                    math.sqrt(
                        sum(float(p.grad.double().square().sum()) for p in layer.parameters() if p.grad is not None)
                    )
                    for layer in model
                    if list(layer.parameters())
                ]
            )
            optimizer.step()
    return losses, norms, model


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(optimizer="sgd", learning_rate=0.05, batch_size=32, epochs=2, seed=1, weight_decay=0.01),
        Recipe(optimizer="adam", learning_rate=1e-3, batch_size=32, epochs=2, seed=2, weight_decay=1e-3),
        Recipe(optimizer="rmsprop", learning_rate=1e-3, batch_size=64, epochs=2, seed=3, weight_decay=0.01),
        Recipe(optimizer="sgd", loss="mse", learning_rate=0.1, momentum=0.0, batch_size=50, epochs=2, seed=4),
    ],
    ids=["sgd", "adam", "rmsprop", "mse"],
)
@pytest.mark.parametrize("size", ["tiny", "large"])
def test_losses_and_norms_equal_those_of_a_loop_written_by_hand(
    recipe: Recipe, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if size == "large":
        monkeypatch.setattr(telemetry, "_TINY", 0)
    splits = images(330)
    training = session(recipe, splits, cnn)
    finish(training)
    losses, norms, model = by_hand(recipe, splits, cnn)
    measured = training.history.read(0)
    assert training.history.layer_names == ("0", "1", "6")
    assert len(measured.loss) == recipe.epochs * math.ceil(330 / recipe.batch_size)
    np.testing.assert_allclose(measured.loss, losses, rtol=1e-5)
    np.testing.assert_allclose(measured.norms, norms, rtol=1e-5)
    for ours, theirs in zip(training.model.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_results_of_an_epoch_are_means_over_samples() -> None:
    splits = images(100)
    recipe = Recipe(batch_size=64, epochs=2, seed=5)
    training = session(recipe, splits, cnn)
    finish(training)
    losses, _, model = by_hand(recipe, splits, cnn)
    model.eval()
    outputs = model(splits.validation.inputs)
    last = training.results[-1]
    assert (last.epoch, last.step, len(training.results)) == (2, 4, 2)
    assert last.train_loss == pytest.approx((losses[2] * 64 + losses[3] * 36) / 100, rel=1e-5)
    assert last.validation_loss == pytest.approx(
        functional.cross_entropy(outputs, splits.validation.targets).item(), rel=1e-4
    )
    assert last.validation_accuracy == int((outputs.argmax(1) == splits.validation.targets).sum()) / 50
    assert training.test is not None
    right = sum(
        int(model(x[None]).argmax()) == int(y) for x, y in zip(splits.test.inputs, splits.test.targets, strict=True)
    )
    assert training.test.accuracy == pytest.approx(right / 40)
    assert training.model.training


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    runs = [session(Recipe(seed=seed, epochs=2, batch_size=16)) for seed in (0, 0, 1)]
    for training in runs:
        finish(training)
    rows = [training.history.rows() for training in runs]
    np.testing.assert_array_equal(rows[0], rows[1])
    assert not np.array_equal(rows[0], rows[2])
    assert runs[0].results == runs[1].results
    assert runs[0].test == runs[1].test


@pytest.mark.parametrize("rest_after", [1, 9, 10, 11, 12, 25])
def test_resting_anywhere_changes_nothing_even_if_others_draw_random_numbers(rest_after: int) -> None:
    recipe = Recipe(epochs=3, batch_size=16, seed=9)  # 10 steps an epoch, then one batch of validation
    whole, parted = session(recipe), session(recipe)
    finish(whole)
    torch.rand(7)
    with closing(parted.run()) as steps:
        for _ in range(rest_after):
            next(steps)
        parted.park()
        assert parted.history.steps == parted.step
        torch.rand(100)
        parted.unpark()
        for _ in range(3):
            next(steps)
    torch.manual_seed(12345)
    finish(parted)
    np.testing.assert_array_equal(parted.history.rows(), whole.history.rows())
    assert parted.results == whole.results
    assert parted.test == whole.test
    for ours, theirs in zip(parted.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_more_epochs_go_on_where_the_run_ended() -> None:
    long, grown = session(Recipe(epochs=3, batch_size=16)), session(Recipe(epochs=1, batch_size=16))
    finish(long)
    finish(grown)
    assert grown.test is not None
    assert grown.test != long.test
    grown.plan(3)
    assert grown.test is None
    finish(grown)
    np.testing.assert_array_equal(grown.history.rows(), long.history.rows())
    assert grown.test == long.test


def test_the_learning_rate_takes_effect_in_the_next_step() -> None:
    training = session(Recipe(optimizer="sgd", momentum=0.0, learning_rate=0.5, batch_size=16))
    with closing(training.run()) as steps:
        next(steps)
        training.learning_rate = 0.0
        before = [parameter.clone() for parameter in training.model.parameters()]
        next(steps)
    assert training.learning_rate == 0
    assert all(torch.equal(a, b) for a, b in zip(before, training.model.parameters(), strict=True))


@pytest.mark.parametrize("after_epoch", [False, True])
def test_a_loss_that_is_not_finite_ends_the_run_and_keeps_what_was_measured(after_epoch: bool) -> None:
    class Diverging(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(2, 2)
            self.calls = 0

        def forward(self, x: Tensor) -> Tensor:
            self.calls += self.training
            return self.linear(x) * (math.nan if self.calls == 6 else 1)

    training = session(Recipe(batch_size=20, epochs=4), build=Diverging)
    if after_epoch:
        training.telemetry._interval_s = training.telemetry._next_send_s = math.inf
    with pytest.raises(TrainingError, match="NaN or infinite at step 6: lower the learning rate"):
        finish(training)
    assert np.isnan(training.history.read(5, 6).loss).all()
    assert np.isfinite(training.history.read(0, 5).loss).all()


def _wrong_output() -> nn.Module:
    return nn.Linear(2, 12)


def _wrong_input() -> nn.Module:
    return nn.Linear(3, 2)


def _two_axes() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 4), nn.Unflatten(1, (2, 2)))


def _nothing_to_learn() -> nn.Module:
    return nn.Flatten()


def _two_outputs() -> nn.Module:
    class Two(nn.Linear):
        def forward(self, input: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
            return input, super().forward(input)

    return Two(2, 2)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (_wrong_output, "shape 12 .* 2 classes"),
        (_wrong_input, "does not take this data.* shape 2"),
        (_two_axes, "shape 2×2 .* 2 classes"),
        (_nothing_to_learn, "nothing to learn"),
        (_two_outputs, "2 outputs, but there are loss weights for 0"),
    ],
)
def test_a_network_that_does_not_fit_is_refused_before_the_first_step(
    build: Callable[[], nn.Module], words: str
) -> None:
    with pytest.raises(TrainingError, match=words):
        session(Recipe(), build=build)


def test_checking_the_network_changes_neither_weights_nor_statistics_nor_random_numbers() -> None:
    splits = images(64)
    training = session(Recipe(seed=3, epochs=1), splits, cnn)
    torch.manual_seed(3)
    fresh = cnn()
    for name, value in fresh.state_dict().items():
        assert torch.equal(training.model.state_dict()[name], value), name
    assert torch.equal(training.random_state()["cpu"], torch.get_rng_state())


def test_a_batch_larger_than_the_data_is_the_whole_data() -> None:
    training = session(Recipe(batch_size=65_536, epochs=2))
    finish(training)
    assert (training.batch_size, training.steps_per_epoch, training.step) == (160, 1, 2)


def test_every_sample_is_visited_once_an_epoch() -> None:
    seen: list[float] = []

    class Watching(nn.Linear):
        def forward(self, input: Tensor) -> Tensor:
            if self.training:
                seen.extend(input[:, 0].tolist())
            return super().forward(input)

    inputs = torch.arange(70.0)[:, None].repeat(1, 2)
    part = TensorSet(inputs, torch.arange(70) % 2)
    splits = Splits(part, part, part, 2, Normalisation((0.0,), (1.0,)))
    finish(session(Recipe(batch_size=32, epochs=2, learning_rate=0.0), splits, lambda: Watching(2, 2)))
    assert sorted(seen[:70]) == sorted(seen[70:]) == list(range(70))
    assert seen[:70] != seen[70:]


def test_the_remaining_time_is_unknown_at_first_and_nothing_at_last() -> None:
    training = session(Recipe(batch_size=16, epochs=2))
    assert training.remaining_seconds() is None
    finish(training)
    assert training.remaining_seconds() == 0
    assert training.pace.steps == 20
