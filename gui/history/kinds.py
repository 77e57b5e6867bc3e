"""The signs of the kinds of edits, so that steps of the history can be told apart at a glance."""

from __future__ import annotations

from collections import Counter

from engine.graph.annotation_edits import AddAnnotation, ChangeAnnotation, RemoveAnnotation
from engine.graph.block_edits import DefineBlock, DescribeBlock, DropBlock, RenameBlock, SetLayer, Within
from engine.graph.edits import (
    AddNode,
    Compound,
    Connect,
    Disconnect,
    Edit,
    MoveNodes,
    RemoveNode,
    Rename,
    SetParam,
    SetSetting,
)

OPENED = "file-outline"
"""The icon of the state in which the document was opened."""
_OTHER = "circle-edit-outline"
_ICONS: dict[type[Edit], str] = {
    AddNode: "plus",
    RemoveNode: "delete-outline",
    Connect: "vector-line",
    Disconnect: "link-off",
    SetParam: "tune",
    SetLayer: "swap-horizontal",
    Rename: "rename-box",
    MoveNodes: "cursor-move",
    SetSetting: "cog-outline",
    DefineBlock: "group",
    DropBlock: "ungroup",
    RenameBlock: "rename-box",
    DescribeBlock: "group",
    AddAnnotation: "note-plus-outline",
    ChangeAnnotation: "note-edit-outline",
    RemoveAnnotation: "note-remove-outline",
}
_TELLING: tuple[type[Edit], ...] = (DefineBlock, DropBlock, AddNode, RemoveNode, AddAnnotation, RemoveAnnotation)
"""What a step of several edits is about, when one of these is among them."""


def icon_of(edit: Edit) -> str:
    """The name of the icon for `edit`."""
    kinds = Counter(_kinds(edit))
    if not kinds:
        return _OTHER
    kind = next((kind for kind in _TELLING if kind in kinds), kinds.most_common(1)[0][0])
    return _ICONS.get(kind, _OTHER)


def _kinds(edit: Edit) -> list[type[Edit]]:
    """The kinds of the simple edits that `edit` consists of."""
    if isinstance(edit, Within):
        return _kinds(edit.edit)
    if isinstance(edit, Compound):
        return [kind for part in edit.edits for kind in _kinds(part)]
    return [type(edit)]
