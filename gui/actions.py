"""The actions of one window, made from the table; its menus, its toolbar and its keys are made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QUndoStack
from PySide6.QtWidgets import QMainWindow, QToolBar, QToolButton, QWidget

from gui.commands import shortcuts
from gui.commands.canvas_keys import CanvasKeys
from gui.commands.sections.go import BOOKMARKS
from gui.commands.spec import ActionSpec, Context, literal, written
from gui.commands.table import SECTIONS, TOOLBAR, all_actions
from gui.theme import icon
from gui.tool_buttons import connect_once


class Actions(QObject):
    """The actions of one window, by id."""

    refused = Signal(str)
    """Keys were pressed for what cannot be used now; the sentence says why."""

    def __init__(
        self,
        window: QWidget,
        slots: Mapping[str, Callable[[], object]],
        adopted: Mapping[str, QAction],
        canvas_keys: CanvasKeys,
    ) -> None:
        """Make all actions, each calling the slot of its id; those of the panels are there already.

        Raises:
            KeyError: an action has no slot.
        """
        super().__init__(window)
        self.shortcuts = shortcuts.current()
        """Which keys call which action."""
        self.shortcuts.reload()
        self._canvas_keys = canvas_keys
        self.specs: dict[str, ActionSpec] = {spec.id: spec for spec in all_actions()}
        """What the table says of each."""
        self._actions: dict[str, QAction] = {}
        self._texts: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        self._is_shown = False
        for spec in self.specs.values():
            action = adopted[spec.id] if spec.adopted else _made(spec, slots[spec.id], window)
            action.setObjectName(f"{spec.id}Action")
            action.setStatusTip(spec.help)
            if spec.icon:
                action.setIcon(icon(spec.icon))
            window.addAction(action)
            self._actions[spec.id] = action
            self._texts[spec.id] = action.text()
        canvas_keys.called.connect(self._call)
        self.shortcuts.changed.connect(self._show_keys)
        self._show_keys()

    def __getitem__(self, action: str) -> QAction:
        return self._actions[action]

    def title(self, action: str) -> str:
        """What the action is called outside of menus; where it does one of several things, with what it does now."""
        return self._titles.get(action, self.specs[action].title)

    def why_not(self, action: str) -> str:
        """Why the action cannot be used now, in a sentence; empty when it can."""
        if self._actions[action].isEnabled():
            return ""
        spec = self.specs[action]
        if not spec.anywhere and not self._is_shown:
            return "Open a project first."
        return spec.needs or "There is nothing to use it on now."

    def show_history(self, stack: QUndoStack) -> None:
        """Say in “Undo” and “Redo” what they would change."""
        for name, text in (("undo", stack.undoText()), ("redo", stack.redoText())):
            title = f"{name.capitalize()} {text}".rstrip()
            self._show_text(name, f"&{literal(title)}", title)

    def show_bookmarks(self, names: Sequence[str]) -> None:
        """Offer to go to the bookmarks of these names."""
        for spec, name in zip_longest(BOOKMARKS, names[: len(BOOKMARKS)]):
            self._actions[spec.id].setVisible(name is not None)
            if name is None:
                self._show_text(spec.id, spec.text, spec.title)
            else:
                self._show_text(spec.id, literal(name), f"Go to “{name}”")

    def show_possible(self, possible: Mapping[str, bool], is_shown: bool) -> None:
        """Enable what can be used now: of what acts on a document nothing, unless one is shown."""
        self._is_shown = is_shown
        for name, action in self._actions.items():
            action.setEnabled(self.specs[name].anywhere or (is_shown and possible.get(name, True)))

    def show_checked(self, checked: Mapping[str, bool]) -> None:
        """Show what is on and what is off, of the actions that are switched on and off."""
        for name, is_on in checked.items():
            self._actions[name].setChecked(is_on)

    def fill_menus(self, window: QMainWindow) -> None:
        """Put the actions into the menu bar."""
        for section in SECTIONS:
            menu = window.menuBar().addMenu(section.text)
            for place, group in enumerate(section.groups):
                if place:
                    menu.addSeparator()
                menu.addActions([self._actions[spec.id] for spec in group])

    def fill_toolbar(self, toolbar: QToolBar) -> None:
        """Put the most used actions into `toolbar`."""
        for entry in TOOLBAR:
            if entry is None:
                toolbar.addSeparator()
            else:
                toolbar.addAction(self._actions[entry])
                button = toolbar.widgetForAction(self._actions[entry])
                assert isinstance(button, QToolButton)
                connect_once(button)

    def _call(self, action: str) -> None:
        """Do what keys of the canvas are for, or say why it cannot be done."""
        reason = self.why_not(action)
        if reason:
            self.refused.emit(reason)
        else:
            self._actions[action].trigger()

    def _show_keys(self) -> None:
        """Let all actions listen to their keys of now, and menus and tool tips say them."""
        self._canvas_keys.follow(self.shortcuts)
        for name, action in self._actions.items():
            action.setShortcuts(list(self.shortcuts.keys_in(Context.WINDOW, name)))
            self._show_text(name, self._texts[name], self.title(name))

    def _show_text(self, action: str, text: str, title: str) -> None:
        """Call an action something in menus and elsewhere; keys of the canvas, which Qt does not know, are added."""
        self._texts[action], self._titles[action] = text, title
        on_canvas = self.shortcuts.keys_in(Context.CANVAS, action)
        is_known = bool(self._actions[action].shortcuts()) or not on_canvas
        self._actions[action].setText(text if is_known else f"{text}\t{written(on_canvas[0])}")
        self._actions[action].setToolTip(self.shortcuts.beside(title, action))


def _made(spec: ActionSpec, slot: Callable[[], object], window: QWidget) -> QAction:
    action = QAction(spec.text, window)
    action.setCheckable(spec.checkable)
    action.triggered.connect(lambda _checked=False: slot())
    return action
