"""What is different between the open project and another one, kept up to date while people go on editing."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from engine.graph.model import Graph
from gui.compare.entries import Found, find
from gui.work import BackgroundWork
from gui.workspace import Workspace

REST_MS = 150
"""Differences are looked for when nothing has changed for so long."""
_FEW = 800
"""So many layers are compared at once; of more, the comparison is left to another thread."""


class Comparison(QObject):
    """Compares the document of one workspace with another one that never changes."""

    changed = Signal()
    """`found` is new, or the comparison has begun or ended."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.old: Graph | None = None
        """What the document is compared with; None while it is compared with nothing."""
        self.title = ""
        """What to call that in the middle of a sentence."""
        self.found: Found | None = None
        """The differences; None while nothing is compared, and until they are found for the first time."""
        self._is_stale = False
        self._work = BackgroundWork(self)
        self._work.done.connect(self._on_done)
        self._work.failed.connect(workspace.refused)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._compare)
        workspace.documentChanged.connect(self._on_document)
        workspace.graphReplaced.connect(self.stop)

    @property
    def is_active(self) -> bool:
        """Whether the document is compared with something."""
        return self.old is not None

    def start(self, old: Graph, title: str) -> None:
        """Compare the document with `old`, which is called `title`, until `stop`."""
        self.stop()
        self.old, self.title = old, title
        self.changed.emit()
        self._compare()

    def stop(self) -> None:
        """Compare the document with nothing any more."""
        self._rest.stop()
        self._work.give_up()
        self._is_stale = False
        if self.old is not None:
            self.old, self.title, self.found = None, "", None
            self.changed.emit()

    def _on_document(self) -> None:
        if self.old is not None:
            self._rest.start()

    def _compare(self) -> None:
        old, new = self.old, self._workspace.document
        if old is None:
            return
        if self._work.is_busy:
            # One thread at a time: the next one begins when this one has ended.
            self._is_stale = True
        elif max(_count(old), _count(new)) <= _FEW:
            self._on_done(find(old, new))
        else:
            snapshot = new.snapshot()
            self._work.start(lambda _tell: find(old, snapshot))

    def _on_done(self, found: object) -> None:
        assert isinstance(found, Found)
        self.found = found
        self.changed.emit()
        stale, self._is_stale = self._is_stale, False
        if stale:
            self._compare()


def _count(graph: Graph) -> int:
    return sum(len(each.nodes) for each in graph.blocks.graphs())
