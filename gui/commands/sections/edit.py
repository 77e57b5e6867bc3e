"""What changes the network on the canvas, and the way back."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from gui.commands.spec import ActionSpec, Section

_Key = QKeySequence.StandardKey

EDIT = Section(
    "&Edit",
    (
        (
            ActionSpec(
                "undo",
                "&Undo",
                "Takes the last change back; there is no limit.",
                "undo",
                _Key.Undo,
                words="back revert history",
                needs="Nothing has been changed yet.",
            ),
            ActionSpec(
                "redo",
                "&Redo",
                "Makes the change again that was undone last.",
                "redo",
                "Ctrl+Shift+Z",
                words="again history",
                needs="Nothing has been undone.",
            ),
        ),
        (
            ActionSpec(
                "cut",
                "Cu&t",
                "Moves the selected layers and the wires among them to the clipboard.",
                "content-cut",
                _Key.Cut,
            ),
            ActionSpec(
                "copy",
                "&Copy",
                "Copies the selected layers and the wires among them to the clipboard.",
                "content-copy",
                _Key.Copy,
            ),
            ActionSpec(
                "copy_picture",
                "Copy as p&icture",
                "Copies a picture of the selected layers, or of all.",
                "image-multiple-outline",
                words="image svg png clipboard",
            ),
            ActionSpec(
                "paste",
                "&Paste",
                "Adds the layers that are in the clipboard.",
                "content-paste",
                _Key.Paste,
                words="insert clipboard",
            ),
            ActionSpec(
                "duplicate",
                "Dup&licate",
                "Adds copies of the selected layers beside them.",
                "content-duplicate",
                "Ctrl+D",
                words="copy again",
            ),
            ActionSpec(
                "delete",
                "&Delete",
                "Deletes the selected layers and wires.",
                "delete-outline",
                _Key.Delete,
                words="remove erase",
            ),
        ),
        (
            ActionSpec(
                "select_all",
                "Select &all",
                "Selects all layers of the network or block in view.",
                shortcut=_Key.SelectAll,
            ),
            ActionSpec(
                "find_layer",
                "&Find a layer",
                "Goes to the search line of the layers that can be added.",
                "magnify",
                _Key.Find,
                words="search palette add",
            ),
        ),
        (
            ActionSpec(
                "command_palette",
                "Co&mmand palette…",
                "Finds every command, layer and recent project by name.",
                "apple-keyboard-command",
                "Ctrl+Shift+P",
                words="search run go to",
                anywhere=True,
            ),
        ),
    ),
)
"""The menu."""
