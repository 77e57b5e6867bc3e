"""A tab that is dragged away from its bar: dropped on the other side, its document is shown there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect

from engine.graph.wording import quoted
from gui.drop_hint import DropHint

if TYPE_CHECKING:
    from gui.sheet import Sheet
    from gui.sheet_area import SheetArea

_SIDE = 0.3
"""The share of a single group, at its left and at its right, where a tab that is dropped begins a second group."""
_LEFT, _RIGHT = 0, 1


class TabMoves(QObject):
    """Shows where a torn off tab would go, and puts its document there."""

    def __init__(self, area: SheetArea) -> None:
        super().__init__(area)
        self._area = area
        self._hint: DropHint | None = None

    def show(self, sheet: Sheet, place: QPoint) -> None:
        """The tab of `sheet` is at `place` of the screen."""
        side = self._side_at(sheet, place)
        if side is None:
            self.end()
            return
        if self._hint is None:
            self._hint = DropHint(self._area.window())
        words = "on the left" if side == _LEFT else "on the right"
        self._hint.show_over(self._rect_of(side), f"Show {quoted(sheet.title)} {words}")

    def drop(self, sheet: Sheet, place: QPoint) -> None:
        """The tab was dropped at `place` of the screen."""
        side = self._side_at(sheet, place)
        self.end()
        if side is not None:
            self._area.move_to_side(sheet, side)

    def end(self) -> None:
        """The tab would go nowhere."""
        if self._hint is not None:
            self._hint.hide()

    def _side_at(self, sheet: Sheet, place: QPoint) -> int | None:
        """The side to which the tab would go; None when it would stay."""
        area, here = self._area, self._area.mapFromGlobal(place)
        if not area.rect().contains(here):
            return None
        if area.is_split:
            side = _LEFT if here.x() < area.side_rect(_RIGHT).x() else _RIGHT
            return None if area.side_of(sheet) == side else side
        if len(area.sheets) == 1:
            return None
        share = here.x() / max(area.width(), 1)
        return _LEFT if share < _SIDE else _RIGHT if share > 1 - _SIDE else None

    def _rect_of(self, side: int) -> QRect:
        """Where the document would be, in the window."""
        area = self._area
        rect = area.rect()
        if area.is_split:
            rect = area.side_rect(side)
        elif side == _LEFT:
            rect.setRight(rect.center().x())
        else:
            rect.setLeft(rect.center().x())
        return QRect(area.mapTo(area.window(), rect.topLeft()), rect.size())
