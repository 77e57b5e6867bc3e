"""Says what is wrong with the bytes of a project file, in words that a person knows.

The JSON library names the place of an error by a path such as `$.nodes[3].x`; here it becomes “conv1”.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec

from engine.graph.wording import quoted

_VALUES = "a number, a text, true, false or a list of whole numbers"
_GROUP = "a group of named values"
_END = "the id of a layer and the number of a port"
_WANTED = {
    "": ("it", _GROUP),
    ".netwright": ("its format", "a whole number"),
    ".blocks": ("its “blocks”", "a list of blocks"),
    ".name": ("its “name”", "a text"),
    ".doc": ("its “doc”", "a text"),
    ".params": ("its “params”", "a list of parameters"),
    ".params[]": ("one of its “params”", "a parameter with a kind, a name and a default"),
    ".nodes": ("its “nodes”", "a list of layers"),
    ".nodes[]": ("{owner}", _GROUP),
    ".nodes[].id": ("the “id” of {owner}", "a text"),
    ".nodes[].layer": ("the “layer” of {owner}", "a text"),
    ".nodes[].name": ("the “name” of {owner}", "a text"),
    ".nodes[].x": ("the “x” of {owner}", "a number"),
    ".nodes[].y": ("the “y” of {owner}", "a number"),
    ".nodes[].params": ("the “params” of {owner}", _GROUP),
    ".nodes[].params[...]": ("a parameter of {owner}", _VALUES),
    ".edges": ("its “edges”", "a list of wires"),
    ".edges[]": ("{owner}", _GROUP),
    ".edges[].from": ("the “from” of {owner}", _END),
    ".edges[].to": ("the “to” of {owner}", _END),
    ".frames": ("its “frames”", "a list of frames"),
    ".frames[]": ("{owner}", _GROUP),
    ".frames[].id": ("the “id” of {owner}", "a text"),
    ".frames[].title": ("the “title” of {owner}", "a text"),
    ".frames[].colour": ("the “colour” of {owner}", "a text"),
    ".frames[].members": ("the “members” of {owner}", "a list of the ids of layers"),
    ".notes": ("its “notes”", "a list of notes"),
    ".notes[]": ("{owner}", _GROUP),
    ".notes[].id": ("the “id” of {owner}", "a text"),
    ".notes[].text": ("the “text” of {owner}", "a text"),
    ".notes[].colour": ("the “colour” of {owner}", "a text"),
    **{f".notes[].{name}": (f"the “{name}” of {{owner}}", "a number") for name in ("x", "y", "width", "height")},
    ".bookmarks": ("its “bookmarks”", "a list of bookmarks"),
    ".bookmarks[]": ("{owner}", _GROUP),
    ".bookmarks[].id": ("the “id” of {owner}", "a text"),
    ".bookmarks[].name": ("the “name” of {owner}", "a text"),
    **{f".bookmarks[].{name}": (f"the “{name}” of {{owner}}", "a number") for name in ("x", "y", "zoom")},
    ".settings": ("its “settings”", _GROUP),
    ".settings[...]": ("a section of its “settings”", _GROUP),
    ".settings[...][...]": ("one of its “settings”", _VALUES),
}
"""What stands at each place of a file, and what should; `[]` is any item of a list, `[...]` any value of a group."""

_CALLED = {
    "nodes": ("layer", "name"),
    "edges": ("wire", ""),
    "frames": ("frame", "title"),
    "notes": ("note", ""),
    "bookmarks": ("bookmark", "name"),
}
"""What people call the items of each list, and which of their values names them."""


class RepeatedKeyError(ValueError):
    """A group of values gives one of them twice."""


def syntax_complaint(data: bytes, error: Exception) -> str:
    """What keeps `data` from being JSON, as the end of a sentence about a file."""
    if isinstance(error, RecursionError):
        return "its brackets are nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it contains bytes that are not text"
    place = re.search(r"\(byte ([0-9]+)\)", str(error))
    if "truncated" in str(error) or (place and int(place[1]) >= len(data)):
        return "it ends too early"
    if place is None:
        return "it is not valid JSON"
    line = data.count(b"\n", 0, int(place[1])) + 1
    return f"line {line} is not valid JSON"


def schema_complaint(data: bytes, error: msgspec.ValidationError) -> str:
    """What keeps `data`, which is JSON, from being a project, as the end of a sentence about a file."""
    message, path = str(error), ""
    # Strict, since a name in a hostile file may itself look like the place of an error.
    if found := re.search(r" - at `\$((?:\.\w+|\[[0-9]{1,9}\]|\[\.\.\.\])+)`$", message):
        message, path = message[: found.start()], found[1]
    inner = re.match(r"\.blocks\[([0-9]+)\]", path)
    where = ""
    if inner:
        data, block = _block(data, int(inner[1]))
        path, where = path[inner.end() :], f" (in the block {quoted(block)})" if block else " (in one of its blocks)"
    return _complaint(data, message, path) + where


def _complaint(data: bytes, message: str, path: str) -> str:
    index = re.search(r"\[([0-9]+)\]", path)
    owner = _owner(data, path, int(index[1])) if index else "it"
    field = re.search(r"`(.*)`", message, re.DOTALL)
    if field and field[1] == "netwright" and not path:
        return "it does not say which Netwright format it has"
    if field and "missing required field" in message:
        return f"{owner} has no “{field[1]}”"
    if field and "unknown field" in message:
        return f"{owner} has a {quoted(field[1])}, which does not belong there"
    place = re.sub(r"\[[0-9]+\]", "[]", path)
    # Items of a value or of the end of a wire are told of as the whole.
    while place not in _WANTED:
        place = place[: max(place.rfind("."), place.rfind("["))]
    subject, wanted = _WANTED[place]
    return f"{subject.format(owner=owner)} {'is too large' if 'out of range' in message else f'should be {wanted}'}"


def _block(data: bytes, index: int) -> tuple[bytes, str]:
    """The part of `data` that describes one block, and the block's name where it has one."""
    try:
        block = json.loads(data)["blocks"][index]
    except (ValueError, RecursionError, LookupError, TypeError):
        return b"{}", ""
    name = block.get("name") if isinstance(block, dict) else None
    return json.dumps(block).encode(), name if isinstance(name, str) else ""


def refuse_repeated_keys(data: bytes) -> None:
    """Raise `RepeatedKeyError` when a group in `data`, which is JSON, has two values of one name.

    JSON readers keep the last one, and what a failed merge doubled would be lost in silence.
    """
    _loads(data, _refuse_repeated)


def _loads(data: bytes, group: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    # Numbers are not looked at, and those of thousands of digits could not even be read.
    return json.loads(data, object_pairs_hook=group, parse_int=len, parse_float=len)


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise RepeatedKeyError(f"{quoted(name)} stands there twice, and only one can count")
        seen.add(name)


def _owner(data: bytes, path: str, index: int) -> str:
    things = path[1 : path.index("[")]
    if things not in _CALLED:
        return "it"
    kind, called = _CALLED[things]
    try:
        name = _loads(data)[things][index][called]
    except (ValueError, RecursionError, LookupError, TypeError):
        name = None
    return f"the {kind} {quoted(name)}" if isinstance(name, str) and name else f"{kind} {index + 1}"
