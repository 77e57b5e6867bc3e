"""The form of the dialog: how much of the network is in a picture, what kind of file it is, its ground, its size."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QGridLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from gui import theme
from gui.parts import about_choice, heading
from gui.pictures.choices import FORMATS, Choices
from gui.pictures.ground import GROUNDS
from gui.pictures.image import dots_per_inch, nearest_scale, possible_scales
from gui.pictures.picture import Picture
from gui.style_memory import forget_list_with


class Options(QWidget):
    """Asks for `Choices`."""

    changed = Signal()
    """`choices` are others."""
    formatChanged = Signal()
    """The file is of another kind; `changed` follows."""
    partChanged = Signal()
    """Other nodes are in the picture; `changed` follows, once the picture is told to `show_sizes`."""

    def __init__(self, choices: Choices, whole: str, selected: str, parent: QWidget | None = None) -> None:
        """Show `choices`; `whole` is what the graph in view is called, `selected` says what of it is, or nothing."""
        super().__init__(parent)
        self._wanted_scale = choices.scale
        self.whole = QRadioButton(whole)
        """All nodes are in the picture."""
        self.selection = QRadioButton(f"Selection ({selected})" if selected else "Selection (nothing is selected)")
        """Only the selected ones are."""
        self.grounds, self.sizes = QComboBox(), QComboBox()
        for box in (self.grounds, self.sizes):
            forget_list_with(box)
        self._formats, self._parts = QButtonGroup(self), QButtonGroup(self)
        self._make_parts(choices, can_select=bool(selected))
        self._lay_out()
        self._show_possible()
        self._formats.idToggled.connect(self._on_format)
        self._parts.idToggled.connect(self._on_part)
        self.grounds.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.sizes.activated.connect(self._on_size)

    @property
    def choices(self) -> Choices:
        """What is chosen now."""
        return Choices(
            format=FORMATS[self._formats.checkedId()],
            ground=GROUNDS[self.grounds.currentIndex()],
            scale=self.scale,
            only_selection=self.selection.isChecked(),
        )

    @property
    def wanted(self) -> Choices:
        """What is to be suggested the next time: a picture that is too large today may not be so then."""
        now = self.choices
        return Choices(
            format=now.format, ground=now.ground, scale=self._wanted_scale, only_selection=now.only_selection
        )

    @property
    def scale(self) -> float:
        """Pixels per unit of the canvas, for an image."""
        scale = self.sizes.currentData()
        return scale if isinstance(scale, float) else self._wanted_scale

    def show_sizes(self, picture: Picture) -> None:
        """Offer the sizes that `picture` can have as an image."""
        self.sizes.clear()
        if picture.is_empty:
            return
        for scale in possible_scales(picture):
            self.sizes.addItem(f"{scale:g}× ({dots_per_inch(scale)} dots per inch)", scale)
        self.sizes.setCurrentIndex(self.sizes.findData(nearest_scale(picture, self._wanted_scale)))

    def _make_parts(self, choices: Choices, *, can_select: bool) -> None:
        for number, known in enumerate(FORMATS):
            button = QRadioButton(known.title)
            button.setObjectName(f"picture_{known.id}")
            button.setAccessibleDescription(known.doc)
            button.setChecked(known == choices.format)
            self._formats.addButton(button, number)
        for number, (button, name) in enumerate(((self.whole, "whole"), (self.selection, "selection"))):
            button.setObjectName(f"picture_{name}")
            self._parts.addButton(button, number)
        self.selection.setEnabled(can_select)
        self._parts.button(1 if can_select and choices.only_selection else 0).setChecked(True)
        for ground in GROUNDS:
            self.grounds.addItem(ground.title)
        self.grounds.setCurrentIndex(GROUNDS.index(choices.ground))
        for box, name, text in ((self.grounds, "ground", "Ground"), (self.sizes, "size", "Size")):
            box.setObjectName(f"picture_{name}")
            box.setAccessibleName(text)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(heading("What"))
        column.addSpacing(theme.GAP)
        column.addWidget(self.whole)
        column.addWidget(self.selection)
        column.addSpacing(theme.LARGE_GAP)
        column.addWidget(heading("Format"))
        column.addSpacing(theme.GAP)
        for button, known in zip(self._formats.buttons(), FORMATS, strict=True):
            column.addWidget(button)
            column.addWidget(about_choice(known.doc))
        column.addSpacing(theme.GAP)
        column.addWidget(heading("Look"))
        column.addSpacing(theme.GAP)
        grid = QGridLayout()
        grid.setSpacing(theme.GAP)
        grid.setColumnStretch(1, 1)
        for row, (text, box) in enumerate((("Ground", self.grounds), ("Size", self.sizes))):
            grid.addWidget(QLabel(text), row, 0)
            grid.addWidget(box, row, 1)
        column.addLayout(grid)

    def _show_possible(self) -> None:
        self.sizes.setEnabled(self.choices.format.id == "png")

    def _on_format(self, _number: int, is_checked: bool) -> None:
        if is_checked:
            self._show_possible()
            self.formatChanged.emit()
            self.changed.emit()

    def _on_part(self, _number: int, is_checked: bool) -> None:
        if is_checked:
            self.partChanged.emit()
            self.changed.emit()

    def _on_size(self) -> None:
        self._wanted_scale = self.scale
        self.changed.emit()
