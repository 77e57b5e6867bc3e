"""Files dropped anywhere on the window: projects are opened, parts of networks are put on the canvas under them.

A panel that floats belongs to the window. The events of both are looked at before any widget gets them, because fields
would take a file's name as text.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPoint, QRect, Qt, QTimer, QUrl
from PySide6.QtGui import QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from engine.graph.wording import quoted
from engine.layers.fragment import MAX_CHARACTERS, is_part
from gui.canvas.carrying import PART_MIME, taker_at
from gui.canvas.clipboard import is_network
from gui.canvas.notes import FloatingNote
from gui.canvas.view import CanvasView
from gui.drop_hint import DropHint

if TYPE_CHECKING:
    from gui.documents import Documents

_KINDS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.DragLeave, QEvent.Type.Drop)
_HEAD = 4096
"""So many bytes of a file are read to see what it is."""
_LONGEST_NAME = 60
_MOST_LINES = 4
_NO_CANVAS = "Layers go onto a canvas: wait over another document’s tab to bring up its canvas."


class FileKind(Enum):
    """What can be done with a file."""

    PROJECT = auto()
    PART = auto()
    """It holds what the clipboard would hold, which goes onto a canvas."""
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file that is dragged over the window, as far as its first bytes tell what it is."""

    path: Path
    kind: FileKind
    refusal: str = ""
    """Why it cannot be opened, in one sentence; empty when it may be."""


def look_at(url: QUrl) -> DroppedFile:
    """What is behind `url`; a file is taken for what it holds, whatever it is called."""
    if not url.isLocalFile():
        sentence = f"{quoted(url.toDisplayString(), _LONGEST_NAME)} is not a file on this computer."
        return DroppedFile(Path(), FileKind.OTHER, sentence)
    path = Path(url.toLocalFile())
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return DroppedFile(path, FileKind.OTHER, f"{_named(path)} is a folder, not a Netwright project.")
        # Reading a pipe or a device might never end.
        head = _head(path) if stat.S_ISREG(mode) else ""
    except OSError as error:
        return DroppedFile(path, FileKind.OTHER, _unreadable(path, error))
    if is_part(head):
        return DroppedFile(path, FileKind.PART)
    if is_network(head):
        return DroppedFile(path, FileKind.PROJECT)
    return DroppedFile(path, FileKind.OTHER, f"{_named(path)} is not a Netwright project.")


def _named(path: Path) -> str:
    return quoted(path.name or str(path), _LONGEST_NAME)


def _unreadable(path: Path, error: OSError) -> str:
    return f"{_named(path)} cannot be read: {(error.strerror or str(error)).lower()}."


def _head(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_HEAD).decode(errors="replace")


