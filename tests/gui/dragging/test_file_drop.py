"""Files and texts dropped onto the window: opened, put on the canvas, or refused in a sentence each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMessageBox

from engine.graph import document
from engine.graph.model import Graph
from engine.layers import fragment
from engine.zoo.registry import ZOO
from gui.main_window import MainWindow
from gui.recent import recent_files
from gui.sheet import Sheet

if TYPE_CHECKING:
    from conftest import Drag, Places, Unchanged

    Files = Callable[..., Drag]
    Texts = Callable[[str], Drag]

HOSTILE = '{"netwright_fragment": 3, "nodes": [{"id": 7}]}'


@pytest.fixture
def told(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What message boxes have said; each is answered at once."""
    said: list[str] = []

    def answer(box: QMessageBox) -> int:
        said.append(box.text())
        return QMessageBox.StandardButton.Ok

    monkeypatch.setattr(QMessageBox, "exec", answer)
    yield said
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def project(path: Path, entry: str = "lenet5") -> Path:
    document.write(ZOO[entry].build(), path)
    return path


def part_text(*names: str) -> str:
    graph = ZOO["lenet5"].build()
    return fragment.copy(graph, [node.id for node in graph.nodes.values() if node.name in names])


def part(path: Path) -> Path:
    path.write_text(part_text("conv1", "relu1"))
    return path


def paths(window: MainWindow) -> list[str]:
    return [sheet.workspace.path.name for sheet in window.sheets.sheets if sheet.workspace.path is not None]


def test_projects_are_opened_whatever_they_are_called(
    window: MainWindow, drag_files: Files, places: Places, tmp_path: Path, told: list[str]
) -> None:
    files = [
        project(tmp_path / "net.netwright"),
        project(tmp_path / "saved.json", "spirals_mlp"),
        project(tmp_path / "x"),
    ]
    drag = drag_files(*files)
    middle = places.middle(window.start_page)
    assert drag.over(middle)
    assert window.file_drop.hint.isVisible()
    assert window.file_drop.hint.text == "Open 3 projects, each in a tab"
    assert window.file_drop.hint.is_welcome
    assert drag.drop(middle)
    QApplication.processEvents()
    assert paths(window) == ["net.netwright", "saved.json", "x"]
    assert window.workspace.path == files[-1]
    assert window.pages.currentWidget() is window.sheets
    assert not window.file_drop.hint.isVisible()
    assert recent_files()[0] == files[-1]
    assert told == []


def test_a_field_does_not_take_the_name_of_a_file(
    window: MainWindow, two: tuple[Sheet, Sheet], drag_files: Files, places: Places, tmp_path: Path
) -> None:
    search = window.findChild(QLineEdit, "palette_search")
    assert search is not None
    assert drag_files(project(tmp_path / "net.netwright")).drop(places.middle(search))
    QApplication.processEvents()
    assert search.text() == ""
    assert paths(window) == ["net.netwright"]


