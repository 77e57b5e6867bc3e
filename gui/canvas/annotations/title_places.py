"""Where the titles of frames stand from far, so that none is cut or covers another title, a layer or another frame.

In order: in the frame; above it, where a long network is laid out in columns; beside it, where it is laid out in one;
below it; in the frame once more, at its right, shortened, and at last over the edge of a layer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from engine.graph.model import Point
from gui.canvas.annotations.places import TITLE_HEIGHT
from gui.canvas.tiles import reach_of

GAP = 4.0
"""From the sides of a frame to a title in it or beside it, in pixels."""
_ABOVE = 2.0
"""From a frame to a title above it, and between two titles, in pixels."""
_ROWS = 3
"""So many titles stand above each other."""
_ROOM = 44.0
"""So far a title may always reach beyond the network, in pixels: what is left around one that fits into the view."""
_EDGE = 4.0
"""From a title to the edge of the view, in pixels."""
_OVER = 1 / 3
"""So much of its height may a title lie over a layer where there is no other room for it."""
_STEM = 2.0
"""The width of the line from a title that stands high above its frame, in pixels."""


class Cards:
    """Where the cards of layers are, in a table that answers at once whether some are in the way."""

    def __init__(self, places: Collection[Point]) -> None:
        self.count = len(places)
        """How many there are."""
        table = np.array(list(places), dtype=np.float64).reshape(-1, 2)
        table = table[np.argsort(table[:, 1])]
        self._columns, self._rows = np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])

    def met(self, rects: Sequence[QRectF]) -> list[bool]:
        """For each of `rects`, in the scene, whether a card lies in it."""
        left, right, top, bottom = np.array([reach_of(rect, 0.0) for rect in rects]).T[..., None]
        near = slice(self._rows.searchsorted(top.min(), "right"), self._rows.searchsorted(bottom.max(), "left"))
        columns, rows = self._columns[near], self._rows[near]
        inside = (left < columns) & (columns < right) & (top < rows) & (rows < bottom)
        result: list[bool] = inside.any(axis=1).tolist()
        return result


class TitlePlaces:
    """Gives the titles of frames their places, one after the other; all in pixels from the origin of the scene."""

    def __init__(self, frames: Iterable[QRectF], cards: Cards, content: QRectF, zoom: float, view: QSizeF) -> None:
        """Have a network to write titles on.

        Args:
            frames: where the frames are, in pixels.
            cards: where the layers are.
            content: the rectangle around all of it, in the scene.
            zoom: pixels for each unit of the scene.
            view: the size of the view; what is in it while the network is in its middle is room for titles.
        """
        self._frames = list(frames)
        self._cards = cards
        self._zoom = zoom
        around = scaled(content, zoom)
        middle = QRectF(around.center() - QPointF(view.width(), view.height()) / 2, view)
        self._bounds = around.adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM).united(
            middle.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        )
        self._taken: list[QRectF] = []

    def inside(self, frame: QRectF, size: QSizeF) -> QRectF | None:
        """The place of a title at the left end of the band of its frame; None where there is no room for it."""
        return self._inside(frame, size, frame.left() + GAP)

    def at_right(self, frame: QRectF, size: QSizeF) -> QRectF | None:
        """The same at the right end."""
        return self._inside(frame, size, frame.right() - GAP - size.width())

    def squeezed(self, frame: QRectF, size: QSizeF) -> QRectF | None:
        """The same at the left end, where it may lie over the edge of a layer above the frame."""
        return self._inside(frame, size, frame.left() + GAP, size.height() * _OVER)

    def outside(self, frame: QRectF, size: QSizeF) -> QRectF | None:
        """The place of a title above its frame, or else beside or below it; None where there is no room for it."""
        # One that would be cut comes last.
        others = sorted([*self._beside(frame, size), *self._below(frame, size)], key=self._is_cut)
        free = self._free([*self._above(frame, size), *others])
        apart = (place for place in free if not self._lies_on_another(frame, place))
        return self._take(next((place for place in apart if self.stem(frame, place) is not None), None))

    def stem(self, frame: QRectF, place: QRectF) -> QRectF | None:
        """The line down to a frame from its title, which stands high above it; None when layers are in its way.

        It is empty for a title that stands on its frame or beside it.
        """
        top, bottom = place.bottom(), frame.top()
        if bottom - top <= 2 * _ABOVE:
            return QRectF()
        left, right = max(place.left(), frame.left()), min(place.right(), frame.right()) - _STEM
        lines = [QRectF(round(x), top, _STEM, bottom - top) for x in (left, right, (left + right) / 2)]
        met = self._cards.met([scaled(line, 1 / self._zoom) for line in lines])
        free = [line for line, is_met in zip(lines, met, strict=True) if not is_met]
        # Behind another title it is still seen above and below that.
        return min(free, key=lambda line: sum(map(line.intersects, self._taken)), default=None)

    def _above(self, frame: QRectF, size: QSizeF) -> Iterator[QRectF]:
        """The places above a frame that lie within the network."""
        for row in range(_ROWS):
            top = frame.top() - (row + 1) * (size.height() + _ABOVE)
            for left in (frame.left(), frame.right() - size.width()):
                place = _on_pixels(left, top, size)
                if not self._is_cut(place):
                    yield place

    def _beside(self, frame: QRectF, size: QSizeF) -> list[QRectF]:
        """The places beside a frame."""
        return [
            self._in_band(frame, left, size).translated(0.0, row * (size.height() + _ABOVE))
            for left in (frame.left() - GAP - size.width(), frame.right() + GAP)
            for row in range(2)
        ]

    def _below(self, frame: QRectF, size: QSizeF) -> list[QRectF]:
        """The places below a frame."""
        top = frame.bottom() + _ABOVE
        return [_on_pixels(left, top, size) for left in (frame.left(), frame.right() - size.width())]

    def _is_cut(self, place: QRectF) -> bool:
        return not self._bounds.contains(place)

    def _inside(self, frame: QRectF, size: QSizeF, left: float, over: float = 0.0) -> QRectF | None:
        if size.width() > frame.width() - 2 * GAP:
            return None
        return self._take(next(self._free([self._in_band(frame, left, size)], over), None))

    def _in_band(self, frame: QRectF, left: float, size: QSizeF) -> QRectF:
        """At the height of the band across the top of a frame, and not below it, where the first layer is."""
        middle = frame.top() + TITLE_HEIGHT * self._zoom / 2
        lowest = frame.top() + (TITLE_HEIGHT + 4.0) * self._zoom - size.height()
        return _on_pixels(left, min(middle - size.height() / 2, lowest), size)

    def _free(self, places: Sequence[QRectF], over: float = 0.0) -> Iterator[QRectF]:
        """Those of `places` at which a title lies on no other one and on no layer, but for `over` pixels at its top."""
        covering = [scaled(place.adjusted(0.0, over, 0.0, 0.0), 1 / self._zoom) for place in places]
        for place, is_met in zip(places, self._cards.met(covering), strict=True):
            if not is_met and not any(map(place.intersects, self._taken)):
                yield place

    def _lies_on_another(self, frame: QRectF, place: QRectF) -> bool:
        """Whether a title would be taken for that of another frame; those around its own are none."""
        return any(place.intersects(other) and not other.contains(frame) for other in self._frames)

    def _take(self, place: QRectF | None) -> QRectF | None:
        if place is not None:
            self._taken.append(place)
        return place


def scaled(rect: QRectF, zoom: float) -> QRectF:
    """A rectangle in other units."""
    return QRectF(rect.x() * zoom, rect.y() * zoom, rect.width() * zoom, rect.height() * zoom)


def _on_pixels(left: float, top: float, size: QSizeF) -> QRectF:
    return QRectF(round(left), round(top), round(size.width()), round(size.height()))
