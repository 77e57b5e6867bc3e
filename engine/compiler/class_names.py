"""What the class of a network is called in code; free of torch."""

from __future__ import annotations

import builtins
import keyword
import re

from engine.compiler.code_imports import NAMES

DEFAULT = "Network"
"""The class of a network that has no name."""


def class_name(stem: str) -> str:
    """The class for a file that is called `stem`: `ResNet50` for resNet50, and for res-net_50 too."""
    parts = re.findall(r"[A-Za-z0-9]+", stem)
    name = "".join(part[0].upper() + part[1:] for part in parts).lstrip("0123456789")
    name = name[:1].upper() + name[1:]
    is_taken = keyword.iskeyword(name) or name in NAMES or hasattr(builtins, name)
    return name if name.isidentifier() and not is_taken else DEFAULT
