"""Copying a picture: an image and SVG, of what is selected or of all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QGuiApplication

from engine.graph.model import Graph
from gui.pictures.choices import FORMATS, Choices, remember
from gui.pictures.clipboard import SVG_TYPE, copy_picture
from gui.pictures.ground import GROUNDS
from gui.pictures.picture import Picture

if TYPE_CHECKING:
    from conftest import Canvas

SVG = "{http://www.w3.org/2000/svg}"


def copied_names() -> set[str]:
    data = QGuiApplication.clipboard().mimeData().data(SVG_TYPE).data()
    return {element.text or "" for element in ElementTree.fromstring(data).iter(f"{SVG}text")}


@pytest.fixture(autouse=True)
def _empty_clipboard(canvas: Canvas) -> None:
    QGuiApplication.clipboard().clear()


def test_the_whole_network_when_nothing_is_selected(canvas: Canvas) -> None:
    assert copy_picture(canvas.workspace, canvas.scene) == "A picture of 6 layers is in the clipboard."
    assert set(canvas.shapes) <= copied_names()
    image, size = QGuiApplication.clipboard().image(), Picture(canvas.scene).size
    assert image.size() == size * 2
    assert image.pixelColor(0, 0).name() == "#ffffff"
    assert QGuiApplication.overrideCursor() is None


def test_the_selection(canvas: Canvas) -> None:
    canvas.workspace.select([canvas.id("conv")])
    assert copy_picture(canvas.workspace, canvas.scene) == "A picture of 1 layer is in the clipboard."
    names = copied_names()
    assert "conv" in names
    assert not {"image", "norm", "sum"} & names


def test_on_the_ground_that_was_chosen_last(canvas: Canvas) -> None:
    remember(Choices(format=FORMATS[0], ground=GROUNDS[3], scale=1.0, only_selection=False))
    copy_picture(canvas.workspace, canvas.scene)
    image = QGuiApplication.clipboard().image()
    assert image.size() == Picture(canvas.scene).size
    assert image.pixelColor(0, 0).alpha() == 0


def test_nothing_to_copy(canvas: Canvas) -> None:
    canvas.show(Graph())
    assert copy_picture(canvas.workspace, canvas.scene) == "There is nothing to make a picture of yet."
    assert QGuiApplication.clipboard().image().isNull()
