"""Files, functions and classes stay small enough to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "main.py", *sorted(ROOT.glob("engine/**/*.py")), *sorted(ROOT.glob("gui/**/*.py"))]
MAX_FILE, MAX_MAIN_WINDOW, MAX_FUNCTION, MAX_METHODS = 400, 300, 50, 20

EVERY = pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function's body, from behind its docstring to its end."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def public_methods(tree: ast.ClassDef) -> set[str]:
    """The names of the public methods that a class offers.

    Properties are read like attributes and do not count, nor do handlers of events, which only Qt calls.
    """
    return {
        node.name
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and not node.name.startswith("_")
        and not node.name.endswith("Event")
        and not any("property" in ast.unparse(mark) or ".setter" in ast.unparse(mark) for mark in node.decorator_list)
    }


def test_the_sources_are_found() -> None:
    assert ROOT / "engine" / "graph" / "model.py" in SOURCES
    assert len(SOURCES) > 40


@EVERY
def test_a_source_file_keeps_its_budgets(path: Path) -> None:
    text = path.read_text()
    limit = MAX_MAIN_WINDOW if path.name == "main_window.py" else MAX_FILE
    assert len(text.splitlines()) <= limit
    tree = ast.parse(text)
    too_long = {node.name: code_lines(node) for node in functions(tree) if code_lines(node) > MAX_FUNCTION}
    assert too_long == {}
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    too_wide = {node.name: len(found) for node in classes if len(found := public_methods(node)) > MAX_METHODS}
    assert too_wide == {}


@EVERY
def test_only_the_command_line_prints(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    prints = [node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id == "print"]
    assert not prints or path == ROOT / "engine" / "cli.py"
