"""Whoever closes a document whose network is being trained is asked first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QTabBar

from engine.training.status import RunState, RunStatus
from gui.main_window import MainWindow
from gui.sheet import Sheet
from gui.training.bridge import TrainingBridge

if TYPE_CHECKING:
    from conftest import Edit, MessageBoxes, State

Button = QMessageBox.StandardButton


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the run of a document stand somewhere, without torch."""
    states: dict[TrainingBridge, RunState] = {}

    def status(bridge: TrainingBridge) -> RunStatus:
        return RunStatus(state=states.get(bridge, RunState.IDLE))

    monkeypatch.setattr(TrainingBridge, "status", property(status))

    def stand(sheet: Sheet, state: RunState) -> None:
        states[sheet.desk.bridge] = state

    return stand


def middle_click(window: MainWindow) -> None:
    (bar,) = [bar for bar in window.sheets.findChildren(QTabBar, "documentTabs") if bar.isVisible()]
    QTest.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=bar.tabRect(0).center())


WAYS: dict[str, Callable[[MainWindow], object]] = {
    "its tab": middle_click,
    "the menu": lambda window: (
        window.sheets.show_sheet(window.sheets.sheets[0]),
        window.actions_table["close_document"].trigger(),
    ),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("state", [RunState.STARTING, RunState.RUNNING, RunState.PAUSED])
@pytest.mark.parametrize("way", WAYS)
def test_who_closes_a_document_during_a_run_is_asked(
    way: str,
    state: RunState,
    window: MainWindow,
    two: tuple[Sheet, Sheet],
    boxes: MessageBoxes,
    run: Callable[..., None],
) -> None:
    first, second = two
    run(first, state)
    boxes.answer(Button.Cancel)
    WAYS[way](window)
    assert boxes.said == [f"“{first.title}” is being trained: closing it ends the run."]
    assert window.sheets.sheets == [first, second]
    assert window.sheet is first
    boxes.answer(Button.Close)
    WAYS[way](window)
    assert window.sheets.sheets == [second]


def test_the_window_asks_for_every_run(
    window: MainWindow, two: tuple[Sheet, Sheet], boxes: MessageBoxes, run: Callable[..., None]
) -> None:
    for sheet in two:
        run(sheet, RunState.RUNNING)
    boxes.answer(Button.Close, Button.Cancel)
    assert not window.close()
    assert boxes.said == [f"“{sheet.title}” is being trained: closing it ends the run." for sheet in two]
    assert window.isVisible()
    assert window.sheet is two[1]


def test_changes_are_asked_about_as_well(
    window: MainWindow,
    two: tuple[Sheet, Sheet],
    boxes: MessageBoxes,
    run: Callable[..., None],
    edit: Edit,
    state: State,
) -> None:
    edit()
    run(two[1], RunState.RUNNING)
    before = state()
    boxes.answer(Button.Close, Button.Cancel)
    assert not window.documents.close(two[1])
    assert len(boxes.said) == 2
    assert state() == before


@pytest.mark.parametrize("state", [RunState.IDLE, RunState.STOPPED, RunState.FINISHED, RunState.FAILED])
def test_a_run_that_is_over_is_no_reason_to_ask(
    state: RunState, window: MainWindow, two: tuple[Sheet, Sheet], boxes: MessageBoxes, run: Callable[..., None]
) -> None:
    run(two[0], state)
    assert window.documents.close(two[0])
    assert boxes.said == []


def test_the_buttons_say_what_they_do(
    window: MainWindow, two: tuple[Sheet, Sheet], run: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(two[0], RunState.RUNNING)
    seen: list[list[str]] = []

    def look(box: QMessageBox) -> int:
        seen.append([box.button(kind).text() for kind in (Button.Close, Button.Cancel)])
        assert box.defaultButton() is box.button(Button.Cancel)
        assert box.escapeButton() is box.button(Button.Cancel)
        return Button.Cancel

    monkeypatch.setattr(QMessageBox, "exec", look)
    assert not window.documents.close(two[0])
    assert seen == [["Stop and close", "Keep training"]]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
