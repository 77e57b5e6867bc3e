"""What is done with a large network beside looking at it and moving layers: edits of thousands of layers at once.

Measured of Netwright alone, in the window of a sitting. What panels make of a change is part of what one waits for.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.inspector.form import ParamForm
from gui.main_window import MainWindow
from tests.benchmarks.hands import settle, timed

LAYOUT = "automatic layout, until it is shown"
LAYOUT_PART = "the same: what the window's thread does in one go"
TYPE = "typing a digit into a layer's form"
DELETE, UNDO_DELETE, REDO_DELETE = "delete all", "undo of deleting all", "redo of deleting all"
PASTE, UNDO_PASTE = "paste of 2,000 nodes, or all there are", "undo of pasting them"
SELECT_PANELS = "select all, every panel open"
DELETE_PANELS, UNDO_DELETE_PANELS = "delete all, every panel open", "undo of deleting all, every panel open"

_PASTED = 2000
_DIGITS = (Qt.Key.Key_1, Qt.Key.Key_7, Qt.Key.Key_Backspace)
_REPEATS = 3
_PAUSE_S = 0.002
_Times = dict[str, list[float]]


def edits(window: MainWindow, clock: Callable[[], float]) -> _Times:
    """The milliseconds that everything took by `clock`, by what it was; the network is left as it was."""
    times: _Times = {}
    times[LAYOUT], times[LAYOUT_PART] = _lay_out(window, clock)
    times[TYPE] = _type(window, clock)
    _delete(window, clock, times, (DELETE, UNDO_DELETE, REDO_DELETE))
    _paste(window, clock, times)
    # The next sitting begins with the window as this one leaves it.
    arrangement = window.saveState()
    for dock in window.panels.docks:
        dock.setFloating(True)
        dock.show()
        settle()
    times[SELECT_PANELS] = _select_all(window, clock)
    _delete(window, clock, times, (DELETE_PANELS, UNDO_DELETE_PANELS))
    window.restoreState(arrangement)
    settle()
    return times


def _lay_out(window: MainWindow, clock: Callable[[], float]) -> tuple[list[float], list[float]]:
    """How long each layout takes by the wall clock, and the longest that the window cannot be used meanwhile."""
    whole, parts = [], []
    for _ in range(_REPEATS):
        window.workspace.select([])
        settle()
        arranging = window.sheet.arranging
        start = time.perf_counter()
        rounds = [timed(arranging.arrange, clock)]
        while arranging.is_busy:
            time.sleep(_PAUSE_S)
            rounds.append(timed(_nothing, clock))
        whole.append(1000 * (time.perf_counter() - start))
        parts.append(max(rounds))
        _undo(window)
    return whole, parts


def _type(window: MainWindow, clock: Callable[[], float]) -> list[float]:
    """Digits in the number of channels of a layer in the middle."""
    nodes = [node.id for node in window.workspace.graph.nodes.values() if node.layer == "conv2d"]
    window.workspace.select([nodes[len(nodes) // 2]])
    window.workspace.undo_stack.setClean()
    settle()
    form = next(form for form in window.sheet.inspector.findChildren(ParamForm) if form.isVisible())
    form.focus_on("out_channels")
    field = QApplication.focusWidget()
    assert field is not None, "the window has no keyboard"
    found = [timed(lambda key=key: QTest.keyClick(field, key), clock) for _ in range(_REPEATS) for key in _DIGITS]
    assert not window.workspace.undo_stack.isClean(), "nothing has been typed"
    window.view.setFocus()
    while not window.workspace.undo_stack.isClean():
        _undo(window)
    return found


def _delete(window: MainWindow, clock: Callable[[], float], times: _Times, names: tuple[str, ...]) -> None:
    slots = window.sheet.slots()
    acts = (slots["delete"], slots["undo"], slots["redo"])
    slots["select_all"]()
    settle()
    for name, act in zip(names, acts, strict=False):
        times.setdefault(name, []).append(timed(act, clock))
    while not window.workspace.graph.nodes:
        _undo(window)


def _paste(window: MainWindow, clock: Callable[[], float], times: _Times) -> None:
    slots = window.sheet.slots()
    window.workspace.select(list(window.workspace.graph.nodes)[:_PASTED])
    settle()
    slots["copy"]()
    times[PASTE] = [timed(slots["paste"], clock)]
    times[UNDO_PASTE] = [timed(slots["undo"], clock)]


def _select_all(window: MainWindow, clock: Callable[[], float]) -> list[float]:
    found = []
    for _ in range(_REPEATS):
        window.workspace.select([])
        settle()
        found.append(timed(window.sheet.slots()["select_all"], clock))
    return found


def _undo(window: MainWindow) -> None:
    window.sheet.slots()["undo"]()
    settle()


def _nothing() -> None:
    """What a round of events begins with while one waits."""
