"""Carries out the calls into PyTorch that layers declare."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from engine.graph.params import Params
from engine.layers import formula
from engine.layers.spec import Call, Invocation, LayerSpec


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


def call_now(function: Callable[..., Any], *arguments: Any, **kwargs: Any) -> Any:
    """Call `function` at once; the compiler passes another of this kind, which writes the call down instead."""
    return function(*arguments, **kwargs)


def carry_out(
    declared: LayerSpec,
    params: Params,
    invocation: Invocation,
    inputs: Sequence[Any],
    module: Callable[..., Any] | None = None,
    call_function: Callable[..., Any] = call_now,
) -> Any:
    """What a layer makes of `inputs`, which are tensors, or stand for tensors while a network is compiled.

    Args:
        module: the layer's module, for a layer that is one.
        call_function: calls a function with arguments.

    Returns:
        A tensor, or a tuple of tensors for a layer with several outputs.
    """
    fed = list(inputs)
    if any(port.integer for port in declared.inputs):
        fed = [value.long() if port.integer else value for value, port in zip(fed, declared.inputs, strict=True)]
    chosen = [fed[index] for index in invocation.arguments] if invocation.arguments else fed
    result: Any
    match declared.call:
        case Call.MODULE:
            assert module is not None
            result = module(*chosen, **invocation.call_kwargs)
        case Call.FUNCTION:
            result = call_function(resolve(invocation.target), *chosen, **invocation.kwargs)
        case Call.FOLD:
            function = resolve(invocation.target)
            result = functools.reduce(lambda a, b: call_function(function, a, b, **invocation.kwargs), chosen)
        case Call.LIST:
            result = call_function(resolve(invocation.target), chosen, **invocation.kwargs)
        case Call.FORMULA:
            result = formula.apply(str(params["formula"]), chosen[0], resolve)
        case _:
            raise ValueError(f"A layer called as {declared.call.value} computes nothing.")
    for index in invocation.pick:
        result = result[index]
    return result
