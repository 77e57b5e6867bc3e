"""Training scripts run on their own, learn, and see the data that training here sees."""

from __future__ import annotations

import re
import runpy
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import TensorDataset

from engine.compiler.training_script import ScriptError
from engine.data import mnist, spirals
from engine.data.declarations import DataChoice
from engine.data.loading import load
from engine.data.splits import Splits, epoch_order
from engine.graph.edits import SetSetting
from engine.graph.model import Graph
from engine.project import training_job
from engine.training.loop import TrainingSession
from engine.training.script import project_script
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch


def write(graph: Graph, folder: Path) -> Path:
    path = folder / "train.py"
    path.write_text(project_script(graph, "Net").text, encoding="utf-8")
    return path


def losses(output: str) -> list[float]:
    return [float(found) for found in re.findall(r"epoch .*?  loss ([0-9.]+)", output)]


def execute(folder: Path, *command: str) -> str:
    result = subprocess.run(
        [sys.executable, *command], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def small_images(channels: int = 3, classes: int = 2) -> Graph:
    """A small network for images that no built-in data set has."""
    pen = Sketch()
    pen.then("input", shape=(channels, 16, 16))
    pen.then("conv2d", "conv", out_channels=4)
    pen.then("batch_norm2d", "norm")
    pen.then("adaptive_avg_pool2d")
    pen.then("flatten")
    pen.then("linear", "head", out_features=classes)
    pen.then("output")
    return pen.graph


def two_heads(classes: int = 2) -> Graph:
    """A network for spirals with an auxiliary head of `classes` scores."""
    pen = Sketch()
    pen.then("input", shape=(2,))
    pen.then("linear", "stem", out_features=8)
    early = pen.then("tanh")
    pen.then("linear", "deep", out_features=8)
    pen.then("relu")
    pen.then("linear", "head", out_features=2)
    pen.then("output", "scores")
    pen.add("linear", early, name="side", out_features=classes)
    pen.then("output", "early", loss_weight=0.3)
    pen.settings("data", dataset="spirals", points=200)
    pen.settings("recipe", learning_rate=0.05, batch_size=16, epochs=3, seed=4)
    return pen.graph


def check_splits(parts: tuple[Any, ...], expected: Splits) -> None:
    for part, wanted in zip(parts, (expected.train, expected.validation, expected.test), strict=True):
        assert isinstance(part, TensorDataset)
        inputs, targets = part.tensors
        torch.testing.assert_close(inputs, wanted.inputs, rtol=1e-5, atol=1e-5)
        assert torch.equal(targets, wanted.targets)


def test_the_spirals_of_a_script_are_those_of_training_here(tmp_path: Path) -> None:
    graph = ZOO["spirals_mlp"].build()
    values = {"points": 300, "noise": 0.1, "turns": 2.0, "validation_fraction": 0.25, "data_seed": 7}
    for name, value in values.items():
        SetSetting("data", name, value).apply(graph)
    script = runpy.run_path(str(write(graph, tmp_path)))
    expected = spirals.load(DataChoice("spirals", values), torch.device("cpu"))
    check_splits(script["load_data"](), expected)


@pytest.mark.slow
def test_a_script_for_spirals_learns(tmp_path: Path) -> None:
    write(ZOO["spirals_mlp"].build(), tmp_path)
    output = execute(tmp_path, "-I", "-W", "error", "train.py", "--epochs", "4", "--device", "cpu")
    found = losses(output)
    assert len(found) == 4
    assert found[-1] < found[0]
    assert "test accuracy" in output
    weights = torch.load(tmp_path / "weights.pt", weights_only=True)
    again = execute(tmp_path, "-I", "train.py", "--epochs", "1", "--device", "cpu", "--weights", "weights.pt")
    assert losses(again)[0] < found[0]
    assert list(weights) == list(runpy.run_path(str(tmp_path / "train.py"))["build_model"]().state_dict())


@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_script_for_several_outputs_has_the_losses_of_training_here(
    optimizer: str, loss: str, tmp_path: Path
) -> None:
    graph = two_heads()
    for name, value in (("optimizer", optimizer), ("loss", loss)):
        SetSetting("recipe", name, value).apply(graph)
    job = training_job(graph)
    here = TrainingSession(job, load(job.data, torch.device("cpu")), torch.device("cpu"))
    script = runpy.run_path(str(write(graph, tmp_path)))
    assert script["LOSS_WEIGHTS"] == {"scores": 1.0, "early": 0.3}
    model = script["build_model"]()
    model.load_state_dict(here.model.state_dict())
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
    steps = kind(model.parameters(), lr=0.05, **({"momentum": 0.9} if optimizer == "sgd" else {}))
    for _ in here.run():
        pass
    train, validation, _ = script["load_data"]()
    assert len(here.results) == 3
    for result in here.results:
        order = epoch_order(len(train), job.recipe.seed, result.epoch)
        batches = [train[index] for index in order.split(16)]
        model.train()
        assert script["train_epoch"](model, batches, steps, torch.device("cpu")) == pytest.approx(
            result.train_loss, rel=1e-4
        )
        found = script["evaluate"](model, [validation[:]], torch.device("cpu"))
        assert found == pytest.approx((result.validation_loss, result.validation_accuracy), rel=1e-4)
    for name, value in here.model.state_dict().items():
        torch.testing.assert_close(model.state_dict()[name], value, rtol=1e-3, atol=1e-5)


@pytest.mark.slow
def test_a_script_for_several_outputs_learns(tmp_path: Path) -> None:
    write(two_heads(), tmp_path)
    output = execute(tmp_path, "-I", "-W", "error", "train.py", "--epochs", "12", "--device", "cpu")
    found = losses(output)
    assert len(found) == 12
    assert found[-1] < 0.9 * found[0]


@pytest.mark.slow
@pytest.mark.parametrize("make", [ZOO["spirals_mlp"].build, two_heads], ids=["one output", "several outputs"])
def test_a_script_trains_with_several_processes(make: Callable[[], Graph], tmp_path: Path) -> None:
    write(make(), tmp_path)
    command = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    output = execute(tmp_path, *command, "train.py", "--epochs", "3", "--device", "cpu")
    found = losses(output)
    assert len(found) == 3
    assert found[-1] < found[0]


def raw_mnist(folder: Path) -> None:
    """MNIST as torchvision finds it when it has been downloaded."""
    arrays = mnist.read()
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, images, labels in (("train", arrays.x_train, arrays.y_train), ("t10k", arrays.x_test, arrays.y_test)):
        head = struct.pack(">iiii", 2051, *images.shape)
        (raw / f"{name}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        (raw / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">ii", 2049, len(labels)) + labels.tobytes())


@pytest.mark.slow
def test_the_digits_of_a_script_are_those_of_training_here(tmp_path: Path) -> None:
    pytest.importorskip("torchvision")
    raw_mnist(tmp_path)
    script = runpy.run_path(str(write(ZOO["lenet5"].build(), tmp_path)))
    expected = mnist.load(DataChoice("mnist"), torch.device("cpu"))
    check_splits(script["load_data"](tmp_path), expected)


@pytest.mark.slow
@pytest.mark.parametrize(("channels", "freezes"), [(3, False), (1, True)])
def test_a_script_trains_on_images_in_folders(channels: int, freezes: bool, tmp_path: Path) -> None:
    pytest.importorskip("torchvision")
    image = pytest.importorskip("PIL.Image")
    random = np.random.default_rng(0)
    for part in ("train", "val"):
        for number, kind in enumerate(("dark", "light")):
            folder = tmp_path / "data" / part / kind
            folder.mkdir(parents=True)
            for index in range(4):
                pixels = random.integers(0, 128, (20, 24, 3), dtype=np.uint8) + np.uint8(127 * number)
                image.fromarray(pixels).save(folder / f"{index}.png")
    graph = small_images(channels)
    if freezes:
        SetSetting("weights", "source", "start.pt").apply(graph)
        SetSetting("weights", "freeze", "backbone").apply(graph)
    path = write(graph, tmp_path)
    start = runpy.run_path(str(path))["build_model"]().state_dict()
    torch.save(start, tmp_path / "start.pt")
    execute(tmp_path, "train.py", "--epochs", "2", "--workers", "0", "--weights", "start.pt", "--device", "cpu")
    end = torch.load(tmp_path / "weights.pt", weights_only=True)
    same = {name for name in start if torch.equal(start[name], end[name])}
    if freezes:
        assert same == {name for name in start if not name.startswith("head.")}
    else:
        assert not same & {"conv.weight", "head.weight", "norm.running_mean"}


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        ({"optimizer": "sgd", "momentum": 0.8}, ["torch.optim.SGD(", "momentum=0.8)"]),
        ({"optimizer": "rmsprop", "weight_decay": 0.01}, ["torch.optim.RMSprop(", "weight_decay=0.01)"]),
        ({"loss": "mse", "learning_rate": 0.25}, ["F.mse_loss(", "default=0.25"]),
        ({"threads": 3, "seed": 5, "device": "cpu"}, ["torch.set_num_threads(3)", "default=5", 'default="cpu"']),
    ],
)
def test_the_recipe_is_in_the_script(settings: dict[str, Any], parts: list[str]) -> None:
    graph = ZOO["spirals_mlp"].build()
    for name, value in settings.items():
        SetSetting("recipe", name, value).apply(graph)
    text = project_script(graph).text
    for part in parts:
        assert part in text


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("name", "options"),
    [("spirals_mlp", {}), ("lenet5", {}), ("resnet18", {}), ("googlenet", {}), ("googlenet", {"aux": True})],
)
def test_a_script_is_formatted_and_linted(name: str, options: dict[str, Any], tmp_path: Path) -> None:
    for number, freeze in enumerate(("nothing", "backbone")):
        graph = ZOO[name].build(**options)
        SetSetting("weights", "freeze", freeze).apply(graph)
        write(graph, tmp_path).rename(tmp_path / f"train{number}.py")
    execute(tmp_path, "-m", "ruff", "format", "--isolated", "--line-length=120", "--check", ".")
    execute(tmp_path, "-m", "ruff", "check", "--isolated", "--line-length=120", "--select=E,F,I,UP,B", ".")


def test_networks_that_a_script_cannot_train_are_refused() -> None:
    several = Sketch()
    several.add("input", shape=(2,))
    several.add("output", several.add("add", several.add("input", shape=(2,)), several.add("input", shape=(2,))))
    with pytest.raises(ScriptError, match="one Input and at least one Output"):
        project_script(several.graph)
    with pytest.raises(ScriptError, match="Two spirals needs 2 numbers at the Output “early”, one for each class"):
        project_script(two_heads(classes=3))
    with pytest.raises(ScriptError, match="choose a data set that fits it"):
        project_script(ZOO["unet"].build())
    graph = small_images()
    SetSetting("data", "dataset", "spirals").apply(graph)
    with pytest.raises(ScriptError, match="The samples of Two spirals are 2, but the network takes 3 × 16 × 16"):
        project_script(graph)
