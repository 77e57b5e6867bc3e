"""Texts and drawings can be read in both themes, and colours that mean something be told apart by everybody.

How far two colours are apart is measured by CIEDE2000: about 1 can just be noticed side by side, 10 at a glance. Colour
vision deficiencies are simulated at full severity.
"""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QBrush, QColor, QPen

from gui import stylesheet, theme
from gui.analysis.summary import PART_COLOURS
from gui.canvas.gradient import STEPS, GradientBar, brush_of
from gui.canvas.style import CanvasStyle
from gui.theme import DARK, FAMILIES, LIGHT, Theme
from gui.training.norm_plot import MOST_LINES

THEMES = pytest.mark.parametrize("shown", [DARK, LIGHT], ids=lambda shown: shown.name)
Vector = npt.NDArray[np.float64]

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
SIGHTS = pytest.mark.parametrize("sight", SIGHT)
GROUNDS = ("window", "panel", "raised", "hover", "tooltip", "canvas", "node_body", "node_header")
APART = 11.0
"""So far apart are colours that stand for different things, whoever looks at them."""


def linear(colour: QColor) -> Vector:
    channels = np.array([colour.red(), colour.green(), colour.blue()]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(first: QColor, second: QColor) -> float:
    """WCAG 2.2, written a second time."""
    light, dark = sorted((linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (first, second)), reverse=True)
    return float((light + 0.05) / (dark + 0.05))


def lab(linear_rgb: Vector) -> Vector:
    """CIE L*a*b* (D65)."""
    xyz = (
        np.array(
            [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
        )
        @ np.clip(linear_rgb, 0, 1)
        / [0.95047, 1.0, 1.08883]
    )
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour: QColor, sight: str) -> Vector:
    """What somebody with this sight sees."""
    return lab(SIGHT[sight] @ linear(colour))


def ciede2000(first: Vector, second: Vector) -> float:
    """Sharma, Wu, Dalal, “The CIEDE2000 color-difference formula” (2005)."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * math.sqrt(mean**7 / (mean**7 + 25**7))
    c1, c2 = math.hypot(a1 * stretch, b1), math.hypot(a2 * stretch, b2)
    h1 = math.degrees(math.atan2(b1, a1 * stretch)) % 360
    h2 = math.degrees(math.atan2(b2, a2 * stretch)) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    hue = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = 1 - 0.17 * _cos(hue - 30) + 0.24 * _cos(2 * hue) + 0.32 * _cos(3 * hue + 6) - 0.2 * _cos(4 * hue - 63)
    rotation = 2 * math.sqrt(chroma**7 / (chroma**7 + 25**7))
    rotation *= -math.sin(math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2))))
    s_l = 1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)
    d_l, d_c = (l2 - l1) / s_l, (c2 - c1) / (1 + 0.045 * chroma)
    d_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    return math.sqrt(d_l**2 + d_c**2 + d_h**2 + rotation * d_c * d_h)


def _cos(degrees: float) -> float:
    return math.cos(math.radians(degrees))


def nearest(colours: list[QColor], sight: str) -> float:
    """How far the two most similar of `colours` are apart."""
    return min(ciede2000(*pair) for pair in itertools.combinations([seen(colour, sight) for colour in colours], 2))


def test_contrast_of_black_and_white_is_21() -> None:
    assert theme.contrast(QColor("white"), QColor("black")) == pytest.approx(21)
    grey = QColor("#777777")
    assert theme.contrast(grey, QColor("white")) == pytest.approx(contrast(grey, QColor("white")))


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        # From the data that accompany the paper.
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_distance_agrees_with_published_values(first: tuple, second: tuple, distance: float) -> None:
    assert ciede2000(np.array(first), np.array(second)) == pytest.approx(distance, abs=1e-4)


# Contrast. What is switched off (“disabled”) is exempt in WCAG 1.4.3 and 1.4.11.


@THEMES
@pytest.mark.parametrize("role", ["text", "muted", "accent_text", "error", "warning", "success"])
@pytest.mark.parametrize("ground", [*GROUNDS, "pressed", "selection"])
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
def test_text_on_the_canvas_is_readable(shown: Theme) -> None:
    look = CanvasStyle(shown)
    for text, ground in (
        (look.text, look.hover_body),
        (look.muted, look.hover_body),
        (look.muted, look.chip),
        (look.badge_text, look.badge),
        (look.error_mark, look.error),
    ):
        assert contrast(text.color(), ground.color()) >= 4.5


@THEMES
def test_drawn_things_stand_out(shown: Theme) -> None:
    """WCAG 1.4.11 asks for 3 : 1 for graphics."""
    layers = [shown.layer_colour(i, 60) for i in range(60)]
    colours = [*layers, *map(shown.colour, ("loss", "validation", "wire", "node_selected", *PART_COLOURS))]
    for colour in colours:
        assert min(contrast(colour, shown.colour(ground)) for ground in ("panel", "canvas")) >= 3
    for family in FAMILIES:
        for ground in ("panel", "canvas", "node_body", "node_header"):
            assert contrast(shown.family_colour(family), shown.colour(ground)) >= 3
    for length in range(STEPS + 1):
        assert contrast(brush_of(shown, GradientBar(length)).color(), shown.colour("node_body")) >= 3


@THEMES
def test_wires_ports_and_icons_of_the_canvas_stand_out(shown: Theme) -> None:
    look = CanvasStyle(shown)
    pens: list[QPen] = [look.wire, look.hover_wire, look.selected_wire, look.error_wire, look.live_wire]
    pens += [look.refused_wire, look.port_outline, look.open_port_outline, look.selected_outline, look.error_outline]
    for pen in pens:
        assert contrast(pen.color(), shown.colour("canvas")) >= 3
    tiles: list[tuple[QBrush, QBrush]] = []
    for family in look.families.values():
        tiles += [(family.tile, family.glyph), (family.quiet_tile, family.quiet_glyph)]
    for tile, glyph in tiles:
        assert contrast(tile.color(), glyph.color()) >= 3


@THEMES
def test_what_can_be_operated_has_an_outline_that_is_seen(shown: Theme) -> None:
    """Of nodes and buttons with a text the outline alone may be faint: the text itself shows where they are."""
    for ground in ("window", "panel", "raised", "tooltip", "canvas"):
        assert contrast(shown.colour("strong_border"), shown.colour(ground)) >= 3
    for ground in ("window", "panel", "raised", "canvas"):
        assert contrast(shown.colour("accent"), shown.colour(ground)) >= 3


@THEMES
def test_the_focus_is_seen_on_every_ground(shown: Theme) -> None:
    for ground in (*GROUNDS, "pressed", "selection"):
        assert contrast(shown.colour("accent_text"), shown.colour(ground)) >= 3
    for ground in ("accent", "panel"):
        assert contrast(shown.colour("accent_focus"), shown.colour(ground)) >= 3


@THEMES
def test_small_drawings_are_seen(shown: Theme) -> None:
    for path in sorted((stylesheet.ICON_FOLDER / shown.name).glob("*.svg")):
        grounds = ("accent",) if path.stem in ("check", "dash", "dot") else ("panel", "raised", "tooltip")
        for colour in set(re.findall("#[0-9a-f]{6}", path.read_text(encoding="utf-8"))):
            least = min(contrast(QColor(colour), shown.colour(ground)) for ground in grounds)
            assert least >= 3 or path.stem.endswith("-off"), path.name


# Colour vision


@THEMES
@SIGHTS
def test_families_can_be_told_apart(shown: Theme, sight: str) -> None:
    """Icon and name say it as well; for a dozen colours there is not much more room in what dichromats see."""
    for first, second in itertools.combinations(FAMILIES, 2):
        pair = [seen(shown.family_colour(family), sight) for family in (first, second)]
        assert ciede2000(*pair) >= APART, f"{first} and {second}"


@THEMES
@SIGHTS
def test_colours_that_stand_alone_can_be_told_apart(shown: Theme, sight: str) -> None:
    assert nearest([shown.colour("loss"), shown.colour("validation")], sight) >= 30
    assert nearest([shown.colour(role) for role in PART_COLOURS], sight) >= APART
    assert nearest([shown.colour("wire_active"), shown.colour("error")], sight) >= APART


@THEMES
@SIGHTS
@pytest.mark.parametrize(("count", "distance"), [(2, 30), (3, 15), (5, 9), (8, 5), (MOST_LINES, 1.5)])
def test_lines_of_layers_can_be_told_apart(shown: Theme, sight: str, count: int, distance: float) -> None:
    """Many lines are a ramp: neighbours in the network look alike; which is which the pointer and the list tell."""
    assert nearest([shown.layer_colour(i, count) for i in range(count)], sight) >= distance


@THEMES
@SIGHTS
@pytest.mark.parametrize("count", [2, 5, 54])
def test_layer_colours_are_ordered(shown: Theme, sight: str, count: int) -> None:
    lightness = np.array([seen(shown.layer_colour(i, count), sight)[0] for i in range(count)])
    # A step that is smaller than one of L* cannot be seen.
    assert np.all(np.diff(lightness) > (0 if sight == "full" else -1))
    assert len({shown.layer_colour(i, count).name() for i in range(count)}) == count
    if sight == "full":
        assert np.diff(lightness).max() < 2 * np.diff(lightness).mean()
