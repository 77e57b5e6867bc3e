"""A network with several outputs learns from all their losses; what is shown of it comes from the main output."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import islice

import numpy as np
import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional

from engine.compiler.build import build
from engine.data.declarations import DataChoice
from engine.data.loading import load
from engine.data.splits import Normalisation, Splits, TensorSet, epoch_order
from engine.graph import document
from engine.graph.edits import SetParam
from engine.graph.model import Graph
from engine.layers.endpoints import loss_weights
from engine.project import parse_project, training_job
from engine.training import checkpoint
from engine.training.evaluation import Evaluation, evaluate
from engine.training.failures import TrainingError
from engine.training.job import TrainingJob
from engine.training.loop import TrainingSession
from engine.training.recipe import Recipe
from engine.training.runner import train
from engine.training.status import RunState
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch

CPU = torch.device("cpu")
POINTS = DataChoice("spirals", {"points": 200})
STEPS = 10
"""The steps in one epoch of 160 samples in batches of 16."""


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


class Headed(nn.Module):
    """Two heads and one trunk, written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Linear(2, 8)
        self.deep = nn.Linear(8, 8)
        self.head = nn.Linear(8, 2)
        self.side = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        early = torch.tanh(self.trunk(x))
        return self.head(torch.relu(self.deep(early))), self.side(early)


def headed(weights: Sequence[float] = (1.0, 0.3), recipe: Recipe | None = None) -> Graph:
    """The network `Headed` as a graph, whose main Output is not the one that is computed first."""
    pen = Sketch()
    pen.then("input", shape=(2,))
    pen.then("linear", "trunk", out_features=8)
    early = pen.then("tanh")
    for layer, name, params in (("linear", "deep", {"out_features": 8}), ("relu", "relu", {})):
        pen.then(layer, name, **params)
    pen.then("linear", "head", out_features=2)
    pen.then("output", "scores", loss_weight=weights[0])
    if len(weights) > 1:
        pen.add("linear", early, name="side", out_features=2)
        pen.then("output", "early.scores", loss_weight=weights[1])
    pen.settings("data", dataset="spirals", points=200)
    pen.settings("recipe", **(recipe or Recipe(batch_size=16, epochs=1, seed=3)).settings())
    return pen.graph


def session(graph: Graph, weights_of: nn.Module | None = None) -> TrainingSession:
    """What the app trains for `graph`; from the weights of another network, where there is one."""
    job = training_job(graph)
    training = TrainingSession(job, load(job.data, CPU), CPU)
    if weights_of is not None:
        training.model.load_state_dict(weights_of.state_dict(), strict=False)
    return training


def finish(training: TrainingSession) -> None:
    for _ in training.run():
        pass


def by_hand(model: nn.Module, recipe: Recipe, splits: Splits, weights: Sequence[float]) -> list[list[float]]:
    """Train as anyone would write it; the losses at each output in each step."""
    kind = torch.optim.Adam if recipe.optimizer == "adam" else torch.optim.SGD
    momentum = {} if recipe.optimizer == "adam" else {"momentum": recipe.momentum}
    optimizer = kind(model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, **momentum)
    found = []
    for epoch in range(1, recipe.epochs + 1):
        for index in epoch_order(len(splits.train), recipe.seed, epoch).split(recipe.batch_size):
            inputs, classes = splits.train.inputs[index], splits.train.targets[index]
            losses = [loss_by_hand(recipe.loss, scores, classes) for scores in model(inputs)]
            optimizer.zero_grad()
            (weights[0] * losses[0] + weights[1] * losses[1]).backward()
            optimizer.step()
            found.append([loss.item() for loss in losses])
    return found


def loss_by_hand(name: str, scores: Tensor, classes: Tensor) -> Tensor:
    if name == "mse":
        return (scores - torch.eye(2)[classes]).square().mean()
    return -torch.log_softmax(scores, 1)[torch.arange(len(classes)), classes].mean()


@pytest.mark.parametrize("weights", [(1.0, 0.3), (0.5, 2.0)])
@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(optimizer="sgd", learning_rate=0.1, batch_size=16, epochs=1, seed=3, weight_decay=0.01),
        Recipe(optimizer="adam", loss="mse", learning_rate=0.01, batch_size=16, epochs=1, seed=4),
    ],
    ids=["sgd", "adam on squared errors"],
)
def test_losses_and_weights_equal_those_of_a_loop_written_by_hand(weights: tuple[float, float], recipe: Recipe) -> None:
    training, hand = session(headed(weights, recipe)), Headed()
    hand.load_state_dict(training.model.state_dict())
    start = {name: value.clone() for name, value in hand.state_dict().items()}
    finish(training)
    losses = by_hand(hand, recipe, training.splits, weights)
    assert len(losses) == training.step == STEPS
    np.testing.assert_allclose(training.history.read(0).loss, [main for main, _ in losses], rtol=1e-5)
    for name, value in hand.state_dict().items():
        assert not torch.equal(value, start[name]), name
        torch.testing.assert_close(training.model.state_dict()[name], value, rtol=1e-5, atol=1e-7)
    assert set(training.history.layer_names) == {"trunk", "deep", "head", "side"}
    assert (training.history.read(0).norms > 0).all()


