"""What documents take of memory while they are open, and whether they give it back.

Each measurement is a process of its own: `python -m tests.benchmarks.memory WHAT` prints as JSON what it has seen.
It reads what Linux and its C library tell of a process, and so runs on Linux alone.

Whatever is done again and again may leave nothing behind. Its rounds are measured at several marks, after some rounds
in which caches fill; the growth per round is the slope of the line through the marks, told with its standard error.
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
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication

from engine.graph.blocks import block_of
from gui import theme
from gui.app import make_application
from gui.canvas.camera import Look
from gui.main_window import MainWindow
from tests.benchmarks.canvas_sitting import close_window, open_app, open_window, plan_of
from tests.benchmarks.figures import Figure
from tests.benchmarks.hands import settle
from tests.benchmarks.networks import large_graph

LARGE, SMALL = 5000, 60
_ROUNDS = {"opens": 200, "replaced": 200, "selections": 200, "themes": 50, "blocks": 50, "windows": 20}
_EACH = {
    "opens": "document opened and closed",
    "replaced": "document replaced in its tab",
    "selections": "selection of another layer",
    "themes": "change of the theme and back",
    "blocks": "visit to the inside of a block",
    "windows": "window opened and closed",
}
_MARKS = 5
_SETTLED_BY = 0.2
"""The share of the rounds after which caches are full."""
_REST_S = 1.5
"""What runs in the background has ended, and its results are shown, after this time."""
_MOST_KB = {"windows": 50}
"""How much a round may leave behind; less than this nobody would notice in a day."""
_MOST_KB_ELSE = 5
_ROOT = Path(__file__).parents[2]
_OURS = ("gui.", "engine.")
_PYTHON_BLOCK = 64
"""About how many bytes a small object of Python takes."""


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
    blocks: int
    """The small objects of Python, whose memory is not part of the heap."""
    widgets: int
    objects: dict[str, int]
    """The living Python objects of our own classes, by class."""

    @property
    def used(self) -> float:
        """What is allocated in and outside of Python, in kB."""
        return 1000 * self.heap + self.blocks * _PYTHON_BLOCK / 1000


def measure() -> list[Figure]:
    """Measure a large document, and all that is done again and again."""
    figures = _large()
    for what in _ROUNDS:
        figures += _repeated(what)
    return figures


def _large() -> list[Figure]:
    empty, full = _child("large")
    how = f"{LARGE:,} nodes, window 1440×900 with torch loaded, looked at from far and near, over the empty window"
    return [
        Figure(f"memory of a document of {LARGE:,} nodes, resident", full.rss - empty.rss, "MB", "≤ 300 MB", how),
        Figure("the same, of the process alone", full.uss - empty.uss, "MB", "≤ 300 MB", how),
        Figure("the same, at the peak", full.peak - empty.rss, "MB", "≤ 300 MB", how),
    ]


def _repeated(what: str) -> list[Figure]:
    states = _child(what)
    marks = _marks(_ROUNDS[what])
    grown, error = _slope(marks, [state.used for state in states])
    resident, resident_error = _slope(marks, [1000 * state.rss for state in states])
    first, last = states[0], states[-1]
    more = Counter(last.objects)
    more.subtract(first.objects)
    left = {name: count for name, count in more.items() if count > 0}
    names = ", ".join(f"{count} {name}" for name, count in sorted(left.items(), key=lambda pair: -pair[1])[:6])
    each, budget = _EACH[what], f"≤ {_MOST_KB.get(what, _MOST_KB_ELSE)} kB"
    seen = ", ".join(f"{mark}: {state.rss:.1f}" for mark, state in zip(marks, states, strict=True))
    how = f"from the {marks[0]}th to the {marks[-1]}th time, a document of {SMALL} nodes"
    return [
        Figure(f"growth of what is allocated with each {each}", grown, "kB", budget, f"± {error:.1f} kB, {how}"),
        Figure(
            f"growth of the process with each {each}",
            resident,
            "kB",
            "≤ 50 kB",
            f"± {resident_error:.1f} kB; MB resident after {seen}",
        ),
        Figure(f"objects of our classes more than before, {each}", sum(left.values()), "", "0", names or how),
        Figure(f"widgets more than before, {each}", last.widgets - first.widgets, "", "0", how),
    ]


def _marks(rounds: int) -> list[int]:
    """After how many rounds the process is looked at."""
    return [round(number) for number in np.linspace(_SETTLED_BY * rounds, rounds, _MARKS)]


def _slope(marks: Sequence[int], values: Sequence[float]) -> tuple[float, float]:
    """By how much `values` grow with each round, and the standard error of that."""
    (slope, _), covariance = np.polyfit(marks, values, 1, cov=True)
    return float(slope), float(np.sqrt(covariance[0, 0]))


def _child(what: str) -> list[_State]:
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
    return [_State(**state) for state in json.loads(done.stdout.splitlines()[-1])]


# In the process that is measured


def _see_large() -> list[_State]:
    window = open_app()
    empty = _state()
    _forget_peak()
    graph = large_graph(LARGE)
    plan = plan_of(graph)
    window.documents.start(lambda: graph, "large")
    while window.workspace.document_analysis is None:
        settle()
    for zoom in (plan.fitting(window.view.viewport()), 0.3, 1.0):
        window.view.camera.look_again(Look(zoom, plan.middle))
        settle()
    window.workspace.select(window.workspace.graph.nodes)
    settle()
    full = _state()
    close_window(window)
    return [empty, full]


def _see(what: str, rounds_of: Callable[[MainWindow], Callable[[], object]]) -> list[_State]:
    window = open_app()
    window.documents.start(lambda: large_graph(SMALL), "small")
    states = _repeat(rounds_of(window), _marks(_ROUNDS[what]))
    close_window(window)
    return states


def _opens(window: MainWindow) -> Callable[[], object]:
    graph = large_graph(SMALL)

    def once() -> None:
        window.documents.start(graph.snapshot, "another")
        settle()
        window.documents.close(window.sheet)

    return once


def _replaced(window: MainWindow) -> Callable[[], object]:
    graph = large_graph(SMALL)
    return lambda: window.workspace.replace(graph.snapshot())


def _selections(window: MainWindow) -> Callable[[], object]:
    nodes = list(window.workspace.graph.nodes)

    def once() -> None:
        nodes.append(nodes.pop(0))
        window.workspace.select(nodes[:1])

    return once


def _themes(window: MainWindow) -> Callable[[], object]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)

    def once() -> None:
        for shown in (theme.LIGHT, theme.DARK):
            theme.apply(application, shown)
            settle()

    return once


def _blocks(window: MainWindow) -> Callable[[], object]:
    workspace = window.workspace
    workspace.select(list(workspace.graph.nodes)[10:14])
    window.sheet.slots()["group"]()
    instance = next(node.id for node in workspace.graph.nodes.values() if block_of(node.layer) is not None)

    def once() -> None:
        workspace.enter(instance)
        settle()
        workspace.leave()

    return once


def _see_windows() -> list[_State]:
    make_application()
    return _repeat(lambda: close_window(open_window()), _marks(_ROUNDS["windows"]))


def _repeat(once: Callable[[], object], marks: Sequence[int]) -> list[_State]:
    """The states after `once` was done so many times."""
    states = []
    for number in range(1, marks[-1] + 1):
        once()
        settle()
        if number in marks:
            states.append(_state())
    return states


def _state() -> _State:
    _rest()
    gc.collect()
    settle()
    gc.collect()
    # Qt keeps pictures up to ten megabytes; that is no leak.
    QPixmapCache.clear()
    heap, blocks = _heap_bytes(), sys.getallocatedblocks()
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
        blocks,
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


_SEE: dict[str, Callable[[], list[_State]]] = {
    "large": _see_large,
    "windows": _see_windows,
    **{
        what: lambda what=what, rounds_of=rounds_of: _see(what, rounds_of)  # type: ignore[misc]
        for what, rounds_of in (
            ("opens", _opens),
            ("replaced", _replaced),
            ("selections", _selections),
            ("themes", _themes),
            ("blocks", _blocks),
        )
    },
}


def main() -> None:
    """Measure what the command line names."""
    print(json.dumps([asdict(state) for state in _SEE[sys.argv[1]]()]))


if __name__ == "__main__":
    main()
