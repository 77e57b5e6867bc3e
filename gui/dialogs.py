"""The dialogs that the window opens; each is imported and made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gui.documents import Documents
from gui.sheet_area import SheetArea


class Dialogs:
    """Opens dialogs about the current document over one window."""

    def __init__(self, sheets: SheetArea, documents: Documents, window: QWidget, say: Callable[[str], object]) -> None:
        """Open dialogs over `window`; `say` tells what has been done without one."""
        self._sheets = sheets
        self._documents = documents
        self._window = window
        self._say = say

    def slots(self) -> dict[str, Callable[[], object]]:
        """What the actions of the window call, by their ids."""
        return {
            "gallery": self.open_gallery,
            "export": self.export,
            "picture": self.open_picture,
            "copy_picture": self.copy_picture,
            "save_weights": lambda: self.export_as("safetensors"),
            "weights": self.open_weights,
            "versions": self.open_versions,
        }

    def open_gallery(self) -> None:
        """Let a reference network be chosen as a new document."""
        from gui.gallery.dialog import open_gallery

        open_gallery(self._documents, self._sheets.current.workspace, self._window)

    def open_weights(self) -> None:
        """Let pretrained weights be chosen for the document."""
        from gui.weights.dialog import open_weights_dialog

        open_weights_dialog(self._sheets.current.workspace, self._window)

    def open_versions(self) -> None:
        """Show what the document was at its last saves."""
        from gui.versions.dialog import open_versions_dialog

        sheet = self._sheets.current
        open_versions_dialog(sheet.workspace, sheet.comparing.compare, self._documents.start, self._window)

    def open_picture(self) -> None:
        """Ask how the canvas is to be drawn into a file."""
        from gui.pictures.dialog import open_picture_dialog

        sheet = self._sheets.current
        open_picture_dialog(sheet.workspace, sheet.scene, self._window)

    def copy_picture(self) -> None:
        """Put a picture of what is selected, or of everything, onto the clipboard."""
        from gui.pictures.clipboard import copy_picture

        sheet = self._sheets.current
        self._say(copy_picture(sheet.workspace, sheet.scene))

    def export(self) -> None:
        """Ask in which format the network is to be saved, and where."""
        self._sheets.current.export_dialog().ask()

    def export_as(self, wanted: str) -> None:
        """Save the network in the format with the id `wanted`."""
        self._sheets.current.export_dialog().save_as(wanted)
