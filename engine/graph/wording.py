"""Brings values and texts of unknown origin into sentences: short, on one line and without hidden characters."""

from __future__ import annotations

_LONGEST = 40
_MAX_BITS = 1_000


def on_one_line(text: str, longest: int) -> str:
    """`text`, cut after `longest` characters; what cannot be printed, such as a line break, becomes “�”."""
    return "".join(letter if letter.isprintable() else "�" for letter in _cut(text, longest))


def quoted(text: str, longest: int = _LONGEST) -> str:
    """`text` in quotes, on one line and cut after `longest` characters."""
    return f"“{on_one_line(text, longest)}”"


def shown(value: object) -> str:
    """`value` as a person would write it, whatever it is."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int):
        # Python itself refuses to write out integers of many thousands of digits.
        return _cut(str(value)) if value.bit_length() <= _MAX_BITS else "an enormous number"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return _cut(", ".join(map(shown, value[:_LONGEST]))) or "nothing"
    return "something else"


def counted(number: int, thing: str) -> str:
    """`1 layer`, `1,200 layers`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
