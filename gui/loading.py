"""Loads torch, and what draws the plots, on a worker thread, so that the window stands and can be edited at once."""

from __future__ import annotations

import logging
import sys
import threading
from importlib import import_module

from PySide6.QtCore import QObject, QTimer, Signal

from gui.analyser import Analyser, load_analyser

_POLL_MS = 30

_log = logging.getLogger(__name__)


class AnalyserLoader(QObject):
    """Runs `load_analyser` once on a thread of its own and tells the window's thread when it is done."""

    loaded = Signal(object)
    """The `Analyser`."""
    failed = Signal(str)
    """One sentence on why torch cannot be loaded."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = threading.Thread(target=self._load, name="load torch")
        self._analyser: Analyser | None = None
        self._error: Exception | None = None
        # The thread never touches Qt: it leaves its result, and this timer picks it up.
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._pick_up)

    def start(self) -> None:
        """Begin to load."""
        self._thread.start()
        self._timer.start()

    def close(self) -> None:
        """Wait for the thread; an import cannot be interrupted."""
        self._timer.stop()
        if self._thread.is_alive():
            self._thread.join()

    def _load(self) -> None:
        _import_without_scanning()
        try:
            self._analyser = load_analyser()
        except Exception as error:  # The thread's boundary: whatever a broken installation raises is reported.
            _log.exception("torch cannot be loaded")
            self._error = error
        else:
            # The plots of the first run want it, for which the window would have to wait a third of a second.
            import_module("pyqtgraph")

    def _pick_up(self) -> None:
        if self._thread.is_alive():
            return
        self._timer.stop()
        if self._analyser is not None:
            self.loaded.emit(self._analyser)
        else:
            self.failed.emit(f"PyTorch cannot be loaded ({self._error}); install it again with “pip install torch”.")


def _import_without_scanning() -> None:
    """Spare torch's two thousand modules PySide's reading of their source.

    PySide hooks into every import and searches the module's text for uses of its `snake_case` switch, which
    nothing here uses; that doubles the time torch needs to load.
    """
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        setattr(feature, "_mod_uses_pyside", lambda module: False)  # noqa: B010
