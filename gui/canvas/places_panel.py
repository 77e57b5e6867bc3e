"""The list of what one can go to on the canvas: bookmarks, frames and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from engine.graph.annotations import MAX_TITLE, Annotation, AnnotationId, Bookmark, Frame, Note, kind_of
from gui import theme as themes
from gui.canvas.annotations.looks import swatch
from gui.canvas.annotations.membership import NAMING
from gui.canvas.bookmarks import title_of
from gui.canvas.popover import Popover
from gui.commands import shortcuts
from gui.commands.sections.go import BOOKMARKS
from gui.commands.spec import pressed, written
from gui.icons import icon
from gui.parts import wrapped

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_WIDTH, _ROW, _MOST_ROWS = 320, 30, 12
_TOP = 48
"""From the upper edge of the canvas, in pixels."""
_NAME = Qt.ItemDataRole.UserRole
_KEY = Qt.ItemDataRole.UserRole + 1
_SPOKEN = (("rename", "renames"), ("delete", "removes"))
"""What the keys of these actions do here."""


class PlacesPanel(Popover):
    """Floats over the canvas until one goes somewhere or looks elsewhere."""

    def __init__(self, view: CanvasView) -> None:
        self.list = QListWidget()
        super().__init__(view, self.list)
        self._is_filling = False
        self._new: AnnotationId | None = None
        """What has been added just now and gets its first name."""
        self.setObjectName("placesPanel")
        self.setAccessibleName("Go to")
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(themes.GAP, themes.GAP, themes.GAP, themes.GAP)
        column.setSpacing(themes.UNIT)
        self.list.setObjectName("places")
        self.list.setAccessibleName("Bookmarks, frames and notes")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        delegate = _Delegate(self.list)
        delegate.closeEditor.connect(self._on_renamed)
        self.list.setItemDelegate(delegate)
        self.list.itemClicked.connect(self._visit)
        self.list.itemActivated.connect(self._visit)
        self.list.itemChanged.connect(self._rename)
        column.addWidget(self.list)
        self._hint = wrapped(role="caption")
        column.addWidget(self._hint)

    def open(self, new: AnnotationId | None = None) -> None:
        """Show the list, with the name of the `new` entry ready to be typed."""
        self._new = new
        self._fill()
        self.open_at(QPoint((self.view.width() - self.width()) // 2, _TOP))
        rows = [row for row in range(self.list.count()) if self.list.item(row).data(_NAME) == new]
        self.list.setCurrentRow(rows[0] if rows else 0)
        if rows:
            self.list.editItem(self.list.item(rows[0]))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys go from the list to the field in which an entry is renamed, and back again."""
        focus = QApplication.focusWidget()
        if event.type() == QEvent.Type.FocusOut and focus is not None and self.list.isAncestorOf(focus):
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._press_own_key(event):
            return True
        return super().eventFilter(watched, event)

    def is_outdated(self) -> bool:
        """Whether something in the list is gone."""
        listed = (self.list.item(row).data(_NAME) for row in range(self.list.count()))
        return any(name not in self.view.workspace.graph.annotations for name in listed)

    def press(self, key: int) -> bool:
        """Enter goes there."""
        item = self.list.currentItem()
        if key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or item is None:
            return False
        self._visit(item)
        return True

    def _press_own_key(self, event: QKeyEvent) -> bool:
        return self._press_key_of_bookmark(event) or self._press_key_of_action(event)

    def _press_key_of_bookmark(self, event: QKeyEvent) -> bool:
        """The keys that lead to bookmarks from the canvas do so from here; False when they are other keys."""
        for place, spec in enumerate(BOOKMARKS):
            if pressed(event) in shortcuts.current().keys(spec.id) and self.view.bookmarks.go_to(place):
                self.dismiss()
                return True
        return False

    def _press_key_of_action(self, event: QKeyEvent) -> bool:
        """The keys that rename and delete on the canvas do so here; False when they are other keys."""
        item, keys = self.list.currentItem(), pressed(event)
        if item is None:
            return False
        if keys in shortcuts.current().keys_in_lists("rename"):
            self.list.editItem(item)
        elif keys in shortcuts.current().keys_in_lists("delete"):
            self.view.bookmarks.remove(AnnotationId(item.data(_NAME)))
            self._fill()
        else:
            return False
        return True

    def _on_renamed(self) -> None:
        """The name is typed; whoever has clicked elsewhere meanwhile wants the list no longer."""
        self._new = None
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self.dismiss()

    def _visit(self, item: QListWidgetItem) -> None:
        self.dismiss()
        self.view.bookmarks.visit(AnnotationId(item.data(_NAME)))

    def _rename(self, item: QListWidgetItem) -> None:
        if self._is_filling:
            return
        name = AnnotationId(item.data(_NAME))
        gesture = NAMING if name == self._new else ""
        self.view.bookmarks.rename(name, item.text().strip()[:MAX_TITLE], gesture)
        # Not by filling the list anew: that would take the item from under the field in which it is edited.
        shown = self.view.workspace.graph.annotations.get(name)
        if shown is not None:
            self._is_filling = True
            _label(item, shown)
            self._is_filling = False

    def _fill(self) -> None:
        self._is_filling = True
        row = self.list.currentRow()
        self.list.clear()
        keys = [shortcuts.current().text(spec.id) for spec in BOOKMARKS]
        for place, annotation in enumerate(self.view.bookmarks.places):
            item = QListWidgetItem(_icon_of(annotation), "")
            item.setData(_NAME, annotation.id)
            is_bookmark = isinstance(annotation, Bookmark)
            item.setData(_KEY, keys[place] if is_bookmark and place < len(keys) else "")
            _label(item, annotation)
            if not isinstance(annotation, Note):
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setSizeHint(QSize(0, themes.px(_ROW)))
            self.list.addItem(item)
        self.list.setCurrentRow(row)
        self._is_filling = False
        count, row = self.list.count(), themes.px(_ROW)
        # Below the list there is the hint, about as high as two rows.
        fitting = max((self.view.viewport().height() - _TOP) // row - 3, 1)
        # Even empty it has the keys.
        self.list.setFixedHeight(min(count, _MOST_ROWS, fitting) * row + 4)
        self._hint.setText(_help() if count else _nothing_yet())
        self._column.activate()
        width = themes.px(_WIDTH)
        self.resize(width, self._column.totalHeightForWidth(width))


class _Delegate(QStyledItemDelegate):
    """Writes the key of a bookmark at the right."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the entry and its key."""
        super().paint(painter, option, index)
        key = index.data(_KEY)
        if not key:
            return
        rect: QRect = option.rect
        height = themes.px(20)
        width = max(height, painter.fontMetrics().horizontalAdvance(str(key)) + 10)
        cap = QRect(rect.right() - 8 - width, rect.center().y() - height // 2 + 1, width, height)
        theme = themes.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("strong_border"))
        painter.setBrush(theme.colour("panel"))
        painter.drawRoundedRect(cap, 4, 4)
        painter.setPen(theme.colour("text"))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, str(key))
        painter.restore()


def _label(item: QListWidgetItem, annotation: Annotation) -> None:
    """Let an entry say what it leads to; to screen readers also of what kind that is, which the icon shows."""
    title, key = title_of(annotation), item.data(_KEY)
    item.setText(title)
    spoken = f"{title}, {kind_of(annotation)}"
    item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{spoken}, key {key}" if key else spoken)


def _help() -> str:
    known = shortcuts.current().keys_in_lists
    others = [f"{written(keys[0])} {meaning}" for action, meaning in _SPOKEN if (keys := known(action))]
    return f"{', '.join(['Enter goes there', *others])}."


def _nothing_yet() -> str:
    keys = shortcuts.current().text("set_bookmark")
    return f"Nothing to go to yet. {keys or '“Set a bookmark”'} keeps what is in view under a name."


def _icon_of(annotation: Annotation) -> QIcon:
    match annotation:
        case Bookmark():
            return icon("bookmark-outline", "muted")
        case Frame():
            return swatch(themes.current(), annotation.colour)
        case Note():
            return icon("note-text-outline", "muted")
