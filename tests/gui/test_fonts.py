"""Texts are as large as the user and the desktop want them, everywhere and at once."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QFont, QFontInfo
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from engine.graph.model import Graph
from engine.layers.nodes import new_node
from engine.layers.registry import spec
from gui import fonts, recent, stylesheet, theme
from gui.canvas.card import CardTexts
from gui.canvas.style import fonts as card_fonts
from gui.canvas.style import style
from gui.parts import keep_height


@pytest.fixture(autouse=True)
def app(qapp: QApplication):
    """Usual texts before and after."""
    fonts.choose_scale(1.0)
    theme.apply(qapp, theme.DARK)
    yield qapp
    fonts.choose_scale(1.0)
    theme.apply(qapp, theme.DARK)


def test_a_scale_takes_effect_at_once_and_is_remembered(app: QApplication, qtbot):
    label, field, button = QLabel("Title"), QLineEdit("Text"), QPushButton("Press")
    label.setProperty("role", "title")
    box = QWidget()
    for part in (label, field, button):
        part.setParent(box)
    qtbot.addWidget(box)
    box.show()
    before = [part.sizeHint().height() for part in (label, field, button)]
    with qtbot.waitSignal(theme.theme_hub.themeChanged):
        theme.set_text_scale(app, 1.5)
    assert app.font().pixelSize() == fonts.px(fonts.BASE_TEXT) == round(1.5 * fonts.BASE_TEXT)
    assert QFontInfo(label.font()).pixelSize() == round(1.5 * 16)
    after = [part.sizeHint().height() for part in (label, field, button)]
    assert all(new > 1.2 * old for new, old in zip(after, before, strict=True))
    assert recent.settings().value("text_scale", type=float) == 1.5
    fonts._chosen = None
    assert fonts.chosen_scale() == 1.5
    theme.set_text_scale(app, 1.0)
    assert [part.sizeHint().height() for part in (label, field, button)] == before


def test_larger_and_smaller_go_through_the_scales_and_stop_at_their_ends():
    seen = [1.0]
    while fonts.next_scale(1) != seen[-1]:
        seen.append(fonts.next_scale(1))
        fonts.choose_scale(seen[-1])
    assert seen == [1.0, 1.1, 1.25, 1.5, 1.75, 2.0]
    assert fonts.next_scale(0) == 1.0
    while fonts.next_scale(-1) != fonts.chosen_scale():
        fonts.choose_scale(fonts.next_scale(-1))
    assert fonts.chosen_scale() == 0.8
    fonts.choose_scale(1.3)
    assert (fonts.next_scale(-1), fonts.next_scale(1)) == (1.25, 1.5)


@pytest.mark.parametrize("stored", ["huge", "", "-3", "7", "nan"])
def test_a_broken_setting_does_no_harm(stored: str):
    recent.settings().setValue("text_scale", stored)
    fonts._chosen = None
    assert 0.8 <= fonts.chosen_scale() <= 2.0


@pytest.mark.parametrize(
    ("pixels", "scale"), [(12, 1.0), (13, 1.0), (15, 1.0), (20, 1.5), (27, 2.0), (60, 2.0), (8, 0.8)]
)
def test_a_desktop_with_larger_letters_is_followed(monkeypatch, pixels: int, scale: float):
    class Info:
        def __init__(self, font: QFont) -> None:
            pass

        def pixelSize(self) -> int:
            return pixels

    monkeypatch.setattr(fonts, "_desktop", None)
    monkeypatch.setattr(fonts, "QFontInfo", Info)
    monkeypatch.setattr(fonts.sys, "platform", "linux")
    assert fonts.desktop_scale() == pytest.approx(scale)
    assert fonts.px(10) == round(10 * scale)
    fonts.choose_scale(2.0)
    assert fonts.scale() == pytest.approx(min(2 * scale, 2.0))


def test_all_sizes_of_text_in_the_style_sheet_follow_the_scale():
    usual, large = stylesheet.style_sheet(theme.DARK), stylesheet.style_sheet(theme.DARK, 2.0)
    assert "sp" not in re.findall(r"\d+([a-z]+)", usual)
    sizes = [list(map(int, re.findall(r"font-size: (\d+)px", sheet))) for sheet in (usual, large)]
    assert sizes[0]
    assert sizes[1] == [2 * size for size in sizes[0]]
    heights = [re.findall(r"QLineEdit[^{]*{[^}]*min-height: (\d+)px", sheet)[0] for sheet in (usual, large)]
    assert heights == ["26", "52"]
    # The ring of the focus takes two pixels from what is inside, at every scale.
    for sheet, height in ((usual, 24), (large, 50)):
        assert f"padding: 0 7px; min-height: {height}px" in sheet


def test_fixed_heights_follow(app: QApplication, qtbot):
    label = QLabel("Title")
    qtbot.addWidget(label)
    keep_height(label, 22)
    assert label.height() == 22
    theme.set_text_scale(app, 2.0)
    assert label.height() == 44


def test_cards_grow_as_far_as_they_have_room(app: QApplication, hand_of_cards):
    usual, look = card_fonts().name.pixelSize(), style()
    narrow = hand_of_cards()
    theme.set_text_scale(app, 1.1)
    assert card_fonts().name.pixelSize() == round(1.1 * usual)
    assert style() is not look
    theme.set_text_scale(app, 2.0)
    assert card_fonts().name.pixelSize() == round(1.2 * usual)
    assert hand_of_cards().name.width <= narrow.name.width * 1.25
    assert hand_of_cards().name.static.text().endswith("…")
    theme.set_text_scale(app, 0.8)
    assert card_fonts().name.pixelSize() == round(0.9 * usual)


@pytest.fixture
def hand_of_cards():
    """The texts of a node whose name hardly fits."""
    node = new_node(Graph(), "conv2d", (0.0, 0.0), name="a_convolution")
    return lambda: CardTexts(node, spec("conv2d"), node.params, None, has_bar=False)
