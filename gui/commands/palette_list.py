"""The list in the command palette: what was found, and how its rows are painted."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme
from gui.commands.entries import Entry
from gui.commands.row_parts import paint_ground, paint_keys, paint_text

Index: TypeAlias = QModelIndex | QPersistentModelIndex
ENTRY_ROLE = Qt.ItemDataRole.UserRole
"""The `Entry` of a row."""
ROW_HEIGHT = 32
"""Of each row, in logical pixels at a text scale of 100 %."""
_ICON = 18
_Role = Qt.ItemDataRole


class EntryModel(QAbstractListModel):
    """What was found, the best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    def show_entries(self, entries: list[Entry]) -> None:
        """List these."""
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many there are."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """The texts of an entry, and itself under `ENTRY_ROLE`."""
        entry = self._entries[index.row()]
        match role:
            case _Role.DisplayRole:
                return entry.title
            case _Role.AccessibleTextRole:
                return spoken(entry)
            case _Role.AccessibleDescriptionRole:
                return entry.refusal or entry.help
            case _ if role == ENTRY_ROLE:
                return entry
        return None


def spoken(entry: Entry) -> str:
    """An entry as screen readers read it out."""
    return ", ".join(text for text in (entry.title, entry.kind, entry.keys, entry.refusal) if text)


class _EntryDelegate(QStyledItemDelegate):
    """Paints icon, title and kind, and at the right the keys, or why it cannot be chosen."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The same height for all."""
        return QSize(0, theme.px(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        entry = index.data(ENTRY_ROLE)
        assert isinstance(entry, Entry)
        colours, font, rect = theme.current(), QFont(option.font), QRect(option.rect)
        state: QStyle.StateFlag = option.state
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if is_current or state & QStyle.StateFlag.State_MouseOver:
            paint_ground(painter, rect, "selection" if is_current else "hover")
        ink = "on_selection" if is_current else "disabled" if entry.refusal else "text"
        muted = colours.colour("on_selection" if is_current else "muted")
        inner = rect.adjusted(theme.LARGE_GAP, 0, -theme.LARGE_GAP, 0)
        side = theme.px(_ICON)
        if entry.icon:
            place = QRect(inner.left(), inner.center().y() - side // 2 + 1, side, side)
            mode = QIcon.Mode.Disabled if entry.refusal and not is_current else QIcon.Mode.Normal
            theme.icon(entry.icon, "on_selection" if is_current else "muted").paint(
                painter, place, Qt.AlignmentFlag.AlignCenter, mode
            )
        small = QFont(font)
        small.setPixelSize(theme.px(theme.SMALL_TEXT))
        right = inner.right()
        if entry.refusal:
            right -= min(QFontMetrics(small).horizontalAdvance(entry.refusal), inner.width() // 2)
            paint_text(
                painter,
                QRect(right, inner.top(), inner.right() - right + 1, inner.height()),
                small,
                entry.refusal,
                muted,
            )
        elif entry.keys:
            right = paint_keys(painter, inner, font, [entry.keys], muted)
        title = QRect(inner.left() + side + theme.PADDING, inner.top(), 0, inner.height())
        title.setRight(right - theme.PADDING)
        end = paint_text(painter, title, font, entry.title, colours.colour(ink), entry.found)
        kind = QRect(end + theme.GAP, inner.top(), title.right() - end - theme.GAP, inner.height())
        if kind.width() > 0:
            paint_text(painter, kind, small, entry.kind, muted)
        painter.restore()


class EntryList(QListView):
    """The list itself; the keyboard stays in the line above it."""

    entryClicked = Signal()
    """The current entry was clicked."""
    entryChanged = Signal()
    """Another entry is the current one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = EntryModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_EntryDelegate(self))
        self.setObjectName("command_list")
        self.setAccessibleName("Commands")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda _index: self.entryClicked.emit())

    @property
    def entry(self) -> Entry | None:
        """The current entry; None when nothing was found."""
        entry = self.currentIndex().data(ENTRY_ROLE) if self.currentIndex().isValid() else None
        return entry if isinstance(entry, Entry) else None

    @property
    def count(self) -> int:
        """How many entries there are."""
        return self._model.rowCount()

    def show_entries(self, entries: list[Entry]) -> None:
        """List these, with the first one as the current one."""
        self._model.show_entries(entries)
        self.setCurrentIndex(self._model.index(0))
        self.scrollToTop()
        self.entryChanged.emit()

    def step(self, steps: int) -> None:
        """Go down the list, or up; one step beyond the last is the first."""
        if not self.count:
            return
        row = self.currentIndex().row() + steps
        row = row % self.count if abs(steps) == 1 else max(0, min(row, self.count - 1))
        self.setCurrentIndex(self._model.index(row))
        self.entryChanged.emit()
