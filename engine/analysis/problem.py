"""A problem of a network, as data: where, how bad, what, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from engine.graph.edits import Edit
from engine.graph.model import NodeId


class Severity(Enum):
    """How bad a problem is."""

    ERROR = "error"
    """The network cannot work, or not for its data."""
    DATA = "data"
    """The network can work, but no data that fits it has been chosen yet, so it cannot be trained."""
    WARNING = "warning"
    """It can be trained, but it will not do what its author expects."""

    @property
    def keeps_from_training(self) -> bool:
        """Whether the network cannot be trained as it is."""
        return self is not Severity.WARNING


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to mend a problem."""

    label: str
    """What it does, for its button."""
    edit: Edit
    """The change; it can be made in any graph of the project."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a network."""

    severity: Severity
    """How bad it is."""
    sentence: str
    """What is wrong, why, and what to do."""
    node: NodeId | None = None
    """Where; None when it concerns the whole network or block."""
    fix: Edit | None = None
    """An edit that mends it, where there is one: the best of them."""
    fix_label: str = ""
    """What the fix does, for its button."""
    alternatives: tuple[Fix, ...] = ()
    """Other ways to mend it, the better ones first."""
    block: str = ""
    """The block inside which the node lies; empty for the network itself."""
    path: tuple[NodeId, ...] = ()
    """The instances that lead to the node, from the network on, one inside the other; empty for the network itself."""

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """All ways to mend it, the best one first."""
        return () if self.fix is None else (Fix(self.fix_label, self.fix), *self.alternatives)
