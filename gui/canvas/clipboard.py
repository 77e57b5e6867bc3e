"""Copy, cut, paste and duplicate: the clipboard holds the layers as text."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from engine.graph.edits import Compound, remove
from engine.graph.errors import GraphError
from engine.graph.model import Node, Point
from engine.layers import fragment
from gui.canvas.geometry import free_shift
from gui.canvas.scene import CanvasScene


def copy(scene: CanvasScene) -> bool:
    """Put the selected nodes, and the wires among them, into the clipboard; False when nothing is selected."""
    workspace = scene.workspace
    if not workspace.selection:
        return False
    QGuiApplication.clipboard().setText(fragment.copy(workspace.graph, workspace.selection))
    return True


def cut(scene: CanvasScene) -> None:
    """Copy the selected nodes and delete them."""
    workspace = scene.workspace
    if copy(scene):
        deletion = remove(workspace.graph, workspace.selection)
        title = f"Cut{deletion.label.removeprefix('Delete')}"
        workspace.push(Compound(title, (deletion,)))


def paste(scene: CanvasScene, at: Point | None) -> tuple[Node, ...]:
    """Add the nodes from the clipboard around `at` (or where they were) and select them; what was added."""
    text = QGuiApplication.clipboard().text()
    return _paste(scene, text, at, (0.0, 0.0), "Paste")


def duplicate(scene: CanvasScene) -> tuple[Node, ...]:
    """Add copies of the selected nodes beside them and select the copies; what was added."""
    workspace = scene.workspace
    if not workspace.selection:
        return ()
    return _paste(scene, fragment.copy(workspace.graph, workspace.selection), None, (0.0, 0.0), "Duplicate")


def _paste(scene: CanvasScene, text: str, at: Point | None, offset: Point, title: str) -> tuple[Node, ...]:
    workspace = scene.workspace
    graph = workspace.graph
    try:
        pasted = fragment.paste(graph, text, at=at, offset=offset, title=title)
        if pasted is None:
            return ()
        shift = free_shift([node.position for node in pasted.nodes], [node.position for node in graph.nodes.values()])
        if shift:
            at = None if at is None else (at[0] + shift, at[1])
            pasted = fragment.paste(graph, text, at=at, offset=(offset[0] + shift, offset[1]), title=title)
            assert pasted is not None
    except GraphError as error:
        workspace.refused.emit(str(error))
        return ()
    if not workspace.push(pasted.edit):
        return ()
    scene.refresh()
    scene.select_wires(())
    workspace.select(node.id for node in pasted.nodes)
    return pasted.nodes
