"""Widgets in reference cycles are deleted by the window's thread, whoever allocates."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gui.garbage import GarbageCollector


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
    """As before the app starts; the other tests of the window do without."""
    gc.enable()
    yield
    gc.disable()


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


def test_nothing_is_collected_while_something_is_dragged(
    collector: GarbageCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    allocate()
    before = gc.get_count()[0]
    with monkeypatch.context() as patch:
        patch.setattr(QGuiApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
        collector.collect()
    assert gc.get_count()[0] >= before
    collector.collect()
    assert gc.get_count()[0] < before
