"""Work in small steps: results, reasons, and that events are handled in between."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from engine.graph.document import DocumentError
from gui import theme
from gui.canvas.style import style
from gui.pictures.ground import GROUNDS
from gui.pictures.picture import Picture
from gui.pictures.stepwise import Steps, Stepwise, at_once

if TYPE_CHECKING:
    from conftest import Canvas


def work(steps: int, seconds: float = 0.0, ended: list[str] | None = None) -> Steps[str]:
    try:
        for step in range(steps):
            time.sleep(seconds)
            yield (step + 1) / steps
    finally:
        if ended is not None:
            ended.append("ended")
    return "result"


def refused() -> Steps[str]:
    yield 0.5
    raise DocumentError("It cannot be.")


def test_at_once() -> None:
    assert at_once(work(3)) == "result"
    with pytest.raises(DocumentError, match="It cannot be"):
        at_once(refused())


def test_short_work_is_done_within_start(qtbot: QtBot) -> None:
    stepwise, results = Stepwise(), []
    stepwise.done.connect(results.append)
    stepwise.start(work(3))
    assert results == ["result"]
    assert not stepwise.is_busy


def test_long_work_lets_events_through_and_tells_how_far_it_is(qtbot: QtBot) -> None:
    stepwise, ticks, shares = Stepwise(), [], []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(1)
    stepwise.progressed.connect(shares.append)
    with qtbot.waitSignal(stepwise.done) as done:
        stepwise.start(work(30, 0.005))
        assert stepwise.is_busy
    timer.stop()
    assert done.args == ["result"]
    assert len(ticks) >= 3
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1


def test_reasons_are_told(qtbot: QtBot) -> None:
    stepwise, reasons = Stepwise(), []
    stepwise.failed.connect(reasons.append)
    stepwise.start(refused())
    assert reasons == ["It cannot be."]
    assert not stepwise.is_busy


def test_given_up_work_ends_where_it_is(qtbot: QtBot) -> None:
    stepwise, ended, results = Stepwise(), [], []
    stepwise.done.connect(results.append)
    stepwise.start(work(1000, 0.005, ended))
    stepwise.give_up()
    assert ended == ["ended"]
    assert not stepwise.is_busy
    qtbot.wait(60)
    assert results == []


def test_between_two_steps_the_window_has_its_own_colours(canvas: Canvas) -> None:
    picture = Picture(canvas.scene)
    image = QImage(picture.size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    shares = []
    for share in picture.painting(painter, GROUNDS[0]):
        assert style().theme is theme.DARK
        shares.append(share)
    painter.end()
    assert len(shares) > 1
    assert shares[-1] == 1.0
