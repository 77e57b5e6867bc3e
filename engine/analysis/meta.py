"""Runs PyTorch on the meta device, where tensors have shapes and no values, quickly and counting.

PyTorch computes the shapes of many operations there in Python, by decomposing them into dozens of others: a batch
norm takes milliseconds, and the first such operation imports PyTorch's compiler, which takes seconds. So the
operations that most networks are made of take a short way, and what others make of inputs is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, zip_longest
from types import FunctionType
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

_MAX_REMEMBERED = 20_000
_ATEN = torch.ops.aten

_Op: TypeAlias = Any


class _Spec(NamedTuple):
    """Where a tensor lies: enough to make another one like it."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: torch.dtype

    @classmethod
    def of(cls, tensor: Tensor) -> _Spec:
        return cls(tuple(tensor.shape), tensor.stride(), tensor.dtype)

    def make(self) -> Tensor:
        return torch.empty_strided(self.shape, self.strides, dtype=self.dtype, device="meta")


@dataclass(frozen=True, slots=True)
class _Known:
    """What an operation gives and costs."""

    specs: Any
    """Its result with a spec in the place of each tensor; None when the result itself has to be taken."""
    flops: int
    result: Any = None
    """The result where it shares memory with an input, which no copy of it could do."""


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Carries out what runs under it on the meta device, and adds up its FLOPs as `torch.utils.flop_counter` does.

    `torch.bilinear` counts too, which that counter leaves out: one multiplication and one addition for each weight
    and row.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.flops = 0
        """Multiplications and additions so far."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Otherwise PyTorch imports its whole compiler, which takes seconds, only to keep it away from this class.
        return False

    def __torch_dispatch__(
        self, func: _Op, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Carry out one operation, or give what it is known to give."""
        kwargs = kwargs or {}
        if _writes_in_place(func) and (len(_tensors(args)) == 1 or _plain_shape(args, kwargs) == args[0].shape):
            return args[0]
        if func in _SHARING or not _is_functional(func):
            result = func(*args, **kwargs)
            self.flops += _flops(func, args, kwargs, result)
            return result
        key = (func, _signature(args), _signature(kwargs))
        known = _KNOWN.get(key) or _computed(key, func, args, kwargs)
        self.flops += known.flops
        return known.result if known.specs is None else _made(known.specs)


_KNOWN: dict[Hashable, _Known] = {}
"""What operations give and cost, by operation and inputs."""
_DTYPES: dict[Hashable, torch.dtype] = {}
"""What kind of number comes out of operations that treat each value on its own."""
_SHARING: set[_Op] = set()
"""Operations whose results share the memory of their inputs although their schema does not say so."""


@lru_cache(maxsize=4096)
def _is_functional(func: _Op) -> bool:
    """Whether an operation only makes new tensors."""
    schema = func._schema
    return not schema.is_mutable and all(value.alias_info is None for value in schema.returns)


@lru_cache(maxsize=4096)
def _writes_in_place(func: _Op) -> bool:
    """Whether an operation replaces each value of its first input on its own."""
    first = func._schema.arguments[:1]
    is_written = bool(first) and first[0].alias_info is not None and first[0].alias_info.is_write
    return is_written and torch.Tag.pointwise in func.tags and func._schema.name.endswith("_")


def _tensors(values: Any) -> list[Tensor]:
    """The tensors among arguments, or in lists among them."""
    if isinstance(values, Tensor):
        return [values]
    if isinstance(values, (list, tuple)):
        return [tensor for value in values for tensor in _tensors(value)]
    return []


