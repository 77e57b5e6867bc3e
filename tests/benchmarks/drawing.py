"""How good the pictures of the zoo are: crossings, overlaps and wires, as planned by the layout and as drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtWidgets import QApplication

from engine.graph.model import Graph
from engine.layers.unfolding import unfolded
from engine.layout.arrange import arrange
from engine.layout.quality import Quality, crossings, quality
from engine.zoo.registry import ZOO
from gui.canvas import curves, geometry
from gui.canvas.scene import CanvasScene
from gui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Drawing:
    """The figures of one network."""

    name: str
    found: Quality
    drawn_crossings: int
    """The crossings of the curves on the canvas."""

    def row(self) -> str:
        """The drawing as a row of the table."""
        found = self.found
        shown = (
            f"{found.crossings} crossings, {self.drawn_crossings} as drawn; {found.overlaps} overlaps; "
            f"mean wire {found.mean_length / geometry.PITCH:.2f} rows; {found.straight:.0%} of the wires straight"
        )
        return f"| drawing of {self.name} | {shown} | 0 overlaps | {found.nodes:,} nodes, {found.wires:,} wires |"


def measure() -> Iterator[Drawing]:
    """Lay out every network of the zoo that is more than a chain, with its blocks and with all of them unfolded."""
    _ = QApplication.instance() or QApplication([])
    for name, entry in ZOO.items():
        graph = entry.build()
        forms = {name: graph}
        if graph.blocks:
            forms[f"{name}, unfolded"] = unfolded(graph)
        for title, form in forms.items():
            if len(form.edges) >= len(form.nodes):
                yield _drawing(title, form)


def _drawing(name: str, graph: Graph) -> Drawing:
    places = arrange({node.id: node.position for node in graph.nodes.values()}, graph.edges)
    graph.move_nodes(places)
    workspace = Workspace()
    workspace.replace(graph)
    scene = CanvasScene(workspace, parent=workspace)
    scene.refresh()
    wires = sorted(scene.wires)
    ways = [[(x, y) for x, y in curves.points(scene.wires[wire].route).tolist()] for wire in wires]
    drawn = crossings(wires, ways)
    workspace.close()
    return Drawing(name, quality(places, graph.edges), drawn)
