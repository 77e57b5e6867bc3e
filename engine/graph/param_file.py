"""The parameters of a block in the file: which kind each one is, its range and what it begins with."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from engine.graph.expressions import is_expression
from engine.graph.params import AXES, Bool, Choice, Float, Int, Param, ParamError, ParamValue, Sizes
from engine.graph.wording import quoted

KINDS: dict[str, type[Param]] = {"int": Int, "float": Float, "bool": Bool, "choice": Choice, "sizes": Sizes}
"""The kinds of parameter that a block can have, by the word that stands for them in the file."""
RESERVED = ("repeat", "numbering")
"""What can be set about every instance of a block, and so cannot be a parameter of one."""


class ParamRecord(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One parameter as it stands in the file."""

    kind: str
    name: str
    default: bool | int | float | str | tuple[int, ...]
    doc: str = ""
    minimum: int | float | None = None
    maximum: int | float | None = None
    options: list[str] = []


def record(param: Param) -> ParamRecord:
    """`param` of a block as it is written to the file."""
    kind = next(kind for kind, declared in KINDS.items() if type(param) is declared)
    found = ParamRecord(kind, param.name, param.default, param.doc)
    match param:
        case Int() | Float() | Sizes():
            plain = type(param)(name="plain", default=param.default, doc="")  # type: ignore[arg-type]
            found.minimum = None if param.minimum == plain.minimum else param.minimum
            found.maximum = None if param.maximum == plain.maximum else param.maximum
        case Choice():
            found.options = list(param.options)
    return found


def declarations(raws: Sequence[ParamRecord]) -> tuple[Param, ...]:
    """The parameters of a block that stand in the file.

    Raises:
        ParamError: one cannot be, or two have the same name.
    """
    found: list[Param] = []
    for raw in raws:
        reason = name_objection(raw.name, found)
        if reason:
            raise ParamError(reason)
        found.append(declaration(raw))
    return tuple(found)


def declaration(raw: ParamRecord) -> Param:
    """The parameter that stands in the file, whatever its name.

    Raises:
        ParamError: there is no such kind, or what it begins with cannot be.
    """
    if raw.kind not in KINDS:
        raise ParamError(f"The parameter {quoted(raw.name)} is of the unknown kind {quoted(raw.kind)}.")
    limits = {name: value for name, value in (("minimum", raw.minimum), ("maximum", raw.maximum)) if value is not None}
    options = {"options": tuple(raw.options)} if raw.kind == "choice" else {}
    if raw.kind == "sizes" and not (isinstance(raw.default, tuple) and raw.default and len(raw.default) <= len(AXES)):
        raise ParamError(f"The parameter {quoted(raw.name)} needs one to three whole numbers to begin with.")
    if any(is_expression(option) for option in raw.options):
        raise ParamError(f"An option of {quoted(raw.name)} begins with “=”, as only expressions do.")
    try:
        param = KINDS[raw.kind](name=raw.name, default=raw.default, doc=raw.doc, **limits, **options)  # type: ignore[arg-type]
        default: ParamValue = param.check(raw.default)
    except TypeError as error:
        raise ParamError(
            f"The parameter {quoted(raw.name)} has a range or options that its kind does not take."
        ) from error
    return replace(param, default=default)


def name_objection(name: str, others: Sequence[Param] = ()) -> str | None:
    """Why `name` cannot name a parameter of a block that already has `others`; None when it can."""
    is_word = name.isidentifier() and name.isascii() and not name.startswith("_") and not keyword.iskeyword(name)
    if not is_word or name in RESERVED:
        return f"{quoted(name)} cannot name a parameter: use letters, digits and _, and start with a letter."
    if any(param.name == name for param in others):
        return f"There is already a parameter {quoted(name)}."
    return None
