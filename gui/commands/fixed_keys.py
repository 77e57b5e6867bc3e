"""The keys that no action owns, and that nobody can change.

An arrow key is a direction and not a command: what it does depends on how long it is held and on what is held beside
it. Tab and Esc mean the same in every program, and whoever works without a mouse relies on them. Space is held down
for as long as the mouse is to move the view. F1 is read by the field that has the cursor, and the keys of menus follow
from their titles.
"""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from gui.commands.spec import FixedKeys, Section

CANVAS_KEYS = (
    FixedKeys(
        ("Left", "Right", "Up", "Down"),
        "Move what is selected",
        "Moves what is selected by one step of the grid; with nothing selected, moves the view.",
        "Arrows",
    ),
    FixedKeys(
        ("Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down"),
        "Move what is selected farther",
        "Moves what is selected by four steps of the grid.",
        "Shift+Arrows",
    ),
    FixedKeys(
        ("Ctrl+Shift+Left", "Ctrl+Shift+Right", "Ctrl+Shift+Up", "Ctrl+Shift+Down"),
        "Resize the selected notes",
        "Makes the selected notes narrower, wider, lower or higher, but never lower than their text.",
        "Ctrl+Shift+Arrows",
    ),
    FixedKeys(
        ("Alt+Left", "Alt+Right", "Alt+Up", "Alt+Down"),
        "Select the neighbour",
        "Selects the nearest layer in that direction.",
        "Alt+Arrows",
    ),
    FixedKeys(
        ("Alt+Shift+Left", "Alt+Shift+Right", "Alt+Shift+Up", "Alt+Shift+Down"),
        "Select the neighbour, too",
        "Adds the nearest layer in that direction to the selection; back again takes it out.",
        "Alt+Shift+Arrows",
    ),
    FixedKeys(
        ("Tab", "Shift+Tab"),
        "Select the next layer, frame or note",
        "Selects the next layer, or the one before, in the order in which data flows; then frames, then notes.",
    ),
    FixedKeys(
        ("Space",),
        "Add a layer, or move the view",
        "Tapped, searches for a layer to add; held down, lets the mouse drag the view.",
    ),
    FixedKeys(
        ("Esc",),
        "Never mind",
        "Goes back to the canvas; there, ends what the mouse does, else selects nothing, else leaves the block.",
    ),
)
"""What `gui.canvas.keyboard` reads."""

FIELD_KEYS = (FixedKeys(("F1",), "Help on a parameter", "Shows or hides the help of the field with the cursor in it."),)
"""What fields of the inspector read."""


def menu_keys(sections: tuple[Section, ...]) -> tuple[FixedKeys, ...]:
    """The keys that open the menus."""
    return tuple(
        FixedKeys((letter,), f"{section.title} menu", f"Opens the menu “{section.title}”.")
        for section in sections
        if (letter := QKeySequence.mnemonic(section.text).toString())
    )
