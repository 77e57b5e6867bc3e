"""Counts what is in the chosen network, on a thread of its own, once torch is loaded."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.graph.model import Graph
from gui.status_line import count_layers
from gui.work import BackgroundWork
from gui.workspace import Workspace

if TYPE_CHECKING:
    from engine.analysis.shapes import ShapeInference

_DEBOUNCE_MS = 120


@dataclass(frozen=True, slots=True)
class Counts:
    """How large a network is."""

    layers: int
    """Its layers, those inside of blocks counted once for each copy."""
    parameters: int
    """Its learnable values."""
    flops: int
    """The multiplications and additions of a forward pass of one sample."""


class Counter(QObject):
    """Keeps the counts of one network up to date, and remembers those of others."""

    changed = Signal()
    """`counts` is new."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counts: Counts | None = None
        """Of the network that is wanted; None while they are not known."""
        self._workspace = workspace
        self._wanted: tuple[Hashable, Graph] | None = None
        self._known: dict[Hashable, Counts] = {}
        self._shapes: ShapeInference | None = None
        self._work = BackgroundWork(self)
        self._work.done.connect(self._take)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DEBOUNCE_MS)
        self._timer.timeout.connect(self._start)
        workspace.analysisChanged.connect(self._wake)

    @property
    def is_possible(self) -> bool:
        """Whether torch is there to count with."""
        return self._workspace.is_analysed

    def want(self, key: Hashable, graph: Graph | None) -> None:
        """Count `graph`, which nobody changes any more and which `key` stands for; None for nothing."""
        self._wanted = None if graph is None else (key, graph)
        self.counts = self._known.get(key) if graph is not None else None
        self.changed.emit()
        self._wake()

    def close(self) -> None:
        """Count no more; a thread that is at it ends by itself in a moment."""
        self._wanted = None
        self._timer.stop()
        self._work.give_up()

    def _wake(self) -> None:
        if self._wanted is not None and self.counts is None and self.is_possible:
            self._timer.start()

    def _start(self) -> None:
        if self._wanted is None:
            return
        if self._work.is_busy:
            # What is remembered of layers is not for two threads at once.
            self._timer.start()
            return
        key, graph = self._wanted
        self._work.start(lambda progress: (key, self._count(graph)))

    def _count(self, graph: Graph) -> Counts:
        if self._shapes is None:
            from engine.analysis.shapes import ShapeInference

            self._shapes = ShapeInference()
        analysis = self._shapes.analyse(graph)
        return Counts(count_layers(graph, analysis), analysis.parameters, analysis.flops)

    def _take(self, result: tuple[Hashable, Counts]) -> None:
        key, counts = result
        self._known[key] = counts
        if self._wanted is not None and self._wanted[0] == key:
            self.counts = counts
            self.changed.emit()
