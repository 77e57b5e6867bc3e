"""Which keys do what: the defaults of the table, what the user has changed, and who has which keys already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from gui import recent
from gui.commands.fixed_keys import CANVAS_KEYS, FIELD_KEYS, menu_keys
from gui.commands.spec import Context, Keys, Section, writes, written
from gui.commands.table import SECTIONS

_GROUP = "shortcuts"
_Format = QKeySequence.SequenceFormat


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why keys cannot be given to an action."""

    sentence: str
    """The reason, naming who has the keys."""
    owner: str = ""
    """The id of the action from which they can be taken; empty when they are nobody's to give."""


class Shortcuts(QObject):
    """The keys of all actions; no two actions share one. What the user changes is remembered in the settings."""

    changed = Signal()
    """Some action has other keys."""

    def __init__(self, sections: tuple[Section, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sections = sections
        """The actions, section by section."""
        self.fixed = (*CANVAS_KEYS, *FIELD_KEYS, *menu_keys(sections))
        """The keys that nobody can change."""
        self._specs = {spec.id: spec for section in sections for spec in section.actions}
        self._own = self._remembered()
        self._keys = self._settled()

    def keys(self, action: str) -> Keys:
        """The keys of an action, the one that menus show first."""
        return self._keys[action]

    def keys_in(self, context: Context, action: str) -> Keys:
        """Those of the keys of an action that are listened to in one place."""
        spec = self._specs[action]
        return tuple(keys for keys in self._keys[action] if spec.context_of(keys) is context)

    def keys_in_lists(self, action: str) -> Keys:
        """Those of the keys of an action that a list can take for its rows; letters and signs look for rows there."""
        return tuple(keys for keys in self._keys[action] if not writes(keys))

    def text(self, action: str) -> str:
        """The keys of an action that are shown where there is room for one, as people write them; empty without any."""
        return written(self._keys[action][0]) if self._keys[action] else ""

    def text_on_canvas(self, action: str) -> str:
        """The same for texts about the canvas: of the keys that are listened to there only, if there are any."""
        handy = self.keys_in(Context.CANVAS, action)
        return written(handy[0]) if handy else self.text(action)

    def beside(self, title: str, action: str) -> str:
        """A title with the keys of an action behind it, as tool tips have it."""
        text = self.text(action)
        return f"{title} ({text})" if text else title

    def owner(self, keys: QKeySequence) -> str:
        """The id of the action that has `keys`; empty when none has."""
        return next((action for action, taken in self._keys.items() if keys in taken), "")

    def reload(self) -> None:
        """Read anew what the user has changed."""
        self._own = self._remembered()
        self._keys = self._settled()
        self.changed.emit()

    def is_changed(self, action: str) -> bool:
        """Whether an action has other keys than it came with."""
        return self._keys[action] != self._specs[action].default_keys

    def conflict(self, action: str, keys: QKeySequence) -> Conflict | None:
        """Why `action` cannot have `keys`; None when it can."""
        name = written(keys)
        if keys.count() > 1:
            return Conflict(f"“{name}” are several keys in a row; use one, with Ctrl, Alt or Shift if you like.")
        for fixed in self.fixed:
            if keys in fixed.sequences:
                return Conflict(f"“{name}” always means “{fixed.name}” and cannot be given to anything else.")
        owner = self.owner(keys)
        if owner and owner != action:
            return Conflict(f"“{name}” means “{self._specs[owner].title}” already.", owner)
        return None

    def assign(self, action: str, keys: QKeySequence) -> Conflict | None:
        """Give `action` these keys in place of those it has, unless there is a conflict, which is returned."""
        conflict = self.conflict(action, keys)
        if conflict is None:
            self._change({action: (keys,)})
        return conflict

    def take(self, action: str, keys: Iterable[QKeySequence]) -> None:
        """Give `action` these keys, taking them from whichever actions have them.

        Raises:
            ValueError: the keys are fixed.
        """
        wanted = tuple(keys)
        changes: dict[str, Keys] = {action: wanted}
        for sequence in wanted:
            conflict = self.conflict(action, sequence)
            if conflict is not None and not conflict.owner:
                raise ValueError(conflict.sentence)
            if conflict is not None:
                left = changes.get(conflict.owner, self._keys[conflict.owner])
                changes[conflict.owner] = tuple(other for other in left if other != sequence)
        self._change(changes)

    def remove(self, action: str) -> None:
        """Leave `action` without keys."""
        self._change({action: ()})

    def reset(self, action: str) -> Conflict | None:
        """Give `action` the keys it came with, unless there is a conflict, which is returned."""
        default = self._specs[action].default_keys
        conflicts = [found for keys in default if (found := self.conflict(action, keys)) is not None]
        if conflicts:
            return conflicts[0]
        self._change({action: default})
        return None

    def reset_all(self) -> None:
        """Give all actions the keys they came with."""
        self._change({name: spec.default_keys for name, spec in self._specs.items()})

    def _change(self, changes: Mapping[str, Keys]) -> None:
        store = recent.settings()
        for action, keys in changes.items():
            if keys == self._specs[action].default_keys:
                self._own.pop(action, None)
                store.remove(f"{_GROUP}/{action}")
            else:
                self._own[action] = keys
                store.setValue(f"{_GROUP}/{action}", QKeySequence.listToString(keys, _Format.PortableText))
        self._keys = self._settled()
        self.changed.emit()

    def _remembered(self) -> dict[str, Keys]:
        """What the settings say; entries that make no sense are passed over, for the file may have been edited."""
        store = recent.settings()
        store.beginGroup(_GROUP)
        own: dict[str, Keys] = {}
        for action in store.childKeys():
            value = store.value(action)
            if action not in self._specs or not isinstance(value, str):
                continue
            keys = QKeySequence.listFromString(value, _Format.PortableText) if value else []
            if all(sequence.count() == 1 and written(sequence) for sequence in keys):
                own[action] = tuple(keys)
        return own

    def _settled(self) -> dict[str, Keys]:
        """The keys of all actions: first come those that cannot change, then the user's wishes, then the defaults."""
        taken = {keys.toString() for fixed in self.fixed for keys in fixed.sequences}
        settled: dict[str, Keys] = {}
        for action in (*self._own, *(name for name in self._specs if name not in self._own)):
            wanted = self._own.get(action, self._specs[action].default_keys)
            settled[action] = tuple(keys for keys in wanted if keys.toString() not in taken)
            taken.update(keys.toString() for keys in settled[action])
        return settled


@cache
def current() -> Shortcuts:
    """The keys of the app, for all of its windows and for every text that names a key."""
    return Shortcuts(SECTIONS)
