"""What a project says about weights is checked when it is opened, and written without what is usual."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import project
from engine.graph import document
from engine.graph.document import DocumentError
from engine.graph.model import Graph
from engine.graph.params import ParamError
from engine.weights.declarations import WeightChoice, WeightsError, source_of
from engine.zoo.registry import ZOO

V2 = "ResNet50_Weights.IMAGENET1K_V2"


@pytest.mark.parametrize("source", ["nothing", V2, "weights/cat.pth", "../net.PT", "/data/net.safetensors"])
def test_a_source_can_be_nothing_a_name_or_a_file(source: str) -> None:
    assert WeightChoice(source=source).source == source


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"source": "resnet50"}, "“Weights”: “resnet50” is neither a name of torchvision's"),
        ({"source": "net.onnx"}, "nor a file that ends in .safetensors, .pth or .pt."),
        ({"source": f"{V2}.x"}, "neither"),
        ({"source": ""}, "must be a text"),
        ({"source": "two\nlines.pth"}, "one line"),
        ({"source": 5}, "must be a text, not 5"),
        ({"freeze": "all"}, "“Frozen” must be one of nothing, backbone, not “all”."),
        ({"grey": 1}, "“Grey images” must be true or false, not 1."),
        ({"url": "http://x"}, "There is no setting “url”; what can be set is freeze, grey, source."),
    ],
)
def test_a_project_with_anything_else_is_not_opened(settings: dict[str, object], words: str) -> None:
    whole = json.loads(document.dump(ZOO["lenet5"].build()))
    whole["settings"]["weights"] = settings
    with pytest.raises(DocumentError) as caught:
        project.parse_project(json.dumps(whole).encode(), "“net.netwright”")
    assert str(caught.value).startswith("“net.netwright” cannot be opened: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_choice_survives_the_file_and_undo_restores_it_byte_for_byte() -> None:
    graph = ZOO["lenet5"].build()
    before = document.dump(graph)
    choice = WeightChoice(source=V2, freeze="backbone", grey=True)
    undo = choice.edit().apply(graph)
    assert project.weight_choice(project.parse_project(document.dump(graph), "it")) == choice
    undo.apply(graph)
    assert document.dump(graph) == before


def test_the_choice_of_nothing_leaves_no_trace() -> None:
    graph = Graph()
    WeightChoice(source="a.pth", freeze="backbone").edit().apply(graph)
    assert dict(graph.settings["weights"]) == {"source": "a.pth", "freeze": "backbone"}
    WeightChoice().edit().apply(graph)
    assert "weights" not in graph.settings
    assert not project.weight_choice(graph).is_given


def test_a_file_beside_the_project_moves_with_it(tmp_path: Path) -> None:
    inside, outside = tmp_path / "p" / "w" / "a.pth", tmp_path / "b.pth"
    assert source_of(inside, tmp_path / "p") == "w/a.pth"
    assert WeightChoice(source="w/a.pth").file(tmp_path / "moved") == tmp_path / "moved" / "w" / "a.pth"
    for folder in (tmp_path / "p", None):
        assert WeightChoice(source=source_of(outside, folder)).file(None) == outside


def test_a_relative_file_needs_a_project_file() -> None:
    with pytest.raises(WeightsError, match=r"“w/a\.pth” is looked for beside the project file: save the project first"):
        WeightChoice(source="w/a.pth").file(None)


def test_values_are_checked_wherever_a_choice_is_made() -> None:
    with pytest.raises(ParamError):
        WeightChoice(source="x.exe")
