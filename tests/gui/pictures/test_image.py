"""PNG: sizes, grounds, what it says about itself, what is too large; and the likeness to the canvas itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.graph.document import DocumentError
from engine.graph.model import Graph
from engine.zoo.sketch import Sketch
from gui import theme
from gui.canvas.geometry import CARD
from gui.canvas.view import CanvasView
from gui.pictures.ground import GROUNDS, Ground
from gui.pictures.image import (
    LONGEST_SIDE,
    MOST_PIXELS,
    as_png,
    fits,
    image_size,
    nearest_scale,
    paint_image,
    possible_scales,
)
from gui.pictures.picture import MARGIN, Picture
from gui.pictures.stepwise import at_once

if TYPE_CHECKING:
    from conftest import Canvas

LIGHT, DARK, CLEAR_LIGHT, CLEAR_DARK = GROUNDS


def png_of(canvas: Canvas, ground: Ground = LIGHT, scale: float = 1.0) -> Image.Image:
    """What another program reads."""
    image = at_once(paint_image(Picture(canvas.scene), ground, scale, "Small & fine"))
    read = Image.open(io.BytesIO(as_png(image)))
    read.load()
    return read


def corners(image: Image.Image) -> list[Any]:
    right, bottom = image.width - 1, image.height - 1
    return [image.convert("RGBA").getpixel(place) for place in ((0, 0), (right, 0), (0, bottom), (right, bottom))]


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0, 4.0])
def test_size_and_resolution(canvas: Canvas, scale: float) -> None:
    image, size = png_of(canvas, scale=scale), Picture(canvas.scene).size
    assert image.size == (size.width() * scale, size.height() * scale)
    assert image.info["dpi"] == pytest.approx((96 * scale, 96 * scale), abs=0.1)
    assert image.info["Title"] == "Small & fine"
    assert image.info["Software"] == "Netwright"


def test_grounds(canvas: Canvas) -> None:
    assert corners(png_of(canvas, LIGHT)) == [(255, 255, 255, 255)] * 4
    dark = theme.DARK.colour("canvas")
    assert corners(png_of(canvas, DARK)) == [(dark.red(), dark.green(), dark.blue(), 255)] * 4
    for ground in (CLEAR_LIGHT, CLEAR_DARK):
        assert [alpha for _, _, _, alpha in corners(png_of(canvas, ground))] == [0] * 4


def test_on_transparent_ground_stand_the_colours_of_the_page(canvas: Canvas) -> None:
    for clear, solid in ((CLEAR_LIGHT, LIGHT), (CLEAR_DARK, DARK)):
        page = Image.new("RGBA", png_of(canvas).size, solid.theme.canvas)
        page.alpha_composite(png_of(canvas, clear))
        wanted = np.asarray(png_of(canvas, solid).convert("RGBA"), int)
        assert np.abs(np.asarray(page, int) - wanted).max() <= 4


def test_the_margin_is_empty_and_what_it_surrounds_is_not(canvas: Canvas) -> None:
    alpha = np.asarray(png_of(canvas, CLEAR_LIGHT))[..., 3]
    rows, columns = np.nonzero(alpha.any(axis=1))[0], np.nonzero(alpha.any(axis=0))[0]
    edges = (rows[0], columns[0], alpha.shape[0] - 1 - rows[-1], alpha.shape[1] - 1 - columns[-1])
    assert all(MARGIN - 2 <= edge <= MARGIN + 10 for edge in edges), edges


@pytest.mark.parametrize("name", ["conv", "stage"])
@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT], ids=lambda look: look.name)
def test_a_card_looks_as_on_the_canvas(
    canvas: Canvas, qapp: QApplication, qtbot: QtBot, name: str, look: theme.Theme
) -> None:
    theme.apply(qapp, look)
    try:
        view = CanvasView(canvas.scene)
        qtbot.addWidget(view)
        view.resize(900, 800)
        view.show()
        view.zoom_reset()
        node = canvas.id(name)
        view.camera.reveal([node])
        view.centerOn(canvas.scene.nodes[node])
        QApplication.processEvents()
        place = view.viewportTransform().map(canvas.scene.nodes[node].pos()).toPoint()
        # Without the edge, where ports and ground meet it, and without the sign that the card can be entered.
        inside = CARD.toRect().adjusted(3, 6, -30, -6)
        on_screen = view.viewport().grab(inside.translated(place)).toImage()
        ground = DARK if look.is_dark else LIGHT
        picture = Picture(canvas.scene, [node])
        image = at_once(paint_image(picture, ground, 1.0))
        # The picture of one card: as far from the left as from the right.
        middle_x = (picture.size.width() + 1) // 2
        cards = [image.copy(QRect(inside).translated(middle_x, y)) for y in range(40, 90)]
        away = min(
            float(np.abs(_rgb(card) - _rgb(on_screen)).mean()) for card in cards if card.size() == on_screen.size()
        )
        print(away)
        assert away < 0.5
    finally:
        theme.apply(qapp, theme.DARK)


def _rgb(image: Any) -> Any:
    plain = image.convertToFormat(image.Format.Format_RGB32)
    return np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.width(), 4)[..., :3].astype(int)


def chain(count: int) -> Graph:
    pen = Sketch()
    pen.add("input", shape=(1, 8, 8))
    for _ in range(count - 1):
        pen.then("relu")
    return pen.graph


class TestLargePictures:
    def test_sizes_that_cannot_be_are_not_offered(self, canvas: Canvas) -> None:
        assert possible_scales(Picture(canvas.scene)) == [1.0, 2.0, 3.0, 4.0]
        canvas.show(chain(150))
        picture = Picture(canvas.scene)
        assert possible_scales(picture) == [1.0, 2.0]
        assert not fits(picture, 3.0)
        assert nearest_scale(picture, 4.0) == 2.0

    def test_where_even_the_smallest_cannot_be_the_largest_possible_is(self, canvas: Canvas) -> None:
        canvas.show(chain(400))
        picture = Picture(canvas.scene)
        (scale,) = possible_scales(picture)
        size = image_size(picture, scale)
        assert size.height() <= LONGEST_SIDE
        assert size.height() > LONGEST_SIDE - 0.02 * picture.size.height()
        image = at_once(paint_image(picture, LIGHT, scale))
        assert image.size() == size

    def test_the_last_layer_is_in_an_image_of_the_greatest_height(self, canvas: Canvas) -> None:
        canvas.show(chain(330))
        picture = Picture(canvas.scene)
        (scale,) = [scale for scale in possible_scales(picture) if scale == 1.0]
        image = at_once(paint_image(picture, LIGHT, scale))
        assert image.height() > 31_000
        last = image.copy(0, image.height() - 100, image.width(), 76)
        assert len(np.unique(_rgb(last).reshape(-1, 3), axis=0)) > 20

    def test_too_large(self, canvas: Canvas) -> None:
        canvas.show(chain(400))
        picture = Picture(canvas.scene)
        with pytest.raises(DocumentError, match=r"^A picture of \d+ × 38,\d+ pixels is too large; .*SVG or PDF"):
            at_once(paint_image(picture, LIGHT, 1.0))

    def test_too_many_pixels(self, canvas: Canvas) -> None:
        pen = Sketch()
        pen.add("input", shape=(1, 8, 8))
        pen.add("input", shape=(1, 8, 8), lane=40, row=100)
        canvas.show(pen.graph)
        picture = Picture(canvas.scene)
        largest = image_size(picture, max(possible_scales(picture)))
        assert largest.width() * largest.height() <= MOST_PIXELS
        assert not fits(picture, 4.0)
        assert max(image_size(picture, 1.0).toTuple()) < LONGEST_SIDE
