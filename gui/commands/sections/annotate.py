"""What helps to find the way: frames, notes, the map, paths and the sizes of wires."""

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
        ("Ctrl+Shift+M", "N"),
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

AIDS = (
    ActionSpec(
        "minimap",
        "&Map",
        "Shows the whole network small in a corner of the canvas.",
        shortcut="M",
        words="minimap overview radar",
        checkable=True,
    ),
    ActionSpec(
        "show_paths",
        "&Highlight paths",
        "Dims everything but what leads to the selection and what follows from it.",
        shortcut="P",
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
"""What can be shown on the canvas beside the network itself."""
