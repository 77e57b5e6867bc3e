"""How things are looked at: zoom, tabs, theme and panels."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from gui.commands.sections.annotate import AIDS
from gui.commands.spec import ActionSpec, Section

_Key = QKeySequence.StandardKey
_COMPARE = "Compare the network with another one first."
_SEVERAL = "Open a second project first."

VIEW = Section(
    "&View",
    (
        (
            ActionSpec(
                "fit",
                "&Fit to the window",
                "Brings the whole network into view.",
                "fit-to-page-outline",
                ("Ctrl+1", "Home"),
                words="zoom all overview",
            ),
            ActionSpec(
                "zoom_selection",
                "Zoom to the s&election",
                "Brings what is selected into view, as large as it fits; with nothing selected, the whole network.",
                "image-filter-center-focus",
                "F",
                words="zoom selected frame focus",
            ),
            ActionSpec(
                "zoom_in",
                "Zoom &in",
                "Shows the canvas larger.",
                "magnify-plus-outline",
                (_Key.ZoomIn, "+", "="),
                words="larger closer",
            ),
            ActionSpec(
                "zoom_out",
                "Zoom &out",
                "Shows the canvas smaller.",
                "magnify-minus-outline",
                (_Key.ZoomOut, "-"),
                words="smaller farther",
            ),
            ActionSpec(
                "zoom_reset",
                "&Actual size",
                "Shows the canvas at 100 %.",
                shortcut="Ctrl+0",
                words="zoom reset 100",
            ),
        ),
        AIDS,
        (
            ActionSpec(
                "next_document",
                "&Next project",
                "Turns to the next tab.",
                shortcut="Ctrl+Tab",
                words="tab switch",
                needs=_SEVERAL,
            ),
            ActionSpec(
                "previous_document",
                "&Previous project",
                "Turns to the tab before.",
                shortcut="Ctrl+Shift+Tab",
                words="tab switch",
                needs=_SEVERAL,
            ),
            ActionSpec(
                "split",
                "&Side by side, or in one place again",
                "Shows two projects beside each other, or ends it.",
                "view-split-vertical",
                "Ctrl+\\",
                words="split compare",
                needs=_SEVERAL,
            ),
        ),
        (
            ActionSpec(
                "next_difference",
                "Next &difference",
                "Goes to the next difference from the network that this one is compared with.",
                "arrow-down",
                "F7",
                words="compare diff change",
                needs=_COMPARE,
            ),
            ActionSpec(
                "previous_difference",
                "Pre&vious difference",
                "Goes to the difference before.",
                "arrow-up",
                "Shift+F7",
                words="compare diff change",
                needs=_COMPARE,
            ),
            ActionSpec(
                "stop_comparing",
                "Stop &comparing",
                "Shows the network as it is again.",
                words="compare diff end",
                needs=_COMPARE,
            ),
        ),
        (
            ActionSpec(
                "toggle_theme",
                "&Light theme",
                "Switches between the light and the dark look.",
                "theme-light-dark",
                "Ctrl+Shift+L",
                name="Light or dark theme",
                words="colours appearance mode bright",
                checkable=True,
                anywhere=True,
            ),
            ActionSpec(
                "system_theme",
                "Theme of the s&ystem",
                "Looks light or dark as the desktop does.",
                words="colours appearance automatic",
                anywhere=True,
            ),
        ),
        (
            ActionSpec(
                "text_larger",
                "La&rger text",
                "Writes everything larger.",
                shortcut="Ctrl+Alt+=",
                words="font size scale zoom",
                anywhere=True,
            ),
            ActionSpec(
                "text_smaller",
                "Smaller te&xt",
                "Writes everything smaller.",
                shortcut="Ctrl+Alt+-",
                words="font size scale zoom",
                anywhere=True,
            ),
            ActionSpec(
                "text_normal",
                "Normal text si&ze",
                "Writes everything as large as the desktop does.",
                words="font size scale reset",
                anywhere=True,
            ),
            ActionSpec(
                "reduce_motion",
                "Red&uce motion",
                "Lets things be in their places instead of gliding there.",
                words="animation accessibility",
                checkable=True,
                anywhere=True,
            ),
        ),
        (
            ActionSpec(
                "palette_panel",
                "Layers",
                "Shows or hides the layers and blocks that can be added.",
                name="Panel: Layers",
                words="dock library",
                adopted=True,
            ),
            ActionSpec(
                "outline_panel",
                "Outline",
                "Shows or hides the network as a tree.",
                shortcut="F9",
                name="Panel: Outline",
                words="dock tree",
                adopted=True,
            ),
            ActionSpec(
                "history_panel",
                "History",
                "Shows or hides the steps that can be undone, to go to any of them.",
                shortcut="F10",
                name="Panel: History",
                words="dock undo redo steps",
                adopted=True,
            ),
            ActionSpec(
                "inspector_panel",
                "Inspector",
                "Shows or hides the parameters of what is selected.",
                name="Panel: Inspector",
                words="dock properties parameters",
                adopted=True,
            ),
            ActionSpec(
                "code_panel",
                "Code",
                "Shows or hides the PyTorch code of the network.",
                shortcut="F8",
                name="Panel: Code",
                words="dock python source",
                adopted=True,
            ),
            ActionSpec(
                "training_panel",
                "Training",
                "Shows or hides the live plots and what to train with.",
                name="Panel: Training",
                words="dock loss plots",
                adopted=True,
            ),
            ActionSpec(
                "problems_panel",
                "Problems",
                "Shows or hides what is wrong, where, and how to mend it.",
                name="Panel: Problems",
                words="dock errors warnings",
                adopted=True,
            ),
            ActionSpec(
                "analysis_panel",
                "Analysis",
                "Shows or hides shapes, parameters and costs, layer by layer.",
                name="Panel: Analysis",
                words="dock cost flops memory table",
                adopted=True,
            ),
        ),
    ),
)
"""The menu."""
