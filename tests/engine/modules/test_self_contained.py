"""The source of each of our own modules and functions works alone, behind a few imports, as exported code has it."""

from __future__ import annotations

import builtins
import importlib
import inspect
import pkgutil
import symtable
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import engine.modules

HEADER = """\
from __future__ import annotations

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor
"""


def public(module: ModuleType) -> dict[str, Any]:
    """The classes and functions that `module` defines for others."""
    return {
        name: value
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    }


def globals_used(table: symtable.SymbolTable) -> Iterator[str]:
    """The names that code at any depth looks up outside of itself."""
    yield from (symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced())
    for child in table.get_children():
        yield from globals_used(child)


FOUND = [
    pytest.param(value, id=f"{info.name}.{name}")
    for info in pkgutil.iter_modules(engine.modules.__path__)
    for name, value in public(importlib.import_module(f"engine.modules.{info.name}")).items()
]


def test_something_is_found() -> None:
    assert len(FOUND) > 0


@pytest.mark.parametrize("thing", FOUND)
def test_the_source_stands_alone(thing: Any) -> None:
    source = HEADER + inspect.getsource(thing)
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    missing = set(globals_used(symtable.symtable(source, "exported", "exec"))) - namespace.keys() - set(dir(builtins))
    assert not missing, "what is pasted into exported code brings nothing along"
    assert inspect.signature(namespace[thing.__name__]) == inspect.signature(thing)
