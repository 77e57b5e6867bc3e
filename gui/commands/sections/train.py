"""Training."""

from __future__ import annotations

from gui.commands.spec import ActionSpec, Section

TRAIN = Section(
    "&Train",
    (
        (
            ActionSpec(
                "train",
                "&Train",
                "Trains the network, or goes on where training was stopped.",
                "play",
                "F5",
                words="run start learn fit",
                needs="The network is being trained already.",
            ),
            ActionSpec(
                "pause",
                "&Pause or resume",
                "Halts training after the step that runs, or lets it go on.",
                "pause",
                "F6",
                words="wait continue",
                needs="Nothing is being trained.",
            ),
            ActionSpec(
                "stop",
                "&Stop",
                "Ends training after the step that runs; what was learned is kept.",
                "stop",
                "Shift+F5",
                name="Stop training",
                words="end abort cancel",
                needs="Nothing is being trained.",
            ),
        ),
        (
            ActionSpec(
                "weights",
                "Use pretrained &weights…",
                "Starts from weights that were learned elsewhere.",
                "database-import-outline",
                "Ctrl+Shift+W",
                words="load import transfer imagenet",
            ),
        ),
    ),
)
"""The menu."""
