"""The window: it puts the parts in their places and connects them; all work is done by the parts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QMessageBox, QStackedWidget

from engine.folders import user_folder
from gui import fonts, motion, recent, theme
from gui.actions import Actions
from gui.analyser import Analyser
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.commands.canvas_keys import CanvasKeys
from gui.commands.commands import Commands
from gui.dialogs import Dialogs
from gui.documents import Documents
from gui.file_drop import FileDrop
from gui.loading import AnalyserLoader
from gui.outline.panel import OutlinePanel
from gui.palette import Palette
from gui.panel_tabs import bring_up
from gui.panels import Panels
from gui.recovery import find_recovered
from gui.sheet import Sheet
from gui.sheet_area import SheetArea
from gui.start_page import StartPage
from gui.status_line import StatusLine
from gui.training.desk import TrainingDesk
from gui.workspace import Workspace

_ABOUT = "Netwright: build neural networks by wiring layers, train them at once, and see how they learn."


class MainWindow(QMainWindow):
    """The open documents in their tabs, with everything around them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.recovery_folder = user_folder() / "recovery"
        recovered = find_recovered(self.recovery_folder)
        self._analyser: Analyser | None = None
        self.loader = AnalyserLoader(self)
        self.loader.loaded.connect(self._use_analyser)
        self._loading_started = False
        self.canvas_keys = CanvasKeys(self)
        self.sheets = SheetArea(self._make_sheet)
        self.documents = Documents(self.sheets, self)
        self.file_drop = FileDrop(self, self.documents, self._say)
        self.dialogs = Dialogs(self.sheets, self.documents, self, self._say)
        self.start_page = StartPage(self.documents, recovered)
        self.status_line = StatusLine(self.workspace)
        self.setStatusBar(self.status_line)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start_page)
        self.pages.addWidget(self.sheets)
        self.setCentralWidget(self.pages)
        self.panels = Panels(self)
        self.panels.turn_to(self.sheet.panels)
        for dock in self.panels.docks:
            self.file_drop.adopt(dock)
        self.actions_table = Actions(self, self._slots(), self.panels.toggles, self.canvas_keys)
        self.actions_table.fill_menus(self)
        self.commands = Commands(
            self, self.actions_table, lambda: self.sheet if self._shows_document else None, self.documents.open
        )
        toolbar = self.addToolBar("Tools")
        toolbar.setObjectName("toolbar")
        toolbar.setMovable(False)
        toolbar.setIconSize(QSize(18, 18))
        self.actions_table.fill_toolbar(toolbar)
        self._connect_parts()
        self.panels.restore()
        self._show_theme()
        self.show_welcome()

    def _make_sheet(self) -> Sheet:
        """An empty document with its parts."""
        sheet = Sheet(self.recovery_folder, self)
        if self._analyser is not None:
            sheet.workspace.use_analyser(self._analyser)
        self.canvas_keys.attach(sheet.view)
        sheet.problemsWanted.connect(self.show_problems)
        sheet.desk.started.connect(self._show_training)
        sheet.exportWanted.connect(lambda wanted: self.dialogs.export_as(wanted))
        return sheet

    def _connect_parts(self) -> None:
        self.sheets.currentChanged.connect(self._turn_to_sheet)
        self.sheets.titleChanged.connect(self._refresh)
        self.sheets.closeRequested.connect(self.documents.close)
        self.documents.opened.connect(self.show_canvas)
        self.documents.lastClosed.connect(self.show_welcome)
        self.documents.saved.connect(self._say)
        self.actions_table.refused.connect(lambda reason: self.workspace.refused.emit(reason))
        self.status_line.problemsClicked.connect(self.show_problems)
        self.start_page.trainRequested.connect(lambda: self.desk.train())
        self.start_page.galleryRequested.connect(self.dialogs.open_gallery)
        self.start_page.backRequested.connect(self._show_document)
        theme.theme_hub.themeChanged.connect(self._show_theme)
        motion.motion_hub.motionChanged.connect(self._refresh)
        self.loader.failed.connect(lambda sentence: self.documents.complain("PyTorch is missing", sentence))

    def _slots(self) -> dict[str, Callable[[], object]]:
        def of_sheet(name: str) -> Callable[[], object]:
            return lambda: self.sheet.slots()[name]()

        return {
            **{name: of_sheet(name) for name in self.sheet.slots()},
            "new": self.documents.new,
            "open": self.documents.ask_and_open,
            "save": self.documents.save,
            "save_as": self.documents.ask_and_save,
            "close_document": lambda: self.documents.close(self.sheet),
            "next_document": lambda: self.sheets.step(1),
            "previous_document": lambda: self.sheets.step(-1),
            "split": self.sheets.split,
            "welcome": self.show_welcome,
            "quit": self.close,
            "find_layer": lambda: self._search(self.panels.palette, self.sheet.palette),
            "find": lambda: self._search(self.panels.outline, self.sheet.outline),
            "parameters": self._edit_parameters,
            "toggle_theme": lambda: self._use_theme(theme.LIGHT if theme.current().is_dark else theme.DARK),
            "system_theme": lambda: self._use_theme(None),
            "text_larger": lambda: self._scale_text(1),
            "text_smaller": lambda: self._scale_text(-1),
            "text_normal": lambda: self._scale_text(0),
            "reduce_motion": self._toggle_motion,
            **self.dialogs.slots(),
            "command_palette": lambda: self.commands.open_palette(),
            "shortcuts": lambda: self.commands.open_shortcuts(),
            "about": lambda: QMessageBox.about(self, "About Netwright", _ABOUT),
        }

    # The document in front

    @property
    def sheet(self) -> Sheet:
        """The document with which panels and menus have to do."""
        return self.sheets.current

    @property
    def workspace(self) -> Workspace:
        """That document's workspace."""
        return self.sheet.workspace

    @property
    def view(self) -> CanvasView:
        """That document's canvas."""
        return self.sheet.view

    @property
    def scene(self) -> CanvasScene:
        """What is on that canvas."""
        return self.sheet.scene

    @property
    def desk(self) -> TrainingDesk:
        """That document's training."""
        return self.sheet.desk

    @property
    def loaded(self) -> bool:
        """Whether torch is there, so that shapes are known and networks can be trained."""
        return self._analyser is not None

    # What the window itself does

    def show_welcome(self) -> None:
        """Show the welcome page; the panels, which are about a document, make room for it."""
        if self._shows_document:
            self.panels.save(with_layout=True)
        self.start_page.refresh("" if self.workspace.is_blank else self.workspace.title)
        self.panels.show(False)
        self.pages.setCurrentWidget(self.start_page)
        self._refresh()

    def show_canvas(self) -> None:
        """Show the document that has just been opened, from its first layer on."""
        self._show_document()
        self.sheet.show_start()

    def show_problems(self) -> None:
        """Bring the list of problems to the front."""
        self._show_document()
        bring_up(self.panels.problems)

    def start_loading(self) -> None:
        """Load torch in the background; the window can be used meanwhile."""
        if not self._loading_started:
            self._loading_started = True
            self.loader.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to load torch once the window has been painted for the first time."""
        super().showEvent(event)
        self.file_drop.watch()
        QTimer.singleShot(50, self.start_loading)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Offer to save, then end everything that runs."""
        if not self.documents.may_close_all():
            event.ignore()
            return
        self.panels.save(with_layout=self._shows_document)
        for sheet in self.sheets.sheets:
            sheet.close()
        self.loader.close()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From wherever Esc means nothing, it leads back to the canvas."""
        if event.key() == Qt.Key.Key_Escape and self._shows_document:
            self.view.setFocus()
        else:
            super().keyPressEvent(event)

    def _turn_to_sheet(self) -> None:
        self.panels.turn_to(self.sheet.panels)
        self.status_line.follow(self.workspace)
        self._refresh()
        if self._shows_document and not self.sheet.page.isAncestorOf(QApplication.focusWidget() or self):
            self.view.setFocus()

    def _show_document(self) -> None:
        self.pages.setCurrentWidget(self.sheets)
        self.panels.show(True)
        self._refresh()
        self.view.setFocus()

    def _show_training(self) -> None:
        bring_up(self.panels.training)

    @property
    def _shows_document(self) -> bool:
        return self.pages.currentWidget() is self.sheets

    def _use_analyser(self, analyser: Analyser) -> None:
        self._analyser = analyser
        for sheet in self.sheets.sheets:
            sheet.workspace.use_analyser(analyser)
        self.start_page.use_analyser(analyser)

    def _say(self, sentence: str) -> None:
        self.status_line.say(sentence)

    def _search(self, dock: QDockWidget, panel: Palette | OutlinePanel) -> None:
        bring_up(dock)
        panel.focus_search()

    def _edit_parameters(self) -> None:
        bring_up(self.panels.inspector)
        self.sheet.inspector.enter()

    def _scale_text(self, step: int) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.set_text_scale(application, fonts.next_scale(step))

    def _toggle_motion(self) -> None:
        motion.choose(not motion.is_reduced())

    def _use_theme(self, chosen: theme.Theme | None) -> None:
        """Put on a theme and remember it, or the one that the desktop asks for now and from now on."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if chosen is None:
            recent.settings().remove("theme")
        else:
            recent.settings().setValue("theme", chosen.name)
        theme.apply(application, chosen or theme.system_theme(application))

    def _show_theme(self) -> None:
        self.actions_table.show_checked({"toggle_theme": not theme.current().is_dark})
        self.panels.follow_scale()

    def _refresh(self) -> None:
        """Keep keys and buttons from changing a document that cannot be seen, and say what they would do."""
        possible = {
            **self.sheet.possible(),
            "next_document": len(self.sheets.sheets) > 1,
            "previous_document": len(self.sheets.sheets) > 1,
            "split": len(self.sheets.sheets) > 1,
        }
        self.actions_table.show_possible(possible, self._shows_document)
        self.actions_table.show_checked(self.sheet.annotation_commands.checked())
        self.actions_table.show_checked({"reduce_motion": motion.is_reduced()})
        self.actions_table.show_history(self.workspace.undo_stack)
        self.actions_table.show_bookmarks([bookmark.name for bookmark in self.view.bookmarks.all])
        shown = self._shows_document or not self.workspace.is_blank
        self.setWindowTitle(f"{self.workspace.title}[*] – Netwright" if shown else "Netwright[*]")
        self.setWindowModified(self.sheet.is_modified)
