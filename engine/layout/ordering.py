"""The order of the items in each row of a tangle: with few crossings, and kept where it is as good as any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.layout.grid import PORT, Grid, Order, Pairs, crossings, places

Floats: TypeAlias = NDArray[np.floating]
Strand: TypeAlias = tuple[int, float, int, float]
"""A wire between two rows: the item above and the place of its port, the item below and the place of its port."""

_ASLANT = 1e-4
"""What it costs, in crossings, when a long wire does not run straight down but to the next place."""
_SWEEPS = 8
"""How often rows are sorted by what they are wired to."""
_PATIENCE = 200
"""Of more items than this the library would keep other threads waiting too long: it holds on to the interpreter."""
_Way: TypeAlias = tuple[Literal["median", "barycenter"], Literal["original", "minimize"]]
_WAYS: Sequence[_Way] = [("median", "original"), ("barycenter", "original"), ("barycenter", "minimize")]
"""By what the library sorts items, and how it ranks them before; no way is always the best."""
_WORK = 100
"""So many items altogether are put in order from random starts, too: small tangles, whose search ends soon."""
_THREADING = 2000
"""With more items than this, long wires take the straight way and not that with the fewest crossings."""
_LARGE = 1500
"""With more items than this, fewer orders are looked at, and only neighbours are exchanged."""
_WIDE = 24
"""In rows of more items than this, only neighbours are exchanged."""


def ordered(grid: Grid, wished: Order) -> Order:
    """The best order found.

    What counts is the order of the nodes: the ways of long wires follow from it. So an order that is drawn can be read
    from the drawing again, and one that is wished is only left for one with fewer crossings.

    Args:
        wished: the order in which the nodes of each row would like to lie.
    """
    best = threaded(grid, wished)
    cost = crossings(grid, best)
    for start in _starts(grid) if cost else ():
        best, cost = _better(grid, start, best, cost)
    improved = cost > 0
    while improved:
        before = cost
        for start in (best, _swept(grid, best)) if len(grid.row) <= _LARGE else (best,):
            best, cost = _better(grid, start, best, cost)
        improved = 0 < cost < before
    return best


def _better(grid: Grid, start: Order, best: Order, cost: int) -> tuple[Order, int]:
    """The order found from `start` with its crossings, when it has fewer than `best`."""
    found = untangled(grid, start)
    if crossings(grid, found) < cost:
        found = threaded(grid, [[item for item in row if grid.is_node(item)] for row in found])
        found_cost = crossings(grid, found)
        if found_cost < cost:
            return found, found_cost
    return best, cost


def _starts(grid: Grid) -> Iterator[Order]:
    """Orders of all items from which to look for better ones; they depend on the structure alone."""
    rows: Order = [[] for _ in grid.rows]
    for item, row in enumerate(grid.row):
        rows[row].append(item)
    if len(grid.row) > _PATIENCE:
        yield _swept(grid, rows)
        return
    yield from _drawn(grid, rows)
    chance = Random(0)
    for _ in range(_WORK // len(grid.row)):
        yield [chance.sample(row, len(row)) for row in rows]


def _drawn(grid: Grid, rows: Order) -> Iterator[Order]:
    """The orders in which the layout library draws the items, after Sugiyama et al., 1981."""
    from fast_sugiyama import from_edges

    wires = [(item, target) for item, ends in enumerate(grid.down) for target, *_ in ends]
    for sorting, ranking in _WAYS:
        drawn = from_edges(
            wires, crossing_minimization=sorting, ranking_type=ranking, transpose=True, check_layout=False
        )
        place = drawn.align_layouts_horizontal().to_dict()
        yield [sorted(row, key=lambda item: place.get(item, (0.0, 0.0))[0]) for row in rows]


def _swept(grid: Grid, start: Order) -> Order:
    """The best order found by sorting each row by what its items are wired to, in sweeps from above and from below."""
    order = [list(row) for row in start]
    place = places(order)
    best, cost = start, crossings(grid, start)
    for sweep in range(_SWEEPS):
        is_down = sweep % 2 == 0
        for row in order if is_down else reversed(order):
            ends = {item: grid.up[item] if is_down else grid.down[item] for item in row}
            middle = {
                item: sum(place[other] + PORT * port for other, _, port in wires) / len(wires)
                for item, wires in ends.items()
                if wires
            }
            # Items that hang on nothing on that side stay where they are.
            wired = iter(sorted(middle, key=lambda item: middle[item]))
            row[:] = [next(wired) if item in middle else item for item in row]
            place.update((item, index) for index, item in enumerate(row))
        found = crossings(grid, order)
        if found < cost:
            best, cost = [list(row) for row in order], found
    return best


def threaded(grid: Grid, nodes: Order) -> Order:
    """The order of all items: that of the nodes, and the long wires where they cross the fewest others."""
    if len(grid.row) > _THREADING:
        return _straight(grid, nodes)
    order = [list(row) for row in nodes]
    place = places(order)
    strands: list[list[Strand]] = [
        [(item, leaves, target, enters) for item in row for target, leaves, enters in grid.down[item]] for row in order
    ]
    strands = [[strand for strand in row if strand[2] in place] for row in strands]
    for way in grid.ways:
        _thread(grid, order, strands, way)
    return order


def _straight(grid: Grid, nodes: Order) -> Order:
    """The long wires on straight lines from end to end."""
    x = {item: index - (len(row) - 1) / 2 for row in nodes for index, item in enumerate(row)}
    rows = [list(row) for row in nodes]
    for way in grid.ways:
        for step, item in enumerate(way[1:-1], 1):
            x[item] = x[way[0]] + (x[way[-1]] - x[way[0]]) * step / (len(way) - 1)
            rows[grid.row[item]].append(item)
    return [sorted(row, key=lambda item: (x[item], not grid.is_node(item), item)) for row in rows]


def _thread(grid: Grid, order: Order, strands: list[list[Strand]], way: list[int]) -> None:
    """Put the items of one long wire into their rows, where it crosses the fewest of `strands`; then it is one too."""
    steps = _steps(grid, way)
    top = grid.row[way[0]]
    here = np.array([order[top].index(way[0]) + PORT * steps[0][1]])
    cost: Floats = np.zeros(1)
    choices: list[NDArray[np.intp]] = []
    for number in range(1, len(way)):
        row = order[top + number]
        if number < len(steps):
            below = np.arange(len(row) + 1) - 0.5
        else:
            below = np.array([row.index(way[-1]) + PORT * steps[-1][3]])
        total = cost[:, None] + _cut_through(order, strands, top + number - 1, here, below)
        choices.append(total.argmin(axis=0))
        cost, here = total.min(axis=0), below
    gap = 0
    for number in range(len(steps) - 1, 0, -1):
        gap = int(choices[number][gap])
        order[top + number].insert(gap, way[number])
    for number, step in enumerate(steps):
        strands[top + number].append(step)


def _steps(grid: Grid, way: Sequence[int]) -> list[Strand]:
    """The parts of a long wire from row to row."""
    ends = ((upper, next(end for end in grid.down[upper] if end[0] == lower)) for upper, lower in pairwise(way))
    return [(upper, leaves, lower, enters) for upper, (lower, leaves, enters) in ends]


def _cut_through(order: Order, strands: Sequence[Sequence[Strand]], row: int, starts: Floats, ends: Floats) -> Floats:
    """How many strands below `row` a wire from each of `starts` to each of `ends` crosses; a little more if aslant."""
    aslant = _ASLANT * np.abs(starts[:, None] - ends[None, :])
    if not strands[row]:
        return aslant
    upper = {item: place for place, item in enumerate(order[row])}
    lower = {item: place for place, item in enumerate(order[row + 1])}
    above = np.array([upper[item] + PORT * port for item, port, _, _ in strands[row]])
    below = np.array([lower[item] + PORT * port for _, _, item, port in strands[row]])
    # A strand is to the left of all starts from the first of these numbers on, and to the right of those before the
    # second; of the ends likewise. So those that cross a wire are counted for all pairs of ends at once.
    left_above, right_above = np.searchsorted(starts, above, "right"), np.searchsorted(starts, above, "left")
    left_below, right_below = np.searchsorted(ends, below, "right"), np.searchsorted(ends, below, "left")
    leftwards = _counted(left_above, right_below, len(starts), len(ends))
    rightwards = _counted(left_below, right_above, len(ends), len(starts)).T
    return np.asarray(leftwards + rightwards + aslant)


def _counted(first: NDArray[np.intp], second: NDArray[np.intp], rows: int, columns: int) -> NDArray[np.intp]:
    """At (i, j), how many pairs there are of a number in `first` that is at most i with one in `second` above j."""
    table = np.bincount(first * (columns + 1) + second, minlength=(rows + 1) * (columns + 1))
    table = table.reshape(rows + 1, columns + 1).cumsum(axis=0)
    return np.asarray(table[:rows, ::-1].cumsum(axis=1)[:, ::-1][:, 1:])


def untangled(grid: Grid, start: Order) -> Order:
    """An order with fewer crossings than `start`, found by moving items within their rows as long as that helps."""
    order = [list(row) for row in start]
    place = places(order)
    is_small = len(grid.row) <= _LARGE
    changed = True
    while changed:
        changed = False
        for row in order:
            pairs = Pairs(grid, place)
            moved = _exchange(row, pairs)
            if is_small and 2 < len(row) <= _WIDE:
                moved |= _sift(row, pairs)
            if moved:
                place.update((item, index) for index, item in enumerate(row))
                changed = True
    return order


def _exchange(row: list[int], pairs: Pairs) -> bool:
    """Exchange neighbours where that saves crossings; whether it did."""
    changed, again = False, True
    while again:
        again = False
        for index in range(len(row) - 1):
            left, right = row[index], row[index + 1]
            if pairs.saved(left, right) > 0:
                row[index], row[index + 1] = right, left
                changed = again = True
    return changed


def _sift(row: list[int], pairs: Pairs) -> bool:
    """Move items of a row to where they save most crossings; whether any were saved."""
    changed = False
    for item in list(row):
        start = row.index(item)
        rest = [other for other in row if other != item]
        # How many crossings more or less than with the item at the left end of the row.
        costs = [0]
        for other in rest:
            costs.append(costs[-1] - pairs.saved(item, other))
        best = costs.index(min(costs))
        if costs[best] < costs[start]:
            rest.insert(best, item)
            row[:] = rest
            changed = True
    return changed
