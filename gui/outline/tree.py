"""The tree of the outline: worked with mouse and keyboard, in step with the canvas."""

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
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTreeView, QWidget

from engine.graph.model import NodeId
from gui import theme
from gui.commands import shortcuts
from gui.commands.spec import Keys, pressed, writes, written
from gui.outline.model import OutlineModel
from gui.outline.row_painter import RowPainter
from gui.outline.rows import Row, Way
from gui.parts import count_selected, paint_focus
from gui.row_tree import Index

_INDENT = 16
_NOWHERE = QModelIndex()
_MOST_OPENED = 100
"""How many blocks a search opens."""
_Flag = QItemSelectionModel.SelectionFlag
_OWN_ACTIONS = ("delete", "rename", "select_all")
"""What the keys of these actions do is done to rows here."""
_SPOKEN = (("rename", "renames"), ("delete", "deletes"))


class OutlineTree(QTreeView):
    """Layers, and below the instances of blocks what is inside them."""

    chosen = Signal(object, object)
    """The user has selected layers: the way to the graph that they are in, and their ids, all of the same graph."""
    enterRequested = Signal(object)
    """The user wants to see the inside of the instance at the end of this way."""
    revealRequested = Signal()
    """The user wants to see the selected layers on the canvas."""
    renameRequested = Signal()
    """The user wants to give the current layer another name."""
    removeRequested = Signal()
    """The user wants to delete the selected layers."""
    menuRequested = Signal(object)
    """The user has asked for the menu at this point of the screen."""

    def __init__(self, model: OutlineModel, painter: RowPainter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._is_following = False
        self._path: Way = ()
        self._pivot = QPersistentModelIndex()
        self._hovered = QPersistentModelIndex()
        self.setModel(model)
        self.setItemDelegate(painter)
        self.setHeaderHidden(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(_INDENT)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setObjectName("outline_tree")
        self.setAccessibleName("Outline of the network")
        shortcuts.current().changed.connect(self._show_keys)
        self._show_keys()
        self.doubleClicked.connect(self._activate)
        self.entered.connect(self._hover)
        self.viewportEntered.connect(self._hover)

    # In step with the canvas

    def show_selection(self, path: Way, nodes: Sequence[NodeId]) -> None:
        """Highlight the rows of `nodes` of the graph that `path` leads to, and open what they are in."""
        self._path = path
        with self._following():
            for length in range(1, len(path) + 1):
                self.expand(self._model.index_at(path[:length]))
        self.viewport().update()
        if self._chosen_rows_are(path, nodes):
            return
        indexes = (self._model.index_at((*path, node)) for node in nodes)
        rows = sorted((index for index in indexes if index.isValid()), key=QModelIndex.row)
        selection = QItemSelection()
        # Neighbours share a range: thousands of ranges take the view a quarter of a second.
        for _, run in groupby(enumerate(rows), key=lambda numbered: numbered[1].row() - numbered[0]):
            neighbours = [index for _, index in run]
            selection.select(neighbours[0], neighbours[-1])
        with self._following():
            self.selectionModel().select(selection, _Flag.ClearAndSelect)
            target = rows[0] if rows else self._model.index_at(path)
            if target.isValid():
                self.selectionModel().setCurrentIndex(target, _Flag.NoUpdate)
                self.scrollTo(target)
        self._pivot = QPersistentModelIndex(rows[0] if rows else _NOWHERE)

    def chosen_rows(self) -> list[Row]:
        """The selected rows, from top to bottom of their graph."""
        rows = map(self._model.row_of, self.selectionModel().selectedIndexes())
        return sorted((row for row in rows if row is not None), key=lambda row: row.number)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell which layers are selected now, when it was the user who selected them."""
        super().selectionChanged(selected, deselected)
        if self._is_following:
            return
        branch = self._graph_meant(selected)
        rows = self.chosen_rows()
        others = [row for row in rows if row.parent.id != branch]
        rows = [row for row in rows if row.parent.id == branch]
        with self._following():
            for row in others:
                self.selectionModel().select(self._model.index_of(row), _Flag.Deselect)
        if len(rows) == 1:
            self._pivot = QPersistentModelIndex(self._model.index_of(rows[0]))
        self.chosen.emit(rows[0].parent.way if rows else self._path, [row.node.id for row in rows])

    def select_graph(self) -> None:
        """Select all layers of the graph that the current row is in, as far as they are shown."""
        parent = self.currentIndex().parent()
        last = self._model.rowCount(parent) - 1
        if last >= 0:
            whole = QItemSelection(self._model.index(0, 0, parent), self._model.index(last, 0, parent))
            self.selectionModel().select(whole, _Flag.ClearAndSelect)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let rows come and go without moving what one is reading, and without taking it for a choice of the user."""
        top = QPersistentModelIndex(self.indexAt(self.viewport().rect().topLeft()))
        before, bar = self.visualRect(top).top(), self.verticalScrollBar()
        with self._following():
            yield
        if bar.value() and top.isValid():
            bar.setValue(bar.value() + self.visualRect(top).top() - before)

    @contextmanager
    def _following(self) -> Iterator[None]:
        """Nothing that changes meanwhile was done by the user: Qt selects the next row when one leaves."""
        was_following, self._is_following = self._is_following, True
        try:
            yield
        finally:
            self._is_following = was_following

    def _chosen_rows_are(self, path: Way, nodes: Sequence[NodeId]) -> bool:
        if count_selected(self.selectionModel()) != len(nodes):
            return False
        rows = self.chosen_rows()
        if {row.node.id for row in rows} != set(nodes):
            return False
        return bool(rows) and all(row.parent is rows[0].parent for row in rows) and rows[0].parent.way == path

    def _graph_meant(self, selected: QItemSelection) -> int:
        """Below which row the layers are that the user means: only those of one graph can be selected together.

        A range that is extended with Shift stays in the graph in which it began.
        """
        pivot = self._model.row_of(self._pivot)
        extends = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        stays = pivot is not None and self.selectionModel().isSelected(_plain(self._pivot))
        if pivot is not None and stays and (extends or selected.isEmpty()):
            return pivot.parent.id
        chosen = self.selectionModel().selection() if selected.isEmpty() else selected
        row = None if chosen.isEmpty() else self._model.row_of(chosen.first().topLeft())
        return 0 if row is None else row.parent.id

    # Search

    def search(self, text: str) -> None:
        """Show what fits `text`; blocks are opened for what is found inside them."""
        with self._following():
            self._model.search(text)
            for index in self._model.ways_found(_MOST_OPENED):
                self.expand(index)
        if not self._model.is_searched:
            self.collapseAll()

    # Keys and menus

    def event(self, event: QEvent) -> bool:
        """Take the keys that mean something here before the window does."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keys_of(self, action: str) -> Keys:
        """The keys that do here to rows what the action does on the canvas."""
        return shortcuts.current().keys_in_lists(action)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to a layer or into a block; what renames, deletes or selects all on the canvas does so here."""
        match _meaning(event):
            case "select_all":
                self.select_graph()
            case "delete":
                self.removeRequested.emit()
            case "rename":
                self.renameRequested.emit()
            case _ if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._activate(self.currentIndex())
            case _:
                super().keyPressEvent(event)

    def _show_keys(self) -> None:
        known = [f"{written(keys[0])} {meaning}" for action, meaning in _SPOKEN if (keys := self.keys_of(action))]
        about = ", ".join(["Enter shows a layer on the canvas or goes into a block", *known])
        self.setAccessibleDescription(f"{about}.")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the row under the pointer, or with the selected ones."""
        self.menuRequested.emit(event.globalPos())

    def _activate(self, index: Index) -> None:
        row = self._model.row_of(index)
        if row is not None and row.graph is not None:
            self.enterRequested.emit(row.way)
        elif row is not None:
            self.revealRequested.emit()

    # Look

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Paint the ground of a row from one side to the other, the mark of where one is, then the row."""
        rect: QRect = options.rect
        colours = theme.current()
        row = self._model.row_of(index)
        if self.selectionModel().isSelected(_plain(index)):
            painter.fillRect(rect, colours.colour("selection"))
        elif self._hovered == index:
            painter.fillRect(rect, colours.colour("hover"))
        if row is not None and self._path and row.way == self._path:
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), colours.colour("accent_text"))
        super().drawRow(painter, options, index)
        if self.hasFocus() and index == self.currentIndex():
            paint_focus(painter, rect)

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer any more."""
        super().leaveEvent(event)
        self._hover()

    def _hover(self, index: Index = _NOWHERE) -> None:
        self._hovered = QPersistentModelIndex(index)
        self.viewport().update()


def _plain(index: Index) -> QModelIndex:
    return index.sibling(index.row(), 0)


def _meaning(event: QKeyEvent) -> str:
    """The id of the action whose keys were pressed, if it acts on rows here."""
    keys = pressed(event)
    action = "" if writes(keys) else shortcuts.current().owner(keys)
    return action if action in _OWN_ACTIONS else ""


def _is_own(event: QKeyEvent) -> bool:
    is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
    return bool(_meaning(event)) or (is_plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter))
