"""The weights in exported files: what the run in the window has learnt, at any time of it, or others if asked for."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.compiler.build import build
from engine.data.loading import load
from engine.graph.block_edits import SetLayer
from engine.graph.edits import Rename, SetParam, SetSetting
from engine.graph.model import Graph
from engine.graph.params import ParamValue
from engine.project import training_job
from engine.training import checkpoint
from engine.training.loop import TrainingSession
from engine.training.status import RunState
from engine.weights.declarations import WeightChoice
from engine.weights.sources import check_choice
from engine.zoo.registry import ZOO
from gui.export_dialog import ExportDialog
from gui.main_window import MainWindow

MINUTE = 60_000
POINTS = torch.linspace(-1, 1, 24).view(12, 2)
UNTRAINED = "Train the network first, and what it has learnt can go into the file."
EDITED = "The network has been edited since: what it computes now was never measured."


class Trainer:
    """The window with a small network on two spirals, and someone who trains and exports it."""

    def __init__(self, window: MainWindow, qtbot: QtBot, in_front) -> None:
        self.window = window
        self.qtbot = qtbot
        self.workspace = window.workspace
        self._in_front = in_front
        window.documents.open_template("spirals_mlp")
        self.set_recipe(device="cpu", threads=1, epochs=2, seed=7)

    def set_recipe(self, **settings: ParamValue) -> None:
        for name, value in settings.items():
            assert self.workspace.push(SetSetting("recipe", name, value))

    def button(self, name: str) -> None:
        button = self.window.findChild(QPushButton, name)
        self.wait_for(button.isEnabled)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=MINUTE)

    @property
    def state(self) -> RunState:
        return self.window.desk.status.state

    def train(self, steps: int = 0) -> None:
        """Train to the end, or until so many steps are done."""
        self.button("trainButton")
        self.wait_for(lambda: self.window.desk.bridge.steps_told >= steps if steps else not self.state.active)

    def edit(self, name: str, make: Callable[..., object], *arguments: object) -> None:
        node = self.workspace.document.named(name)
        assert node is not None
        assert self.workspace.push(make(node.id, *arguments))

    def action(self, name: str) -> None:
        """Choose an entry of the menus."""
        found = next(
            action
            for menu in self.window.menuBar().findChildren(QMenu)
            for action in menu.actions()
            if action.objectName() == f"{name}Action"
        )
        assert found.isEnabled()
        found.trigger()

    def export(self):
        """Ask for the dialog, with the keyboard."""
        self.window.view.setFocus()
        self.action("export")
        return self.dialog()

    def dialog(self):
        return self._in_front(self.window.findChild(ExportDialog, "export_dialog"))

    def saved(self, folder: Path) -> dict[str, Tensor]:
        """The weights of the run, which is at rest, as a checkpoint holds them."""
        run = self.window.desk.runner._run
        assert run is not None
        assert run._session is not None
        checkpoint.save(run._session, folder / "checkpoint")
        (file,) = (folder / "checkpoint").glob("*.safetensors")
        return {
            name.removeprefix("model."): tensor for name, tensor in load_file(file).items() if name.startswith("model.")
        }

    def model_state(self) -> dict[str, Tensor]:
        return build(self.workspace.document).state_dict()

    def model(self, weights: dict[str, Tensor]) -> nn.Module:
        """The network as it is now, with weights by its names."""
        model = build(self.workspace.document).eval()
        model.load_state_dict(weights, strict=True)
        return model


@pytest.fixture
def trainer(window: MainWindow, qtbot: QtBot, in_front, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trainer]:
    # The offscreen platform cannot raise windows, and says so.
    monkeypatch.setattr(ExportDialog, "raise_", lambda dialog: None)
    trainer = Trainer(window, qtbot, in_front)
    yield trainer
    window.desk.stop()
    trainer.wait_for(lambda: not trainer.state.active)


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def outputs(model: nn.Module) -> Tensor:
    with torch.no_grad():
        result: Tensor = model(POINTS)
    return result


def is_possible(person, name: str) -> bool:
    return person.part(QRadioButton, name).isEnabled()


def is_chosen(person, name: str) -> bool:
    return person.part(QRadioButton, name).isChecked()


def after_steps(document: Graph, steps: int) -> dict[str, Tensor]:
    """The weights of a run of `document` after so many steps, without a window."""
    job = training_job(document)
    cpu = torch.device("cpu")
    session = TrainingSession(job, load(job.data, cpu), cpu)
    with closing(session.run()) as run:
        while session.step < steps:
            next(run)
    return session.model.state_dict()


class TestTrained:
    def test_the_default_is_what_was_learnt(self, trainer: Trainer, tmp_path: Path) -> None:
        trainer.train()
        person = trainer.export()
        person.choose("torchscript")
        button = person.part(QRadioButton, "weights_trained")
        accuracy = trainer.window.desk.status.results[-1].validation_accuracy
        assert button.text() == f"As trained (epoch 2, {100 * accuracy:.2f} %)"
        assert button.isChecked()
        assert person.told("weights_trained_doc") == "What the network has learnt by the time the file is written."

    @pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
    def test_torchscript_computes_what_the_run_has_learnt(self, trainer: Trainer, tmp_path: Path) -> None:
        trainer.train()
        told = trainer.export().write("torchscript", tmp_path / "spirals.pt")
        step = trainer.window.desk.status.step
        assert told.endswith(f", with the weights after step {step:,}, in epoch 2.")
        expected = outputs(trainer.model(trainer.saved(tmp_path)))
        torch.testing.assert_close(outputs(torch.jit.load(tmp_path / "spirals.pt")), expected)

    @pytest.mark.slow
    def test_onnx_computes_what_the_run_has_learnt(self, trainer: Trainer, tmp_path: Path) -> None:
        onnxruntime = pytest.importorskip("onnxruntime")
        trainer.train()
        trainer.export().write("onnx", tmp_path / "spirals.onnx")
        session = onnxruntime.InferenceSession(tmp_path / "spirals.onnx", providers=["CPUExecutionProvider"])
        (entry,) = session.get_inputs()
        (result,) = session.run(None, {entry.name: POINTS.numpy()})
        expected = outputs(trainer.model(trainer.saved(tmp_path))).numpy()
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)

    def test_weights_saved_from_the_menu_fit_code_and_projects(
        self, trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trainer.train()
        file = tmp_path / "learnt.safetensors"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
        trainer.action("save_weights")
        person = trainer.dialog()
        person.wait()
        assert person.told("export_failed") == ""
        assert person.told("export_done").startswith("Wrote “learnt.safetensors”, ")
        saved = trainer.saved(tmp_path)
        assert same(load_file(file), saved)
        # In the exported code, which knows nothing of Netwright.
        person.write("model", tmp_path / "model.py")
        model = runpy.run_path(str(tmp_path / "model.py"))["Network"]()
        model.load_state_dict(load_file(file), strict=True)
        assert torch.equal(outputs(model.eval()), outputs(trainer.model(saved)))
        # And as what another project starts from.
        fit = check_choice(trainer.workspace.document, WeightChoice(source=str(file)), None)
        assert same(dict(fit.tensors), saved)
        assert not fit.fresh

    def test_a_paused_run_stays_paused(self, trainer: Trainer, tmp_path: Path) -> None:
        trainer.set_recipe(epochs=5000)
        trainer.train(steps=40)
        trainer.button("pauseButton")
        trainer.wait_for(lambda: trainer.state is RunState.PAUSED)
        person = trainer.export()
        told = person.write("safetensors", tmp_path / "paused.safetensors")
        assert f"after step {trainer.window.desk.runner.status().step:,}, in epoch" in told
        assert trainer.state is RunState.PAUSED
        assert same(load_file(tmp_path / "paused.safetensors"), trainer.saved(tmp_path))

    def test_a_run_that_goes_on_is_not_disturbed(self, trainer: Trainer, tmp_path: Path) -> None:
        trainer.set_recipe(epochs=5000)
        # Something that draws random numbers in each step.
        trainer.edit("tanh2", SetLayer, "dropout", {"p": 0.2})
        trainer.train(steps=20)
        person = trainer.export()
        person.choose("safetensors")
        # Between two epochs for a moment, else in the middle of one.
        assert re.match(r"As trained \((in )?epoch \d+", person.part(QRadioButton, "weights_trained").text())
        told = person.write("safetensors", tmp_path / "running.safetensors")
        person.press("weights_start")
        person.write("safetensors", tmp_path / "start.safetensors")
        assert trainer.state is RunState.RUNNING
        steps = int(told.partition("after step ")[2].partition(", in")[0].replace(",", ""))
        trainer.button("stopButton")
        trainer.wait_for(lambda: not trainer.state.active)
        # Both the copy and the run are what the same run without a window gives.
        document = trainer.workspace.document
        assert same(load_file(tmp_path / "running.safetensors"), after_steps(document, steps))
        assert same(trainer.saved(tmp_path), after_steps(document, trainer.window.desk.status.step))

    def test_a_failed_run_whose_numbers_are_none_is_refused(self, trainer: Trainer, tmp_path: Path) -> None:
        trainer.set_recipe(optimizer="sgd", learning_rate=100.0, loss="mse", epochs=50)
        trainer.train()
        assert trainer.state is RunState.FAILED
        weights = trainer.saved(tmp_path)
        assert not all(bool(tensor.isfinite().all()) for tensor in weights.values())
        person = trainer.export()
        person.choose("safetensors")
        person.name(tmp_path / "failed.safetensors")
        person.click("export_start")
        person.wait()
        assert "numbers that are not finite" in person.told("export_failed")
        assert not (tmp_path / "failed.safetensors").exists()


class TestEdits:
    def test_a_renamed_layer_keeps_its_weights(self, trainer: Trainer, tmp_path: Path) -> None:
        trainer.train()
        before = trainer.saved(tmp_path)
        trainer.edit("dense2", Rename, "middle")
        trainer.export().write("safetensors", tmp_path / "renamed.safetensors")
        renamed = load_file(tmp_path / "renamed.safetensors")
        assert same({name.replace("middle", "dense2"): tensor for name, tensor in renamed.items()}, before)
        assert "middle.weight" in renamed
        trainer.model(renamed)

    def test_weights_that_fit_no_more_cannot_be_chosen(self, trainer: Trainer, tmp_path: Path) -> None:
        trainer.train()
        person = trainer.export()
        person.choose("safetensors")
        assert is_chosen(person, "weights_trained")
        trainer.edit("dense2", SetParam, "out_features", 5)
        trainer.wait_for(lambda: not is_possible(person, "weights_trained"))
        assert person.told("weights_trained_doc") == (
            "The trained weights do not fit any more: “dense2” has changed since."
        )
        assert is_chosen(person, "weights_start")
        trainer.workspace.undo_stack.undo()
        trainer.wait_for(lambda: is_possible(person, "weights_trained"))
        person.press("weights_trained")
        assert "epoch 2" in person.write("safetensors", tmp_path / "again.safetensors")

    def test_the_menu_says_what_does_not_fit(
        self, trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        trainer.train()
        trainer.edit("dense2", SetParam, "out_features", 5)
        file = tmp_path / "learnt.safetensors"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
        trainer.action("save_weights")
        person = trainer.dialog()
        person.wait()
        assert person.told("export_failed") == "The trained weights do not fit any more: “dense2” has changed since."
        assert not file.exists()

    def test_another_activation_fits_and_is_told(self, trainer: Trainer, tmp_path: Path) -> None:
        trainer.train()
        name = next(node.name for node in trainer.workspace.document.nodes.values() if node.layer == "tanh")
        trainer.edit(name, SetLayer, "relu", {})
        person = trainer.export()
        person.choose("safetensors")
        trainer.wait_for(lambda: person.told("weights_trained_doc") == EDITED)
        assert is_possible(person, "weights_trained")
        person.write("safetensors", tmp_path / "other.safetensors")
        assert same(load_file(tmp_path / "other.safetensors"), trainer.saved(tmp_path))

    def test_another_document_has_not_been_trained(self, trainer: Trainer) -> None:
        action = trainer.window.actions_table["save_weights"]
        assert not action.isEnabled()
        trainer.train()
        assert action.isEnabled()
        trainer.workspace.replace(ZOO["spirals_mlp"].build())
        assert not action.isEnabled()
        person = trainer.export()
        assert not is_possible(person, "weights_trained")
        assert person.told("weights_trained_doc") == UNTRAINED


class TestOthers:
    def test_as_training_starts(self, trainer: Trainer, tmp_path: Path) -> None:
        trainer.train()
        person = trainer.export()
        person.choose("safetensors")
        person.press("weights_start")
        assert person.told("weights_start_doc") == "Random numbers: those that a run with seed 7 starts from."
        person.write("safetensors", tmp_path / "start.safetensors")
        assert same(load_file(tmp_path / "start.safetensors"), after_steps(trainer.workspace.document, 0))

    def test_a_project_with_pretrained_weights_starts_from_them(self, trainer: Trainer, tmp_path: Path) -> None:
        given = {name: torch.full_like(tensor, 0.5) for name, tensor in trainer.model_state().items()}
        save_file(given, tmp_path / "given.safetensors")
        assert trainer.workspace.push(WeightChoice(source=str(tmp_path / "given.safetensors")).edit())
        person = trainer.export()
        assert person.told("weights_start_doc") == "The pretrained ones that the project has chosen."
        person.write("safetensors", tmp_path / "start.safetensors")
        assert same(load_file(tmp_path / "start.safetensors"), given)

    def test_those_of_a_file(self, trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        given = {name: torch.full_like(tensor, 0.25) for name, tensor in trainer.model_state().items()}
        torch.save(given, tmp_path / "given.pth")
        asked: list[str] = []

        def answer(_parent: object, _title: str, folder: str, kinds: str) -> tuple[str, str]:
            asked.append(kinds)
            return answers.pop(0), kinds

        answers = ["", str(tmp_path / "given.pth")]
        monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
        person = trainer.export()
        person.choose("safetensors")
        person.name(tmp_path / "out.safetensors")
        person.press("weights_file")
        # Nobody knows yet which file.
        assert not person.part(QPushButton, "export_start").isEnabled()
        person.click("weights_choose")
        assert asked == ["Weights (*.safetensors *.pth *.pt)"] * 2
        assert person.told("weights_file_doc").startswith("“given.pth” in ")
        told = person.write("safetensors", tmp_path / "out.safetensors")
        assert told.endswith(", with the weights of “given.pth”.")
        assert same(load_file(tmp_path / "out.safetensors"), given)

    def test_a_file_that_does_not_fit_is_refused(
        self, trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save_file({"other.weight": torch.zeros(2)}, tmp_path / "other.safetensors")
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "other.safetensors"), ""))
        person = trainer.export()
        person.choose("torchscript")
        person.name(tmp_path / "out.pt")
        person.press("weights_file")
        person.click("export_start")
        person.wait()
        assert "belongs to another network" in person.told("export_failed")
        assert not (tmp_path / "out.pt").exists()

    def test_code_has_no_weights_to_choose(self, trainer: Trainer) -> None:
        person = trainer.export()
        for name, has_weights in (("onnx", True), ("model", False), ("safetensors", True), ("script", False)):
            person.choose(name)
            assert is_possible(person, "weights_start") is has_weights
