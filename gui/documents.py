"""Opening, saving and closing documents, and never losing one on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine.graph import document
from engine.graph.document import DocumentError
from engine.graph.model import Graph
from engine.project import open_project
from engine.zoo.registry import ZOO
from gui.recent import remember_file
from gui.recovery import Recovered
from gui.workspace import Workspace

_FILTER = f"Netwright projects (*{document.SUFFIX})"
_Button = QMessageBox.StandardButton
_Icon = QMessageBox.Icon
_SAVE_OR_NOT = _Button.Save | _Button.Discard | _Button.Cancel


class Documents(QObject):
    """The file side of a workspace. Every method that replaces the document asks about unsaved changes first."""

    opened = Signal()
    """Another document is in the workspace."""

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._window = window

    def new(self) -> None:
        """Start an empty document."""
        self._replace(Graph)

    def open_template(self, name: str) -> bool:
        """Start a document from an entry of the zoo; return whether it is open."""
        return self._replace(ZOO[name].build)

    def start(self, make: Callable[[], Graph], name: str) -> bool:
        """Start a document called `name` from what `make` draws; return whether it is open."""
        return self._replace(make, name=name)

    def ask_and_open(self) -> None:
        """Let the user pick a file and open it."""
        folder = self._workspace.path.parent if self._workspace.path else Path.home()
        name, _ = QFileDialog.getOpenFileName(self._window, "Open a project", str(folder), _FILTER)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open the project file at `path`; when it cannot be read, say why and keep the open document."""
        # The place stays the same when the work is recovered by an app that was started in another folder.
        path = path.absolute()
        if self._replace(lambda: open_project(path), path):
            remember_file(path)

    def recover(self, recovered: Recovered) -> bool:
        """Open the unsaved work of a session that is gone; it stays unsaved. Return whether it is open."""
        if not self._replace(recovered.graph, recovered.path):
            return False
        self._workspace.undo_stack.resetClean()
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

    def may_close(self) -> bool:
        """Offer to save unsaved changes; return whether the document may be given up."""
        self._settle_typing()
        if self._workspace.undo_stack.isClean():
            return True
        name = f"“{self._workspace.path.name}”" if self._workspace.path else "this network"
        box = QMessageBox(_Icon.Question, "Unsaved changes", f"Save the changes to {name}?", _SAVE_OR_NOT, self._window)
        box.setInformativeText("They are lost otherwise.")
        answer = _answer(box, _Button.Save)
        return self.save() if answer == _Button.Save else answer == _Button.Discard

    def complain(self, title: str, sentence: str) -> None:
        """Tell the user what went wrong, in one sentence, without leaving the document."""
        _answer(QMessageBox(_Icon.Warning, title, sentence, _Button.Ok, self._window), _Button.Ok)

    def _settle_typing(self) -> None:
        """Let a name that is still being typed take effect: what is saved is what can be seen."""
        field = self._window.focusWidget()
        if field is not None and field.hasFocus():
            field.clearFocus()
            if field.isVisible():
                field.setFocus()

    def _may_overwrite(self, path: Path) -> bool:
        sentence = f"“{path.name}” is there already. Replace it?"
        box = QMessageBox(_Icon.Question, "Save the project", sentence, _Button.Yes | _Button.No, self._window)
        return _answer(box, _Button.No) == _Button.Yes

    def _replace(self, make: Callable[[], Graph], path: Path | None = None, name: str = "") -> bool:
        if not self.may_close():
            return False
        try:
            graph = make()
        except DocumentError as error:
            self.complain("This project cannot be opened", str(error))
            return False
        self._workspace.replace(graph, path, name)
        self.opened.emit()
        return True

    def _save_to(self, path: Path) -> bool:
        try:
            document.write(self._workspace.document, path)
        except DocumentError as error:
            self.complain("The project is not saved", str(error))
            return False
        self._workspace.set_path(path)
        self._workspace.undo_stack.setClean()
        remember_file(path)
        return True


def _answer(box: QMessageBox, default: QMessageBox.StandardButton) -> int:
    """Show `box` until a button is pressed, and return which; Enter presses `default`."""
    # Names come from files: what looks like markup in them is to be read, not obeyed.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setDefaultButton(default)
    answer = box.exec()
    box.deleteLater()
    return answer
