"""How long the window takes from the start of the process to its first paint."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

from tests.benchmarks.figures import Figure

ROUNDS = 7
_CHILD = """
import sys, time
from PySide6.QtCore import QTimer
from gui.app import make_application
from gui.main_window import MainWindow

application = make_application()
window = MainWindow()
window.start_loading = lambda: None
window.show()
window.grab()
application.processEvents()
print(time.monotonic(), "torch" in sys.modules, flush=True)
window.close()
"""


def measure() -> list[Figure]:
    """Start the app several times, after one start that fills the disk cache."""
    times = []
    with tempfile.TemporaryDirectory() as home:
        for _ in range(ROUNDS + 1):
            start = monotonic()
            done = subprocess.run(
                [sys.executable, "-c", _CHILD],
                cwd=Path(__file__).parents[2],
                env={**_environment(), "NETWRIGHT_HOME": home},
                capture_output=True,
                text=True,
                check=True,
            )
            painted, torch_loaded = done.stdout.split()
            assert torch_loaded == "False"
            times.append(float(painted) - start)
    how = f"process start to painted window, torch not loaded, warm, median of {ROUNDS}"
    return [Figure("start to window", statistics.median(times[1:]) * 1000, "ms", "≤ 1,000 ms", how)]


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
