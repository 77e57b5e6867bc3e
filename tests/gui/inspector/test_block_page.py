"""The page of a block: name, text, parameters and uses are edited by real keys and clicks, one undoable step each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.graph.params import Bool, Choice, Float, Int, Param, Sizes
from engine.layers.validation import validated
from gui.inspector.block_page import BlockPage
from gui.inspector.inspector import Inspector
from gui.inspector.param_cards import ParamCard
from gui.parts import Pressable
from gui.workspace import Workspace

Type = Callable[..., None]


@pytest.fixture
def page(inside: Workspace, inspector: Inspector) -> BlockPage:
    """The page of the block `Unit`, entered through its second instance."""
    found = inspector.findChild(QWidget, "layer_page").currentWidget()
    assert isinstance(found, BlockPage)
    return found


@pytest.fixture
def file(inside: Workspace) -> bytes:
    """The document before anything was done."""
    return document.dump(inside.document)


def click(page: QWidget, name: str) -> None:
    QTest.mouseClick(page.findChild(QToolButton, name), Qt.MouseButton.LeftButton)


def texts(widget: QWidget) -> str:
    # What has just been made is shown with the next events.
    QApplication.processEvents()
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def params(workspace: Workspace) -> tuple[Param, ...]:
    return workspace.document.blocks[workspace.graph.block].params


def names(workspace: Workspace) -> list[str]:
    return [param.name for param in params(workspace)]


def card(page: QWidget, name: str) -> ParamCard:
    return next(found for found in page.findChildren(ParamCard) if found.param.name == name)


def require_undone(workspace: Workspace, file: bytes, steps: int = 1) -> None:
    """What was done is `steps` steps, makes a good file, and undoing it gives the old file, byte for byte."""
    after = document.dump(workspace.document)
    assert after != file
    assert document.dump(validated(document.parse(after))) == after
    assert workspace.undo_stack.index() == steps
    for _ in range(steps):
        workspace.undo_stack.undo()
    assert document.dump(workspace.document) == file
    for _ in range(steps):
        workspace.undo_stack.redo()
    assert document.dump(workspace.document) == after
    for _ in range(steps):
        workspace.undo_stack.undo()


# The page itself


def test_inside_a_block_with_nothing_selected_it_is_shown(
    page: BlockPage, inside: Workspace, inspector: Inspector
) -> None:
    tabs = inspector.findChild(QTabWidget)
    assert tabs.tabText(0) == "Block"
    conv = inside.graph.named("conv")
    assert conv is not None
    inside.select([conv.id])
    assert tabs.tabText(0) == "Layer"
    inside.select([])
    assert inspector.findChild(QWidget, "layer_page").currentWidget() is page
    inside.go_to(0)
    inside.select([])
    assert "The whole network" in texts(inspector)
    assert tabs.tabText(0) == "Layer"


def test_entering_brings_it_to_the_front(nested: Workspace, inspector: Inspector) -> None:
    inspector.show_training()
    units = nested.graph.named("units")
    assert units is not None
    nested.enter(units.id)
    assert inspector.findChild(QTabWidget).currentIndex() == 0


def test_it_says_what_is_inside(page: BlockPage, inside: Workspace) -> None:
    assert "Block · 2 instances" in texts(page)
    assert page.findChild(QLabel, "fact_layers").text() == "3"
    parameters = (9 * 24 + 1) * 64 + (64 + 1) * 24
    assert page.findChild(QLabel, "fact_parameters").text() == f"{parameters:,}"


# Name and text


def test_the_block_is_renamed(page: BlockPage, inside: Workspace, type_into: Type, file: bytes) -> None:
    type_into(page.findChild(QLineEdit, "block_name"), "Pair")
    assert inside.graph.block == "Pair"
    assert [node.layer for _, node in inside.document.blocks.instances("Pair")] == ["block:Pair"] * 2
    assert page.findChild(QLineEdit, "block_name").text() == "Pair"
    require_undone(inside, file)
    assert inside.graph.block == page.findChild(QLineEdit, "block_name").text() == "Unit", "one stays inside of it"


@pytest.mark.parametrize("name", ["unit", "2nd", "My block", "", "Other"])
def test_a_refused_name_is_explained_in_place(name: str, page: BlockPage, inside: Workspace, type_into: Type) -> None:
    inside.document.blocks.define("Other")
    told: list[str] = []
    inside.refused.connect(told.append)
    field = page.findChild(QLineEdit, "block_name")
    type_into(field, name or "x", end=None)
    if not name:
        QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClick(field, Qt.Key.Key_Return)
    reason = page.findChild(QLabel, "block_name_error")
    assert reason.isVisible()
    assert reason.text().endswith(".")
    assert field.text() == inside.graph.block == "Unit"
    assert told == []
    assert inside.undo_stack.index() == 0


def test_the_text_is_typed_as_one_step(page: BlockPage, inside: Workspace, file: bytes) -> None:
    field = page.findChild(QPlainTextEdit, "block_doc")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "It looks around.")
    assert inside.document.blocks["Unit"].doc == "It looks around."
    require_undone(inside, file)
    assert field.toPlainText() == "Two convolutions."


def test_undo_in_the_text_belongs_to_the_document(page: BlockPage, inside: Workspace, qtbot: QtBot) -> None:
    action = inside.undo_stack.createUndoAction(page.window())
    action.setShortcut(QKeySequence.StandardKey.Undo)
    page.window().addAction(action)
    field = page.findChild(QPlainTextEdit, "block_doc")
    field.setFocus()
    QTest.keyClicks(field, "More. ")
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Undo))
    assert field.toPlainText() == inside.document.blocks["Unit"].doc == "Two convolutions."


def test_f2_edits_the_name(page: BlockPage, inside: Workspace, inspector: Inspector) -> None:
    inspector.show_training()
    inspector.edit_name()
    assert page.findChild(QLineEdit, "block_name").hasFocus()


# Parameters


def test_a_parameter_is_renamed_wherever_it_is_used(
    page: BlockPage, inside: Workspace, type_into: Type, file: bytes
) -> None:
    type_into(page.findChild(QLineEdit, "parameter_channels"), "filters")
    assert names(inside) == ["filters", "stride", "slope", "mode"]
    conv = inside.graph.named("conv")
    assert conv is not None
    assert conv.params["out_channels"] == "=4 * filters"
    assert [node.params["filters"] for _, node in inside.document.blocks.instances("Unit")] == [4, 16]
    assert page.findChild(QLineEdit, "parameter_filters").text() == "filters"
    require_undone(inside, file)
    assert page.findChild(QLineEdit, "parameter_channels").text() == "channels"


def test_a_refused_name_of_a_parameter_is_explained_in_its_card(
    page: BlockPage, inside: Workspace, type_into: Type
) -> None:
    field = page.findChild(QLineEdit, "parameter_channels")
    type_into(field, "stride")
    assert "There is already a parameter “stride”." in texts(card(page, "channels"))
    assert field.text() == "channels"
    QTest.keyClicks(field, "x")
    assert "already" not in texts(card(page, "channels"))
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert inside.undo_stack.index() == 0


def test_a_used_parameter_stays_and_the_reason_is_said(page: BlockPage, inside: Workspace) -> None:
    click(page, "remove_channels")
    assert "“channels” is still used by “conv” in “Unit”." in texts(card(page, "channels"))
    assert inside.undo_stack.index() == 0


def test_an_unused_parameter_is_removed(page: BlockPage, inside: Workspace, file: bytes) -> None:
    click(page, "remove_mode")
    assert names(inside) == ["channels", "stride", "slope"]
    assert page.findChild(QLineEdit, "parameter_mode") is None
    require_undone(inside, file)
    assert page.findChild(QLineEdit, "parameter_mode").text() == "mode"


def test_parameters_are_put_in_order_by_the_keyboard(page: BlockPage, inside: Workspace, file: bytes) -> None:
    assert not page.findChild(QToolButton, "up_channels").isEnabled()
    assert not page.findChild(QToolButton, "down_mode").isEnabled()
    page.findChild(QToolButton, "up_slope").setFocus()
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Space)
    assert names(inside) == ["channels", "slope", "stride", "mode"]
    assert page.window().focusWidget().objectName() == "up_slope"
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Space)
    assert names(inside) == ["slope", "channels", "stride", "mode"]
    assert page.window().focusWidget().objectName() == "down_slope", "further up it does not go"
    require_undone(inside, file, steps=2)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("Whole number", Int(name="number", default=1, minimum=1, doc="")),
        ("Real number", Float(name="number", default=1.0, doc="")),
        ("Yes or no", Bool(name="flag", default=True, doc="")),
        ("Choice", Choice(name="mode2", default="first", options=("first", "second"), doc="")),
        ("Sizes", Sizes(name="size", default=(3, 3), minimum=1, doc="")),
    ],
)
def test_a_parameter_of_each_kind_is_added(
    kind: str, wanted: Param, page: BlockPage, inside: Workspace, file: bytes, type_into: Type
) -> None:
    menu = page.findChild(QPushButton, "add_parameter").menu()
    next(action for action in menu.actions() if action.text() == kind).trigger()
    assert params(inside)[-1] == wanted
    assert all(node.params[wanted.name] == wanted.default for _, node in inside.document.blocks.instances("Unit"))
    name = page.findChild(QLineEdit, f"parameter_{wanted.name}")
    assert name.hasFocus()
    assert name.selectedText() == wanted.name
    assert card(page, wanted.name).is_open
    assert kind in texts(card(page, wanted.name))
    require_undone(inside, file)


def test_the_menu_is_opened_by_a_click(page: BlockPage, qtbot: QtBot) -> None:
    button = page.findChild(QPushButton, "add_parameter")
    shown: list[bool] = []
    button.menu().aboutToShow.connect(lambda: shown.append(True))
    button.menu().aboutToShow.connect(button.menu().close)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert shown == [True]


def test_default_range_and_meaning_are_edited(page: BlockPage, inside: Workspace, file: bytes, type_into: Type) -> None:
    click(page, "open_channels")
    form = card(page, "channels")
    type_into(form.findChild(QAbstractSpinBox, "param_maximum"), "256")
    type_into(form.findChild(QAbstractSpinBox, "param_default"), "200")
    type_into(form.findChild(QAbstractSpinBox, "param_minimum"), "2")
    type_into(form.findChild(QLineEdit, "param_doc"), "How wide it is.")
    assert params(inside)[0] == Int(name="channels", default=200, minimum=2, maximum=256, doc="How wide it is.")
    assert "Whole number · 200" in texts(form)
    require_undone(inside, file, steps=4)
    assert form.findChild(QAbstractSpinBox, "param_default").text() == "8"


@pytest.mark.parametrize(
    ("detail", "text", "reason"),
    [
        ("default", "600", "must be between 1 and 512, not 600"),
        ("maximum", "5", "between 1 and 5, not 8"),
        ("maximum", "12", "The instance “tail” has another value"),
        ("minimum", "5", "The instance “units” has another value"),
    ],
)
def test_what_does_not_fit_is_explained_and_not_made(
    detail: str, text: str, reason: str, page: BlockPage, inside: Workspace, type_into: Type, file: bytes
) -> None:
    click(page, "open_channels")
    form = card(page, "channels")
    field = form.findChild(QAbstractSpinBox, f"param_{detail}")
    before = field.text()
    type_into(field, text, end=None)
    assert reason in texts(form)
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.text() == before
    assert document.dump(inside.document) == file


def test_a_real_number_may_be_without_limits(page: BlockPage, inside: Workspace, type_into: Type, file: bytes) -> None:
    click(page, "open_slope")
    form = card(page, "slope")
    low, high = form.findChild(QLineEdit, "param_minimum"), form.findChild(QLineEdit, "param_maximum")
    assert (low.text(), high.text()) == ("0", "")
    type_into(high, "2.5")
    type_into(low, "x", end=None)
    assert "must be a number, or empty" in texts(form)
    QTest.keyClick(low, Qt.Key.Key_Backspace)
    QTest.keyClick(low, Qt.Key.Key_Return)
    assert params(inside)[2] == Float(name="slope", default=0.1, maximum=2.5, doc="Left of 0.")
    require_undone(inside, file, steps=2)


def test_options_are_edited(page: BlockPage, inside: Workspace, type_into: Type, file: bytes) -> None:
    click(page, "open_mode")
    form = card(page, "mode")
    field = form.findChild(QLineEdit, "param_options")
    assert field.text() == "zeros, reflect"
    type_into(field, "zeros, reflect, circular")
    box = form.findChild(QComboBox, "param_default")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End)
    assert params(inside)[3].default == "circular"
    type_into(field, "zeros, zeros", end=None)
    assert "no two options can be the same" in texts(form)
    type_into(field, "circular, reflect", end=None)
    assert "The instance “units” has another value" in texts(form)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert params(inside)[3] == Choice(
        name="mode", default="circular", options=("zeros", "reflect", "circular"), doc="Border."
    )
    require_undone(inside, file, steps=2)


def test_sizes_and_switches_are_edited(page: BlockPage, inside: Workspace, type_into: Type) -> None:
    menu = page.findChild(QPushButton, "add_parameter").menu()
    for kind in ("Sizes", "Yes or no"):
        next(action for action in menu.actions() if action.text() == kind).trigger()
    for name in ("size", "flag"):
        if not card(page, name).is_open:
            click(page, f"open_{name}")
    type_into(card(page, "size").findChild(QLineEdit, "param_default"), "5, 7")
    assert params(inside)[-2].default == (5, 7)
    QTest.mouseClick(card(page, "flag").findChild(QCheckBox, "param_default"), Qt.MouseButton.LeftButton)
    assert params(inside)[-1].default is False


def test_a_card_closes_again(page: BlockPage) -> None:
    click(page, "open_stride")
    assert card(page, "stride").findChild(QAbstractSpinBox, "param_default").isVisible()
    click(page, "open_stride")
    assert card(page, "stride").findChild(QAbstractSpinBox, "param_default") is None


# Where it is used


def test_every_instance_is_listed_and_gone_to(page: BlockPage, inside: Workspace) -> None:
    lines = page.findChildren(Pressable)
    assert [line.accessibleName().split(",")[0] for line in lines] == ["units", "tail"]
    assert "4 · 1 · 0.1 · ×3" in texts(lines[0])
    assert "entered here" in texts(lines[1])
    QTest.mouseClick(lines[0], Qt.MouseButton.LeftButton)
    assert not inside.scope.is_inside
    assert [inside.graph.nodes[node].name for node in inside.selection] == ["units"]


def test_the_page_of_another_block_starts_afresh(page: BlockPage, inside: Workspace, inspector: Inspector) -> None:
    click(page, "open_stride")
    inside.document.blocks.define("Empty")
    inside.open_block("Empty")
    assert page.findChild(QLineEdit, "block_name").text() == "Empty"
    assert page.findChildren(ParamCard) == []
    assert "Nowhere yet" in texts(page)
    assert "Block · 0 instances" in texts(page)
    assert QApplication.activePopupWidget() is None
