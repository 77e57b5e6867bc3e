"""The list of what is wrong with the network, where, why, and what mends it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.analysis.problem import Fix, Problem, Severity
from engine.graph.edits import Compound, Edit
from gui import theme
from gui.parts import IconLabel, Page, Pressable, discard, wrapped
from gui.scope import Scope
from gui.workspace import Workspace

MOST_SHOWN = 100
"""A network with more problems than this is not mended by reading on."""
_ICONS = {"error": "alert-circle-outline", "warning": "alert-outline"}
_WIDE = 460


class ProblemRow(Pressable):
    """One problem; pressed, it leads to its node."""

    fixRequested = Signal(object)
    """The user wants this edit to be made."""

    def __init__(self, problem: Problem, place: str, parent: QWidget | None = None) -> None:
        """Show `problem` and, as `place`, where it is: empty when it concerns the whole network."""
        super().__init__(parent)
        self.problem = problem
        """What is shown."""
        self.setObjectName("problem_row")
        self.set_pressable(bool(place))
        if place:
            self.setToolTip(f"Show “{place}” on the canvas")
        look = "error" if problem.severity is Severity.ERROR else "warning"
        self.setAccessibleName(f"{look.capitalize()}: {problem.sentence}")
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._line.setSpacing(theme.GAP)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(wrapped(problem.sentence))
        if place:
            name = QLabel(place)
            name.setTextFormat(Qt.TextFormat.PlainText)
            name.setProperty("role", "caption")
            texts.addWidget(name)
        self._line.addLayout(texts, 1)
        self._add_fix_buttons()
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        row.setSpacing(theme.GAP)
        picture = IconLabel(_ICONS[look], look, 18)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._line, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the button behind the sentence where there is room, else below it."""
        is_wide = self.width() >= theme.px(_WIDE)
        self._line.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)

    def _add_fix_buttons(self) -> None:
        if not self.problem.fixes:
            return
        (best, *others) = self.problem.fixes
        button = QPushButton(best.label or best.edit.label)
        button.setObjectName("fix_button")
        # Else Enter would do nothing, as outside of dialogs.
        button.setAutoDefault(True)
        button.setIcon(theme.icon("wrench-outline"))
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.setToolTip("Mends the problem; Undo takes it back.")
        button.clicked.connect(lambda: self.fixRequested.emit(best.edit))
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(button)
        if others:
            row.addWidget(self._other_fixes(others))
        self._line.addWidget(buttons, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _other_fixes(self, fixes: Sequence[Fix]) -> QToolButton:
        """The button that offers the ways that are not the best."""
        menu = QMenu(self)
        for fix in fixes:
            menu.addAction(fix.label or fix.edit.label, partial(self.fixRequested.emit, fix.edit))
        button = QToolButton()
        button.setObjectName("other_fixes")
        button.setIcon(theme.icon("chevron-down"))
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.setToolTip("Other ways to mend it")
        button.setAccessibleName("Other ways to mend it")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        return button


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
        found = [(problem, self._place_of(problem)) for problem in self._workspace.problems]
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
        for problem, place in self._shown[:MOST_SHOWN]:
            row = ProblemRow(problem, place)
            if place:
                row.activated.connect(partial(self._go_to, problem))
            row.fixRequested.connect(partial(self._fix, problem))
            self._rows.append(row)
        hidden = len(self._shown) - MOST_SHOWN
        if hidden > 0:
            self._rows.append(wrapped(f"… and {hidden} more.", "caption"))
        for index, widget in enumerate(self._rows):
            self._page.column.insertWidget(index, widget)

    def _place_of(self, problem: Problem) -> str:
        """The way to the problem, such as “layer1 › conv2”; empty when it concerns the whole network."""
        document, scope = self._workspace.document, _scope_of(problem)
        graphs = scope.graphs(document)
        steps = [crumb.title for crumb in scope.trail(document)[1:]]
        if graphs and problem.node is not None and problem.node in graphs[-1].nodes:
            steps.append(graphs[-1].nodes[problem.node].name)
        return " › ".join(steps)

    def _go_to(self, problem: Problem) -> None:
        self._workspace.look_at(_scope_of(problem))
        if problem.node is not None:
            self._workspace.select([problem.node])
            self.nodeRequested.emit(problem.node)

    def _fix(self, problem: Problem, edit: Edit) -> None:
        self._workspace.look_at(_scope_of(problem))
        # A step of its own: it must not merge with the change of the same parameter that caused the problem.
        self._workspace.push_document(Compound(edit.label, (edit,)), self._workspace.scope)


def _scope_of(problem: Problem) -> Scope:
    """The graph in which the problem can be seen."""
    return Scope(path=problem.path) if problem.path else Scope(problem.block)
