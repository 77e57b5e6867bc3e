"""The bar above the canvas that says inside of which blocks one is, and leads out of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from engine.graph.block_edits import RenameBlock
from engine.graph.events import BlockRenamed, GraphEvent
from engine.layers.blocks import REPEAT, copies
from gui import theme
from gui.commands import shortcuts
from gui.name_field import NameField
from gui.parts import discard, keep_height
from gui.scope import Crumb
from gui.workspace import Workspace

_HEIGHT = 36
_LEAST_WIDTH = 48
"""So narrow a step may become before the bar would widen the window."""


class Breadcrumbs(QWidget):
    """“Network › layer2.1 (Bottleneck)”: each step can be clicked; hidden in the network itself."""

    done = Signal()
    """A step was taken or a name given: the keyboard belongs to the canvas again."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._steps: list[QWidget] = []
        self.setObjectName("breadcrumbs")
        self.setAccessibleName("Way into the block")
        keep_height(self, _HEIGHT)
        self._leave = QToolButton()
        self._leave.setObjectName("leave_block")
        self._leave.setIcon(theme.icon("arrow-up"))
        self._leave.setAccessibleName("Leave the block")
        self._leave.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._leave.clicked.connect(lambda: self._go(len(workspace.scope.trail(workspace.document)) - 2))
        self._about = QLabel()
        self._about.setObjectName("breadcrumbs_about")
        self._about.setProperty("role", "caption")
        self._about.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._about.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.GAP, 0, theme.PADDING, 1)
        self._row.setSpacing(2)
        self._row.addWidget(self._leave)
        self._row.addWidget(self._about, 1)
        workspace.graphReplaced.connect(self.refresh)
        workspace.scopeChanged.connect(self.refresh)
        workspace.analysisChanged.connect(self._show_about)
        workspace.graphChanged.connect(self._on_event)
        shortcuts.current().changed.connect(self._show_keys)
        self._show_keys()
        self.refresh()

    def refresh(self) -> None:
        """Show the way to the graph in view."""
        for step in self._steps:
            if isinstance(step, NameField):
                step.give_up()
            discard(step)
        self._steps = []
        trail = self._workspace.scope.trail(self._workspace.document)
        self.setVisible(self._workspace.scope.is_inside)
        for depth, crumb in enumerate(trail):
            if depth:
                self._add(_arrow())
            self._add(self._step(depth, crumb) if depth < len(trail) - 1 else _current(crumb))
        self._show_about()

    def rename(self) -> None:
        """Let the user type another name for the block in view."""
        block = self._workspace.graph.block
        if not block:
            return
        self.refresh()
        self._steps[-1].hide()
        field = NameField(self._workspace, block, partial(RenameBlock, block))
        field.setObjectName("block_name")
        field.setAccessibleName("Name of the block")
        field.setFixedWidth(theme.px(200))
        # Whoever is told that the field is not needed any more must not delete it while it still speaks.
        field.closed.connect(self._end_renaming, Qt.ConnectionType.QueuedConnection)
        field.objected.connect(self._about.setText)
        self._add(field)
        field.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground of the bar, and the line below it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().colour("panel"))
        painter.setPen(QPen(theme.current().colour("border"), 1))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def _show_keys(self) -> None:
        keys = ", or ".join(filter(None, (shortcuts.current().text("leave_block"), "Esc")))
        self._leave.setToolTip(f"Leave the block ({keys})")

    def _add(self, step: QWidget) -> None:
        self._steps.append(step)
        self._row.insertWidget(len(self._steps), step)

    def _step(self, depth: int, crumb: Crumb) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"crumb_{depth}")
        button.setText(_text(crumb))
        button.setMinimumWidth(_LEAST_WIDTH)
        button.setAccessibleName(f"Go to {_text(crumb)}")
        button.setToolTip(f"Go to {_text(crumb)}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # The click takes the button away: that has to wait until the button is through with it.
        button.clicked.connect(lambda: self._go(depth), Qt.ConnectionType.QueuedConnection)
        return button

    def _go(self, depth: int) -> None:
        self._workspace.go_to(depth)
        self.done.emit()

    def _end_renaming(self) -> None:
        self.refresh()
        self.done.emit()

    def _on_event(self, event: GraphEvent) -> None:
        if isinstance(event, BlockRenamed):
            self.refresh()

    def _show_about(self) -> None:
        text = _about(self._workspace) if self._workspace.scope.is_inside else ""
        self._about.setText(text)
        self._about.setToolTip(text)


def _arrow() -> QLabel:
    label = QLabel("›")
    label.setProperty("role", "caption")
    return label


def _current(crumb: Crumb) -> QLabel:
    label = QLabel(_text(crumb))
    label.setObjectName("crumb_current")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setContentsMargins(5, 0, 5, 0)
    label.setMinimumWidth(_LEAST_WIDTH)
    return label


def _text(crumb: Crumb) -> str:
    return crumb.title if crumb.block in ("", crumb.title) else f"{crumb.title} ({crumb.block})"


def _about(workspace: Workspace) -> str:
    """Whose shapes are shown, if any are, and what else a change would change."""
    number = len(workspace.document.blocks.instances(workspace.graph.block))
    reach = f" Changes go to all {number} instances." if number > 1 else ""
    if not workspace.scope.is_placed:
        return f"Not placed in the network, so no shapes are known.{reach}"
    if workspace.analysis is None:
        return f"Shapes are not known yet.{reach}"
    return f"Shapes of {_module(workspace)}.{reach}"


def _module(workspace: Workspace) -> str:
    """The module that is looked at, such as `layer3.0` for the first copy of a block that is repeated."""
    graphs = workspace.scope.graphs(workspace.document)
    nodes = [graph.nodes[node] for graph, node in zip(graphs, workspace.scope.path, strict=False)]
    # How often it is repeated may be a matter of the block around.
    return ".".join(
        node.name if isinstance(node.params[REPEAT.name], str) else copies(node, node.params)[0] for node in nodes
    )
