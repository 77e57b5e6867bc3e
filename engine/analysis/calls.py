"""Carries out the calls into PyTorch that layers declare."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from engine.layers.spec import Call, Invocation


@functools.cache
def resolve(target: str) -> Callable[..., Any]:
    """The class or function at a dotted path such as `torch.nn.Conv2d`."""
    module, _, name = target.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def make_module(invocation: Invocation, device: torch.device | str | None = None) -> nn.Module:
    """Construct the module of a layer on `device`."""
    # A context and not an argument: modules without weights take no `device`.
    with torch.device(device if device is not None else "cpu"):
        module = resolve(invocation.target)(**invocation.kwargs)
    assert isinstance(module, nn.Module)
    return module


def call_target(call: Call, invocation: Invocation, inputs: Sequence[Tensor]) -> Tensor:
    """Call the function of a layer that is not a module."""
    function = resolve(invocation.target)
    if call is Call.FOLD:
        folded: Tensor = functools.reduce(lambda left, right: function(left, right, **invocation.kwargs), inputs)
        return folded
    if call is Call.LIST:
        result: Tensor = function(list(inputs), **invocation.kwargs)
        return result
    raise ValueError(f"A layer called as {call.value} has no function.")
