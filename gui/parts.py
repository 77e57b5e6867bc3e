"""Small pieces that the panels share: headings, wrapped texts, and boxes that call out an error."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from gui import theme

FRAME = QSize(16, 48)
"""About what the desktop draws around a window, in logical pixels."""
FOCUS = 2.0
"""How wide the ring of the keyboard's focus is, in logical pixels."""
_SIGN, _BESIDE_SIGN = 14, 10
"""The sign of a choice as the style sheet has it, which grows with texts; its outline, and the gap before the words."""


def heading(text: str) -> QLabel:
    """The heading of a group."""
    label = QLabel(text)
    label.setProperty("role", "section")
    return label


def wrapped(text: str = "", role: str = "", *, selectable: bool = False) -> QLabel:
    """A text that wraps to the width there is and never widens its panel."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    if role:
        label.setProperty("role", role)
    if selectable:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def about_choice(text: str = "") -> QLabel:
    """What is said about a choice, below its button: it begins where the words of that do."""
    label = wrapped(text, "caption")
    _Length(label, _indent, _SIGN, _BESIDE_SIGN)
    return label


def rule() -> QFrame:
    """A thin line between groups."""
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Plain)
    return line


def keep_height(widget: QWidget, height: int) -> None:
    """Let `widget` always be as high as `height` at a text scale of 100 %, higher when texts are larger."""
    _Length(widget, QWidget.setFixedHeight, height)


def keep_width(widget: QWidget, width: int) -> None:
    """Let `widget` always be as wide as `width` at a text scale of 100 %, wider when texts are larger."""
    _Length(widget, QWidget.setFixedWidth, width)


def keep_least_width(widget: QWidget, width: int, *, beside: int = 0) -> None:
    """Let `widget` never be narrower than `width` at a text scale of 100 %, nor than more when texts are larger.

    `beside` is added to it, for what does not grow.
    """
    _Length(widget, QWidget.setMinimumWidth, width, beside)


def keep_least_height(widget: QWidget, height: int) -> None:
    """Let `widget` never be lower than `height` at a text scale of 100 %, nor than more when texts are larger."""
    _Length(widget, QWidget.setMinimumHeight, height)


def _indent(label: QWidget, left: int) -> None:
    label.setContentsMargins(left, 0, 0, theme.GAP)


class _Length(QObject):
    def __init__(
        self, widget: QWidget, set_length: Callable[[QWidget, int], None], length: int, fixed: int = 0
    ) -> None:
        super().__init__(widget)
        self._widget, self._set_length = widget, set_length
        self._length, self._fixed = length, fixed
        theme.theme_hub.themeChanged.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self._set_length(self._widget, theme.px(self._length) + self._fixed)


def size_dialog(dialog: QDialog, width: int, height: int) -> None:
    """Give `dialog` this size at a text scale of 100 %, more when texts are larger, and no more than its screen has."""
    dialog.resize(QSize(theme.px(width), theme.px(height)).boundedTo(most_of_screen(dialog)))


def most_of_screen(window: QWidget) -> QSize:
    """How large `window` may be without its frame leaving the screen."""
    return window.screen().availableSize() - FRAME


def paint_focus(painter: QPainter, area: QRect | QRectF, state: QStyle.StateFlag | None = None) -> None:
    """Paint the ring of the keyboard's focus just inside `area`; with a `state`, only if that has the focus."""
    if state is not None and not state & QStyle.StateFlag.State_HasFocus:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.current().colour("accent_text"), FOCUS))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = FOCUS / 2
    painter.drawRoundedRect(QRectF(area).adjusted(inset, inset, -inset, -inset), theme.RADIUS, theme.RADIUS)
    painter.restore()


def discard(widget: QWidget) -> None:
    """Take `widget` out of its parent at once, and delete it when its last event is handled."""
    widget.hide()
    widget.setParent(None)
    widget.deleteLater()


class ElidedLabel(QLabel):
    """One line of text that is cut with “…” where it does not fit."""

    def __init__(
        self, text: str, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Never widens its panel."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class IconLabel(QWidget):
    """An icon of the theme that follows its colours."""

    def __init__(self, name: str, colour: str, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = theme.icon(name, colour)
        keep_width(self, size)
        keep_height(self, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon."""
        self._icon.paint(QPainter(self), self.rect())


class Callout(QFrame):
    """A box in the colour of its message, with an icon; used for errors, warnings and offers."""

    def __init__(self, role: str, icon: str, parent: QWidget | None = None) -> None:
        """Make an empty box.

        Args:
            role: the theme's colour for it, such as “error”.
            icon: the name of its icon.
        """
        super().__init__(parent)
        self._role = role
        self.text = wrapped(selectable=True)
        """The message."""
        self.row = QHBoxLayout(self)
        """The line of icon and message, for buttons to be added behind."""
        self.row.setContentsMargins(theme.PADDING, theme.GAP, theme.PADDING, theme.GAP)
        self.row.setSpacing(theme.GAP)
        self.picture = IconLabel(icon, role, 18)
        """The icon, beside the first line of the message."""
        self.row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        self.row.addWidget(self.text, 1)

    def show_text(self, text: str) -> None:
        """Show a message; hide the box when it is empty."""
        self.text.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the outline."""
        ground, line = QColor(theme.current().colour(self._role)), QColor(theme.current().colour(self._role))
        ground.setAlphaF(0.10)
        line.setAlphaF(0.45)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(line, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)


class Page(QScrollArea):
    """A column of groups that scrolls when it is too long, never sideways."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = QWidget()
        """What scrolls."""
        self.column = QVBoxLayout(self.body)
        """Where the groups go, from top to bottom."""
        self.column.setContentsMargins(theme.PADDING, theme.PADDING, theme.PADDING, theme.LARGE_GAP)
        self.column.setSpacing(theme.GAP)
        self.setWidget(self.body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


class Pressable(QAbstractButton):
    """An area with texts in it that can be clicked, or pressed with Enter or Space; to screen readers a button."""

    activated = Signal()
    """The user wants what the area stands for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A button would be no higher than it must, and would not ask what is in it how high that is.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._can_press = True
        self.set_pressable(True)
        self.clicked.connect(self._activate)

    def set_pressable(self, pressable: bool) -> None:
        """Let the area be pressed, or make it an area like any other."""
        self._can_press = pressable
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if pressable else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if pressable else Qt.CursorShape.ArrowCursor)

    @property
    def is_lit(self) -> bool:
        """Whether the pointer or the keyboard is on it."""
        return self._can_press and (self.underMouse() or self.hasFocus())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space press, unless they come from a button inside; no arrow keys: they are for what is around."""
        is_from_inside = any(button.hasFocus() for button in self.findChildren(QAbstractButton))
        if not is_from_inside and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._activate()
        else:
            event.ignore()

    def show_lit(self) -> None:
        """Look as `is_lit` says; called whenever that may have changed."""
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up."""
        self.show_lit()

    def leaveEvent(self, event: QEvent) -> None:
        """Calm down."""
        self.show_lit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self.show_lit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard is elsewhere."""
        super().focusOutEvent(event)
        self.show_lit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground under the pointer and the ring of the keyboard focus."""
        if not self.is_lit:
            return
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.colour("hover"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        if self.hasFocus():
            paint_focus(painter, self.rect())

    def _activate(self) -> None:
        if self._can_press:
            self.activated.emit()


def count_selected(selection: QItemSelectionModel) -> int:
    """How many rows are selected; asking for each of them takes a while where they are thousands."""
    ranges = selection.selection()
    return sum(ranges.at(index).height() for index in range(ranges.count()))
