"""Help."""

from __future__ import annotations

from gui.commands.spec import ActionSpec, Section

HELP = Section(
    "&Help",
    (
        (
            ActionSpec(
                "shortcuts",
                "&Keyboard shortcuts…",
                "Lists all keys, and lets them be changed.",
                "keyboard-outline",
                "Ctrl+/",
                words="keys bindings hotkeys help customize",
                anywhere=True,
            ),
        ),
        (
            ActionSpec(
                "about",
                "&About Netwright",
                "Says what this is.",
                words="version",
                anywhere=True,
            ),
        ),
    ),
)
"""The menu."""
