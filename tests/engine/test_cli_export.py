"""`export` on the command line: what is written, and what is said when it cannot be."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.cli import BAD_INPUT, run
from engine.compiler.build import build
from engine.compiler.codegen import generate
from engine.graph import document
from engine.graph.edits import RemoveNode, SetParam, SetSetting
from engine.project import recipe
from engine.zoo.registry import ZOO

# The one who reads a file is warned that the format is old.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")


def no_window(arguments: list[str]) -> int:
    raise AssertionError(f"a window was asked for with {arguments}")


def only_sentence(captured: str) -> str:
    lines = captured.strip().splitlines()
    assert len(lines) == 1, captured
    assert lines[0].startswith("netwright: ")
    return lines[0]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "spiral-net.netwright"
    document.write(ZOO["spirals_mlp"].build(), path)
    return path


def export(*arguments: str | Path) -> int:
    return run(["export", *map(str, arguments)], no_window)


def test_code_is_called_after_the_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = project.with_name("net.py")
    assert export(project, "--format", "python", "-o", target) == 0
    assert target.read_text(encoding="utf-8") == generate(ZOO["spirals_mlp"].build(), "SpiralNet").text
    assert capsys.readouterr().out == f"Wrote {target}, {target.stat().st_size:,} bytes.\n"


def test_weights_alone_are_those_of_the_seed(project: Path) -> None:
    target = project.with_name("net.safetensors")
    assert export(project, "-o", target) == 0
    graph = document.read(project)
    torch.manual_seed(recipe(graph).seed)
    expected = build(graph).state_dict()
    written = load_file(target)
    assert written.keys() == expected.keys()
    assert all(torch.equal(written[name], expected[name]) for name in expected)


def test_the_ending_tells_the_format_and_json_is_printed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = project.with_name("net.pt2")
    assert export(project, "-o", target, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"file": str(target), "format": "torch-export", "bytes": target.stat().st_size}
    assert torch.export.load(target).module()(torch.zeros(4, 2)).shape == (4, 2)


def test_a_training_script_has_a_loop(project: Path) -> None:
    target = project.with_name("train.py")
    assert export(project, "-o", target, "--training-script") == 0
    text = target.read_text(encoding="utf-8")
    assert "class SpiralNet(nn.Module):" in text
    assert "def train_epoch(" in text
    assert callable(runpy.run_path(str(target))["main"])


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_weights_are_loaded(suffix: str, project: Path) -> None:
    torch.manual_seed(8)
    model = build(ZOO["spirals_mlp"].build()).eval()
    weights, target = project.with_name(f"weights{suffix}"), project.with_name("net.pt")
    if suffix == ".pt":
        torch.save(model.state_dict(), weights)
    else:
        save_file(model.state_dict(), weights)
    assert export(project, "-o", target, "--format", "torchscript", "--weights", weights) == 0
    points = torch.randn(5, 2)
    torch.testing.assert_close(torch.jit.load(target)(points), model(points))


def test_the_weights_of_the_project_are_loaded(project: Path) -> None:
    graph = ZOO["spirals_mlp"].build()
    torch.manual_seed(9)
    model = build(graph).eval()
    save_file(model.state_dict(), project.with_name("start.safetensors"))
    SetSetting("weights", "source", "start.safetensors").apply(graph)
    document.write(graph, project)
    target = project.with_name("net.pt")
    assert export(project, "-o", target) == 0
    points = torch.randn(5, 2)
    torch.testing.assert_close(torch.jit.load(target)(points), model(points))


def test_what_is_there_is_kept_unless_it_is_to_be_replaced(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = project.with_name("net.py")
    target.write_text("mine")
    assert export(project, "-o", target) == BAD_INPUT
    assert "--force" in only_sentence(capsys.readouterr().err)
    assert target.read_text() == "mine"
    assert export(project, "-o", target, "--force") == 0
    assert "def build_model" in target.read_text()


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("-o", "net.zip"), "does not tell what to write"),
        (("-o", "net.onnx", "--training-script"), "leave one of the two away"),
        (("-o", "net.py", "--weights", "some.safetensors"), "code holds none"),
        (("-o", "net.pt", "--weights", "nowhere.safetensors"), "is not there"),
        (("-o", "nowhere/net.py"), "cannot be written"),
    ],
)
def test_bad_options_end_with_one_line(
    arguments: tuple[str, ...],
    part: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project.parent)
    assert export(project, *arguments) == BAD_INPUT
    assert part in only_sentence(capsys.readouterr().err)
    assert [path.name for path in project.parent.iterdir()] == [project.name]


def test_weights_for_other_classes_are_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = ZOO["spirals_mlp"].build()
    last = other.named("scores")
    assert last is not None
    SetParam(last.id, "out_features", 5).apply(other)
    weights = project.with_name("w.safetensors")
    save_file(build(other).state_dict(), weights)
    assert export(project, "-o", project.with_name("net.pt"), "--weights", weights) == BAD_INPUT
    assert "another number of classes" in only_sentence(capsys.readouterr().err)


def test_a_network_that_is_not_whole_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = ZOO["spirals_mlp"].build()
    output = next(node for node in graph.nodes.values() if node.layer == "output")
    for edge in graph.incoming(output.id):
        graph.remove_edge(edge)
    RemoveNode(output.id).apply(graph)
    document.write(graph, project)
    assert export(project, "-o", project.with_name("net.py")) == BAD_INPUT
    assert "has no Output" in only_sentence(capsys.readouterr().err)


def test_a_data_set_that_does_not_fit_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = ZOO["spirals_mlp"].build()
    SetSetting("data", "dataset", "mnist").apply(graph)
    document.write(graph, project)
    assert export(project, "-o", project.with_name("train.py"), "--training-script") == BAD_INPUT
    assert "The samples of MNIST are 1 × 28 × 28, but the network takes 2" in only_sentence(capsys.readouterr().err)