def test_results_come_from_the_main_output_alone() -> None:
    training = session(headed(recipe=Recipe(batch_size=64, epochs=2, seed=5)))
    finish(training)
    hand, splits = Headed().eval(), training.splits
    hand.load_state_dict(training.model.state_dict())
    last = training.results[-1]
    validation = Evaluation(last.validation_loss, last.validation_accuracy)
    for split, result in ((splits.validation, validation), (splits.test, training.test)):
        assert result is not None
        scores, side = hand(split.inputs)
        assert result.loss == pytest.approx(functional.cross_entropy(scores, split.targets).item(), rel=1e-5)
        assert result.loss != pytest.approx(functional.cross_entropy(side, split.targets).item(), rel=1e-3)
        assert result.accuracy == pytest.approx((scores.argmax(1) == split.targets).double().mean().item())
    # Three batches, of 64, 64 and 32 samples.
    means = training.history.read(3).loss.astype(float)
    assert last.train_loss == pytest.approx((means * [64, 64, 32]).sum() / 160, rel=1e-6)


def test_what_auxiliary_heads_say_is_of_no_account_in_evaluation() -> None:
    class Broken(nn.Linear):
        def forward(self, input: Tensor) -> tuple[Tensor, ...]:  # type: ignore[override]
            scores = super().forward(input)
            return scores, scores * torch.nan, scores[:, :0]

    def evaluated(model: nn.Module) -> Evaluation:
        batches = evaluate(model, load(POINTS, CPU).test, 2, "cross_entropy", 32)
        try:
            while True:
                next(batches)
        except StopIteration as end:
            found: Evaluation = end.value
            return found

    whole, broken = nn.Linear(2, 2), Broken(2, 2)
    broken.load_state_dict(whole.state_dict())
    assert evaluated(broken) == evaluated(whole)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_a_head_that_does_not_count_changes_nothing(optimizer: str) -> None:
    recipe = Recipe(optimizer=optimizer, batch_size=16, epochs=2, seed=6)
    plain = session(headed((1.0,), recipe))
    with_head = session(headed((1.0, 0.0), recipe), weights_of=plain.model)
    side = with_head.model.get_parameter("side.weight").clone()
    finish(plain)
    finish(with_head)
    np.testing.assert_array_equal(with_head.history.read(0).loss, plain.history.read(0).loss)
    assert with_head.results == plain.results
    assert with_head.test == plain.test
    for name, value in plain.model.state_dict().items():
        assert torch.equal(with_head.model.state_dict()[name], value), name
    assert torch.equal(with_head.model.get_parameter("side.weight"), side)


def test_a_single_output_counts_wholly_whatever_its_weight_is() -> None:
    runs = [session(headed((weight,))) for weight in (1.0, 0.0, 7.0)]
    for training in runs:
        finish(training)
        np.testing.assert_array_equal(training.history.rows(), runs[0].history.rows())
        assert training.results == runs[0].results


