"""Copy, cut, paste and duplicate: the clipboard holds the layers, with frames and notes, as text."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from engine.graph.annotations import Note
from engine.graph.edits import Compound
from engine.graph.errors import GraphError
from engine.graph.model import Graph, Node, Point
from engine.layers import fragment
from engine.layout.room import free_shift
from gui.canvas.deletion import deletion
from gui.canvas.geometry import GRID
from gui.canvas.scene import CanvasScene

_STEP = 3 * GRID
"""By so much the copy of a note lies below and right of it."""


def copy(scene: CanvasScene) -> bool:
    """Put the selected nodes, the wires among them, and notes into the clipboard; False when nothing is selected."""
    text = _copied(scene)
    if text:
        QGuiApplication.clipboard().setText(text)
    return bool(text)


def cut(scene: CanvasScene) -> None:
    """Copy the selected nodes and notes and delete them."""
    if copy(scene):
        edit = deletion(scene, with_wires=False, with_layers=True)
        if edit is not None:
            scene.workspace.push(Compound(f"Cut{edit.label.removeprefix('Delete')}", (edit,)))


def paste(scene: CanvasScene, at: Point | None) -> tuple[Node, ...]:
    """Add the nodes from the clipboard around `at` (or where they were) and select them; what was added."""
    text = QGuiApplication.clipboard().text()
    return _paste(scene, text, at, "Paste")


def duplicate(scene: CanvasScene) -> tuple[Node, ...]:
    """Add copies of the selected nodes and notes at the nearest free place and select them; the nodes added."""
    text = _copied(scene)
    return _paste(scene, text, None, "Duplicate") if text else ()


def _copied(scene: CanvasScene) -> str:
    """What is selected, as text; empty when that is nothing."""
    selection, notes = scene.workspace.selection, scene.annotations.selected_notes
    return fragment.copy(scene.workspace.graph, selection, notes) if selection or notes else ""


def _paste(scene: CanvasScene, text: str, at: Point | None, title: str) -> tuple[Node, ...]:
    workspace = scene.workspace
    graph = workspace.graph
    try:
        pasted = fragment.paste(graph, text, at=at, title=title)
        if pasted is None:
            return ()
        shift = _free_shift(graph, pasted)
        if shift != (0.0, 0.0):
            at = None if at is None else (at[0] + shift[0], at[1] + shift[1])
            pasted = fragment.paste(graph, text, at=at, offset=shift, title=title)
            assert pasted is not None
    except GraphError as error:
        workspace.refused.emit(str(error))
        return ()
    if not workspace.push(pasted.edit):
        return ()
    scene.refresh()
    scene.select_wires(())
    scene.annotations.select([added.id for added in pasted.annotations], [node.id for node in pasted.nodes])
    return pasted.nodes


def _free_shift(graph: Graph, pasted: fragment.Pasted) -> Point:
    """How far to move what is pasted so that no node stands on another and no note exactly on another."""
    if pasted.nodes:
        return free_shift([node.position for node in pasted.nodes], [node.position for node in graph.nodes.values()])
    taken = {note.position for note in graph.annotations.notes}
    notes = [added.position for added in pasted.annotations if isinstance(added, Note)]
    steps = 0
    while any((x + steps * _STEP, y + steps * _STEP) in taken for x, y in notes):
        steps += 1
    return steps * _STEP, steps * _STEP
