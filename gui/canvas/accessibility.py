"""The canvas for screen readers: a list of nodes, in each node its ports, at each output its wires; frames and notes.

Items of a scene are no widgets, so Qt knows nothing of them; here each gets a `QAccessibleInterface` of its own, made
when somebody asks for it and not before.

Who owns what. Qt keeps every interface that it has given an id in a cache, as a bare pointer; one that Python deletes
first leaves a dangling pointer there, and Qt crashes. So whatever is made is held until Qt has deleted it: that of the
canvas goes with the widget, those of all parts by `Part.discard`. There is no factory
(`QAccessible.installFactory`): PySide would call it for every object of the app, half destroyed ones among them, and
keep whatever it returns for ever.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleSelectionInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from shiboken6 import Shiboken

from engine.graph.annotations import AnnotationId
from engine.graph.model import NodeId
from gui.canvas.accessible_beside import BesideAccessible, BesideParts
from gui.canvas.accessible_nodes import NodeAccessible
from gui.canvas.accessible_part import pointer
from gui.canvas.hits import hit
from gui.canvas.scene import CanvasScene
from gui.canvas.tips import describe_selection
from gui.canvas.view import CanvasView
from gui.commands import shortcuts

_kept: dict[int, CanvasAccessible] = {}
"""The interface of every canvas that lives."""


def make_accessible(view: CanvasView) -> CanvasAccessible:
    """The interface of `view`, which Qt uses from now on; it goes with the view."""
    known = QAccessible.queryAccessibleInterface(view)
    if isinstance(known, CanvasAccessible):
        return known
    made = CanvasAccessible(view)
    key = QAccessible.registerAccessibleInterface(made)
    _kept[key] = made
    # Connected behind Qt's own cache, which by then has deleted what it held.
    view.destroyed.connect(partial(_forget, key))
    return made


def _forget(key: int) -> None:
    gone = _kept.pop(key, None)
    if gone is not None:
        gone.discard_all()


class CanvasAccessible(QAccessibleWidget):
    """The canvas: a list of its nodes in the order in which data flows, frames and notes, and what floats over it."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view, QAccessible.Role.List)
        # Nothing here may keep the view alive.
        self._view = weakref.ref(view)
        self._nodes: dict[NodeId, NodeAccessible] = {}
        self._order: list[NodeId] | None = None
        self._places: dict[NodeId, int] = {}
        self._selection = _Selection(self)
        self.beside = BesideParts(self)
        """Frames and notes."""

    # Reading

    @property
    def view(self) -> CanvasView | None:
        """The widget; None once it is gone."""
        view = self._view()
        return view if view is not None and Shiboken.isValid(view) else None

    @property
    def scene(self) -> CanvasScene | None:
        """What the widget shows; None once it is gone."""
        view = self.view
        return view.canvas_scene if view is not None and Shiboken.isValid(view.canvas_scene) else None

    @property
    def order(self) -> list[NodeId]:
        """All nodes, as they are listed."""
        if self._order is None:
            scene = self.scene
            self._order = [] if scene is None else scene.workspace.graph.wiring.topological_order()
            self._places = {node: place for place, node in enumerate(self._order)}
        return self._order

    def node(self, node: NodeId) -> NodeAccessible | None:
        """The interface of a node; None when there is no such node."""
        scene = self.scene
        if node not in self._nodes and scene is not None and node in scene.workspace.graph.nodes:
            self._nodes[node] = NodeAccessible(self, node)
        return self._nodes.get(node)

    def known(self, node: NodeId) -> NodeAccessible | None:
        """The interface of a node that is there, or was, if anybody has ever asked for it."""
        return self._nodes.get(node)

    @property
    def current(self) -> NodeAccessible | BesideAccessible | None:
        """What keys act on: the selected frame or note, or the node that was selected last."""
        if (beside := self.beside.current) is not None:
            return beside
        scene = self.scene
        selection = scene.workspace.selection if scene is not None else ()
        return self.node(selection[-1]) if selection else None

    # Following the graph

    def forget_order(self) -> None:
        """Nodes or wires have come or gone."""
        self._order = None

    def prune(self, nodes: Iterable[NodeId]) -> None:
        """Let ports and wires of `nodes` go that are gone; never while a screen reader may be holding one."""
        for node in nodes:
            if node in self._nodes:
                self._nodes[node].prune()

    def discard(self, node: NodeId) -> None:
        """Let the interface of a node go, because the node is gone."""
        part = self._nodes.pop(node, None)
        if part is not None:
            part.discard()

    def discard_all(self) -> None:
        """Let the interfaces of everything on the canvas go."""
        for node in list(self._nodes):
            self.discard(node)
        self.forget_order()
        self.beside.discard_all()

    # QAccessibleInterface

    def childCount(self) -> int:
        """How many nodes there are, frames and notes beside them, and widgets over them."""
        return len(self.order) + len(self.beside.order) + len(self._widgets())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """The node, the frame or note, or the widget, of this number."""
        if 0 <= index < len(self.order):
            return self.node(self.order[index])
        number = index - len(self.order)
        if 0 <= number < len(self.beside.order):
            return self.beside.part(self.beside.order[number])
        widgets, number = self._widgets(), number - len(self.beside.order)
        return QAccessible.queryAccessibleInterface(widgets[number]) if 0 <= number < len(widgets) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The number of a node, a frame, a note or a widget; -1 for anything else."""
        nodes, beside = self.order, self.beside.order
        if isinstance(child, NodeAccessible):
            return self._places.get(child.node, -1)
        if isinstance(child, BesideAccessible):
            return len(nodes) + beside.index(child.annotation) if child.annotation in beside else -1
        inner, widgets = child.object(), self._widgets()
        if not isinstance(inner, QWidget) or inner not in widgets:
            return -1
        return len(nodes) + len(beside) + widgets.index(inner)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """The node, the note or the title of a frame at a place of the screen."""
        view = self.view
        if view is None or not self.seen().contains(x, y):
            return None
        place = view.camera.scene_point(QPointF(view.viewport().mapFromGlobal(QPoint(x, y))))
        found = hit(view.canvas_scene, place, view.camera.zoom)
        node = found.node if found.port is None else found.port.node
        if node is not None:
            return self.node(node)
        beside = view.canvas_scene.annotations.beside(place, view.camera.zoom, found)
        return self.beside.part(beside.annotation) if beside is not None else None

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """What keys act on."""
        view = self.view
        return self.current if view is not None and view.hasFocus() else None

    def text(self, kind: QAccessible.Text) -> str:
        """The name, what is selected, the keys."""
        scene = self.scene
        if kind == QAccessible.Text.Description and scene is not None:
            return describe_selection(scene)
        return _keys() if kind == QAccessible.Text.Help else super().text(kind)

    def state(self) -> QAccessible.State:
        """That several nodes may be selected."""
        state = super().state()
        state.multiSelectable = state.extSelectable = True
        return state

    def interface_cast(self, kind: QAccessible.InterfaceType) -> int:
        """Selecting, beside what every widget can do."""
        if kind == QAccessible.InterfaceType.SelectionInterface:
            return pointer(self._selection)
        known = super().interface_cast(kind)
        return pointer(None) if known is None else known

    # Places

    def seen(self) -> QRect:
        """Where the canvas is on the screen."""
        view = self.view
        return QRect() if view is None else QRect(view.viewport().mapToGlobal(QPoint(0, 0)), view.viewport().size())

    def on_screen(self, area: QRectF) -> QRect:
        """Where a part of the scene is on the screen."""
        view = self.view
        if view is None:
            return QRect()
        return view.viewportTransform().mapRect(area).toAlignedRect().translated(self.seen().topLeft())

    def _widgets(self) -> list[QWidget]:
        """What floats over the canvas: notes, the field in which a node is renamed."""
        view = self.view
        if view is None:
            return []
        direct = view.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [widget for widget in direct if widget.isVisible() and widget.accessibleName()]


class _Selection(QAccessibleSelectionInterface):
    """Lets a screen reader read and change what is selected: nodes, frames and notes."""

    def __init__(self, canvas: CanvasAccessible) -> None:
        super().__init__()
        self._canvas = weakref.ref(canvas)

    def selectedItemCount(self) -> int:
        """How many parts are selected."""
        return len(self._nodes) + len(self._beside)

    def selectedItems(self) -> list[QAccessibleInterface]:
        """The selected parts."""
        found = [self.selectedItem(index) for index in range(self.selectedItemCount())]
        return [part for part in found if part is not None]

    def selectedItem(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """One of the selected parts, nodes first."""
        canvas, nodes, beside = self._canvas(), self._nodes, self._beside
        if canvas is None or not 0 <= index < len(nodes) + len(beside):
            return None
        return canvas.node(nodes[index]) if index < len(nodes) else canvas.beside.part(beside[index - len(nodes)])

    def isSelected(self, child: QAccessibleInterface) -> bool:
        """Whether a part is selected."""
        if isinstance(child, BesideAccessible):
            return child.annotation in self._beside
        return isinstance(child, NodeAccessible) and child.node in self._nodes

    def select(self, child: QAccessibleInterface) -> bool:
        """Select a part beside the others; a frame with all that is in it."""
        scene = self._scene
        if isinstance(child, BesideAccessible) and scene is not None:
            frame = scene.annotations.frames.all.get(child.annotation)
            return self._set([*self._nodes, *(frame.members if frame else ())], [*self._beside, child.annotation])
        return isinstance(child, NodeAccessible) and self._set([*self._nodes, child.node], self._beside)

    def unselect(self, child: QAccessibleInterface) -> bool:
        """Take a part out of the selection."""
        nodes = [node for node in self._nodes if not isinstance(child, NodeAccessible) or node != child.node]
        names = [name for name in self._beside if not isinstance(child, BesideAccessible) or name != child.annotation]
        return self.isSelected(child) and self._set(nodes, names)

    def selectAll(self) -> bool:
        """Select all nodes and notes, as the keys do."""
        canvas = self._canvas()
        view = canvas.view if canvas is not None else None
        if view is not None:
            view.select_all()
        return view is not None

    def clear(self) -> bool:
        """Select nothing."""
        return self._set([], [])

    @property
    def _nodes(self) -> tuple[NodeId, ...]:
        scene = self._scene
        return scene.workspace.selection if scene is not None else ()

    @property
    def _beside(self) -> list[AnnotationId]:
        scene = self._scene
        return [] if scene is None else [*scene.annotations.selected_frames, *scene.annotations.selected_notes]

    @property
    def _scene(self) -> CanvasScene | None:
        canvas = self._canvas()
        return canvas.scene if canvas is not None else None

    def _set(self, nodes: Iterable[NodeId], annotations: Iterable[AnnotationId]) -> bool:
        scene = self._scene
        if scene is None:
            return False
        scene.annotations.select(annotations, list(nodes))
        return True


def _keys() -> str:
    """What the most important keys do; what has no keys is left out."""
    keys = shortcuts.current().text_on_canvas
    meanings = (("delete", "removes it"), ("rename", "renames it"), ("enter_block", "looks inside a block"))
    known = [f"{keys(action)} {meaning}" for action, meaning in meanings if keys(action)]
    moves = "Tab goes along the flow of data, then to frames and notes, Alt and an arrow key to a neighbour."
    return f"{moves} {', '.join(['Arrow keys move what is selected', *known, 'Escape leaves a block'])}."
