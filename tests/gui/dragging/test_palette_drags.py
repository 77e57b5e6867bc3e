"""Layers dragged from the palette onto two canvases side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData

from gui.main_window import MainWindow
from gui.palette_model import MIME_TYPE
from gui.sheet import Sheet

if TYPE_CHECKING:
    from conftest import Drag, Places, Unchanged

Two = tuple[Sheet, Sheet]


def layer(name: str) -> QMimeData:
    """What the palette drags."""
    data = QMimeData()
    data.setData(MIME_TYPE, name.encode())
    return data


def test_the_palette_reaches_both_canvases(
    beside: Two, places: Places, window: MainWindow, drag: type[Drag], unchanged: type[Unchanged]
) -> None:
    before = unchanged(*beside)
    for sheet in beside:
        assert drag(window, layer("dropout")).drop(places.free(sheet))
        (node,) = sheet.workspace.selection
        assert sheet.workspace.graph.nodes[node].layer == "dropout"
        assert window.sheet is sheet
        assert sheet.palette.isVisible()
        sheet.workspace.undo_stack.undo()
    before.check()


def test_a_block_of_another_project_is_refused_with_what_to_do_instead(
    beside: Two, places: Places, window: MainWindow, drag: type[Drag], unchanged: type[Unchanged]
) -> None:
    before = unchanged(*beside)
    target = beside[0]
    told = drag(window, layer("block:BasicBlock"))
    assert not told.over(places.free(target))
    assert target.view.pointer_note.text.startswith("The block “BasicBlock” is of another project: ")
    told.leave()
    assert not target.view.pointer_note.isVisible()
    before.check()
