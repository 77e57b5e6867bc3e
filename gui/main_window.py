"""The window: it puts the parts in their places and connects them; all work is done by the parts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QMessageBox, QStackedWidget, QTabWidget, QWidget

from engine.folders import user_folder
from engine.graph.model import Graph, NodeId
from engine.graph.params import ParamValue
from engine.project import data_choice
from gui import recent, theme
from gui.actions import Actions
from gui.analyser import Analyser
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.documents import Documents
from gui.inspector.inspector import Inspector
from gui.loading import AnalyserLoader
from gui.palette import Palette
from gui.problems import ProblemsPanel
from gui.recovery import Autosave, Recovered, find_recovered
from gui.start_page import StartPage
from gui.status_line import StatusLine
from gui.training.desk import TrainingDesk
from gui.workspace import Workspace

_LAYOUT_VERSION = 1
_SIZE = QSize(1440, 900)
"""The size of the first window, where the screen is large enough."""
_FRAME = QSize(16, 48)
"""About what the desktop draws around a window."""
_ABOUT = "Netwright: build neural networks by wiring layers, train them at once, and see how they learn."
_Area = Qt.DockWidgetArea


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
        self._put_away: list[QDockWidget] = []
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
        self._restore_layout()
        self.show_welcome()

    def _make_parts(self, recovered: list[Recovered]) -> None:
        # Owned by the window: a scene in the care of Python might be deleted by the thread that trains.
        self.scene = CanvasScene(self.workspace, _initial_params, self)
        self.view = CanvasView(self.scene)
        self.palette_panel = Palette()
        self.inspector = Inspector(self.workspace)
        self.problems_panel = ProblemsPanel(self.workspace)
        self.desk = TrainingDesk(self.workspace, self)
        self.start_page = StartPage(self.documents, recovered, self._autosave)
        self.status_line = StatusLine(self.workspace)
        self.setStatusBar(self.status_line)

    def _place_parts(self) -> None:
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start_page)
        self.pages.addWidget(self.view)
        self.setCentralWidget(self.pages)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.setTabPosition(_Area.BottomDockWidgetArea, QTabWidget.TabPosition.North)
        self.palette_dock = self._dock("Layers", self.palette_panel, _Area.LeftDockWidgetArea)
        self.inspector_dock = self._dock("Inspector", self.inspector, _Area.RightDockWidgetArea)
        self.training_dock = self._dock("Training", self.desk.panel, _Area.BottomDockWidgetArea)
        self.problems_dock = self._dock("Problems", self.problems_panel, _Area.BottomDockWidgetArea)
        self.tabifyDockWidget(self.training_dock, self.problems_dock)
        self.training_dock.raise_()
        for tabbed in (self.training_dock, self.problems_dock):
            # Their tabs name them; a title above the tabs would cost the plots a row.
            tabbed.setTitleBarWidget(QWidget())
        self.setCorner(Qt.Corner.BottomLeftCorner, _Area.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, _Area.RightDockWidgetArea)
        self.resizeDocks([self.palette_dock, self.inspector_dock], [228, 312], Qt.Orientation.Horizontal)
        self.resizeDocks([self.training_dock], [280], Qt.Orientation.Vertical)

    def _dock(self, title: str, widget: QWidget, area: _Area) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"{title.lower()}Dock")
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _connect_parts(self) -> None:
        self.documents.opened.connect(self.show_canvas)
        self.workspace.undo_stack.cleanChanged.connect(self._refresh_title)
        self.workspace.undo_stack.indexChanged.connect(self._refresh_history)
        self.workspace.pathChanged.connect(self._refresh_title)
        self.palette_panel.layerActivated.connect(self.scene.add_layer)
        self.problems_panel.nodeRequested.connect(self._show_node)
        self.status_line.problemsClicked.connect(self.show_problems)
        self.desk.normsChanged.connect(self.scene.set_gradient_norms)
        self.desk.problemsWanted.connect(self.show_problems)
        self.desk.started.connect(lambda: _bring_up(self.training_dock))
        self.desk.bridge.statusChanged.connect(self._refresh_running)
        self.start_page.trainRequested.connect(self.desk.train)
        self.start_page.backRequested.connect(self._show_document)
        self.desk.layerChosen.connect(self._reveal_selection)
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
            "about": lambda: QMessageBox.about(self, "About Netwright", _ABOUT),
        }

    # What the window itself does

    def show_welcome(self) -> None:
        """Show the welcome page; the panels, which are about a document, make room for it."""
        if self._shows_document:
            self._save_layout()
        self.start_page.refresh("" if self.workspace.is_blank else self.workspace.title)
        self._show_panels(False)
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
        _bring_up(self.problems_dock)

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
        self._save_layout()
        self.desk.close()
        self._autosave.close()
        self.loader.close()
        event.accept()

    def _show_document(self) -> None:
        self.pages.setCurrentWidget(self.view)
        self._show_panels(True)
        self._refresh_for_page()
        self.view.setFocus()

    def _show_panels(self, shown: bool) -> None:
        docks = (self.palette_dock, self.inspector_dock, self.training_dock, self.problems_dock)
        if shown:
            for dock in self._put_away:
                dock.show()
            self.training_dock.raise_()
            self._put_away = []
        else:
            # Those that the user has closed stay closed.
            self._put_away += [dock for dock in docks if dock not in self._put_away and not _is_closed(dock)]
            for dock in docks:
                dock.hide()
        for dock in docks:
            dock.toggleViewAction().setEnabled(shown)

    def _refresh_for_page(self) -> None:
        """Keep keys and buttons from changing a document that cannot be seen."""
        self.actions_table.enable_document(self._shows_document)
        self._refresh_history()
        self._refresh_running()
        self._refresh_title()

    @property
    def _shows_document(self) -> bool:
        return self.pages.currentWidget() is self.view

    def _use_analyser(self, analyser: Analyser) -> None:
        self.workspace.use_analyser(analyser)
        self.start_page.use_analyser(analyser)

    def _show_node(self, node: NodeId) -> None:
        self.workspace.select([node])
        self._reveal_selection()

    def _reveal_selection(self) -> None:
        self.view.camera.reveal(self.workspace.selection)

    def _find_layer(self) -> None:
        self.palette_dock.show()
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

    def _refresh_running(self) -> None:
        self.actions_table.show_running(self.desk.status.state.active, self._shows_document)

    def _restore_layout(self) -> None:
        settings = recent.settings()
        geometry, state = settings.value("geometry"), settings.value("layout")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        else:
            self.resize(_SIZE.boundedTo(self.screen().availableSize() - _FRAME))
        if isinstance(state, QByteArray):
            self.restoreState(state, _LAYOUT_VERSION)
        self.actions_table["toggle_theme"].setChecked(not theme.current().is_dark)

    def _save_layout(self) -> None:
        if self._shows_document:
            recent.settings().setValue("layout", self.saveState(_LAYOUT_VERSION))
        recent.settings().setValue("geometry", self.saveGeometry())


def _bring_up(dock: QDockWidget) -> None:
    dock.show()
    dock.raise_()


def _is_closed(dock: QDockWidget) -> bool:
    """Whether somebody has closed the panel; one that was never shown yet does not count as closed."""
    return dock.isHidden() and dock.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)


def _initial_params(layer: str, graph: Graph) -> dict[str, ParamValue]:
    """What a new layer takes from the project: an input has the shape of the data set's samples."""
    return {"shape": data_choice(graph).declaration.input_shape} if layer == "input" else {}
