"""The table of parameters itself: cells are filled, copied and pasted as in a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from engine.graph.params import Bool
from gui import theme
from gui.param_table.cell_editor import CellEditor
from gui.param_table.cells import cell_text
from gui.param_table.model import NAME, ParamTableModel

_ROW_HEIGHT = 28
_NARROWEST, _WIDEST, _NAME_WIDTH = 76, 220, 170
_Key = QKeySequence.StandardKey
_Trigger = QAbstractItemView.EditTrigger


class ParamTable(QTableView):
    """Rows of layers, columns of parameters."""

    def __init__(self, model: ParamTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.editor = CellEditor(model, self)
        """Makes the fields in which cells are edited."""
        self.setModel(model)
        self.setItemDelegate(self.editor)
        model.reach = self._reach
        self.setEditTriggers(_Trigger.AnyKeyPressed | _Trigger.EditKeyPressed | _Trigger.DoubleClicked)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setObjectName("param_table")
        self.setAccessibleName("Parameters of layers")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW_HEIGHT))
        titles = self.horizontalHeader()
        titles.setHighlightSections(False)
        titles.setResizeContentsPrecision(200)
        titles.setSortIndicatorClearable(True)
        titles.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        model.modelReset.connect(self._on_reset)
        theme.theme_hub.themeChanged.connect(self._on_theme)

    # Keys and menus

    def event(self, event: QEvent) -> bool:
        """Take the keys that mean something here before the window does."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, paste, Del for the default, Space to switch, Enter to edit."""
        if event.matches(_Key.Copy):
            self.copy()
        elif event.matches(_Key.Paste):
            self.paste()
        elif event.matches(_Key.Delete):
            self.set_defaults()
        elif event.key() == Qt.Key.Key_Space and self._is_switch(self.currentIndex()):
            self._switch(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._begin(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the selected cells."""
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def make_menu(self) -> QMenu:
        """The menu of the right mouse button."""
        menu = QMenu(self)
        copy = menu.addAction(theme.icon("content-copy"), "Copy", self.copy)
        copy.setShortcut(QKeySequence(_Key.Copy))
        paste = menu.addAction(theme.icon("content-paste"), "Paste", self.paste)
        paste.setShortcut(QKeySequence(_Key.Paste))
        menu.addSeparator()
        default = menu.addAction(theme.icon("restore"), "Set to default", self.set_defaults)
        default.setShortcut(QKeySequence(_Key.Delete))
        return menu

    # Cells

    def copy(self) -> None:
        """Put the selected cells onto the clipboard, with tabs between columns, for a spreadsheet."""
        cells = self.selectedIndexes()
        if not cells:
            return
        texts = {(cell.row(), cell.column()): self._text(cell) for cell in cells}
        rows, columns = sorted({row for row, _ in texts}), sorted({column for _, column in texts})
        lines = ["\t".join(texts.get((row, column), "") for column in columns) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def paste(self) -> None:
        """Set cells from the clipboard, from the first selected one on.

        A single value goes to all selected cells, a single line to all selected rows.
        """
        lines = [line.split("\t") for line in QGuiApplication.clipboard().text().rstrip("\r\n").splitlines()]
        cells = self.selectedIndexes()
        if not lines or not cells:
            return
        if len(lines) == 1 and len(lines[0]) == 1:
            self._model.set_texts([(cell, lines[0][0]) for cell in cells])
            return
        rows = sorted({cell.row() for cell in cells})
        left = min(cell.column() for cell in cells)
        if len(lines) > 1:
            rows = list(range(rows[0], min(rows[0] + len(lines), self._model.rowCount())))
        texts = [
            (self._model.index(row, column), text)
            for row, line in zip(rows, lines if len(lines) > 1 else lines * len(rows), strict=False)
            for column, text in enumerate(line[: self._model.columnCount() - left], left)
        ]
        self._model.set_texts(texts)

    def set_defaults(self) -> None:
        """Give the selected cells the values that new layers start with."""
        params = [(cell, self._model.param_of(cell)) for cell in self.selectedIndexes()]
        self._model.set_texts([(cell, cell_text(param, param.default)) for cell, param in params if param])

    # Inside

    def _text(self, cell: QModelIndex) -> str:
        role = Qt.ItemDataRole.DisplayRole if cell.column() == NAME else Qt.ItemDataRole.EditRole
        return str(cell.data(role))

    def _reach(self, cell: QModelIndex) -> Sequence[QModelIndex]:
        """The cells that get what is set in `cell`: all selected ones of its column, if it is among them."""
        selected = [other for other in self.selectedIndexes() if other.column() == cell.column()]
        return selected if cell in selected else [cell]

    def _is_switch(self, cell: QModelIndex) -> bool:
        return isinstance(self._model.param_of(cell), Bool) and self._model.is_open(cell)

    def _switch(self, cell: QModelIndex) -> None:
        self._model.setData(cell, "no" if cell.data(Qt.ItemDataRole.EditRole) == "yes" else "yes")

    def _begin(self, cell: QModelIndex) -> None:
        # The Enter that ends editing arrives here as well.
        is_editing = self.state() == QAbstractItemView.State.EditingState
        if cell.isValid() and self._model.is_open(cell) and not is_editing:
            self.edit(cell)

    def _on_reset(self) -> None:
        titles = self.horizontalHeader()
        if titles.sortIndicatorSection() >= self._model.columnCount():
            titles.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        elif titles.sortIndicatorSection() >= 0:
            self._model.sort(titles.sortIndicatorSection(), titles.sortIndicatorOrder())
        self._fit_columns()
        first = self._model.index(0, min(1, self._model.columnCount() - 1))
        if first.isValid():
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _fit_columns(self) -> None:
        self.resizeColumnsToContents()
        for column in range(self._model.columnCount()):
            least = theme.px(_NAME_WIDTH if column == NAME else _NARROWEST)
            self.setColumnWidth(column, min(max(self.columnWidth(column) + theme.GAP, least), theme.px(_WIDEST)))

    def _on_theme(self) -> None:
        """Have other colours; with texts of another size, also other rows and columns."""
        height = theme.px(_ROW_HEIGHT)
        if height != self.verticalHeader().defaultSectionSize():
            self.verticalHeader().setDefaultSectionSize(height)
            self._fit_columns()
        self.viewport().update()


def _is_own(event: QKeyEvent) -> bool:
    return any(map(event.matches, (_Key.Copy, _Key.Paste, _Key.Delete, _Key.SelectAll)))
