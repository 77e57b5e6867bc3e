"""What Delete takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.graph.annotation_edits import remove_annotation
from engine.graph.edits import Compound, Edit, remove

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene


def deletion(scene: CanvasScene, *, with_wires: bool = True, with_layers: bool = False) -> Edit | None:
    """The edit that deletes what is selected; None when nothing is.

    A selected frame goes alone, because what is in it has been selected along with it to be moved; `with_layers`
    deletes all of that, too.
    """
    graph, nodes = scene.workspace.graph, scene.workspace.selection
    wires = sorted(scene.selected_wires) if with_wires else []
    frames, notes = scene.annotations.selected_frames, scene.annotations.selected_notes
    of_network = [remove(graph, nodes, wires)] if nodes or wires else []
    if frames and not with_layers:
        of_network, notes = [], frames
    steps: list[Edit] = [*of_network, *(remove_annotation(graph, name) for name in notes)]
    if len(steps) <= 1:
        return steps[0] if steps else None
    kind = "frames" if frames else "notes"
    title = of_network[0].label if of_network else f"Delete {len(steps)} {kind}"
    return Compound(title, tuple(steps))
