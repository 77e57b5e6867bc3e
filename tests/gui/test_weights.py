"""Transfer learning by the dialog: what it offers, downloads and changes, with a real server on this machine."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from torchvision import models

from engine import project
from engine.graph import document
from engine.graph.model import Graph
from engine.weights import catalogue
from engine.weights.declarations import NOTHING, WeightChoice
from engine.zoo.registry import ZOO
from gui.weights.dialog import WeightsDialog, open_weights_dialog
from gui.workspace import Workspace

NAME = "SqueezeNet1_1_Weights.IMAGENET1K_V1"
Open = Callable[..., WeightsDialog]


class Server(ThreadingHTTPServer):
    """Gives the same bytes for every path, or the first of them and then waits."""

    daemon_threads = False
    content = b""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.go_on = threading.Event()
        self.go_on.set()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the tests."""


class Handler(BaseHTTPRequestHandler):
    """Answers for `Server`."""

    def do_GET(self) -> None:
        """Give the bytes."""
        server = self.server
        assert isinstance(server, Server)
        self.send_response(200)
        self.send_header("Content-Length", str(len(server.content)))
        self.end_headers()
        self.wfile.write(server.content[:1_500_000])
        self.wfile.flush()
        server.go_on.wait(20)
        self.wfile.write(server.content[1_500_000:])

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def weights() -> bytes:
    torch.manual_seed(0)
    buffer = io.BytesIO()
    torch.save(models.squeezenet1_1(weights=None).state_dict(), buffer)
    return buffer.getvalue()


