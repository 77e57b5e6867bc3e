"""One open document with all that shows it: canvas, panels, training, and the copy of it that survives a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.graph.model import Graph, NodeId
from engine.graph.params import ParamValue
from engine.project import data_choice
from gui.analysis.panel import AnalysisPanel
from gui.annotation_commands import AnnotationCommands
from gui.block_commands import BlockCommands
from gui.breadcrumbs import Breadcrumbs
from gui.canvas.arranging import Arranging
from gui.canvas.focus_ring import FocusRing
from gui.canvas.narration import Narrator
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.code.panel import CodePanel
from gui.compare.comparing import Comparing
from gui.history.panel import HistoryPanel
from gui.inspector.inspector import Inspector
from gui.late import Late
from gui.outline.panel import OutlinePanel
from gui.palette import Palette
from gui.problems import ProblemsPanel
from gui.recovery import Autosave
from gui.training.desk import TrainingDesk
from gui.workspace import Workspace

if TYPE_CHECKING:
    from gui.export_dialog import ExportDialog

_RevealingT = TypeVar("_RevealingT", OutlinePanel, AnalysisPanel, CodePanel)


class Sheet(QObject):
    """The parts of one document, made together and given up together.

    Each part knows the workspace alone; here they are connected with each other.
    """

    problemsWanted = Signal()
    """The list of problems is to be shown."""
    exportWanted = Signal(str)
    """The network is to be saved in the format of this id."""
    changed = Signal(object)
    """Of this sheet the title, or what can be done with the document now, may be new."""

    def __init__(self, recovery_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = Workspace(self)
        self.autosave = Autosave(self.workspace, recovery_folder, self)
        # Owned by the sheet: a scene in the care of Python might be deleted by the thread that trains.
        self.scene = CanvasScene(self.workspace, _initial_params, self)
        self.view = CanvasView(self.scene)
        self.narrator = Narrator(self.view)
        self.focus_ring = FocusRing(self.view)
        self.breadcrumbs = Breadcrumbs(self.workspace)
        self.block_commands = BlockCommands(self.view, self.breadcrumbs)
        self.arranging = Arranging(self.view)
        self.annotation_commands = AnnotationCommands(self.view)
        self.comparing = Comparing(self.workspace, self.view, self)
        self.palette = Palette(self.workspace)
        self.inspector = Inspector(self.workspace)
        self.desk = TrainingDesk(self.workspace, self)
        # Behind tabs or closed, as a rule.
        self._outline = Late(lambda: self._follow(OutlinePanel(self.workspace)))
        self._history = Late(lambda: HistoryPanel(self.workspace))
        self._problems = Late(self._make_problems)
        self._analysis = Late(lambda: self._follow(AnalysisPanel(self.workspace)))
        self._code = Late(self._make_code)
        self.page = QWidget()
        """The canvas with what stands above it."""
        column = QVBoxLayout(self.page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.comparing.bar)
        column.addWidget(self.breadcrumbs)
        column.addWidget(self.comparing.stage, 1)
        self._export: ExportDialog | None = None
        self._connect()

    def _connect(self) -> None:
        stack = self.workspace.undo_stack
        for signal in (
            stack.cleanChanged,
            stack.indexChanged,
            self.workspace.pathChanged,
            self.workspace.selectionChanged,
            self.workspace.scopeChanged,
            self.workspace.graphReplaced,
            self.desk.bridge.statusChanged,
            self.comparing.comparison.changed,
            self.scene.annotations.selectionChanged,
            self.annotation_commands.switched,
        ):
            signal.connect(self._tell_change)
        self.breadcrumbs.done.connect(self.view.setFocus)
        self.palette.layerActivated.connect(self.scene.add_layer)
        self.desk.normsChanged.connect(self.scene.set_gradient_norms)
        self.desk.problemsWanted.connect(self.problemsWanted)
        self.desk.layerChosen.connect(self._reveal_selection)

    def _make_problems(self) -> ProblemsPanel:
        panel = ProblemsPanel(self.workspace)
        panel.nodeRequested.connect(self.reveal)
        return panel

    def _make_code(self) -> CodePanel:
        panel = self._follow(CodePanel(self.workspace))
        panel.exportRequested.connect(self.exportWanted)
        return panel

    def _follow(self, panel: _RevealingT) -> _RevealingT:
        """Bring into view what is chosen in a panel."""
        panel.revealRequested.connect(self._reveal_selection)
        return panel

    @property
    def outline(self) -> OutlinePanel:
        """The tree of all layers."""
        return self._outline.part

    @property
    def history(self) -> HistoryPanel:
        """The list of all changes."""
        return self._history.part

    @property
    def problems(self) -> ProblemsPanel:
        """The list of what is wrong."""
        return self._problems.part

    @property
    def analysis(self) -> AnalysisPanel:
        """The table of what everything costs."""
        return self._analysis.part

    @property
    def code(self) -> CodePanel:
        """The code of the network."""
        return self._code.part

    @property
    def panels(self) -> Mapping[str, QWidget]:
        """What stands around the canvas, by the ids of the docks."""
        return {
            "palette": self.palette,
            "outline": self._outline,
            "history": self._history,
            "inspector": self.inspector,
            "code": self._code,
            "training": self.desk.panel,
            "problems": self._problems,
            "analysis": self._analysis,
        }

    @property
    def title(self) -> str:
        """What to call the document."""
        return self.workspace.title

    @property
    def is_modified(self) -> bool:
        """Whether there are changes that are not saved."""
        return not self.workspace.undo_stack.isClean()

    def slots(self) -> dict[str, Callable[[], object]]:
        """What the actions about a document call, by their ids."""
        stack, view = self.workspace.undo_stack, self.view
        return {
            "undo": stack.undo,
            "redo": stack.redo,
            "train": self.desk.train,
            "pause": self.desk.pause_or_resume,
            "stop": self.desk.stop,
            **self.block_commands.slots(),
            **self.arranging.slots(),
            **view.commands.slots(),
            **view.build.slots(),
            **self.annotation_commands.slots(),
            **self.comparing.slots(),
        }

    def possible(self) -> dict[str, bool]:
        """Which of the actions that are not always possible can be used now."""
        runs = self.desk.status.state.active
        return {
            "undo": self.workspace.undo_stack.canUndo(),
            "redo": self.workspace.undo_stack.canRedo(),
            "train": not runs,
            "pause": runs,
            "stop": runs,
            "save_weights": self.desk.trained.network is not None,
            **self.block_commands.possible(),
            **self.arranging.possible(),
            **self.view.commands.possible(),
            **self.view.build.possible(),
            **self.annotation_commands.possible(),
            **self.comparing.possible(),
        }

    def export_dialog(self) -> ExportDialog:
        """The dialog that saves the network for other programs; it remembers what was chosen last."""
        from gui.export_dialog import ExportDialog

        if self._export is None:
            self._export = ExportDialog(self.workspace, self.desk.trained, self.page.window())
        return self._export

    def show_start(self) -> None:
        """Look at the document from its first layer on, once the layout has given the canvas its size."""
        QTimer.singleShot(0, self.view, self.view.camera.show_start)

    def reveal(self, node: NodeId) -> None:
        """Select a node and bring it into view."""
        self.workspace.select([node])
        self._reveal_selection()

    def close(self) -> None:
        """End everything that runs."""
        self.desk.close()
        self.arranging.close()
        self.comparing.stop()
        if self._export is not None:
            self._export.close_worker()
        for panel in (self._analysis.made, self._code.made):
            if panel is not None:
                panel.close_worker()
        self.autosave.close()
        self.workspace.close()

    def give_up(self) -> None:
        """Delete all parts; the sheet has been closed."""
        dialogs = () if self._export is None else (self._export,)
        for part in (self.page, *self.panels.values(), *dialogs):
            part.hide()
            part.setParent(None)
            part.deleteLater()
        self.deleteLater()

    def _tell_change(self) -> None:
        self.changed.emit(self)

    def _reveal_selection(self) -> None:
        self.view.camera.reveal(self.workspace.selection)


def _initial_params(layer: str, graph: Graph) -> dict[str, ParamValue]:
    """What a new layer takes from the project: an input has the shape of the data set's samples."""
    return {"shape": data_choice(graph).declaration.input_shape} if layer == "input" else {}
