"""Widgets in reference cycles are deleted by the window's thread, whoever allocates."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QCursor, QGuiApplication
from pytestqt.qtbot import QtBot

from gui.garbage import GarbageCollector
from gui.main_window import MainWindow


class Cyclic:
    """Something in the place of a widget that only the collector can delete, and that tells who did."""

    def __init__(self, deleted_by: list[threading.Thread]) -> None:
        self.me = self
        self._deleted_by = deleted_by

    def __del__(self) -> None:
        self._deleted_by.append(threading.current_thread())


def allocate() -> None:
    """Make enough garbage that Python would collect, were it allowed to."""
    for _ in range(50_000):
        cycle: list[object] = []
        cycle.append(cycle)


@pytest.fixture(autouse=True)
def _python_collects(_garbage_of_this_thread: None) -> Iterator[None]:
    """As before the app starts, and as often as usual; the other tests of the window do without."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    gc.enable()
    yield
    gc.disable()
    gc.set_threshold(*before)


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    made = GarbageCollector()
    made.start()
    yield made
    made.stop()


def in_another_thread() -> None:
    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()


def test_another_thread_never_deletes_widgets(collector: GarbageCollector) -> None:
    deleted_by: list[threading.Thread] = []
    Cyclic(deleted_by)
    in_another_thread()
    assert deleted_by == []
    collector.collect()
    gc.collect()
    assert deleted_by == [threading.main_thread()]


def test_without_it_another_thread_would(qtbot: QtBot) -> None:
    deleted_by: list[threading.Thread] = []
    Cyclic(deleted_by)
    in_another_thread()
    assert deleted_by
    assert deleted_by[0] is not threading.main_thread()


def test_garbage_is_collected_while_it_runs(collector: GarbageCollector) -> None:
    allocate()
    before = gc.get_count()[0]
    collector.collect()
    assert gc.get_count()[0] < before


def test_python_collects_again_afterwards(collector: GarbageCollector) -> None:
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Hold a button of the mouse down, or let it go."""

    def hold(is_down: bool) -> None:
        button = Qt.MouseButton.LeftButton if is_down else Qt.MouseButton.NoButton
        monkeypatch.setattr(QGuiApplication, "mouseButtons", lambda: button)

    return hold


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Move the pointer all the time, or keep it still."""
    places = count()

    def move(is_moving: bool) -> None:
        monkeypatch.setattr(QCursor, "pos", lambda: QPoint(next(places) if is_moving else -1, 0))

    return move


def test_nothing_is_collected_while_something_is_dragged(
    collector: GarbageCollector, held: Callable[[bool], None]
) -> None:
    allocate()
    before = gc.get_count()[0]
    held(True)
    collector.collect()
    assert gc.get_count()[0] >= before
    held(False)
    collector.collect()
    assert gc.get_count()[0] < before


def test_a_button_that_seems_to_be_held_for_ever_does_not_keep_garbage(
    collector: GarbageCollector, held: Callable[[bool], None]
) -> None:
    held(True)
    for _ in range(2):
        allocate()
        before, rounds = gc.get_count()[0], 0
        while gc.get_count()[0] >= before:
            collector.collect()
            rounds += 1
            assert rounds < 100
        assert rounds > 30


def promote(collector: GarbageCollector, kept: list[object], number: int) -> None:
    """Let so many objects become as old as they can, and the oldest generation due."""
    kept.extend([] for _ in range(number))
    for _ in range(gc.get_threshold()[2] + 3):
        for _ in range(gc.get_threshold()[1] + 2):
            gc.collect(0)
        collector.collect()


@pytest.fixture
def full() -> Iterator[list[int]]:
    """One entry for each time that all generations were looked at."""
    seen: list[int] = []

    def watch(phase: str, info: dict[str, int]) -> None:
        if phase == "stop" and info["generation"] == 2:
            seen.append(info["collected"])

    # What is there by now is not what this is about, and to look at all of it takes long.
    gc.freeze()
    gc.callbacks.append(watch)
    yield seen
    gc.callbacks.remove(watch)


def test_old_objects_are_looked_at_when_there_are_many_new_ones(
    collector: GarbageCollector, full: list[int], moving: Callable[[bool], None]
) -> None:
    moving(False)
    collector.collect()
    kept: list[object] = []
    promote(collector, kept, 100_000)
    before = len(full)
    promote(collector, kept, 1_000)
    assert len(full) == before, "a few more are no reason"
    promote(collector, kept, len(gc.get_objects(2)))
    assert len(full) > before


def test_old_objects_are_looked_at_while_the_pointer_rests(
    collector: GarbageCollector, full: list[int], moving: Callable[[bool], None]
) -> None:
    moving(True)
    collector.expect()
    for _ in range(30):
        collector.collect()
    assert full == []
    moving(False)
    collector.collect()
    collector.collect()
    assert len(full) == 1


def test_they_are_looked_at_in_the_end_though_it_never_rests(
    collector: GarbageCollector, full: list[int], moving: Callable[[bool], None]
) -> None:
    moving(True)
    collector.expect()
    for _ in range(100):
        collector.collect()
    assert len(full) == 1


def test_a_document_that_was_closed_is_garbage_soon(
    shared_window: MainWindow, collector: GarbageCollector, moving: Callable[[bool], None]
) -> None:
    moving(False)
    shared_window.documents.closed.connect(collector.expect)
    shared_window.documents.open_template("lenet5")
    sheet = weakref.ref(shared_window.sheet)
    shared_window.documents.open_template("spirals_mlp")
    shared_window.documents.close(sheet())
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        collector.collect()
    assert sheet() is None
