"""Which lines of generated code belong to which nodes, in both directions and at once."""

from __future__ import annotations

from collections.abc import Iterable

from engine.compiler.code_format import Code, Place


class LineMap:
    """An index of the places of generated code; lines are counted from 1."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._lines: dict[Place, list[int]] = {}
        self._first_of_block: dict[str, int] = {}
        for number, places in enumerate(code.places, 1):
            for place in places:
                self._lines.setdefault(place, []).append(number)
                self._first_of_block.setdefault(place[0], number)

    def lines_of(self, places: Iterable[Place]) -> list[int]:
        """The lines that belong to any of `places`, in order."""
        return sorted({line for place in places for line in self._lines.get(place, ())})

    def places_at(self, line: int) -> tuple[Place, ...]:
        """The nodes that a line belongs to, in the order in which they are computed."""
        return self._code.nodes_at(line)

    def first_of(self, block: str) -> int | None:
        """The first line that belongs to a node of `block`; None when there is none."""
        return self._first_of_block.get(block)