@pytest.fixture
def server(weights: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    """A server with the weights, as which torchvision's are offered."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "hub"))
    instance = Server()
    instance.content = weights
    thread = threading.Thread(target=instance.serve_forever, args=(0.01,))
    thread.start()
    url = f"http://127.0.0.1:{instance.server_port}/squeezenet-{hashlib.sha256(weights).hexdigest()[:8]}.pth"
    offered = replace(catalogue.published(NAME), url=url)
    monkeypatch.setattr(catalogue, "_by_name", lambda: {NAME: offered})
    yield instance
    instance.go_on.set()
    instance.shutdown()
    instance.server_close()
    thread.join()


@pytest.fixture
def workspace(qtbot: QtBot, dark: None) -> Workspace:
    shown = Workspace()
    shown.replace(ZOO["squeezenet1_1"].build())
    return shown


@pytest.fixture
def opened(qtbot: QtBot, workspace: Workspace) -> Iterator[Open]:
    """Opens the dialog and waits until it has found what fits."""
    dialogs: list[WeightsDialog] = []

    def show(*, wait: bool = True) -> WeightsDialog:
        dialog = WeightsDialog(workspace)
        dialogs.append(dialog)
        qtbot.addWidget(dialog)
        dialog.show()
        if wait:
            settle(qtbot, dialog)
        return dialog

    yield show
    for dialog in dialogs:
        dialog.reject()


def settle(qtbot: QtBot, dialog: WeightsDialog) -> None:
    qtbot.waitUntil(lambda: dialog.progress.isHidden() or not dialog.isVisible(), timeout=60_000)


def rows(dialog: WeightsDialog) -> list[list[str]]:
    table = dialog.weights_list
    items = map(table.topLevelItem, range(table.topLevelItemCount()))
    return [[item.text(column) for column in range(4)] for item in items]


def units(workspace: Workspace) -> object:
    node = workspace.document.named("classifier.1")
    assert node is not None
    return node.params["out_channels"]


def press_use(qtbot: QtBot, dialog: WeightsDialog) -> None:
    qtbot.mouseClick(dialog.use, Qt.MouseButton.LeftButton)


def test_one_click_downloads_adapts_the_ends_and_freezes_in_one_step(
    qtbot: QtBot, server: Server, workspace: Workspace, opened: Open, own_home: Path
) -> None:
    before = document.dump(workspace.document)
    dialog = opened()
    assert rows(dialog) == [
        [f"{NAME} (recommended)", "58.2 %", "5 MB", "to be downloaded"],
        ["Random numbers", "", "", ""],
    ]
    assert dialog.weights_list.source == NAME
    assert dialog.summary.text() == (
        f"Only “classifier.1” learns. 50 tensors of “{NAME}” are loaded; “classifier.1” starts from random numbers; "
        "“features.0.weight” is summed over its colours. “input” takes 1 × 28 × 28, and “classifier.1” decides between "
        "10 classes."
    )
    press_use(qtbot, dialog)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=60_000)
    assert [path.read_bytes() for path in (own_home / "weights").iterdir()] == [server.content]
    assert project.weight_choice(workspace.document) == WeightChoice(source=NAME, freeze="backbone", grey=True)
    assert units(workspace) == 10
    model = project.training_job(workspace.document).build_model()
    assert [name for name, p in model.named_parameters() if p.requires_grad] == [
        "classifier.1.weight",
        "classifier.1.bias",
    ]
    assert (workspace.undo_stack.count(), workspace.undo_stack.undoText()) == (1, "Use pretrained weights")
    workspace.undo_stack.undo()
    assert document.dump(workspace.document) == before
    assert rows(opened())[0][3] == "on this computer"


def test_a_network_that_rescales_its_images_gets_the_layer_in_the_same_step(
    qtbot: QtBot, workspace: Workspace, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    weights = catalogue.published("GoogLeNet_Weights.IMAGENET1K_V1")
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    (tmp_path / "hub" / "checkpoints" / weights.file_name).touch()
    workspace.replace(ZOO["googlenet"].build(classes=10))
    before = document.dump(workspace.document)
    sentence = "“transform_input” is put behind “input”, with the mean of the colours' numbers: these weights expect"
    dialog = opened()
    assert dialog.weights_list.source == weights.name
    assert sentence in dialog.summary.text()
    dialog.weights_list.choose(NOTHING)
    assert sentence not in dialog.summary.text()
    dialog.weights_list.choose(weights.name)
    press_use(qtbot, dialog)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=60_000)
    layer = workspace.document.named("transform_input")
    assert layer is not None
    assert layer.params == {"scale": "0.452", "offset": "-0.102"}
    assert workspace.undo_stack.count() == 1
    again = opened()
    assert again.weights_list.source == weights.name
    assert "transform_input" not in again.summary.text()
    workspace.undo_stack.undo()
    assert document.dump(workspace.document) == before


def test_a_download_shows_how_far_it_is_and_can_be_stopped(
    qtbot: QtBot, server: Server, workspace: Workspace, opened: Open, own_home: Path
) -> None:
    server.go_on.clear()
    dialog, ticks = opened(), []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(dialog.progress.value()))
    timer.start(10)
    press_use(qtbot, dialog)
    qtbot.waitUntil(lambda: dialog.progress.value() > 250, timeout=20_000)
    assert dialog.doing.text() == "Downloading: 2 of 5 MB"
    assert not dialog.use.isEnabled()
    assert dialog.cancel.text() == "Stop the download"
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert dialog.progress.isHidden()
    assert dialog.use.isEnabled()
    assert dialog.cancel.text() == "Cancel"
    server.go_on.set()
    qtbot.waitUntil(lambda: not any(thread.name == "background" for thread in threading.enumerate()), timeout=20_000)
    timer.stop()
    assert len(ticks) > 1
    assert list((own_home / "weights").iterdir()) == []
    assert workspace.undo_stack.count() == 0
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_without_a_network_it_says_so_and_stays(
    qtbot: QtBot, server: Server, workspace: Workspace, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = replace(catalogue.published(NAME), url="http://127.0.0.1:1/squeezenet-01234567.pth")
    monkeypatch.setattr(catalogue, "_by_name", lambda: {NAME: offered})
    dialog = opened()
    press_use(qtbot, dialog)
    settle(qtbot, dialog)
    assert dialog.isVisible()
    assert "cannot be downloaded from 127.0.0.1:1 (connection refused)" in dialog.complaint.text.text()
    assert workspace.undo_stack.count() == 0


def test_all_layers_can_learn_and_the_keyboard_is_enough(
    qtbot: QtBot, server: Server, workspace: Workspace, opened: Open
) -> None:
    dialog = opened()
    qtbot.keyClick(dialog.head_only, Qt.Key.Key_Space)
    assert dialog.summary.text().startswith("All layers learn on. 50 tensors")
    qtbot.keyClick(dialog.weights_list, Qt.Key.Key_Down)
    assert dialog.weights_list.source == NOTHING
    assert dialog.use.text() == "Start from random numbers"
    assert dialog.summary.text() == "Nothing is loaded: all layers start from random numbers and learn."
    qtbot.keyClick(dialog.weights_list, Qt.Key.Key_Up)
    qtbot.keyClick(dialog.weights_list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=60_000)
    assert project.weight_choice(workspace.document) == WeightChoice(source=NAME, freeze="nothing", grey=True)


def test_random_numbers_take_the_choice_back(qtbot: QtBot, server: Server, workspace: Workspace, opened: Open) -> None:
    workspace.push_document(WeightChoice(source=NAME).edit())
    dialog = opened()
    assert not dialog.head_only.isChecked()
    dialog.weights_list.choose(NOTHING)
    press_use(qtbot, dialog)
    assert not dialog.isVisible()
    assert "weights" not in workspace.document.settings
    assert units(workspace) == 1000


def test_a_file_is_tried_before_it_is_offered(
    qtbot: QtBot, server: Server, workspace: Workspace, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = tmp_path / "good.pth", tmp_path / "bad.pth"
    good.write_bytes(server.content)
    torch.save(models.alexnet(weights=None, num_classes=2).features.state_dict(), bad)
    workspace.set_path(tmp_path / "net.netwright")
    dialog = opened()

    def choose(path: Path) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *arguments: (str(path), ""))
        qtbot.mouseClick(dialog.from_file, Qt.MouseButton.LeftButton)
        settle(qtbot, dialog)

    choose(bad)
    assert dialog.complaint.text.text().startswith("“bad.pth” belongs to another network: it lacks")
    assert len(rows(dialog)) == 2
    choose(good)
    assert dialog.complaint.isHidden()
    assert rows(dialog)[2] == ["good.pth", "", "5 MB", "on this computer"]
    press_use(qtbot, dialog)
    assert not dialog.isVisible()
    assert project.weight_choice(workspace.document) == WeightChoice(source="good.pth", freeze="backbone", grey=True)
    again = opened()
    qtbot.waitUntil(lambda: again.weights_list.source == "good.pth", timeout=20_000)


def test_a_network_that_nothing_fits_is_told_so(qtbot: QtBot, workspace: Workspace, opened: Open) -> None:
    workspace.replace(ZOO["lenet5"].build())
    dialog = opened()
    assert rows(dialog) == [["Random numbers", "", "", ""]]
    assert "torchvision has no weights for a network of exactly this form" in dialog.summary.text()
    assert dialog.head_only.isHidden()


def test_a_network_that_is_not_whole_is_told_so(qtbot: QtBot, workspace: Workspace, opened: Open) -> None:
    workspace.replace(Graph())
    dialog = opened()
    assert dialog.complaint.text.text() == (
        "Weights fit only a network that is whole. The network has no Output: add one and wire the last layer to it."
    )
    assert not dialog.use.isEnabled()
    assert not dialog.from_file.isEnabled()


def test_closing_at_once_leaves_nothing(qtbot: QtBot, workspace: Workspace, opened: Open) -> None:
    dialog = opened(wait=False)
    assert dialog.doing.text() == "Looking for weights that fit…"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: not any(thread.name == "background" for thread in threading.enumerate()), timeout=60_000)
    assert dialog.weights_list.topLevelItemCount() == 0


def test_the_dialog_opens_over_a_window_and_deletes_itself(
    qtbot: QtBot, workspace: Workspace, host: Callable[..., object]
) -> None:
    parent = QWidget()
    host(parent)
    dialog = open_weights_dialog(workspace, parent)
    assert dialog.windowModality() == Qt.WindowModality.WindowModal
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    dialog.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert gone == [True]