def test_a_run_that_is_resumed_goes_on_bitwise(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("run")
    graph = headed(recipe=Recipe(batch_size=16, epochs=3, seed=8))
    whole, first, resumed = session(graph), session(graph), session(graph)
    finish(whole)
    with closing(first.run()) as steps:
        for _ in islice(steps, STEPS + 4):
            pass
    checkpoint.save(first, folder)
    checkpoint.restore(resumed, folder)
    finish(resumed)
    np.testing.assert_array_equal(resumed.history.rows(), whole.history.rows())
    assert (resumed.results, resumed.test) == (whole.results, whole.test)


def test_a_project_with_two_outputs_trains_to_its_end() -> None:
    status = train(training_job(headed(recipe=Recipe(learning_rate=0.01, batch_size=16, epochs=30, seed=1))))
    assert status.state is RunState.FINISHED, status.message
    assert status.results[-1].train_loss < 0.9 * status.results[0].train_loss


def test_the_main_output_is_the_one_that_was_added_first() -> None:
    graph = headed((0.5, 0.25))
    assert list(loss_weights(graph).items()) == [("scores", 0.5), ("early.scores", 0.25)]
    reopened = parse_project(document.dump(graph), "It")
    assert list(loss_weights(reopened).items()) == [("scores", 0.5), ("early.scores", 0.25)]
    samples = torch.randn(3, 2)
    model, hand = build(graph), Headed()
    hand.load_state_dict(model.state_dict())
    for found, expected in zip(model(samples), hand(samples), strict=True):
        torch.testing.assert_close(found, expected)


def test_the_auxiliary_heads_of_googlenet_count_less() -> None:
    expected = {"output": 1.0, "output_aux2": 0.3, "output_aux1": 0.3}
    assert loss_weights(ZOO["googlenet"].build(aux=True)) == expected
    assert loss_weights(ZOO["googlenet"].build()) == {"output": 1.0}


def test_a_project_of_before_there_were_loss_weights_is_read() -> None:
    nodes = [
        {"id": "n1", "layer": "input", "name": "input", "x": 0, "y": 0, "params": {"shape": [2]}},
        {"id": "n2", "layer": "linear", "name": "dense", "x": 0, "y": 96, "params": {"out_features": 2}},
        {"id": "n3", "layer": "output", "name": "output", "x": 0, "y": 192, "params": {}},
        {"id": "n4", "layer": "output", "name": "output2", "x": 200, "y": 192, "params": {}},
    ]
    edges = [{"from": ["n1", 0], "to": ["n2", 0]}, *({"from": ["n2", 0], "to": [end, 0]} for end in ("n3", "n4"))]
    old = {"netwright": 2, "settings": {"data": {"dataset": "spirals"}}, "blocks": [], "nodes": nodes, "edges": edges}
    graph = parse_project(json.dumps(old).encode(), "It")
    assert loss_weights(graph) == {"output": 1.0, "output2": 1.0}
    assert document.dump(parse_project(document.dump(graph), "It")) == document.dump(graph)


def two_heads(*sizes: int) -> Callable[[], nn.Module]:
    """A network whose outputs have so many values."""

    class Heads(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.heads = nn.ModuleList(nn.Linear(2, size) for size in sizes)

        def forward(self, x: Tensor) -> tuple[Tensor, ...]:
            return tuple(head(x) for head in self.heads)

    return Heads


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        (
            (2, 5),
            "The Output “side” gets values of shape 5 for each sample, but the data has 2 classes: the layer before it "
            "must give 2 numbers.",
        ),
        (
            (3, 5),
            "The Output “main” gets values of shape 3 for each sample, but the data has 2 classes: the layer before it "
            "must give 2 numbers.",
        ),
        ((2, 2, 2), "The network has 3 outputs, but there are loss weights for 2: give one for each."),
    ],
)
def test_the_output_that_does_not_fit_the_data_is_named(sizes: tuple[int, ...], sentence: str) -> None:
    job = TrainingJob(two_heads(*sizes), POINTS, Recipe(), loss_weights={"main": 1.0, "side": 0.3})
    with pytest.raises(TrainingError) as raised:
        TrainingSession(job, load(POINTS, CPU), CPU)
    assert str(raised.value) == sentence


def test_a_head_of_the_wrong_size_is_named_by_its_output() -> None:
    graph = headed()
    side = graph.named("side")
    assert side is not None
    SetParam(side.id, "out_features", 3).apply(graph)
    with pytest.raises(TrainingError, match=r"The Output “early\.scores” gets values of shape 3"):
        session(graph)


@pytest.mark.slow
def test_the_gradients_of_googlenet_are_those_of_torchvision() -> None:
    samples = TensorSet(torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(0)), torch.arange(4))
    splits = Splits(samples, samples, samples, 5, Normalisation((0.0,), (1.0,)))
    theirs = torchvision.models.googlenet(weights=None, num_classes=5, aux_logits=True, init_weights=False)
    graph = ZOO["googlenet"].build((3, 64, 64), 5, aux=True)

    def model() -> nn.Module:
        ours = build(graph, device="meta")
        ours.load_state_dict({name: value.clone() for name, value in theirs.state_dict().items()}, assign=True)
        for parameter in ours.parameters():
            parameter.requires_grad_()
        return ours

    recipe = Recipe(optimizer="sgd", batch_size=4, epochs=1)
    training = TrainingSession(TrainingJob(model, DataChoice(), recipe, loss_weights=loss_weights(graph)), splits, CPU)
    torch.set_rng_state(training.random_state()["cpu"])
    order = epoch_order(4, recipe.seed, 1)
    found = theirs.train()(samples.inputs[order])
    losses = [functional.cross_entropy(scores, samples.targets[order]) for scores in found]
    (losses[0] + 0.3 * losses[1] + 0.3 * losses[2]).backward()
    with closing(training.run()) as steps:
        next(steps)
    assert training.history.read(0).loss[0] == pytest.approx(losses[0].item(), rel=1e-5)
    for name, parameter in theirs.named_parameters():
        expected, gradient = parameter.grad, training.model.get_parameter(name).grad
        assert expected is not None
        assert expected.abs().max() > 0, name
        torch.testing.assert_close(gradient, expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max()), msg=name)
