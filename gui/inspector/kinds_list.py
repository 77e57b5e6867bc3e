"""Of what kinds several layers are, and how many of each; a click keeps only those of one kind selected."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.graph.model import Graph, NodeId
from engine.layers.blocks import layer_spec
from engine.layers.spec import LayerSpec
from gui import theme
from gui.badge import LayerBadge
from gui.inspector.numbers import exact, plural
from gui.parts import Pressable, discard

Kinds = dict[str, list[NodeId]]
"""The layers of each kind, by the id of what they are declared by."""


def kinds_of(graph: Graph, nodes: Sequence[NodeId]) -> Kinds:
    """`nodes` by kind, those that are most first."""
    found: Kinds = {}
    for node in nodes:
        found.setdefault(graph.nodes[node].layer, []).append(node)
    return dict(sorted(found.items(), key=lambda kind: -len(kind[1])))


class KindsList(QWidget):
    """A line for each kind."""

    chosen = Signal(object)
    """The user wants only these nodes to be selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_kinds(self, graph: Graph, kinds: Kinds) -> None:
        """Show of what kinds nodes of `graph` are; nothing when there is only one."""
        for line in self._lines:
            discard(line)
        self._lines = []
        self.setVisible(len(kinds) > 1)
        for layer, nodes in kinds.items() if len(kinds) > 1 else ():
            line = _Line(layer_spec(graph, layer), len(nodes), self)
            line.setObjectName(f"kind_{layer}")
            line.activated.connect(partial(self.chosen.emit, nodes))
            self._column.addWidget(line)
            line.show()
            self._lines.append(line)


class _Line(Pressable):
    """The sign of a kind, its name and how many layers are of it."""

    def __init__(self, layer: LayerSpec, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"{layer.label}, {plural(count, 'layer')}")
        self.setToolTip(f"Keep only {'this' if count == 1 else 'these'} selected")
        self.setAccessibleDescription(self.toolTip())
        badge = LayerBadge(18)
        badge.show_layer(layer)
        # What is below the pointer is the line, and so is what is told about it.
        badge.setToolTip("")
        number = QLabel(exact(count))
        number.setProperty("role", "caption")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.UNIT, theme.UNIT, theme.GAP, theme.UNIT)
        row.setSpacing(theme.GAP)
        row.addWidget(badge, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(QLabel(layer.label), 1)
        row.addWidget(number)
