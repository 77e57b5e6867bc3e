"""How quickly the canvas opens and handles large networks, and how a peer does on the same networks, in turns.

Each sitting is a process of its own: `canvas_sitting` for Netwright, `peers.nodegraphqt` for NodeGraphQt, which says
how to make the environment whose interpreter is given as `--peer`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.graph import document
from tests.benchmarks import edits, gestures
from tests.benchmarks.figures import Limit, Timing
from tests.benchmarks.networks import large_graph, plain

SIZES = (500, 2000, 5000)
ROUNDS = 3
_BUDGETED = 2000
"""The size for which there are budgets in milliseconds."""
_PATIENCE = 2000
"""In networks larger than this, the peer sits once, because opening one takes it minutes."""
_AHEAD = 5.0
"""So many times as fast as the peer opening and frames have to be, whatever the size."""
_OPENING, _FRAME = Limit(median=1000, ahead=_AHEAD), Limit(median=16, p99=33, ahead=_AHEAD)
_LIMITS = {
    **dict.fromkeys((gestures.OPEN_MEMORY, gestures.OPEN_FILE), _OPENING),
    **dict.fromkeys((gestures.PAN_WHOLE, gestures.PAN_NAMES, gestures.PAN_NEAR, gestures.ZOOM), _FRAME),
    **dict.fromkeys((gestures.DRAG_ONE_FAR, gestures.DRAG_ONE_NEAR), _FRAME),
    **dict.fromkeys((gestures.DRAG_MANY_FAR, gestures.DRAG_MANY_NAMES), _FRAME),
    edits.LAYOUT: Limit(median=2000),
}
_ROOT = Path(__file__).parents[2]
_Times = dict[str, list[float]]


@dataclass
class _Sitter:
    """A node editor that is measured."""

    name: str
    command: Sequence[str]
    rounds: int
    times: _Times = field(default_factory=dict)
    surface: tuple[int, int] = (0, 0)

    def sit(self, arguments: Sequence[str], home: Path) -> None:
        """One more sitting."""
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "NETWRIGHT_HOME": str(home)}
        done = subprocess.run(
            [*self.command, *arguments], cwd=_ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"{self.name} has failed: {done.stderr[-2000:]}")
        answer = json.loads(done.stdout.splitlines()[-1])
        width, height = answer["surface"]
        self.surface = (width, height)
        for name, times in answer["times"].items():
            self.times.setdefault(name, []).extend(times)


def measure(peer: str | None = None, clock: str = "perf_counter") -> Iterator[Timing]:
    """Open and handle networks of every size.

    Args:
        peer: the interpreter with NodeGraphQt; None leaves it out.
        clock: the function of `time` that measures.
    """
    with tempfile.TemporaryDirectory() as folder:
        for nodes in SIZES:
            yield from _measure(nodes, Path(folder), peer, clock)


def _measure(nodes: int, folder: Path, peer: str | None, clock: str) -> Iterator[Timing]:
    graph = large_graph(nodes)
    file, plain_file = folder / f"{nodes}.netwright", folder / f"{nodes}.json"
    document.write(graph, file)
    plain_file.write_text(json.dumps(plain(graph)), encoding="utf-8")
    ours = _Sitter("Netwright", [sys.executable, "-m", "tests.benchmarks.canvas_sitting"], ROUNDS)
    theirs = None
    if peer is not None:
        rounds = ROUNDS if nodes <= _PATIENCE else 1
        theirs = _Sitter("NodeGraphQt", [peer, "-m", "tests.benchmarks.peers.nodegraphqt"], rounds)
    for number in range(ROUNDS):
        # Ours is the first, because it tells how large the canvas is; from then on the order alternates.
        sitters = [ours] if theirs is None or number >= theirs.rounds else [ours, theirs]
        for sitter in sitters if number % 2 == 0 else reversed(sitters):
            if sitter is ours:
                sitter.sit([str(file), clock], folder / "home")
            else:
                sitter.sit([str(plain_file), clock, *map(str, ours.surface)], folder / "home")
    width, height = ours.surface
    how = f"{len(graph.edges):,} wires, window 1440×900, canvas {width}×{height}, software painting, {ROUNDS} sittings"
    how += "" if theirs is not None else "; NodeGraphQt left out: no --peer was given"
    how += "" if clock == "perf_counter" else f"; {clock}"
    for name, times in ours.times.items():
        limit = _LIMITS.get(name, Limit())
        if nodes != _BUDGETED:
            limit = Limit(ahead=limit.ahead)
        rival = None if theirs is None or name not in theirs.times else statistics.median(theirs.times[name])
        yield Timing(f"{nodes:,} nodes: {name}", times, limit, rival, f"{how}, {len(times)} times")
