"""Themes describe every colour, and icons and widgets follow when the theme changes."""

from __future__ import annotations

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
from gui.theme import DARK, LIGHT, Theme

THEMES = pytest.mark.parametrize("shown", [DARK, LIGHT], ids=lambda shown: shown.name)


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
