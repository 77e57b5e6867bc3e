"""The look: colours of the dark and the light theme, spacing, and how they are put on the application.

Widgets that are styled by Qt need nothing but `apply`. Widgets that paint themselves read `current()` while they
paint and repaint when `theme_hub.themeChanged` fires.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit

from engine.layers.spec import FAMILIES
from gui.colours import Lch, contrast, ramp_colour
from gui.icons import icon, set_icon_colours
from gui.stylesheet import style_sheet

__all__ = [
    "BASE_TEXT",
    "DARK",
    "FAMILIES",
    "GAP",
    "LARGE_GAP",
    "LIGHT",
    "PADDING",
    "RADIUS",
    "SMALL_TEXT",
    "TITLE_TEXT",
    "UNIT",
    "Theme",
    "ThemeHub",
    "apply",
    "contrast",
    "current",
    "icon",
    "inset",
    "system_theme",
    "theme_hub",
]

UNIT = 4
"""Every distance is a multiple of this, in logical pixels."""
GAP = 2 * UNIT
"""Between neighbours that belong together."""
PADDING = 3 * UNIT
"""From the border of a panel to what it holds."""
LARGE_GAP = 4 * UNIT
"""Between groups."""
RADIUS = 6
"""Of the corners of buttons, fields and nodes, in logical pixels."""
SMALL_TEXT = 11
"""Size of captions and axis labels, in logical pixels."""
BASE_TEXT = 13
"""Size of normal text, in logical pixels."""
TITLE_TEXT = 16
"""Size of headings, in logical pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A complete set of colours, each “#rrggbb”."""

    name: str
    """“dark” or “light”."""
    is_dark: bool
    """Whether light text stands on dark ground."""
    window: str
    """Behind everything: the gaps between panels, the status bar."""
    panel: str
    """Docks, lists, plots, dialogs."""
    raised: str
    """What can be pressed or typed into."""
    hover: str
    """The same under the pointer."""
    pressed: str
    """The same while it is held down."""
    tooltip: str
    """Menus and tool tips, which float above everything."""
    canvas: str
    """Behind the nodes."""
    grid: str
    """Dots or lines of the canvas and of plots."""
    border: str
    """Lines between areas."""
    strong_border: str
    """Outlines of fields and check boxes."""
    text: str
    """Normal text."""
    muted: str
    """Captions, units, hints."""
    disabled: str
    """Text of what cannot be used now."""
    accent: str
    """The one colour that says “here”: primary buttons, progress, focus."""
    accent_hover: str
    """The accent under the pointer."""
    accent_pressed: str
    """The accent while it is held down."""
    accent_text: str
    """The accent as text or thin line on `panel`."""
    on_accent: str
    """Text on the accent."""
    error: str
    """Text and marks of what is wrong."""
    warning: str
    """Text and marks of what is doubtful."""
    success: str
    """Text and marks of what went well."""
    selection: str
    """Behind selected rows and selected text."""
    on_selection: str
    """Text on `selection`."""
    node_body: str
    """Inside a node."""
    node_header: str
    """Behind a node's name."""
    node_outline: str
    """Around a node."""
    node_selected: str
    """Around a selected node."""
    wire: str
    """A connection."""
    wire_active: str
    """A connection that is selected or being drawn."""
    loss: str
    """The curve of the training loss."""
    validation: str
    """What was measured on the validation split."""
    families: tuple[str, ...]
    """One colour for each of `FAMILIES`, told apart by colour-blind people as well."""
    ramp: tuple[Lch, Lch]
    """The colours of the first and of the last layer."""

    def colour(self, role: str) -> QColor:
        """Return one of the theme's colours by the name of its field."""
        value = getattr(self, role)
        if not isinstance(value, str) or not value.startswith("#"):
            raise ValueError(f"“{role}” is not a colour of the theme")
        return QColor(value)

    def family_colour(self, family: str) -> QColor:
        """Return the colour of a layer family; a family that is not known gets the colour of muted text."""
        return QColor(self.families[FAMILIES.index(family)] if family in FAMILIES else self.muted)

    def layer_colour(self, index: int, count: int) -> QColor:
        """Return the colour of layer `index` of `count`, on a ramp of even steps from the first layer to the last."""
        return QColor(ramp_colour(self.ramp, index / (count - 1) if count > 1 else 0.0))

    def text_on(self, colour: QColor) -> QColor:
        """Return black or white, whichever reads better on `colour`."""
        dark, light = QColor("#000000"), QColor("#ffffff")
        return dark if contrast(dark, colour) >= contrast(light, colour) else light


