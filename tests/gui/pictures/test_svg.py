"""SVG: lines and letters only, all of them, and it looks as what is painted directly."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QFontInfo, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from engine.graph.edits import SetParam
from engine.graph.model import Edge
from gui import theme
from gui.canvas.hits import Hit
from gui.canvas.style import style
from gui.pictures.ground import GROUNDS, Ground
from gui.pictures.image import paint_image
from gui.pictures.picture import Picture
from gui.pictures.stepwise import at_once
from gui.pictures.svg_tidy import tidied
from gui.pictures.vector import paint_svg

if TYPE_CHECKING:
    from conftest import Canvas

LIGHT, DARK, CLEAR_LIGHT, CLEAR_DARK = GROUNDS
SVG = "{http://www.w3.org/2000/svg}"
SHAPES = ["3 × 32 × 32", "64 × 16 × 16", "64 × 17 × 17", "64 × 18 × 18", "64 × 19 × 19"]


def svg_of(canvas: Canvas, ground: Ground = LIGHT, names: list[str] | None = None) -> bytes:
    nodes = None if names is None else [canvas.id(name) for name in names]
    return tidied(at_once(paint_svg(Picture(canvas.scene, nodes), ground, "Small & fine")))


def texts(svg: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def rendered(svg: bytes, like: QImage) -> QImage:
    # Qt's renderer takes a list of fonts for the name of one.
    family = QFontInfo(QGuiApplication.font()).family()
    renderer = QSvgRenderer(QByteArray(re.sub(rb'font-family="[^"]*"', f'font-family="{family}"'.encode(), svg)))
    assert renderer.isValid()
    image = QImage(like.size(), like.format())
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


@pytest.mark.parametrize("ground", GROUNDS, ids=lambda ground: ground.id)
def test_it_looks_as_what_is_painted_directly(canvas: Canvas, ground: Ground, check_alike: Callable[..., None]) -> None:
    direct = at_once(paint_image(Picture(canvas.scene), ground, 2.0))
    check_alike(rendered(svg_of(canvas, ground), direct), direct)


def test_every_name_and_shape_is_a_text_and_nothing_is_made_of_pixels(canvas: Canvas) -> None:
    svg = svg_of(canvas)
    root = ElementTree.fromstring(svg)
    assert not list(root.iter(f"{SVG}image"))
    assert {element.tag for element in root.iter()} <= {
        SVG + tag
        for tag in ("svg", "title", "desc", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "text")
    }
    written = texts(svg)
    for text in ("image", "conv", "norm", "stage", "sum", "scores", "64 · 3×3", "×3", *SHAPES):
        assert text in written, text
    # The way around norm and stage is so long that its shape is written beside it as well.
    assert written.count("64 × 16 × 16") == 2


def test_icons_do_not_need_their_font(canvas: Canvas) -> None:
    svg = svg_of(canvas).decode()
    assert "Material" not in svg
    assert all(ord(letter) < 0xE000 for text in texts(svg.encode()) for letter in text)


def test_fonts_that_stand_in_are_named_once(canvas: Canvas) -> None:
    families = re.findall(r'font-family="([^"]*)"', svg_of(canvas).decode())
    assert len(families) == 1
    first, *others = families[0].split(", ")
    assert first == QFontInfo(QGuiApplication.font()).family()
    assert others[-1] == "sans-serif"
    assert "Arial" in others


def test_title_and_size(canvas: Canvas) -> None:
    root = ElementTree.fromstring(svg_of(canvas))
    assert root.findtext(f"{SVG}title") == "Small & fine"
    assert root.findtext(f"{SVG}desc") == "Neural network, 6 layers; made with Netwright"
    size = Picture(canvas.scene).size
    assert root.get("viewBox") == f"0 0 {size.width()} {size.height()}"
    # A unit is a pixel of the web: a 96th of an inch.
    assert float(root.get("width", "").removesuffix("mm")) == pytest.approx(size.width() / 96 * 25.4, abs=0.01)


def test_the_parts_of_a_node_are_one_group(canvas: Canvas) -> None:
    (everything,) = ElementTree.fromstring(svg_of(canvas)).findall(f"{SVG}g")
    with_name = [group for group in everything if any(text.text == "conv" for text in group)]
    assert len(with_name) == 1
    # Shadow, body, tile, icon, two ports, two lines of text.
    assert len(with_name[0]) == 8
    wires = [group for group in everything if all(shape.get("stroke-width") == "2" for shape in group)]
    assert [len(group) for group in wires] == [6]


def test_of_a_selection_only_that_is_in_it_with_the_wires_in_between(canvas: Canvas) -> None:
    svg = svg_of(canvas, names=["conv", "norm", "sum"])
    written = texts(svg)
    assert [name for name in ("image", "conv", "norm", "stage", "sum", "scores") if name in written] == [
        "conv",
        "norm",
        "sum",
    ]
    assert "3 × 32 × 32" not in written
    whole = ElementTree.fromstring(svg_of(canvas))
    (group,) = ElementTree.fromstring(svg).findall(f"{SVG}g")
    wires = [shape for shape in group.iter(f"{SVG}path") if shape.get("stroke-linecap") == "round"]
    assert len(wires) == 2
    assert float(ElementTree.fromstring(svg).get("viewBox", "").split()[3]) < float(whole.get("viewBox", "").split()[3])


def test_nothing_that_only_a_screen_shows_is_in_it(canvas: Canvas) -> None:
    before = svg_of(canvas)
    scene, workspace = canvas.scene, canvas.workspace
    conv, norm = canvas.id("conv"), canvas.id("norm")
    workspace.select([conv])
    scene.select_wires([Edge(conv, 0, norm, 0)])
    scene.set_hover(Hit(node=norm))
    scene.set_gradient_norms({"conv": 0.1, "norm": 3.0})
    scene.offer_ports(list(scene.nodes[norm].ports()))
    assert scene.nodes[conv].bar is not None
    assert scene.nodes[conv].is_selected
    assert scene.nodes[norm].is_hovered
    assert svg_of(canvas) == before


def test_signs_of_what_can_be_clicked_or_wired_are_left_out(canvas: Canvas) -> None:
    scene = canvas.scene
    stage, total = scene.nodes[canvas.id("stage")], scene.nodes[canvas.id("sum")]
    assert stage.is_instance
    assert [kind for _, _, kind in total.port_look] == ["fed", "fed", "more", "fed"]
    (everything,) = ElementTree.fromstring(svg_of(canvas)).findall(f"{SVG}g")
    (group,) = (group for group in everything if any(text.text == "sum" for text in group))
    assert len(list(group.iter(f"{SVG}circle"))) + len(list(group.iter(f"{SVG}ellipse"))) == 3


def test_the_colours_of_the_picture_are_not_those_of_the_window(canvas: Canvas, qapp: QApplication) -> None:
    dark_window = svg_of(canvas, LIGHT)
    assert style().theme is theme.DARK
    assert dark_window != svg_of(canvas, DARK)
    try:
        theme.apply(qapp, theme.LIGHT)
        assert svg_of(canvas, LIGHT) == dark_window
    finally:
        theme.apply(qapp, theme.DARK)


def test_an_error_is_part_of_the_network(canvas: Canvas) -> None:
    from engine.project import ProjectAnalyser

    canvas.workspace.use_analyser(ProjectAnalyser())
    fine = svg_of(canvas)
    assert "!" not in texts(fine)
    canvas.workspace.push(SetParam(canvas.id("conv"), "kernel_size", (99, 99)))
    canvas.workspace.analyse()
    wrong = svg_of(canvas)
    assert "!" in texts(wrong)
    assert theme.LIGHT.error in wrong.decode()
    assert theme.LIGHT.error not in fine.decode()


def test_the_inside_of_a_block(canvas: Canvas) -> None:
    canvas.workspace.enter(canvas.id("stage"))
    written = texts(svg_of(canvas))
    assert {"x", "act", "result"} <= set(written)
    assert "conv" not in written


class TestTidying:
    """What Qt may write, and what becomes of it."""

    def test_what_goes_without_saying_goes(self) -> None:
        raw = (
            b'<svg width="1mm" height="1mm" viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg"><title>t</title>'
            b'<g fill="none" stroke="black"><g fill="none" stroke="#123456" stroke-opacity="1" stroke-width="1" '
            b'transform="matrix(1,0,0,1,2.5,3)" font-family="A" font-size="13">'
            b'<path vector-effect="none" fill-rule="evenodd" d="M0,0 "/></g>'
            b'<g fill="none" stroke="none"></g></g></svg>'
        )
        lines = [line.strip() for line in tidied(raw).decode().splitlines()]
        assert lines[5:8] == ['<g transform="translate(2.5,3)">', '<path stroke="#123456" d="M0,0" />', "</g>"]

    def test_what_matters_stays(self) -> None:
        raw = (
            b'<svg width="1mm" height="1mm" viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg"><g>'
            b'<g fill="#111111" fill-opacity="0.5" stroke="#222222" stroke-dasharray="4,2" '
            b'transform="matrix(0,1,1,0,2,3)">'
            b'<path fill-rule="nonzero" vector-effect="non-scaling-stroke" d="M0,0"/>'
            b'<text fill="#333333" stroke="none" xml:space="preserve" font-family="B C, D" font-size="9" '
            b'font-weight="600">a  b</text></g></g></svg>'
        )
        (everything,) = ElementTree.fromstring(tidied(raw)).findall(f"{SVG}g")
        (group,) = everything
        path, text = group
        assert group.get("transform") == "matrix(0,1,1,0,2,3)"
        assert path.attrib == {
            "fill": "#111111",
            "fill-opacity": "0.5",
            "fill-rule": "nonzero",
            "stroke": "#222222",
            "stroke-dasharray": "4,2",
            "vector-effect": "non-scaling-stroke",
            "d": "M0,0",
        }
        assert text.attrib == {
            "fill": "#333333",
            "font-size": "9",
            "font-weight": "600",
            "{http://www.w3.org/XML/1998/namespace}space": "preserve",
        }
        assert text.text == "a  b"
        assert everything.get("font-family", "").startswith("B C, Helvetica")

    @pytest.mark.parametrize(
        ("named", "first"),
        [(".AppleSystemUIFont", "system-ui"), ("3270 Nerd", "'3270 Nerd'"), ("Segoe UI,X", "Segoe UI")],
    )
    def test_fonts_are_named_as_css_wants_it(self, named: str, first: str) -> None:
        raw = (
            f'<svg width="1mm" height="1mm" viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg"><g><g>'
            f'<text font-family="{named}">a</text></g></g></svg>'
        )
        (everything,) = ElementTree.fromstring(tidied(raw.encode())).findall(f"{SVG}g")
        assert everything.get("font-family", "").split(", ")[0] == first
