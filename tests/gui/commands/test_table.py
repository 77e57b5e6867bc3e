"""The table of actions is whole: every action says what it does, can be called, and has keys of its own."""

from __future__ import annotations

from itertools import chain

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QDockWidget

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Note
from gui.commands.fixed_keys import CANVAS_KEYS, FIELD_KEYS, menu_keys
from gui.commands.spec import ActionSpec, FixedKeys
from gui.commands.table import SECTIONS, TOOLBAR, all_actions
from gui.icons import glyph
from gui.main_window import MainWindow

EVERY = pytest.mark.parametrize("spec", all_actions(), ids=lambda spec: spec.id)
_NO_KEYS = Qt.KeyboardModifier.NoModifier
_LONE_KEYS = [
    *range(Qt.Key.Key_Space, Qt.Key.Key_AsciiTilde + 1),
    *range(Qt.Key.Key_F1, Qt.Key.Key_F12 + 1),
    *(Qt.Key.Key_Escape, Qt.Key.Key_Backspace, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Insert),
    *(Qt.Key.Key_Delete, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
]


@EVERY
def test_an_action_says_what_it_does(spec: ActionSpec) -> None:
    assert spec.help[0].isupper()
    assert spec.help.endswith(".")
    assert not spec.needs or spec.needs.endswith(".")
    assert spec.title
    if spec.icon:
        assert glyph(spec.icon)


def test_ids_and_titles_are_told_apart() -> None:
    for names in ([spec.id for spec in all_actions()], [spec.title for spec in all_actions()]):
        assert len(names) == len(set(names))
    assert {name for name in TOOLBAR if name} <= {spec.id for spec in all_actions()}


def test_no_two_share_keys(qapp: QApplication) -> None:
    fixed: tuple[FixedKeys, ...] = (*CANVAS_KEYS, *FIELD_KEYS, *menu_keys(SECTIONS))
    keys = [
        *chain.from_iterable(spec.default_keys for spec in all_actions()),
        *chain.from_iterable(entry.sequences for entry in fixed),
    ]
    assert all(key.count() == 1 for key in keys)
    texts = [key.toString() for key in keys]
    assert len(texts) == len(set(texts))


def test_every_action_does_something_in_the_window(window: MainWindow) -> None:
    slots = window._slots()
    on_canvas = {action.objectName(): action.shortcuts() for action in window.view.actions()}
    for spec in all_actions():
        action = window.actions_table[spec.id]
        assert action.statusTip() == spec.help
        assert (*action.shortcuts(), *on_canvas[f"{spec.id}OnCanvas"]) == spec.default_keys
        assert spec.adopted or callable(slots[spec.id])


def test_every_panel_has_its_action(window: MainWindow) -> None:
    adopted = [window.actions_table[spec.id] for spec in all_actions() if spec.adopted]
    docks = window.findChildren(QDockWidget)
    assert {id(dock.toggleViewAction()) for dock in docks} == {id(action) for action in adopted}


def takes(window: MainWindow, key: int, modifiers: Qt.KeyboardModifier) -> bool:
    """Whether the canvas itself reads a key, be it that nobody around it does."""
    sent = QKeyEvent(QEvent.Type.KeyPress, key, modifiers)
    window.view.event(sent)
    window.view.event(QKeyEvent(QEvent.Type.KeyRelease, key, modifiers))
    return sent.isAccepted()


@pytest.mark.parametrize("fixed", CANVAS_KEYS, ids=lambda fixed: fixed.name)
def test_the_canvas_reads_the_keys_that_are_said_to_be_its_own(fixed: FixedKeys, lenet: MainWindow) -> None:
    # Some keys mean something to notes alone.
    assert lenet.workspace.push(AddAnnotation(Note(AnnotationId("a1"), "Why", (300.0, 0.0))))
    lenet.view.stops.select_beside(AnnotationId("a1"))
    for sequence in fixed.sequences:
        keys = sequence[0]
        assert takes(lenet, keys.key(), keys.keyboardModifiers()), sequence.toString()


@pytest.mark.parametrize("modifiers", [_NO_KEYS, Qt.KeyboardModifier.AltModifier], ids=["alone", "Alt"])
def test_the_canvas_reads_no_keys_but_those(modifiers: Qt.KeyboardModifier, lenet: MainWindow) -> None:
    known = {keys.toString() for fixed in CANVAS_KEYS for keys in fixed.sequences}
    known |= {keys.toString() for spec in all_actions() for keys in spec.default_keys}
    for key in _LONE_KEYS:
        lenet.workspace.select([])
        name = QKeySequence(key | modifiers.value).toString()
        assert name in known or not takes(lenet, key, modifiers), name
