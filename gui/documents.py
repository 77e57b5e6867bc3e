"""Opening, saving and closing documents, each in a tab of its own, and never losing one on the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from engine import versions
from engine.graph import document
from engine.graph.document import DocumentError
from engine.graph.model import Graph
from engine.graph.wording import quoted
from engine.project import open_project
from engine.zoo.registry import ZOO
from gui.recent import remember_file
from gui.recovery import Recovered
from gui.sheet import Sheet
from gui.sheet_area import SheetArea
from gui.workspace import Workspace

_FILTER = f"Netwright projects (*{document.SUFFIX})"
_Button = QMessageBox.StandardButton
_Icon = QMessageBox.Icon
_SAVE_OR_NOT = _Button.Save | _Button.Discard | _Button.Cancel
_MOST_SENTENCES = 8
"""A message about many files names so many of them."""


class Documents(QObject):
    """The file side of the open documents. Whatever closes one asks about unsaved changes first."""

    opened = Signal()
    """Another document is the current one, to be seen from its beginning."""
    saved = Signal(str)
    """A document has been saved; where, in a sentence."""
    closed = Signal()
    """A document is open no more."""
    lastClosed = Signal()
    """No document is open any more."""

    def __init__(self, sheets: SheetArea, window: QWidget) -> None:
        super().__init__(window)
        self._sheets = sheets
        self._window = window

    @property
    def _workspace(self) -> Workspace:
        return self._sheets.current.workspace

    def new(self) -> None:
        """Start an empty document."""
        self._open(Graph)

    def open_template(self, name: str) -> bool:
        """Start a document from an entry of the zoo; return whether it is open."""
        return self._open(ZOO[name].build, name=ZOO[name].label)

    def start(self, make: Callable[[], Graph], name: str) -> bool:
        """Start a document called `name` from what `make` draws; return whether it is open."""
        return self._open(make, name=name)

    def ask_and_open(self) -> None:
        """Let the user pick a file and open it."""
        folder = self._workspace.path.parent if self._workspace.path else Path.home()
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a project", str(folder), _FILTER)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open the project file at `path`, or turn to it where it is open; when it cannot be read, say why."""
        self.open_all([path])

    def open_all(self, paths: Sequence[Path], refusals: Sequence[str] = ()) -> None:
        """Open some project files, each in its tab, and say in one message why some cannot be opened.

        Args:
            paths: the files.
            refusals: what is known to be wrong with others, one sentence for each.
        """
        sentences = [*refusals, *filter(None, map(self._open_file, paths))]
        rest = len(sentences) - _MOST_SENTENCES
        if rest > 0:
            sentences = [*sentences[:_MOST_SENTENCES], f"{rest} more cannot be opened either."]
        if sentences:
            what = "This project" if len(sentences) == 1 else "These files"
            self.complain(f"{what} cannot be opened", "\n".join(sentences))

    def recover(self, recovered: Recovered) -> bool:
        """Open the unsaved work of a session that is gone; it stays unsaved. Return whether it is open."""
        if not self._open(recovered.graph, recovered.path):
            return False
        self._workspace.undo_stack.resetClean()
        self._sheets.current.autosave.adopt(recovered)
        return True

    def save(self) -> bool:
        """Save to the document's file, or ask for one; return whether it is saved."""
        self._settle_typing()
        return self._save_to(self._workspace.path) if self._workspace.path else self.ask_and_save()

    def ask_and_save(self) -> bool:
        """Ask for a file and save to it; return whether it is saved."""
        self._settle_typing()
        suggestion = self._workspace.path or Path.home() / f"{self._workspace.name or 'network'}{document.SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save the project", str(suggestion), _FILTER)
        if not name:
            return False
        path = Path(name)
        if path.suffix.lower() != document.SUFFIX:
            # The dialog has asked about the name as it was typed, not about this one.
            path = path.with_name(path.name + document.SUFFIX)
            if path.exists() and not self._may_overwrite(path):
                return False
        return self._save_to(path)

    def close(self, sheet: Sheet) -> bool:
        """Close a document, unless the user wants to keep its changes after all; return whether it is closed."""
        if not self._may_close(sheet):
            return False
        is_last = len(self._sheets.sheets) == 1
        self._sheets.close_sheet(sheet)
        self.closed.emit()
        if is_last:
            self.lastClosed.emit()
        return True

    def may_close_all(self) -> bool:
        """Offer to save the unsaved changes of all documents; return whether they may be given up."""
        return all(self._may_close(sheet) for sheet in self._sheets.sheets)

    def _may_close(self, sheet: Sheet) -> bool:
        """Offer to save unsaved changes; return whether the document may be given up."""
        self._settle_typing()
        if sheet.desk.status.state.active and not self._may_end_run(sheet):
            return False
        if not sheet.is_modified:
            return True
        self._sheets.show_sheet(sheet)
        name = f"“{sheet.workspace.path.name}”" if sheet.workspace.path else "this network"
        box = QMessageBox(_Icon.Question, "Unsaved changes", f"Save the changes to {name}?", _SAVE_OR_NOT, self._window)
        box.setInformativeText("They are lost otherwise.")
        answer = _answer(box, _Button.Save)
        return self.save() if answer == _Button.Save else answer == _Button.Discard

    def _may_end_run(self, sheet: Sheet) -> bool:
        """Ask whether a document may be closed while its network is being trained."""
        self._sheets.show_sheet(sheet)
        sentence = f"{quoted(sheet.title)} is being trained: closing it ends the run."
        box = QMessageBox(_Icon.Question, "A run is under way", sentence, _Button.Close | _Button.Cancel, self._window)
        box.button(_Button.Close).setText("Stop and close")
        box.button(_Button.Cancel).setText("Keep training")
        box.setEscapeButton(_Button.Cancel)
        return _answer(box, _Button.Cancel) == _Button.Close

    def complain(self, title: str, sentence: str) -> None:
        """Tell the user what went wrong, in one sentence, without leaving the document."""
        _answer(QMessageBox(_Icon.Warning, title, sentence, _Button.Ok, self._window), _Button.Ok)

    def _settle_typing(self) -> None:
        """Let a name that is still being typed take effect: what is saved is what can be seen."""
        # Not the window's: the field may be in a panel that floats.
        field = QApplication.focusWidget()
        if field is not None:
            field.clearFocus()
            if field.isVisible():
                field.setFocus()

    def _may_overwrite(self, path: Path) -> bool:
        sentence = f"“{path.name}” is there already. Replace it?"
        box = QMessageBox(_Icon.Question, "Save the project", sentence, _Button.Yes | _Button.No, self._window)
        return _answer(box, _Button.No) == _Button.Yes

    def _open_file(self, path: Path) -> str:
        """Open a project file, or turn to it where it is open; why that cannot be, or nothing."""
        # The place stays the same when the work is recovered by an app that was started in another folder.
        path = path.absolute()
        for sheet in self._sheets.sheets:
            if sheet.workspace.path is not None and _is_same(sheet.workspace.path, path):
                self._sheets.show_sheet(sheet)
                remember_file(sheet.workspace.path)
                self.opened.emit()
                return ""
        refusal = self._put(lambda: open_project(path), path)
        if not refusal:
            remember_file(path)
        return refusal

    def _open(self, make: Callable[[], Graph], path: Path | None = None, name: str = "") -> bool:
        refusal = self._put(make, path, name)
        if refusal:
            self.complain("This project cannot be opened", refusal)
        return not refusal

    def _put(self, make: Callable[[], Graph], path: Path | None = None, name: str = "") -> str:
        """Open what `make` reads or draws; why that cannot be, or nothing."""
        try:
            graph = make()
        except DocumentError as error:
            return str(error)
        self._sheets.open().workspace.replace(graph, path, name)
        self.opened.emit()
        return ""

    def _save_to(self, path: Path) -> bool:
        try:
            versions.save(self._workspace.document, path)
        except DocumentError as error:
            self.complain("The project is not saved", str(error))
            return False
        self._workspace.set_path(path)
        self._workspace.undo_stack.setClean()
        remember_file(path)
        self.saved.emit(f"Saved as {quoted(path.name)}.")
        return True


def _is_same(path: Path, other: Path) -> bool:
    """Whether both lead to the same file, if only through links."""
    return os.path.realpath(path) == os.path.realpath(other)


def _answer(box: QMessageBox, default: QMessageBox.StandardButton) -> int:
    """Show `box` until a button is pressed, and return which; Enter presses `default`."""
    # Names come from files: what looks like markup in them is to be read, not obeyed.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setDefaultButton(default)
    answer = box.exec()
    box.deleteLater()
    return answer
