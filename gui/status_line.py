"""The line at the bottom of the window: what just happened, how large the network is, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QMetaObject, QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from engine.analysis.problem import Severity
from engine.analysis.report import Analysis
from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT
from engine.graph.blocks import block_of
from engine.graph.model import Graph, NodeId
from gui.canvas.narration import announce
from gui.scope import inside
from gui.theme import icon
from gui.workspace import Workspace

_MESSAGE_MS = 8000


class StatusLine(QStatusBar):
    """Follows a workspace."""

    problemsClicked = Signal()
    """The user wants to see the problems."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._connections: list[QMetaObject.Connection] = []
        self.setSizeGripEnabled(False)
        self._totals = QLabel(self)
        self._totals.setObjectName("totals")
        self._problems = QToolButton(self)
        self._problems.setObjectName("problemsButton")
        self._problems.setAutoRaise(True)
        self._problems.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._problems.clicked.connect(self.problemsClicked)
        self.addPermanentWidget(self._totals)
        self.addPermanentWidget(self._problems)
        self.follow(workspace)

    def follow(self, workspace: Workspace) -> None:
        """Speak of another workspace from now on."""
        for connection in self._connections:
            QObject.disconnect(connection)
        self._workspace = workspace
        self._connections = [
            # Whoever narrates the canvas speaks of it.
            workspace.refused.connect(self._show),
            workspace.analysisChanged.connect(self.refresh),
            workspace.graphReplaced.connect(self.refresh),
        ]
        self.clearMessage()
        self.refresh()

    def say(self, sentence: str) -> None:
        """Show `sentence` for some seconds, and let a screen reader, if there is one, say it."""
        self._show(sentence)
        announce(self, sentence)

    def refresh(self) -> None:
        """Show the size and the problems of the network as it is now."""
        document, analysis = self._workspace.document, self._workspace.document_analysis
        layers = count_layers(document, analysis)
        known = analysis is not None and layers > 0
        self._problems.setVisible(known)
        if analysis is None or not layers:
            self._totals.setText("Loading PyTorch…" if analysis is None and layers else "")
            return
        self._totals.setText("   ".join(_size(layers, analysis)))
        problems = self._workspace.problems
        errors = sum(problem.severity is Severity.ERROR for problem in problems)
        mark, colour = ("alert-circle", "error") if errors else ("alert", "warning")
        mark, colour = (mark, colour) if problems else ("check-circle", "success")
        count = len(problems)
        text = f"{count} problem{'' if count == 1 else 's'}" if count else "No problems"
        self._problems.setIcon(icon(mark, colour))
        self._problems.setText(text)
        self._problems.setAccessibleName(text)

    def _show(self, sentence: str) -> None:
        self.showMessage(sentence, _MESSAGE_MS)


def count_layers(graph: Graph, analysis: Analysis | None, nodes: Iterable[NodeId] | None = None) -> int:
    """How many layers there are in `graph`, or among some `nodes` of it; those in blocks count once for each copy."""
    number = 0
    for node_id in graph.nodes if nodes is None else nodes:
        layer = graph.nodes[node_id].layer
        inner = inside(graph, node_id) if block_of(layer) else None
        if inner is not None:
            report = None if analysis is None else analysis.nodes.get(node_id)
            # As far as it is known how many copies there are.
            copies = report.inside if report is not None and report.inside else (None,)
            number += sum(count_layers(inner, copy) for copy in copies)
        elif layer not in (BLOCK_INPUT, BLOCK_OUTPUT):
            number += 1
    return number


def _size(layers: int, analysis: Analysis) -> list[str]:
    """The size of a network, as far as it is known: layers behind an error are counted, but not measured."""
    parts = [f"{layers:,} {'layer' if layers == 1 else 'layers'}"]
    if analysis.is_valid:
        parts += [f"{analysis.parameters:,} parameters", _flops(analysis.flops)]
    elif analysis.parameters:
        parts += [f"{analysis.parameters:,} parameters so far"]
    return parts


def _flops(flops: int) -> str:
    for size, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if flops >= size:
            return f"{flops / size:.3g} {unit}FLOPs"
    return f"{flops} FLOPs"
