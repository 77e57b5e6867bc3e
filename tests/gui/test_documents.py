"""Opening, saving and closing documents in the window, by the keys of its actions and the buttons of its questions."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.graph.edits import AddNode, RemoveNode, Rename
from engine.graph.model import Graph
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui.main_window import MainWindow
from gui.recent import recent_files
from gui.welcome_cards import RecentRow

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
Button = QMessageBox.StandardButton


class MessageBoxes:
    """Someone who reads every message box and presses, with the mouse, the button that the test has named."""

    def __init__(self, window: MainWindow) -> None:
        self.said: list[str] = []
        self.unexpected: list[str] = []
        self._answers: list[Button] = []
        self._timer = QTimer(window)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def answer(self, *buttons: Button) -> None:
        """Answer the next boxes by these buttons."""
        self._answers += buttons
        self.said.clear()

    def close(self) -> None:
        self._timer.stop()
        assert self.unexpected == []
        assert self._answers == [], "boxes that never came"

    def _look(self) -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox) or not box.isVisible():
            return
        sentence = " ".join(filter(None, (box.text(), box.informativeText())))
        if not self._answers:
            self.unexpected.append(sentence)
            box.reject()
            return
        self.said.append(sentence)
        QTest.mouseClick(box.button(self._answers.pop(0)), Qt.MouseButton.LeftButton)


class FileDialogs:
    """Someone who chooses the file that the test has named, in place of the dialogs of the system."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.choice: Path | None = None
        self.asked: list[str] = []
        monkeypatch.setattr(QFileDialog, "getOpenFileName", self._choose)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self._choose)

    def _choose(self, parent: QWidget, title: str, suggestion: str, file_filter: str) -> tuple[str, str]:
        self.asked.append(suggestion)
        return str(self.choice or ""), file_filter


class Document(NamedTuple):
    """Everything of an open document that a failure must leave as it is."""

    graph: Graph
    content: bytes
    path: Path | None
    history: int
    steps: int
    is_clean: bool
    selection: tuple[str, ...]
    title: str

    @classmethod
    def of(cls, window: MainWindow) -> Document:
        workspace = window.workspace
        stack = workspace.undo_stack
        return cls(
            workspace.graph,
            document.dump(workspace.graph),
            workspace.path,
            stack.index(),
            stack.count(),
            stack.isClean(),
            tuple(workspace.selection),
            window.windowTitle(),
        )


@pytest.fixture
def boxes(window: MainWindow) -> Iterator[MessageBoxes]:
    reader = MessageBoxes(window)
    yield reader
    reader.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert window.findChildren(QMessageBox, options=Qt.FindChildOption.FindDirectChildrenOnly) == []


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch) -> FileDialogs:
    return FileDialogs(monkeypatch)


