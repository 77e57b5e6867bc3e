"""The list of the page of keyboard shortcuts: how its rows are painted, and how new keys are recorded in one."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme
from gui.commands.key_recorder import KeyRecorder
from gui.commands.row_parts import ground, paint_ground, paint_keys, paint_text
from gui.commands.shortcut_rows import ROW_ROLE, Index, Row, ShortcutModel
from gui.commands.shortcuts import Shortcuts
from gui.parts import discard, paint_focus

_ROW_HEIGHT = 44
_HEADING_HEIGHT = 32
_LINE = 18
_RECORDER_WIDTH, _RECORDER_HEIGHT = 190, 28
_SIDE = theme.LARGE_GAP


class _RowDelegate(QStyledItemDelegate):
    """Paints headings slim, and actions with a line on what they do and their keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One height for headings, one for the others."""
        return QSize(0, theme.px(_HEADING_HEIGHT if isinstance(index.data(ROW_ROLE), str) else _ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        row, colours, rect, font = index.data(ROW_ROLE), theme.current(), QRect(option.rect), QFont(option.font)
        state: QStyle.StateFlag = option.state
        small = QFont(font)
        small.setPixelSize(theme.px(theme.SMALL_TEXT))
        inner = rect.adjusted(_SIDE, 0, -_SIDE, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, str):
            small.setWeight(QFont.Weight.DemiBold)
            paint_text(painter, inner.adjusted(0, theme.GAP, 0, 0), small, row, colours.colour("muted"))
        elif isinstance(row, Row):
            is_current = bool(state & QStyle.StateFlag.State_Selected)
            if is_current or state & QStyle.StateFlag.State_MouseOver:
                paint_ground(painter, rect, "selection" if is_current else "hover")
            paint_focus(painter, ground(rect), state)
            ink = colours.colour("on_selection" if is_current else "text")
            muted = colours.colour("on_selection" if is_current else "muted")
            keys = paint_keys(painter, inner, font, row.keys, ink if row.action else muted)
            middle = inner.center().y()
            line = theme.px(_LINE)
            upper = QRect(inner.left(), middle - line, keys - inner.left() - theme.GAP, line)
            end = paint_text(painter, upper, font, row.title, ink)
            paint_text(painter, upper.translated(0, line), small, row.help, muted)
            if row.is_changed:
                mark = colours.colour("on_selection" if is_current else "accent_text")
                place = QRect(end + theme.GAP, upper.top(), upper.right() - end - theme.GAP, upper.height())
                paint_text(painter, place, small, "changed", mark)
        painter.restore()


class ShortcutList(QListView):
    """The list itself. Enter, F2 or a click on the current row records new keys for it."""

    keysRecorded = Signal(str, QKeySequence)
    """The user wants these keys for the action of this id."""
    removalWanted = Signal()
    """The user wants no keys for the current action."""
    rowChanged = Signal()
    """Another row is the current one, or it says something else."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = ShortcutModel(shortcuts, self)
        """What is listed."""
        self._recorder: KeyRecorder | None = None
        self.setModel(self.rows)
        self.setItemDelegate(_RowDelegate(self))
        self.setObjectName("shortcut_list")
        self.setAccessibleName("Keyboard shortcuts")
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda _index: self.record())
        self.rows.dataChanged.connect(self.rowChanged)
        self.verticalScrollBar().valueChanged.connect(self._stop_recording)

    @property
    def row(self) -> Row | None:
        """The current row; None when nothing was found."""
        row = self.currentIndex().data(ROW_ROLE) if self.currentIndex().isValid() else None
        return row if isinstance(row, Row) else None

    def search(self, query: str) -> None:
        """List what fits `query`, with the first row as the current one."""
        self._stop_recording()
        self.rows.search(query)
        self.setCurrentIndex(self.rows.best())
        if query.strip():
            self.scrollTo(self.currentIndex())
        else:
            self.scrollToTop()
        self.rowChanged.emit()

    def record(self) -> None:
        """Listen to new keys for the current action; keys that cannot be changed are left alone."""
        self._stop_recording()
        row = self.row
        if row is None or not row.action:
            return
        self.scrollTo(self.currentIndex())
        place = self.visualRect(self.currentIndex())
        self._recorder = KeyRecorder(row.title, self.viewport())
        self._recorder.recorded.connect(lambda keys, action=row.action: self._on_recorded(action, keys))
        self._recorder.abandoned.connect(self._stop_recording)
        width, height = theme.px(_RECORDER_WIDTH), theme.px(_RECORDER_HEIGHT)
        left, top = place.right() - width - _SIDE + theme.GAP, place.center().y() - height // 2
        self._recorder.setGeometry(left, top, width, height)
        self._recorder.show()
        self._recorder.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and F2 record, Del removes the keys."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.record()
        elif event.key() == Qt.Key.Key_Delete:
            self.removalWanted.emit()
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which row is the current one."""
        super().currentChanged(current, previous)
        self.rowChanged.emit()

    def _on_recorded(self, action: str, keys: QKeySequence) -> None:
        self._stop_recording()
        self.keysRecorded.emit(action, keys)

    def _stop_recording(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            had_focus = recorder.hasFocus()
            discard(recorder)
            if had_focus:
                self.setFocus(Qt.FocusReason.OtherFocusReason)
