"""The keys that no action owns, because the canvas or another part of the window reads them itself."""

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
        ("Alt+Left", "Alt+Right", "Alt+Up", "Alt+Down"),
        "Select the neighbour",
        "Selects the nearest layer in that direction.",
        "Alt+Arrows",
    ),
    FixedKeys(
        ("Tab", "Shift+Tab"),
        "Select the next layer",
        "Selects the next layer, or the one before, in the order in which data flows.",
    ),
    FixedKeys(
        ("Space",),
        "Add a layer, or move the view",
        "Tapped, searches for a layer to add; held down, lets the mouse drag the view.",
    ),
    FixedKeys(("Shift+A", "/", "Shift+/"), "Add a layer", "Searches for a layer to add.", "Shift+A or /"),
    FixedKeys(("Shift+R",), "Replace", "Makes the selected layers another kind."),
    FixedKeys(("K",), "Bridge", "Leads the first selected layer around to the second one by a skip connection."),
    FixedKeys(("J",), "Wire the selected layers", "Wires the selected layers one to the next."),
    FixedKeys(("X",), "Take out of the chain", "Unwires the selected layers and heals the wires."),
    FixedKeys(("Ctrl+Del",), "Dissolve", "Deletes the selected layers and heals the wires."),
    FixedKeys(("Ctrl+R",), "Repeat", "Repeats the selected chain of layers."),
    FixedKeys(("N",), "Add a note", "Writes a note at the pointer, or in the middle of the canvas."),
    FixedKeys(("M",), "Map", "Shows the whole network small in a corner, or no longer."),
    FixedKeys(("P",), "Highlight paths", "Dims everything but what leads to the selection and what follows from it."),
    FixedKeys(("F",), "Zoom to the selection", "Brings what is selected into view, as large as it fits."),
    FixedKeys(("Home",), "Fit to the window", "Brings the whole network into view."),
    FixedKeys(("+", "="), "Zoom in", "Shows the canvas larger."),
    FixedKeys(("-",), "Zoom out", "Shows the canvas smaller."),
    FixedKeys(("F2",), "Rename", "Renames the selected layer or frame, or writes the selected note anew."),
    FixedKeys(("Return", "Enter"), "Enter the block", "Shows what is inside the selected block.", "Enter"),
    FixedKeys(("Backspace",), "Delete", "Deletes what is selected."),
    FixedKeys(
        ("Esc",), "Never mind", "Ends what the mouse is doing, else selects nothing, else goes out of the block."
    ),
    FixedKeys(
        tuple("123456789"),
        "Go to a bookmark",
        "Shows the place that was kept as the first to ninth bookmark.",
        "1 – 9",
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
