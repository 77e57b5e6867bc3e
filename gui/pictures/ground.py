"""What a picture stands on: a colour of its own, or the page that it is put on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gui.theme import DARK, LIGHT, Theme

_PAPER = replace(LIGHT, canvas="#ffffff")
"""The light theme on white, because that is what pages are."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One of the grounds to choose from."""

    id: str
    """How settings name it."""
    title: str
    """What people call it."""
    theme: Theme
    """The colours of everything on it."""
    is_transparent: bool = False
    """Whether nothing is painted behind the network."""


GROUNDS = (
    Ground("light", "Light", _PAPER),
    Ground("dark", "Dark", DARK),
    Ground("transparent-light", "Transparent, for light pages", _PAPER, is_transparent=True),
    Ground("transparent-dark", "Transparent, for dark pages", DARK, is_transparent=True),
)
"""Every ground, in the order of the dialog."""


def ground_of(wanted: str) -> Ground:
    """The ground of the id `wanted`, or the first one where there is none."""
    return next((ground for ground in GROUNDS if ground.id == wanted), GROUNDS[0])
