"""The peer of the canvas: NodeGraphQt with the same network, handled by the same mouse.

It is no dependency of Netwright and wants a PySide6 of its own choice, so it lives in an environment of its own:

    python -m venv PEER && PEER/bin/pip install NodeGraphQt "PySide6-Essentials<6.12" setuptools

`PEER/bin/python -m tests.benchmarks.peers.nodegraphqt FILE CLOCK WIDTH HEIGHT` prints as JSON what `gestures.sitting`
has measured; FILE holds a network as `networks.plain` writes it, width and height are those of Netwright's canvas.
What its user does by a menu is done by calling what the menu calls.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from NodeGraphQt import BaseNode, NodeGraph
from NodeGraphQt.constants import LayoutDirectionEnum
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from tests.benchmarks.gestures import Plan, sitting

_Network = dict[str, Any]


class Layer(BaseNode):  # type: ignore[misc]
    """A layer with one input and one output."""

    __identifier__ = "netwright"
    NODE_NAME = "layer"

    def __init__(self) -> None:
        super().__init__()
        self.add_input("in 0")
        self.add_output("out")


class Merge(BaseNode):  # type: ignore[misc]
    """A layer with two inputs and one output."""

    __identifier__ = "netwright"
    NODE_NAME = "merge"

    def __init__(self) -> None:
        super().__init__()
        self.add_input("in 0")
        self.add_input("in 1")
        self.add_output("out")


class NodeGraphQt:
    """Its window as an `Editor`."""

    wheel = 60

    def __init__(self, network: _Network, size: tuple[int, int], folder: Path) -> None:
        self._session = _session(network)
        self._path = folder / "session.json"
        self._path.write_text(json.dumps(self._session), encoding="utf-8")
        self._graph = NodeGraph(layout_direction=LayoutDirectionEnum.VERTICAL.value)
        self._graph.register_nodes([Layer, Merge])
        self._viewer = self._graph.viewer()
        self._viewer.setFrameShape(QFrame.Shape.NoFrame)
        self._viewer.resize(*size)
        self._viewer.show()
        self._viewer.activateWindow()
        self.surface: QWidget = self._viewer.viewport()

    def open_memory(self) -> None:
        """Read the session from a dictionary."""
        self._graph.deserialize_session(self._session)

    def open_file(self) -> None:
        """Read the session from its file."""
        self._graph.load_session(str(self._path))

    def close_document(self) -> None:
        """Begin an empty session."""
        self._graph.clear_session()

    def look(self, zoom: float, middle: tuple[float, float]) -> None:
        """Set the rectangle that is in view."""
        width, height = self.surface.width() / zoom, self.surface.height() / zoom
        self._viewer.set_scene_rect([middle[0] - width / 2, middle[1] - height / 2, width, height])

    def place_of(self, place: tuple[float, float]) -> QPointF:
        """A point of the scene in the view."""
        return self._viewer.viewportTransform().map(QPointF(*place))

    def select(self, nodes: Sequence[int]) -> None:
        """Select by number, past the history."""
        wanted = set(nodes)
        for number, node in enumerate(self._graph.all_nodes()):
            if node.view.selected != (number in wanted):
                node.view.selected = number in wanted

    def select_all(self) -> None:
        """What the menu “Select All” calls."""
        self._graph.select_all()

    def undo(self) -> None:
        """What the menu “Undo” calls."""
        self._graph.undo_stack().undo()

    def redo(self) -> None:
        """What the menu “Redo” calls."""
        self._graph.undo_stack().redo()


def _session(network: _Network) -> _Network:
    """The network as NodeGraphQt saves it; its nodes are placed by their corners."""
    kinds = {"add": "netwright.Merge"}
    nodes = {
        str(number): {"type_": kinds.get(layer, "netwright.Layer"), "name": name, "pos": [x - 80, y - 30]}
        for number, (name, layer, x, y) in enumerate(network["nodes"])
    }
    connections = [
        {"out": [str(source), "out"], "in": [str(target), f"in {port}"]} for source, target, port in network["wires"]
    ]
    return {"graph": {}, "nodes": nodes, "connections": connections}


def main() -> None:
    """Handle the network in the file named on the command line."""
    network: _Network = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    application = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        editor = NodeGraphQt(network, (int(sys.argv[3]), int(sys.argv[4])), Path(folder))
        plan = Plan([(x, y) for _, _, x, y in network["nodes"]])
        times = sitting(editor, plan, getattr(time, sys.argv[2]))
    surface = editor.surface.width(), editor.surface.height()
    print(json.dumps({"surface": surface, "times": times}))
    application.quit()


if __name__ == "__main__":
    main()
