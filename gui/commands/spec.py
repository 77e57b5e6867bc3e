"""How an action is declared: once, for the menus, the toolbar, the keys, the command palette and the help page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TypeAlias

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

Keys: TypeAlias = tuple[QKeySequence, ...]
"""The key sequences that do one thing; the first is the one that menus show."""

_Default: TypeAlias = QKeySequence.StandardKey | str
_Modifier = Qt.KeyboardModifier


class Context(Enum):
    """Where keys are listened to. All of it is one window, so keys of the one never stand for two things."""

    WINDOW = "window"
    """Everywhere in the window, unless a field takes them for editing."""
    CANVAS = "canvas"
    """While a canvas has the focus."""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing the window can do."""

    id: str
    """Its name in code, and the object name of its QAction (with `Action` behind it)."""
    text: str
    """Its text in menus."""
    help: str
    """What it does, in a sentence."""
    icon: str = ""
    """The name of its icon, if it has one."""
    shortcut: _Default | tuple[_Default, ...] = ()
    """Its keys, unless the user has chosen others."""
    name: str = ""
    """What it is called outside of menus, where the text alone would not tell."""
    words: str = ""
    """Further words by which people look for it."""
    needs: str = ""
    """What it waits for where it cannot be used, in a sentence."""
    context: Context = Context.WINDOW
    """Where its keys are listened to; those that type or edit text are keys of the canvas in any case."""
    checkable: bool = False
    """Whether it is switched on and off."""
    anywhere: bool = False
    """Whether it makes sense while no document is shown."""
    adopted: bool = False
    """Whether its QAction is made by somebody else, such as the switch of a panel by the panel."""

    @property
    def title(self) -> str:
        """What it is called outside of menus."""
        return self.name or plain(self.text)

    @property
    def default_keys(self) -> Keys:
        """Its keys, unless the user has chosen others; which the standard keys are, only a running app knows."""
        wanted = self.shortcut if isinstance(self.shortcut, tuple) else (self.shortcut,)
        return tuple(QKeySequence(keys) for keys in wanted)

    def context_of(self, keys: QKeySequence) -> Context:
        """Where `keys` are listened to when they are given to it."""
        return Context.CANVAS if types(keys) else self.context


@dataclass(frozen=True, slots=True)
class Section:
    """Actions that belong together: a menu, and a part of the help page."""

    text: str
    """The text of the menu."""
    groups: tuple[tuple[ActionSpec, ...], ...]
    """The actions from top to bottom, with a line between two groups."""

    @property
    def title(self) -> str:
        """The heading on the help page."""
        return plain(self.text)

    @property
    def actions(self) -> tuple[ActionSpec, ...]:
        """All of its actions."""
        return tuple(spec for group in self.groups for spec in group)


@dataclass(frozen=True, slots=True)
class FixedKeys:
    """Keys that mean the same for everybody, because a part of the window reads them itself."""

    keys: tuple[str, ...]
    """The keys, each as in “Alt+Left”."""
    name: str
    """What they do, in a few words."""
    help: str
    """What they do, in a sentence."""
    shown: str = ""
    """How to write them where there are too many to list."""

    @property
    def sequences(self) -> Keys:
        """The keys."""
        return tuple(QKeySequence(keys) for keys in self.keys)


def types(keys: QKeySequence) -> bool:
    """Whether the keys mean something to fields and lists: letters and signs, Enter, Del, Home and the like."""
    # What writes comes before the function keys, and so does what edits.
    return _lone_key(keys) < Qt.Key.Key_F1


def writes(keys: QKeySequence) -> bool:
    """Whether the keys write a letter or a sign."""
    return _lone_key(keys) < Qt.Key.Key_Escape


@cache
def _lone_key(keys: QKeySequence) -> int:
    """The key, when no more than Shift is held down beside it; else what is behind all keys."""
    first: QKeyCombination = keys[0]  # type: ignore[index]
    held = first.keyboardModifiers() & (_Modifier.ControlModifier | _Modifier.AltModifier | _Modifier.MetaModifier)
    return Qt.Key.Key_unknown if held else first.key()


def pressed(event: QKeyEvent) -> QKeySequence:
    """The keys of an event; those of the number pad are the same as the others."""
    return QKeySequence(QKeyCombination(event.modifiers() & ~_Modifier.KeypadModifier, Qt.Key(event.key())))


def literal(text: str) -> str:
    """`text` for menus, buttons and tabs, which would take an “&” in a name for the mark of the letter behind it."""
    return text.replace("&", "&&")


def plain(text: str) -> str:
    """The text of a menu without the marks that only menus need."""
    return text.replace("&", "").rstrip("…")


def written(keys: QKeySequence) -> str:
    """Keys as people write them on this system."""
    return keys.toString(QKeySequence.SequenceFormat.NativeText)
