"""The commands “zoo” and “new”, as their users meet them."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

import pytest

from engine.cli import BAD_INPUT, run
from engine.graph import document
from engine.graph.model import Graph
from engine.project import open_project
from engine.zoo.registry import ZOO


def no_window(arguments: list[str]) -> int:
    raise AssertionError(f"a window was asked for with {arguments}")


def made(path: Path, *arguments: str) -> Graph:
    assert run(["new", *arguments, "-o", str(path)], no_window) == 0
    return open_project(path)


def test_zoo_lists_every_network_under_its_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["zoo"], no_window) == 0
    expected: list[str] = []
    for family, entries in groupby(ZOO.values(), key=lambda entry: entry.family):
        expected += [f"{family}:", *(entry.id for entry in entries)]
    lines = capsys.readouterr().out.splitlines()
    assert [line if line.endswith(":") else line.split()[0] for line in lines] == expected


def test_zoo_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["zoo", "--json"], no_window) == 0
    found = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in found] == list(ZOO)
    assert found[list(ZOO).index("vgg16_bn")] == {
        "name": "vgg16_bn",
        "label": "VGG-16 with batch norm",
        "doc": ZOO["vgg16_bn"].doc,
        "family": "Classic CNNs",
    }


@pytest.mark.sampled(15)
@pytest.mark.parametrize("name", ZOO)
def test_new_writes_the_network_as_a_project(name: str, tmp_path: Path) -> None:
    assert document.dump(made(tmp_path / "net.netwright", name)) == document.dump(ZOO[name].build())


def test_new_for_other_samples_and_classes(tmp_path: Path) -> None:
    path = tmp_path / "net.netwright"
    graph = made(path, "resnet50", "--input", "1,96,64", "--classes", "5")
    assert graph.named("input").params["shape"] == (1, 96, 64)  # type: ignore[union-attr]
    assert graph.named("fc").params["out_features"] == 5  # type: ignore[union-attr]
    graph = made(path, "googlenet", "--aux", "--classes", "3", "--force")
    assert graph.named("aux2").params["classes"] == 3  # type: ignore[union-attr]
    assert graph.named("transform_input") is None
    graph = made(path, "googlenet", "--transform-input", "--force")
    assert document.dump(graph) == document.dump(ZOO["googlenet"].build(transform_input=True))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["resnet51"], ["resnet50"]),
        (["zebra"], ["zebra", "“zoo”"]),
        (["resnet18", "--input", "3,x,5"], ["--input", "3,x,5"]),
        (["resnet18", "--input", ""], ["--input"]),
        (["resnet18", "--input", "3,224"], ["takes an image"]),
        (["resnet18", "--input", "3,-1,224"], ["between 1 and"]),
        (["alexnet", "--input", "1,28,28"], ["63×63"]),
        (["resnet18", "--classes", "many"], ["--classes", "many"]),
        (["resnet18", "--classes", "0"], ["Classes"]),
        (["resnet18", "--aux"], ["aux"]),
        (["resnet18", "--transform-input"], ["transform_input"]),
    ],
)
def test_bad_values_give_one_line(
    arguments: list[str], words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.netwright"
    assert run(["new", *arguments, "-o", str(path)], no_window) == BAD_INPUT
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("netwright: ")
    assert all(word in line for word in words)
    assert not path.exists()