def _plain_shape(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The shape of what a pointwise operation makes, where that lies row by row as all its inputs do; else None."""
    tensors = _tensors(args)
    if not tensors or _tensors(list(kwargs.values())):
        return None
    first = tensors[0]
    if not all(tensor.dtype == first.dtype and _lies_row_by_row(tensor) for tensor in tensors):
        return None
    if all(tensor.shape == first.shape for tensor in tensors):
        return tuple(first.shape)
    axes = list(zip_longest(*(reversed(tensor.shape) for tensor in tensors), fillvalue=1))
    fits = all(set(sizes) <= {1, max(sizes)} for sizes in axes)
    if not fits or not all(tensor.is_contiguous() for tensor in tensors):
        return None
    return tuple(max(sizes) for sizes in axes)[::-1]


def _lies_row_by_row(tensor: Tensor) -> bool:
    """Whether the last axis runs fastest and so on; there may be gaps between rows."""
    if tensor.is_contiguous():
        return True
    strides = tensor.stride()
    return min(strides) > 0 and all(left >= right for left, right in pairwise(strides))


def _quickly(func: _Op, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The result of the operations that networks are made of, without PyTorch's detour; None for all others."""
    if func in _QUICK:
        return _QUICK[func](*args, **kwargs)
    is_random = torch.Tag.nondeterministic_seeded in func.tags
    if torch.Tag.pointwise not in func.tags or is_random:
        return None
    shape = _plain_shape(args, kwargs)
    return None if shape is None else torch.empty(shape, dtype=_kind_of_result(func, args, kwargs), device="meta")


def _kind_of_result(func: _Op, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> torch.dtype:
    """What kind of number a pointwise operation gives: that which it gives for single numbers."""
    kinds = (value.dtype if isinstance(value, Tensor) else type(value) for value in (*args, *kwargs.values()))
    key = (func, *kinds, *kwargs)
    if key not in _DTYPES:
        single = [torch.ones(1, dtype=value.dtype) if isinstance(value, Tensor) else value for value in args]
        _DTYPES[key] = func(*single, **kwargs).dtype
    return _DTYPES[key]


def _like(tensor: Tensor, sizes: Sequence[int]) -> Tensor:
    return torch.empty(sizes, dtype=tensor.dtype, device="meta")


def _batch_norm(x: Tensor, weight: Any, bias: Any, mean: Any, variance: Any, is_training: bool, *rest: Any) -> Any:
    if not is_training or not x.is_contiguous():
        return None
    return _like(x, x.shape), _like(x, x.shape[1:2]), _like(x, x.shape[1:2])


def _layer_norm(x: Tensor, normalized: Sequence[int], *rest: Any) -> Any:
    kept = len(x.shape) - len(normalized)
    if not x.is_contiguous() or list(x.shape[kept:]) != list(normalized):
        return None
    statistics = [*x.shape[:kept], *[1] * len(normalized)]
    return _like(x, x.shape), _like(x, statistics), _like(x, statistics)


def _addmm(bias: Tensor, left: Tensor, right: Tensor, **factors: Any) -> Tensor | None:
    if left.shape[1] != right.shape[0] or bias.shape[-1:] != right.shape[1:]:
        return None
    return _like(left, (left.shape[0], right.shape[1]))


def _mean(x: Tensor, axes: Sequence[int] | None, keepdim: bool = False, **kind: Any) -> Tensor | None:
    if kind or not x.is_contiguous():
        return None
    reduced = {axis % x.dim() for axis in axes or range(x.dim())}
    sizes = (1 if axis in reduced else size for axis, size in enumerate(x.shape) if keepdim or axis not in reduced)
    return _like(x, tuple(sizes))


def _cat(tensors: Sequence[Tensor], axis: int = 0) -> Tensor | None:
    if not _are_joinable(tensors, axis):
        return None
    sizes = list(tensors[0].shape)
    sizes[axis] = sum(tensor.shape[axis] for tensor in tensors)
    return _like(tensors[0], sizes)


def _stack(tensors: Sequence[Tensor], axis: int = 0) -> Tensor | None:
    if not _are_joinable(tensors):
        return None
    sizes = list(tensors[0].shape)
    sizes.insert(axis % (len(sizes) + 1), len(tensors))
    return _like(tensors[0], sizes)


def _are_joinable(tensors: Sequence[Tensor], axis: int | None = None) -> bool:
    """Whether tensors of equal sizes, along `axis` perhaps not, join to one that lies row by row."""
    first = tensors[0]
    for tensor in tensors:
        if tensor.dim() != first.dim() or tensor.dtype != first.dtype:
            return False
        differing = {index for index in range(first.dim()) if tensor.shape[index] != first.shape[index]}
        if differing - (set() if axis is None else {axis % first.dim()}):
            return False
    # Images and volumes may also lie pixel by pixel, if all of them do.
    return first.dim() not in (4, 5) or any(tensor.is_contiguous() for tensor in tensors)


_QUICK: dict[_Op, Callable[..., Any]] = {
    _ATEN.native_batch_norm.default: _batch_norm,
    _ATEN.native_layer_norm.default: _layer_norm,
    _ATEN.addmm.default: _addmm,
    _ATEN.mean.dim: _mean,
    _ATEN.cat.default: _cat,
    _ATEN.stack.default: _stack,
}
"""The results of operations that PyTorch takes long for, with None where its own answer is better asked for."""


def _computed(key: Hashable, func: _Op, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Known:
    """What an operation gives and costs, found out and remembered."""
    result = _quickly(func, args, kwargs)
    if result is None:
        result = func(*args, **kwargs)
    flops = _flops(func, args, kwargs, result)
    given = {tensor.untyped_storage()._cdata for tensor in _tensors(args)}
    if any(tensor.untyped_storage()._cdata in given for tensor in _tensors(result)):
        _SHARING.add(func)
        return _Known(None, flops, result)
    if len(_KNOWN) >= _MAX_REMEMBERED:
        _KNOWN.clear()
    _KNOWN[key] = known = _Known(_specs(result), flops)
    return known


def _specs(result: Any) -> Any:
    if isinstance(result, Tensor):
        return _Spec.of(result)
    return type(result)(map(_specs, result)) if isinstance(result, (list, tuple)) else result


def _made(specs: Any) -> Any:
    if isinstance(specs, _Spec):
        return specs.make()
    return type(specs)(map(_made, specs)) if isinstance(specs, (list, tuple)) else specs


def _signature(value: Any) -> Hashable:
    """What the result of an operation depends on."""
    if isinstance(value, Tensor):
        return _Spec.of(value)
    if isinstance(value, (list, tuple)):
        return tuple(map(_signature, value))
    if isinstance(value, Mapping):
        return tuple((name, _signature(part)) for name, part in value.items())
    # 1, 1.0 and True are equal, but make tensors of different kinds.
    return (type(value), value)


def _trilinear_flops(x: Tensor, weight: Tensor, *others: Any, **kwargs: Any) -> int:
    return 2 * (x.numel() // x.shape[-1]) * weight.numel()


def _attention_flops(query: Tensor, key: Tensor, value: Tensor, *others: Any, **kwargs: Any) -> int:
    # Each query meets each key, and the weight of each of these pairs meets a value.
    return 2 * query.numel() * key.shape[-2] + 2 * (query.numel() // query.shape[-1]) * value[0, 0].numel()


_OWN_FLOPS: dict[_Op, Callable[..., int]] = {
    _ATEN._trilinear: _trilinear_flops,
    _ATEN._scaled_dot_product_flash_attention_for_cpu: _attention_flops,
}
"""FLOPs that not every version of PyTorch counts."""


def _flops(func: _Op, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: Any) -> int:
    packet = func._overloadpacket
    if packet in _OWN_FLOPS:
        return _OWN_FLOPS[packet](*args, **kwargs)
    formula = flop_registry.get(packet)
    return 0 if formula is None else int(formula(*args, **kwargs, out_val=result))


class FusedAttention(TorchFunctionMode):
    """Computes `nn.MultiheadAttention` on the meta device as on a CPU: fused, unless there is a mask or a dropout.

    Left to itself, PyTorch writes it out there step by step, and keeps all weights of the attention.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Carry out one function of PyTorch."""
        chosen = _fused_forward if func is functional.multi_head_attention_forward else func
        return chosen(*args, **(kwargs or {}))


def _attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
) -> Tensor:
    if attn_mask is not None or dropout_p:
        return functional.scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal)
    result: Tensor = _ATEN._scaled_dot_product_flash_attention_for_cpu(query, key, value, 0.0, is_causal)[0]
    return result


_forward = functional.multi_head_attention_forward
# PyTorch's own function with another way of attending: nothing that other threads use is changed.
_fused_forward = FunctionType(
    _forward.__code__, {**vars(functional), "scaled_dot_product_attention": _attention}, argdefs=_forward.__defaults__
)
