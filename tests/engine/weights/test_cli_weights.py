"""The options of `new`: what they write, and that weights which do not fit are refused at once."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from engine import project
from engine.cli_weights import add_weight_options, apply_weight_options
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.params import ParamError
from engine.weights.declarations import WeightChoice
from engine.zoo.registry import ZOO

Nets = Callable[[str], nn.Module]


@pytest.fixture
def parse(tmp_path: Path) -> Callable[..., argparse.Namespace]:
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", "--output", type=Path)
    add_weight_options(parser)
    return lambda *arguments: parser.parse_args(["-o", str(tmp_path / "p" / "net.netwright"), *map(str, arguments)])


def small(**shape: object) -> Graph:
    return ZOO["resnet18"].build(**{"input_shape": (3, 64, 64), "classes": 10, **shape})  # type: ignore[arg-type]


def test_without_options_nothing_is_written(parse: Callable[..., argparse.Namespace]) -> None:
    graph = small()
    assert apply_weight_options(graph, parse()) == ""
    assert "weights" not in graph.settings


def test_default_is_what_torchvision_recommends(parse: Callable[..., argparse.Namespace]) -> None:
    graph = ZOO["resnet50"].build(classes=10)
    sentence = apply_weight_options(graph, parse("--weights", "default", "--freeze-backbone"))
    assert sentence == "318 tensors of “ResNet50_Weights.IMAGENET1K_V2” are loaded; “fc” starts from random numbers."
    assert project.weight_choice(graph) == WeightChoice(source="ResNet50_Weights.IMAGENET1K_V2", freeze="backbone")


def test_what_the_weights_need_besides_is_added(parse: Callable[..., argparse.Namespace]) -> None:
    graph = ZOO["googlenet"].build(classes=10)
    added = "“transform_input” is put behind “input”: these weights expect images on another scale."
    assert apply_weight_options(graph, parse("--weights", "GoogLeNet_Weights.IMAGENET1K_V1")).endswith(f". {added}")
    expected = ZOO["googlenet"].build(classes=10, transform_input=True)
    assert report(graph) == report(expected)
    assert added not in apply_weight_options(graph, parse("--weights", "default"))
    assert report(graph) == report(expected)


def report(graph: Graph) -> list[tuple[str, str, object]]:
    """The layers in the order in which they compute."""
    return sorted((node.name, node.layer, node.params) for node in graph.nodes.values())


def test_a_file_is_remembered_beside_the_project(
    parse: Callable[..., argparse.Namespace], tmp_path: Path, torchvision_net: Nets
) -> None:
    (tmp_path / "p").mkdir()
    for path, source in ((tmp_path / "p" / "a.pth", "a.pth"), (tmp_path / "b.pth", (tmp_path / "b.pth").as_posix())):
        torch.save(torchvision_net("resnet18").state_dict(), path)
        graph = small(input_shape=(1, 28, 28))
        sentence = apply_weight_options(graph, parse("--weights", path, "--grey-weights"))
        assert "summed over its colours" in sentence
        assert project.weight_choice(graph) == WeightChoice(source=source, grey=True)


@pytest.mark.parametrize(
    ("arguments", "shape", "words"),
    [
        (["--freeze-backbone"], {}, "--freeze-backbone needs --weights"),
        (["--grey-weights"], {}, "--grey-weights needs --weights"),
        (["--weights", "resnet"], {}, "“Weights”: "),
        (["--weights", "gone.pth"], {}, "is not there"),
        (
            ["--weights", "ResNet50_Weights.IMAGENET1K_V2"],
            {},
            "has “layer1.0.conv3.weight”, “layer1.0.bn3.weight”, “layer1.0.bn3.bias” and 195 more",
        ),
        (["--weights", "ResNet50_Weights.NEWEST"], {}, "torchvision has no weights"),
        (["--weights", "default"], {"input_shape": (1, 28, 28)}, "--grey-weights"),
        (["--weights", "default"], {"input_shape": (2, 28, 28)}, "no weights that fit this network"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    parse: Callable[..., argparse.Namespace], arguments: list[str], shape: dict[str, object], words: str
) -> None:
    graph = small(**shape)
    with pytest.raises((GraphError, ParamError)) as caught:
        apply_weight_options(graph, parse(*arguments))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "weights" not in graph.settings
