"""What helps to find the way: frames, notes, bookmarks, the map, paths and the sizes of wires."""

from __future__ import annotations

from gui.commands.spec import ActionSpec

_SOME = "Select a layer first."

FRAMES = (
    ActionSpec(
        "frame_selection",
        "Fram&e the selection",
        "Puts a frame with a title around the selected layers.",
        shortcut="Ctrl+Shift+F",
        words="group box region title",
        needs=_SOME,
    ),
    ActionSpec(
        "take_into_frame",
        "Take &into the frame",
        "Puts the selected layers into the frame that some of them are in.",
        words="frame add",
        needs="Select a layer in a frame, and others that are not in it, first.",
    ),
    ActionSpec(
        "take_out_of_frame",
        "Take ou&t of the frame",
        "Takes the selected layers out of the innermost frame around them.",
        words="frame remove",
        needs="Select a layer in a frame first.",
    ),
    ActionSpec(
        "add_note",
        "Add a &note",
        "Writes a note with Markdown at the pointer, or in the middle of the canvas.",
        "note-plus-outline",
        "Ctrl+Shift+M",
        words="text comment remark markdown",
    ),
    ActionSpec(
        "annotation_colour",
        "C&olour of the frame or note…",
        "Gives the selected frames and notes another colour.",
        words="colour color tint",
        needs="Select a frame or a note first.",
    ),
)
"""What is written and drawn around layers."""

PLACES = (
    ActionSpec(
        "set_bookmark",
        "Set a boo&kmark",
        "Keeps what is in view under a name.",
        "bookmark-plus-outline",
        "Ctrl+B",
        words="place remember view",
    ),
    ActionSpec(
        "go_to",
        "&Go to…",
        "Lists the bookmarks and frames to go to.",
        shortcut="Ctrl+Shift+B",
        words="bookmark place jump frame",
    ),
    ActionSpec(
        "minimap",
        "&Map",
        "Shows the whole network small in a corner of the canvas.",
        words="minimap overview radar",
        checkable=True,
    ),
    ActionSpec(
        "show_paths",
        "&Highlight paths",
        "Dims everything but what leads to the selection and what follows from it.",
        words="upstream downstream trace",
        checkable=True,
    ),
    ActionSpec(
        "wire_thickness",
        "&Wire thickness by tensor size",
        "Draws wires the thicker the more numbers run through them.",
        words="width size tensors",
        checkable=True,
    ),
)
"""What helps to get about on the canvas."""