DARK = Theme(
    name="dark",
    is_dark=True,
    window="#141519",
    panel="#1b1d22",
    raised="#262930",
    hover="#2f333b",
    pressed="#22252b",
    tooltip="#2a2d35",
    canvas="#111216",
    grid="#24272e",
    border="#2b2e36",
    strong_border="#4c525e",
    text="#e7e9ee",
    muted="#a2a8b4",
    disabled="#666c78",
    accent="#6757e8",
    accent_hover="#7061ec",
    accent_pressed="#5646d3",
    accent_text="#a89dff",
    on_accent="#ffffff",
    error="#ff7b6b",
    warning="#f0b84a",
    success="#43c695",
    selection="#3a3570",
    on_selection="#ffffff",
    node_body="#22252b",
    node_header="#2a2e36",
    node_outline="#3c414b",
    node_selected="#9d90ff",
    wire="#7d8592",
    wire_active="#b4abff",
    loss="#6cb4ee",
    validation="#f0a93b",
    families=(
        "#b4b7bd",
        "#ecf4f8",
        "#4a7ce3",
        "#8eddfa",
        "#f2953c",
        "#f4e764",
        "#50ab85",
        "#d94e2b",
        "#a4e080",
        "#d43898",
        "#80766c",
        "#d084d0",
    ),
    ramp=((0.60, 0.17, 295.0), (0.88, 0.15, 75.0)),
)

LIGHT = Theme(
    name="light",
    is_dark=False,
    window="#eceef1",
    panel="#fbfbfc",
    raised="#ffffff",
    hover="#f0f1f4",
    pressed="#e4e6eb",
    tooltip="#ffffff",
    canvas="#f4f5f7",
    grid="#e1e4e9",
    border="#dcdfe5",
    strong_border="#aab1bd",
    text="#1b1d22",
    muted="#59606d",
    disabled="#9ca3af",
    accent="#5b4ad6",
    accent_hover="#6a5ae3",
    accent_pressed="#4a3abf",
    accent_text="#4d3dc7",
    on_accent="#ffffff",
    error="#bf2c17",
    warning="#875700",
    success="#0a7350",
    selection="#dcd8fb",
    on_selection="#1b1d22",
    node_body="#ffffff",
    node_header="#f3f4f7",
    node_outline="#c6cbd4",
    node_selected="#5b4ad6",
    wire="#7b8391",
    wire_active="#5b4ad6",
    loss="#1f77c4",
    validation="#b05c00",
    families=(
        "#7f858d",
        "#202840",
        "#2243a8",
        "#0a82b5",
        "#a45404",
        "#9b8b09",
        "#047b62",
        "#9c1e11",
        "#50743f",
        "#8f1a78",
        "#5e4c42",
        "#c257dc",
    ),
    ramp=((0.42, 0.20, 295.0), (0.65, 0.14, 65.0)),
)


class ThemeHub(QObject):
    """Tells everyone who paints that the colours have changed."""

    themeChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = DARK


theme_hub = ThemeHub()


def current() -> Theme:
    """Return the theme in use."""
    return theme_hub.theme


set_icon_colours(lambda role: current().colour(role))


def apply(app: QApplication, theme: Theme) -> None:
    """Put `theme` on every widget of `app` and tell those that paint themselves."""
    if app.style().objectName() != "fusion":
        app.setStyle("Fusion")
    theme_hub.theme = theme
    app.setFont(_base_font())
    app.setPalette(_palette(theme))
    app.setStyleSheet(style_sheet(theme))
    theme_hub.themeChanged.emit()


def system_theme(app: QApplication) -> Theme:
    """Return the theme that the desktop asks for; dark where it does not say."""
    return LIGHT if app.styleHints().colorScheme() is Qt.ColorScheme.Light else DARK


def inset(box: QAbstractSpinBox) -> None:
    """Give the text of a number field the same distance from its left border as in a text field.

    Qt ignores the padding that a style sheet sets here, so every spin box is passed to this function once.
    """
    line = box.findChild(QLineEdit)
    if line is not None:
        line.setTextMargins(6, 0, 0, 0)


def _base_font() -> QFont:
    """The desktop's own font where it has one, else the best that is installed."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if sys.platform not in ("win32", "darwin"):
        wanted = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "Roboto", "Open Sans", "Liberation Sans", "DejaVu Sans")
        if font.family().lower() in ("", "sans", "sans serif", "sans-serif", "dejavu sans"):
            installed = set(QFontDatabase.families())
            font.setFamilies([family for family in wanted if family in installed] or [font.family()])
    font.setPixelSize(BASE_TEXT)
    return font


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.panel,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.raised,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.ToolTipBase: theme.tooltip,
        role.ToolTipText: theme.text,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.on_selection,
        role.Link: theme.accent_text,
        role.LinkVisited: theme.accent_text,
        role.PlaceholderText: theme.muted,
        role.Light: theme.hover,
        role.Midlight: theme.raised,
        role.Mid: theme.border,
        role.Dark: theme.strong_border,
        role.Shadow: theme.window,
        role.Accent: theme.accent,
    }
    for name, colour in colours.items():
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.PlaceholderText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(theme.disabled))
    return palette
