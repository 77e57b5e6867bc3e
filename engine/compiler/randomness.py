"""Random numbers that one thread draws for itself, while others go on with those of the whole program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class OwnRandomness(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Within it everything random on the CPU comes from a generator of its own, on this thread alone.

    The numbers are those that would follow `torch.manual_seed(seed)`. So a network that is built beside a run starts
    from the same weights as the run with this seed, and the run goes on as if nobody else had drawn any.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._generator = torch.Generator().manual_seed(seed)

    def __torch_dispatch__(
        self,
        func: torch._ops.OpOverload,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Carry out one operation of PyTorch, with the own generator if it draws from one."""
        given = dict(kwargs or {})
        if torch.Tag.nondeterministic_seeded in func.tags:
            func = _taking_generator(func)
            if given.get("generator") is None and _takes_generator(func):
                given["generator"] = self._generator
        return func(*args, **given)


def _takes_generator(func: torch._ops.OpOverload) -> bool:
    return any(argument.name == "generator" for argument in func._schema.arguments)


def _taking_generator(func: torch._ops.OpOverload) -> torch._ops.OpOverload:
    """The form of an operation that takes a generator: `randn` has two, `normal_` a single one that does."""
    if _takes_generator(func):
        return func
    name = "generator" if func._overloadname == "default" else f"{func._overloadname}_generator"
    return getattr(func._overloadpacket, name, func)
