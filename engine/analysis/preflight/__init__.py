"""What keeps a network from training, or from doing what its author expects; with fixes where there are some."""

from __future__ import annotations

from engine.analysis.preflight.check import find_problems
from engine.analysis.preflight.output import sizing
from engine.analysis.preflight.task import OtherData, Task

__all__ = ["OtherData", "Task", "find_problems", "sizing"]
