"""What all tests share: no screen, one thread for torch, a home of their own, and nothing left behind."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Workers of pytest-xdist share the cores; more threads than cores make torch crawl.
os.environ.setdefault("OMP_NUM_THREADS", "1")


settings.register_profile("quick", deadline=None, max_examples=10)
settings.register_profile("whole", deadline=None, max_examples=60)


def pytest_configure(config: pytest.Config) -> None:
    """Draw fewer examples where a test does not say how many, when only the quick part is asked for."""
    settings.load_profile("quick" if config.option.markexpr == "not slow" else "whole")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what the app writes for its user (recent files, recovery, log) out of the real home."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("NETWRIGHT_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def _no_thread_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5.0
    while left := [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]:
        if time.monotonic() > deadline:
            pytest.fail(f"threads left behind: {', '.join(thread.name for thread in left)}")
        time.sleep(0.01)
