"""How quickly the canvas opens, pans, zooms and drags large networks, painted in software."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from itertools import pairwise
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.graph.model import Edge, Graph, Node, NodeId
from engine.layers.registry import spec
from gui.app import make_application
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.workspace import Workspace
from tests.benchmarks.figures import Figure

FRAMES = 40
COLUMNS = 20


def large_graph(nodes: int) -> Graph:
    """A network of `nodes` layers in columns, with 1.2 wires for each: chains, joined here and there by skips."""
    from engine.graph.params import check_all

    chance = random.Random(0)
    layers = ("conv2d", "batch_norm2d", "relu", "add")
    made = []
    for index in range(nodes):
        column, row = divmod(index, -(-nodes // COLUMNS))
        layer = layers[index % 4]
        params = check_all(spec(layer).params, {})
        position = (column * 320.0, row * 96.0)
        made.append(Node(NodeId(f"n{index + 1}"), layer, f"layer{index + 1}", params, position))
    edges = [Edge(a.id, 0, b.id, 0) for a, b in pairwise(made)]
    adds = [index for index in range(8, nodes) if layers[index % 4] == "add"]
    for index in chance.sample(adds, min(len(adds), nodes // 5)):
        edges.append(Edge(made[index - chance.randint(2, 8)].id, 0, made[index].id, 1))
    return Graph.assemble(made, edges, {})


def measure() -> list[Figure]:
    """Open and handle networks of 1,000 and 2,000 nodes."""
    make_application()
    return [figure for nodes in (1000, 2000) for figure in _measure(nodes)]


def _measure(nodes: int) -> list[Figure]:
    graph = large_graph(nodes)
    workspace = Workspace()
    scene = CanvasScene(workspace)
    view = CanvasView(scene)
    view.resize(1100, 700)
    view.show()
    _settle()
    start = perf_counter()
    workspace.replace(graph)
    view.fit()
    view.grab()
    opened = perf_counter() - start
    how = f"{nodes:,} nodes, {len(graph.edges):,} wires, view 1100×700, software painting, median of {FRAMES} frames"
    view.fit()
    pan_whole = _frames(view, lambda frame: view.camera.pan(3, 2))
    view.zoom_reset()
    pan_near = _frames(view, lambda frame: view.camera.pan(7, 5))
    zoom = _frames(view, lambda frame: view.camera.zoom_by(0.9 if frame < FRAMES / 2 else 1 / 0.9))
    view.fit()
    drag = _drag_frames(view, scene)
    view.close()
    view.deleteLater()
    scene.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [
        Figure(f"canvas of {nodes:,} nodes: open", opened * 1000, "ms", "≤ 1,000 ms", how),
        Figure("the same: pan frame, whole network in view", pan_whole, "ms", "≤ 16 ms", how),
        Figure("the same: pan frame at 100 %", pan_near, "ms", "≤ 16 ms", how),
        Figure("the same: zoom frame", zoom, "ms", "≤ 16 ms", how),
        Figure("the same: drag frame of one node", drag, "ms", "≤ 16 ms", how),
    ]


def _frames(view: CanvasView, change: Callable[[int], object]) -> float:
    """The median time of `change` and the repaint that it causes, in milliseconds."""
    times = []
    for frame in range(FRAMES):
        start = perf_counter()
        change(frame)
        view.viewport().repaint()
        _settle()
        times.append(1000 * (perf_counter() - start))
    return statistics.median(times)


def _drag_frames(view: CanvasView, scene: CanvasScene) -> float:
    item = scene.nodes[NodeId("n110")]
    place = view.mapFromScene(QPointF(*item.position))
    _mouse(view, QEvent.Type.MouseButtonPress, QPointF(place))
    median = _frames(view, lambda frame: _mouse(view, QEvent.Type.MouseMove, QPointF(place) + QPointF(frame, frame)))
    _mouse(view, QEvent.Type.MouseButtonRelease, QPointF(place) + QPointF(FRAMES, FRAMES))
    return median


def _mouse(view: CanvasView, kind: QEvent.Type, place: QPointF) -> None:
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    everywhere = QPointF(view.viewport().mapToGlobal(place.toPoint()))
    event = QMouseEvent(kind, place, everywhere, button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view.viewport(), event)


def _settle() -> None:
    QCoreApplication.processEvents()
