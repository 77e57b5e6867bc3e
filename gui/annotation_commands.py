"""What can be done to find one's way on the canvas: frames, notes, bookmarks, the map, paths and the sizes of wires."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Signal

from engine.graph.annotations import AnnotationId, Frame
from gui import recent
from gui.canvas.annotations.membership import leaving
from gui.canvas.view import CanvasView

_MINIMAP = "minimap"
"""The setting that remembers whether there is to be a map."""


class AnnotationCommands(QObject):
    """Acts on one canvas, from menus and by keys."""

    switched = Signal()
    """`checked` says something else."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._workspace = view.workspace
        self._scene = view.canvas_scene
        view.minimap.switch(str(recent.settings().value(_MINIMAP, "true")).lower() == "true")

    def slots(self) -> dict[str, Callable[[], object]]:
        """What each action of the menu calls, by the action's id."""
        return {
            "frame_selection": self._view.annotating.frame_selection,
            "take_into_frame": self.take_in,
            "take_out_of_frame": self.take_out,
            "add_note": self.add_note,
            "annotation_colour": self.choose_colour,
            "set_bookmark": self.set_bookmark,
            "go_to": self._view.places.open,
            "minimap": self.toggle_minimap,
            "show_paths": self.toggle_paths,
            "wire_thickness": self.toggle_thickness,
        }

    def possible(self) -> dict[str, bool]:
        """Which of the actions can be used now."""
        selection, selected = self._workspace.selection, self._scene.annotations.selected
        return {
            "frame_selection": bool(selection),
            "take_into_frame": self._frame_of_some() is not None,
            "take_out_of_frame": leaving(self._workspace.graph, selection) is not None,
            "annotation_colour": bool(selected),
        }

    def checked(self) -> dict[str, bool]:
        """Which of the actions that are switched on and off are on."""
        return {
            "minimap": self._view.minimap.is_on,
            "show_paths": self._scene.paths.is_on,
            "wire_thickness": self._scene.thickness.is_on,
        }

    def add_note(self) -> None:
        """Let the user write a note at the pointer or, where that is elsewhere, in the middle of the view."""
        place = self._view.pointer.place
        self._view.annotating.write_note(QPointF(*self._view.camera.look().middle) if place is None else place)

    def take_in(self) -> None:
        """Put the selected layers into the frame that some of them are in."""
        frame = self._frame_of_some()
        if frame is not None:
            self._view.annotating.take_in(frame)

    def take_out(self) -> None:
        """Take the selected layers out of the innermost frame around each of them."""
        edit = leaving(self._workspace.graph, self._workspace.selection)
        if edit is not None:
            self._workspace.push(edit)

    def choose_colour(self) -> None:
        """Let the user choose the colour of the selected frames or notes."""
        menu = self._view.annotating.selection_colours()
        if menu is not None:
            viewport = self._view.viewport()
            place = self._view.pointer.place
            at = viewport.rect().center() if place is None else self._view.camera.view_point(place).toPoint()
            menu.popup(viewport.mapToGlobal(at))

    def set_bookmark(self) -> None:
        """Keep what is in view under a name, and let the user type it."""
        name = self._view.bookmarks.set()
        if name is not None:
            self._view.places.open(name)

    def toggle_minimap(self) -> None:
        """Show the map, or no longer."""
        self._view.minimap.switch(not self._view.minimap.is_on)
        recent.settings().setValue(_MINIMAP, self._view.minimap.is_on)
        self.switched.emit()

    def toggle_paths(self) -> None:
        """Show what leads to the selection and what follows from it, or no longer."""
        self._scene.paths.switch(not self._scene.paths.is_on)
        self.switched.emit()

    def toggle_thickness(self) -> None:
        """Show by the thickness of wires how large tensors are, or no longer."""
        self._scene.thickness.switch(not self._scene.thickness.is_on)
        self.switched.emit()

    def _frame_of_some(self) -> AnnotationId | None:
        """The largest frame around some of the selected layers, but not around all."""
        chosen = set(self._workspace.selection)
        frames = [frame for frame in self._workspace.graph.annotations.frames if len(frame.members & chosen) > 0]
        candidates: list[Frame] = [frame for frame in frames if not chosen <= frame.members]
        largest = max(candidates, key=lambda frame: len(frame.members & chosen), default=None)
        return None if largest is None else largest.id
