"""A small button that is nothing but an icon; a form has dozens, so it is painted here instead of by a style sheet."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from gui import theme

_ICON = 14
_WIDTH, _HEIGHT = 20, 24


class IconButton(QToolButton):
    """An icon that lights up under the pointer."""

    def __init__(self, icon: str, tool_tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(theme.icon(icon, "muted"))
        self.setToolTip(tool_tip)
        self.setAccessibleName(tool_tip)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.is_lit = False
        """Whether it stands out while it is pressed in, because what it switches matters."""

    def sizeHint(self) -> QSize:
        """As high as a field."""
        return QSize(theme.px(_WIDTH), theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """The same as `sizeHint`."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground where there is a reason, the ring of the keyboard focus, and the icon."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(0.5, 2.5, -0.5, -2.5)
        painter.setPen(QPen(colours.colour("accent_text"), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
        if self.isChecked() and self.is_lit:
            painter.setBrush(colours.colour("selection"))
        elif self.isEnabled() and self.underMouse():
            painter.setBrush(colours.colour("pressed" if self.isDown() else "hover"))
        painter.drawRoundedRect(ground, 4, 4)
        where = QRect(0, 0, theme.px(_ICON), theme.px(_ICON))
        where.moveCenter(self.rect().center())
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        self.icon().paint(painter, where, Qt.AlignmentFlag.AlignCenter, mode)
