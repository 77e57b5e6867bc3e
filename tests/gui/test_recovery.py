"""Work survives a killed process, and only such work is offered back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.graph.edits import AddNode
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui.recovery import Autosave, find_recovered
from gui.workspace import Workspace

ROOT = Path(__file__).parents[2]

_EDITING_SESSION = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from engine.graph import document
from engine.graph.edits import AddNode
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui.recovery import Autosave
from gui.workspace import Workspace

application = QCoreApplication([])
workspace = Workspace()
workspace.replace(ZOO["lenet5"].build(), Path("digits.netwright"))
folder = Path(sys.argv[1])
autosave = Autosave(workspace, folder)
workspace.push(AddNode(new_node(workspace.graph, "dropout", (500.0, 0.0))))

def look():
    copies = [copy.read_bytes() for copy in folder.glob("*.netwright") if copy.with_suffix(".json").exists()]
    if document.dump(workspace.graph) in copies:
        watch.stop()
        print("edited", flush=True)

watch = QTimer()
watch.timeout.connect(look)
watch.start(20)
application.exec()
"""


def edit(workspace: Workspace) -> None:
    assert workspace.push(AddNode(new_node(workspace.graph, "relu", (300.0, 0.0))))


@pytest.fixture
def workspace(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    # The copy follows sooner than people need it.
    monkeypatch.setattr("gui.recovery.DELAY_MS", 30)
    space = Workspace()
    space.replace(ZOO["spirals_mlp"].build())
    return space


def test_work_of_a_killed_session_is_found_again(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _EDITING_SESSION, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "edited"
        assert find_recovered(tmp_path) == [], "the work of a running session is its own"
        child.send_signal(signal.SIGKILL)
    (found,) = find_recovered(tmp_path)
    assert found.title == "digits.netwright"
    graph = found.graph()
    assert graph.named("dropout") is not None
    assert len(graph.nodes) == len(ZOO["lenet5"].build().nodes) + 1
    found.discard()
    assert list(tmp_path.iterdir()) == []


def test_the_copy_follows_every_change(workspace: Workspace, tmp_path: Path, qtbot: QtBot) -> None:
    autosave = Autosave(workspace, tmp_path)
    edit(workspace)
    qtbot.waitUntil(lambda: list(tmp_path.glob("*.netwright")) != [])
    (copy,) = tmp_path.glob("*.netwright")
    assert copy.read_bytes() == document.dump(workspace.graph)
    edit(workspace)
    qtbot.waitUntil(lambda: copy.read_bytes() == document.dump(workspace.graph))
    autosave.close()


def test_saved_and_closed_work_leaves_no_copy(workspace: Workspace, tmp_path: Path, qtbot: QtBot) -> None:
    autosave = Autosave(workspace, tmp_path)
    edit(workspace)
    autosave.write()
    assert list(tmp_path.glob("*.netwright"))
    workspace.undo_stack.setClean()
    qtbot.waitUntil(lambda: not list(tmp_path.glob("*.netwright")))
    edit(workspace)
    autosave.write()
    autosave.close()
    assert list(tmp_path.iterdir()) == []


def test_recovered_work_is_kept_until_its_new_copy_stands(workspace: Workspace, tmp_path: Path) -> None:
    lost = Autosave(workspace, tmp_path)
    edit(workspace)
    lost.write()
    lost._lock.unlock()
    (found,) = find_recovered(tmp_path)
    other = Workspace()
    other.replace(found.graph(), found.path)
    other.undo_stack.resetClean()
    autosave = Autosave(other, tmp_path)
    autosave.adopt(found)
    copies = list(tmp_path.glob("*.netwright"))
    assert len(copies) == 1
    assert copies[0].read_bytes() == document.dump(workspace.graph)
    autosave.close()
    assert not list(tmp_path.glob("*.netwright"))


def test_a_damaged_note_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "abc.json").write_text("{nonsense")
    (tmp_path / "abc.netwright").write_bytes(document.dump(ZOO["lenet5"].build()))
    assert find_recovered(tmp_path) == []
    assert (tmp_path / "abc.netwright").exists()
