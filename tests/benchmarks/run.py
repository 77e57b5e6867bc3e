"""Measures Netwright and prints the figures as a Markdown table.

Run it from the top of the project on a quiet machine: `python -m tests.benchmarks.run [NAME ...] [--peer PYTHON]`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from tests.benchmarks.figures import Figure


class Row(Protocol):
    """Something measured."""

    def row(self) -> str:
        """It as a row of the table."""


@dataclass(frozen=True)
class Options:
    """What the command line says beside the names of the benchmarks."""

    peer: str | None
    """The interpreter of an environment with NodeGraphQt."""
    clock: str
    """The function of `time` by which the canvas is measured."""


def _training(options: Options) -> list[Figure]:
    import torch

    from tests.benchmarks import training

    return training.measure(torch.device("cuda" if torch.cuda.is_available() else "cpu"))


def _startup(options: Options) -> list[Figure]:
    from tests.benchmarks import startup

    return startup.measure()


def _analysis(options: Options) -> list[Figure]:
    from tests.benchmarks import analysis

    return analysis.measure()


def _layout(options: Options) -> list[Figure]:
    from tests.benchmarks import layout

    return layout.measure()


def _drawing(options: Options) -> Iterable[Row]:
    from tests.benchmarks import drawing

    return drawing.measure()


def _canvas(options: Options) -> Iterable[Row]:
    from tests.benchmarks import canvas

    return canvas.measure(options.peer, options.clock)


def _memory(options: Options) -> list[Figure]:
    from tests.benchmarks import memory

    return memory.measure()


def _app(options: Options) -> list[Figure]:
    from tests.benchmarks import app

    return app.measure()


BENCHMARKS: dict[str, Callable[[Options], Iterable[Row]]] = {
    "startup": _startup,
    "analysis": _analysis,
    "layout": _layout,
    "drawing": _drawing,
    "canvas": _canvas,
    "memory": _memory,
    "training": _training,
    "app": _app,
}


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], default=[], help="which; all when left out")
    parser.add_argument(
        "--peer", metavar="PYTHON", help="measure NodeGraphQt beside the canvas; see peers/nodegraphqt.py"
    )
    parser.add_argument(
        "--busy",
        action="store_true",
        help="at the canvas, count what the window's thread has of a processor, for a machine with other work",
    )
    arguments = parser.parse_args()
    names = arguments.names or list(BENCHMARKS)
    options = Options(arguments.peer, "thread_time" if arguments.busy else "perf_counter")
    print("| what | measured | budget | how |\n|---|---|---|---|", flush=True)
    for name in names:
        for figure in BENCHMARKS[name](options):
            print(figure.row(), flush=True)


if __name__ == "__main__":
    main()
