"""How layers are placed: automatic layout, rows and columns."""

from __future__ import annotations

from gui.commands.sections.annotate import FRAMES
from gui.commands.spec import ActionSpec, Section

_SEVERAL = "Select two or more layers first."

ARRANGE = Section(
    "&Arrange",
    (
        (
            ActionSpec(
                "arrange",
                "&Lay out",
                "Lays out the selected layers, or the whole network, from top to bottom.",
                shortcut="Ctrl+L",
                words="auto layout tidy clean up order arrange",
            ),
            ActionSpec(
                "arrange_columns",
                "Lay out in colu&mns",
                "Lays out a long network in several columns, so that all of it can be shown and read at once.",
                shortcut="Ctrl+Alt+L",
                words="auto layout wrap fold snake arrange",
            ),
            ActionSpec(
                "unfold",
                "Un&fold blocks",
                "Writes out the selected blocks, or all, layer by layer and lays out the result.",
                shortcut="Ctrl+Alt+U",
                words="expand flatten ungroup all",
                needs="There is no block here.",
            ),
        ),
        (
            ActionSpec(
                "align_column",
                "Align in a &column",
                "Puts the selected layers below each other.",
                shortcut="Ctrl+Alt+C",
                words="line up vertical",
                needs=_SEVERAL,
            ),
            ActionSpec(
                "align_row",
                "Align in a &row",
                "Puts the selected layers beside each other.",
                shortcut="Ctrl+Alt+R",
                words="line up horizontal",
                needs=_SEVERAL,
            ),
            ActionSpec(
                "spread_down",
                "Spread &down",
                "Makes the distances between the selected layers equal from top to bottom.",
                words="distribute vertically even",
                needs=_SEVERAL,
            ),
            ActionSpec(
                "spread_across",
                "Spread &across",
                "Makes the distances between the selected layers equal from left to right.",
                words="distribute horizontally even",
                needs=_SEVERAL,
            ),
        ),
        FRAMES,
    ),
)
