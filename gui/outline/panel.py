"""The outline panel: a search line above the tree of all layers, in step with canvas and inspector."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from engine.graph.edits import Rename, remove
from engine.graph.model import Graph, NodeId
from gui import theme
from gui.name_field import NameField
from gui.outline.model import OutlineModel
from gui.outline.query import EXAMPLES
from gui.outline.row_painter import RowPainter
from gui.outline.rows import Row, Way
from gui.outline.tree import OutlineTree
from gui.param_table.dialog import ParamTableDialog
from gui.parts import Callout, keep_least_width, wrapped
from gui.scope import Scope
from gui.search_line import SearchLine
from gui.workspace import Workspace

EMPTY = "The network is empty. Drag a layer onto the canvas: all layers are listed here, those inside blocks as well."
EMPTY_BLOCK = "The block is empty. Drag a layer onto the canvas: it is listed here."
SEARCH_HELP = (
    "Find layers by name, kind, shape or parameter: “conv 64”, “batch”, “7×7”, “stride=2” or “channels>=256”. "
    "All words have to fit."
)


class OutlinePanel(QWidget):
    """All layers of the document as a tree."""

    revealRequested = Signal()
    """The nodes that are selected now were chosen in the outline, and are to be brought into view."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._workspace = workspace
        self._is_stale = True
        self._is_choosing = False
        self._param_table: ParamTableDialog | None = None
        self.model = OutlineModel(self)
        """The rows."""
        self.tree = OutlineTree(self.model, RowPainter(self.model, self._make_name_field, self))
        """The tree of layers."""
        self.search = SearchLine()
        """Where words are typed that a layer must fit."""
        self.table_button = QToolButton()
        """Opens the parameters of many layers as a table."""
        self._where = wrapped(role="caption")
        self._note = Callout("error", "alert-circle-outline")
        self._hint = wrapped(role="caption")
        self._pages = QStackedWidget()
        # All the events of one edit lead to one refresh, like the analysis.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._refresh_if_seen)
        self._name_parts()
        self._lay_out()
        self._connect()
        keep_least_width(self, 140, beside=60)

    def focus_search(self) -> None:
        """Put the cursor into the search line, with the old words selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up on what has changed while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the document as it is now."""
        self._timer.stop()
        self._is_stale = False
        workspace, root = self._workspace, self._root()
        with self.tree.in_place():
            self.model.show(root)
            self.model.follow()
            self.model.know(workspace.document_analysis if workspace.scope.is_placed else None, workspace.problems)
        self._where.setText(f"Inside {root.block}, which is placed nowhere yet" if root.block else "")
        self._where.setVisible(bool(root.block))
        self._follow_selection()
        self._show_page()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search line, Down goes to the tree, Enter to what was found first, Escape forgets the search."""
        if watched is not self.search or event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        match event.key():
            case Qt.Key.Key_Down:
                self.tree.setFocus(Qt.FocusReason.ShortcutFocusReason)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.model.is_searched:
                self._choose_found()
            case Qt.Key.Key_Escape if self.search.text():
                self.search.clear()
            case _:
                return super().eventFilter(watched, event)
        return True

    def make_menu(self) -> QMenu:
        """The menu of the right mouse button."""
        menu = QMenu(self)
        row = self.model.row_of(self.tree.currentIndex())
        count = len(self.tree.chosen_rows())
        is_one = row is not None and count == 1
        reveal = menu.addAction(theme.icon("crosshairs-gps"), "Show on the canvas", self.revealRequested.emit)
        reveal.setEnabled(count > 0)
        if row is not None and row.graph is not None:
            way = row.way
            menu.addAction(theme.icon("arrow-down"), "Enter the block", lambda: self._enter(way))
        rename = menu.addAction(theme.icon("rename-box"), "Rename", self._rename)
        rename.setShortcuts(list(self.tree.keys_of("rename")))
        rename.setEnabled(is_one)
        table = menu.addAction(theme.icon("table-edit"), "Edit as table…", self.open_table)
        table.setEnabled(bool(self.model.graph.nodes))
        menu.addSeparator()
        delete = menu.addAction(theme.icon("delete-outline"), "Delete", self._remove)
        delete.setShortcuts(list(self.tree.keys_of("delete")))
        delete.setEnabled(count > 0)
        menu.addSeparator()
        menu.addAction("Open all blocks", self.tree.expandAll)
        menu.addAction("Close all blocks", self.tree.collapseAll)
        return menu

    def open_table(self) -> None:
        """Show the parameters of the selected layers, or of all when there are not several, as a table."""
        if self._param_table is None:
            self._param_table = ParamTableDialog(self._workspace, self)
        self._param_table.open_for_selection()

    # Construction

    def _name_parts(self) -> None:
        self.search.setObjectName("outline_search")
        self.search.setPlaceholderText("Find layers")
        self.search.setAccessibleName("Find layers in the outline")
        self.search.setAccessibleDescription(SEARCH_HELP)
        self.search.setToolTip(SEARCH_HELP)
        self.table_button.setObjectName("outline_table")
        self.table_button.setIcon(theme.icon("table-edit"))
        self.table_button.setToolTip("Edit the parameters of many layers as a table")
        self.table_button.setAccessibleName("Edit as table")
        self._where.setObjectName("outline_where")
        self._where.setContentsMargins(theme.PADDING, 0, theme.PADDING, theme.UNIT)
        self._note.setObjectName("outline_note")
        self._note.hide()
        self._hint.setObjectName("outline_hint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._hint.setContentsMargins(theme.LARGE_GAP, 2 * theme.LARGE_GAP, theme.LARGE_GAP, 0)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(theme.PADDING, theme.GAP, theme.PADDING, theme.GAP)
        top.setSpacing(theme.UNIT)
        top.addWidget(self.search, 1)
        top.addWidget(self.table_button)
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self.tree)
        note = QVBoxLayout()
        note.setContentsMargins(theme.GAP, 0, theme.GAP, theme.GAP)
        note.addWidget(self._note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._where)
        column.addWidget(self._pages, 1)
        column.addLayout(note)

    def _connect(self) -> None:
        workspace = self._workspace
        for signal in (workspace.graphReplaced, workspace.analysisChanged):
            signal.connect(self._refresh_if_seen)
        workspace.scopeChanged.connect(self._on_scope)
        workspace.selectionChanged.connect(self._follow_selection)
        self.model.stale.connect(self._timer.start)
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.table_button.clicked.connect(self.open_table)
        self.tree.chosen.connect(self._choose)
        self.tree.enterRequested.connect(self._enter)
        self.tree.revealRequested.connect(self.revealRequested)
        self.tree.renameRequested.connect(self._rename)
        self.tree.removeRequested.connect(self._remove)
        self.tree.menuRequested.connect(self._show_menu)

    # Following the workspace

    def _root(self) -> Graph:
        """The network; a block that is placed nowhere while one is in it."""
        return self._workspace.document.blocks.graph(self._workspace.scope.block)

    def _refresh_if_seen(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self.refresh()

    def _on_scope(self) -> None:
        if self._root() is not self.model.graph:
            self._refresh_if_seen()
        else:
            self._follow_selection()

    def _follow_selection(self) -> None:
        self._is_stale |= not self.isVisible()
        if self._is_choosing or self._is_stale:
            return
        # What was just added is often selected before anything is repainted.
        with self.tree.in_place():
            self.model.follow()
        self.tree.show_selection(self._workspace.scope.path, self._workspace.selection)

    def _show_page(self) -> None:
        is_blank = not self.model.graph.nodes
        is_found = self.model.rowCount() > 0
        if is_blank:
            self._hint.setText(EMPTY_BLOCK if self.model.graph.block else EMPTY)
        else:
            self._hint.setText(f"No layer fits “{self.search.text().strip()}”.\n{EXAMPLES}")
        self._pages.setCurrentWidget(self.tree if is_found else self._hint)
        self.table_button.setEnabled(not is_blank)

    def _on_search(self, text: str) -> None:
        self.tree.search(text)
        self._show_page()
        self._follow_selection()

    # What the user does

    def _choose(self, path: Way, nodes: list[NodeId]) -> None:
        # On the way there, nothing is selected for a moment.
        self._is_choosing = True
        try:
            if nodes:
                self._workspace.show(Scope(self._workspace.scope.block, path))
            self._workspace.select(nodes)
        finally:
            self._is_choosing = False
        self._follow_selection()
        if nodes:
            self.revealRequested.emit()

    def _choose_found(self) -> None:
        row = self.model.row_of(self.model.first_found())
        if row is not None:
            self._choose(row.parent.way, [row.node.id])
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _enter(self, way: Way) -> None:
        self._workspace.show(Scope(self._workspace.scope.block, way))
        self.revealRequested.emit()

    def _rename(self) -> None:
        row = self.model.row_of(self.tree.currentIndex())
        if row is not None:
            # Edits are made in the graph in view.
            self._choose(row.parent.way, [row.node.id])
            self.tree.edit(self.model.index_of(row))

    def _remove(self) -> None:
        if self._workspace.selection:
            self._workspace.push(remove(self._workspace.graph, self._workspace.selection))

    def _make_name_field(self, row: Row, parent: QWidget) -> NameField:
        node = row.node.id
        field = NameField(self._workspace, row.node.name, lambda name: Rename(node, name), parent)
        field.setObjectName("outline_name")
        field.setAccessibleName("Name of the layer")
        field.objected.connect(self._note.show_text)
        field.closed.connect(lambda: self._note.show_text(""))
        return field

    def _show_menu(self, place: QPoint) -> None:
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)
