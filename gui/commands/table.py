"""The one table of what the window can do, put together from its sections.

A line more in a section is an item more in a menu, in the command palette and on the page of keyboard shortcuts; only
what it calls has to be given to the window beside that.
"""

from __future__ import annotations

from gui.commands.sections.arrange import ARRANGE
from gui.commands.sections.block import BLOCK
from gui.commands.sections.edit import EDIT
from gui.commands.sections.file import FILE
from gui.commands.sections.go import GO
from gui.commands.sections.help import HELP
from gui.commands.sections.train import TRAIN
from gui.commands.sections.view import VIEW
from gui.commands.spec import ActionSpec

SECTIONS = (FILE, EDIT, ARRANGE, BLOCK, VIEW, GO, TRAIN, HELP)
"""Everything, as it stands in the menu bar."""

TOOLBAR = ("welcome", None, "new", "open", "save", None, "undo", "redo", None, "zoom_out", "zoom_in", "fit")
"""The ids of what is used most; None is a line between two groups."""


def all_actions() -> tuple[ActionSpec, ...]:
    """All actions, section by section."""
    return tuple(spec for section in SECTIONS for spec in section.actions)
