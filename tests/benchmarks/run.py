"""Measures Netwright and prints the figures as a Markdown table.

Run it from the top of the project on a quiet machine: `python -m tests.benchmarks.run [NAME ...]`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from tests.benchmarks.figures import Figure


def _training() -> list[Figure]:
    import torch

    from tests.benchmarks import training

    return training.measure(torch.device("cuda" if torch.cuda.is_available() else "cpu"))


def _startup() -> list[Figure]:
    from tests.benchmarks import startup

    return startup.measure()


def _analysis() -> list[Figure]:
    from tests.benchmarks import analysis

    return analysis.measure()


def _canvas() -> list[Figure]:
    from tests.benchmarks import canvas

    return canvas.measure()


def _app() -> list[Figure]:
    from tests.benchmarks import app

    return app.measure()


BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "startup": _startup,
    "analysis": _analysis,
    "canvas": _canvas,
    "training": _training,
    "app": _app,
}


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], default=[], help="which; all when left out")
    names = parser.parse_args().names or list(BENCHMARKS)
    print("| what | measured | budget | how |\n|---|---|---|---|", flush=True)
    for name in names:
        for figure in BENCHMARKS[name]():
            print(figure.row(), flush=True)


if __name__ == "__main__":
    main()
