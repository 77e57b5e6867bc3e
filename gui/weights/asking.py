"""Asks for a file with weights."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from engine.weights.declarations import SUFFIXES

_FILTER = f"Weights ({' '.join(f'*{suffix}' for suffix in SUFFIXES)})"


def ask_for_weights(parent: QWidget, folder: Path | None) -> Path | None:
    """Ask with the desktop's own dialog, from `folder` on; None when the user has named no file."""
    name, _ = QFileDialog.getOpenFileName(parent, "Choose a file with weights", str(folder or Path.home()), _FILTER)
    return Path(name) if name else None
