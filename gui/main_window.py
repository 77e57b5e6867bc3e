"""The window: it puts the parts in their places and connects them; all work is done by the parts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from engine.folders import user_folder
from engine.graph.model import Graph, NodeId
from engine.graph.params import ParamValue
from engine.project import data_choice
from gui import recent, theme
from gui.actions import Actions
from gui.analyser import Analyser
from gui.analysis.panel import AnalysisPanel
from gui.block_commands import BlockCommands
from gui.breadcrumbs import Breadcrumbs
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.code.panel import CodePanel
from gui.dialogs import Dialogs
from gui.documents import Documents
from gui.inspector.inspector import Inspector
from gui.loading import AnalyserLoader
from gui.palette import Palette
from gui.panels import Panels, bring_up
from gui.problems import ProblemsPanel
from gui.recovery import Autosave, Recovered, find_recovered
from gui.start_page import StartPage
from gui.status_line import StatusLine
from gui.training.desk import TrainingDesk
from gui.workspace import Workspace

_ABOUT = "Netwright: build neural networks by wiring layers, train them at once, and see how they learn."


class MainWindow(QMainWindow):
    """One document with everything around it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.workspace = Workspace(self)
        self.documents = Documents(self.workspace, self)
        self.recovery_folder = user_folder() / "recovery"
        recovered = find_recovered(self.recovery_folder)
        self._autosave = Autosave(self.workspace, self.recovery_folder, self)
        self.loader = AnalyserLoader(self)
        self.loader.loaded.connect(self._use_analyser)
        self._loading_started = False
        self._make_parts(recovered)
        self._place_parts()
        self.actions_table = Actions(self, self._slots())
        self.actions_table.fill_menus(self)
        toolbar = self.addToolBar("Tools")
        toolbar.setObjectName("toolbar")
        toolbar.setMovable(False)
        toolbar.setIconSize(QSize(18, 18))
        self.actions_table.fill_toolbar(toolbar)
        self._connect_parts()
        self.panels.restore()
        self.actions_table["toggle_theme"].setChecked(not theme.current().is_dark)
        self.show_welcome()

    def _make_parts(self, recovered: list[Recovered]) -> None:
        # Owned by the window: a scene in the care of Python might be deleted by the thread that trains.
        self.scene = CanvasScene(self.workspace, _initial_params, self)
        self.view = CanvasView(self.scene)
        self.breadcrumbs = Breadcrumbs(self.workspace)
        self.block_commands = BlockCommands(self.view, self.breadcrumbs)
        self.palette_panel = Palette(self.workspace)
        self.inspector = Inspector(self.workspace)
        self.problems_panel = ProblemsPanel(self.workspace)
        self.analysis_panel = AnalysisPanel(self.workspace)
        self.code_panel = CodePanel(self.workspace)
        self.dialogs = Dialogs(self.workspace, self.documents, self)
        self.desk = TrainingDesk(self.workspace, self)
        self.start_page = StartPage(self.documents, recovered, self._autosave)
        self.status_line = StatusLine(self.workspace)
        self.setStatusBar(self.status_line)

    def _place_parts(self) -> None:
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start_page)
        self.canvas_page = QWidget()
        column = QVBoxLayout(self.canvas_page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.breadcrumbs)
        column.addWidget(self.view, 1)
        self.pages.addWidget(self.canvas_page)
        self.setCentralWidget(self.pages)
        self.panels = Panels(
            self,
            palette=self.palette_panel,
            inspector=self.inspector,
            code=self.code_panel,
            training=self.desk.panel,
            problems=self.problems_panel,
            analysis=self.analysis_panel,
        )
        self.panels.code.toggleViewAction().setShortcut("F8")

    def _connect_parts(self) -> None:
        self.documents.opened.connect(self.show_canvas)
        self.workspace.undo_stack.cleanChanged.connect(self._refresh_title)
        self.workspace.undo_stack.indexChanged.connect(self._refresh_history)
        self.workspace.pathChanged.connect(self._refresh_title)
        self.workspace.selectionChanged.connect(self._refresh_blocks)
        self.workspace.scopeChanged.connect(self._refresh_blocks)
        self.breadcrumbs.done.connect(self.view.setFocus)
        self.palette_panel.layerActivated.connect(self.scene.add_layer)
        self.problems_panel.nodeRequested.connect(self._show_node)
        self.status_line.problemsClicked.connect(self.show_problems)
        self.desk.normsChanged.connect(self.scene.set_gradient_norms)
        self.desk.problemsWanted.connect(self.show_problems)
        self.desk.started.connect(lambda: bring_up(self.panels.training))
        self.desk.bridge.statusChanged.connect(self._refresh_running)
        self.start_page.trainRequested.connect(self.desk.train)
        self.start_page.galleryRequested.connect(self.dialogs.open_gallery)
        self.start_page.backRequested.connect(self._show_document)
        for chooser in (self.desk.layerChosen, self.analysis_panel.revealRequested, self.code_panel.revealRequested):
            chooser.connect(self._reveal_selection)
        self.code_panel.exportRequested.connect(self.dialogs.export_as)
        self.loader.failed.connect(lambda sentence: self.documents.complain("PyTorch is missing", sentence))
        self._refresh_history()

    def _slots(self) -> dict[str, Callable[[], object]]:
        stack, view = self.workspace.undo_stack, self.view
        return {
            "new": self.documents.new,
            "open": self.documents.ask_and_open,
            "save": self.documents.save,
            "save_as": self.documents.ask_and_save,
            "welcome": self.show_welcome,
            "quit": self.close,
            "undo": stack.undo,
            "redo": stack.redo,
            "cut": view.cut_selection,
            "copy": view.copy_selection,
            "paste": view.paste,
            "duplicate": view.duplicate_selection,
            "delete": view.delete_selection,
            "select_all": view.select_all,
            "find_layer": self._find_layer,
            "fit": view.fit,
            "zoom_in": view.zoom_in,
            "zoom_out": view.zoom_out,
            "zoom_reset": view.zoom_reset,
            "toggle_theme": self._toggle_theme,
            "train": self.desk.train,
            "pause": self.desk.pause_or_resume,
            "stop": self.desk.stop,
            **self.block_commands.slots(),
            **self.dialogs.slots(),
            "about": lambda: QMessageBox.about(self, "About Netwright", _ABOUT),
        }

    # What the window itself does

    def show_welcome(self) -> None:
        """Show the welcome page; the panels, which are about a document, make room for it."""
        if self._shows_document:
            self.panels.save(with_layout=True)
        self.start_page.refresh("" if self.workspace.is_blank else self.workspace.title)
        self.panels.show(False)
        self.pages.setCurrentWidget(self.start_page)
        self._refresh_for_page()

    def show_canvas(self) -> None:
        """Show the document that has just been opened, from its first layer on."""
        self._show_document()
        # After the layout has given the canvas its size.
        QTimer.singleShot(0, self.view.camera.show_start)

    def show_problems(self) -> None:
        """Bring the list of problems to the front."""
        self._show_document()
        bring_up(self.panels.problems)

    @property
    def loaded(self) -> bool:
        """Whether torch is there, so that shapes are known and networks can be trained."""
        return self.workspace.is_analysed

    def start_loading(self) -> None:
        """Load torch in the background; the window can be used meanwhile."""
        if not self._loading_started:
            self._loading_started = True
            self.loader.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to load torch once the window has been painted for the first time."""
        super().showEvent(event)
        QTimer.singleShot(50, self.start_loading)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Offer to save, then end everything that runs."""
        if not self.documents.may_close():
            event.ignore()
            return
        self.panels.save(with_layout=self._shows_document)
        self.desk.close()
        self.analysis_panel.close_worker()
        self.code_panel.close_worker()
        self.dialogs.close()
        self._autosave.close()
        self.loader.close()
        event.accept()

    def _show_document(self) -> None:
        self.pages.setCurrentWidget(self.canvas_page)
        self.panels.show(True)
        self._refresh_for_page()
        self.view.setFocus()

    def _refresh_for_page(self) -> None:
        """Keep keys and buttons from changing a document that cannot be seen."""
        self.actions_table.enable_document(self._shows_document)
        self._refresh_history()
        self._refresh_running()
        self._refresh_blocks()
        self._refresh_title()

    @property
    def _shows_document(self) -> bool:
        return self.pages.currentWidget() is self.canvas_page

    def _use_analyser(self, analyser: Analyser) -> None:
        self.workspace.use_analyser(analyser)
        self.start_page.use_analyser(analyser)

    def _show_node(self, node: NodeId) -> None:
        self.workspace.select([node])
        self._reveal_selection()

    def _reveal_selection(self) -> None:
        self.view.camera.reveal(self.workspace.selection)

    def _find_layer(self) -> None:
        self.panels.palette.show()
        self.palette_panel.focus_search()

    def _toggle_theme(self) -> None:
        light = self.actions_table["toggle_theme"].isChecked()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, theme.LIGHT if light else theme.DARK)
        recent.settings().setValue("theme", theme.current().name)

    def _refresh_title(self) -> None:
        shown = self._shows_document or not self.workspace.is_blank
        self.setWindowTitle(f"{self.workspace.title}[*] – Netwright" if shown else "Netwright[*]")
        self.setWindowModified(not self.workspace.undo_stack.isClean())

    def _refresh_history(self) -> None:
        self.actions_table.show_history(self.workspace.undo_stack, self._shows_document)

    def _refresh_blocks(self) -> None:
        self.actions_table.show_possible(self.block_commands.possible(), self._shows_document)

    def _refresh_running(self) -> None:
        self.actions_table.show_running(self.desk.status.state.active, self._shows_document)


def _initial_params(layer: str, graph: Graph) -> dict[str, ParamValue]:
    """What a new layer takes from the project: an input has the shape of the data set's samples."""
    return {"shape": data_choice(graph).declaration.input_shape} if layer == "input" else {}
