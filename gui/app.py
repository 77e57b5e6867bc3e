"""Starts the app: one QApplication, one window. Torch is not imported here; the window loads it later."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from engine.folders import user_folder
from gui import fonts, motion, recent, theme
from gui.garbage import GarbageCollector
from gui.main_window import MainWindow
from gui.versions.cleaning import VersionCleaning

_log = logging.getLogger(__name__)

_SWITCH_S = 0.001
"""For so long a thread in the background may run Python while the window's thread waits for its turn, which it does
again and again for each event: with Python's own 5 ms, writing code or planning a layout would hold up every frame."""


def run_app(arguments: Sequence[str]) -> int:
    """Show the window, with the project file in `arguments` open if there is one, until it is closed."""
    start_log()
    application = make_application()
    application.styleHints().colorSchemeChanged.connect(lambda: apply_theme(application))
    # The style sheet says whether Qt's own widgets move.
    motion.motion_hub.motionChanged.connect(lambda: theme.apply(application, theme.current()))
    collector = GarbageCollector(application)
    collector.start()
    window = MainWindow()
    window.loader.loaded.connect(collector.spare)
    window.documents.closed.connect(collector.expect)
    sys.excepthook = lambda kind, error, trace: _report(window, kind, error, trace)
    window.show()
    cleaning = VersionCleaning(application)
    cleaning.start()
    if arguments:
        QTimer.singleShot(0, lambda: window.documents.open(Path(arguments[0])))
    status = application.exec()
    cleaning.stop()
    collector.stop()
    return status


def make_application() -> QApplication:
    """The QApplication in the user's theme; the one that runs already if there is one."""
    sys.setswitchinterval(_SWITCH_S)
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["netwright"])
    application.setApplicationName("Netwright")
    application.setDesktopFileName("netwright")
    fonts.load()
    motion.start()
    apply_theme(application)
    return application


def apply_theme(application: QApplication) -> None:
    """Put on the theme that the user has chosen, or else the one that the desktop asks for."""
    chosen = {"dark": theme.DARK, "light": theme.LIGHT}.get(str(recent.settings().value("theme", "")))
    theme.apply(application, chosen or theme.system_theme(application))


def start_log() -> None:
    """Write what happens to a file in the user's folder, kept small."""
    handler = logging.handlers.RotatingFileHandler(
        user_folder() / "netwright.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def _report(window: MainWindow, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The last net: an error that nobody expected is logged in full and told in one sentence."""
    if issubclass(kind, KeyboardInterrupt):
        window.close()
        return
    _log.critical("unexpected error", exc_info=(kind, error, trace))
    window.status_line.say("Something went wrong; your work is safe, and the log has the details.")
