"""How a cell of the table is edited and painted."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QCompleter, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.graph.expressions import MARK
from engine.graph.params import Choice, Param, ParamError
from gui import theme
from gui.inspector.fields import ChoiceField
from gui.inspector.text_value import mark_error
from gui.param_table.model import Index, ParamTableModel
from gui.parts import paint_focus

_NARROWEST = 72


class CellEditor(QStyledItemDelegate):
    """Options are chosen from a list, everything else is typed; what is typed wrongly is explained meanwhile."""

    objected = Signal(str)
    """Why what is being typed cannot be, in a sentence; empty when it can."""

    def __init__(self, model: ParamTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.closeEditor.connect(self._on_closed)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget | None:  # type: ignore[override]
        """A list of options, or a line of text."""
        param = self._model.param_of(index)
        if param is None:
            return None
        variables = self._model.variables_at(index)
        editor = self._make_line(parent, index, param) if variables or not isinstance(param, Choice) else None
        if editor is None and isinstance(param, Choice):
            return self._make_list(parent, param)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with what the cell holds."""
        text = str(index.data(Qt.ItemDataRole.EditRole))
        if isinstance(editor, ChoiceField):
            editor.setCurrentText(text)
        elif isinstance(editor, QLineEdit):
            editor.setText(text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Set what was chosen or typed, if it is anything new."""
        text = editor.currentText() if isinstance(editor, ChoiceField) else ""
        if isinstance(editor, QLineEdit):
            text = editor.text()
        if text.strip():
            model.setData(index, text)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Fill the cell; a narrow one is not room enough to type."""
        rect = option.rect
        rect.setWidth(max(rect.width(), editor.minimumSizeHint().width(), theme.px(_NARROWEST)))
        editor.setGeometry(rect)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cell, with a ring where the keyboard is."""
        super().paint(painter, option, index)
        paint_focus(painter, option.rect, option.state)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """What is as usual stands back behind what somebody has set."""
        super().initStyleOption(option, index)
        if self._model.param_of(index) is not None:
            role = "disabled" if not self._model.is_open(index) else "muted" if self._model.is_usual(index) else "text"
            option.palette.setColor(QPalette.ColorRole.Text, theme.current().colour(role))

    def _on_closed(self, _editor: QWidget, hint: QStyledItemDelegate.EndEditHint) -> None:
        if hint is self.EndEditHint.RevertModelCache:
            self.objected.emit("")

    def _make_list(self, parent: QWidget, param: Choice) -> ChoiceField:
        editor = ChoiceField(param, parent)
        editor.setObjectName("cell_editor")
        editor.setAccessibleName(param.title)

        def finish() -> None:
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, self.EndEditHint.NoHint)

        editor.edited.connect(finish)
        # Once it stands in its place.
        QTimer.singleShot(0, editor, editor.showPopup)
        return editor

    def _make_line(self, parent: QWidget, index: Index, param: Param) -> QLineEdit:
        editor = QLineEdit(parent)
        editor.setObjectName("cell_editor")
        editor.setAccessibleName(param.title)
        if isinstance(param, Choice):
            words = [param.option_title(option) for option in param.options]
            completer = QCompleter([*words, *(MARK + known.name for known in self._model.variables_at(index))], editor)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            editor.setCompleter(completer)
        place = QPersistentModelIndex(index)

        def check(text: str) -> None:
            reason = ""
            try:
                if text.strip() and place.isValid():
                    self._model.read(place, text)
            except ParamError as error:
                reason = str(error)
            mark_error(editor, bool(reason))
            self.objected.emit(reason)

        editor.textEdited.connect(check)
        return editor
