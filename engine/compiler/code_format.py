"""Lays generated code out in lines, as a formatter would, and keeps account of which node each line belongs to."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from engine.graph.model import NodeId

WIDTH = 120
"""The longest line, in characters."""
_INDENT = "    "

Place = tuple[str, NodeId]
"""A node of a project: the block that it is in, empty for the network itself, and its id."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of code."""

    text: str
    """The code, with its indentation."""
    places: tuple[Place, ...] = ()
    """The nodes that it belongs to."""


@dataclass(frozen=True, slots=True)
class Code:
    """A file of generated code that knows which lines belong to which nodes."""

    text: str
    """The whole file."""
    places: tuple[tuple[Place, ...], ...]
    """For each line the nodes that it belongs to."""

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Code:
        """The file that consists of `lines`."""
        return cls("".join(f"{line.text}\n" for line in lines), tuple(line.places for line in lines))

    def lines_of(self, place: Place) -> tuple[range, ...]:
        """The stretches of lines, counted from 1, that belong to a node: where it is made and where it is called."""
        found: list[range] = []
        for number, places in enumerate(self.places, 1):
            if place not in places:
                continue
            if found and found[-1].stop == number:
                found[-1] = range(found[-1].start, number + 1)
            else:
                found.append(range(number, number + 1))
        return tuple(found)

    def nodes_at(self, line: int) -> tuple[Place, ...]:
        """The nodes that line number `line`, counted from 1, belongs to, in the order in which they are computed."""
        return self.places[line - 1] if 1 <= line <= len(self.places) else ()

    def node_at(self, line: int) -> Place | None:
        """The (first) node that line number `line`, counted from 1, belongs to; None when there is none."""
        return next(iter(self.nodes_at(line)), None)


@dataclass(frozen=True, slots=True)
class Piece:
    """Code that stands on one line if it fits: a text, or a bracket with items that may go on lines of their own."""

    head: str
    """What it begins with, up to and including the bracket that opens."""
    items: tuple[Piece, ...] = ()
    """What stands between the brackets, separated by commas."""
    tail: str = ""
    """What it ends with, from the bracket that closes."""
    places: tuple[Place, ...] = ()
    """The nodes that it belongs to."""
    tall: bool = False
    """Whether the items go on lines of their own in any case."""
    clauses: tuple[str, ...] = ()
    """What follows the only item, such as the `for i in range(3)` of a generator."""
    optional: bool = False
    """Whether the brackets are there only where it takes several lines."""

    def before(self, text: str) -> Piece:
        """This behind `text`."""
        return replace(self, head=text + self.head)

    def behind(self, text: str) -> Piece:
        """This with `text` behind it."""
        return replace(self, tail=self.tail + text) if self.items else replace(self, head=self.head + text)

    def belonging_to(self, *places: Place) -> Piece:
        """This as code of `places`."""
        return replace(self, places=places)

    @property
    def flat(self) -> str:
        """All of it on one line."""
        inside = " ".join((", ".join(item.flat for item in self.items), *self.clauses))
        if self.optional:
            return f"{self.head[:-1]}{inside}{self.tail[1:]}"
        return f"{self.head}{inside}{self.tail}"

    @property
    def is_tall(self) -> bool:
        """Whether it takes several lines in any case."""
        return self.tall or any(item.is_tall for item in self.items)

    def all_places(self) -> tuple[Place, ...]:
        """The nodes that this or something inside it belongs to."""
        inside = [place for item in self.items for place in item.all_places()]
        return tuple(dict.fromkeys((*self.places, *inside)))

    def lines(self, depth: int = 0) -> list[Line]:
        """It laid out, indented by `depth` steps."""
        indent = _INDENT * depth
        if not self.is_tall and (not self.items or len(indent) + len(self.flat) <= WIDTH):
            return [Line(indent + self.flat, self.all_places())]
        inside: list[Line] = []
        for item in self.items:
            inside += (item if self.clauses else item.behind(",")).lines(depth + 1)
        inside += [Line(f"{indent}{_INDENT}{clause}", self.places) for clause in self.clauses]
        return [Line(indent + self.head, self.places), *inside, Line(indent + self.tail, self.places)]


def call(function: str, items: Iterable[Piece | str], *, tall: bool = False) -> Piece:
    """The call of `function` with arguments."""
    pieces = tuple(Piece(item) if isinstance(item, str) else item for item in items)
    return Piece(f"{function}(", pieces, ")", tall=tall) if pieces else Piece(f"{function}()")


def bracket(items: Iterable[Piece | str], brackets: str = "[]", *, tall: bool = False) -> Piece:
    """A list, or a dictionary of entries that bring their keys."""
    pieces = tuple(Piece(item) if isinstance(item, str) else item for item in items)
    return Piece(brackets[0], pieces, brackets[1], tall=tall) if pieces else Piece(brackets)


def generator(item: Piece, clause: str, brackets: str = "()") -> Piece:
    """`(item for …)`."""
    return Piece(brackets[0], (item,), brackets[1], clauses=(clause,))


def choice(one: Piece, condition: str, other: Piece) -> Piece:
    """`one if condition else other`."""
    # A chain of choices is laid out as one.
    rest = (other.items[0].flat, *other.clauses) if other.optional else (other.flat,)
    return Piece("(", (one,), ")", clauses=(f"if {condition}", f"else {rest[0]}", *rest[1:]), optional=True)


@dataclass(slots=True)
class Writer:
    """Collects lines."""

    lines: list[Line] = field(default_factory=list)
    """What has been written."""
    depth: int = 0
    """By how many steps the next line is indented."""

    def write(self, code: Piece | str = "", *places: Place) -> None:
        """Add a line, or as many as `code` needs."""
        if isinstance(code, Piece):
            self.lines += code.lines(self.depth)
        else:
            self.lines.append(Line(f"{_INDENT * self.depth}{code}" if code else "", places))

    def docstring(self, *paragraphs: str) -> None:
        """Add a docstring; a paragraph of several lines is kept as it is, one of a single line is wrapped."""
        width = WIDTH - len(_INDENT) * self.depth
        first, *rest = [paragraph.replace("\\", "\\\\").replace('"""', "'''") for paragraph in paragraphs]
        first = first.rstrip('"') if first.endswith('"') else first
        lines = textwrap.wrap(first, width - 6, break_long_words=False, break_on_hyphens=False)
        for paragraph in rest:
            lines.append("")
            for part in paragraph.splitlines():
                lead = len(part) - len(part.lstrip())
                further = " " * (lead + 4 if lead else 0)
                lines += textwrap.wrap(
                    part, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
                )
        if len(lines) == 1:
            self.write(f'"""{lines[0]}"""')
            return
        self.write(f'"""{lines[0]}')
        for line in [*lines[1:], '"""']:
            self.write(line)
