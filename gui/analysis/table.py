"""The analysis table itself: sorted by a click on a title, worked with mouse and keyboard, in step with the canvas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QMenu, QStyleOptionViewItem, QTreeView, QWidget

from engine.analysis.report import Analysis
from engine.graph.model import Graph, NodeId
from gui import fonts, theme
from gui.analysis import copying
from gui.analysis.cells import SIDE, CellDelegate, Titles
from gui.analysis.columns import COLUMNS, LAYER, TYPE
from gui.analysis.model import AnalysisModel, Order
from gui.parts import count_selected, paint_focus
from gui.row_tree import Index

_INDENT = 14
_NARROWEST_TEXT = 148
_MOST_OPENED = 100
"""How many blocks a search opens."""
_NOWHERE = QModelIndex()
_Flag = QItemSelectionModel.SelectionFlag


class AnalysisTable(QTreeView):
    """Layers with what they cost; blocks open to what is inside them."""

    nodesChosen = Signal(list)
    """The user has selected these nodes of the graph in view."""
    insideRequested = Signal(list)
    """The user wants to see the inside of a block, or a layer inside one: the nodes that lead there."""

    def __init__(self, model: AnalysisModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._is_following = False
        self._widens_texts = True
        self._is_fitting = False
        self._hovered = QPersistentModelIndex()
        self.titles = Titles(self)
        """The titles of the columns."""
        self.setHeader(self.titles)
        # The view has taken this from its new header.
        self.titles.setSectionsClickable(True)
        self.setModel(model)
        self.setItemDelegate(CellDelegate(model, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(_INDENT)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName("What every layer costs")
        self.setObjectName("analysis_table")
        self._scale = 0.0
        self._room_for_types = 0
        self._size_columns()
        self.titles.sectionClicked.connect(self._sort_by)
        self.titles.sectionResized.connect(self._on_resized)
        self.doubleClicked.connect(self._enter)
        self.entered.connect(self._hover)
        self.viewportEntered.connect(self._hover)
        theme.theme_hub.themeChanged.connect(self._on_theme)

    # In step with the canvas

    def follow_selection(self, nodes: Sequence[NodeId]) -> None:
        """Highlight the rows of `nodes` of the graph in view, unless they are highlighted already."""
        if self._are_chosen(nodes):
            return
        found = map(self._model.index_of_node, nodes)
        rows = sorted((index for index in found if index.isValid()), key=QModelIndex.row)
        selection = QItemSelection()
        # Neighbours share a range: thousands of ranges take the view a quarter of a second.
        for _, run in groupby(enumerate(rows), key=lambda numbered: numbered[1].row() - numbered[0]):
            neighbours = [index for _, index in run]
            selection.select(neighbours[0], neighbours[-1])
        with self._following():
            self.selectionModel().select(selection, _Flag.ClearAndSelect | _Flag.Rows)
            if rows:
                self.selectionModel().setCurrentIndex(rows[0], _Flag.NoUpdate)
                self.scrollTo(rows[0])

    def _are_chosen(self, nodes: Sequence[NodeId]) -> bool:
        count = count_selected(self.selectionModel())
        # Of one node, several rows may be selected.
        return count >= len(nodes) and bool(count) == bool(nodes) and set(self.chosen_nodes()) == set(nodes)

    def chosen_nodes(self) -> list[NodeId]:
        """The nodes of the graph in view whose rows, or rows inside them, are selected."""
        rows = map(self._model.row_of, self.selectionModel().selectedRows())
        return list(dict.fromkeys(row.way()[0] for row in rows if row is not None))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell which nodes are selected now, when it was the user who selected them."""
        super().selectionChanged(selected, deselected)
        if not self._is_following:
            self.nodesChosen.emit(self.chosen_nodes())

    def show_graph(self, graph: Graph, analysis: Analysis | None, selection: Sequence[NodeId], **known: bool) -> None:
        """Show `graph` with what is known about it; the arguments are those of the model's `show`."""
        with self._following():
            self._model.show(graph, analysis, **known)
        self.follow_selection(selection)

    @contextmanager
    def _following(self) -> Iterator[None]:
        """Nothing that changes meanwhile was done by the user: Qt selects the next row when one leaves."""
        self._is_following = True
        try:
            yield
        finally:
            self._is_following = False

    # Order and search

    def sort(self, order: Order) -> None:
        """Sort the rows, and say so above them."""
        self.titles.show_order(order)
        self._model.sort_by(order)
        self.scrollTo(self.currentIndex())

    def search(self, text: str) -> None:
        """Show what fits `text`; blocks are opened for what is found inside them."""
        chosen = self.chosen_nodes()
        with self._following():
            self._model.search(text)
        if self._model.is_searched:
            for index in self._model.ways_found(_MOST_OPENED):
                self.expand(index)
        else:
            self.collapseAll()
        self.follow_selection(chosen)
        self.scrollTo(self.currentIndex())

    def _sort_by(self, column: int) -> None:
        """Sort by a column; the second click turns the order around, the third brings the order of computation."""
        is_figure = COLUMNS[column].figure is not None
        first = Order(column, descending=is_figure)
        second = Order(column, descending=not is_figure)
        self.sort({first: second, second: Order()}.get(self.titles.order, first))

    # Keys and menus

    def event(self, event: QEvent) -> bool:
        """Take Ctrl+C before the window does, which would copy layers."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_copy(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes into a block, Ctrl+C copies the rows."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy(copying.as_tsv)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy, to open and to close."""
        menu = self.make_menu()
        menu.exec(event.globalPos())
        menu.deleteLater()

    def make_menu(self) -> QMenu:
        """The menu of the right mouse button."""
        menu = QMenu(self)
        what = "selected rows" if self.selectionModel().hasSelection() else "table"
        copy = menu.addAction(theme.icon("content-copy"), f"Copy the {what} for a spreadsheet")
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.triggered.connect(lambda: self.copy(copying.as_tsv))
        markdown = menu.addAction(theme.icon("language-markdown-outline"), f"Copy the {what} as Markdown")
        markdown.triggered.connect(lambda: self.copy(copying.as_markdown))
        menu.addSeparator()
        row = self._model.row_of(self.currentIndex())
        enter = menu.addAction(theme.icon("arrow-down"), "Enter the block")
        enter.setEnabled(row is not None and row.has_inside())
        enter.triggered.connect(lambda: self._enter(self.currentIndex()))
        menu.addAction("Open all blocks").triggered.connect(lambda: self.expandToDepth(0))
        menu.addAction("Close all blocks").triggered.connect(self.collapseAll)
        order = menu.addAction("Sort in the order of computation")
        order.setEnabled(self.titles.order != Order())
        order.triggered.connect(lambda: self.sort(Order()))
        return menu

    def copy(self, write: copying.Writer) -> None:
        """Put the selected rows, or all that are shown if none is selected, onto the clipboard."""
        chosen = sorted(self.selectionModel().selectedRows(), key=lambda index: self.visualRect(index).top())
        rows = [row for row in map(self._model.row_of, chosen or self._visible_indexes()) if row is not None]
        QGuiApplication.clipboard().setText(write(rows))

    def _visible_indexes(self) -> list[QModelIndex]:
        found: list[QModelIndex] = []
        index = self._model.index(0, 0)
        while index.isValid():
            found.append(index)
            index = self.indexBelow(index)
        return found

    def _enter(self, index: Index) -> None:
        row = self._model.row_of(index)
        if row is not None and (row.has_inside() or len(row.way()) > 1):
            self.insideRequested.emit(row.way())

    # Look

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Paint the ground of a row from one side to the other, then its cells."""
        rect: QRect = options.rect
        is_selected = self.selectionModel().isRowSelected(index.row(), index.parent())
        if is_selected:
            painter.fillRect(rect, theme.current().colour("selection"))
        elif self._hovered == index.sibling(index.row(), 0):
            painter.fillRect(rect, theme.current().colour("hover"))
        super().drawRow(painter, options, index)
        if self.hasFocus() and index == self.currentIndex().siblingAtColumn(0):
            paint_focus(painter, QRect(0, rect.top(), self.viewport().width(), rect.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give names and types the room that is left, until the user has chosen a width for one of them."""
        super().resizeEvent(event)
        self._fit_texts()

    def _on_theme(self) -> None:
        """Have other colours; with texts of another size, also other columns."""
        if self._scale != fonts.scale():
            self._size_columns()
            self._fit_texts()
        self.viewport().update()

    def _size_columns(self) -> None:
        """Give each column of numbers room for the widest that it may hold."""
        self._scale = fonts.scale()
        self._is_fitting = True
        bold = QFontMetrics(self.titles.title_font)
        for column, described in enumerate(COLUMNS):
            figure_room = 0 if described.figure is None else SIDE
            text = max(map(self.fontMetrics().horizontalAdvance, (described.widest, described.title))) + figure_room
            self.setColumnWidth(column, max(text, bold.horizontalAdvance(described.title)) + 2 * SIDE)
        self._is_fitting = False
        others = self.titles.length() - self.columnWidth(LAYER) - self.columnWidth(TYPE)
        self._room_for_types = others + 2 * theme.px(_NARROWEST_TEXT)

    def _fit_texts(self) -> None:
        self._is_fitting = True
        # Without that room the signs of the layers have to say what type they are.
        self.setColumnHidden(TYPE, self.viewport().width() < self._room_for_types)
        if self._widens_texts:
            texts = (LAYER,) if self.isColumnHidden(TYPE) else (LAYER, TYPE)
            spare = self.viewport().width() - self.titles.length() + sum(map(self.columnWidth, texts))
            for column in texts:
                self.setColumnWidth(column, max(theme.px(_NARROWEST_TEXT), spare // len(texts)))
        self._is_fitting = False

    def _on_resized(self, column: int, _before: int, _after: int) -> None:
        if self._is_fitting:
            return
        if column in (LAYER, TYPE):
            self._widens_texts = False
        self._fit_texts()

    def _hover(self, index: Index = _NOWHERE) -> None:
        self._hovered = QPersistentModelIndex(index.sibling(index.row(), 0) if index.isValid() else _NOWHERE)
        self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer any more."""
        super().leaveEvent(event)
        self._hover()


def _is_copy(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Copy)
