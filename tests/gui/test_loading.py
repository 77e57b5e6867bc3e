"""What the window loads behind its user's back, once it stands."""

from __future__ import annotations

import subprocess
import sys

_LOAD = """
import sys
from PySide6.QtCore import QCoreApplication
from gui import loading

def load():
    if sys.argv[1] == "broken":
        raise ImportError("no torch")
    return "an analyser"

def tell(what):
    print(what, "pyqtgraph" in sys.modules)
    application.quit()

loading.load_analyser = load
application = QCoreApplication([])
loader = loading.AnalyserLoader()
loader.loaded.connect(tell)
loader.failed.connect(tell)
loader.start()
application.exec()
loader.close()
"""


def _load(how: str) -> str:
    done = subprocess.run([sys.executable, "-c", _LOAD, how], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_the_library_of_the_plots_is_there_before_the_first_run() -> None:
    assert _load("whole") == "an analyser True"


def test_without_torch_there_is_nothing_to_plot() -> None:
    assert _load("broken").startswith("PyTorch cannot be loaded (no torch)")
    assert _load("broken").endswith("False")


def test_a_busy_thread_soon_lets_the_window_have_its_turn() -> None:
    ask = "import sys; from gui import app; app.make_application(); print(sys.getswitchinterval() <= 0.001)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "True"
