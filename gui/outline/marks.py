"""Which layers of the outline carry a warning: those with a problem, and the instances that hide one."""

from __future__ import annotations

from collections.abc import Iterable

from engine.analysis.problem import Problem, Severity
from gui.outline.rows import Mark, Row, Way

_WORST_FIRST = (Severity.ERROR, Severity.DATA, Severity.WARNING)


class Marks:
    """The problems of a document by the way to the layers that have them."""

    def __init__(self, problems: Iterable[Problem] = (), block: str = "") -> None:
        """Read `problems`; `block` is the block that the outline is of, empty for the network."""
        self._marks: dict[Way, Mark] = {}
        self._inside: dict[Way, Mark] = {}
        for problem in sorted(problems, key=lambda problem: _WORST_FIRST.index(problem.severity)):
            root = "" if problem.path else problem.block
            if problem.node is None or root != block:
                continue
            way = (*problem.path, problem.node)
            self._marks.setdefault(way, Mark(problem.severity, problem.sentence))
            for length in range(1, len(way)):
                hidden = Mark(problem.severity, f"Inside it: {problem.sentence}")
                self._inside.setdefault(way[:length], hidden)

    def differences(self, other: Marks) -> set[Way]:
        """The ways to layers that carry another mark in `other`."""
        pairs = ((self._marks, other._marks), (self._inside, other._inside))
        return {way for one, two in pairs for way in one.keys() | two.keys() if one.get(way) != two.get(way)}

    def of(self, row: Row) -> Mark | None:
        """What is wrong with the layer of `row`; None when nothing is."""
        error = row.report.error
        if error:
            return Mark(Severity.ERROR, error)
        if not self._marks:
            return None
        way = row.way
        return self._marks.get(way) or self._inside.get(way)
