"""The command line, as its users meet it: exit status, standard output and standard error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.cli import BAD_INPUT, FAILED, run
from engine.compiler.build import build
from engine.graph import document
from engine.graph.block_edits import Within
from engine.graph.edits import RemoveNode, SetParam, SetSetting
from engine.graph.model import Graph
from engine.zoo.registry import TEMPLATES, ZOO

ROOT = Path(__file__).parents[2]


def no_window(arguments: list[str]) -> int:
    raise AssertionError(f"a window was asked for with {arguments}")


def spirals(folder: Path, **recipe: Any) -> Path:
    graph = ZOO["spirals_mlp"].build()
    SetSetting("data", "points", 200).apply(graph)
    for name, value in {"device": "cpu", "epochs": 2, **recipe}.items():
        SetSetting("recipe", name, value).apply(graph)
    path = folder / "spirals.netwright"
    document.write(graph, path)
    return path


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def only_sentence(captured: str) -> str:
    lines = captured.strip().splitlines()
    assert len(lines) == 1, captured
    assert lines[0].startswith("netwright: ")
    return lines[0]


@pytest.mark.parametrize("arguments", [[], ["some.netwright"]])
def test_without_a_command_the_window_is_opened(arguments: list[str]) -> None:
    asked: list[list[str]] = []
    assert run(arguments, lambda given: asked.append(given) or 7) == 7
    assert asked == [arguments]


@pytest.mark.parametrize("name", TEMPLATES)
def test_new_writes_a_project_that_check_finds_sound(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.netwright"
    assert run(["new", name, "-o", str(path)], no_window) == 0
    capsys.readouterr()
    assert run(["check", str(path), "--json"], no_window) == 0
    report = json.loads(capsys.readouterr().out)
    # Some are made for data that do not come along; that these are missing is all that is wrong with them.
    assert all("No data set is chosen" in problem["sentence"] for problem in report["problems"])
    assert "dataset" not in ZOO[name].build().settings.get("data", {}) or report["problems"] == []
    assert report["parameters"] == sum(node["parameters"] for node in report["nodes"]) > 0
    assert {node["name"] for node in report["nodes"]} == {node.name for node in ZOO[name].build().nodes.values()}


def test_check_of_lenet_agrees_with_the_paper(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document.write(ZOO["lenet5"].build(), tmp_path / "n.netwright")
    assert run(["check", str(tmp_path / "n.netwright"), "--json"], no_window) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["parameters"] == 61_706
    shapes = {node["name"]: node["output_shapes"] for node in report["nodes"]}
    assert shapes["pool2"] == [[16, 5, 5]]
    assert shapes["dense3"] == [[10]]


def test_check_tells_the_costs_of_every_layer_inside_blocks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = ZOO["resnet18"].build()
    path = tmp_path / "n.netwright"
    document.write(graph, path)
    assert run(["check", str(path), "--json"], no_window) == 0
    report = json.loads(capsys.readouterr().out)
    state = build(graph, device="meta").state_dict()

    def leaves(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        inner = [leaves(copy["nodes"]) for node in nodes for copy in node.get("inside", [])]
        return [node for node in nodes if "inside" not in node] + [leaf for part in inner for leaf in part]

    found = leaves(report["nodes"])
    for figure in ("parameters", "buffers", "flops", "macs", "activation_bytes"):
        assert sum(leaf[figure] for leaf in found) == report[figure]
        assert sum(node[figure] for node in report["nodes"]) == report[figure]
    weighted = {leaf["name"] for leaf in found if leaf["parameters"]}
    assert all(any(key.startswith(f"{name}.") for key in state) for name in weighted)
    learned = [key for key in state if "running" not in key and "num_batches" not in key]
    assert report["parameters"] == sum(state[key].numel() for key in learned)
    assert report["macs"] * 2 == report["flops"]


def test_check_prints_the_layers_inside_blocks_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "n.netwright"
    document.write(ZOO["resnet20"].build(), path)
    for options, is_expanded in (([], False), (["--expand"], True)):
        assert run(["check", str(path), *options], no_window) == 0
        lines = capsys.readouterr().out.splitlines()
        names = [line.split()[0] for line in lines]
        assert any(name.endswith(".conv1") for name in names) is is_expanded
        assert any("block:" in line for line in lines) is not is_expanded
        assert names.count("total") == 1


def test_check_tells_what_training_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = ZOO["lenet5"].build()
    path = tmp_path / "n.netwright"
    memory = {}
    for batch_size, device in ((10, "cpu"), (20, "cpu"), (20, "mps")):
        SetSetting("recipe", "batch_size", batch_size).apply(graph)
        SetSetting("recipe", "device", device).apply(graph)
        document.write(graph, path)
        assert run(["check", str(path), "--json"], no_window) == 0
        report = json.loads(capsys.readouterr().out)
        memory[batch_size, device] = report["memory"]
    small, large = memory[10, "cpu"], memory[20, "cpu"]
    assert small["weights"] == small["gradients"] == 4 * report["parameters"]
    assert small["optimizer_state"] == 2 * small["weights"]
    assert small["activations"] == 10 * report["activation_bytes"]
    assert large["total"] - small["total"] == 10 * report["activation_bytes"]
    assert small["device"] == "cpu"
    assert small["largest_batch"] is None or small["largest_batch"] > 1000
    assert run(["check", str(path)], no_window) == 0
    assert "Training with batches of 20 samples takes" in capsys.readouterr().out


def test_check_locates_what_is_wrong_inside_a_block(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = ZOO["resnet18"].build()
    instance = graph.named("layer2.0")
    assert instance is not None
    block = instance.layer.removeprefix("block:")
    inner = graph.blocks[block].graph.named("conv2")
    assert inner is not None
    Within(block, SetParam(inner.id, "kernel_size", (99, 99))).apply(graph)
    document.write(graph, tmp_path / "n.netwright")
    assert run(["check", str(tmp_path / "n.netwright"), "--json"], no_window) == FAILED
    report = json.loads(capsys.readouterr().out)
    errors = [problem for problem in report["problems"] if problem["severity"] == "error"]
    assert [(problem["node"], problem["block"]) for problem in errors] == [("layer1.0.conv2", block)]
    assert errors[0]["fix"] == errors[0]["fixes"][0] == "Set the padding to 22×22"


def test_new_does_not_replace_a_file_unless_told_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.netwright"
    path.write_text("precious")
    assert run(["new", "lenet5", "-o", str(path)], no_window) == BAD_INPUT
    assert "--force" in only_sentence(capsys.readouterr().err)
    assert path.read_text() == "precious"
    assert run(["new", "lenet5", "-o", str(path), "--force"], no_window) == 0
    assert document.read(path).nodes


def test_an_unknown_network_is_refused_with_the_known_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "lenet6", "-o", str(tmp_path / "n.netwright")], no_window) == BAD_INPUT
    assert "lenet5" in only_sentence(capsys.readouterr().err)
    assert not (tmp_path / "n.netwright").exists()


def test_check_names_the_layer_that_cannot_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = ZOO["lenet5"].build()
    conv = graph.named("conv2")
    assert conv is not None
    SetParam(conv.id, "kernel_size", (99, 99)).apply(graph)
    document.write(graph, tmp_path / "n.netwright")
    assert run(["check", str(tmp_path / "n.netwright")], no_window) == FAILED
    assert "error (conv2)" in capsys.readouterr().out


def test_train_prints_an_epoch_a_line_and_the_result_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spirals(tmp_path)
    assert run(["train", str(path), "--epochs", "3", "--seed", "5", "--json"], no_window) == 0
    *epochs, result = json_lines(capsys.readouterr().out)
    assert [epoch["epoch"] for epoch in epochs] == [1, 2, 3]
    assert result["epochs"] == 3
    assert result["seed"] == 5
    assert result["state"] == "finished"
    assert 0 <= result["test_accuracy"] <= 1
    assert result["steps_per_second"] > 0


def test_the_same_seed_gives_the_same_losses_and_another_seed_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spirals(tmp_path)
    losses = []
    for seed in ("1", "1", "2"):
        assert run(["train", str(path), "--seed", seed, "--json"], no_window) == 0
        losses.append([epoch.get("train_loss") for epoch in json_lines(capsys.readouterr().out)])
    assert losses[0] == losses[1] != losses[2]


def test_a_resumed_run_ends_like_an_uninterrupted_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spirals(tmp_path)
    assert run(["train", str(path), "--epochs", "4", "--json"], no_window) == 0
    whole = json_lines(capsys.readouterr().out)[-1]
    directory = str(tmp_path / "run")
    assert run(["train", str(path), "--epochs", "2", "--run-dir", directory, "--json"], no_window) == 0
    capsys.readouterr()
    resume = ["train", str(path), "--epochs", "4", "--run-dir", directory, "--resume", "--json"]
    assert run(resume, no_window) == 0
    resumed = json_lines(capsys.readouterr().out)[-1]
    for figure in ("train_loss", "validation_loss", "test_loss", "test_accuracy", "steps"):
        assert resumed[figure] == whole[figure]


def test_a_network_with_errors_is_not_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = ZOO["spirals_mlp"].build()
    output = graph.named("output")
    assert output is not None
    RemoveNode(output.id).apply(graph)
    document.write(graph, tmp_path / "n.netwright")
    assert run(["train", str(tmp_path / "n.netwright")], no_window) == BAD_INPUT
    assert "no Output" in only_sentence(capsys.readouterr().err)


def test_a_run_that_diverges_ends_with_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = spirals(tmp_path, optimizer="sgd", learning_rate=100.0, loss="mse", epochs=20)
    assert run(["train", str(path), "--json"], no_window) == FAILED
    captured = capsys.readouterr()
    assert "learning rate" in only_sentence(captured.err)
    assert json_lines(captured.out)[-1]["state"] == "failed"


@pytest.mark.parametrize(
    ("arguments", "clue"),
    [
        (["--epochs", "0"], "Epochs"),
        (["--seed", "-1"], "Seed"),
        (["--resume"], "--run-dir"),
    ],
)
def test_options_out_of_range_are_refused(
    arguments: list[str], clue: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", str(spirals(tmp_path)), *arguments], no_window) == BAD_INPUT
    assert clue in only_sentence(capsys.readouterr().err)


HOSTILE = {
    "missing": None,
    "empty": b"",
    "not json": b"hello there",
    "binary": bytes(range(256)) * 9,
    "truncated": document.dump(ZOO["lenet5"].build())[:700],
    "wrong types": b'{"netwright": 1, "nodes": 5}',
    "newer": b'{"netwright": 99}',
    "unknown layer": b'{"netwright": 1, "nodes": [{"id": "n1", "layer": "teleport", "name": "a"}]}',
    "huge number": b'{"netwright": 1, "nodes": [{"id": "n1", "layer": "relu", "name": "a", "x": 1e999}]}',
    "bad recipe": b'{"netwright": 1, "settings": {"recipe": {"learning_rate": "fast"}}}',
}


@pytest.mark.parametrize("command", ["check", "train"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_gives_one_sentence_and_stays_as_it_is(
    command: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.netwright"
    content = HOSTILE[kind]
    if content is not None:
        path.write_bytes(content)
    assert run([command, str(path)], no_window) == BAD_INPUT
    assert "bad.netwright" in only_sentence(capsys.readouterr().err)
    assert (path.read_bytes() if path.exists() else None) == content


@pytest.mark.parametrize("command", ["zoo", "new", "check", "train"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        run([command, "--help"], no_window)
    assert leaving.value.code == 0
    assert command in capsys.readouterr().out


def test_an_empty_project_is_said_to_be_without_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document.write(Graph(), tmp_path / "n.netwright")
    assert run(["train", str(tmp_path / "n.netwright")], no_window) == BAD_INPUT
    assert "no layers" in only_sentence(capsys.readouterr().err)


def test_main_py_runs_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "main.py", "check", "nowhere.netwright"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == BAD_INPUT
    assert "nowhere.netwright" in only_sentence(done.stderr)


@pytest.mark.slow
def test_lenet_reads_at_least_98_3_percent_of_the_test_digits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.netwright"
    assert run(["new", "lenet5", "-o", str(path)], no_window) == 0
    capsys.readouterr()
    arguments = ["train", str(path), "--epochs", "3", "--seed", "0", "--device", "cpu", "--json"]
    assert run(arguments, no_window) == 0
    assert json_lines(capsys.readouterr().out)[-1]["test_accuracy"] >= 0.983


def test_a_network_for_other_data_is_sound_but_cannot_be_trained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.netwright"
    assert run(["new", "resnet18", "--classes", "10", "-o", str(path)], no_window) == 0
    assert run(["check", str(path)], no_window) == 0
    capsys.readouterr()
    assert run(["train", str(path), "--epochs", "1"], no_window) == 2
    said = capsys.readouterr().err
    assert said.startswith("netwright: “net.netwright” cannot be trained: No data set is chosen for this network")
    assert len(said.splitlines()) == 1
