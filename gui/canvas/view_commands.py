"""What can be done on any canvas: copy, delete, rename and select, zoom, and go to bookmarks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from gui.commands.sections.go import BOOKMARKS

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class ViewCommands:
    """Acts on one canvas."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view

    def slots(self) -> dict[str, Callable[[], object]]:
        """What each action of the menu calls, by the action's id."""
        view = self._view
        return {
            "cut": view.cut_selection,
            "copy": view.copy_selection,
            "paste": view.paste,
            "duplicate": view.duplicate_selection,
            "delete": view.delete_selection,
            "rename": self.rename,
            "select_all": view.select_all,
            "fit": view.fit,
            "zoom_selection": self.zoom_to_selection,
            "zoom_in": view.zoom_in,
            "zoom_out": view.zoom_out,
            "zoom_reset": view.zoom_reset,
            **{spec.id: partial(view.bookmarks.go_to, place) for place, spec in enumerate(BOOKMARKS)},
        }

    def possible(self) -> dict[str, bool]:
        """Which of the actions can be used now."""
        view, annotations = self._view, self._view.canvas_scene.annotations
        count = len(view.workspace.selection)
        has_note = count == 0 and len(annotations.selected_notes) == 1
        return {
            "rename": count == 1 or has_note or bool(annotations.selected_frames),
            **{spec.id: place < len(view.bookmarks.all) for place, spec in enumerate(BOOKMARKS)},
        }

    def rename(self) -> None:
        """Let the user type the title of the selected frame, the text of the only selected note, or a layer's name."""
        if not self._view.annotating.edit_selected():
            self._view.renaming.start()

    def zoom_to_selection(self) -> None:
        """Bring the selected layers, frames and notes into view; with nothing selected, the whole network."""
        scene, camera = self._view.canvas_scene, self._view.camera
        # Frames follow their layers at the next refresh, which may be still to come.
        scene.refresh()
        beside = scene.annotations.rect_of(scene.annotations.selected)
        if beside.isEmpty():
            camera.fit(self._view.workspace.selection)
        else:
            camera.look_again(camera.look_at(beside.united(scene.rect_of(self._view.workspace.selection))))
