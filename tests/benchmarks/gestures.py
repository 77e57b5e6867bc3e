"""What is done with a large network in a node editor, in the same way and by the same clock whichever editor it is.

An editor runs in a process of its own: it makes itself an `Editor`, lets `sitting` handle it and prints what that
returns. Nothing here knows more than Qt, so that peers can run with an interpreter that has nothing of Netwright.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget

from tests.benchmarks.hands import Hands, settle, timed

OPEN_MEMORY = "open, document in memory, to the first whole frame"
OPEN_FILE = "open, from the file, to the first whole frame"
PAN_WHOLE, PAN_NAMES, PAN_NEAR = (f"pan frame, {view}" for view in ("whole network in view", "at 28 %", "at 100 %"))
ZOOM = "zoom frame, between the whole network and 100 %"
DRAG_ONE_FAR, DRAG_ONE_NEAR = (f"drag frame of one node, {view}" for view in ("at 5 %", "at 100 %"))
DRAG_MANY_FAR, DRAG_MANY_NAMES = (f"drag frame of 200 nodes, {view}" for view in ("at 5 %", "at 28 %"))
DROP_MANY = "drop of the 200 nodes"
UNDO, REDO = "undo of the move of 200 nodes", "redo of the move of 200 nodes"
SELECT_ALL = "select all"

ZOOM_STEP = 1.0618
"""By how much one step of a finely stepped wheel magnifies."""
_FRAMES = 60
_NAMES_ZOOM = 0.28
_FAR_ZOOM = 0.05
"""At less than this, a node is too small to be taken hold of."""
_HANDLE = QPointF(-50.0, 0.0)
"""Where a node is taken hold of, from its middle: beside its ports, which from far are in the way."""
_REPEATS = 3
_MOST_S = 15.0
"""A slow editor is spared the rest of the frames of a kind after this time."""
_LEAST = 2
_MARGIN = 48.0
_BLOCK = (10, 20)
"""Columns and rows of the 200 nodes."""
_Place = tuple[float, float]


class Editor(Protocol):
    """A node editor in a window that is shown."""

    wheel: int
    """The rotation of the mouse wheel that magnifies by `ZOOM_STEP`."""

    @property
    def surface(self) -> QWidget:
        """The widget on which nodes are painted; another one after each opening, maybe."""

    def open_memory(self) -> None:
        """Show the network, which is in memory already."""

    def open_file(self) -> None:
        """Show the network from its file."""

    def close_document(self) -> None:
        """Show nothing."""

    def look(self, zoom: float, middle: _Place) -> None:
        """Bring `middle` into the middle of the view, with `zoom` pixels for each unit of the scene."""

    def place_of(self, place: _Place) -> QPointF:
        """Where a point of the scene is on the surface, in pixels."""

    def select(self, nodes: Sequence[int]) -> None:
        """Select the nodes of these numbers and no others."""

    def select_all(self) -> None:
        """Select all nodes, as its user does."""

    def undo(self) -> None:
        """Take the last change back, as its user does."""

    def redo(self) -> None:
        """Make the change again that was taken back."""


@dataclass(frozen=True)
class Plan:
    """Where nodes stand, and what follows from that."""

    places: Sequence[_Place]
    """The middle of each node; they stand in equal columns."""

    @property
    def rows(self) -> int:
        """How many nodes stand in a column."""
        return next(index for index, place in enumerate(self.places) if place[0] != self.places[0][0])

    @property
    def middle(self) -> _Place:
        """The middle of everything."""
        xs, ys = zip(*self.places, strict=True)
        return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2

    @property
    def ground(self) -> _Place:
        """A place between two columns, in the middle of everything, where there is no node."""
        columns = sorted({x for x, _ in self.places})
        half = len(columns) // 2
        return (columns[half - 1] + columns[half]) / 2, self.places[self.rows // 2][1]

    def fitting(self, surface: QWidget) -> float:
        """The zoom at which everything is in view."""
        xs, ys = zip(*self.places, strict=True)
        across = (surface.width() - 2 * _MARGIN) / (max(xs) - min(xs) + 200)
        return min(across, (surface.height() - 2 * _MARGIN) / (max(ys) - min(ys) + 100))

    def block(self) -> list[int]:
        """The numbers of 200 nodes in the middle."""
        columns, rows = _BLOCK
        left, top = (len({x for x, _ in self.places}) - columns) // 2, (self.rows - rows) // 2
        return [(left + column) * self.rows + top + row for column in range(columns) for row in range(rows)]


def sitting(editor: Editor, plan: Plan, clock: Callable[[], float] = perf_counter) -> dict[str, list[float]]:
    """The milliseconds that everything took by `clock`, by what it was."""
    times: dict[str, list[float]] = {}
    _open(editor, times, clock)
    hands = Hands(editor.surface, clock)
    whole = plan.fitting(editor.surface)
    for name, zoom in ((PAN_WHOLE, whole), (PAN_NAMES, _NAMES_ZOOM), (PAN_NEAR, 1.0)):
        times[name] = _pan(editor, hands, plan, zoom)
    times[ZOOM] = _zoom(editor, hands, plan, whole)
    one = plan.block()[len(plan.block()) // 2]
    for name, zoom in ((DRAG_ONE_FAR, _FAR_ZOOM), (DRAG_ONE_NEAR, 1.0)):
        editor.select([])
        _look(editor, zoom, plan.places[one])
        times[name], _ = _drag(editor, hands, plan.places[one], clock)
        editor.undo()
        settle()
    for name, zoom in ((DRAG_MANY_FAR, _FAR_ZOOM), (DRAG_MANY_NAMES, _NAMES_ZOOM)):
        editor.select(plan.block())
        _look(editor, zoom, plan.places[one])
        times[name], drop = _drag(editor, hands, plan.places[one], clock)
        times.setdefault(DROP_MANY, []).append(drop)
        for _ in range(_REPEATS):
            times.setdefault(UNDO, []).append(hands.frame(editor.undo))
            times.setdefault(REDO, []).append(hands.frame(editor.redo))
        editor.undo()
    editor.select([])
    _look(editor, whole, plan.middle)
    times[SELECT_ALL] = _series(lambda: hands.frame(editor.select_all), lambda: editor.select([]), _REPEATS)
    return times


def _open(editor: Editor, times: dict[str, list[float]], clock: Callable[[], float]) -> None:
    """Open again and again, and leave the network open."""
    for _ in range(2):
        for name, act in ((OPEN_MEMORY, editor.open_memory), (OPEN_FILE, editor.open_file)):
            editor.close_document()
            settle()
            times.setdefault(name, []).append(timed(act, clock))
        if times[OPEN_FILE][0] > 1000 * _MOST_S:
            return


def _look(editor: Editor, zoom: float, middle: _Place) -> None:
    editor.look(zoom, middle)
    settle()


def _pan(editor: Editor, hands: Hands, plan: Plan, zoom: float) -> list[float]:
    _look(editor, zoom, plan.ground)
    start = editor.place_of(plan.ground)
    hands.press(start, Qt.MouseButton.MiddleButton)
    ways = _there_and_back(QPointF(7.0, 5.0))
    result = _series(lambda: hands.frame(lambda: hands.move(start + next(ways))))
    hands.release()
    return result


def _zoom(editor: Editor, hands: Hands, plan: Plan, whole: float) -> list[float]:
    _look(editor, whole, plan.ground)
    place = editor.place_of(plan.ground)
    steps = math.floor(math.log(1.0 / whole) / math.log(ZOOM_STEP))
    turns = iter([*[editor.wheel] * steps, *[-editor.wheel] * steps])
    return _series(lambda: hands.frame(lambda: hands.turn_wheel(place, next(turns))), frames=2 * steps)


def _drag(editor: Editor, hands: Hands, node: _Place, clock: Callable[[], float]) -> tuple[list[float], float]:
    """The times of the frames, and of the drop."""
    start = editor.place_of((node[0] + _HANDLE.x(), node[1] + _HANDLE.y()))
    hands.press(start)
    settle()
    ways = _there_and_back(QPointF(5.0, 3.0))
    frames = _series(lambda: hands.frame(lambda: hands.move(start + next(ways))))
    hands.move(start + QPointF(60.0, 40.0))
    settle()
    return frames, timed(hands.release, clock)


def _there_and_back(step: QPointF) -> Iterator[QPointF]:
    """How far the pointer is from where it began, frame for frame: out and in again, for ever."""
    turn = _FRAMES // 2
    frame = 0
    while True:
        frame += 1
        yield step * (turn - abs(turn - frame % (2 * turn)))


def _series(once: Callable[[], float], between: Callable[[], object] = settle, frames: int = _FRAMES) -> list[float]:
    """The times of so many frames, or of fewer when they take too long."""
    start, found = perf_counter(), []
    while len(found) < frames and (len(found) < _LEAST or perf_counter() - start < _MOST_S):
        found.append(once())
        between()
    return found
