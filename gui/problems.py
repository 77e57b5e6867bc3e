"""The list of what is wrong with the network, where, why, and what mends it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.analysis.problem import Problem, Severity
from engine.graph.edits import Compound, Edit
from engine.graph.model import NodeId
from gui import theme
from gui.parts import IconLabel, Page, Pressable, discard, wrapped
from gui.workspace import Workspace

MOST_SHOWN = 100
"""A network with more problems than this is not mended by reading on."""
_ICONS = {Severity.ERROR: "alert-circle-outline", Severity.WARNING: "alert-outline"}
_WIDE = 460


class ProblemRow(Pressable):
    """One problem; pressed, it leads to its node."""

    fixRequested = Signal(object)
    """The user wants this edit to be made."""

    def __init__(self, problem: Problem, node_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem = problem
        """What is shown."""
        self.setObjectName("problem_row")
        self.set_pressable(problem.node is not None)
        if problem.node:
            self.setToolTip(f"Show “{node_name}” on the canvas")
        self.setAccessibleName(f"{problem.severity.value.capitalize()}: {problem.sentence}")
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._line.setSpacing(theme.GAP)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(wrapped(problem.sentence))
        if node_name:
            name = QLabel(node_name)
            name.setProperty("role", "caption")
            texts.addWidget(name)
        self._line.addLayout(texts, 1)
        self._add_fix_button()
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        row.setSpacing(theme.GAP)
        picture = IconLabel(_ICONS[problem.severity], problem.severity.value, 18)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._line, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the button behind the sentence where there is room, else below it."""
        is_wide = self.width() >= _WIDE
        self._line.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)

    def _add_fix_button(self) -> None:
        fix = self.problem.fix
        if fix is None:
            return
        button = QPushButton(self.problem.fix_label or fix.label)
        button.setObjectName("fix_button")
        button.setIcon(theme.icon("wrench-outline"))
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.setToolTip("Mends the problem; Undo takes it back.")
        button.clicked.connect(lambda: self.fixRequested.emit(fix))
        self._line.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class ProblemsPanel(QWidget):
    """Everything that the pre-flight check has found, errors first."""

    nodeRequested = Signal(object)
    """The node of this id is to be brought into view; it is selected already."""
    countChanged = Signal(int)
    """The number of problems is now this."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._shown: list[tuple[Problem, str]] = []
        self._rows: list[QWidget] = []
        self._page = Page()
        self._page.column.setContentsMargins(theme.UNIT, theme.UNIT, theme.UNIT, theme.GAP)
        self._page.column.setSpacing(2)
        self._page.column.addStretch(1)
        self._calm = QWidget()
        self._calm_icon = IconLabel("check-circle-outline", "success", 28)
        self._calm_text = wrapped(role="caption")
        self._calm_text.setObjectName("no_problems")
        self._calm_text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._lay_out()
        workspace.analysisChanged.connect(self._refresh)
        workspace.graphReplaced.connect(self._refresh)
        self._refresh()

    @property
    def count(self) -> int:
        """The number of problems."""
        return len(self._shown)

    def _lay_out(self) -> None:
        calm = QVBoxLayout(self._calm)
        calm.setContentsMargins(theme.PADDING, theme.PADDING, theme.PADDING, theme.PADDING)
        calm.addStretch(1)
        calm.addWidget(self._calm_icon, 0, Qt.AlignmentFlag.AlignHCenter)
        calm.addWidget(self._calm_text)
        calm.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._page)
        column.addWidget(self._calm)

    def _refresh(self) -> None:
        found = [(problem, self._name_of(problem.node)) for problem in self._workspace.problems]
        self._calm_icon.setVisible(self._workspace.analysis is not None)
        is_loaded = self._workspace.analysis is not None
        self._calm_text.setText("No problems." if is_loaded else "The network is checked as soon as PyTorch is loaded.")
        self._page.setVisible(bool(found))
        self._calm.setVisible(not found)
        if found != self._shown:
            self._shown = found
            self._build_rows()
            self.countChanged.emit(len(found))

    def _build_rows(self) -> None:
        for old in self._rows:
            discard(old)
        self._rows = []
        for problem, name in self._shown[:MOST_SHOWN]:
            row = ProblemRow(problem, name)
            if problem.node is not None:
                row.pressed.connect(partial(self._go_to, problem.node))
            row.fixRequested.connect(self._fix)
            self._rows.append(row)
        hidden = len(self._shown) - MOST_SHOWN
        if hidden > 0:
            self._rows.append(wrapped(f"… and {hidden} more.", "caption"))
        for place, widget in enumerate(self._rows):
            self._page.column.insertWidget(place, widget)

    def _name_of(self, node: NodeId | None) -> str:
        nodes = self._workspace.document.nodes
        return nodes[node].name if node is not None and node in nodes else ""

    def _go_to(self, node: NodeId) -> None:
        self._workspace.go_to(0)
        self._workspace.select([node])
        self.nodeRequested.emit(node)

    def _fix(self, edit: Edit) -> None:
        # A step of its own: it must not merge with the change of the same parameter that caused the problem.
        self._workspace.push_document(Compound(edit.label, (edit,)))
