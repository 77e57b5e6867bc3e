"""`diff` and `versions` on the command line: what is printed, and what is said when they cannot work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import versions
from engine.cli import BAD_INPUT, DIFFERENT, run
from engine.graph import document
from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Note
from engine.graph.block_edits import DefineBlock, RenameBlock, Within
from engine.graph.blocks import BlockDefinition
from engine.graph.edits import AddNode, Edit, MoveNodes, SetParam, SetSetting, remove
from engine.graph.model import Graph, NodeId
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO


def no_window(arguments: list[str]) -> int:
    raise AssertionError(f"a window was asked for with {arguments}")


def only_sentence(captured: str) -> str:
    lines = captured.strip().splitlines()
    assert len(lines) == 1, captured
    assert lines[0].startswith("netwright: ")
    return lines[0]


def id_of(graph: Graph, name: str) -> NodeId:
    node = graph.named(name)
    assert node is not None
    return node.id


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.netwright"
    document.write(ZOO["lenet5"].build(), path)
    return path


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """LeNet-5 with another kernel, a layer more and one less, one moved, a note, and another learning rate."""
    graph = ZOO["lenet5"].build()
    edits: list[Edit] = [
        SetParam(id_of(graph, "conv1"), "kernel_size", (3, 3)),
        AddNode(new_node(graph, "dropout")),
        remove(graph, [id_of(graph, "dense3")]),
        MoveNodes({id_of(graph, "pool1"): (777.0, 0.0)}),
        AddAnnotation(Note(AnnotationId("a1"), "Why?", (0.0, 0.0))),
        SetSetting("recipe", "learning_rate", 0.5),
    ]
    for edit in edits:
        edit.apply(graph)
    path = tmp_path / "new.netwright"
    document.write(graph, path)
    return path


def test_equal_projects_end_with_0(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twin = tmp_path / "twin.netwright"
    twin.write_bytes(old.read_bytes())
    assert run(["diff", str(old), str(twin)], no_window) == 0
    assert capsys.readouterr().out == "The projects are equal.\n"
    assert run(["diff", str(old), str(twin), "--json"], no_window) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["equal"], report["summary"], report["settings"]) == (True, [], [])


def test_different_projects_end_with_1_and_sentences(old: Path, new: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", str(old), str(new)], no_window) == DIFFERENT == 1
    lines = capsys.readouterr().out.splitlines()
    assert "Kernel size of conv1 5×5 → 3×3." in lines
    assert "1 layer added (dropout)." in lines
    assert "1 layer removed (dense3)." in lines
    assert "1 layer moved." in lines
    assert "The note “Why?” added." in lines
    assert any(line.startswith("Learning rate (recipe) ") and line.endswith(" → 0.5.") for line in lines)


def test_programs_get_everything(old: Path, new: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", str(old), str(new), "--json"], no_window) == 1
    report = json.loads(capsys.readouterr().out)
    network = report["network"]
    assert [(node["name"], node["layer"]) for node in network["added"]] == [("dropout", "dropout")]
    assert [node["name"] for node in network["removed"]] == ["dense3"]
    [change] = network["changed"]
    assert (change["name"], change["old_name"], change["moved"]) == ("conv1", "conv1", False)
    assert change["params"] == [{"name": "kernel_size", "old": [5, 5], "new": [3, 3]}]
    assert network["moved"] == ["pool1"]
    assert network["wires_added"] == []
    assert {edge["from"][0] for edge in network["wires_removed"]} >= {"dense3"}
    [note] = network["annotations"]
    assert note == {
        "kind": "note",
        "id": "a1",
        "text": "Why?",
        "change": "added",
        "moved": False,
        "entered": [],
        "left": [],
    }
    assert report["settings"][0]["new"] == 0.5
    assert report["blocks"] == {"added": [], "removed": [], "changed": []}


def test_blocks_are_told_with_their_insides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = ZOO["resnet18"].build()
    document.write(graph, tmp_path / "1.netwright")
    name = next(iter(graph.blocks))
    inner = graph.blocks[name].graph
    node = next(node for node in inner.nodes.values() if node.layer == "conv2d")
    for edit in (
        Within(name, SetParam(node.id, "bias", not node.params["bias"])),
        RenameBlock(name, "Renamed"),
        DefineBlock(BlockDefinition("Fresh")),
    ):
        edit.apply(graph)
    document.write(graph, tmp_path / "2.netwright")
    arguments = ["diff", str(tmp_path / "1.netwright"), str(tmp_path / "2.netwright"), "--json"]
    assert run(arguments, no_window) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["network"]["changed"] == []
    assert report["blocks"]["added"] == ["Fresh"]
    [block] = report["blocks"]["changed"]
    assert (block["old_name"], block["name"], block["doc"]) == (name, "Renamed", None)
    assert [change["name"] for change in block["changed"]] == [node.name]


def test_what_cannot_be_compared_ends_with_2(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.netwright"
    broken.write_bytes(b"{")
    for arguments in ([str(old), str(broken)], [str(tmp_path / "gone"), str(old)]):
        assert run(["diff", *arguments], no_window) == BAD_INPUT
        captured = capsys.readouterr()
        assert captured.out == ""
        only_sentence(captured.err)


@pytest.mark.parametrize("command", ["diff", "versions"])
def test_help_explains_the_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run([command, "--help"], no_window)
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert "FILE" in text
    assert "With --json, prints" in text


# Versions


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "net.netwright"
    for name in ("spirals_mlp", "lenet5"):
        versions.save(ZOO[name].build(), path)
    return path


def test_versions_are_listed(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["versions", str(saved)], no_window) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["saved", "1", "2"]
    assert run(["versions", str(saved), "--json"], no_window) == 0
    report = json.loads(capsys.readouterr().out)
    assert [entry["number"] for entry in report] == [1, 2]
    assert [entry["layers"] for entry in report] == [len(ZOO[name].build().nodes) for name in ("lenet5", "spirals_mlp")]
    assert report[0]["bytes"] == saved.stat().st_size
    assert report[0]["saved"] > report[1]["saved"]


def test_a_version_is_written_to_another_file(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "earlier.netwright"
    assert run(["versions", str(saved), "--restore", "2", "-o", str(out)], no_window) == 0
    assert out.read_bytes() == document.dump(ZOO["spirals_mlp"].build())
    assert capsys.readouterr().out.startswith(f"Wrote {out} with ")
    assert run(["versions", str(saved), "--restore", "2", "-o", str(saved), "--force", "--json"], no_window) == 0
    assert json.loads(capsys.readouterr().out)["file"] == str(saved)
    assert saved.read_bytes() == out.read_bytes()
    assert len(versions.versions(saved)) == 2


def test_a_file_that_is_gone_still_has_its_versions(saved: Path, tmp_path: Path) -> None:
    saved.unlink()
    assert run(["versions", str(saved), "--restore", "1", "-o", str(saved)], no_window) == 0
    assert saved.exists()


def test_a_file_without_versions_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["versions", str(tmp_path / "new.netwright")], no_window) == 0
    assert capsys.readouterr().out == "No versions of this file are kept.\n"
    assert run(["versions", str(tmp_path / "new.netwright"), "--json"], no_window) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_what_cannot_be_restored_ends_with_2(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = saved.read_bytes()
    out = tmp_path / "out.netwright"
    for arguments, said in (
        (
            [str(saved), "--restore", "3", "-o", str(out)],
            "There is no version 3 of “net.netwright”: versions 1 to 2 are",
        ),
        ([str(saved), "--restore", "0", "-o", str(out)], "There is no version 0"),
        ([str(out), "--restore", "1", "-o", str(out)], "There is no version 1 of “out.netwright”: none is kept."),
        ([str(saved), "--restore", "1"], "--restore needs -o OUT"),
        ([str(saved), "--restore", "1", "-o", str(saved)], "exists already"),
    ):
        assert run(["versions", *arguments], no_window) == BAD_INPUT
        captured = capsys.readouterr()
        assert captured.out == ""
        assert said in only_sentence(captured.err)
    assert saved.read_bytes() == before
    assert not out.exists()


def test_new_keeps_versions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.netwright"
    assert run(["new", "lenet5", "-o", str(path)], no_window) == 0
    assert run(["new", "spirals_mlp", "-o", str(path), "--force"], no_window) == 0
    assert len(versions.versions(path)) == 2
