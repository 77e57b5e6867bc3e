"""What documents take of memory while they are open, and whether they give it back.

Each measurement is a process of its own: `python -m tests.benchmarks.memory WHAT` prints as JSON what it has seen.
It reads what Linux and its C library tell of a process, and so runs on Linux alone.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from gui.app import make_application
from gui.canvas.camera import Look
from tests.benchmarks.canvas_sitting import close_window, open_app, open_window, plan_of
from tests.benchmarks.figures import Figure
from tests.benchmarks.hands import settle
from tests.benchmarks.networks import large_graph

LARGE, SMALL = 5000, 500
OPENS = (20, 100, 200)
WINDOWS = (5, 30)
_REST_S = 1.5
"""What runs in the background has ended, and its results are shown, after this time."""
_ROOT = Path(__file__).parents[2]
_OURS = ("gui.", "engine.")


@dataclass(frozen=True)
class _State:
    """A process at one moment."""

    rss: float
    """All memory, in MB, once what is free has been given back to the system."""
    heap: float
    """What is allocated outside of Python, in MB: this grows by what is leaked alone."""
    uss: float
    """What it has for itself alone, in MB."""
    peak: float
    """The most since `_forget_peak`, in MB."""
    widgets: int
    objects: dict[str, int]
    """The living Python objects of our own classes, by class."""


def measure() -> list[Figure]:
    """Measure a large document, documents that are opened and closed, and windows that are opened and closed."""
    return [*_large(), *_repeated("opens", "opening and closing", OPENS), *_repeated("windows", "window", WINDOWS)]


def _large() -> list[Figure]:
    empty, full = (_State(**state) for state in _child("large"))
    how = f"{LARGE:,} nodes, window 1440×900 with torch loaded, looked at from far and near, over the empty window"
    return [
        Figure(f"memory of a document of {LARGE:,} nodes, resident", full.rss - empty.rss, "MB", "≤ 300 MB", how),
        Figure("the same, of the process alone", full.uss - empty.uss, "MB", "≤ 300 MB", how),
        Figure("the same, at the peak", full.peak - empty.rss, "MB", "≤ 300 MB", how),
    ]


def _repeated(what: str, each: str, counts: tuple[int, ...]) -> list[Figure]:
    states = [_State(**state) for state in _child(what)]
    first, last = states[0], states[-1]
    steps = counts[-1] - counts[0]
    grown, leaked = 1000 * (last.rss - first.rss) / steps, 1000 * (last.heap - first.heap) / steps
    seen = ", ".join(f"{count}: {state.rss:.1f}" for count, state in zip(counts, states, strict=True))
    more = Counter(last.objects)
    more.subtract(first.objects)
    left = {name: count for name, count in more.items() if count > 0}
    names = ", ".join(f"{count} {name}" for name, count in sorted(left.items(), key=lambda pair: -pair[1])[:6])
    document = f"a document of {SMALL} nodes, " if what == "opens" else "an empty window, "
    how = f"{document}from the {counts[0]}th to the {counts[-1]}th time; MB resident after {seen}"
    return [
        Figure(f"growth of the process with each {each}", grown, "kB", "≤ 50 kB", how),
        Figure(f"growth of what is allocated outside of Python with each {each}", leaked, "kB", "≤ 50 kB", how),
        Figure(f"objects of our classes more than before, {each}", sum(left.values()), "", "0", names or how),
        Figure(f"widgets more than before, {each}", last.widgets - first.widgets, "", "0", how),
    ]


def _child(what: str) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.memory", what],
            cwd=_ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "NETWRIGHT_HOME": home},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    states: list[dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return states


# In the process that is measured


def _see_large() -> list[_State]:
    window = open_app()
    empty = _state()
    _forget_peak()
    graph = large_graph(LARGE)
    plan = plan_of(graph)
    window.documents.start(lambda: graph, "large")
    for zoom in (plan.fitting(window.view.viewport()), 0.3, 1.0):
        window.view.camera.look_again(Look(zoom, plan.middle))
        settle()
    window.workspace.select(window.workspace.graph.nodes)
    settle()
    full = _state()
    close_window(window)
    return [empty, full]


def _see_opens() -> list[_State]:
    window = open_app()
    graph = large_graph(SMALL)

    def once() -> None:
        window.documents.start(graph.snapshot, "small")
        settle()
        window.documents.close(window.sheet)
        settle()

    states = _repeat(once, OPENS)
    close_window(window)
    return states


def _see_windows() -> list[_State]:
    make_application()
    return _repeat(lambda: close_window(open_window()), WINDOWS)


def _repeat(once: Callable[[], None], counts: tuple[int, ...]) -> list[_State]:
    """The states after `once` was done so many times."""
    states = []
    for number in range(1, counts[-1] + 1):
        once()
        if number in counts:
            states.append(_state())
    return states


def _state() -> _State:
    _rest()
    gc.collect()
    heap = _heap_bytes()
    status = _read_kb("/proc/self/status")
    shares = _read_kb("/proc/self/smaps_rollup")
    # Some of torch's classes have something else than a name where their module stands.
    names = (f"{type(thing).__module__}.{type(thing).__qualname__}" for thing in gc.get_objects())
    objects = Counter(name for name in names if name.startswith(_OURS))
    return _State(
        status["VmRSS"] / 1000,
        heap / 1e6,
        (shares["Private_Clean"] + shares["Private_Dirty"]) / 1000,
        status["VmHWM"] / 1000,
        len(QApplication.allWidgets()),
        dict(objects),
    )


def _rest() -> None:
    """Let everything end that is under way."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * _REST_S), loop.quit)
    loop.exec()
    settle()


def _read_kb(path: str) -> dict[str, int]:
    found = {}
    for line in Path(path).read_text(encoding="ascii").splitlines():
        name, _, rest = line.partition(":")
        if rest.endswith(" kB"):
            found[name] = int(rest.split()[0])
    return found


class _MallocInfo(ctypes.Structure):
    """What the C library tells of its memory, in bytes."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    )


def _heap_bytes() -> int:
    """What is allocated; what is free goes back to the system, so that it is not taken for a leak."""
    library = ctypes.CDLL(None)
    library.mallinfo2.restype = _MallocInfo
    library.malloc_trim(0)
    info = library.mallinfo2()
    return int(info.uordblks + info.hblkhd)


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


_SEE = {"large": _see_large, "opens": _see_opens, "windows": _see_windows}


def main() -> None:
    """Measure what the command line names."""
    print(json.dumps([asdict(state) for state in _SEE[sys.argv[1]]()]))


if __name__ == "__main__":
    main()
