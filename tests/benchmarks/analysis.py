"""How quickly a large network is analysed, at first and after an edit of its first layer."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

from engine.graph import document
from engine.graph.edits import SetParam
from engine.graph.model import Graph
from engine.graph.params import ParamValue
from engine.zoo.registry import ZOO
from tests.benchmarks.figures import Figure, seconds

NETWORK = "resnet152"
ROUNDS = 15
_CHILD = """
import io, sys, time
import torch
from contextlib import redirect_stdout
from engine.cli import run

with redirect_stdout(io.StringIO()):
    start = time.perf_counter()
    assert run(["check", sys.argv[1]], lambda arguments: 9) == 0
print(time.perf_counter() - start)
"""


def measure() -> list[Figure]:
    """Check ResNet-152 in fresh processes, and edit its first layer again and again."""
    graph = ZOO[NETWORK].build()
    how = f"ResNet-152, {_number_of_layers(graph)} layers in blocks, costs, memory and problems included"
    return [
        Figure(
            "check, once torch is loaded",
            _check(graph) * 1000,
            "ms",
            "≤ 1,500 ms",
            f"{how}, fresh process, median of 5",
        ),
        Figure(
            "edit of the first layer's filters to updated shapes",
            _edits(graph, "out_channels", count(40)) * 1000,
            "ms",
            "≤ 50 ms",
            f"{how}, median of {ROUNDS} values never seen before",
        ),
        Figure(
            "edit of the first layer's padding, which changes every shape",
            _edits(graph, "padding", count(4)) * 1000,
            "ms",
            "≤ 50 ms",
            f"{how}, median of {ROUNDS} values never seen before",
        ),
    ]


def _number_of_layers(graph: Graph) -> int:
    """How many layers and merges the network computes, those inside blocks and their copies included."""
    from engine.analysis.report import Analysis
    from engine.analysis.shapes import ShapeInference

    def count_in(analysis: Analysis) -> int:
        return sum(sum(map(count_in, report.inside)) or 1 for report in analysis.nodes.values())

    return count_in(ShapeInference().analyse(graph))


def _check(graph: Graph) -> float:
    times = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.netwright"
        document.write(graph, path)
        for _ in range(5):
            done = subprocess.run(
                [sys.executable, "-c", _CHILD, str(path)],
                cwd=Path(__file__).parents[2],
                capture_output=True,
                text=True,
                check=True,
            )
            times.append(float(done.stdout))
    return statistics.median(times)


def _edits(graph: Graph, name: str, values: count[int]) -> float:
    """The median time from an edit of the first convolution to the analysis with all costs and problems."""
    from engine.project import ProjectAnalyser

    analyser = ProjectAnalyser()
    analyser.analyse(graph)
    first = graph.named("conv1")
    assert first is not None

    def edit() -> None:
        number = next(values)
        value: ParamValue = number if name == "out_channels" else (number, number)
        SetParam(first.id, name, value).apply(graph)
        analyser.analyse(graph)

    edit()
    return statistics.median(seconds(edit) for _ in range(ROUNDS))
