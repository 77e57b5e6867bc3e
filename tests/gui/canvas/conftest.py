"""A canvas in a window, and a hand that works on it with real events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAction,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.graph.document import dump
from engine.graph.edits import AddNode, Connect
from engine.graph.model import Edge, NodeId
from engine.layers.nodes import new_node
from gui.actions import Actions
from gui.canvas.narration import Narrator
from gui.canvas.node_item import PortRef
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.commands.canvas_keys import CanvasKeys
from gui.commands.table import all_actions
from gui.workspace import Workspace

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
MIME = "application/x-netwright-layer"


class _BeforeTheFirstKey(QObject):
    """Does something when a key is pressed for the first time, before anything is looked for that the key means."""

    def __init__(self, view: CanvasView, do: Callable[[], None]) -> None:
        super().__init__(view)
        self._do = do
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            watched.removeEventFilter(self)
            self._do()
        return False


class Hand:
    """Builds networks, moves the mouse, and checks that the scene shows what the graph says."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view
        self.scene = view.canvas_scene
        self.workspace = view.workspace
        self.refused: list[str] = []
        self.workspace.refused.connect(self.refused.append)
        self._slots = {**view.commands.slots(), **view.build.slots(), "enter_block": view.enter_selected}
        # There are more than a hundred actions, and most tests do without.
        _BeforeTheFirstKey(view, self._make_actions)

    def _make_actions(self) -> None:
        """The keys call the actions of the table, as in the window; those that are not about a canvas do nothing."""
        keys = CanvasKeys(self.view)
        keys.attach(self.view)
        slots = {spec.id: partial(self._call, spec.id) for spec in all_actions()}
        adopted = {spec.id: QAction(self.view) for spec in all_actions() if spec.adopted}
        Actions(self.view.window(), slots, adopted, keys)

    def _call(self, action: str) -> None:
        self._slots.get(action, lambda: None)()

    def offer(self, slots: Mapping[str, Callable[[], object]]) -> None:
        """Let keys call these, too, by the ids of their actions."""
        self._slots |= slots

    # The network

    def add(self, layer: str, x: float = 0.0, y: float = 0.0, *sources: NodeId, **params: object) -> NodeId:
        """Add a layer, fed by others, as the start of a test."""
        node = new_node(self.workspace.graph, layer, (x, y), **params)  # type: ignore[arg-type]
        assert self.workspace.push(AddNode(node))
        for port, source in enumerate(sources):
            assert self.workspace.push(Connect(Edge(source, 0, node.id, port)))
        self.settle()
        return node.id

    def chain(self, *layers: str, x: float = 0.0) -> list[NodeId]:
        """Add layers one below the other, each wired to the next."""
        nodes: list[NodeId] = []
        for row, layer in enumerate(layers):
            nodes.append(self.add(layer, x, -192.0 + 96.0 * row, *nodes[-1:]))
        return nodes

    def edges(self) -> set[tuple[str, str, int]]:
        """The wires, as (name of the source, name of the target, port of the target)."""
        graph = self.workspace.graph
        return {(graph.nodes[e.source].name, graph.nodes[e.target].name, e.target_port) for e in graph.edges}

    def begin(self) -> None:
        """What is there now is what undo has to lead back to."""
        self.settle()
        self.workspace.undo_stack.clear()
        self._before = dump(self.workspace.document)

    def check_undo(self, steps: int = 1) -> None:
        """So many steps have been made; undone, the graph is what it was, and redone, what it became."""
        after = dump(self.workspace.document)
        assert self.workspace.undo_stack.count() == steps
        assert after != self._before or steps == 0
        for _ in range(steps):
            self.workspace.undo_stack.undo()
        self.settle()
        assert dump(self.workspace.document) == self._before
        for _ in range(steps):
            self.workspace.undo_stack.redo()
        self.settle()
        assert dump(self.workspace.document) == after

    def settle(self) -> None:
        """Let everything that is due happen, and check that the scene mirrors the graph."""
        QApplication.processEvents()
        graph, scene = self.workspace.graph, self.scene
        assert set(scene.nodes) == set(graph.nodes)
        assert set(scene.wires) == set(graph.edges)
        for node in graph.nodes.values():
            item = scene.nodes[node.id]
            assert item.node is node
            assert item.position == node.position == item.pos().toTuple()
            assert item.is_selected == (node.id in self.workspace.selection)
            assert item.fed_inputs == {edge.target_port for edge in graph.incoming(node.id)}
        for edge, item in scene.wires.items():
            assert item.pos() == QPointF(0, 0)
            assert item.route.start == scene.nodes[edge.source].port_place(True, edge.source_port).toTuple()
            assert item.route.end == scene.nodes[edge.target].port_place(False, edge.target_port).toTuple()

    # Places, in pixels of the viewport

    def at(self, x: float, y: float) -> QPoint:
        """A point of the scene."""
        return self.view.camera.view_point(QPointF(x, y)).toPoint()

    def body(self, node: NodeId) -> QPoint:
        """The middle of a node."""
        return self.at(*self.workspace.graph.nodes[node].position)

    def output(self, node: NodeId, port: int = 0) -> QPoint:
        """An output port."""
        return self.at(*self.scene.nodes[node].port_place(True, port).toTuple())

    def input(self, node: NodeId, port: int = 0) -> QPoint:
        """An input port."""
        assert PortRef(node, False, port) in self.scene.nodes[node].ports()
        return self.at(*self.scene.nodes[node].port_place(False, port).toTuple())

    # The mouse

    def press(self, place: QPoint, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press a button."""
        QTest.mouseMove(self.view.viewport(), place)
        QTest.mousePress(self.view.viewport(), button, keys, place)

    def move(self, start: QPoint, end: QPoint, steps: int = 6) -> None:
        """Move the pointer."""
        for step in range(1, steps + 1):
            QTest.mouseMove(self.view.viewport(), start + (end - start) * step / steps)
        QApplication.processEvents()

    def release(self, place: QPoint, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        """Release a button."""
        QTest.mouseRelease(self.view.viewport(), button, keys, place)
        QApplication.processEvents()

    def drag(self, start: QPoint, end: QPoint, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press, move, release."""
        self.press(start, button, keys)
        self.move(start, end)
        self.release(end, button, keys)

    def click(self, place: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press and release."""
        QTest.mouseClick(self.view.viewport(), LEFT, keys, place)
        QApplication.processEvents()

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press a key and release it."""
        QTest.keyClick(self.view, key, keys)
        QApplication.processEvents()

    # Drag and drop

    def drag_in(self, layer: str, place: QPoint, mime: str = MIME) -> QMimeData:
        """Drag something from outside over the canvas; the caller keeps the data until it is dropped."""
        data = QMimeData()
        data.setData(mime, layer.encode())
        copy = Qt.DropAction.CopyAction
        self.enter = QDragEnterEvent(place, copy, data, LEFT, NONE)
        QApplication.sendEvent(self.view.viewport(), self.enter)
        for shift in (QPoint(3, 0), QPoint(0, 3), QPoint(0, 0)):
            self.over = QDragMoveEvent(place + shift, copy, data, LEFT, NONE)
            QApplication.sendEvent(self.view.viewport(), self.over)
        QApplication.processEvents()
        return data

    def drop(self, layer: str, place: QPoint, mime: str = MIME) -> bool:
        """Drag something from outside onto the canvas and drop it; whether the canvas took it."""
        data = self.drag_in(layer, place, mime)
        event = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, LEFT, NONE)
        QApplication.sendEvent(self.view.viewport(), event)
        QApplication.processEvents()
        return self.enter.isAccepted() and self.over.isAccepted() and event.isAccepted()


@pytest.fixture
def hand(host: Callable[..., QWidget]) -> Hand:
    """An empty canvas of 1000 × 800 pixels at 100 %, with (0, 0) in its middle."""
    view = CanvasView(CanvasScene(Workspace()))
    view.canvas_scene.setParent(view)
    view.workspace.setParent(view)
    host(view, 1000, 800)
    view.setFocus()
    made = Hand(view)
    made.begin()
    return made


class Ear:
    """Hears what is sent to a screen reader."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.urgent: list[str] = []
        """What interrupts the reader."""
        self.events: list[tuple[QAccessible.Event, str]] = []
        """Of each event its kind, and the name of what it is about."""

    def __call__(self, event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            is_urgent = event.politeness() == QAccessible.AnnouncementPoliteness.Assertive
            (self.urgent if is_urgent else self.said).append(event.message())
        else:
            self.events.append((event.type(), event.accessibleInterface().text(QAccessible.Text.Name)))

    def of(self, kind: QAccessible.Event) -> list[str]:
        """What the events of a kind were about."""
        return [name for event, name in self.events if event == kind]

    def forget(self) -> None:
        """Forget everything."""
        for heard in (self.said, self.urgent, self.events):
            heard.clear()


@pytest.fixture
def screen_reader() -> Iterator[None]:
    """A screen reader runs."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.fixture
def ear(hand: Hand, screen_reader: None) -> Ear:
    """A screen reader runs, and somebody listens to what happens on the canvas."""
    heard = Ear()
    Narrator(hand.view, heard)
    return heard
