"""The page that opens first: templates with pictures, recent projects, and work that a crash left behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.graph.wording import quoted
from gui import theme
from gui.commands.spec import literal
from gui.parts import Callout, Page, discard, heading, keep_width, wrapped
from gui.welcome_cards import RecentFile, RecentRow, TemplateCard, TemplateView

__all__ = ["RecentFile", "TemplateCard", "WelcomePage"]

TITLE = "Netwright"
PROMISE = "Wire a neural network, train it at once, and see how it learns."
_CARD_WIDTH = 270
_SIDE_WIDTH = 264
_MOST_WIDE = 1240
_SIDE_BY_SIDE = 900
_LONGEST_TITLE = 40


class TemplateGrid(QWidget):
    """Template cards in as many columns as fit."""

    templateChosen = Signal(str)
    """The template of this id is to be opened."""
    templateTrainRequested = Signal(str)
    """The template of this id is to be opened and trained at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[TemplateView] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.LARGE_GAP)
        theme.theme_hub.themeChanged.connect(self._reflow)

    def show_cards(self, cards: Sequence[TemplateCard]) -> None:
        """Replace all cards; the keyboard stays where it is."""
        focused = next((place for place, view in enumerate(self._cards) if view.has_keyboard), None)
        if focused is not None:
            # Else the keyboard would go from card to card while they vanish, and the page would scroll along.
            self.setFocus()
        for old in self._cards:
            discard(old)
        self._cards = [TemplateView(card) for card in cards]
        for card, view in zip(cards, self._cards, strict=True):
            view.activated.connect(partial(self.templateChosen.emit, card.id))
            view.train.clicked.connect(partial(self._on_train, card.id))
        self._columns = 0
        self._reflow()
        if focused is not None and focused < len(self._cards):
            # A widget that is not shown yet cannot have the keyboard.
            self._cards[focused].show()
            self._cards[focused].setFocus(Qt.FocusReason.OtherFocusReason)

    def minimumSizeHint(self) -> QSize:
        """One column is enough: the others move below it."""
        return QSize(theme.px(_CARD_WIDTH), super().minimumSizeHint().height())

    def focus_first(self) -> None:
        """Put the keyboard on the first card."""
        if self._cards:
            self._cards[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the cards flow into the new width."""
        self._reflow()

    def _on_train(self, template: str, checked: bool = False) -> None:
        self.templateTrainRequested.emit(template)

    def _reflow(self) -> None:
        gap, width = theme.LARGE_GAP, theme.px(_CARD_WIDTH)
        columns = column_count(len(self._cards), max(1, (self.width() + gap) // (width + gap)))
        if columns == self._columns:
            return
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for place, view in enumerate(self._cards):
            self._grid.addWidget(view, place // columns, place % columns)


def column_count(cards: int, fitting: int) -> int:
    """How many columns to use where at most `fitting` fit, so that the last row is not left nearly empty."""
    most = max(1, min(cards, fitting))
    rows = -(-cards // most) if cards else 1
    return max(1, -(-cards // rows))


class WelcomePage(QWidget):
    """What a person sees first."""

    templateChosen = Signal(str)
    """The template of this id is to be opened."""
    templateTrainRequested = Signal(str)
    """The template of this id is to be opened and trained at once."""
    newRequested = Signal()
    """An empty project is to be opened."""
    galleryRequested = Signal()
    """The user wants to choose among the reference networks."""
    openRequested = Signal()
    """The user wants to choose a file."""
    backRequested = Signal()
    """The user wants to go on with the open project."""
    recentChosen = Signal(object)
    """The project file at this `Path` is to be opened."""
    restoreRequested = Signal(object)
    """The recovered work with this token is to be opened."""
    discardRequested = Signal(object)
    """The recovered work with this token is to be thrown away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome_page")
        self._grid = TemplateGrid()
        self._grid.templateChosen.connect(self.templateChosen)
        self._grid.templateTrainRequested.connect(self.templateTrainRequested)
        self._recovery = QVBoxLayout()
        self._recovery.setSpacing(theme.GAP)
        self._banners: list[QWidget] = []
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        self._recent_rows: list[QWidget] = []
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._header = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._content = QWidget()
        self._back = QPushButton(theme.icon("arrow-left"), "")
        self._back.setObjectName("back_button")
        self._back.setToolTip("Go on with the open project (Esc)")
        self._back.clicked.connect(lambda: self.backRequested.emit())
        self._page = Page()
        self._page.setObjectName("welcome_scroll")
        self._lay_out()
        self.set_recent([])
        self.set_open_project("")
        theme.theme_hub.themeChanged.connect(self._arrange)

    def set_templates(self, cards: Sequence[TemplateCard]) -> None:
        """Show these templates."""
        self._grid.show_cards(cards)

    def set_recent(self, paths: Sequence[Path]) -> None:
        """Show the projects at these paths, the newest first; those that are gone are shown as such."""
        for old in self._recent_rows:
            discard(old)
        now = datetime.now()
        self._recent_rows = []
        for path in paths:
            row = RecentRow(RecentFile.at(path), now)
            row.activated.connect(partial(self.recentChosen.emit, path))
            self._recent_rows.append(row)
        if not paths:
            note = wrapped("Projects that you save will be listed here.", "caption")
            note.setContentsMargins(theme.GAP, theme.UNIT, theme.GAP, 0)
            self._recent_rows = [note]
        for widget in self._recent_rows:
            self._recent.addWidget(widget)

    def set_open_project(self, title: str) -> None:
        """Offer the way back to the project that is open; without a title there is none."""
        self._back.setVisible(bool(title))
        self._back.setText(f"Back to {literal(quoted(title, _LONGEST_TITLE))}")

    def set_recovery(self, offers: Sequence[tuple[str, str, object]]) -> None:
        """Offer work that was not saved when the app ended.

        Args:
            offers: for each, the project's title, when it was last changed in words, and a token that comes back
                with `restoreRequested` or `discardRequested`.
        """
        for old in self._banners:
            discard(old)
        self._banners = [self._banner(*offer) for offer in offers]
        for banner in self._banners:
            self._recovery.addWidget(banner)

    def showEvent(self, event: QShowEvent) -> None:
        """Put the keyboard on the first template, so that Enter opens it."""
        super().showEvent(event)
        self._grid.focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the open project."""
        if event.key() == Qt.Key.Key_Escape and not self._back.isHidden():
            self.backRequested.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put things beside each other where there is room, else below each other."""
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        is_wide = self.width() >= theme.px(_SIDE_BY_SIDE)
        for layout in (self._columns, self._header):
            layout.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)
        self._content.setMaximumWidth(theme.px(_MOST_WIDE))

    def _lay_out(self) -> None:
        templates = QVBoxLayout()
        templates.setSpacing(theme.GAP)
        templates.addWidget(heading("Start from a template"))
        templates.addWidget(self._grid)
        templates.addStretch(1)
        side = QWidget()
        keep_width(side, _SIDE_WIDTH)
        recent = QVBoxLayout(side)
        recent.setContentsMargins(0, 0, 0, 0)
        recent.setSpacing(theme.GAP)
        title = heading("Recent projects")
        title.setContentsMargins(theme.GAP, 0, 0, 0)
        recent.addWidget(title)
        recent.addLayout(self._recent)
        recent.addStretch(1)
        self._columns.setSpacing(2 * theme.LARGE_GAP)
        self._columns.addLayout(templates, 1)
        self._columns.addWidget(side)
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(theme.LARGE_GAP)
        content.addLayout(self._recovery)
        self._fill_header()
        content.addLayout(self._header)
        content.addLayout(self._columns, 1)
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addWidget(self._content, 1000)
        centred.addStretch(1)
        margin = 6 * theme.UNIT
        self._page.column.setContentsMargins(margin, margin, margin, margin)
        self._page.column.addLayout(centred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._page)

    def _fill_header(self) -> None:
        title = QLabel(TITLE)
        title.setProperty("role", "display")
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(title)
        names.addWidget(wrapped(PROMISE, "caption"))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        buttons.addWidget(self._back)
        for name, text, icon, signal in (
            ("open_button", "Open…", "folder-open-outline", self.openRequested),
            ("gallery_button", "Reference networks…", "bookshelf", self.galleryRequested),
            ("new_button", "New project", "plus", self.newRequested),
        ):
            button = QPushButton(theme.icon(icon), text)
            button.setObjectName(name)
            button.clicked.connect(lambda checked=False, signal=signal: signal.emit())
            buttons.addWidget(button)
        buttons.addStretch(0)
        self._header.setSpacing(theme.GAP)
        self._header.addLayout(names, 1)
        self._header.addLayout(buttons)

    def _banner(self, title: str, when: str, token: object) -> QWidget:
        banner = Callout("warning", "backup-restore", self._content)
        banner.setObjectName("recovery_banner")
        banner.show_text(f"“{title}” was not saved when Netwright ended. Its last change was {when}.")
        for name, text, signal in (
            ("restore_button", "Restore", self.restoreRequested),
            ("discard_button", "Discard", self.discardRequested),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.clicked.connect(lambda checked=False, signal=signal: signal.emit(token))
            banner.row.addWidget(button)
        banner.row.setAlignment(banner.picture, Qt.AlignmentFlag.AlignVCenter)
        return banner
