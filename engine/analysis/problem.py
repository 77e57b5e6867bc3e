"""A problem of a network, as data: where, how bad, what, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.graph.edits import Edit
from engine.graph.model import NodeId


class Severity(Enum):
    """How bad a problem is."""

    ERROR = "error"
    """The network cannot be trained."""
    WARNING = "warning"
    """It can, but it will not do what its author expects."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a network."""

    severity: Severity
    """Whether it keeps the network from training."""
    sentence: str
    """What is wrong, why, and what to do."""
    node: NodeId | None = None
    """Where; None when it concerns the whole network."""
    fix: Edit | None = None
    """An edit that mends it, where there is one."""
    fix_label: str = ""
    """What the fix does, for its button."""
