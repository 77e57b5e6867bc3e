"""What one layer costs: weights, FLOPs, and what autograd keeps of it; measured on the meta device.

The real layer is run once on inputs of the given shapes. PyTorch tells every tensor that it keeps for the backward
pass; by the memory in which a tensor lies it is known for an input, an output, a weight, or something else.
Nothing is allocated.

The numbers are those of PyTorch's own way to compute on a CPU. A library for a device may keep something else: a
fused recurrent layer keeps a workspace of its own, and on a GPU a dropout keeps one byte for each value, not four.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from engine.analysis.calls import carry_out, make_module
from engine.analysis.meta import FusedAttention, Recorder
from engine.analysis.report import Feed, Footprint, NodeReport, Value
from engine.graph.params import Params, ParamValue
from engine.layers.spec import Call, Invocation, LayerSpec

_BATCH = 2
"""A batch of one sample is refused by batch norms."""
_FEW_STEPS = 2
"""From how many steps on each further one costs the same in a recurrent layer."""
_T = TypeVar("_T")


def measure(layer: LayerSpec, params: Params, feeds: Sequence[Feed]) -> NodeReport:
    """Run one layer on the meta device and report what comes out, what it costs and what it keeps in memory.

    Args:
        layer: the declaration.
        params: plain values for all its parameters.
        feeds: what arrives at its inputs.
    """
    objection = layer.objection([feed.shape for feed in feeds], params)
    if objection:
        return NodeReport(error=objection)
    if layer.call is Call.OUTPUT:
        passed = Value(part_of=0, learns=feeds[0].learns, strides=feeds[0].strides)
        return NodeReport((feeds[0].shape,), footprint=Footprint((passed,)))
    try:
        if layer.family == "Recurrent" and feeds[0].shape[0] > _FEW_STEPS + 1 and feeds[0].strides is None:
            return _measure_steps(layer, params, feeds[0])
        return _measure(layer, params, feeds)
    except (RuntimeError, ValueError, IndexError, TypeError, OverflowError) as error:
        return NodeReport(error=f"{layer.label} cannot work here: {_first_sentence(error)}")


def _measure_steps(layer: LayerSpec, params: Params, feed: Feed) -> NodeReport:
    """Measure a recurrent layer on few steps: it does the same at each, which PyTorch writes out one by one."""
    steps, features = feed.shape
    first, second = (
        _measure(layer, params, [Feed((few, features), feed.learns)]) for few in (_FEW_STEPS, _FEW_STEPS + 1)
    )
    return _continued(first, second, steps - _FEW_STEPS)


def _continued(first: _T, second: _T, number: int) -> _T:
    """`first` with each number in it grown `number` times by what it grows from `first` to `second`."""
    result: Any = first
    if isinstance(first, int) and not isinstance(first, bool) and isinstance(second, int):
        result = first + number * (second - first)
    elif isinstance(first, tuple) and isinstance(second, tuple):
        result = tuple(_continued(a, b, number) for a, b in zip(first, second, strict=True))
    elif isinstance(first, (NodeReport, Footprint, Value)):
        names = first.__dataclass_fields__
        result = type(first)(
            **{name: _continued(getattr(first, name), getattr(second, name), number) for name in names}
        )
    return result  # type: ignore[no-any-return]


@dataclass(slots=True)
class _Use:
    """One forward pass of one layer with a batch of some size, and what it leaves behind."""

    outputs: tuple[Tensor, ...]
    feeds: list[Tensor]
    kept_inputs: tuple[int, ...]
    kept_outputs: tuple[int, ...]
    extra: int
    flops: int

    @property
    def needs_another(self) -> bool:
        """Whether a second batch size is needed to tell what grows with the batch."""
        return self.extra > 0 or not all(output.is_contiguous() for output in self.outputs)


def _measure(layer: LayerSpec, params: Params, feeds: Sequence[Feed]) -> NodeReport:
    invocation = layer.invocation([feed.shape for feed in feeds], params)
    module = _meta_module(layer, invocation) if layer.call is Call.MODULE else None

    def run(inputs: Sequence[Tensor]) -> Any:
        with FusedAttention() if layer.family == "Attention" else nullcontext():
            return carry_out(layer, params, invocation, inputs, module)

    use = _use(run, feeds, module, _BATCH)
    flops, extra, fixed = use.flops // _BATCH, use.extra // _BATCH, 0
    wider = None
    if use.needs_another:
        wider = _use(run, feeds, module, _BATCH + 1)
        flops, extra = wider.flops - use.flops, wider.extra - use.extra
        fixed = use.extra - _BATCH * extra
    buffers = [] if module is None else list(module.buffers())
    return NodeReport(
        outputs=tuple(tuple(output.shape[1:]) for output in use.outputs),
        parameters=0 if module is None else sum(parameter.numel() for parameter in module.parameters()),
        buffers=sum(buffer.numel() for buffer in buffers),
        buffer_bytes=sum(buffer.nbytes for buffer in buffers),
        flops=flops,
        footprint=Footprint(
            values=_values(use, wider),
            kept_inputs=use.kept_inputs,
            kept_outputs=use.kept_outputs,
            extra_bytes=extra,
            fixed_bytes=fixed,
            passes_on=layer.family == "Regularization" and _passes_on(run, feeds, module),
        ),
    )


def _meta_module(layer: LayerSpec, invocation: Invocation) -> nn.Module:
    # What remembers the batch before, or is switched to evaluation, must not be shared among threads.
    if layer.family in ("Recurrent", "Regularization"):
        return make_module(invocation, device="meta")
    return _shared_module(invocation.target, tuple(invocation.kwargs.items()))


@lru_cache(maxsize=1024)
def _shared_module(target: str, kwargs: tuple[tuple[str, ParamValue], ...]) -> nn.Module:
    """A module without memory for its weights; only its forward pass is used, whatever shapes it gets."""
    return make_module(Invocation(target, dict(kwargs)), device="meta")


def _use(run: Callable[[Sequence[Tensor]], Any], feeds: Sequence[Feed], module: nn.Module | None, batch: int) -> _Use:
    inputs = [_input(feed, batch) for feed in feeds]
    kept: list[torch.UntypedStorage] = []
    # Not the tensor itself: that knows how it was made, and would keep itself alive for ever by that.
    keep = saved_tensors_hooks(lambda tensor: kept.append(tensor.untyped_storage()), _never)
    with Recorder() as recorder, torch.enable_grad(), keep:
        result = run(inputs)
    outputs: tuple[Tensor, ...] = result if isinstance(result, tuple) else (result,)
    weights = [] if module is None else [*module.parameters(), *module.buffers()]
    own = {_memory(weight) for weight in weights}
    given = {_memory(value): index for index, value in enumerate(inputs)}
    made = {_memory(value): index for index, value in reversed(list(enumerate(outputs))) if _memory(value) not in given}
    sizes = {storage._cdata: storage.nbytes() for storage in kept if storage._cdata not in own}
    return _Use(
        outputs=outputs,
        feeds=inputs,
        kept_inputs=tuple(sorted(given[memory] for memory in sizes if memory in given)),
        kept_outputs=tuple(sorted(made[memory] for memory in sizes if memory in made)),
        extra=sum(size for memory, size in sizes.items() if memory not in given and memory not in made),
        flops=recorder.flops,
    )


def _never(kept: object) -> Tensor:
    raise RuntimeError("There is no backward pass on the meta device.")


def _input(feed: Feed, batch: int) -> Tensor:
    shape = (batch, *feed.shape)
    if feed.strides is None:
        return torch.empty(shape, device="meta", requires_grad=feed.learns)
    return torch.empty_strided(shape, feed.strides[batch - _BATCH], device="meta", requires_grad=feed.learns)


def _memory(tensor: Tensor) -> int:
    """Which memory a tensor lies in; views of it lie in the same."""
    memory: int = tensor.untyped_storage()._cdata
    return memory


def _values(use: _Use, wider: _Use | None) -> tuple[Value, ...]:
    given = {_memory(value): index for index, value in enumerate(use.feeds)}
    taken: set[int] = set()
    values: list[Value] = []
    for index, output in enumerate(use.outputs):
        memory = _memory(output)
        part_of = given.get(memory)
        # Two outputs in the same memory take it once.
        is_new = part_of is None and memory not in taken
        taken.add(memory)
        strides = None
        if wider is not None and not output.is_contiguous():
            strides = (output.stride(), wider.outputs[index].stride())
        size = output.untyped_storage().nbytes() // _BATCH if is_new else 0
        values.append(Value(size, part_of, output.requires_grad, strides))
    return tuple(values)


def _passes_on(run: Callable[[Sequence[Tensor]], Any], feeds: Sequence[Feed], module: nn.Module | None) -> bool:
    if module is None:
        return False
    inputs = [_input(feed, _BATCH) for feed in feeds]
    module.eval()
    try:
        with Recorder(), torch.no_grad():
            result = run(inputs)
    finally:
        module.train()
    return isinstance(result, Tensor) and _memory(result) == _memory(inputs[0])


def _first_sentence(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{text[0].rstrip('.')[:200]}." if text else f"{type(error).__name__}."
