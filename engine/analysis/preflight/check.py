"""The pre-flight check: all rules, in every place."""

from __future__ import annotations

from collections.abc import Callable

from engine.analysis.preflight.activation import missing_nonlinearity
from engine.analysis.preflight.batch_norm import single_values
from engine.analysis.preflight.copies import clashing_copies
from engine.analysis.preflight.ends import missing_ends, superfluous_inputs
from engine.analysis.preflight.failures import failing_layers
from engine.analysis.preflight.input import wrong_input
from engine.analysis.preflight.output import (
    double_softmax,
    nothing_counts,
    nothing_learnt_at,
    nothing_to_learn,
    wrong_output,
)
from engine.analysis.preflight.places import Rule, Trials, places
from engine.analysis.preflight.task import Task
from engine.analysis.preflight.windows import lost_pixels
from engine.analysis.preflight.wiring import dead_ends, unwired
from engine.analysis.problem import Problem, Severity
from engine.analysis.report import Analysis
from engine.graph.model import Graph

_RULES: tuple[Rule, ...] = (
    missing_ends,
    superfluous_inputs,
    failing_layers,
    clashing_copies,
    unwired,
    wrong_input,
    wrong_output,
    nothing_to_learn,
    nothing_counts,
    nothing_learnt_at,
    single_values,
    double_softmax,
    missing_nonlinearity,
    lost_pixels,
    dead_ends,
)
"""All rules, in the order in which problems are listed: what is at the root of others first."""
_EVERYWHERE: tuple[Rule, ...] = (failing_layers, clashing_copies, single_values, lost_pixels)
"""Those that depend on the shapes that an instance of a block gets; for the others the first instance is enough."""


def find_problems(
    graph: Graph, analysis: Analysis, task: Task, analyse: Callable[[Graph], Analysis] | None = None
) -> list[Problem]:
    """Everything that is wrong with `graph` as a network for `task`, errors first; empty for an empty graph.

    Args:
        graph: the network.
        analysis: what is known about it.
        task: what it is to be trained for.
        analyse: analyses a copy of the network; fixes that may do harm elsewhere are tried with it before they are
            offered, and without it are offered untried.
    """
    if not graph.nodes:
        return []
    everywhere = list(places(graph, analysis, Trials(graph, analysis, analyse)))
    firsts = list({place.graph.block: place for place in reversed(everywhere)}.values())[::-1]
    found: dict[object, Problem] = {}
    for rule in _RULES:
        for place in everywhere if rule in _EVERYWHERE else firsts:
            for problem in rule(place, task):
                # An error may tell of other shapes in each instance; of a warning the first instance is enough.
                is_error = problem.severity is Severity.ERROR
                key = (problem.block, problem.node, problem.sentence if is_error else rule)
                found.setdefault(key, problem)
    return sorted(found.values(), key=lambda problem: list(Severity).index(problem.severity))
