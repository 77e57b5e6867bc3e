"""What a benchmark reports, and how two things are compared fairly: in turns, in one run."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and the budget it has to keep."""

    what: str
    value: float
    unit: str
    budget: str
    how: str

    def row(self) -> str:
        """The figure as a row of a Markdown table."""
        shown = (
            f"{self.value:.3f}" if not self.unit else f"{self.value:.1f} {self.unit}, {self._share():.2f} of the budget"
        )
        return f"| {self.what} | {shown} | {self.budget} | {self.how} |"

    def _share(self) -> float:
        """The value over its budget, for those that have a unit."""
        return self.value / float("".join(letter for letter in self.budget if letter.isdigit()))


@dataclass(frozen=True, slots=True)
class Limit:
    """What something that is done many times may take; None where nothing is asked."""

    median: float | None = None
    """In milliseconds."""
    p99: float | None = None
    """In milliseconds."""
    ahead: float | None = None
    """How many times as fast as the peer it has to be, where that was measured."""

    def verdict(self, times: list[float], rival: float | None) -> str:
        """The limits, and whether `times` keep them, or by how much they do not."""
        median, p99 = statistics.median(times), percentile(times, 0.99)
        checks = []
        if self.median is not None:
            checks.append((f"≤ {self.median:,.0f} ms", median / self.median))
        if self.p99 is not None:
            checks.append((f"p99 ≤ {self.p99:,.0f} ms", p99 / self.p99))
        if self.ahead is not None and rival is not None:
            checks.append((f"{self.ahead:.0f}× as fast", self.ahead * median / rival))
        if not checks:
            return ""
        worst = max(share for _, share in checks)
        return f"{', '.join(text for text, _ in checks)}: {'kept' if worst <= 1 else '**missed**'}, {worst:.2f} of it"


@dataclass(frozen=True, slots=True)
class Timing:
    """How long something took that was done many times, and how long it takes a peer."""

    what: str
    times: list[float]
    """In milliseconds."""
    limit: Limit
    rival: float | None
    """The median of the peer, in milliseconds; None when it was not measured."""
    how: str

    def row(self) -> str:
        """The timing as a row of a Markdown table."""
        median = statistics.median(self.times)
        shown = f"{median:,.1f} ms, p99 {percentile(self.times, 0.99):,.1f} ms"
        if self.rival is not None:
            shown += f"; NodeGraphQt {self.rival:,.1f} ms: {self.rival / median:.1f}×"
        return f"| {self.what} | {shown} | {self.limit.verdict(self.times, self.rival)} | {self.how} |"


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def ratio_of_medians(first: Callable[[], object], second: Callable[[], object], rounds: int) -> float:
    """The median time of `first` over that of `second`, both run once in each of `rounds` after a warm-up.

    The order alternates, so that neither always runs into a machine that the other has warmed.
    """
    first(), second()
    times: dict[Callable[[], object], list[float]] = {first: [], second: []}
    for number in range(rounds):
        for work in (first, second) if number % 2 else (second, first):
            times[work].append(seconds(work))
    return statistics.median(times[first]) / statistics.median(times[second])


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
