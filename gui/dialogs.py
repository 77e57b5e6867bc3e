"""The dialogs that the window opens; each is imported and made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gui.documents import Documents
from gui.workspace import Workspace

if TYPE_CHECKING:
    from gui.export_dialog import ExportDialog


class Dialogs:
    """Opens dialogs over one window."""

    def __init__(self, workspace: Workspace, documents: Documents, window: QWidget) -> None:
        self._workspace = workspace
        self._documents = documents
        self._window = window
        self._export: ExportDialog | None = None

    def slots(self) -> dict[str, Callable[[], object]]:
        """What the actions of the window call, by their ids."""
        return {"gallery": self.open_gallery, "export": self.export, "weights": self.open_weights}

    def open_gallery(self) -> None:
        """Let a reference network be chosen that replaces the document."""
        from gui.gallery.dialog import open_gallery

        open_gallery(self._documents, self._workspace, self._window)

    def open_weights(self) -> None:
        """Let pretrained weights be chosen for the document."""
        from gui.weights.dialog import open_weights_dialog

        open_weights_dialog(self._workspace, self._window)

    def export(self) -> None:
        """Ask in which format the network is to be saved, and where."""
        self._export_dialog().ask()

    def export_as(self, wanted: str) -> None:
        """Save the network as “model”, “script” or “onnx”."""
        self._export_dialog().save_as(wanted)

    def close(self) -> None:
        """End what a dialog is still doing; called when the window closes."""
        if self._export is not None:
            self._export.close_worker()

    def _export_dialog(self) -> ExportDialog:
        from gui.export_dialog import ExportDialog

        if self._export is None:
            self._export = ExportDialog(self._workspace, self._window)
        return self._export
