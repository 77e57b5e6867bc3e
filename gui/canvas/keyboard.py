"""The keys of the canvas that no action owns: arrows, Space and Esc."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from engine.graph.model import NodeId, Point
from gui.canvas.annotations.carried import moved, notes_moved
from gui.canvas.annotations.note_sizes import resized
from gui.canvas.geometry import GRID

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_ARROWS: dict[int, Point] = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_RUN_S = 1.0
"""Arrow keys that follow each other within this time, in seconds, are undone together."""
_LARGE_STEP = 4
"""With Shift, an arrow key moves by so many steps."""
_PAN_STEP = 48.0
_RESIZE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_NO_FURTHER: dict[Point, str] = {
    (-1.0, 0.0): "A note cannot be narrower.",
    (1.0, 0.0): "A note cannot be wider.",
    (0.0, -1.0): "A note cannot be lower than its text.",
    (0.0, 1.0): "A note cannot be higher.",
}


class Keys:
    """Turns keys into what they mean on the canvas."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._scene = view.canvas_scene
        self._workspace = view.canvas_scene.workspace
        self._run = 0
        self._last_nudge = -math.inf
        self._taps_space = False

    def press(self, event: QKeyEvent) -> bool:
        """Do what the pressed key means; False when it means nothing here."""
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _ARROWS:
            return self._arrow(_ARROWS[key], modifiers)
        if modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif key == Qt.Key.Key_Space:
            self._press_space(event.isAutoRepeat())
        else:
            return False
        return True

    def release(self, event: QKeyEvent) -> bool:
        """The end of panning by Space, which opens the search when it was only tapped; False for all other keys."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            return False
        tapped = self._taps_space and not self._view.pointer.has_panned
        self._taps_space = False
        self._view.pointer.set_pan_mode(False)
        if tapped:
            self._view.build.quick_add()
        return True

    def end_run(self) -> None:
        """Let the next arrow key begin a new step of the history."""
        self._last_nudge = -math.inf

    def _press_space(self, is_repeated: bool) -> None:
        """Held, it is for panning: what repeats itself is no tap."""
        self._taps_space = not is_repeated and not self._view.pointer.is_busy
        if not is_repeated:
            self._view.pointer.set_pan_mode(True)

    def _escape(self) -> None:
        if self._view.pointer.cancel():
            return
        annotations = self._scene.annotations
        if self._workspace.selection or self._scene.selected_wires or annotations.selected:
            self._scene.select_wires(())
            annotations.select((), ())
        else:
            self._workspace.leave()

    def _arrow(self, direction: Point, modifiers: Qt.KeyboardModifier) -> bool:
        selection = self._workspace.selection or self._scene.annotations.selected_notes
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            return modifiers == _RESIZE and self._resize(direction)
        if modifiers & Qt.KeyboardModifier.AltModifier:
            self._neighbour(direction, extends=bool(modifiers & Qt.KeyboardModifier.ShiftModifier))
        elif not selection:
            self._view.camera.pan(-direction[0] * _PAN_STEP, -direction[1] * _PAN_STEP)
        elif not self._view.pointer.is_busy:
            self._nudge(direction, _LARGE_STEP if modifiers & Qt.KeyboardModifier.ShiftModifier else 1)
        return True

    def _resize(self, direction: Point) -> bool:
        """Resize the selected notes by one step; False when there are none."""
        layer = self._scene.annotations
        notes = [layer.notes[name] for name in layer.selected_notes]
        if not notes:
            return False
        if not self._view.pointer.is_busy:
            self._count_run()
            edit = resized(notes, direction, f"resize {self._run}")
            if edit is None:
                self._workspace.refused.emit(_NO_FURTHER[direction])
            else:
                self._workspace.push(edit)
        return True

    def _count_run(self) -> None:
        now = time.monotonic()
        if now - self._last_nudge > _RUN_S:
            self._run += 1
        self._last_nudge = now

    def _nudge(self, direction: Point, steps: int) -> None:
        self._count_run()
        dx, dy = direction[0] * steps * GRID, direction[1] * steps * GRID
        places = {node: self._workspace.graph.nodes[node].position for node in self._workspace.selection}
        positions = {node: (x + dx, y + dy) for node, (x, y) in places.items()}
        gesture, layer = f"arrow keys {self._run}", self._scene.annotations
        kept = layer.selected
        edit = moved(positions, notes_moved(self._workspace.graph, layer.selected_notes, dx, dy, gesture), gesture)
        if edit is not None:
            self._workspace.push(edit)
            layer.select(kept)

    def _neighbour(self, direction: Point, *, extends: bool) -> None:
        """Select the nearest node that lies in `direction`, too when it `extends`; going back gives the last one up."""
        nodes = self._workspace.graph.nodes
        if not self._workspace.selection:
            self._view.stops.step(True)
            return
        x, y = nodes[self._workspace.selection[-1]].position
        best: NodeId | None = None
        nearest = math.inf
        for node in nodes.values():
            dx, dy = node.position[0] - x, node.position[1] - y
            along = dx * direction[0] + dy * direction[1]
            aside = abs(dx * direction[1]) + abs(dy * direction[0])
            if along > 0 and aside <= 2 * along and along + 2 * aside < nearest:
                best, nearest = node.id, along + 2 * aside
        if best is None:
            return
        chosen = self._workspace.selection
        if not extends:
            self._view.stops.select_node(best)
            return
        self._workspace.select(chosen[:-1] if chosen[-2:-1] == (best,) else (*chosen, best))
        self._view.camera.reveal([best])
