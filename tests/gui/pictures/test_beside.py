"""Frames and notes in pictures: all of them, in the colours of the picture, as texts, and in the picture's area."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QFontInfo, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Frame, Note
from gui import theme
from gui.canvas.annotations.looks import annotation_look
from gui.canvas.annotations.note_text import NoteText, text_size
from gui.pictures.clipboard import copy_picture
from gui.pictures.dialog import PictureDialog
from gui.pictures.ground import GROUNDS, Ground
from gui.pictures.image import paint_image
from gui.pictures.picture import MARGIN, Picture
from gui.pictures.stepwise import at_once
from gui.pictures.svg_tidy import tidied
from gui.pictures.vector import paint_pdf, paint_svg

if TYPE_CHECKING:
    from conftest import Canvas

LIGHT, DARK, CLEAR_LIGHT, CLEAR_DARK = GROUNDS
SVG = "{http://www.w3.org/2000/svg}"
STEM, TAIL, SAID, CUT = (AnnotationId(name) for name in ("a1", "a2", "a3", "a4"))
TEXT = "# Heading\n\nIn **bold**, `code` and *slanted*.\n\n- one\n- two"


@pytest.fixture
def framed(canvas: Canvas) -> Canvas:
    """The network with two frames, a note left of everything and one that is too low for its text."""
    stem = frozenset({canvas.id("conv"), canvas.id("norm")})
    for annotation in (
        Frame(STEM, "The stem", stem, "green"),
        Frame(TAIL, "The tail", frozenset({canvas.id("sum"), canvas.id("scores")}), "pink"),
        Note(SAID, TEXT, (-700.0, 0.0), 240.0, 0.0, "teal"),
        Note(CUT, "Seen.\n\nNot seen.\n\nNor this.", (300.0, 0.0), 200.0, 48.0, "red"),
    ):
        assert canvas.workspace.push(AddAnnotation(annotation))
    canvas.scene.refresh()
    return canvas


def svg_of(picture: Picture, ground: Ground = LIGHT) -> bytes:
    return tidied(at_once(paint_svg(picture, ground, "Framed")))


def texts(svg: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("ground", GROUNDS, ids=lambda ground: ground.id)
def test_they_look_as_what_is_painted_directly(
    framed: Canvas, ground: Ground, check_alike: Callable[[QImage, QImage], None]
) -> None:
    picture = Picture(framed.scene)
    direct = at_once(paint_image(picture, ground, 2.0))
    # Qt's renderer takes a list of fonts for the name of one.
    family = QFontInfo(QGuiApplication.font()).family().encode()
    svg = re.sub(rb'(<g [^>]*font-family)="[^"]*"', rb'\1="' + family + rb'"', svg_of(picture, ground))
    image = QImage(direct.size(), direct.format())
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg)).render(painter)
    painter.end()
    check_alike(image, direct)


def test_titles_and_notes_are_texts_and_nothing_is_cut_off(framed: Canvas) -> None:
    svg = svg_of(Picture(framed.scene))
    written = texts(svg)
    for text in ("The stem", "The tail", "Heading", "bold", "code", "slanted", "one", "two", "Seen."):
        assert text in written, text
    assert not {"Not seen.", "Nor this."} & set(written)
    assert b"clip" not in svg
    assert b"<image" not in svg
    by_text = {element.text: element for element in ElementTree.fromstring(svg).iter(f"{SVG}text")}
    assert by_text["bold"].get("font-weight") == "700"
    assert by_text["slanted"].get("font-style") == "italic"
    # Code stays in its own font; everything else is in that of the picture.
    assert by_text["code"].get("font-family", "").endswith("monospace")
    assert by_text["one"].get("font-family") is None


def test_each_is_one_group_behind_what_it_is_about(framed: Canvas) -> None:
    (everything,) = ElementTree.fromstring(svg_of(Picture(framed.scene), CLEAR_LIGHT)).findall(f"{SVG}g")
    groups = [[text.text for text in group.iter(f"{SVG}text")] for group in everything]
    first, second = groups[:2]
    assert {*first, *second} == {"The stem", "The tail"}
    note = next(index for index, group in enumerate(groups) if "Heading" in group)
    wire = next(index for index, group in enumerate(everything) if any(p.get("stroke-width") == "2" for p in group))
    card = next(index for index, group in enumerate(groups) if "conv" in group)
    assert wire < note < card


def test_a_pdf_has_their_letters(framed: Canvas) -> None:
    with_them = at_once(paint_pdf(Picture(framed.scene), LIGHT, "Framed"))
    without = at_once(paint_pdf(Picture(framed.scene, list(framed.scene.nodes)[:1]), LIGHT, "Framed"))
    assert with_them.count(b"/FontFile") > without.count(b"/FontFile")
    assert b"/Subtype /Image" not in with_them


@pytest.mark.parametrize("ground", GROUNDS, ids=lambda ground: ground.id)
def test_the_colours_are_those_of_the_ground(framed: Canvas, ground: Ground) -> None:
    picture = Picture(framed.scene)
    svg = svg_of(picture, ground).decode()
    for colour in ("green", "pink"):
        look = annotation_look(ground.theme, colour)
        assert look.outline.color().name() in svg
        assert look.title.color().name() in svg
    paper = annotation_look(ground.theme, "teal").paper.color()
    assert paper.name() in svg
    other = theme.LIGHT if ground.theme.is_dark else theme.DARK
    assert annotation_look(other, "teal").paper.color().name() not in svg
    # The same in pixels, at the sheet's lower edge, where nothing is written.
    image = at_once(paint_image(Picture(framed.scene, (), [SAID]), ground, 1.0))
    sheet = framed.scene.annotations.notes[SAID].rect
    place = round(MARGIN + sheet.width() / 2), round(MARGIN + sheet.height() - 5)
    assert image.pixelColor(*place).name() == paper.name()


def test_the_area_reaches_around_them(framed: Canvas) -> None:
    scene = framed.scene
    whole, nodes = Picture(scene), Picture(scene, [framed.id("image")])
    around = scene.annotations.content_rect()
    assert whole.size.width() >= around.width() + 2 * MARGIN
    assert nodes.size.width() < 260
    alone = Picture(scene, (), [SAID])
    rect = scene.annotations.notes[SAID].rect
    assert alone.size.width() == pytest.approx(rect.width() + 2 * MARGIN, abs=2)
    assert alone.size.height() == pytest.approx(rect.height() + 2 * MARGIN, abs=2)


def test_a_selection_takes_its_frames_and_the_selected_notes(framed: Canvas) -> None:
    scene, workspace = framed.scene, framed.workspace

    def content() -> set[str]:
        return {"The stem", "The tail", "Heading", "Seen.", "conv"} & set(texts(svg_of(Picture.of_selection(scene))))

    workspace.select([framed.id("conv")])
    assert content() == {"conv"}
    workspace.select([framed.id("conv"), framed.id("norm"), framed.id("stage")])
    assert content() == {"conv", "The stem"}
    scene.annotations.select_frame(TAIL)
    assert content() == {"The tail"}
    scene.annotations.select([SAID], [framed.id("conv")])
    assert content() == {"conv", "Heading"}
    scene.annotations.select([CUT], ())
    assert content() == {"Seen."}


def test_a_note_alone_can_be_copied(framed: Canvas) -> None:
    framed.scene.annotations.select([SAID, CUT], ())
    assert copy_picture(framed.workspace, framed.scene) == "A picture of 2 notes is in the clipboard."


def test_the_dialog_offers_selected_notes(framed: Canvas, qtbot: QtBot) -> None:
    framed.scene.annotations.select([SAID, CUT], ())
    dialog = PictureDialog(framed.workspace, framed.scene)
    qtbot.addWidget(dialog)
    assert dialog.options.selection.text() == "Selection (2 notes)"
    dialog.options.selection.setChecked(True)
    assert dialog.preview.accessibleName().startswith("Preview of 2 notes")
    assert dialog.start.isEnabled()
    dialog.options.whole.setChecked(True)
    assert dialog.preview.accessibleName().startswith("Preview of 6 layers")
    dialog.close()


def test_selecting_and_pointing_changes_nothing(framed: Canvas) -> None:
    before = svg_of(Picture(framed.scene))
    framed.scene.annotations.select_frame(STEM)
    framed.scene.annotations.frames.show_state(hovered=TAIL, target=TAIL)
    framed.scene.annotations.select([STEM, SAID])
    assert svg_of(Picture(framed.scene)) == before


@pytest.mark.parametrize(
    ("height", "last"),
    [(10.0, ""), (40.0, "Heading"), (64.0, "above"), (500.0, "below")],
)
def test_a_text_is_shortened_by_whole_lines(qapp: object, height: float, last: str) -> None:
    look = annotation_look(theme.LIGHT, "yellow")
    text = NoteText("# Heading\n\nabove\n\n| a | b |\n|--|--|\n| c | d |\n\nbelow", 200.0, look)
    text.shorten(height)
    lines = [line for line in text.toPlainText().splitlines() if line.strip()]
    assert (lines[-1] if lines else "") == last
    assert text_size(text).height() <= max(height, 20.0) + 20.0


def test_a_table_ends_with_a_whole_row(qapp: object) -> None:
    look = annotation_look(theme.LIGHT, "yellow")
    whole = NoteText("| a | b |\n|--|--|\n| c | d |\n| e | f |", 200.0, look)
    row = text_size(whole).height() / 3
    whole.shorten(2.3 * row)
    assert "d" in whole.toPlainText()
    assert "e" not in whole.toPlainText()
    assert text_size(whole).height() < 2.9 * row
