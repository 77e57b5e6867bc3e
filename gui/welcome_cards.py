"""The pieces of the welcome page: the card of a template and the row of a recent project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.parts import ElidedLabel, Pressable, keep_least_width, wrapped

_PICTURE_HEIGHT = 140
_CORNER = 8.0


@dataclass(frozen=True, slots=True)
class TemplateCard:
    """What the welcome page shows of a template."""

    id: str
    """Comes back when the card is chosen."""
    title: str
    """Its name."""
    text: str
    """What it is and what it shows, in one sentence."""
    facts: str
    """Small facts, such as “MNIST · 61,706 parameters”; may be empty."""
    picture: QPixmap
    """The network, drawn for the theme in use; shown whole."""


@dataclass(frozen=True, slots=True)
class RecentFile:
    """A project that was open before."""

    path: Path
    """Where it is kept."""
    changed: datetime | None = None
    """When it was last saved, in local time; None when that cannot be known."""
    reason: str = ""
    """Why it cannot be opened any more, in one sentence; empty when it can."""

    @classmethod
    def at(cls, path: Path) -> RecentFile:
        """What the disk says about the project at `path`."""
        try:
            changed = datetime.fromtimestamp(path.stat().st_mtime)
        except FileNotFoundError:
            return cls(path, reason="The file is not there any more.")
        except OSError as error:
            return cls(path, reason=f"The file cannot be read: {error.strerror or error}.")
        return cls(path, changed)


def friendly_time(moment: datetime, now: datetime) -> str:
    """`moment` as people say it: “today, 14:05”, “yesterday, 9:30”, “12 March”, “12 March 2025”."""
    clock = f"{moment.hour}:{moment.minute:02d}"
    if moment.date() == now.date():
        return f"today, {clock}"
    if moment.date() == (now - timedelta(days=1)).date():
        return f"yesterday, {clock}"
    return f"{moment.day} {moment:%B}" if moment.year == now.year else f"{moment.day} {moment:%B} {moment.year}"


class TemplateView(Pressable):
    """The card of one template; pressed, it opens the template."""

    def __init__(self, card: TemplateCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = card
        """What is shown."""
        self.setObjectName(f"template_{card.id}")
        self.setAccessibleName(f"Template {card.title}")
        self.setAccessibleDescription(f"{card.text} {card.facts}".strip())
        self.train = QPushButton(theme.icon("play"), "Train")
        """Opens the template and trains it at once."""
        keep_least_width(self.train, 86)
        self.train.setObjectName(f"train_{card.id}")
        # Else Enter would do nothing, as outside of dialogs.
        self.train.setAutoDefault(True)
        self.train.setAccessibleName(f"Train {card.title}")
        self.train.setToolTip("Open this template and start to train it")
        self.train.setCursor(Qt.CursorShape.ArrowCursor)
        title = wrapped(card.title, "title")
        text = wrapped(card.text)
        text.setAlignment(Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.addWidget(wrapped(card.facts, "caption"), 1)
        foot.addWidget(self.train)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.LARGE_GAP, _PICTURE_HEIGHT + theme.PADDING, theme.LARGE_GAP, theme.PADDING)
        column.setSpacing(theme.UNIT)
        column.addWidget(title)
        column.addWidget(text, 1)
        column.addSpacing(theme.UNIT)
        column.addLayout(foot)
        self.train.installEventFilter(self)

    @property
    def has_keyboard(self) -> bool:
        """Whether the keyboard is on the card or its button."""
        return self.hasFocus() or self.train.hasFocus()

    @property
    def is_lit(self) -> bool:
        """Whether the pointer or the keyboard is on the card or its button."""
        return super().is_lit or self.has_keyboard

    def show_lit(self) -> None:
        """Give the accent to the button of the card that the user is at, and to no other."""
        self.train.setProperty("variant", "primary" if self.is_lit else "")
        self.train.setIcon(theme.icon("play", "on_accent" if self.is_lit else None))
        self.train.style().unpolish(self.train)
        self.train.style().polish(self.train)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay lit while the keyboard is on the button."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.show_lit()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card, the picture in its upper part, and an outline that lights up."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _CORNER, _CORNER)
        painter.fillPath(outline, colours.colour("hover" if self.is_lit else "raised"))
        painter.save()
        painter.setClipPath(outline)
        area = QRect(0, 0, self.width(), _PICTURE_HEIGHT)
        painter.fillRect(area, colours.colour("canvas"))
        picture = self.card.picture
        if not picture.isNull():
            room = area.adjusted(theme.GAP, theme.GAP, -theme.GAP, -theme.GAP)
            size = picture.deviceIndependentSize().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRectF(0, 0, size.width(), size.height())
            target.moveCenter(QRectF(room).center())
            painter.drawPixmap(target, picture, QRectF(picture.rect()))
        painter.setPen(QPen(colours.colour("border"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.restore()
        painter.setPen(QPen(colours.colour("accent_text" if self.is_lit else "border"), 1.5 if self.hasFocus() else 1))
        painter.drawPath(outline)


class RecentRow(Pressable):
    """A recent project: its name, and when it was saved, and below it where it is, or why it cannot be opened."""

    def __init__(self, file: RecentFile, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = file
        """What is shown."""
        self.setObjectName("recent_row")
        self.set_pressable(not file.reason)
        name = ElidedLabel(file.path.stem, Qt.TextElideMode.ElideRight)
        name.setEnabled(not file.reason)
        when = "" if file.changed is None else friendly_time(file.changed, now)
        where = ElidedLabel(file.reason or _short_folder(file.path), Qt.TextElideMode.ElideMiddle)
        where.setProperty("role", "caption")
        moment = QLabel(when)
        moment.setProperty("role", "caption")
        self.setToolTip(f"{file.path}\n{file.reason}".strip())
        self.setAccessibleName(f"{file.path.stem}, {file.reason or when}".rstrip(", "))
        top = QHBoxLayout()
        top.setSpacing(theme.GAP)
        top.addWidget(name, 1)
        if when:
            top.addWidget(moment)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP - 2, theme.GAP, theme.GAP - 2)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(where)


def _short_folder(path: Path) -> str:
    """The folder of `path`, with `~` for the home folder."""
    folder = path.parent
    return str(Path("~") / folder.relative_to(Path.home())) if folder.is_relative_to(Path.home()) else str(folder)
