"""What may be imported by what: the engine needs no screen, and the window opens before torch is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TORCH_FREE = [
    "engine.cli",
    "engine.cli_weights",
    "engine.project",
    "engine.graph.diff",
    "engine.graph.document",
    "engine.graph.edits",
    "engine.layers.registry",
    "engine.layers.fragment",
    "engine.layers.unfolding",
    "engine.layers.validation",
    "engine.layers.wiring",
    "engine.layout.arrange",
    "engine.layout.quality",
    "engine.versions",
    "engine.zoo.registry",
    "engine.analysis.activations",
    "engine.analysis.memory",
    "engine.analysis.preflight",
    "engine.analysis.problem",
    "engine.analysis.report",
    "engine.compiler.class_names",
    "engine.compiler.formats",
    "engine.data.declarations",
    "engine.training.devices",
    "engine.training.failures",
    "engine.training.history",
    "engine.training.pace",
    "engine.training.recipe",
    "engine.training.run",
    "engine.training.runner",
    "engine.training.snapshot",
    "engine.training.status",
    "engine.weights.declarations",
    "engine.weights.head",
]

BLOCKER = """
import sys

class Blocker:
    def __init__(self, *blocked):
        self.blocked = blocked

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.blocked:
            raise ImportError(f"{name} is not there")

sys.meta_path.insert(0, Blocker(*BLOCKED))
"""


def run(code: str, *, blocked: tuple[str, ...] = (), folder: Path = ROOT) -> str:
    """The output of `code` in a fresh interpreter in which the packages `blocked` cannot be imported."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run(
        [sys.executable, "-c", f"BLOCKED = {blocked!r}\n{BLOCKER if blocked else ''}\n{code}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def imported_by(module: str) -> set[str]:
    code = f"import sys\nimport {module}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    return set(run(code).split())


def test_the_blocker_blocks() -> None:
    code = "try:\n    import PySide6\nexcept ImportError:\n    print('blocked')"
    assert run(code, blocked=("PySide6",)) == "blocked\n"


def test_the_engine_can_be_asked_without_torch_and_qt() -> None:
    code = f"""
import sys
from importlib import import_module

for module in {TORCH_FREE!r}:
    import_module(module)
    unwanted = {{'torch', 'torchvision', 'PySide6', 'pyqtgraph', 'qtawesome', 'gui'}} & set(sys.modules)
    assert not unwanted, (module, unwanted)
"""
    run(code)


def test_the_window_is_imported_without_torch() -> None:
    imported = imported_by("gui.app")
    assert "PySide6" in imported
    assert "torch" not in imported


def test_the_engine_works_where_there_is_no_qt() -> None:
    code = """
import torch
from engine.compiler.build import build
from engine.project import ProjectAnalyser
from engine.zoo.registry import ZOO

graph = ZOO["lenet5"].build()
analysis, problems = ProjectAnalyser().analyse(graph)
print(analysis.parameters, problems, tuple(build(graph)(torch.zeros(2, 1, 28, 28)).shape))
"""
    assert run(code, blocked=("PySide6", "pyqtgraph", "qtawesome", "gui")) == "61706 [] (2, 10)\n"


def test_networks_are_listed_and_written_where_there_is_no_torch(tmp_path: Path) -> None:
    code = """
from engine.cli import run

for arguments in (["zoo", "--json"], ["new", "lenet5", "-o", "net.netwright"]):
    assert run(arguments, lambda arguments: 9) == 0
"""
    printed = run(code, blocked=("torch", "PySide6", "pyqtgraph", "qtawesome", "gui"), folder=tmp_path)
    assert '"lenet5"' in printed
    assert (tmp_path / "net.netwright").exists()