class FileDrop(QObject):
    """Takes files for one window, and says why layers cannot be dropped where there is no canvas."""

    def __init__(self, window: QMainWindow, documents: Documents, say: Callable[[str], object]) -> None:
        """Take files for `window`; `say` tells why what has been dropped was refused."""
        super().__init__(window)
        self._window = window
        self._documents = documents
        self._say = say
        self._floating: list[QDockWidget] = []
        self._files: list[DroppedFile] = []
        self.hint = DropHint(window)
        """Says what happens to the files that are dragged."""
        self.note = FloatingNote(window)
        """Says at the pointer why layers cannot be dropped there."""
        self._has_refused = False
        # On some platforms nothing at all is reported of drags over windows that do not say so.
        window.setAcceptDrops(True)

    def watch(self) -> None:
        """Look at the events of the window's own handle, which it has once it is shown."""
        self._watch(self._window)

    def adopt(self, dock: QDockWidget) -> None:
        """Take files for a panel of the window, too, whenever it floats."""
        dock.setAcceptDrops(True)
        # Each time it floats anew it has another handle.
        dock.visibilityChanged.connect(lambda: self._follow(dock))
        dock.topLevelChanged.connect(lambda: self._follow(dock))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep drags of files from the widgets, and drags of layers from those that are no canvas."""
        kind = event.type()
        if kind not in _KINDS:
            return False
        if kind == QEvent.Type.DragLeave:
            return self._leave()
        assert isinstance(event, QDropEvent)
        top = self._top_of(watched)
        if kind == QEvent.Type.DragEnter:
            self._files = _files_in(event.mimeData()) if QApplication.activeModalWidget() is None else []
        if self._files:
            self._over_files(top, event)
            return True
        return event.mimeData().hasFormat(PART_MIME) and self._over_part(top, watched, event)

    # Windows

    def _follow(self, dock: QDockWidget) -> None:
        if dock in self._floating:
            self._floating.remove(dock)
        if dock.isWindow():
            self._floating.append(dock)
            self._watch(dock)

    def _watch(self, top: QWidget) -> None:
        handle = top.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def _top_of(self, handle: QObject) -> QWidget:
        """The window or the floating panel that has this handle."""
        return next((dock for dock in self._floating if dock.windowHandle() == handle), self._window)

    # Files

    def _leave(self) -> bool:
        had_files, self._files = bool(self._files), []
        if self.hint.isVisible() and not self.hint.is_welcome:
            # Letting go of what is refused is told as leaving.
            self._say(" ".join(self.hint.lines))
        self.hint.hide()
        self.note.hide()
        self._has_refused = False
        return had_files

    def _over_files(self, top: QWidget, event: QDropEvent) -> None:
        view = _canvas_at(top, event.position().toPoint())
        sentences = _refusals(self._files, view)
        takes = len(sentences) < len(self._files)
        if event.type() == QEvent.Type.Drop:
            files = self._files
            self._leave()
            place = event.position().toPoint()
            # The program in which the drag began waits until this event is dealt with.
            QTimer.singleShot(0, self, lambda: self._take(files, top, place))
        else:
            _put_over(top, self.hint)
            self.hint.show_over(self._area(top, view), _title(self._files, view), _cut(sentences), is_welcome=takes)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(takes)

    def _take(self, files: Sequence[DroppedFile], top: QWidget, place: QPoint) -> None:
        """Open the projects, put the parts onto the canvas at `place`, and say what is wrong with the others."""
        self._window.activateWindow()
        self._window.raise_()
        view = _canvas_at(top, place)
        sentences = _refusals(files, view)
        if view is not None:
            at = view.camera.scene_point(view.viewport().mapFrom(top, place).toPointF())
            for file in files:
                if file.kind is not FileKind.PART:
                    continue
                try:
                    view.pointer.drops.paste(_text_of(file.path), at)
                except OSError as error:
                    sentences.append(_unreadable(file.path, error))
        projects = [file.path for file in files if file.kind is FileKind.PROJECT]
        self._documents.open_all(projects, sentences)

    def _area(self, top: QWidget, view: CanvasView | None) -> QRect:
        """What the hint lies over: a floating panel, or the canvas that takes parts, or else all that is no panel."""
        if top is not self._window:
            return top.rect()
        is_for_canvas = view is not None and all(file.kind is FileKind.PART for file in self._files)
        widget = view if view is not None and is_for_canvas else self._window.centralWidget()
        assert widget is not None
        return QRect(widget.mapTo(self._window, QPoint()), widget.size())

    # Layers

    def _over_part(self, top: QWidget, watched: QObject, event: QDropEvent) -> bool:
        """Refuse layers over whatever would take them for mere text; False where they are welcome."""
        place = event.position()
        if taker_at(top.childAt(place.toPoint())) is not None:
            self.note.hide()
            self._has_refused = False
            return False
        if not self._has_refused:
            # What was under the pointer before would not hear that it is elsewhere now.
            QCoreApplication.sendEvent(watched, QDragLeaveEvent())
            self._has_refused = True
        event.ignore()
        _put_over(top, self.note)
        self.note.show_at(_NO_CANVAS, place)
        if event.type() == QEvent.Type.Drop:
            self.note.linger()
        return True


def _canvas_at(top: QWidget, place: QPoint) -> CanvasView | None:
    taker = taker_at(top.childAt(place))
    return taker if isinstance(taker, CanvasView) else None


def _put_over(top: QWidget, floating: QWidget) -> None:
    if floating.parentWidget() is not top:
        floating.setParent(top)


def _files_in(data: QMimeData) -> list[DroppedFile]:
    return [look_at(url) for url in data.urls()] if data.hasUrls() else []


def _refusals(files: Sequence[DroppedFile], view: CanvasView | None) -> list[str]:
    """A sentence for each of `files` that cannot be taken when they are dropped on `view`, or on no canvas."""
    found = []
    for file in files:
        if file.kind is FileKind.PART and view is None:
            found.append(f"{_named(file.path)} holds layers: drop it on a canvas.")
        elif file.refusal:
            found.append(file.refusal)
    return found


def _title(files: Sequence[DroppedFile], view: CanvasView | None) -> str:
    """What happens to those of `files` that can be taken when they are dropped on `view`, or on no canvas."""
    projects = [file for file in files if file.kind is FileKind.PROJECT]
    parts = [file for file in files if file.kind is FileKind.PART and view is not None]
    said = []
    if projects:
        several = f"{len(projects)} projects, each in a tab"
        said.append(f"open {several if len(projects) > 1 else _named(projects[0].path)}")
    if parts:
        whose = f"{len(parts)} files" if len(parts) > 1 else _named(parts[0].path)
        said.append(f"add the layers of {whose} here")
    if not said:
        return "This cannot be opened here" if len(files) == 1 else "None of these can be opened here"
    title = ", and ".join(said)
    return f"{title[0].upper()}{title[1:]}"


def _cut(sentences: Sequence[str]) -> list[str]:
    rest = len(sentences) - _MOST_LINES
    return [*sentences[:_MOST_LINES], *([f"The same goes for {rest} more."] if rest > 0 else [])]


def _text_of(path: Path) -> str:
    """What is in a file, as far as it can be pasted; may raise `OSError`."""
    with path.open("rb") as file:
        return file.read(MAX_CHARACTERS + 1).decode(errors="replace")