@pytest.fixture
def press(window: MainWindow, qtbot: QtBot) -> Callable[..., None]:
    """Press a key where the keyboard's focus is."""

    def press_key(key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
        # A message box that was answered is still the active window until it is deleted.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)

    return press_key


def edit(window: MainWindow) -> None:
    """Make a change: add a dropout."""
    workspace = window.workspace
    assert workspace.push(AddNode(new_node(workspace.graph, "dropout", (500.0, 0.0))))


def saved_project(path: Path, name: str = "spirals_mlp") -> Path:
    document.write(ZOO[name].build(), path)
    return path


# New, open, save


def test_new_opens_an_empty_canvas(window: MainWindow, press: Callable[..., None]) -> None:
    window.documents.open_template("lenet5")
    press(Qt.Key.Key_H, CTRL_SHIFT)
    assert window.pages.currentWidget() is window.start_page
    press(Qt.Key.Key_N)
    assert window.pages.currentWidget() is window.canvas_page
    assert not window.workspace.graph.nodes
    assert window.workspace.path is None
    assert window.windowTitle() == "Untitled[*] – Netwright"
    assert not window.isWindowModified()


def test_open_shows_the_chosen_project(
    window: MainWindow, press: Callable[..., None], dialogs: FileDialogs, tmp_path: Path
) -> None:
    dialogs.choice = saved_project(tmp_path / "two arms.netwright")
    press(Qt.Key.Key_O)
    assert document.dump(window.workspace.graph) == dialogs.choice.read_bytes()
    assert window.workspace.path == dialogs.choice
    assert window.windowTitle() == "two arms.netwright[*] – Netwright"
    assert window.pages.currentWidget() is window.canvas_page
    assert recent_files() == [dialogs.choice]
    assert set(window.scene.nodes) == set(window.workspace.graph.nodes)


def test_a_document_keeps_its_place_whatever_folder_the_app_runs_in(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = saved_project(tmp_path / "net.netwright")
    monkeypatch.chdir(tmp_path)
    window.documents.open(Path("net.netwright"))
    assert window.workspace.path == file


def test_open_without_a_choice_changes_nothing(
    window: MainWindow, press: Callable[..., None], dialogs: FileDialogs
) -> None:
    window.documents.open_template("lenet5")
    before = Document.of(window)
    press(Qt.Key.Key_O)
    assert len(dialogs.asked) == 1
    assert Document.of(window) == before


def test_the_first_save_asks_for_a_file_and_the_next_one_does_not(
    window: MainWindow, press: Callable[..., None], dialogs: FileDialogs, tmp_path: Path
) -> None:
    window.documents.open_template("spirals_mlp")
    edit(window)
    assert window.isWindowModified()
    dialogs.choice = tmp_path / "mine"
    press(Qt.Key.Key_S)
    file = tmp_path / "mine.netwright"
    assert file.read_bytes() == document.dump(window.workspace.graph)
    assert not window.isWindowModified()
    assert window.windowTitle() == "mine.netwright[*] – Netwright"
    edit(window)
    assert window.isWindowModified()
    press(Qt.Key.Key_S)
    assert len(dialogs.asked) == 1
    assert not window.isWindowModified()
    assert file.read_bytes() == document.dump(window.workspace.graph)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.netwright"]


def test_save_as_leaves_the_old_file_and_goes_on_with_the_new_one(
    window: MainWindow, press: Callable[..., None], dialogs: FileDialogs, tmp_path: Path
) -> None:
    old = saved_project(tmp_path / "old.netwright")
    content = old.read_bytes()
    window.documents.open(old)
    edit(window)
    dialogs.choice = tmp_path / "new.netwright"
    press(Qt.Key.Key_S, CTRL_SHIFT)
    assert dialogs.asked == [str(old)]
    assert old.read_bytes() == content
    assert dialogs.choice.read_bytes() == document.dump(window.workspace.graph) != content
    assert window.workspace.path == dialogs.choice
    assert recent_files() == [dialogs.choice, old]


@pytest.mark.parametrize(
    ("typed", "written"),
    [("net", "net.netwright"), ("lenet-1.5", "lenet-1.5.netwright"), ("net.json", "net.json.netwright")],
)
def test_a_name_gets_the_suffix_of_projects(
    typed: str, written: str, window: MainWindow, press: Callable[..., None], dialogs: FileDialogs, tmp_path: Path
) -> None:
    window.documents.open_template("spirals_mlp")
    dialogs.choice = tmp_path / typed
    press(Qt.Key.Key_S)
    assert [path.name for path in tmp_path.iterdir()] == [written]


@pytest.mark.parametrize(("button", "is_replaced"), [(Button.Yes, True), (Button.No, False)])
def test_a_file_that_the_dialog_did_not_ask_about_is_not_overwritten_in_silence(
    button: Button,
    is_replaced: bool,
    window: MainWindow,
    press: Callable[..., None],
    dialogs: FileDialogs,
    boxes: MessageBoxes,
    tmp_path: Path,
) -> None:
    """The dialog asks about “net”, which is not there; what would be written is “net.netwright”, which is."""
    precious = saved_project(tmp_path / "net.netwright", "lenet5")
    content = precious.read_bytes()
    window.documents.open_template("spirals_mlp")
    edit(window)
    dialogs.choice = tmp_path / "net"
    boxes.answer(button)
    press(Qt.Key.Key_S)
    assert boxes.said == ["“net.netwright” is there already. Replace it?"]
    assert (precious.read_bytes() != content) is is_replaced
    assert window.isWindowModified() is not is_replaced
    assert window.workspace.path == (precious if is_replaced else None)


def test_undo_back_to_the_saved_state_is_no_change(
    window: MainWindow, press: Callable[..., None], dialogs: FileDialogs, tmp_path: Path
) -> None:
    window.documents.open(saved_project(tmp_path / "net.netwright"))
    window.view.setFocus()
    edit(window)
    assert window.isWindowModified()
    press(Qt.Key.Key_Z)
    assert not window.isWindowModified()
    press(Qt.Key.Key_Z, CTRL_SHIFT)
    assert window.isWindowModified()
    press(Qt.Key.Key_S)
    assert not window.isWindowModified()
    press(Qt.Key.Key_Z)
    assert window.isWindowModified()
    press(Qt.Key.Key_Z, CTRL_SHIFT)
    assert not window.isWindowModified()


def test_a_template_is_a_new_document_without_a_file(window: MainWindow, tmp_path: Path) -> None:
    window.documents.open(saved_project(tmp_path / "net.netwright"))
    assert window.documents.open_template("lenet5")
    assert window.workspace.path is None
    assert window.windowTitle() == "Untitled[*] – Netwright"
    assert not window.isWindowModified()
    assert recent_files() == [tmp_path / "net.netwright"]


def test_a_name_that_is_still_being_typed_is_saved(
    window: MainWindow, press: Callable[..., None], tmp_path: Path
) -> None:
    path = saved_project(tmp_path / "net.netwright")
    window.documents.open(path)
    node = window.workspace.graph.named("tanh3")
    assert node is not None
    window.workspace.select([node.id])
    name = window.inspector.findChild(QLineEdit, "node_name")
    QTest.mouseDClick(name, Qt.MouseButton.LeftButton)
    QTest.keyClicks(name, "squash")
    press(Qt.Key.Key_S)
    assert document.read(path).named("squash") is not None
    assert not window.isWindowModified()
    assert name.hasFocus()


def test_a_name_that_is_still_being_typed_is_asked_about(
    window: MainWindow, boxes: MessageBoxes, press: Callable[..., None], tmp_path: Path
) -> None:
    window.documents.open(saved_project(tmp_path / "net.netwright"))
    node = window.workspace.graph.named("tanh3")
    assert node is not None
    window.workspace.select([node.id])
    press(Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier)
    QTest.keyClicks(QApplication.focusWidget(), "squash")
    boxes.answer(Button.Cancel)
    press(Qt.Key.Key_Q)
    assert boxes.said == [QUESTION]
    assert window.workspace.graph.named("squash") is not None


# Unsaved changes


LEAVE: dict[str, Callable[[MainWindow], None]] = {
    "new": lambda window: window.actions_table["new"].trigger(),
    "open": lambda window: window.actions_table["open"].trigger(),
    "template": lambda window: window.start_page.page.templateChosen.emit("lenet5"),
    "close": lambda window: window.actions_table["quit"].trigger(),
}
QUESTION = "Save the changes to “net.netwright”? They are lost otherwise."


@pytest.fixture
def changed(window: MainWindow, dialogs: FileDialogs, tmp_path: Path) -> Path:
    """The file of the open project, which has a change that is not in it; “Open” is going to open another one."""
    path = saved_project(tmp_path / "net.netwright")
    window.documents.open(path)
    edit(window)
    dialogs.choice = saved_project(tmp_path / "other.netwright", "lenet5")
    return path


def has_left(window: MainWindow, way: str) -> bool:
    if way == "close":
        return not window.isVisible()
    return window.workspace.graph.named("dropout") is None


@pytest.mark.parametrize("way", LEAVE)
def test_unsaved_changes_are_saved_on_request(way: str, window: MainWindow, boxes: MessageBoxes, changed: Path) -> None:
    edited = document.dump(window.workspace.graph)
    boxes.answer(Button.Save)
    LEAVE[way](window)
    assert boxes.said == [QUESTION]
    assert changed.read_bytes() == edited
    assert has_left(window, way)


@pytest.mark.parametrize("way", LEAVE)
def test_unsaved_changes_are_given_up_on_request(
    way: str, window: MainWindow, boxes: MessageBoxes, changed: Path
) -> None:
    content = changed.read_bytes()
    boxes.answer(Button.Discard)
    LEAVE[way](window)
    assert boxes.said == [QUESTION]
    assert changed.read_bytes() == content
    assert has_left(window, way)


@pytest.mark.parametrize("way", LEAVE)
def test_unsaved_changes_stay_when_the_question_is_cancelled(
    way: str, window: MainWindow, boxes: MessageBoxes, changed: Path
) -> None:
    content, before = changed.read_bytes(), Document.of(window)
    boxes.answer(Button.Cancel)
    LEAVE[way](window)
    assert boxes.said == [QUESTION]
    assert changed.read_bytes() == content
    assert Document.of(window) == before
    assert window.isVisible()


def test_whoever_gives_up_choosing_a_file_keeps_the_work(
    window: MainWindow, press: Callable[..., None], boxes: MessageBoxes, dialogs: FileDialogs
) -> None:
    """Asked to save, answered Save, and closed the dialog: nothing is saved, so nothing may be given up."""
    window.documents.open_template("spirals_mlp")
    edit(window)
    before = Document.of(window)
    boxes.answer(Button.Save)
    press(Qt.Key.Key_N)
    assert boxes.said == ["Save the changes to this network? They are lost otherwise."]
    assert Document.of(window) == before


def test_without_changes_nothing_is_asked(window: MainWindow, press: Callable[..., None], boxes: MessageBoxes) -> None:
    window.documents.open_template("spirals_mlp")
    press(Qt.Key.Key_N)
    window.documents.open_template("spirals_mlp")
    press(Qt.Key.Key_Q)
    assert not window.isVisible()
    assert boxes.said == []


# Hostile files


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
    "100,000 layers": project(nodes=nodes(100_000), edges=[]),
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


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence_and_harms_nothing(
    kind: str,
    window: MainWindow,
    press: Callable[..., None],
    dialogs: FileDialogs,
    boxes: MessageBoxes,
    tmp_path: Path,
) -> None:
    file = tmp_path / "hostile.netwright"
    file.write_bytes(HOSTILE[kind])
    before = open_with_a_past(window)
    dialogs.choice = file
    boxes.answer(Button.Discard, Button.Ok)
    press(Qt.Key.Key_O)
    question, sentence = boxes.said
    assert question.startswith("Save the changes")
    assert "hostile.netwright" in sentence
    assert_is_one_sentence(sentence)
    assert Document.of(window) == before
    assert file.read_bytes() == HOSTILE[kind]
    assert recent_files() == []
    # The history still works.
    window.workspace.undo_stack.undo()
    window.workspace.undo_stack.undo()
    assert document.dump(window.workspace.graph) == document.dump(ZOO["spirals_mlp"].build())


def open_with_a_past(window: MainWindow) -> Document:
    """Open a template and leave it with changes, a change taken back and a selection."""
    window.documents.open_template("spirals_mlp")
    workspace = window.workspace
    edit(window)
    dense = workspace.graph.named("dense1")
    assert dense is not None
    workspace.push(Rename(dense.id, "first"))
    edit(window)
    workspace.undo_stack.undo()
    workspace.select([dense.id])
    return Document.of(window)


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "too large"])
def test_what_is_no_readable_file_is_refused_too(
    kind: str, window: MainWindow, dialogs: FileDialogs, boxes: MessageBoxes, tmp_path: Path
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
    before = Document.of(window)
    dialogs.choice = path
    boxes.answer(Button.Ok)
    window.actions_table["open"].trigger()
    (sentence,) = boxes.said
    assert "strange.netwright" in sentence
    assert_is_one_sentence(sentence)
    assert Document.of(window) == before
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


# A disk that fails


def refuse(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("step", ["replace", "open"])
def test_a_failing_save_says_so_and_leaves_the_document_changed(
    step: str,
    window: MainWindow,
    press: Callable[..., None],
    boxes: MessageBoxes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = saved_project(tmp_path / "net.netwright")
    content = path.read_bytes()
    window.documents.open(path)
    window.view.setFocus()
    edit(window)
    before = Document.of(window)
    boxes.answer(Button.Ok)
    with monkeypatch.context() as broken:
        broken.setattr(Path, step, refuse)
        press(Qt.Key.Key_S)
    assert boxes.said == ["“net.netwright” cannot be written: no space left on device."]
    assert Document.of(window) == before
    assert window.isWindowModified()
    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["net.netwright"]
    press(Qt.Key.Key_S)
    assert not window.isWindowModified()
    assert path.read_bytes() == document.dump(window.workspace.graph)


def test_a_window_does_not_close_over_a_save_that_failed(
    window: MainWindow, boxes: MessageBoxes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.documents.open(saved_project(tmp_path / "net.netwright"))
    edit(window)
    before = Document.of(window)
    boxes.answer(Button.Save, Button.Ok)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", refuse)
        assert not window.close()
    assert boxes.said[1] == "“net.netwright” cannot be written: no space left on device."
    assert window.isVisible()
    assert Document.of(window) == before


def test_a_save_as_that_fails_keeps_the_old_file_as_the_documents(
    window: MainWindow, boxes: MessageBoxes, dialogs: FileDialogs, tmp_path: Path
) -> None:
    path = saved_project(tmp_path / "net.netwright")
    window.documents.open(path)
    edit(window)
    before = Document.of(window)
    dialogs.choice = tmp_path / "no such folder" / "net.netwright"
    boxes.answer(Button.Ok)
    window.actions_table["save_as"].trigger()
    assert boxes.said == ["“net.netwright” cannot be written: no such file or directory."]
    assert Document.of(window) == before
    assert recent_files() == [path]


# Recent projects


def rows(window: MainWindow) -> list[RecentRow]:
    return [row for row in window.start_page.findChildren(RecentRow) if row.isVisible()]


def test_recent_projects_are_listed_newest_first_and_outlive_the_window(
    window: MainWindow, press: Callable[..., None], tmp_path: Path
) -> None:
    files = [saved_project(tmp_path / f"{name}.netwright") for name in ("one", "zwei, drei; ü", "100 %")]
    for file in (*files, files[0]):
        window.documents.open(file)
    wanted = [files[0], files[2], files[1]]
    assert recent_files() == wanted
    press(Qt.Key.Key_H, CTRL_SHIFT)
    assert [row.file.path for row in rows(window)] == wanted
    window.close()
    later = MainWindow()
    later.show()
    try:
        assert [row.file.path for row in rows(later)] == wanted
        QTest.mouseClick(rows(later)[1], Qt.MouseButton.LeftButton)
        assert later.workspace.path == files[2]
    finally:
        later.close()
        later.deleteLater()


def test_a_recent_project_that_is_gone_is_shown_so(
    window: MainWindow, press: Callable[..., None], boxes: MessageBoxes, tmp_path: Path, qtbot: QtBot
) -> None:
    file = saved_project(tmp_path / "net.netwright")
    window.documents.open(file)
    press(Qt.Key.Key_H, CTRL_SHIFT)
    (row,) = rows(window)
    file.unlink()
    # It has gone since the page was drawn.
    boxes.answer(Button.Ok)
    QTest.mouseClick(row, Qt.MouseButton.LeftButton)
    assert boxes.said == ["“net.netwright” cannot be read: no such file or directory."]
    qtbot.waitUntil(lambda: rows(window) != [])
    (row,) = rows(window)
    assert row.file.reason == "The file is not there any more."
    QTest.mouseClick(row, Qt.MouseButton.LeftButton)
    assert len(boxes.said) == 1


def test_deleting_a_layer_and_saving_leaves_it_out_of_the_file(
    window: MainWindow, press: Callable[..., None], tmp_path: Path
) -> None:
    path = saved_project(tmp_path / "net.netwright")
    window.documents.open(path)
    window.view.setFocus()
    node = window.workspace.graph.named("tanh3")
    assert node is not None
    window.workspace.select([node.id])
    press(Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier)
    press(Qt.Key.Key_S)
    assert document.read(path).named("tanh3") is None
    window.workspace.push(RemoveNode(next(iter(window.workspace.graph.nodes))))
    assert window.isWindowModified()
