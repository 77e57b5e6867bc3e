"""The look: colours of the dark and the light theme, spacing, and how they are put on the application.

Widgets that are styled by Qt need nothing but `apply`. Widgets that paint themselves read `current()` while they
paint; Qt paints everything anew. Only those that keep colours or sizes listen to `theme_hub.themeChanged`.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit
from shiboken6 import isValid

from engine.layers.spec import FAMILIES
from gui import fonts, motion
from gui.colours import Lch, contrast, ramp_colour
from gui.fonts import BASE_TEXT, SMALL_TEXT, TITLE_TEXT, px
from gui.icons import icon, set_icon_colours
from gui.style_memory import forget_with
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
    "px",
    "set_text_scale",
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
    """Outlines of fields and check boxes, and scroll bars."""
    float_border: str
    """Around menus and tool tips; it parts them from what they float above, and says nothing."""
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
    accent_focus: str
    """The ring of the keyboard's focus around what is filled with the accent."""
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
    strong_border="#717785",
    float_border="#4c525e",
    text="#e7e9ee",
    muted="#a2a8b4",
    disabled="#666c78",
    accent="#6c5cea",
    accent_hover="#7161ed",
    accent_pressed="#5646d3",
    accent_text="#a89dff",
    accent_focus="#ffffff",
    on_accent="#ffffff",
    error="#ff7b6b",
    warning="#f0b84a",
    success="#43c695",
    selection="#37326b",
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
        "#b6aebb",
        "#f2f1e5",
        "#1b77e8",
        "#b1f2ff",
        "#db964e",
        "#f8d13b",
        "#86ba97",
        "#d44600",
        "#c7e8a3",
        "#ad5d94",
        "#87786d",
        "#d39af3",
    ),
    ramp=((0.545, 0.14, 300.0), (0.955, 0.176, 82.0)),
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
    strong_border="#828894",
    float_border="#aab1bd",
    text="#1b1d22",
    muted="#59606d",
    disabled="#9ca3af",
    accent="#5b4ad6",
    accent_hover="#6a5ae3",
    accent_pressed="#4a3abf",
    accent_text="#4d3dc7",
    accent_focus="#000000",
    on_accent="#ffffff",
    error="#b52915",
    warning="#835500",
    success="#096c4b",
    selection="#dcd8fb",
    on_selection="#1b1d22",
    node_body="#ffffff",
    node_header="#f3f4f7",
    node_outline="#c6cbd4",
    node_selected="#5b4ad6",
    wire="#767e8c",
    wire_active="#5b4ad6",
    loss="#1f77c4",
    validation="#b05c00",
    families=(
        "#868183",
        "#101623",
        "#2243a8",
        "#06829d",
        "#a15300",
        "#a98719",
        "#16685d",
        "#890400",
        "#5f7851",
        "#6c105c",
        "#4b3730",
        "#ba65e9",
    ),
    ramp=((0.2, 0.14, 310.0), (0.638, 0.10, 100.0)),
)


class ThemeHub(QObject):
    """Tells everyone who keeps colours, or sizes of texts, that they have changed."""

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
    # As long as there is a style sheet, the application does not say which style lies below.
    if not app.styleSheet() and app.style().name() != "fusion":
        app.setStyle("Fusion")
    theme_hub.theme = theme
    app.setFont(fonts.base_font())
    app.setPalette(_palette(theme))
    # Qt would put it on each widget once for every widget around it, unless it has forgotten that it ever styled any.
    app.style().unpolish(app)
    app.setStyleSheet(style_sheet(theme, fonts.scale(), is_still=motion.is_reduced()))
    _restyle(app)
    theme_hub.themeChanged.emit()


def _restyle(app: QApplication) -> None:
    """Put the style on all widgets that have been shown; the others get it when they are."""
    widgets = [widget for widget in app.allWidgets() if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished)]
    for widget in widgets:
        widget.style().polish(widget)
    for widget in widgets:
        # Whoever hears of it may delete another.
        if isValid(widget):
            app.sendEvent(widget, QEvent(QEvent.Type.StyleChange))


def set_text_scale(app: QApplication, scale: float) -> None:
    """Show all texts `scale` times as large as the desktop would have them, now and from the next start on."""
    fonts.choose_scale(scale)
    apply(app, current())


def system_theme(app: QApplication) -> Theme:
    """Return the theme that the desktop asks for; dark where it does not say."""
    return LIGHT if app.styleHints().colorScheme() is Qt.ColorScheme.Light else DARK


def inset(box: QAbstractSpinBox) -> None:
    """Give the text of a number field the same distance from its left border as in a text field.

    Qt ignores the padding that a style sheet sets here, so every spin box is passed to this function once.
    """
    line = box.findChild(QLineEdit)
    if line is not None:
        forget_with(line)
        line.setTextMargins(6, 0, 0, 0)


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
