"""The list of a block's parameters: each one can be renamed, moved, removed, and opened to be changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from engine.graph.edits import Edit
from engine.graph.model import Graph
from engine.graph.params import Choice, Param, ParamValue
from engine.layers.block_params import ChangeParam, add_param, move_param, remove_param, rename_param
from gui import theme
from gui.inspector.block_params import KINDS, described, detail_values, details, new_param, with_detail
from gui.inspector.common import attempt, refusal
from gui.inspector.fields import ChoiceField
from gui.inspector.form import ParamForm
from gui.inspector.icon_button import IconButton
from gui.inspector.title import INSET, NameEdit
from gui.parts import discard, wrapped
from gui.workspace import Workspace


class ParamCard(QFrame):
    """One parameter of the block in view; opened, it shows a form with its default, range and meaning."""

    renamed = Signal(str)
    """The user wants another name for the parameter."""
    moved = Signal(int)
    """The user wants the parameter so many places further down."""
    removed = Signal()
    """The user wants the parameter gone."""

    def __init__(self, workspace: Workspace, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        """What is shown here."""
        self._workspace = workspace
        self._form: ParamForm | None = None
        self._typed: dict[str, ParamValue] = {}
        self.name = NameEdit(theme.BASE_TEXT)
        """The editable name."""
        self.name.setAccessibleName("Name of the parameter")
        self.name.renamed.connect(self.renamed)
        self.name.textEdited.connect(lambda: self.show_error(""))
        self._kind = wrapped(role="caption")
        self._error = wrapped(role="error")
        self._error.hide()
        self._open = IconButton("chevron-right", "Show its default, range and meaning")
        self._up = IconButton("arrow-up", "Move up")
        self._down = IconButton("arrow-down", "Move down")
        self._remove = IconButton("close", "Remove the parameter")
        self._open.setCheckable(True)
        self._open.clicked.connect(self._on_open)
        self._up.clicked.connect(lambda: self.moved.emit(-1))
        self._down.clicked.connect(lambda: self.moved.emit(1))
        self._remove.clicked.connect(self.removed)
        self.setProperty("surface", "card")
        self._lay_out()
        self.show_param(param, is_first=False, is_last=False)

    def show_param(self, param: Param, *, is_first: bool, is_last: bool) -> None:
        """Show `param` as it is now, at its place among the others."""
        self.param = param
        self.name.setObjectName(f"parameter_{param.name}")
        self.name.show_name(param.name)
        self._kind.setText(described(param))
        self._up.setEnabled(not is_first)
        self._down.setEnabled(not is_last)
        for button, verb in ((self._open, "open"), (self._up, "up"), (self._down, "down"), (self._remove, "remove")):
            button.setObjectName(f"{verb}_{param.name}")
            button.setAccessibleName(f"{button.toolTip()}: {param.name}")
        if self._form is not None:
            chosen = self._form.findChild(ChoiceField, "param_default")
            if chosen is not None and isinstance(param, Choice):
                chosen.set_options(param)
            self._form.set_values(self._values())

    @property
    def is_open(self) -> bool:
        """Whether the form is shown."""
        return self._form is not None

    def open(self) -> None:
        """Show the form with the details."""
        if self._form is None:
            rows = details(self.param, lambda detail, value: refusal(self._workspace, self._change(detail, value)))
            self._form = ParamForm(rows, self._values(), explain=lambda row: row.doc, parent=self)
            self._form.valueEdited.connect(self._on_edited)
            self._column.addWidget(self._form)
            self._form.show()
        self._show_open()

    def focus_on_move(self, by: int) -> None:
        """Put the keyboard on the button that moves the card by `by`, or on the other one at the end of the list."""
        wanted, other = (self._down, self._up) if by > 0 else (self._up, self._down)
        (wanted if wanted.isEnabled() else other).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_error(self, sentence: str) -> None:
        """Say why a change was refused; nothing when `sentence` is empty."""
        if sentence:
            self.name.show_name(self.param.name)
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(0)
        names = QVBoxLayout()
        names.setSpacing(0)
        self._kind.setContentsMargins(INSET, 0, 0, 0)
        names.addWidget(self.name)
        names.addWidget(self._kind)
        line.addWidget(self._open)
        line.addLayout(names, 1)
        for button in (self._up, self._down, self._remove):
            line.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.UNIT, theme.UNIT, theme.UNIT, theme.GAP)
        self._column.setSpacing(theme.GAP)
        self._column.addLayout(line)
        self._column.addWidget(self._error)

    def _on_open(self) -> None:
        if self._form is None:
            self.open()
        else:
            discard(self._form)
            self._form = None
            self._show_open()

    def _show_open(self) -> None:
        self._open.setChecked(self.is_open)
        self._open.setIcon(theme.icon("chevron-down" if self.is_open else "chevron-right", "muted"))

    def _change(self, detail: str, value: ParamValue) -> Edit:
        return ChangeParam(self._workspace.graph.block, with_detail(self.param, detail, value), detail)

    def _on_edited(self, detail: str, value: ParamValue) -> None:
        self.show_error("")
        self._typed[detail] = value
        self._workspace.push(self._change(detail, value))

    def _values(self) -> dict[str, ParamValue]:
        """What the form shows: what was typed, as long as it means what holds, such as “2.” on the way to “2.5”."""
        typed = {
            name: value for name, value in self._typed.items() if with_detail(self.param, name, value) == self.param
        }
        return detail_values(self.param) | typed


class ParamCards(QWidget):
    """All parameters of the block in view, and a button that adds one."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._cards: list[ParamCard] = []
        self._open: set[str] = set()
        self._nothing = wrapped(
            "None yet. What differs from instance to instance, such as the number of channels, becomes a parameter; "
            "the layers inside compute with it.",
            "caption",
        )
        self._add = QPushButton(theme.icon("plus"), "Add a parameter")
        self._add.setObjectName("add_parameter")
        menu = QMenu(self._add)
        for kind in KINDS:
            action = QAction(kind, menu)
            action.triggered.connect(lambda _checked=False, kind=kind: self._on_add(kind))
            menu.addAction(action)
        self._add.setMenu(menu)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.GAP)
        self._column.addWidget(self._nothing)
        self._column.addWidget(self._add)

    def show_params(self, params: tuple[Param, ...]) -> None:
        """Show the parameters of the block as they are now; what is being typed stays."""
        shown = [card.param for card in self._cards]
        renamed = [(old.name, new.name) for old, new in zip(shown, params, strict=False) if old.name != new.name]
        same_kinds = [type(param) for param in shown] == [type(param) for param in params]
        if not same_kinds or len(renamed) > 1:
            self._rebuild(params)
        last = len(params) - 1
        for index, (card, param) in enumerate(zip(self._cards, params, strict=True)):
            card.show_param(param, is_first=index == 0, is_last=index == last)
        self._nothing.setVisible(not params)

    def forget(self) -> None:
        """Another graph is in view."""
        self._open = set()
        self._rebuild(())

    def _rebuild(self, params: tuple[Param, ...]) -> None:
        self._open = {card.param.name for card in self._cards if card.is_open} | self._open
        for card in self._cards:
            discard(card)
        self._cards = [self._make_card(param) for param in params]
        for index, card in enumerate(self._cards):
            self._column.insertWidget(index, card)
            card.show()
            if card.param.name in self._open:
                card.open()
        self._open = set()

    def _make_card(self, param: Param) -> ParamCard:
        card = ParamCard(self._workspace, param, self)
        card.renamed.connect(lambda name: self._try(card, partial(rename_param, old=card.param.name, new=name)))
        card.removed.connect(lambda: self._try(card, partial(remove_param, name=card.param.name)))
        card.moved.connect(lambda by: self._on_moved(card, by))
        return card

    def _try(self, card: ParamCard, edit: Callable[[Graph, str], Edit]) -> None:
        graph = self._workspace.graph
        card.show_error(attempt(self._workspace, lambda: edit(graph, graph.block)))

    def _on_moved(self, card: ParamCard, by: int) -> None:
        place = self._cards.index(card) + by
        self._try(card, partial(move_param, name=card.param.name, place=place))
        # The cards are new ones, and whoever moves one by the keyboard wants to move it on.
        self._cards[place].focus_on_move(by)

    def _on_add(self, kind: str) -> None:
        graph = self._workspace.graph
        param = new_param(kind, [card.param.name for card in self._cards])
        self._open.add(param.name)
        self._workspace.push(add_param(graph, graph.block, param))
        name = self._cards[-1].name
        name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        name.selectAll()
