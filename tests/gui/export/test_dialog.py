"""Exporting: what is written runs without the app, the window is free meanwhile, and nothing is lost on the way."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file

from engine.graph.model import Graph
from gui.code import exporting
from gui.code.exporting import FORMATS, suggested_path
from gui.export_dialog import ExportDialog
from gui.workspace import Workspace

MINUTE = 60_000


def run(code: str, folder: Path) -> str:
    """What `code` prints in an interpreter in which Netwright is not to be found."""
    result = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {code}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


class TestFiles:
    @pytest.mark.slow
    def test_python_code_runs_by_itself(self, person, tmp_path: Path) -> None:
        assert person.write("model", tmp_path / "model.py").startswith("Wrote “model.py”, ")
        code = "import model, torch; print(sum(p.numel() for p in model.build_model().parameters()))"
        assert run(code, tmp_path) == "61706"

    @pytest.mark.slow
    def test_a_training_script_runs_by_itself(self, person, tmp_path: Path) -> None:
        person.write("script", tmp_path / "train.py")
        code = "import train; print(sum(p.numel() for p in train.build_model().parameters()))"
        assert run(code, tmp_path) == "61706"

    @pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
    def test_torchscript_computes_for_any_batch(self, person, tmp_path: Path) -> None:
        person.write("torchscript", tmp_path / "digits.pt")
        loaded = torch.jit.load(tmp_path / "digits.pt")
        assert loaded(torch.rand(5, 1, 28, 28)).shape == (5, 10)

    @pytest.mark.slow
    def test_onnx_computes_what_its_weights_say(self, person, tmp_path: Path) -> None:
        onnxruntime = pytest.importorskip("onnxruntime")
        person.write("onnx", tmp_path / "digits.onnx")
        session = onnxruntime.InferenceSession(tmp_path / "digits.onnx", providers=["CPUExecutionProvider"])
        (entry,) = session.get_inputs()
        (result,) = session.run(None, {entry.name: np.zeros((3, 1, 28, 28), np.float32)})
        assert result.shape == (3, 10)

    @pytest.mark.slow
    def test_a_program_of_torch_export(self, person, tmp_path: Path) -> None:
        person.write("torch-export", tmp_path / "digits.pt2")
        program = torch.export.load(tmp_path / "digits.pt2")
        assert program.module()(torch.rand(4, 1, 28, 28)).shape == (4, 10)

    def test_weights_alone(self, person, tmp_path: Path) -> None:
        person.write("safetensors", tmp_path / "digits.safetensors")
        shapes = {name: tuple(tensor.shape) for name, tensor in load_file(tmp_path / "digits.safetensors").items()}
        assert shapes["conv1.weight"] == (6, 1, 5, 5)
        assert len(shapes) == 10


class TestNames:
    def test_every_format_suggests_a_file_with_its_ending(self, person, workspace: Workspace) -> None:
        for known in FORMATS:
            person.choose(known.id)
            assert person.dialog.chosen is known
            assert Path(person.dialog.target.field.text()) == suggested_path(workspace, known)
            assert person.dialog.target.field.text().endswith(known.suffix)

    def test_a_saved_project_gives_folder_and_name(self, workspace: Workspace, tmp_path: Path) -> None:
        workspace.set_path(tmp_path / "digits.netwright")
        names = [suggested_path(workspace, known) for known in FORMATS]
        assert names == [
            tmp_path / name
            for name in ("digits.py", "train.py", "digits.onnx", "digits.pt", "digits.pt2", "digits.safetensors")
        ]

    def test_the_ending_is_added(self, person, tmp_path: Path) -> None:
        person.write("model", tmp_path / "my.model")
        assert (tmp_path / "my.model.py").exists()

    @pytest.mark.parametrize("text", ["", "/", "..", "folder/", "  "])
    def test_what_names_no_file_cannot_be_written(self, person, text: str) -> None:
        person.name(text)
        assert person.dialog.target.field.text() == text
        assert not person.part(QPushButton, "export_start").isEnabled()

    def test_a_bare_name_goes_to_the_suggested_folder(self, person, workspace: Workspace, tmp_path: Path) -> None:
        workspace.set_path(tmp_path / "digits.netwright")
        person.name("mine")
        person.click("export_start")
        person.wait()
        assert (tmp_path / "mine.py").exists()

    def test_the_next_export_goes_to_the_same_folder(self, person, workspace: Workspace, tmp_path: Path) -> None:
        person.name(tmp_path / "model.py")
        person.click("export_start")
        person.wait()
        assert suggested_path(workspace, FORMATS[2]) == tmp_path / "model.onnx"

    def test_browse_asks_the_desktop(self, person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []

        def answer(_parent: QWidget, _title: str, _path: str, kinds: str) -> tuple[str, str]:
            asked.append(kinds)
            return str(tmp_path / "chosen.onnx"), kinds

        monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
        person.choose("onnx")
        person.click("export_browse")
        assert asked == ["ONNX models (*.onnx)"]
        assert person.dialog.target.field.text() == str(tmp_path / "chosen.onnx")

    def test_a_file_that_is_there_is_replaced_only_after_a_word(self, person, tmp_path: Path) -> None:
        (tmp_path / "model.py").write_text("old")
        person.choose("model")
        person.name(tmp_path / "model.py")
        assert person.told("export_notes") == "“model.py” is there already and will be replaced."
        assert person.part(QPushButton, "export_start").text() == "Replace"
        person.click("export_start")
        person.wait()
        assert "class Network" in (tmp_path / "model.py").read_text()


class TestCodePane:
    def test_one_click_asks_for_the_file_and_writes_it(
        self,
        make_dialog: Callable[[], ExportDialog],
        qtbot: QtBot,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        dialog = make_dialog()
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "net.py"), ""))
        dialog.save_as("model")
        assert dialog.isVisible()
        qtbot.waitUntil(lambda: not dialog.is_busy, timeout=MINUTE)
        assert (tmp_path / "net.py").exists()

    def test_without_a_file_nothing_happens(
        self, make_dialog: Callable[[], ExportDialog], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dialog = make_dialog()
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
        dialog.save_as("onnx")
        assert not dialog.isVisible()
        assert not dialog.is_busy


class TestOnTheWay:
    @pytest.fixture
    def hold(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
        """Holds up the thread that writes until it is set."""
        event = threading.Event()
        real: Callable[..., str] = exporting._write

        def slow(*arguments: object) -> str:
            assert threading.current_thread() is not threading.main_thread()
            assert event.wait(20)
            return real(*arguments)

        monkeypatch.setattr(exporting, "_write", slow)
        yield event
        event.set()

    def test_the_window_is_free_while_a_file_is_written(
        self, person, hold: threading.Event, workspace: Workspace, tmp_path: Path
    ) -> None:
        person.name(tmp_path / "model.py")
        person.click("export_start")
        assert person.part(QWidget, "export_progress").isVisible()
        assert person.told("export_doing").startswith("Writing “model.py”")
        assert not person.part(QPushButton, "export_start").isEnabled()
        # What is written is the network as it was when it was asked for.
        workspace.replace(Graph())
        hold.set()
        person.wait()
        assert "conv2" in (tmp_path / "model.py").read_text()

    def test_cancel_leaves_what_was_there(self, person, hold: threading.Event, tmp_path: Path) -> None:
        (tmp_path / "model.py").write_text("old")
        before = set(threading.enumerate())
        person.name(tmp_path / "model.py")
        person.click("export_start")
        person.click("export_cancel")
        assert not person.dialog.is_busy
        assert person.dialog.isVisible()
        hold.set()
        person.qtbot.waitUntil(lambda: not set(threading.enumerate()) - before, timeout=20_000)
        assert (tmp_path / "model.py").read_text() == "old"
        assert person.told("export_done") == person.told("export_failed") == ""
        person.click("export_cancel")
        assert not person.dialog.isVisible()

    def test_show_in_folder(self, person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        opened: list[QUrl] = []
        monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
        person.name(tmp_path / "model.py")
        person.click("export_start")
        person.wait()
        person.click("export_show")
        assert [Path(url.toLocalFile()) for url in opened] == [tmp_path]


class TestFailures:
    def test_a_network_that_is_not_whole(self, person, workspace: Workspace, tmp_path: Path) -> None:
        workspace.replace(Graph())
        person.name(tmp_path / "model.py")
        person.click("export_start")
        person.wait()
        assert person.told("export_failed") == "The network has no Output: add one and wire the last layer to it."
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_is_not_there(self, person, tmp_path: Path) -> None:
        person.name(tmp_path / "nowhere" / "model.py")
        person.click("export_start")
        person.wait()
        assert "“model.py” cannot be written" in person.told("export_failed")
        assert person.told("export_failed").count(".") == 2

    def test_another_choice_takes_the_message_away(self, person, workspace: Workspace, tmp_path: Path) -> None:
        workspace.replace(Graph())
        person.name(tmp_path / "model.py")
        person.click("export_start")
        person.wait()
        person.choose("onnx")
        assert person.told("export_failed") == ""
