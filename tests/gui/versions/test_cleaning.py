"""The app takes the versions of deleted projects away while it runs, on another thread."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine import versions
from engine.versions import GONE_FOR
from engine.zoo.registry import ZOO
from gui.versions.cleaning import VersionCleaning


def test_it_cleans_once_in_the_background(qtbot: QtBot, tmp_path: Path) -> None:
    kept, gone = tmp_path / "kept.netwright", tmp_path / "gone.netwright"
    now = datetime.now(UTC)
    for path in (kept, gone):
        versions.save(ZOO["spirals_mlp"].build(), path, now - 3 * GONE_FOR)
    gone.unlink()
    versions.clean(now - 2 * GONE_FOR)
    cleaning = VersionCleaning()
    with qtbot.waitSignal(cleaning.work.done, timeout=10_000) as finished:
        cleaning.start(0)
    assert finished.args == [[gone]]
    assert versions.versions(gone) == []
    assert len(versions.versions(kept)) == 1
    cleaning.stop()


def test_stopped_before_its_time_it_does_nothing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned: list[bool] = []
    monkeypatch.setattr(versions, "clean", lambda **_: cleaned.append(True))
    cleaning = VersionCleaning()
    cleaning.start(0)
    cleaning.stop()
    qtbot.wait(10)
    assert not cleaning.work.is_busy
    cleaning.start(0)
    qtbot.waitUntil(lambda: cleaned == [True])
    cleaning.stop()
