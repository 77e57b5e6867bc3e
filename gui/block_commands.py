"""What can be done with blocks, from the menu and by keys: group, ungroup, make unique, enter, leave, rename."""

from __future__ import annotations

from collections.abc import Callable

from engine.graph.blocks import block_of
from engine.graph.edits import Edit
from engine.graph.errors import GraphError
from engine.graph.model import NodeId
from engine.layers import grouping
from gui.breadcrumbs import Breadcrumbs
from gui.canvas.view import CanvasView


class BlockCommands:
    """Acts on the selection of one canvas."""

    def __init__(self, view: CanvasView, breadcrumbs: Breadcrumbs) -> None:
        self._view = view
        self._workspace = view.workspace
        self._breadcrumbs = breadcrumbs

    def slots(self) -> dict[str, Callable[[], object]]:
        """What each action of the menu calls, by the action's id."""
        return {
            "group": self.group,
            "ungroup": self.ungroup,
            "make_unique": self.make_unique,
            "enter_block": self._view.enter_selected,
            "leave_block": self._workspace.leave,
            "rename_block": self.rename,
        }

    def possible(self) -> dict[str, bool]:
        """Which of the actions can be used now."""
        has_instance, is_inside = self._instance() is not None, self._workspace.scope.is_inside
        return {
            "group": bool(self._workspace.selection),
            "ungroup": has_instance,
            "make_unique": has_instance,
            "enter_block": has_instance or self._has_note(),
            "leave_block": is_inside,
            "rename_block": has_instance or is_inside,
        }

    def group(self) -> None:
        """Make a block of the selected layers, and let the user name it where it stands."""
        try:
            notes = self._view.canvas_scene.annotations.selected_notes
            grouped = grouping.group(self._workspace.graph, self._workspace.selection, notes=notes)
        except GraphError as error:
            self._workspace.refused.emit(str(error))
            return
        if self._push(grouped.edit):
            self._workspace.select([grouped.instance])
            self._view.renaming.start_block(grouped.instance)

    def ungroup(self) -> None:
        """Put the layers of the selected instance into its place, and select them."""
        before = set(self._workspace.graph.nodes)
        if self._push_of_instance(grouping.ungroup):
            self._workspace.select(node for node in self._workspace.graph.nodes if node not in before)

    def make_unique(self) -> None:
        """Give the selected instance a block of its own."""
        self._push_of_instance(grouping.make_unique)

    def rename(self) -> None:
        """Let the user rename the block of the selected instance or, without one, the block in view."""
        instance = self._instance()
        if instance is None:
            self._breadcrumbs.rename()
        else:
            self._view.renaming.start_block(instance)

    def _instance(self) -> NodeId | None:
        """The only selected node, when it is an instance of a block."""
        if len(self._workspace.selection) != 1:
            return None
        (selected,) = self._workspace.selection
        return selected if block_of(self._workspace.graph.nodes[selected].layer) is not None else None

    def _has_note(self) -> bool:
        """Whether a note is all that is selected."""
        return not self._workspace.selection and len(self._view.canvas_scene.annotations.selected_notes) == 1

    def _push_of_instance(self, plan: Callable[..., Edit]) -> bool:
        instance = self._instance()
        if instance is None:
            return False
        try:
            edit = plan(self._workspace.graph, instance)
        except GraphError as error:
            self._workspace.refused.emit(str(error))
            return False
        return self._push(edit)

    def _push(self, edit: Edit) -> bool:
        is_made = self._workspace.push(edit)
        if is_made:
            self._view.canvas_scene.refresh()
        return is_made
