"""What stands around a plot and, as long as there is nothing to show, in its place."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.parts import ElidedLabel, IconLabel, keep_height, keep_least_height

_HINT_ICON = 32
_NARROWEST, _LOWEST = 160, 120
_SHARES = (4, 3, 5)
"""How wide the three plots are, compared with each other."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a plot is about."""

    title: str
    """Its title."""
    icon: str
    """The name of the picture in its place before there is a plot."""
    hint: str
    """The sentence below that, which says when there will be one."""


LOSS = Subject("Loss", "chart-line-variant", "Press Train to see the loss of every step here.")
ACCURACY = Subject(
    "Accuracy",
    "bullseye-arrow",
    "Accuracy on unseen examples, after each epoch.",
)
NORMS = Subject(
    "Gradient norm of each layer",
    "chart-multiple",
    "Press Train to see how strong a gradient reaches each layer at every step.",
)


class PlotFrame(QWidget):
    """A title with a friendly sentence below it, which a plot may take the place of."""

    def __init__(self, subject: Subject, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title_label = ElidedLabel(subject.title, parent=self)
        self.title_label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.title_label.setToolTip(subject.title)
        self.title_label.setProperty("role", "section")
        # As high as the switches beside it, so that titles are level whether or not there are some.
        keep_height(self.title_label, 22)
        self.header = QHBoxLayout()
        self.header.setSpacing(theme.GAP)
        self.header.setContentsMargins(theme.UNIT, 0, 0, 0)
        self.header.addWidget(self.title_label)
        self.hint = _Hint(subject.icon, subject.hint, self)
        self.pages = QStackedWidget(self)
        """The hint and, where there is a plot, the plot."""
        self.pages.addWidget(self.hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.header)
        column.addWidget(self.pages, 1)
        self.setMinimumWidth(_NARROWEST)
        keep_least_height(self, _LOWEST)


class PlotRow(QWidget):
    """Three plots side by side, or the frames that stand in their places before the first run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Leave the row empty until `put` is called."""
        super().__init__(parent)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        """What lies between them can be moved."""
        self.splitter.setChildrenCollapsible(False)
        self.splitter.splitterMoved.connect(self._remember)
        self._is_divided_by_hand = False
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, 0, theme.GAP, theme.GAP)
        row.addWidget(self.splitter)

    def put(self, *frames: PlotFrame) -> None:
        """Fill the row with the frames of loss, accuracy and gradient norms."""
        for index, (frame, share) in enumerate(zip(frames, _SHARES, strict=True)):
            self.splitter.addWidget(frame)
            self.splitter.setStretchFactor(index, share)
        self.splitter.setSizes([100 * share for share in _SHARES])

    def divide_like(self, other: PlotRow) -> None:
        """Give each frame the width that the user has given to the same one of `other`."""
        if other._is_divided_by_hand:
            self.splitter.setSizes(other.splitter.sizes())

    def _remember(self) -> None:
        self._is_divided_by_hand = True


class _Hint(QWidget):
    """A quiet picture with a sentence below it."""

    def __init__(self, icon: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = IconLabel(icon, "disabled", _HINT_ICON, self)
        self._words = QLabel(sentence, self)
        self._words.setProperty("role", "caption")
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._words.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self._words)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.UNIT)
        column.addStretch(1)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(row)
        column.addStretch(1)
        theme.theme_hub.themeChanged.connect(self._restyle)
        self._restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room, the words matter more than the picture; cut off they would say nothing."""
        width = min(self.width() - 2 * theme.GAP, self._words.maximumWidth())
        words = self._words.heightForWidth(width) + 2 * theme.GAP
        has_words = self.height() >= words
        self._words.setVisible(has_words)
        self._picture.setVisible(not has_words or self.height() >= words + theme.px(_HINT_ICON) + theme.LARGE_GAP)
        self.setToolTip("" if has_words else self._words.text())

    def _restyle(self) -> None:
        self._words.setMaximumWidth(theme.px(320))
        self._fit()
