"""Files that are damaged, foreign or malicious are refused in one sentence, and harm nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from engine.graph import document
from engine.graph.edits import Rename
from engine.zoo.registry import ZOO
from gui.main_window import MainWindow
from gui.recent import recent_files

if TYPE_CHECKING:
    from conftest import Document, Edit, FileDialogs, MessageBoxes, Press, State

Button = QMessageBox.StandardButton


def deep(levels: int) -> bytes:
    return b'{"netwright": 1, "nodes": ' + b"[" * levels + b"]" * levels + b"}"


def project(**changes: object) -> bytes:
    """A small project with `changes` at its top level."""
    content: dict[str, object] = json.loads(document.dump(ZOO["spirals_mlp"].build()))
    return json.dumps({**content, **changes}).encode()


def nodes(number: int) -> list[dict[str, object]]:
    return [{"id": f"n{i}", "layer": "relu", "name": f"relu{i}", "params": {}} for i in range(number)]


RING = [{"from": ["n0", 0], "to": ["n1", 0]}, {"from": ["n1", 0], "to": ["n0", 0]}]
GOOD = document.dump(ZOO["lenet5"].build())
HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n\t ",
    "truncated": GOOD[: len(GOOD) // 2],
    "binary": bytes(range(256)) * 40,
    "not JSON": b"Dear Sir or Madam,\n",
    "JSON of something else": b'[{"name": "Ada"}]',
    "wrong types": project(nodes="many"),
    "wrong type of a number": project(nodes=[{**nodes(1)[0], "x": "left"}]),
    "unknown layer": project(nodes=[{**nodes(1)[0], "layer": "perpetuum_mobile"}], edges=[]),
    "markup in a name": project(nodes=[{**nodes(1)[0], "layer": "<img src='x'><h1>Hello</h1>"}], edges=[]),
    "newer version": project(netwright=99),
    "no version": json.dumps({"nodes": []}).encode(),
    "huge number": project(nodes=[{**nodes(1)[0], "x": 1e308}], edges=[]),
    "number of thousands of digits": GOOD.replace(b'"netwright": ', b'"netwright": 1' + b"0" * 5000),
    "huge parameter": project(
        nodes=[{"id": "n0", "layer": "linear", "name": "dense", "params": {"out_features": 10**18}}], edges=[]
    ),
    "10,001 layers": project(nodes=nodes(10_001), edges=[]),
    "wires in a circle": project(nodes=nodes(2), edges=RING),
    "a wire from nowhere": project(nodes=nodes(1), edges=[{"from": ["n9", 0], "to": ["n0", 0]}]),
    "nested too deeply": deep(100_000),
    "unknown data set": project(settings={"data": {"dataset": "the internet"}}),
    "impossible recipe": project(settings={"recipe": {"learning_rate": -1}}),
}


def assert_is_one_sentence(text: str) -> None:
    """One line that a person can read in a moment, without anything of Python's."""
    assert 10 < len(text) <= 420
    assert "\n" not in text
    assert text.endswith(".")
    for word in ("Error", "Traceback", "Exception", "errno", "Errno", "msgspec", "object at"):
        assert word not in text


@pytest.fixture
def before(window: MainWindow, edit: Edit, state: State) -> Document:
    """The open document: a template with changes, a change taken back and a selection."""
    window.documents.open_template("spirals_mlp")
    workspace = window.workspace
    edit()
    dense = workspace.graph.named("dense1")
    assert dense is not None
    workspace.push(Rename(dense.id, "first"))
    edit()
    workspace.undo_stack.undo()
    workspace.select([dense.id])
    return state()


@pytest.mark.sampled(8)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence_and_harms_nothing(
    kind: str,
    before: Document,
    window: MainWindow,
    press: Press,
    dialogs: FileDialogs,
    boxes: MessageBoxes,
    state: State,
    tmp_path: Path,
) -> None:
    file = tmp_path / "hostile.netwright"
    file.write_bytes(HOSTILE[kind])
    dialogs.choice = file
    boxes.answer(Button.Ok)
    press(Qt.Key.Key_O)
    (sentence,) = boxes.said
    assert len(window.sheets.sheets) == 1
    assert "hostile.netwright" in sentence
    assert_is_one_sentence(sentence)
    assert state() == before
    assert file.read_bytes() == HOSTILE[kind]
    assert recent_files() == []
    # The history still works.
    window.workspace.undo_stack.undo()
    window.workspace.undo_stack.undo()
    assert document.dump(window.workspace.graph) == document.dump(ZOO["spirals_mlp"].build())


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "too large"])
def test_what_is_no_readable_file_is_refused_too(
    kind: str, window: MainWindow, dialogs: FileDialogs, boxes: MessageBoxes, state: State, tmp_path: Path
) -> None:
    path = tmp_path / "strange.netwright"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "too large":
        with path.open("wb") as file:
            file.truncate(document.MAX_BYTES + 1)
    window.documents.open_template("spirals_mlp")
    before = state()
    dialogs.choice = path
    boxes.answer(Button.Ok)
    window.actions_table["open"].trigger()
    (sentence,) = boxes.said
    assert "strange.netwright" in sentence
    assert_is_one_sentence(sentence)
    assert state() == before
    assert recent_files() == []


def test_a_sentence_is_shown_as_it_is_and_never_as_markup(window: MainWindow, boxes: MessageBoxes) -> None:
    formats: list[Qt.TextFormat] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        formats.append(box.textFormat())

    QTimer.singleShot(0, look)
    boxes.answer(Button.Ok)
    window.documents.complain("No", "“<h1>big</h1>” cannot be opened.")
    assert formats == [Qt.TextFormat.PlainText]
