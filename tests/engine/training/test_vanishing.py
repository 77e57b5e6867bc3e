"""The pair of templates that shows why deep sigmoid networks do not learn: the gradient vanishes on its way back."""

from __future__ import annotations

from contextlib import closing
from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn

from engine.data.loading import load
from engine.data.splits import Splits, epoch_order
from engine.project import data_choice, training_job
from engine.training.history import Measurements
from engine.training.loop import TrainingSession
from engine.zoo.registry import ZOO

STEPS = 40
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def digits() -> Splits:
    """MNIST, which both templates are trained on."""
    for name in ("deep_sigmoid", "deep_relu"):
        assert data_choice(ZOO[name].build()).dataset == "mnist"
    return load(data_choice(ZOO["deep_sigmoid"].build()), CPU)


def session_of(name: str, digits: Splits) -> TrainingSession:
    return TrainingSession(training_job(ZOO[name].build()), digits, CPU)


def measured(name: str, digits: Splits) -> Measurements:
    """The first steps of a run of the template, by its own recipe."""
    session = session_of(name, digits)
    with closing(session.run()) as steps:
        for _ in islice(steps, STEPS):
            pass
    session.telemetry.drain()
    assert session.history.layer_names[0] == "dense1"
    assert session.history.layer_names[-1] == "scores"
    news = session.history.read(0)
    assert len(news.loss) >= STEPS
    return news


def loss_of_gradient(news: Measurements) -> float:
    """How many times smaller the gradient of the first layer is than the last one's, in the median step."""
    return float(np.median(news.norms[:, -1] / news.norms[:, 0]))


def test_through_sigmoids_the_gradient_vanishes(digits: Splits) -> None:
    assert loss_of_gradient(measured("deep_sigmoid", digits)) >= 100


def test_through_rectifiers_it_arrives(digits: Splits) -> None:
    ratio = loss_of_gradient(measured("deep_relu", digits))
    assert 1 / 10 < ratio < 10


def test_it_shrinks_from_layer_to_layer_all_the_way_back(digits: Splits) -> None:
    medians = np.median(measured("deep_sigmoid", digits).norms, axis=0)
    # The first layer has twelve times as many inputs as the others, which makes up for one step of the way.
    assert (medians[1:-1] * 3 < medians[2:]).all()


def test_only_the_activation_and_its_initialisation_tell_the_twins_apart() -> None:
    sigmoid, relu = ZOO["deep_sigmoid"].build(), ZOO["deep_relu"].build()
    assert sigmoid.settings == relu.settings
    assert [node.layer.replace("sigmoid", "relu") for node in sigmoid.nodes.values()] == [
        node.layer for node in relu.nodes.values()
    ]


def test_the_norms_are_those_that_autograd_gives(digits: Splits) -> None:
    """Checked by hand for the first batch: the gradient vanishes, and not only its measurement."""
    news = measured("deep_sigmoid", digits)
    session = session_of("deep_sigmoid", digits)
    model, train = session.model, digits.train
    batch = epoch_order(len(train), session.job.recipe.seed, 1)[: session.batch_size]
    nn.functional.cross_entropy(model(train.inputs[batch]), train.targets[batch]).backward()
    for column, name in enumerate(session.history.layer_names):
        gradients = [p.grad.double() for p in model.get_submodule(name).parameters() if p.grad is not None]
        squares = sum(float(gradient.square().sum()) for gradient in gradients)
        assert news.norms[0, column] == pytest.approx(squares**0.5, rel=1e-4)
