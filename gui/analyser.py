"""The bridge to the engine's analysis, which can be built only once torch is loaded."""

from __future__ import annotations

from typing import Protocol

from engine.analysis.problem import Problem
from engine.analysis.report import Analysis
from engine.graph.model import Graph
from engine.zoo.registry import TEMPLATES


class Analyser(Protocol):
    """Whatever can tell shapes, costs and problems of a graph."""

    def analyse(self, graph: Graph) -> tuple[Analysis, list[Problem]]:
        """Analyse `graph` as it is now."""


def load_analyser() -> Analyser:
    """Import torch (seconds, the first time) and return an analyser; meant for a worker thread."""
    from engine.project import ProjectAnalyser

    analyser = ProjectAnalyser()
    # Torch imports half of itself at its first use: a second that the window's thread is spared here.
    for entry in TEMPLATES.values():
        analyser.analyse(entry.build())
    return analyser
