"""The page of keyboard shortcuts: all keys by section, to be looked up and to be changed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.canvas.narration import announce
from gui.commands.shortcut_list import ShortcutList
from gui.commands.shortcuts import Conflict, Shortcuts
from gui.commands.spec import ActionSpec
from gui.parts import Callout, rule, size_dialog, wrapped
from gui.search_line import SearchLine

_SIZE = (720, 680)
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_HOW = (
    "Click a line, or press Enter on it, and then the new keys. Letters, Del and other keys that fields and lists use "
    "for themselves act while the canvas has the focus."
)


def open_shortcuts(shortcuts: Shortcuts, parent: QWidget) -> ShortcutsDialog:
    """Open the page over the window of `parent`."""
    dialog = ShortcutsDialog(shortcuts, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


class ShortcutsDialog(QDialog):
    """A line to search in, the list, and below it what can be done about the current row. All takes effect at once."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self._specs: dict[str, ActionSpec] = {
            spec.id: spec for section in shortcuts.sections for spec in section.actions
        }
        self._wanted: tuple[str, tuple[QKeySequence, ...]] | None = None
        self.setObjectName("shortcuts_dialog")
        self.setWindowTitle("Keyboard shortcuts")
        size_dialog(self, *_SIZE)
        self._make_parts()
        self._lay_out()
        self._connect()
        self._show_conflict(None)
        self._on_search("")
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list from the search line, and search on by typing in the list."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if watched is self.search:
            return self._press_in_search(event)
        if watched is self.list and event.text().isalnum():
            self.search.setFocus()
            QCoreApplication.sendEvent(self.search, event)
            return True
        return super().eventFilter(watched, event)

    # Construction

    def _make_parts(self) -> None:
        self.search = SearchLine()
        """Where words or keys are typed that are looked for."""
        self.search.setObjectName("shortcut_search")
        self.search.setPlaceholderText("Search by name or keys")
        self.search.setAccessibleName("Search shortcuts by name or keys")
        self.list = ShortcutList(self._shortcuts)
        """All keys."""
        self._nothing = wrapped(role="caption")
        self._nothing.setObjectName("shortcut_nothing")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nothing.setContentsMargins(theme.LARGE_GAP, 2 * theme.LARGE_GAP, theme.LARGE_GAP, 0)
        self.conflict = Callout("warning", "alert-outline")
        """Why the keys that were wanted are refused."""
        self.conflict.setObjectName("shortcut_conflict")
        self.take = self._button("", "take_keys")
        """Takes the keys from the action that has them."""
        self.conflict.row.addWidget(self.take, 0, Qt.AlignmentFlag.AlignTop)
        self.change = self._button("Change…", "change_keys")
        """Listens to new keys for the current row."""
        self.remove = self._button("Remove", "remove_keys")
        """Leaves the current row without keys."""
        self.reset = self._button("Reset", "reset_keys")
        """Gives the current row the keys it came with."""
        self.reset_all = self._button("Reset all", "reset_all_keys")
        """Gives all rows the keys they came with."""
        self.close_button = self._button("Close", "close_shortcuts")
        """Closes the page."""

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        # Enter in the search line records keys; no button may take it.
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        how = wrapped(_HOW, "caption")
        top = QVBoxLayout()
        top.setContentsMargins(theme.LARGE_GAP, theme.PADDING, theme.LARGE_GAP, theme.GAP)
        top.setSpacing(theme.GAP)
        top.addWidget(self.search)
        top.addWidget(how)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        for button in (self.change, self.remove, self.reset):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.reset_all)
        buttons.addWidget(self.close_button)
        foot = QVBoxLayout()
        foot.setContentsMargins(theme.LARGE_GAP, theme.PADDING, theme.LARGE_GAP, theme.LARGE_GAP)
        foot.setSpacing(theme.PADDING)
        foot.addWidget(self.conflict)
        foot.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addWidget(self._nothing, 1)
        column.addWidget(rule())
        column.addLayout(foot)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.list.installEventFilter(self)
        self.list.keysRecorded.connect(self._on_recorded)
        self.list.removalWanted.connect(self._remove)
        self.list.rowChanged.connect(self._show_possible)
        self.take.clicked.connect(self._take)
        self.change.clicked.connect(self.list.record)
        self.remove.clicked.connect(self._remove)
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._reset_all)
        self.close_button.clicked.connect(self.accept)

    # What the user does

    def _on_search(self, query: str) -> None:
        self.list.search(query)
        is_found = self.list.row is not None
        self.list.setVisible(is_found)
        self._nothing.setVisible(not is_found)
        self._nothing.setText(f"Nothing fits “{query.strip()}”.")

    def _press_in_search(self, event: QKeyEvent) -> bool:
        """Do what a key means in the search line; False when it is about text."""
        if event.key() in _MOVES:
            QCoreApplication.sendEvent(self.list, event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.list.record()
        elif event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            return False
        return True

    def _on_recorded(self, action: str, keys: QKeySequence) -> None:
        self._wanted = (action, (keys,))
        self._show_conflict(self._shortcuts.assign(action, keys))

    def _take(self) -> None:
        if self._wanted is not None:
            self._shortcuts.take(*self._wanted)
        self._show_conflict(None)
        self.list.setFocus()

    def _remove(self) -> None:
        row = self.list.row
        self._show_conflict(None)
        if row is not None and row.action and row.keys:
            self._shortcuts.remove(row.action)

    def _reset(self) -> None:
        row = self.list.row
        if row is not None and row.action:
            self._wanted = (row.action, self._specs[row.action].default_keys)
            self._show_conflict(self._shortcuts.reset(row.action))

    def _reset_all(self) -> None:
        self._show_conflict(None)
        self._shortcuts.reset_all()

    # What is shown

    def _show_conflict(self, conflict: Conflict | None) -> None:
        """Say why keys are refused, and offer to take them where somebody can give them; None: they are not."""
        self.conflict.show_text("" if conflict is None else conflict.sentence)
        owner = "" if conflict is None else conflict.owner
        self.take.setVisible(bool(owner))
        if conflict is not None:
            announce(self.list, conflict.sentence, is_urgent=True)
        if owner:
            self.take.setText(f"Take it from “{self._specs[owner].title}”")

    def _show_possible(self) -> None:
        """Enable what can be done about the current row."""
        row = self.list.row
        if self._wanted is not None and (row is None or row.action != self._wanted[0]):
            self._wanted = None
            self._show_conflict(None)
        is_action = row is not None and bool(row.action)
        self.change.setEnabled(is_action)
        self.remove.setEnabled(is_action and row is not None and bool(row.keys))
        self.reset.setEnabled(row is not None and row.is_changed)
        self.reset_all.setEnabled(any(self._shortcuts.is_changed(action) for action in self._specs))
