"""What the app remembers from one start to the next: recent files, theme and the window's layout."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

from engine.folders import user_folder

_MOST = 12


def settings() -> QSettings:
    """The app's settings, in a file of its own so that tests and portable installs can move them."""
    return QSettings(str(user_folder() / "settings.ini"), QSettings.Format.IniFormat)


def recent_files() -> list[Path]:
    """The project files opened or saved last, the newest first."""
    stored = settings().value("recent_files", [])
    names = [stored] if isinstance(stored, str) else stored
    return [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []


def remember_file(path: Path) -> None:
    """Put `path` at the top of the recent files."""
    path = path.absolute()
    names = [str(path), *(str(other) for other in recent_files() if other != path)]
    settings().setValue("recent_files", names[:_MOST])


def forget_file(path: Path) -> None:
    """Take `path` off the recent files."""
    settings().setValue("recent_files", [str(other) for other in recent_files() if other != path])
