"""Finding a network by its name, or by a word of what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.zoo.entry import ZooEntry


def find_networks(entries: Iterable[ZooEntry], query: str) -> list[ZooEntry]:
    """Those of `entries` that fit `query`, the best first: “resnet 50” and “ResNet-50” find the same."""
    words = _words(query)
    ranked = [(_rank(entry, words), place, entry) for place, entry in enumerate(entries)] if words else []
    fitting = [(rank, place, entry) for rank, place, entry in ranked if rank is not None]
    return [entry for *_, entry in sorted(fitting, key=lambda found: found[:2])]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _rank(entry: ZooEntry, words: list[str]) -> int | None:
    """How well `words` fit, 0 best; None when one of them is found nowhere."""
    whole = "".join(words)
    names = [_words(entry.id), _words(entry.label)]
    title = [*names[0], *names[1]]
    texts = [*title, *_words(f"{entry.family} {entry.doc}")]
    fits = (
        whole in map("".join, names),
        any("".join(name).startswith(whole) for name in names),
        any("".join(name[first:]).startswith(whole) for name in names for first in range(1, len(name))),
        _begin(words, title),
        _begin(words, texts),
    )
    return next((rank for rank, fit in enumerate(fits) if fit), None)


def _begin(words: list[str], texts: list[str]) -> bool:
    """Whether each of `words` is the beginning of one of `texts`."""
    return all(any(text.startswith(word) for text in texts) for word in words)
