"""The imports that generated code needs, in the order in which formatters want them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class _Import(NamedTuple):
    """Where a name comes from."""

    module: str
    """The module that is imported, or from which something is."""
    attribute: str = ""
    """What is imported from it; empty for the module itself."""
    standard: bool = False
    """Whether it is part of Python."""


_KNOWN: dict[str, _Import] = {
    "Any": _Import("typing", "Any", True),
    "OrderedDict": _Import("collections", "OrderedDict", True),
    "Path": _Import("pathlib", "Path", True),
    "TypeVar": _Import("typing", "TypeVar", True),
    "argparse": _Import("argparse", standard=True),
    "math": _Import("math", standard=True),
    "os": _Import("os", standard=True),
    "DataLoader": _Import("torch.utils.data", "DataLoader"),
    "Dataset": _Import("torch.utils.data", "Dataset"),
    "DistributedDataParallel": _Import("torch.nn.parallel", "DistributedDataParallel"),
    "DistributedSampler": _Import("torch.utils.data", "DistributedSampler"),
    "F": _Import("torch.nn.functional as F"),
    "Tensor": _Import("torch", "Tensor"),
    "TensorDataset": _Import("torch.utils.data", "TensorDataset"),
    "datasets": _Import("torchvision", "datasets"),
    "dist": _Import("torch.distributed as dist"),
    "nn": _Import("torch", "nn"),
    "np": _Import("numpy as np"),
    "torch": _Import("torch"),
    "transforms": _Import("torchvision", "transforms"),
}
"""What generated code may mention without having defined it."""
NAMES = frozenset(_KNOWN)
"""The names that can be imported."""


def import_lines(code: str) -> Iterator[str]:
    """The imports for `code`, with an empty line behind each section."""
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)} & NAMES
    for standard in (True, False):
        section = list(_section(_KNOWN[name] for name in used if _KNOWN[name].standard is standard))
        if section:
            yield from (*section, "")


def _section(imports: Iterable[_Import]) -> Iterator[str]:
    found = list(imports)
    for module in sorted({one.module for one in found if not one.attribute}):
        yield f"import {module}"
    for module in sorted({one.module for one in found if one.attribute}):
        # Classes stand before functions and modules.
        names = sorted(
            (one.attribute for one in found if one.module == module and one.attribute),
            key=lambda name: (name[0].islower(), name),
        )
        yield f"from {module} import {', '.join(names)}"
