"""What is done with blocks, the reusable parts of networks."""

from __future__ import annotations

from gui.commands.spec import ActionSpec, Section

_SELECTED = "Select some layers first."
_INSTANCE = "Select one block first."

BLOCK = Section(
    "&Block",
    (
        (
            ActionSpec(
                "group",
                "&Group into a block",
                "Makes one block of the selected layers.",
                "group",
                "Ctrl+G",
                words="wrap module subnetwork",
                needs=_SELECTED,
            ),
            ActionSpec(
                "ungroup",
                "&Ungroup",
                "Puts the layers of the selected block into its place.",
                "ungroup",
                "Ctrl+Shift+G",
                words="unwrap flatten expand block",
                needs=_INSTANCE,
            ),
            ActionSpec(
                "make_unique",
                "&Make unique",
                "Gives the selected block a definition of its own.",
                shortcut="Ctrl+Shift+U",
                words="separate copy block",
                needs=_INSTANCE,
            ),
        ),
        (
            ActionSpec(
                "enter_block",
                "&Enter the block",
                "Shows what is inside the selected block, or lets the selected note be written anew.",
                "arrow-down",
                ("Ctrl+Down", "Enter", "Return"),
                words="open inside",
                needs=_INSTANCE,
            ),
            ActionSpec(
                "leave_block",
                "&Leave the block",
                "Goes back to where the block stands.",
                "arrow-up",
                "Ctrl+Up",
                words="back out parent",
                needs="No block is entered.",
            ),
        ),
        (
            ActionSpec(
                "rename_block",
                "&Rename the block",
                "Gives the selected block, or the one in view, another name.",
                shortcut="Shift+F2",
                needs=_INSTANCE,
            ),
        ),
    ),
)
"""The menu."""
