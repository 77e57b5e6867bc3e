"""Keeps the code of the open document up to date, on a thread of its own, a moment after each edit."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from engine.analysis.report import Analysis
from engine.compiler.class_names import class_name
from engine.compiler.code_format import Code
from engine.graph.model import Graph
from gui.code.line_map import LineMap
from gui.work import BackgroundWork
from gui.workspace import Workspace

DEBOUNCE_MS = 150
"""So long no edit may follow before the code is written again."""


@dataclass(frozen=True, slots=True)
class Written:
    """Generated code with its index."""

    code: Code
    """The code."""
    lines: LineMap
    """Which lines belong to which nodes."""


class LiveCode(QObject):
    """The code of the document, as long as it is a whole network, and what is missing when it is not."""

    changed = Signal()
    """`written` or `missing` is new."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.written: Written | None = None
        """The last code that could be written; None when none could since the document was opened."""
        self.missing = ""
        """Why no code can be written for the document as it is now, in a sentence; empty when it can."""
        self._workspace = workspace
        self._is_wanted = False
        self._stands_for: tuple[Analysis | None, str] = (None, "")
        self._background = BackgroundWork(self)
        self._background.done.connect(self._take)
        self._background.failed.connect(self._lack)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._write)
        workspace.graphReplaced.connect(self._forget)
        workspace.analysisChanged.connect(self._refresh)
        workspace.pathChanged.connect(self._refresh)
        workspace.documentChanged.connect(self._put_off)

    @property
    def is_current(self) -> bool:
        """Whether `written` is the code of the document as it is now."""
        return self.written is not None and not self.missing and not self.is_busy

    @property
    def is_busy(self) -> bool:
        """Whether the code is about to be written."""
        return self._timer.isActive() or self._background.is_busy

    def want(self, wanted: bool) -> None:
        """Keep the code up to date, or leave it as it is while nobody looks."""
        self._is_wanted = wanted
        self._refresh()

    def close(self) -> None:
        """Write no more; a thread that is at it ends by itself in a moment."""
        self._is_wanted = False
        self._timer.stop()
        self._background.give_up()

    def _forget(self) -> None:
        self._timer.stop()
        self._background.give_up()
        self.written, self.missing = None, ""
        self._stands_for = (None, "")
        self.changed.emit()

    def _refresh(self) -> None:
        """Write the code again in a moment, unless it stands for what is known now."""
        known = self._workspace.document_analysis
        if self._is_wanted and known is not None and not self._is_up_to_date():
            self._timer.start()

    def _put_off(self) -> None:
        if self._timer.isActive():
            self._timer.start()

    def _is_up_to_date(self) -> bool:
        analysis, name = self._stands_for
        return analysis is self._workspace.document_analysis and name == self._class_name()

    def _class_name(self) -> str:
        path = self._workspace.path
        return class_name(path.stem if path else "")

    def _write(self) -> None:
        if self._background.is_busy:
            # What is being written is stale already, but a second thread would only slow the first one down.
            self._timer.start()
            return
        analysis, name = self._workspace.document_analysis, self._class_name()
        self._stands_for = analysis, name
        document = self._workspace.document.snapshot()
        if analysis is not None:
            self._background.start(lambda _progress: write_code(document, name, analysis))

    def _take(self, written: object) -> None:
        if isinstance(written, Written):
            self.written, self.missing = written, ""
            self.changed.emit()

    def _lack(self, missing: str) -> None:
        self.missing = missing
        self.changed.emit()


def write_code(document: Graph, name: str, analysis: Analysis) -> Written:
    """The code of `document`; for any thread.

    Raises:
        CompileError: it is not a whole network, with what is missing.
    """
    # Imports torch, which is loaded by now.
    from engine.compiler.codegen import generate

    code = generate(document, name, analysis)
    return Written(code, LineMap(code))
