"""What all tests share: no screen, one thread for torch, a home of their own, and nothing left behind."""

from __future__ import annotations

import atexit
import gc
import itertools
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Workers of pytest-xdist share the cores; more threads than cores make torch crawl.
os.environ.setdefault("OMP_NUM_THREADS", "1")


# Tests that need more or fewer examples than most say so as a multiple of these.
settings.register_profile("quick", deadline=None, max_examples=4)
settings.register_profile("whole", deadline=None, max_examples=60)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Draw fewer examples when only the quick part is asked for, and import torch at its own speed."""
    settings.load_profile("quick" if config.option.markexpr == "not slow" else "whole")
    # PySide hooks into every import and searches the module's text for a switch that nothing here uses. As in the
    # app, the thousands of modules of torch are spared that.
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        setattr(feature, "_mod_uses_pyside", lambda module: False)  # noqa: B010
    if hasattr(config, "workerinput"):
        # The last thing a worker does: to take apart all that torch and Qt have made would take it seconds more.
        atexit.register(os._exit, 0)
    gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Decide what is slow: variants beyond a sample, and properties wherever they are tried in full.

    So the slow part does all that the quick part leaves out or shortens.
    """
    variants: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sampled") and not item.get_closest_marker("slow"):
            variants.setdefault(item.nodeid.partition("[")[0], []).append(item)
        if config.option.markexpr == "slow" and is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("slow")
    for group in variants.values():
        marker = group[0].get_closest_marker("sampled")
        assert marker is not None
        size = min(marker.args[0], len(group))
        sample = {number * len(group) // size for number in range(size)}
        for index, item in enumerate(group):
            if index not in sample:
                item.add_marker("slow")


def pytest_collection_finish() -> None:
    """Never look at what was imported and collected again when garbage is collected; it stays anyhow."""
    _let_loggers_propagate()
    gc.freeze()
    # What is frozen does not count as old, so that Python would look at all the rest far more often than usual.
    gc.set_threshold(2_000, 20, 50)
    gc.enable()


def _let_loggers_propagate() -> None:
    """Spare pytest to put its handler on forty loggers of torch, six times a test: what they say reaches the root."""
    for name, logger in logging.root.manager.loggerDict.items():
        if name.partition(".")[0] == "torch" and isinstance(logger, logging.Logger):
            logger.propagate = True


def pytest_unconfigure(config: pytest.Config) -> None:
    """Look at it once more at the end: torch's extensions complain if nobody does, unless they have no end."""
    if not hasattr(config, "workerinput"):
        gc.unfreeze()


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names of folders that are not there yet; `mktemp` would look for one among those of all tests before."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what the app writes for its user (recent files, recovery, log) out of the real home."""
    home = next(_homes)
    home.mkdir()
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
