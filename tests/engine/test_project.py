"""A project is opened only when its layers, its data and its recipe are all known and in range."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine import project
from engine.analysis.problem import Severity
from engine.graph import document
from engine.graph.document import DocumentError
from engine.graph.edits import SetParam, SetSetting
from engine.graph.model import Graph
from engine.zoo.registry import ZOO


def spoiled(change: Callable[[dict[str, dict[str, object]]], object]) -> bytes:
    """The file of LeNet-5 after `change` has been made to its layers (by name) and settings (by section)."""
    whole = json.loads(document.dump(ZOO["lenet5"].build()))
    change({**{node["name"]: node for node in whole["nodes"]}, **whole["settings"], "settings": whole["settings"]})
    return json.dumps(whole).encode()


def set_in(holder: str, key: str, value: object) -> bytes:
    return spoiled(lambda parts: parts[holder].update({key: value}))


def param(layer: str, key: str, value: object) -> bytes:
    return spoiled(lambda parts: parts[layer]["params"].update({key: value}))  # type: ignore[attr-defined]


REFUSED: dict[str, tuple[bytes, str]] = {
    "unknown layer": (
        set_in("relu1", "layer", "swish"),
        "“relu1” is of the layer type “swish”, which this Netwright does not know.",
    ),
    "hostile layer": (
        set_in("relu1", "layer", "os.system"),
        "“relu1” is of the layer type “os.system”, which this Netwright does not know.",
    ),
    "dunder layer": (
        set_in("relu1", "layer", "__class__"),
        "“relu1” is of the layer type “__class__”, which this Netwright does not know.",
    ),
    "endless layer": (
        set_in("relu1", "layer", "x" * 10**6),
        f"“relu1” is of the layer type “{'x' * 39}…”, which this Netwright does not know.",
    ),
    "unknown parameter": (
        param("conv1", "filters", 6),
        "In the layer “conv1”: There is no setting “filters”; what can be set is bias, dilation, groups, kernel_size, "
        "out_channels, padding, padding_mode, same, stride, weight_fan, weight_init, weight_std, weight_value.",
    ),
    "parameter of another type": (
        param("conv1", "out_channels", "many"),
        "In the layer “conv1”: “Filters” must be a whole number, not “many”.",
    ),
    "fraction of a filter": (
        param("conv1", "out_channels", 6.5),
        "In the layer “conv1”: “Filters” must be a whole number, not 6.5.",
    ),
    "huge parameter": (
        param("conv1", "out_channels", 2**70),
        f"In the layer “conv1”: “Filters” must be between 1 and 65,536, not {2**70}.",
    ),
    "parameter of 400 digits": (
        param("conv1", "out_channels", 10**400),
        "In the layer “conv1”: “Filters” must be between 1 and 65,536, not an enormous number.",
    ),
    "kernel of three numbers": (
        param("conv1", "kernel_size", [3, 3, 3]),
        "In the layer “conv1”: “Kernel size” must be one or two whole numbers (height, width), not 3, 3, 3.",
    ),
    "negative padding": (
        param("conv1", "padding", [-1, 0]),
        "In the layer “conv1”: “Padding” must be between 0 and 1,024, not -1, 0.",
    ),
    "yes as a number": (
        param("conv1", "bias", 1),
        "In the layer “conv1”: “Bias” must be true or false, not 1.",
    ),
    "wire to a port that is not there": (
        document.dump(ZOO["lenet5"].build()).replace(b'["n3", 0]}', b'["n3", 1]}'),
        "A wire ends at an input that “relu1” does not have.",
    ),
    "unknown data set": (
        set_in("data", "dataset", "imagenet"),
        "There is no data set “imagenet”; there are mnist, spirals.",
    ),
    "data set as a number": (set_in("data", "dataset", 7), "There is no data set 7; there are mnist, spirals."),
    "text as learning rate": (
        set_in("recipe", "learning_rate", "fast"),
        "“Learning rate” must be a number, not “fast”.",
    ),
    "huge learning rate": (
        set_in("recipe", "learning_rate", 1e300),
        "“Learning rate” must be between 0 and 100, not 1e+300.",
    ),
    "negative epochs": (set_in("recipe", "epochs", -3), "“Epochs” must be between 1 and 100,000, not -3."),
    "hostile optimizer": (
        set_in("recipe", "optimizer", "__import__('os').system('true')"),
        "“Optimizer” must be one of sgd, adam, rmsprop, not “__import__('os').system('true')”.",
    ),
}


@pytest.mark.parametrize(("data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_this_version_does_not_know_is_refused_in_one_sentence(data: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "net.netwright"
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        project.open_project(path)
    assert str(caught.value) == f"“net.netwright” cannot be opened: {sentence}"
    with pytest.raises(DocumentError) as caught:
        project.parse_project(data, "The copy")
    assert str(caught.value) == f"The copy cannot be opened: {sentence}"
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [("data", "colour", 1), ("recipe", "speed", 1), ("recipe", "seed", "x" * 10**6), ("data", "a\nb" * 10**6, 1)],
)
def test_settings_of_unknown_names_are_refused_shortly(section: str, key: str, value: object) -> None:
    with pytest.raises(DocumentError) as caught:
        project.parse_project(set_in(section, key, value), "The file")
    assert len(str(caught.value)) <= 400
    assert str(caught.value).isprintable()


def test_what_the_file_leaves_out_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "net.netwright"
    path.write_bytes(b'{"netwright": 1, "nodes": [{"id": "n1", "layer": "conv2d", "name": "a"}]}')
    graph = project.open_project(path)
    assert graph.nodes[next(iter(graph.nodes))].params["kernel_size"] == (3, 3)
    assert project.data_choice(graph).dataset == "mnist"
    assert project.recipe(graph).optimizer == "adam"


def test_the_task_follows_the_settings() -> None:
    graph = Graph()
    for dataset, shape, classes in (("mnist", (1, 28, 28), 10), ("spirals", (2,), 2)):
        SetSetting("data", "dataset", dataset).apply(graph)
        SetSetting("recipe", "loss", "mse").apply(graph)
        task = project.task(graph)
        assert (task.input_shape, task.classes, task.loss) == (shape, classes, "mse")


def test_the_analyser_tells_shapes_and_problems_of_the_project() -> None:
    graph = ZOO["lenet5"].build()
    analyser = project.ProjectAnalyser()
    analysis, problems = analyser.analyse(graph)
    assert (analysis.parameters, problems) == (61_706, [])
    SetSetting("data", "dataset", "spirals").apply(graph)
    _, problems = analyser.analyse(graph)
    assert [problem.severity for problem in problems] == [Severity.ERROR, Severity.ERROR]
    for problem in problems:
        assert problem.fix is not None
        assert "“Two spirals”" in problem.sentence


def test_a_training_job_is_made_from_a_snapshot() -> None:
    graph = ZOO["lenet5"].build()
    SetSetting("recipe", "epochs", 2).apply(graph)
    job = project.training_job(graph)
    SetSetting("recipe", "epochs", 9).apply(graph)
    dense = graph.named("dense3")
    assert dense is not None
    SetParam(dense.id, "out_features", 7).apply(graph)
    model = job.build_model()
    assert model(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    assert job.recipe.epochs == 2
    assert job.data.dataset == "mnist"
    assert math.isclose(job.recipe.learning_rate, 0.002)
