"""Getting about in a large network: bookmarks, frames and notes to go to."""

from __future__ import annotations

from gui.commands.spec import ActionSpec, Section

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def bookmark_action(number: int) -> str:
    """The id of the action that goes to the bookmark of this number, from 1 on."""
    return f"bookmark_{number}"


BOOKMARKS = tuple(
    ActionSpec(
        bookmark_action(number),
        f"Bookmark {number}",
        f"Shows the place that was kept as the {ordinal} bookmark.",
        "bookmark-outline",
        str(number),
        name=f"Go to the {ordinal} bookmark",
        words="place jump",
        needs=f"There is no {ordinal} bookmark yet.",
    )
    for number, ordinal in enumerate(_ORDINALS, 1)
)
"""One for each of the first bookmarks; in the menu they have the names of the bookmarks, where there are any."""

GO = Section(
    "&Go",
    (
        (
            ActionSpec(
                "set_bookmark",
                "Set a &bookmark",
                "Keeps what is in view under a name.",
                "bookmark-plus-outline",
                "Ctrl+B",
                words="place remember view",
            ),
            ActionSpec(
                "go_to",
                "&Go to…",
                "Lists the bookmarks, frames and notes to go to.",
                shortcut="Ctrl+Shift+B",
                words="bookmark place jump frame",
            ),
        ),
        BOOKMARKS,
    ),
)
"""The menu."""
