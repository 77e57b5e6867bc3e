"""PDF: one page of the right size, lines and letters only, the fonts with it. Read as the standard says, not by Qt."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

import pytest

from engine.graph.model import Graph
from engine.zoo.sketch import Sketch
from gui.pictures.ground import GROUNDS, Ground
from gui.pictures.picture import Picture
from gui.pictures.stepwise import at_once
from gui.pictures.vector import LONGEST_PAGE, paint_pdf

if TYPE_CHECKING:
    from conftest import Canvas

LIGHT, DARK, CLEAR_LIGHT, CLEAR_DARK = GROUNDS


class Pdf:
    """The objects of a PDF without object streams."""

    def __init__(self, data: bytes) -> None:
        assert data.startswith(b"%PDF-1.")
        assert data.rstrip().endswith(b"%%EOF")
        self.objects = {
            int(number): body for number, body in re.findall(rb"\n(\d+) 0 obj\s(.*?)\sendobj", data, re.DOTALL)
        }

    def of_type(self, kind: str) -> list[bytes]:
        return [body for body in self.objects.values() if re.search(rb"/Type\s*/" + kind.encode() + rb"\b", body)]

    def refer(self, body: bytes, key: str) -> bytes:
        found = re.search(rb"/" + key.encode() + rb"\s+(\d+) 0 R", body)
        assert found is not None, key
        return self.objects[int(found[1])]

    @property
    def page(self) -> bytes:
        (page,) = self.of_type("Page")
        return page

    @property
    def media_box(self) -> list[float]:
        found = re.search(rb"/MediaBox\s*\[([^]]*)\]", self.page)
        assert found is not None
        return [float(number) for number in found[1].split()]

    @property
    def content(self) -> bytes:
        """The operators that draw the page."""
        body = self.refer(self.page, "Contents")
        stream = re.search(rb"stream\r?\n(.*)\s*endstream", body, re.DOTALL)
        assert stream is not None
        return zlib.decompressobj().decompress(stream[1])


def pdf_of(canvas: Canvas, ground: Ground = LIGHT) -> Pdf:
    return Pdf(at_once(paint_pdf(Picture(canvas.scene), ground, "Small & fine")))


def test_one_page_as_large_as_the_picture(canvas: Canvas) -> None:
    pdf, size = pdf_of(canvas), Picture(canvas.scene).size
    assert pdf.media_box == pytest.approx([0, 0, size.width() * 0.75, size.height() * 0.75], abs=0.01)


def test_nothing_is_made_of_pixels(canvas: Canvas) -> None:
    pdf = pdf_of(canvas)
    assert not [body for body in pdf.objects.values() if re.search(rb"/Subtype\s*/Image\b", body)]
    # Neither as objects of their own nor within what is drawn.
    assert not re.search(rb"^BI\s", pdf.content, re.MULTILINE)


def test_texts_are_texts_in_fonts_that_come_with_the_file(canvas: Canvas) -> None:
    pdf = pdf_of(canvas)
    fonts = pdf.of_type("FontDescriptor")
    assert fonts
    assert all(re.search(rb"/FontFile[23]?\s", font) for font in fonts)
    # Icons are lines.
    assert not any(b"Material" in font for font in fonts)
    glyphs = sum(len(drawn) // 4 for drawn in re.findall(rb"<([0-9A-Fa-f]+)>\s*Tj", pdf.content))
    names = sum(map(len, canvas.shapes))
    shapes = sum(len(" × ".join(map(str, shape))) for shape in canvas.shapes.values())
    assert glyphs > names + shapes


def test_title(canvas: Canvas) -> None:
    data = at_once(paint_pdf(Picture(canvas.scene), LIGHT, "Small & fine"))
    assert "Small & fine".encode("utf-16-be") in data
    assert b"Small &amp; fine" in data


def ground_of(pdf: Pdf) -> tuple[list[float], list[float]] | None:
    """The colour, and the width and height in points, of an area that is painted before everything else."""
    content = pdf.content.decode("latin-1")
    before_lines = content.split(" m\n")[0]
    found = re.search(r"([\d. ]+) scn.*?-?[\d.]+ -?[\d.]+ ([\d.]+) ([\d.]+) re\s+f", before_lines, re.DOTALL)
    if found is None:
        return None
    return [float(part) for part in found[1].split()], [0.75 * float(found[2]), 0.75 * float(found[3])]


def test_the_ground_is_painted_only_where_there_is_one(canvas: Canvas) -> None:
    for ground in (LIGHT, DARK):
        pdf = pdf_of(canvas, ground)
        colour, size = ground_of(pdf) or ([], [])
        assert colour == pytest.approx(ground.theme.colour("canvas").getRgbF()[:3], abs=0.005)
        assert size == pytest.approx(pdf.media_box[2:], abs=0.01)
    assert ground_of(pdf_of(canvas, CLEAR_LIGHT)) is None
    assert ground_of(pdf_of(canvas, CLEAR_DARK)) is None


def long_chain(count: int) -> Graph:
    pen = Sketch()
    pen.add("input", shape=(1, 8, 8))
    for _ in range(count - 1):
        pen.then("relu")
    return pen.graph


def test_a_page_is_never_longer_than_readers_allow(canvas: Canvas) -> None:
    canvas.show(long_chain(220))
    size = Picture(canvas.scene).size
    assert size.height() * 0.75 > LONGEST_PAGE
    left, top, width, height = pdf_of(canvas).media_box
    assert (left, top) == (0, 0)
    assert height == pytest.approx(14_400, abs=0.5)
    assert width / height == pytest.approx(size.width() / size.height(), rel=0.01)
