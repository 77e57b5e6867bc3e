"""The themes are readable, their colours can be told apart, and icons and widgets follow when the theme changes."""

from __future__ import annotations

import itertools
import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from gui import icons, stylesheet, theme
from gui.theme import DARK, FAMILIES, LIGHT, Theme

THEMES = pytest.mark.parametrize("shown", [DARK, LIGHT], ids=lambda shown: shown.name)

# Machado, Oliveira, Fernandes, “A physiologically-based model for simulation of color vision deficiency” (2009),
# severity 1, on linear RGB.
SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: QColor) -> np.ndarray:
    channels = np.array([colour.red(), colour.green(), colour.blue()]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(first: QColor, second: QColor) -> float:
    """WCAG 2.2, written a second time."""
    light, dark = sorted((linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (first, second)), reverse=True)
    return float((light + 0.05) / (dark + 0.05))


def lab(linear_rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65)."""
    xyz = (
        np.array(
            [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
        )
        @ np.clip(linear_rgb, 0, None)
        / [0.95047, 1.0, 1.08883]
    )
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_contrast_of_black_and_white_is_21() -> None:
    assert theme.contrast(QColor("white"), QColor("black")) == pytest.approx(21)
    assert theme.contrast(QColor("#777777"), QColor("white")) == pytest.approx(
        contrast(QColor("#777777"), QColor("white"))
    )


@THEMES
@pytest.mark.parametrize("role", ["text", "muted", "accent_text", "error", "warning", "success"])
@pytest.mark.parametrize(
    "ground", ["window", "panel", "raised", "hover", "tooltip", "canvas", "node_body", "node_header"]
)
def test_text_is_readable(shown: Theme, role: str, ground: str) -> None:
    assert contrast(shown.colour(role), shown.colour(ground)) >= 4.5


@THEMES
def test_text_on_colours_is_readable(shown: Theme) -> None:
    for ground in ("accent", "accent_hover", "accent_pressed"):
        assert contrast(shown.colour("on_accent"), shown.colour(ground)) >= 4.5
    assert contrast(shown.colour("on_selection"), shown.colour("selection")) >= 4.5
    for family in FAMILIES:
        colour = shown.family_colour(family)
        assert contrast(shown.text_on(colour), colour) >= 4.5


@THEMES
def test_drawn_things_stand_out(shown: Theme) -> None:
    """WCAG 1.4.11 asks for 3 : 1 for graphics."""
    layers = [shown.layer_colour(i, 60) for i in range(60)]
    colours = [*layers, *(shown.colour(role) for role in ("loss", "validation", "wire", "node_selected"))]
    for colour in colours:
        assert min(contrast(colour, shown.colour(ground)) for ground in ("panel", "canvas")) >= 3
    for family in FAMILIES:
        for ground in ("panel", "canvas", "node_body", "node_header"):
            assert contrast(shown.family_colour(family), shown.colour(ground)) >= 3


@THEMES
@pytest.mark.parametrize("sight", SIGHT)
def test_families_can_be_told_apart(shown: Theme, sight: str) -> None:
    """Any two of them are at least four just noticeable differences (2.3 in CIE 1976) apart."""
    seen = [lab(SIGHT[sight] @ linear(shown.family_colour(family))) for family in FAMILIES]
    for first, second in itertools.combinations(range(len(FAMILIES)), 2):
        distance = np.linalg.norm(seen[first] - seen[second])
        assert distance > 4 * 2.3, f"{FAMILIES[first]} and {FAMILIES[second]}: {distance:.1f}"


@THEMES
@pytest.mark.parametrize("count", [2, 5, 54])
def test_layer_colours_are_ordered(shown: Theme, count: int) -> None:
    lightness = np.array([lab(linear(shown.layer_colour(i, count)))[0] for i in range(count)])
    assert np.all(np.diff(lightness) > 0)
    assert np.diff(lightness).max() < 2 * np.diff(lightness).mean()
    assert len({shown.layer_colour(i, count).name() for i in range(count)}) == count


def test_one_layer_alone_has_the_first_colour() -> None:
    assert DARK.layer_colour(0, 1) == DARK.layer_colour(0, 5)


@THEMES
def test_unknown_family_is_muted_and_unknown_role_raises(shown: Theme) -> None:
    assert shown.family_colour("Quantum") == shown.colour("muted")
    with pytest.raises(ValueError, match="families"):
        shown.colour("families")


def test_both_themes_describe_every_colour() -> None:
    for field in fields(Theme):
        for shown in (DARK, LIGHT):
            if isinstance(value := getattr(shown, field.name), str) and field.name != "name":
                assert re.fullmatch("#[0-9a-f]{6}", value), field.name


@THEMES
def test_style_sheet_uses_drawings_that_exist(shown: Theme) -> None:
    drawings = re.findall(r'url\("([^"]+)"\)', stylesheet.style_sheet(shown))
    assert drawings
    assert [path for path in drawings if not Path(path).is_file()] == []
    colours = {
        QColor(value).name() for field in fields(Theme) if str(value := getattr(shown, field.name)).startswith("#")
    }
    for path in drawings:
        assert set(re.findall("#[0-9a-f]{6}", Path(path).read_text(encoding="utf-8"))) <= colours


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    """The application, with the look that it had before the test put back afterwards."""
    before = theme.current()
    yield qapp
    theme.apply(qapp, before)


def test_apply_changes_palette_and_tells_painters(app: QApplication, qtbot: QtBot) -> None:
    theme.apply(app, DARK)
    with qtbot.waitSignal(theme.theme_hub.themeChanged):
        theme.apply(app, LIGHT)
    assert theme.current() is LIGHT
    assert app.palette().window().color() == LIGHT.colour("panel")
    theme.apply(app, DARK)
    assert app.palette().window().color() == DARK.colour("panel")
    assert app.font().pixelSize() == theme.BASE_TEXT


def test_primary_button_is_painted_in_the_accent(app: QApplication, qtbot: QtBot) -> None:
    theme.apply(app, DARK)
    button = QPushButton("Train")
    button.setProperty("variant", "primary")
    qtbot.addWidget(button)
    button.resize(120, 32)
    assert button.grab().toImage().pixelColor(60, 3) == DARK.colour("accent")
    theme.apply(app, LIGHT)
    assert button.grab().toImage().pixelColor(60, 3) == LIGHT.colour("accent")


def test_inset_moves_the_number_away_from_the_border(app: QApplication, qtbot: QtBot) -> None:
    box = QSpinBox()
    qtbot.addWidget(box)
    theme.inset(box)
    assert box.lineEdit().textMargins().left() == 6


@pytest.mark.parametrize(("scheme", "wanted"), [("Light", LIGHT), ("Dark", DARK), ("Unknown", DARK)])
def test_system_theme(app: QApplication, monkeypatch: pytest.MonkeyPatch, scheme: str, wanted: Theme) -> None:
    from PySide6.QtCore import Qt

    class Hints:
        def colorScheme(self) -> Qt.ColorScheme:
            return Qt.ColorScheme[scheme]

    class App:
        def styleHints(self) -> Hints:
            return Hints()

    assert theme.system_theme(App()) is wanted


def painted(icon: QIcon, size: int, mode: QIcon.Mode = QIcon.Mode.Normal) -> tuple[np.ndarray, set[str]]:
    """Opacity of each pixel, and the colours of the pixels that are wholly covered."""
    image = icon.pixmap(QSize(size, size), 1.0, mode).toImage()
    pixels = [[image.pixelColor(x, y) for x in range(size)] for y in range(size)]
    alpha = np.array([[pixel.alpha() for pixel in row] for row in pixels])
    return alpha, {pixel.name() for row in pixels for pixel in row if pixel.alpha() == 255}


@pytest.mark.parametrize("size", [12, 16, 32, 64])
def test_icons_fill_their_square_and_stay_inside(qapp: QApplication, size: int) -> None:
    for name in ("square", "mdi6.play", "cog"):
        alpha, _ = painted(theme.icon(name), size)
        rows, columns = np.nonzero(alpha > 64)
        assert np.ptp(rows) > 0.4 * size
        assert abs((rows.min() + rows.max() - size + 1) / 2) <= 0.09 * size
        if name == "square":
            assert abs((columns.min() + columns.max() - size + 1) / 2) <= 1


def test_icons_follow_the_theme(app: QApplication) -> None:
    plain, accent, fixed = theme.icon("square"), theme.icon("square", "accent_text"), theme.icon("square", "#12ab34")
    for shown in (DARK, LIGHT):
        theme.apply(app, shown)
        assert painted(plain, 24)[1] == {shown.text}
        assert painted(accent, 24)[1] == {shown.accent_text}
        assert painted(fixed, 24)[1] == {"#12ab34"}
        assert painted(plain, 24, QIcon.Mode.Disabled)[1] == {shown.disabled}


def test_unknown_icon_raises() -> None:
    with pytest.raises(KeyError, match="no-such-thing"):
        icons.icon("no-such-thing")
