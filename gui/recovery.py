"""Keeps a copy of unsaved work on disk, and finds the copies of sessions that ended without saying goodbye.

Each running window owns one copy and holds a lock beside it. A copy whose lock nobody holds was left behind
by a crash, a power cut or a kill, and is offered back when the app starts.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from PySide6.QtCore import QLockFile, QObject, QTimer

from engine.graph import document
from engine.graph.document import DocumentError
from engine.graph.model import Graph
from engine.project import parse_project
from gui.workspace import Workspace

DELAY_MS = 400
"""Milliseconds from a change to its copy on disk: what a crash can cost at most."""

_log = logging.getLogger(__name__)


class _Info(msgspec.Struct):
    """What is kept beside a copy."""

    path: str | None
    saved_at: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """Unsaved work of a session that is gone."""

    copy: Path
    """The file with the copy."""
    path: Path | None
    """The project file that was being edited, if it had one."""
    when: datetime
    """When the copy was written."""

    @property
    def title(self) -> str:
        """What to call the work."""
        return self.path.name if self.path else "An unsaved network"

    def graph(self) -> Graph:
        """The work itself.

        Raises:
            DocumentError: the copy cannot be read.
        """
        try:
            return parse_project(self.copy.read_bytes(), f"The copy of “{self.title}”")
        except OSError as error:
            raise DocumentError(f"The copy of “{self.title}” cannot be read.") from error

    def discard(self) -> None:
        """Delete the copy for good."""
        for file in (self.copy, self.copy.with_suffix(".json"), self.copy.with_suffix(".lock")):
            file.unlink(missing_ok=True)


def find_recovered(folder: Path) -> list[Recovered]:
    """The work that ended sessions left in `folder`, the newest first."""
    found = []
    for info_file in folder.glob("*.json"):
        lock = QLockFile(str(info_file.with_suffix(".lock")))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0):
            continue  # A running window's own copy.
        lock.unlock()
        try:
            info = msgspec.json.decode(info_file.read_bytes(), type=_Info)
            when = datetime.fromisoformat(info.saved_at)
        except (msgspec.MsgspecError, ValueError, OSError) as error:
            _log.warning("An unreadable recovery note %s is left alone: %s", info_file.name, error)
            continue
        copy = info_file.with_suffix(document.SUFFIX)
        if copy.exists():
            found.append(Recovered(copy, Path(info.path) if info.path else None, when))
    return sorted(found, key=lambda recovered: recovered.when, reverse=True)


class Autosave(QObject):
    """Writes a copy of the open document shortly after every change, as long as it is not saved."""

    def __init__(self, workspace: Workspace, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder.mkdir(parents=True, exist_ok=True)
        self._workspace = workspace
        self._copy = folder / f"{uuid.uuid4().hex}{document.SUFFIX}"
        self._lock = QLockFile(str(self._copy.with_suffix(".lock")))
        self._lock.setStaleLockTime(0)
        self._lock.tryLock(0)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.write)
        workspace.documentChanged.connect(self._schedule)
        workspace.graphReplaced.connect(self._schedule)
        workspace.undo_stack.cleanChanged.connect(self._schedule)

    def _schedule(self) -> None:
        # Not restarted by further changes: the copy is never older than the delay.
        if not self._timer.isActive():
            self._timer.start()

    def write(self) -> bool:
        """Bring the copy up to date now, and return whether it is; a document without unsaved changes has none."""
        self._timer.stop()
        if self._workspace.undo_stack.isClean():
            self._remove_copy()
            return True
        path = self._workspace.path
        info = _Info(str(path) if path else None, datetime.now().isoformat(timespec="seconds"))
        try:
            document.write(self._workspace.document, self._copy)
            document.write_atomically(msgspec.json.encode(info), self._copy.with_suffix(".json"))
        except DocumentError as error:
            _log.warning("No recovery copy: %s", error)
            return False
        return True

    def adopt(self, recovered: Recovered) -> None:
        """Keep a copy of recovered work that is open now, and give up the old one only once the new one stands."""
        if self.write():
            recovered.discard()

    def close(self) -> None:
        """Delete the copy: the session ends in good order."""
        self._timer.stop()
        self._remove_copy()
        self._lock.unlock()

    def _remove_copy(self) -> None:
        self._copy.with_suffix(".json").unlink(missing_ok=True)
        self._copy.unlink(missing_ok=True)
