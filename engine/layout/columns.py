"""Long drawings broken into columns, as a long text is: read the first from top to bottom, then the next one.

A drawing is broken only where a single node feeds all that follows, so that its wires alone lead to the next column.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from engine.graph.model import Point
from engine.layout.boxes import Box
from engine.layout.layering import Net, Wire
from engine.layout.metrics import NODE_HEIGHT, snap_up

_SHAPE = 2.0
"""The width over the height that a drawing in columns had better have: about that of a canvas."""
_MOST = 60
"""So many columns at most."""
_ENOUGH = 1.25
"""Only a drawing that can be shown larger by more than this factor then is broken at all."""
_STUB = 1.04
"""A column that is not even a quarter as high as the highest one is as bad as a drawing larger by this factor."""
_LEEWAY = 0.2
"""A column may be shorter or longer by this share, where there is a better place to break."""
_WITHIN = 4
"""A break within a group is as bad as so many more wires that lead on."""
_ASIDE = 48.0
"""From what is outermost in a column to the wires between it and the next one; edges of frames lie there too."""

Rows = tuple[int, int]
"""The first and the last of some rows."""


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One way to break a drawing."""

    places: dict[int, Point]
    right: float
    width: float
    height: float
    stubs: int
    """How many of the columns are much shorter than the others."""

    @property
    def badness(self) -> float:
        """How much it would have to be scaled down to be seen at once; more with stubs."""
        return max(self.width, self.height * _SHAPE) * _STUB**self.stubs


@dataclass(frozen=True, slots=True)
class _Breaks:
    """What has to be known of each row to say whether a column may end with it, and how good that is."""

    leading: Sequence[int]
    """How many wires lead on from it; 0 where they are those of several nodes, and at the last one."""
    begun: Sequence[int]
    """Of the groups that reach beyond it, the first row of the one that begins last; -1 where there is none."""
    ending: Sequence[int]
    """Of the groups that it is in and that begin above it, the last row of the one that ends first."""

    @property
    def last(self) -> int:
        """The number of the last row."""
        return len(self.leading) - 1

    def allows(self, start: int, end: int) -> bool:
        """Whether there may be a column from row `start` to `end`, which holds no part of a group beside other rows."""
        is_torn = self.begun[end] > start or self.ending[start] < end
        return (end == self.last or self.leading[end] > 0) and not is_torn

    def cost(self, end: int) -> int:
        """How bad it is to break behind row `end`."""
        return self.leading[end] + _WITHIN * (self.begun[end] >= 0)


def in_columns(
    net: Net, box: Box, arcs: Sequence[Wire], heights: Sequence[float], groups: Iterable[Collection[int]]
) -> tuple[dict[int, Point], float]:
    """Break a drawing into as many columns as show it the largest on a screen.

    Args:
        net: the network.
        box: the drawing from top to bottom.
        arcs: those wires in it that are no links.
        heights: how far down each row is.
        groups: nodes to keep together: a column holds them all, or they have columns of their own.

    Returns:
        The places of all nodes, and how far the last column reaches to the right.
    """
    breaks = _breaks(_leading_on(net, box, arcs), _spans(net, box, groups))
    rows = breaks.last + 1
    tried: dict[tuple[Rows, ...], _Drawing] = {}
    for count in range(1, min(_MOST, rows) + 1):
        columns = tuple(_columns(breaks, -(-rows // count)))
        if columns not in tried:
            tried[columns] = _drawn(net, box, heights, columns)
    whole, best = next(iter(tried.values())), min(tried.values(), key=lambda drawing: drawing.badness)
    if whole.badness <= _ENOUGH * best.badness:
        best = whole
    return best.places, best.right


def _spans(net: Net, box: Box, groups: Iterable[Collection[int]]) -> Iterator[Rows]:
    """From which row to which each group reaches, in this drawing."""
    for group in groups:
        rows = [net.rows[node] for node in group if node in box.places]
        if rows:
            yield min(rows), max(rows)


def _leading_on(net: Net, box: Box, arcs: Sequence[Wire]) -> list[int]:
    """How many wires lead on from each row; 0 where they are those of several nodes, and at the last one."""
    rows = max(box.cards) + 1
    sources, wires = [0] * rows, [0] * rows
    ends: dict[int, list[int]] = {}
    for wire in (*(wire for node in box.places for wire in net.down[node]), *arcs):
        ends.setdefault(wire.source, []).append(net.rows[wire.target])
    for source, targets in ends.items():
        row = net.rows[source]
        wires[row] += len(targets)
        sources[row] += 1
        sources[max(targets)] -= 1
        for target in targets:
            wires[target] -= 1
    counted = zip(accumulate(wires), accumulate(sources), strict=True)
    return [count if feeding == 1 else 0 for count, feeding in counted]


def _breaks(leading: Sequence[int], groups: Iterable[Rows]) -> _Breaks:
    """What tells whether a column may end, from the rows that each group reaches through."""
    begun, ending = [-1] * len(leading), [len(leading)] * len(leading)
    for first, last in groups:
        for row in range(first, last):
            begun[row] = max(begun[row], first)
            ending[row + 1] = min(ending[row + 1], last)
    return _Breaks(leading, begun, ending)


def _columns(breaks: _Breaks, most: int) -> Iterator[Rows]:
    """The rows of each column: about `most` of them, or as many more or fewer as need be."""
    start = 0
    while start <= breaks.last:
        stop = _stop(breaks, start, most)
        yield start, stop
        start = stop + 1


def _stop(breaks: _Breaks, start: int, most: int) -> int:
    """The last row of the column that begins with row `start`."""
    last = breaks.last
    least, limit = start + round((1 - _LEEWAY) * most), start + round((1 + _LEEWAY) * most)
    fitting = [end for end in range(start, min(limit, last + 1)) if breaks.allows(start, end)]
    if fitting and fitting[-1] == last:
        return last
    full = [end for end in fitting if end >= least]
    if full:
        return min(full, key=lambda end: (breaks.cost(end), abs(end + 1 - start - most)))
    return fitting[-1] if fitting else next((end for end in range(limit, last) if breaks.allows(start, end)), last)


def _drawn(net: Net, box: Box, heights: Sequence[float], columns: Sequence[Rows]) -> _Drawing:
    reaches = [_reach(box, column) for column in columns]
    shifts = [0.0]
    for (_, right), (left, _) in pairwise(reaches):
        # Wires to the next column run up half way between the axes of both.
        shifts.append(shifts[-1] + snap_up(2 * (max(right, -left) + _ASIDE)))
    origin = {
        row: (shift, heights[first])
        for (first, last), shift in zip(columns, shifts, strict=True)
        for row in range(first, last + 1)
    }
    places = {}
    for node, x in box.places.items():
        row = net.rows[node]
        shift, top = origin[row]
        places[node] = x + shift, heights[row] - top
    right = shifts[-1] + reaches[-1][1]
    tall = [heights[last] - heights[first] + NODE_HEIGHT for first, last in columns]
    stubs = sum(height < max(tall) / 4 for height in tall)
    return _Drawing(places, right, right - reaches[0][0], max(tall), stubs)


def _reach(box: Box, rows: Rows) -> tuple[float, float]:
    """How far the part of the drawing in some rows reaches to the left and to the right."""
    within = range(rows[0], rows[1] + 1)
    extents = [outline[row] for outline in (box.cards, box.wires) for row in within if row in outline]
    return min(left for left, _ in extents), max(right for _, right in extents)
