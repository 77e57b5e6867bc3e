"""Asks how often the selected layers are to stand in a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox

from engine.graph.model import NodeId
from engine.layers.blocks import REPEAT
from gui import theme
from gui.canvas.popover import Popover
from gui.parts import keep_least_width

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class RepeatPopover(Popover):
    """One number; Enter takes it, and so does the button."""

    def __init__(self, view: CanvasView) -> None:
        self._count = QSpinBox()
        super().__init__(view, self._count)
        self._accept: Callable[[int], None] | None = None
        self._nodes: tuple[NodeId, ...] = ()
        self.setObjectName("repeatPopover")
        self.setAccessibleName("Repeat")
        self.setAccessibleDescription("Type how often the selected layers stand in a row; Enter takes it, Esc closes.")
        self._count.setObjectName("repeatCount")
        self._count.setAccessibleName("How many copies stand in a row")
        self._count.setRange(REPEAT.minimum, REPEAT.maximum)
        keep_least_width(self._count, 72)
        theme.inset(self._count)
        button = QPushButton("Repeat")
        button.setObjectName("repeatButton")
        button.setProperty("variant", "primary")
        button.clicked.connect(lambda: self.press(Qt.Key.Key_Return))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.PADDING, theme.GAP, theme.PADDING, theme.GAP)
        row.setSpacing(theme.GAP)
        for part in (QLabel("Times in a row"), self._count, button):
            row.addWidget(part)

    def ask(self, nodes: Sequence[NodeId], count: int, place: QPoint, accept: Callable[[int], None]) -> None:
        """How often are `nodes` repeated? Begin with `count`, at `place` in the view; `accept` gets the answer."""
        self._nodes, self._accept = tuple(nodes), accept
        self._count.setValue(count)
        self.resize(self.sizeHint())
        self.open_at(place)
        self._count.selectAll()

    def dismiss(self) -> None:
        """Close it without an answer."""
        self._accept = None
        super().dismiss()

    def is_outdated(self) -> bool:
        """Whether a layer that is to be repeated is gone."""
        return any(node not in self.view.workspace.graph.nodes for node in self._nodes)

    def press(self, key: int) -> bool:
        """Enter takes the number."""
        if key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        self._count.interpretText()
        accept, count = self._accept, self._count.value()
        self.dismiss()
        if accept is not None:
            accept(count)
        return True
