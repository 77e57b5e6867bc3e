"""Copy, cut, paste and duplicate: the clipboard holds the layers, with frames and notes, as text."""

from __future__ import annotations

import re

from PySide6.QtGui import QGuiApplication

from engine.graph.annotations import Note
from engine.graph.document import DocumentError
from engine.graph.edits import Compound
from engine.graph.errors import GraphError
from engine.graph.model import Graph, Point
from engine.layers import fragment
from engine.layout.room import free_shift
from engine.project import parse_project
from gui.canvas.deletion import deletion
from gui.canvas.geometry import GRID
from gui.canvas.scene import CanvasScene

_PROJECT = re.compile(r'[\ufeff\s]*\{\s*"netwright"\s*:')
"""How a project file begins."""
_STEP = 3 * GRID
"""By so much the copy of a note lies below and right of it."""


def copy(scene: CanvasScene) -> bool:
    """Put the selected nodes, the wires among them, and notes into the clipboard; False when nothing is selected."""
    text = selected_part(scene)
    if text:
        QGuiApplication.clipboard().setText(text)
    return bool(text)


def cut(scene: CanvasScene) -> None:
    """Copy the selected nodes and notes and delete them."""
    if copy(scene):
        take_out(scene, "Cut")


def paste(scene: CanvasScene, at: Point | None) -> bool:
    """Add what the clipboard holds around `at` (or where it was) and select it; False when that is nothing."""
    return paste_text(scene, QGuiApplication.clipboard().text(), at, "Paste") is not None


def duplicate(scene: CanvasScene) -> bool:
    """Add copies of the selected nodes and notes at the nearest free place and select them; False when none is."""
    text = selected_part(scene)
    return bool(text) and paste_text(scene, text, None, "Duplicate") is not None


def selected_part(scene: CanvasScene) -> str:
    """What is selected, as text; empty when that is nothing."""
    selection, notes = scene.workspace.selection, scene.annotations.selected_notes
    return fragment.copy(scene.workspace.graph, selection, notes) if selection or notes else ""


def take_out(scene: CanvasScene, title: str) -> None:
    """Delete what `selected_part` has written down, in a step that begins with the verb `title`."""
    edit = deletion(scene, with_wires=False, with_layers=True)
    if edit is not None:
        scene.workspace.push(Compound(f"{title}{edit.label.removeprefix('Delete')}", (edit,)))


def is_network(text: str) -> bool:
    """Whether `text` says that it is a part of a network, or a whole project."""
    return fragment.is_part(text) or _PROJECT.match(text) is not None


def as_part(text: str, origin: str) -> str:
    """`text` when it is a part of a network; everything in it when it is a project.

    Raises:
        GraphError: it is a project that cannot be read, or an empty one.
    """
    if fragment.is_part(text):
        return text
    try:
        project = parse_project(text.encode(errors="replace"), f"What {origin} holds")
    except DocumentError as error:
        raise GraphError(str(error)) from error
    return fragment.copy(project, project.nodes, [note.id for note in project.annotations.notes])


def paste_text(
    scene: CanvasScene, text: str, at: Point | None, title: str, origin: str = fragment.CLIPBOARD
) -> fragment.Pasted | None:
    """Add what `text` holds around `at`, or where it was, and select it; None when that is nothing or is refused.

    The step of the history begins with the verb `title`; `origin` says in a refusal where `text` comes from.
    """
    if not is_network(text):
        return None
    workspace = scene.workspace
    graph = workspace.graph
    try:
        text = as_part(text, origin)
        pasted = fragment.paste(graph, text, at=at, title=title, origin=origin)
        assert pasted is not None
        shift = _free_shift(graph, pasted)
        if shift != (0.0, 0.0):
            at = None if at is None else (at[0] + shift[0], at[1] + shift[1])
            pasted = fragment.paste(graph, text, at=at, offset=shift, title=title, origin=origin)
            assert pasted is not None
    except GraphError as error:
        workspace.refused.emit(str(error))
        return None
    if not workspace.push(pasted.edit):
        return None
    scene.refresh()
    scene.select_wires(())
    scene.annotations.select([added.id for added in pasted.annotations], [node.id for node in pasted.nodes])
    return pasted


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
