"""What can be done with a frame or a note, as a menu at the pointer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from engine.graph.annotations import COLOURS, Frame, Note
from gui import theme as themes
from gui.canvas.annotations.looks import swatch
from gui.icons import icon

if TYPE_CHECKING:
    from gui.canvas.annotations.annotating import Annotating


def annotation_menu(annotating: Annotating, shown: Frame | Note, parent: QWidget) -> QMenu:
    """The menu of a frame or a note; it deletes itself when it is closed."""
    menu = _menu("annotationMenu", parent)
    if isinstance(shown, Frame):
        _fill_for_frame(menu, annotating, shown)
    else:
        _fill_for_note(menu, annotating, shown)
    return menu


def colour_menu(annotating: Annotating, shown: Collection[Frame | Note], parent: QWidget) -> QMenu:
    """The colours, for frames and notes; it deletes itself when it is closed."""
    menu = _menu("colourMenu", parent)
    menu.setTitle("&Colour")
    group = QActionGroup(menu)
    now = {annotation.colour for annotation in shown}
    names = [annotation.id for annotation in shown]
    for colour in COLOURS:
        action = _add(menu, colour.capitalize(), colour, partial(annotating.paint_in, names, colour))
        action.setIcon(swatch(themes.current(), colour))
        action.setCheckable(True)
        action.setChecked(now == {colour})
        group.addAction(action)
    return menu


def _fill_for_frame(menu: QMenu, annotating: Annotating, frame: Frame) -> None:
    name = frame.id
    _add(menu, "&Rename", "rename", lambda: annotating.rename_frame(name), "pencil-outline")
    menu.addMenu(colour_menu(annotating, [frame], menu))
    _add(menu, "&Select what is in it", "select", lambda: annotating.select_frame(name), "select-group")
    menu.addSeparator()
    can_take_in, can_take_out = annotating.can_take(name)
    _add(menu, "Take the selection &in", "takeIn", lambda: annotating.take_in(name)).setEnabled(can_take_in)
    _add(menu, "Take the selection &out", "takeOut", lambda: annotating.take_out(name)).setEnabled(can_take_out)
    menu.addSeparator()
    _add(menu, "Remove the &frame, keep the layers", "remove", lambda: annotating.remove([name]), "delete-outline")


def _fill_for_note(menu: QMenu, annotating: Annotating, note: Note) -> None:
    name = note.id
    _add(menu, "&Edit", "edit", lambda: annotating.edit_note(name), "pencil-outline")
    menu.addMenu(colour_menu(annotating, [note], menu))
    _add(menu, "As high as the &text", "fit", lambda: annotating.fit_note(name)).setEnabled(note.height != 0.0)
    menu.addSeparator()
    _add(menu, "&Delete", "remove", lambda: annotating.remove([name]), "delete-outline")


def _menu(name: str, parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setObjectName(name)
    return menu


def _add(menu: QMenu, text: str, name: str, slot: Callable[[], object], glyph: str = "") -> QAction:
    action = menu.addAction(text)
    action.setObjectName(f"{name}Action")
    if glyph:
        action.setIcon(icon(glyph))
    action.triggered.connect(lambda _checked=False: slot())
    return action
