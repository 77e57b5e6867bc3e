"""Where a file goes: a field for its name, and the desktop's own dialog."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from gui import theme
from gui.code.exporting import ExportFormat, suggested_path
from gui.workspace import Workspace


class FileRow(QWidget):
    """Asks for the file of an export."""

    changed = Signal()
    """Another file is named, or none any more."""

    def __init__(self, workspace: Workspace, wanted: ExportFormat, name: str, parent: QWidget | None = None) -> None:
        """Ask for a file of the format `wanted`; `name` is that with which the names of the parts begin."""
        super().__init__(parent)
        self._workspace = workspace
        self._wanted = wanted
        self.field = QLineEdit()
        """The name of the file."""
        self.field.setObjectName(f"{name}_file")
        self.field.setAccessibleName("File to write")
        self.browse = QPushButton("Browse…")
        """Asks for the file."""
        self.browse.setObjectName(f"{name}_browse")
        self.browse.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self.field, 1)
        row.addWidget(self.browse)
        self.field.textChanged.connect(self.changed)
        self.browse.clicked.connect(lambda: self.ask())
        self.suggest(wanted)

    @property
    def path(self) -> Path | None:
        """The file that is named, with the right ending; None when none is."""
        text = self.field.text().strip()
        path = Path(str(Path.home()) + text[1:] if text.startswith("~/") else text)
        if text.endswith(("/", "\\")) or path.name in ("", ".", ".."):
            return None
        if path.suffix.lower() != self._wanted.suffix:
            path = path.with_name(path.name + self._wanted.suffix)
        # A bare name goes where all the others are suggested.
        return suggested_path(self._workspace, self._wanted).parent / path

    def suggest(self, wanted: ExportFormat) -> None:
        """Suggest a file of the format `wanted`."""
        self._wanted = wanted
        self.field.setText(str(suggested_path(self._workspace, wanted)))

    def change_format(self, wanted: ExportFormat) -> None:
        """Name a file of the format `wanted` beside the one that is named."""
        path = self.path
        self._wanted = wanted
        if path is None:
            self.suggest(wanted)
        else:
            self.field.setText(str(path.with_suffix(wanted.suffix)))

    def ask(self, parent: QWidget | None = None) -> bool:
        """Ask with the desktop's own dialog, over `parent` or the row itself; return whether a file was named."""
        name, _ = QFileDialog.getSaveFileName(
            parent or self,
            f"Export as {self._wanted.title}",
            str(self.path or suggested_path(self._workspace, self._wanted)),
            f"{self._wanted.kind} (*{self._wanted.suffix})",
        )
        if name:
            self.field.setText(name)
        return bool(name)