@pytest.mark.parametrize("is_link", [False, True])
def test_an_open_file_comes_to_the_front(
    is_link: bool, window: MainWindow, drag_files: Files, places: Places, tmp_path: Path
) -> None:
    first, second = project(tmp_path / "first.netwright"), project(tmp_path / "second.netwright")
    window.documents.open_all([first, second])
    dropped = first
    if is_link:
        dropped = tmp_path / "link.netwright"
        dropped.symlink_to(first)
    assert drag_files(dropped).drop(places.free(window.sheet))
    QApplication.processEvents()
    assert paths(window) == ["first.netwright", "second.netwright"]
    assert window.workspace.path == first


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def file(content: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


OTHERS: dict[str, tuple[Callable[[Path], Path | str], str]] = {
    "a folder": (folder, "“it.netwright” is a folder, not a Netwright project."),
    "a picture": (file(b"\x89PNG\r\n\x1a\n" + bytes(500)), "“it.netwright” is not a Netwright project."),
    "a text": (file(b"Dear Sir or Madam,\n"), "“it.netwright” is not a Netwright project."),
    "other JSON": (file(b'{"name": "netwright"}'), "“it.netwright” is not a Netwright project."),
    "nothing": (file(b""), "“it.netwright” is not a Netwright project."),
    "a pipe": (pipe, "“it.netwright” is not a Netwright project."),
    "a lost file": (lambda path: path, "“it.netwright” cannot be read: no such file or directory."),
    "a page": (
        lambda path: "https://a.org/it.netwright",
        "“https://a.org/it.netwright” is not a file on this computer.",
    ),
}


@pytest.mark.sampled(4)
@pytest.mark.parametrize("kind", OTHERS)
def test_whatever_is_no_project_is_refused_in_a_sentence(
    kind: str,
    window: MainWindow,
    kept: tuple[Sheet, Sheet],
    drag_files: Files,
    places: Places,
    tmp_path: Path,
    told: list[str],
) -> None:
    make, sentence = OTHERS[kind]
    drag = drag_files(make(tmp_path / "it.netwright"))
    place = places.free(window.sheet)
    assert not drag.over(place)
    hint = window.file_drop.hint
    assert hint.isVisible()
    assert not hint.is_welcome
    assert hint.text == f"This cannot be opened here\n{sentence}"
    assert not drag.drop(place)
    QApplication.processEvents()
    assert not hint.isVisible()
    assert window.statusBar().currentMessage() == sentence
    assert window.sheets.sheets == list(kept)
    assert told == []
    assert recent_files() == []


def test_of_several_files_each_gets_what_it_deserves(
    window: MainWindow, drag_files: Files, places: Places, tmp_path: Path, told: list[str]
) -> None:
    damaged = tmp_path / "damaged.netwright"
    damaged.write_bytes(document.dump(ZOO["lenet5"].build())[:900])
    files = [folder(tmp_path / "nets"), project(tmp_path / "net.netwright"), damaged]
    middle = places.middle(window.start_page)
    drag = drag_files(*files)
    assert drag.over(middle)
    assert window.file_drop.hint.text.splitlines()[1:] == ["“nets” is a folder, not a Netwright project."]
    assert drag.drop(middle)
    QApplication.processEvents()
    assert paths(window) == ["net.netwright"]
    (sentences,) = told
    first, second = sentences.splitlines()
    assert first == "“nets” is a folder, not a Netwright project."
    assert second.startswith("“damaged.netwright” is damaged: ")
    assert second.endswith(".")


def test_a_crowd_of_wrong_files_fits_onto_the_screen(
    window: MainWindow, drag_files: Files, places: Places, tmp_path: Path, told: list[str]
) -> None:
    files = [file(b"hello")(tmp_path / f"{index}.txt") for index in range(30)]
    files.append(project(tmp_path / "net.netwright"))
    drag = drag_files(*files)
    drag.over(places.middle(window.start_page))
    assert window.file_drop.hint.text.splitlines()[-1] == "The same goes for 26 more."
    drag.drop(places.middle(window.start_page))
    QApplication.processEvents()
    assert len(told[0].splitlines()) == 9
    assert told[0].splitlines()[-1] == "22 more cannot be opened either."


def test_a_file_of_layers_goes_onto_the_canvas_under_it(
    window: MainWindow,
    beside: tuple[Sheet, Sheet],
    drag_files: Files,
    places: Places,
    unchanged: type[Unchanged],
    tmp_path: Path,
) -> None:
    target, other = beside
    before = unchanged(*beside)
    drag = drag_files(part(tmp_path / "part.json"))
    place = places.free(target)
    assert drag.over(place)
    assert window.file_drop.hint.text == "Add the layers of “part.json” here"
    assert window.file_drop.hint.geometry().contains(window.mapFromGlobal(place))
    assert not window.file_drop.hint.geometry().contains(window.mapFromGlobal(places.free(other)))
    assert drag.drop(place)
    QApplication.processEvents()
    assert target.workspace.undo_stack.undoText() == "Drop 2 layers"
    assert window.sheet is target
    assert len(window.sheets.sheets) == 2
    target.workspace.undo_stack.undo()
    before.check()


def test_a_file_of_layers_needs_a_canvas(
    window: MainWindow,
    kept: tuple[Sheet, Sheet],
    drag_files: Files,
    places: Places,
    tmp_path: Path,
) -> None:
    drag = drag_files(part(tmp_path / "part.json"))
    assert not drag.drop(places.middle(window.sheet.inspector))
    assert window.statusBar().currentMessage() == "“part.json” holds layers: drop it on a canvas."


def test_a_file_of_layers_that_is_gone_when_it_is_dropped_is_named(
    window: MainWindow,
    kept: tuple[Sheet, Sheet],
    drag_files: Files,
    places: Places,
    tmp_path: Path,
    told: list[str],
) -> None:
    path = part(tmp_path / "part.json")
    drag = drag_files(path)
    place = places.free(window.sheet)
    assert drag.over(place)
    path.unlink()
    assert drag.drop(place)
    QApplication.processEvents()
    assert told == ["“part.json” cannot be read: no such file or directory."]


def test_under_a_dialog_nothing_is_taken(
    window: MainWindow, two: tuple[Sheet, Sheet], drag_files: Files, places: Places, tmp_path: Path
) -> None:
    dialog = QDialog(window)
    dialog.setModal(True)
    dialog.show()
    QApplication.processEvents()
    try:
        assert not drag_files(project(tmp_path / "net.netwright")).drop(places.free(window.sheet))
        assert not window.file_drop.hint.isVisible()
    finally:
        dialog.close()
        dialog.deleteLater()
    QApplication.processEvents()
    assert paths(window) == []


BY_HAND = '\n {"netwright_fragment": 3, "nodes": [{"id": "a", "layer": "conv2d", "name": "c"}]}'
TEXTS = {
    "a part": (part_text("conv1", "relu1"), "2 layers", 2),
    "a project": (document.dump(ZOO["spirals_mlp"].build()).decode(), "9 layers", 9),
    "a project from Windows": ("\ufeff" + document.dump(ZOO["spirals_mlp"].build()).decode(), "9 layers", 9),
    "written by hand": (BY_HAND, "1 layer", 1),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_text_dropped_on_the_canvas_is_pasted_there(
    kind: str,
    window: MainWindow,
    kept: tuple[Sheet, Sheet],
    drag_text: Texts,
    places: Places,
) -> None:
    sheet = window.sheet
    text, words, number = TEXTS[kind]
    drag = drag_text(text)
    place = places.free(sheet)
    assert drag.over(place)
    assert sheet.view.pointer_note.text == f"Paste {words} here"
    assert drag.drop(place)
    assert drag.result.name == "CopyAction", "it stays in the text editor"
    assert len(sheet.workspace.selection) == number
    assert sheet.workspace.undo_stack.count() == 1
    assert not sheet.view.pointer_note.isVisible()
    sheet.workspace.undo_stack.undo()


def test_text_dropped_on_a_tab_goes_into_the_middle_of_its_canvas(
    window: MainWindow, kept: tuple[Sheet, Sheet], drag_text: Texts, places: Places
) -> None:
    (bar,) = places.bars(window)
    assert drag_text(part_text("conv1")).drop(places.tab(bar, 0))
    assert window.sheet is kept[0]
    (node,) = window.workspace.selection
    visible = window.view.camera.visible()
    assert visible.contains(QPoint(*map(int, window.workspace.graph.nodes[node].position)))
    window.workspace.undo_stack.undo()


@pytest.mark.parametrize("text", ["hello", "", '{"nodes": []}'])
def test_other_text_is_left_alone(
    text: str, window: MainWindow, two: tuple[Sheet, Sheet], drag_text: Texts, places: Places
) -> None:
    assert not drag_text(text).drop(places.free(window.sheet))
    assert not window.view.pointer_note.isVisible()
    assert window.statusBar().currentMessage() == ""


@pytest.mark.parametrize("text", [HOSTILE, '{"netwright": 3, "nodes": 5}', document.dump(Graph()).decode()])
def test_damaged_text_is_refused_in_a_sentence(
    text: str,
    window: MainWindow,
    kept: tuple[Sheet, Sheet],
    drag_text: Texts,
    places: Places,
) -> None:
    drag = drag_text(text)
    assert not drag.over(places.free(window.sheet))
    note = window.view.pointer_note
    assert note.isVisible()
    assert "hat you drag holds" in note.text
    assert note.text.endswith(".")
    assert not drag.drop(places.free(window.sheet))
