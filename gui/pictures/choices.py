"""What can be chosen for a picture, and what was chosen last."""

from __future__ import annotations

from dataclasses import dataclass

from gui import recent
from gui.code.exporting import ExportFormat
from gui.pictures.ground import Ground, ground_of
from gui.pictures.image import SCALES
from gui.workspace import Workspace

FORMATS = (
    ExportFormat(
        "svg",
        "SVG",
        "For web pages and drawing programs: sharp at any size, and every part can be edited.",
        "network.svg",
        "SVG pictures",
        has_weights=False,
    ),
    ExportFormat(
        "pdf",
        "PDF",
        "For papers and print: sharp at any size, with its fonts in it.",
        "network.pdf",
        "PDF documents",
        has_weights=False,
    ),
    ExportFormat(
        "png",
        "PNG",
        "For slides, chats and whatever takes nothing else: made of pixels.",
        "network.png",
        "PNG pictures",
        has_weights=False,
    ),
)
"""Everything a picture can be saved as, in the order of the dialog."""
_FORMAT, _GROUND, _SCALE, _PART = "picture/format", "picture/ground", "picture/scale", "picture/only_selection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How somebody wants a picture."""

    format: ExportFormat
    """One of `FORMATS`."""
    ground: Ground
    """What it stands on."""
    scale: float
    """Pixels per unit of the canvas, for PNG."""
    only_selection: bool
    """Whether nodes that are not selected are left out."""


def last_choices() -> Choices:
    """What was chosen last, or what suits most people."""
    stored = recent.settings()
    scale = str(stored.value(_SCALE, ""))
    return Choices(
        format=next((known for known in FORMATS if known.id == stored.value(_FORMAT)), FORMATS[0]),
        ground=ground_of(str(stored.value(_GROUND, ""))),
        scale=next((known for known in SCALES if str(known) == scale), 2.0),
        only_selection=stored.value(_PART) == "yes",
    )


def remember(choices: Choices) -> None:
    """Begin with `choices` the next time."""
    stored = recent.settings()
    stored.setValue(_FORMAT, choices.format.id)
    stored.setValue(_GROUND, choices.ground.id)
    stored.setValue(_SCALE, str(choices.scale))
    stored.setValue(_PART, "yes" if choices.only_selection else "no")


def title_of(workspace: Workspace) -> str:
    """What a picture of the graph in view is called."""
    name = workspace.path.stem if workspace.path else workspace.title
    return f"{name}: {workspace.graph.block}" if workspace.graph.block else name
