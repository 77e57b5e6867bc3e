"""Files, functions and classes stay small enough to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLI = ROOT / "engine" / "cli.py"
SOURCES = [ROOT / "main.py", *sorted(ROOT.glob("engine/**/*.py")), *sorted(ROOT.glob("gui/**/*.py"))]
MAX_FILE, MAX_MAIN_WINDOW, MAX_FUNCTION, MAX_METHODS = 400, 300, 50, 20


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function's body, from behind its docstring to its end."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


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


def said_of(path: Path, tree: ast.AST, lines: int) -> Iterator[str]:
    """What is wrong with a file."""
    limit = MAX_MAIN_WINDOW if path.name == "main_window.py" else MAX_FILE
    if lines > limit:
        yield f"{lines} lines"
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and code_lines(node) > MAX_FUNCTION:
            yield f"{code_lines(node)} lines in {node.name}"
        if isinstance(node, ast.ClassDef) and len(methods := public_methods(node)) > MAX_METHODS:
            yield f"{len(methods)} public methods in {node.name}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print" and path != CLI:
            yield f"print in line {node.lineno}"


def test_source_files_keep_their_budgets_and_only_the_command_line_prints() -> None:
    said: dict[str, list[str]] = {}
    for path in SOURCES:
        text = path.read_text()
        if found := list(said_of(path, ast.parse(text), len(text.splitlines()))):
            said[str(path.relative_to(ROOT))] = found
    assert said == {}


def test_what_is_wrong_is_found() -> None:
    long = 'def long(self):\n    """Doc."""\n' + "    print()\n" * (MAX_FUNCTION + 1)
    methods = "".join(f"    def m{i}(self): ...\n" for i in range(MAX_METHODS + 1))
    tree = ast.parse(f"{long}class Wide:\n{methods}")
    said = list(said_of(ROOT / "gui" / "any.py", tree, MAX_FILE + 1))
    prints = [f"print in line {line}" for line in range(3, MAX_FUNCTION + 4)]
    assert said[:3] == ["401 lines", "51 lines in long", "21 public methods in Wide"]
    assert sorted(said[3:]) == sorted(prints)
    assert list(said_of(CLI, tree, MAX_FILE)) == said[1:3]
