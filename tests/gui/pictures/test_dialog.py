"""The dialog, worked by mouse and keyboard: what it offers, shows, writes, refuses and remembers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.graph.model import Graph
from engine.zoo.sketch import Sketch
from gui.pictures.dialog import PictureDialog, open_picture_dialog
from gui.pictures.ground import GROUNDS

if TYPE_CHECKING:
    from conftest import Canvas

LEFT = Qt.MouseButton.LeftButton
SVG = "{http://www.w3.org/2000/svg}"


class Person:
    """Someone in front of the dialog."""

    def __init__(self, dialog: PictureDialog, qtbot: QtBot) -> None:
        self.dialog = dialog
        self._qtbot = qtbot

    def part(self, kind: type[QWidget], name: str) -> QWidget:
        found = self.dialog.findChild(kind, f"picture_{name}")
        assert found is not None, name
        return found

    def choose(self, name: str) -> None:
        button = self.part(QRadioButton, name)
        assert button.isEnabled()
        # The right part of a radio button, behind its words, takes no clicks.
        QTest.mouseClick(button, LEFT, pos=QPoint(10, button.height() // 2))

    def pick(self, name: str, index: int) -> None:
        box = self.part(QComboBox, name)
        assert isinstance(box, QComboBox)
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_Home)
        for _ in range(index):
            QTest.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() == index

    def name(self, path: Path | str) -> None:
        field = self.part(QLineEdit, "file")
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClicks(field, str(path))

    def click(self, name: str) -> None:
        button = self.part(QPushButton, name)
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, LEFT)

    def export(self) -> None:
        self.click("start")
        self._qtbot.waitUntil(lambda: not self.dialog.is_busy)

    def told(self, name: str) -> str:
        box = self.part(QWidget, name)
        if not box.isVisible():
            return ""
        return box.text() if isinstance(box, QLabel) else box.findChild(QLabel).text()

    @property
    def file(self) -> str:
        field = self.part(QLineEdit, "file")
        assert isinstance(field, QLineEdit)
        return field.text()


@pytest.fixture
def open_dialog(canvas: Canvas, qtbot: QtBot) -> Iterator[object]:
    """Opens the dialog, as often as wanted."""
    opened: list[PictureDialog] = []

    def make() -> Person:
        dialog = PictureDialog(canvas.workspace, canvas.scene)
        qtbot.addWidget(dialog)
        dialog.show()
        QApplication.processEvents()
        opened.append(dialog)
        return Person(dialog, qtbot)

    yield make
    for dialog in opened:
        dialog.close()


@pytest.fixture
def person(open_dialog) -> Person:
    return open_dialog()


def names_in(path: Path) -> set[str]:
    return {element.text or "" for element in ElementTree.parse(path).iter(f"{SVG}text")}


def long_chain(count: int) -> Graph:
    pen = Sketch()
    pen.add("input", shape=(1, 8, 8))
    for _ in range(count - 1):
        pen.then("relu")
    return pen.graph


class TestFiles:
    def test_svg(self, person: Person, canvas: Canvas, tmp_path: Path) -> None:
        person.choose("svg")
        person.name(tmp_path / "figure.svg")
        person.export()
        assert person.told("done").startswith("Wrote “figure.svg”, ")
        assert person.told("failed") == ""
        assert set(canvas.shapes) <= names_in(tmp_path / "figure.svg")
        assert ElementTree.parse(tmp_path / "figure.svg").findtext(f"{SVG}title") == "Small & fine"

    def test_pdf(self, person: Person, tmp_path: Path) -> None:
        person.choose("pdf")
        person.name(tmp_path / "figure")
        person.export()
        assert person.told("done").startswith("Wrote “figure.pdf”, ")
        assert (tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF-")

    @pytest.mark.parametrize("index", range(4))
    def test_png_in_the_size_that_is_shown(self, person: Person, tmp_path: Path, index: int) -> None:
        person.choose("png")
        person.pick("size", index)
        person.name(tmp_path / "figure.png")
        person.export()
        with Image.open(tmp_path / "figure.png") as image:
            assert person.told("pixels") == f"{image.width:,} × {image.height:,} pixels"
            assert image.info["dpi"][0] == pytest.approx(96 * (index + 1), abs=0.1)

    def test_the_ground_that_is_chosen(self, person: Person, tmp_path: Path) -> None:
        person.choose("png")
        corners = []
        for index, ground in enumerate(GROUNDS):
            person.pick("ground", index)
            person.name(tmp_path / f"{ground.id}.png")
            person.export()
            with Image.open(tmp_path / f"{ground.id}.png") as image:
                corners.append(image.convert("RGBA").getpixel((0, 0)))
        assert corners == [(255, 255, 255, 255), (0x11, 0x12, 0x16, 255), (0, 0, 0, 0), (0, 0, 0, 0)]

    def test_the_selection_alone(self, canvas: Canvas, open_dialog, tmp_path: Path) -> None:
        canvas.workspace.select([canvas.id("conv"), canvas.id("norm")])
        person = open_dialog()
        assert person.part(QRadioButton, "selection").text() == "Selection (2 layers)"
        whole = person.dialog.preview.image.size()
        person.choose("selection")
        assert person.dialog.preview.image.size() != whole
        person.name(tmp_path / "part.svg")
        person.export()
        names = names_in(tmp_path / "part.svg")
        assert {"conv", "norm"} <= names
        assert not {"image", "stage", "sum", "scores"} & names

    def test_browsing(self, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[tuple[object, ...]] = []

        def choose(*args: object) -> tuple[str, str]:
            asked.append(args[1:])
            return str(tmp_path / "chosen.svg"), ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
        person.click("browse")
        assert person.file == str(tmp_path / "chosen.svg")
        (title, _suggested, kinds), *_ = asked
        assert (title, kinds) == ("Export as SVG", "SVG pictures (*.svg)")

    def test_a_file_that_is_there_is_replaced_after_a_word_about_it(self, person: Person, tmp_path: Path) -> None:
        (tmp_path / "old.svg").write_text("old")
        person.name(tmp_path / "old.svg")
        assert person.told("notes") == "“old.svg” is there already and will be replaced."
        assert person.part(QPushButton, "start").text() == "Replace"
        person.export()
        assert person.told("notes") == ""
        assert (tmp_path / "old.svg").read_text().startswith("<?xml")

    def test_show_in_folder(self, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shown: list[QUrl] = []
        monkeypatch.setattr(QDesktopServices, "openUrl", shown.append)
        person.name(tmp_path / "figure.svg")
        person.export()
        person.click("show")
        assert [Path(url.toLocalFile()) for url in shown] == [tmp_path]


class TestRefusals:
    def test_a_folder_that_is_not_there(self, person: Person, tmp_path: Path) -> None:
        person.name(tmp_path / "nowhere" / "figure.svg")
        person.export()
        assert person.told("failed") == "“figure.svg” cannot be written: no such file or directory."
        assert person.told("done") == ""

    def test_a_folder_that_is_a_file(self, person: Person, tmp_path: Path) -> None:
        (tmp_path / "notes").write_text("old")
        person.name(tmp_path / "notes" / "figure.svg")
        person.export()
        assert person.told("failed") == "“figure.svg” cannot be written: not a directory."
        assert (tmp_path / "notes").read_text() == "old"

    def test_a_reason_goes_when_something_else_is_chosen(self, person: Person, tmp_path: Path) -> None:
        person.name(tmp_path / "nowhere" / "figure.svg")
        person.export()
        assert person.told("failed")
        person.choose("pdf")
        assert person.told("failed") == ""

    def test_no_name_no_export(self, person: Person) -> None:
        person.name("")
        assert not person.part(QPushButton, "start").isEnabled()

    def test_without_a_selection_there_is_nothing_to_choose(self, person: Person) -> None:
        assert not person.part(QRadioButton, "selection").isEnabled()
        assert person.part(QRadioButton, "whole").isChecked()

    def test_an_empty_network(self, canvas: Canvas, open_dialog) -> None:
        canvas.show(Graph())
        person = open_dialog()
        assert person.told("pixels") == "There is nothing to make a picture of yet."
        assert not person.part(QPushButton, "start").isEnabled()
        assert not person.part(QPushButton, "copy").isEnabled()
        person.choose("png")
        assert person.dialog.preview.image.isNull()

    def test_sizes_that_cannot_be_are_not_offered(self, canvas: Canvas, open_dialog, tmp_path: Path) -> None:
        canvas.show(long_chain(400))
        person = open_dialog()
        person.choose("png")
        box = person.part(QComboBox, "size")
        assert isinstance(box, QComboBox)
        assert [box.itemText(index) for index in range(box.count())] == ["0.85× (82 dots per inch)"]
        person.name(tmp_path / "long.png")
        person.export()
        with Image.open(io.BytesIO((tmp_path / "long.png").read_bytes())) as image:
            assert 32_000 < image.height <= 32_767


class TestMemory:
    def test_the_last_choices_come_again(self, canvas: Canvas, open_dialog, tmp_path: Path) -> None:
        canvas.workspace.select([canvas.id("conv")])
        person = open_dialog()
        person.choose("png")
        person.choose("selection")
        person.pick("ground", 3)
        person.pick("size", 2)
        person.name(tmp_path / "figure.png")
        person.export()
        again = open_dialog().dialog.options.choices
        assert (again.format.id, again.ground, again.scale, again.only_selection) == ("png", GROUNDS[3], 3.0, True)
        canvas.workspace.select([])
        assert open_dialog().dialog.options.choices.only_selection is False

    def test_a_smaller_size_for_a_large_network_is_not_remembered(
        self, canvas: Canvas, open_dialog, tmp_path: Path
    ) -> None:
        person = open_dialog()
        person.choose("png")
        person.pick("size", 3)
        person.name(tmp_path / "a.png")
        person.export()
        canvas.show(long_chain(400))
        person = open_dialog()
        assert person.dialog.options.choices.scale < 1
        person.name(tmp_path / "b.png")
        person.export()
        canvas.show(long_chain(3))
        assert open_dialog().dialog.options.choices.scale == 4.0

    def test_the_file_is_suggested_beside_the_project_and_keeps_its_name(
        self, canvas: Canvas, open_dialog, tmp_path: Path
    ) -> None:
        canvas.workspace.set_path(tmp_path / "my net.netwright")
        person = open_dialog()
        assert person.file == str(tmp_path / "my net.svg")
        person.name(tmp_path / "fig 1.svg")
        person.choose("pdf")
        assert person.file == str(tmp_path / "fig 1.pdf")
        person.choose("png")
        person.export()
        with Image.open(tmp_path / "fig 1.png") as image:
            assert image.info["Title"] == "my net"


class TestWindow:
    def test_inside_a_block(self, canvas: Canvas, open_dialog, tmp_path: Path) -> None:
        canvas.workspace.enter(canvas.id("stage"))
        person = open_dialog()
        assert person.part(QRadioButton, "whole").text() == "Whole block “Stage”"
        person.name(tmp_path / "block.svg")
        person.export()
        assert ElementTree.parse(tmp_path / "block.svg").findtext(f"{SVG}title") == "Small & fine: Stage"

    def test_copying(self, person: Person) -> None:
        QGuiApplication.clipboard().clear()
        person.pick("ground", 1)
        person.click("copy")
        assert person.told("done") == "The picture is in the clipboard."
        assert not person.part(QPushButton, "show").isVisible()
        image = QGuiApplication.clipboard().image()
        assert image.pixelColor(0, 0).name() == "#111216"

    def test_a_large_picture_can_be_given_up(self, canvas: Canvas, open_dialog, tmp_path: Path, qtbot: QtBot) -> None:
        canvas.show(long_chain(600))
        person = open_dialog()
        (tmp_path / "long.svg").write_text("old")
        person.name(tmp_path / "long.svg")
        person.click("start")
        assert person.dialog.is_busy
        assert not person.part(QComboBox, "ground").isEnabled()
        person.click("cancel")
        assert not person.dialog.is_busy
        assert person.dialog.isVisible()
        qtbot.wait(100)
        assert (tmp_path / "long.svg").read_text() == "old"
        assert person.part(QPushButton, "cancel").text() == "Close"
        person.click("cancel")
        assert not person.dialog.isVisible()

    def test_escape_while_writing_leaves_nothing_behind(
        self, canvas: Canvas, open_dialog, tmp_path: Path, qtbot: QtBot
    ) -> None:
        canvas.show(long_chain(600))
        person = open_dialog()
        person.name(tmp_path / "long.svg")
        person.click("start")
        QTest.keyClick(person.dialog, Qt.Key.Key_Escape)
        assert not person.dialog.isVisible()
        qtbot.wait(100)
        assert list(tmp_path.iterdir()) == []

    def test_another_document_closes_it(self, canvas: Canvas, person: Person) -> None:
        canvas.show(long_chain(3))
        assert not person.dialog.isVisible()

    def test_everything_can_be_reached_by_tab_and_has_a_name(self, person: Person) -> None:
        dialog = person.dialog
        with_focus: list[QWidget] = []
        dialog.activateWindow()
        QApplication.processEvents()
        widget = dialog.options.whole
        widget.setFocus()
        for _ in range(40):
            focus = QApplication.focusWidget()
            if focus in with_focus:
                break
            with_focus.append(focus)
            QTest.keyClick(focus, Qt.Key.Key_Tab)
        reached = {focus.objectName() for focus in with_focus}
        for name in ("whole", "svg", "ground", "file", "browse", "copy", "start", "cancel"):
            assert f"picture_{name}" in reached, name
        for focus in with_focus:
            assert focus.accessibleName() or getattr(focus, "text", str)(), focus.objectName()
        assert dialog.preview.accessibleName() == "Preview of 6 layers, ground: Light"

    def test_it_opens_over_the_window(self, canvas: Canvas, qtbot: QtBot, host) -> None:
        window = host(QWidget())
        dialog = open_picture_dialog(canvas.workspace, canvas.scene, window)
        assert dialog.isVisible()
        assert dialog.isModal()
        with qtbot.waitSignal(dialog.destroyed):
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
