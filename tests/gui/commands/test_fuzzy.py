"""Names are found by what people type of them."""

from __future__ import annotations

import pytest

from gui.commands.fuzzy import match

NAMES = ["Group into a block", "Ungroup", "Zoom in", "Zoom out", "Train", "Stop training", "Save", "Save as", "Paste"]


def ranked(query: str) -> list[str]:
    """The names that fit, the best first; among equals the shorter."""
    fits = {name: found.score for name in NAMES if (found := match(query, name)) is not None}
    return sorted(fits, key=lambda name: (-fits[name], len(name)))


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("group", "Group into a block"),
        ("gib", "Group into a block"),
        ("zi", "Zoom in"),
        ("zoom o", "Zoom out"),
        ("out zoom", "Zoom out"),
        ("TRAIN", "Train"),
        ("sa", "Save"),
        ("saa", "Save as"),
        ("ungr", "Ungroup"),
    ],
)
def test_the_beginnings_of_words_count_most(query: str, best: str) -> None:
    assert ranked(query)[0] == best


@pytest.mark.parametrize("query", ["xyz", "niart", "zoom train", "eeee"])
def test_letters_in_another_order_are_not_found(query: str) -> None:
    assert ranked(query) == []


def test_further_words_are_found_by_their_beginnings_and_count_less_than_the_name() -> None:
    by_word, by_name = match("und", "Back", "undo revert"), match("und", "Undo", "")
    assert by_word is not None
    assert by_name is not None
    assert by_word.score < by_name.score
    assert by_word.places == frozenset()
    assert match("ndo", "Back", "undo revert") is None


def test_the_letters_that_were_found_are_told() -> None:
    found = match("zi", "Zoom in")
    assert found is not None
    assert found.places == {0, 5}
