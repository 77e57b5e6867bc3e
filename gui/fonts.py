"""The font that comes with the app, so that it looks the same on a machine that has hardly any."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFontDatabase

FOLDER = Path(__file__).parent.parent / "assets" / "fonts"


def load() -> None:
    """Make the bundled font known to Qt; wants a running QApplication."""
    for file in sorted(FOLDER.glob("*.otf")):
        QFontDatabase.addApplicationFont(str(file))
