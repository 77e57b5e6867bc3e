"""What layers of different kinds have in common to be set: parameters of the same name, kind and unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.graph.params import Bool, Choice, Float, Int, Param, Sizes


def shared_params(forms: Sequence[Sequence[Param]]) -> tuple[Param, ...]:
    """The parameters that are in each of `forms`, in the order of the first.

    Each takes only what all of those that it stands for take. One that means something only beside another stays
    so where that holds of all.
    """
    if not forms:
        return ()
    first, *others = [{param.name: param for param in form} for form in forms]
    found: list[Param] = []
    for name, param in first.items():
        if all(name in other for other in others):
            common: Param | None = param
            for other in others:
                common = None if common is None else _common(common, other[name])
            if common is not None:
                found.append(common)
    return tuple(found)


def _common(one: Param, other: Param) -> Param | None:
    """A parameter that takes what both take; None when that is nothing, or they mean different things."""
    if type(one) is not type(other) or one.unit != other.unit:
        return None
    if one == other:
        return one
    narrowed = _narrowed(one, other)
    if narrowed is None:
        return None
    return replace(
        narrowed,
        fixed=one.fixed or other.fixed,
        only_with=one.only_with if one.only_with == other.only_with else None,
    )


def _narrowed(one: Param, other: Param) -> Param | None:
    """`one` with the values alone that `other` takes as well; None when there are none."""
    match one, other:
        case Int(), Int():
            low, high = max(one.minimum, other.minimum), min(one.maximum, other.maximum)
            if low > high or one.special != other.special:
                return None
            return replace(one, minimum=low, maximum=high, default=min(max(one.default, low), high))
        case Float(), Float():
            low_end, high_end = max(one.minimum, other.minimum), min(one.maximum, other.maximum)
            if low_end > high_end:
                return None
            default = min(max(one.default, low_end), high_end)
            return replace(one, minimum=low_end, maximum=high_end, default=default)
        case Sizes(), Sizes():
            low, high = max(one.minimum, other.minimum), min(one.maximum, other.maximum)
            if low > high or len(one.default) != len(other.default):
                return None
            within = tuple(min(max(size, low), high) for size in one.default)
            return replace(one, minimum=low, maximum=high, default=within)
        case Choice(), Choice():
            return _with_options(one, other)
        case Bool(), Bool():
            return one
    # Texts and shapes that are declared differently mean different things.
    return None


def _with_options(one: Choice, other: Choice) -> Choice | None:
    options = tuple(option for option in one.options if option in other.options)
    if not options:
        return None
    titles = tuple(map(one.option_title, options)) if one.titles else ()
    return replace(one, options=options, titles=titles, default=one.default if one.default in options else options[0])
