"""What changes the network on the canvas, and the way back."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from gui.commands.spec import ActionSpec, Context, Section

_Key = QKeySequence.StandardKey

_SOME = "Select a layer first."
_SEVERAL = "Select two or more layers first."

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
                (_Key.Delete, "Backspace"),
                words="remove erase",
            ),
            ActionSpec(
                "rename",
                "Re&name",
                "Renames the selected layer or frame, or lets the selected note be written anew.",
                "rename-box",
                "F2",
                words="name title edit note",
                needs="Select one layer, frame or note first.",
                context=Context.CANVAS,
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
                "find",
                "&Find in the network",
                "Goes to the search line of the outline: by name, layer, shape or parameter.",
                "magnify",
                _Key.Find,
                words="search outline where",
            ),
            ActionSpec(
                "find_layer",
                "Find a layer t&o add",
                "Goes to the search line of the layers that can be added.",
                shortcut="Ctrl+Shift+A",
                words="search palette add",
            ),
            ActionSpec(
                "parameters",
                "Parameter&s",
                "Goes to the parameters of what is selected; Esc leads back to the canvas.",
                "tune-variant",
                "Alt+Return",
                words="inspector properties settings edit fields",
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
        (
            ActionSpec(
                "quick_add",
                "Add a la&yer…",
                "Searches for a layer by name and adds it; a number behind the name sets what matters most.",
                "plus-box-outline",
                ("Shift+A", "/"),
                words="insert search new conv 64",
            ),
            ActionSpec(
                "replace_layer",
                "R&eplace by another layer…",
                "Makes the selected layers another kind, keeping what both have in common.",
                "swap-horizontal",
                "Shift+R",
                words="change type exchange switch",
                needs=_SOME,
            ),
            ActionSpec(
                "bridge",
                "&Bridge by a skip connection",
                "Adds the first selected layer's output to the second one's, through a projection where shapes differ.",
                shortcut="K",
                words="residual shortcut add",
                needs="Select two layers, one behind the other, first.",
            ),
            ActionSpec(
                "join",
                "&Wire the selected layers",
                "Wires the selected layers one to the next, or all into the last one that merges.",
                shortcut="J",
                words="connect join chain",
                needs=_SEVERAL,
            ),
            ActionSpec(
                "take_out",
                "Ta&ke out of the chain",
                "Unwires the selected layers and heals the wires that they leave.",
                shortcut="X",
                words="detach disconnect heal",
                needs=_SOME,
            ),
            ActionSpec(
                "dissolve",
                "Dissol&ve",
                "Deletes the selected layers and heals the wires that they leave.",
                shortcut="Ctrl+Del",
                words="delete heal remove",
                needs=_SOME,
                context=Context.CANVAS,
            ),
            ActionSpec(
                "repeat",
                "Repeat…",
                "Repeats the selected chain of layers as often as you say.",
                "repeat",
                "Ctrl+R",
                words="copy times stack n",
                needs=_SOME,
                context=Context.CANVAS,
            ),
        ),
    ),
)
"""The menu."""
