"""Finding things by what people type of their names: beginnings, initials, or letters in the right order."""

from __future__ import annotations

import re
from dataclasses import dataclass

_START = 6
"""For a letter at the beginning of a word."""
_NEXT = 6
"""For a letter right behind the one before."""
_BOTH = 7
"""For a letter that is both; so “zoom i” is better found in “Zoom in” than in “Zoom to the inside”."""
_SKIP = -1
_MOST_SKIPPED = 3
_WORD = 3
"""For each letter of a word that begins one of the search words."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a query fits."""

    score: int
    """The higher the better."""
    places: frozenset[int] = frozenset()
    """Which letters of the name were found."""


def match(query: str, name: str, words: str = "") -> Match | None:
    """How well `query` fits a thing called `name`, which is also looked for by `words`; None when it does not.

    Each word of the query must be found: in the name, letter by letter in the right order, or as the beginning of one
    of the words.
    """
    score, places = 0, frozenset[int]()
    for typed in query.lower().split():
        in_name = _letters(typed, name.lower())
        in_words = any(word.startswith(typed) for word in re.findall(r"\w+", words.lower()))
        if in_name is None and not in_words:
            return None
        by_words = _WORD * len(typed) if in_words else 0
        if in_name is not None and in_name.score >= by_words:
            score += in_name.score
            places |= in_name.places
        else:
            score += by_words
    return Match(score, places)


def _letters(typed: str, name: str) -> Match | None:
    """The best way to find the letters of `typed`, in their order, in `name`; None when they are too far apart."""
    best: dict[int, tuple[int, tuple[int, ...]]] = {}
    for place, letter in enumerate(typed):
        found: dict[int, tuple[int, tuple[int, ...]]] = {}
        for at, here in enumerate(name):
            if here != letter:
                continue
            starts = at == 0 or not name[at - 1].isalnum()
            if place == 0:
                found[at] = (_START if starts else 2 * _SKIP, (at,))
                continue
            ways = [
                (score + _worth(at - last - 1, starts), (*places, at))
                for last, (score, places) in best.items()
                if last < at
            ]
            if ways:
                found[at] = max(ways)
        best = found
        if not best:
            return None
    score, places = max(best.values(), key=lambda way: (way[0], [-at for at in way[1]]))
    return Match(score, frozenset(places)) if score >= len(typed) else None


def _worth(skipped: int, starts: bool) -> int:
    """What a letter counts that stands `skipped` letters behind the one before."""
    if skipped == 0:
        return _BOTH if starts else _NEXT
    return _START if starts else _SKIP * (1 + min(skipped, _MOST_SKIPPED))
