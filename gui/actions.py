"""The one table of what the window can do; menus, toolbar and shortcuts are made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QDockWidget, QMainWindow, QToolBar

from gui.theme import icon

_Key = QKeySequence.StandardKey


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing the window can do."""

    id: str
    """Its name in code, and the object name of its QAction (with `Action` behind it)."""
    text: str
    """Its text in menus."""
    icon: str = ""
    """The name of its icon, if it has one."""
    shortcut: QKeySequence.StandardKey | str | None = None
    """Its keys, if it has some."""
    checkable: bool = False
    """Whether it is switched on and off."""


_SPECS = (
    ActionSpec("new", "&New project", "file-plus-outline", _Key.New),
    ActionSpec("gallery", "New from &reference network…", "view-grid-outline", "Ctrl+Shift+N"),
    ActionSpec("open", "&Open…", "folder-open-outline", _Key.Open),
    ActionSpec("save", "&Save", "content-save-outline", _Key.Save),
    ActionSpec("save_as", "Save &as…", "", "Ctrl+Shift+S"),
    ActionSpec("export", "&Export…", "export-variant", "Ctrl+E"),
    ActionSpec("weights", "Use pretrained &weights…", "database-import-outline", "Ctrl+Shift+W"),
    ActionSpec("welcome", "&Welcome page", "home-outline", "Ctrl+Shift+H"),
    ActionSpec("quit", "&Quit", "", "Ctrl+Q"),
    ActionSpec("undo", "&Undo", "undo", _Key.Undo),
    ActionSpec("redo", "&Redo", "redo", "Ctrl+Shift+Z"),
    ActionSpec("cut", "Cu&t", "content-cut", _Key.Cut),
    ActionSpec("copy", "&Copy", "content-copy", _Key.Copy),
    ActionSpec("paste", "&Paste", "content-paste", _Key.Paste),
    ActionSpec("duplicate", "Dup&licate", "content-duplicate", "Ctrl+D"),
    ActionSpec("delete", "&Delete", "delete-outline", _Key.Delete),
    ActionSpec("select_all", "Select &all", "", _Key.SelectAll),
    ActionSpec("group", "&Group into a block", "group", "Ctrl+G"),
    ActionSpec("ungroup", "&Ungroup", "ungroup", "Ctrl+Shift+G"),
    ActionSpec("make_unique", "&Make unique", "", "Ctrl+Shift+U"),
    ActionSpec("enter_block", "&Enter the block", "arrow-down", "Ctrl+Down"),
    ActionSpec("leave_block", "&Leave the block", "arrow-up", "Ctrl+Up"),
    ActionSpec("rename_block", "&Rename the block", "", "Shift+F2"),
    ActionSpec("find_layer", "&Find a layer", "magnify", _Key.Find),
    ActionSpec("fit", "&Fit to the window", "fit-to-page-outline", "Ctrl+1"),
    ActionSpec("zoom_in", "Zoom &in", "magnify-plus-outline", _Key.ZoomIn),
    ActionSpec("zoom_out", "Zoom &out", "magnify-minus-outline", _Key.ZoomOut),
    ActionSpec("zoom_reset", "&Actual size", "", "Ctrl+0"),
    ActionSpec("toggle_theme", "&Light theme", "", "Ctrl+Shift+L", checkable=True),
    ActionSpec("train", "&Train", "play", "F5"),
    ActionSpec("pause", "&Pause or resume", "pause", "F6"),
    ActionSpec("stop", "&Stop", "stop", "Shift+F5"),
    ActionSpec("about", "&About Netwright"),
)

_MENUS: tuple[tuple[str, tuple[str | None, ...]], ...] = (
    ("&File", ("new", "gallery", "open", None, "save", "save_as", "export", None, "welcome", None, "quit")),
    (
        "&Edit",
        ("undo", "redo", None, "cut", "copy", "paste", "duplicate", "delete", None, "select_all", "find_layer"),
    ),
    (
        "&Block",
        ("group", "ungroup", "make_unique", None, "enter_block", "leave_block", None, "rename_block"),
    ),
    ("&View", ("fit", "zoom_in", "zoom_out", "zoom_reset", None, "toggle_theme", None)),
    ("&Train", ("train", "pause", "stop", None, "weights")),
    ("&Help", ("about",)),
)

_WITHOUT_DOCUMENT = {"new", "gallery", "open", "welcome", "quit", "toggle_theme", "about"}
"""What makes sense while no document is shown."""

_TOOLBAR = ("welcome", None, "new", "open", "save", None, "undo", "redo", None, "zoom_out", "zoom_in", "fit")


class Actions:
    """The actions of one window, by id."""

    def __init__(self, window: QMainWindow, slots: Mapping[str, Callable[[], object]]) -> None:
        """Make all actions, each calling the slot of its id.

        Raises:
            KeyError: an action has no slot.
        """
        self._actions: dict[str, QAction] = {}
        for spec in _SPECS:
            action = QAction(spec.text, window)
            action.setObjectName(f"{spec.id}Action")
            action.setCheckable(spec.checkable)
            if spec.icon:
                action.setIcon(icon(spec.icon))
            if spec.shortcut is not None:
                action.setShortcut(QKeySequence(spec.shortcut))
                keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
                action.setToolTip(f"{_plain(spec.text)} ({keys})")
            slot = slots[spec.id]
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
            window.addAction(action)
            self._actions[spec.id] = action

    def __getitem__(self, action: str) -> QAction:
        return self._actions[action]

    def enable_document(self, enabled: bool) -> None:
        """Enable or disable everything that acts on the document."""
        for name, action in self._actions.items():
            if name not in _WITHOUT_DOCUMENT:
                action.setEnabled(enabled)

    def show_history(self, stack: QUndoStack, is_shown: bool) -> None:
        """Say in “Undo” and “Redo” what they would change, where there is something in a document that is shown."""
        for name, possible, text in (
            ("undo", stack.canUndo(), stack.undoText()),
            ("redo", stack.canRedo(), stack.redoText()),
        ):
            self._actions[name].setEnabled(possible and is_shown)
            self._actions[name].setText(f"&{name.capitalize()} {text}".rstrip())

    def show_possible(self, possible: Mapping[str, bool], is_shown: bool) -> None:
        """Enable those of the actions that can be used now in a document that is shown."""
        for name, is_possible in possible.items():
            self._actions[name].setEnabled(is_possible and is_shown)

    def show_running(self, runs: bool, is_shown: bool) -> None:
        """Let a document that is shown be trained, or its run be paused and stopped."""
        for name, possible in (("train", not runs), ("pause", runs), ("stop", runs)):
            self._actions[name].setEnabled(possible and is_shown)

    def fill_menus(self, window: QMainWindow) -> None:
        """Put the actions into the menu bar; a menu named View gets the switches of the panels behind its own."""
        for title, entries in _MENUS:
            menu = window.menuBar().addMenu(title)
            for entry in entries:
                if entry is None:
                    menu.addSeparator()
                else:
                    menu.addAction(self._actions[entry])
            if title == "&View":
                menu.addActions([dock.toggleViewAction() for dock in window.findChildren(QDockWidget)])

    def fill_toolbar(self, toolbar: QToolBar) -> None:
        """Put the most used actions into `toolbar`."""
        for entry in _TOOLBAR:
            if entry is None:
                toolbar.addSeparator()
            else:
                toolbar.addAction(self._actions[entry])


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…")
