"""Training from pretrained weights, against a loop written by hand on torchvision's own network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine import project
from engine.compiler.build import build
from engine.data.splits import Normalisation, Splits, TensorSet, epoch_order
from engine.graph.edits import SetSetting
from engine.graph.model import Graph
from engine.training import checkpoint
from engine.training.failures import TrainingError
from engine.training.loop import TrainingSession
from engine.weights.declarations import WeightChoice, WeightsError
from engine.weights.head import head_of
from engine.weights.transfer import freeze_backbone
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch

Nets = Callable[[str], nn.Module]
CPU = torch.device("cpu")
STEPS, BATCH, RATE = 4, 4, 0.02


def images(count: int, seed: int) -> TensorSet:
    generator = torch.Generator().manual_seed(seed)
    return TensorSet(torch.randn(count, 3, 32, 32, generator=generator), torch.arange(count) % 10)


SPLITS = Splits(images(STEPS * BATCH, 1), images(4, 2), images(4, 3), 10, Normalisation((0.0,), (1.0,)))


def resnet(source: str, freeze: str) -> Graph:
    graph = ZOO["resnet18"].build(input_shape=(3, 32, 32), classes=10)
    for name, value in {
        "optimizer": "sgd",
        "learning_rate": RATE,
        "momentum": 0.9,
        "weight_decay": 0.0,
        "batch_size": BATCH,
        "epochs": 1,
        "device": "cpu",
        "seed": 3,
    }.items():
        SetSetting("recipe", name, value).apply(graph)
    WeightChoice(source=source, freeze=freeze).edit().apply(graph)
    return graph


def state(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def train(session: TrainingSession) -> None:
    for _ in session.run():
        pass


def train_by_hand(net: nn.Module, frozen: bool) -> list[float]:
    """What a person would write to fine-tune a network of torchvision, or its head alone."""
    learning = [net.fc] if frozen else [net]
    net.requires_grad_(not frozen)
    optimizer = torch.optim.SGD([p for part in learning for p in part.requires_grad_().parameters()], RATE, 0.9)
    net.train(not frozen)
    losses = []
    for index in epoch_order(len(SPLITS.train), 3, 1).split(BATCH):
        optimizer.zero_grad()
        loss = functional.cross_entropy(net(SPLITS.train.inputs[index]), SPLITS.train.targets[index])
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses


@pytest.mark.sampled(1)
@pytest.mark.parametrize("freeze", ["nothing", "backbone"])
def test_training_is_that_of_a_loop_written_by_hand(freeze: str, tmp_path: Path, torchvision_net: Nets) -> None:
    torch.save(torchvision_net("resnet18").state_dict(), tmp_path / "net.pth")
    session = TrainingSession(project.training_job(resnet("net.pth", freeze), tmp_path), SPLITS, CPU)
    before = state(session.model)
    theirs = type(torchvision_net("resnet18"))(*_resnet18())
    theirs.fc = nn.Linear(512, 10)
    theirs.load_state_dict(before)
    losses = train_by_hand(theirs, freeze == "backbone")
    train(session)
    np.testing.assert_allclose(session.history.rows()[:, 0], losses, rtol=1e-5, atol=1e-5)
    after = state(session.model)
    for name, tensor in theirs.state_dict().items():
        torch.testing.assert_close(after[name], tensor, rtol=1e-5, atol=1e-5)
        if not name.startswith("fc.") and freeze == "backbone":
            assert torch.equal(after[name], before[name]), name
        elif not name.endswith("num_batches_tracked"):
            assert not torch.equal(after[name], before[name]), name
    assert session.history.layer_names == (("fc",) if freeze == "backbone" else session.history.layer_names)


def _resnet18() -> tuple[object, list[int]]:
    from torchvision.models.resnet import BasicBlock

    return BasicBlock, [2, 2, 2, 2]


def test_frozen_norms_rest_whatever_is_trained(torchvision_net: Nets) -> None:
    graph = ZOO["densenet121"].build(input_shape=(3, 64, 64), classes=10)
    model = build(graph)
    freeze_backbone(model, head_of(graph))
    model.train()
    assert not any(m.training for m in model.modules() if isinstance(m, nn.BatchNorm2d))
    assert model.get_submodule("classifier").training
    assert [name for name, p in model.named_parameters() if p.requires_grad] == ["classifier.weight", "classifier.bias"]
    before = state(model)
    model(torch.randn(2, 3, 64, 64)).sum().backward()
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert model.state_dict().keys() == torchvision_net("densenet121").state_dict().keys()


def test_dropout_and_what_stands_behind_the_head_go_on() -> None:
    pen = Sketch()
    pen.then("input", shape=(6,))
    pen.then("linear", "body", out_features=5)
    pen.then("batch_norm1d", "norm")
    pen.then("dropout", "dropout")
    pen.then("linear", "head", out_features=4)
    pen.then("batch_norm1d", "last", affine=True)
    pen.then("output")
    model = build(pen.graph)
    freeze_backbone(model, head_of(pen.graph))
    model.train()
    assert {name for name, m in model.named_children() if m.training} == {"body", "dropout", "head", "last"}
    assert {name for name, p in model.named_parameters() if p.requires_grad} == {
        "head.weight",
        "head.bias",
        "last.weight",
        "last.bias",
    }


def test_a_network_without_a_head_cannot_train_it_alone() -> None:
    pen = Sketch()
    pen.then("input", shape=(6,))
    pen.then("batch_norm1d", "norm")
    pen.then("softmax")
    pen.then("output")
    freeze_backbone(build(pen.graph), head_of(pen.graph))  # the norm lies behind, so it belongs to the head
    pen = Sketch()
    pen.then("input", shape=(6,))
    pen.then("softmax")
    pen.then("output")
    with pytest.raises(WeightsError, match="nothing is left to learn"):
        freeze_backbone(build(pen.graph), head_of(pen.graph))


def test_all_frozen_is_told_apart_from_nothing_to_learn() -> None:
    graph = resnet("nothing", "nothing")
    job = project.training_job(graph)
    frozen = type(job)(lambda: build(graph).requires_grad_(False), job.data, job.recipe)
    with pytest.raises(TrainingError, match="All layers are frozen"):
        TrainingSession(frozen, SPLITS, CPU)


@pytest.mark.slow
def test_a_run_goes_on_without_the_file_that_it_started_from(tmp_path: Path, torchvision_net: Nets) -> None:
    torch.save(torchvision_net("resnet18").state_dict(), tmp_path / "net.pth")
    job = project.training_job(resnet("net.pth", "backbone"), tmp_path)
    whole, first = (TrainingSession(job, SPLITS, CPU) for _ in range(2))
    train(whole)
    steps = first.run()
    next(steps)
    next(steps)
    steps.close()
    checkpoint.save(first, tmp_path / "run")
    (tmp_path / "net.pth").unlink()
    with pytest.raises(WeightsError, match="is not there: put it back"):
        TrainingSession(job, SPLITS, CPU)
    resumed = TrainingSession(type(job)(job.build_model, job.data, job.recipe, resume=True), SPLITS, CPU)
    checkpoint.restore(resumed, tmp_path / "run")
    train(resumed)
    np.testing.assert_array_equal(resumed.history.rows(), whole.history.rows())
    assert all(
        torch.equal(a, b) for a, b in zip(state(resumed.model).values(), state(whole.model).values(), strict=True)
    )
    other = project.training_job(resnet("nothing", "nothing"))
    with pytest.raises(TrainingError, match="trained with other layers frozen"):
        checkpoint.restore(TrainingSession(other, SPLITS, CPU), tmp_path / "run")


def test_the_run_of_a_project_tells_that_weights_are_loaded(tmp_path: Path, torchvision_net: Nets) -> None:
    torch.save(torchvision_net("resnet18").state_dict(), tmp_path / "net.pth")
    said: list[str] = []
    TrainingSession(project.training_job(resnet("net.pth", "backbone"), tmp_path), SPLITS, CPU, said.append)
    assert said == ["Loading the weights…"]
