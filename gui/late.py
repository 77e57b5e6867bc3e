"""Parts of a window that are made when they are first seen, so that a document opens without them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import focus

PartT = TypeVar("PartT", bound=QWidget)


class Late(QWidget, Generic[PartT]):
    """The place of a part that is made when it is first shown, or first asked for.

    Nothing can be told to a part that is not there yet: as it is made it finds out by itself how things stand.
    """

    def __init__(self, make: Callable[[], PartT], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.made: PartT | None = None
        """The part, once it is there."""
        self._make = make
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    @property
    def part(self) -> PartT:
        """The part; it is made now if it is not there yet."""
        return self._put() if self.made is None else self.made

    def showEvent(self, event: QShowEvent) -> None:
        """Make the part."""
        super().showEvent(event)
        if self.made is None:
            self._put()

    def _put(self) -> PartT:
        part = self.made = self._make()
        self._column.addWidget(part)
        focus.put_in_place(part, self)
        # Qt would show it with the next events, and paint an empty place before that.
        part.show()
        return part
