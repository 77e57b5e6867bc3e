"""Where the app keeps what belongs to its user: settings, recovery copies, log."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def user_folder() -> Path:
    """The user's folder for Netwright, made when missing; the variable NETWRIGHT_HOME names another one."""
    chosen = os.environ.get("NETWRIGHT_HOME")
    folder = Path(chosen) if chosen else platformdirs.user_data_path("netwright", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
