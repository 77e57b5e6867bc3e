"""The search on the canvas: opens at the pointer, is worked by keys alone, and adds or replaces layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QVBoxLayout

from engine.layers.spec import LayerSpec
from gui import theme
from gui.canvas.popover import Popover
from gui.canvas.quick_list import QuickList, QuickModel, find
from gui.canvas.quick_requests import Request
from gui.palette_catalogue import groups
from gui.parts import wrapped
from gui.search_line import SearchLine

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_WIDTH = 380
_PAGE = 8
_STEPS: dict[int, int] = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Tab: 1,
    Qt.Key.Key_Backtab: -1,
    Qt.Key.Key_PageDown: _PAGE,
    Qt.Key.Key_PageUp: -_PAGE,
}


class QuickAdd(Popover):
    """A search line above the layers that it finds."""

    def __init__(self, view: CanvasView) -> None:
        self._search = SearchLine(can_clear=False)
        super().__init__(view, self._search)
        self._request: Request | None = None
        self._layers: list[LayerSpec] = []
        self.setObjectName("quickAdd")
        self.setAccessibleName("Add a layer")
        self.setAccessibleDescription("Type a name, choose with Up and Down, take with Enter; Esc closes.")
        self._search.setObjectName("quickAddSearch")
        self._search.setAccessibleName("Find a layer")
        self._search.setMaxLength(200)
        self._model = QuickModel(self)
        self._list = QuickList(self)
        self._list.setModel(self._model)
        self.send_focus(self._list)
        self._message = wrapped(role="caption")
        self._message.setObjectName("quickAddMessage")
        self._message.setContentsMargins(theme.UNIT, 0, theme.UNIT, 0)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.UNIT)
        for part in (self._search, self._list, self._message):
            column.addWidget(part)
        self._search.textChanged.connect(self._find)
        self._list.clicked.connect(self._accept)
        self._list.selectionModel().currentChanged.connect(self._describe)

    def open_for(self, request: Request, place: QPoint) -> None:
        """Let the user choose a layer for `request`; `place` is where the pointer is, in pixels of the view."""
        self._request = request
        self._layers = [layer for group in groups(self.view.workspace.graph) for layer in group.layers]
        self._search.setPlaceholderText(request.prompt)
        self._search.clear()
        self._find("")
        self.open_at(place)

    def dismiss(self) -> None:
        """Close it without a choice."""
        self._request = None
        super().dismiss()

    def is_outdated(self) -> bool:
        """Whether a node that the search is about is gone."""
        known = self.view.workspace.graph.nodes
        return self._request is not None and any(node not in known for node in self._request.nodes)

    def press(self, key: int) -> bool:
        """Move through the list; Enter takes the current row."""
        if key in _STEPS:
            self._list.move_by(_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept()
        else:
            return False
        return True

    def _find(self, text: str) -> None:
        if self._request is None:
            return
        self._model.show_rows(find(self._layers, text, self._request.fits, self._request.family))
        # Beside the list there is the search line, and sometimes a message about as high.
        self._list.fit(self.view.viewport().height() - 2 * self._search.sizeHint().height() - 4 * theme.LARGE_GAP)
        self._list.setCurrentIndex(self._model.index(0, 0))
        self._describe()

    def _describe(self) -> None:
        """Say below the list why the current row cannot be used, or that there is none."""
        row = self._list.current()
        text = f"Nothing fits “{self._search.text().strip()}” here." if row is None else row.reading.refusal or ""
        self._message.setText(text)
        self._message.setVisible(bool(text))
        spoken = text if row is None else str(self._list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole))
        self._search.setAccessibleDescription(spoken)
        self._column.activate()
        width = min(theme.px(_WIDTH), self.view.viewport().width())
        self.resize(width, max(self._column.heightForWidth(width), self.sizeHint().height()))

    def _accept(self) -> None:
        row, request = self._list.current(), self._request
        if row is None or request is None or row.reading.refusal is not None:
            return
        self.dismiss()
        request.carry_out(row.layer.id, row.reading.params)
