"""The page of an instance of a block: its parameters and copies, what it costs, the way in, and setting it apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.graph.block_edits import RenameBlock
from engine.graph.edits import SetParam
from engine.graph.model import NodeId
from engine.layers.block_params import ChangeDoc, add_param, remove_param
from gui.inspector.inspector import Inspector
from gui.inspector.numbers import exact
from gui.workspace import Workspace

Type = Callable[..., None]


@pytest.fixture
def units(nested: Workspace) -> NodeId:
    """The instance that stands three times in a row, selected."""
    node = nested.graph.named("units")
    assert node is not None
    nested.select([node.id])
    return node.id


def page(inspector: Inspector) -> QWidget:
    return inspector.findChild(QWidget, "layer_page").currentWidget()


def texts(inspector: Inspector) -> str:
    # What has just been made is shown with the next events.
    QApplication.processEvents()
    return "\n".join(label.text() for label in inspector.findChildren(QLabel) if label.isVisible())


def fact(inspector: Inspector, name: str) -> str:
    return page(inspector).findChild(QLabel, f"fact_{name}").text()


def rows(inspector: Inspector) -> list[str]:
    """The parameters whose fields can be seen, in their order."""
    found = [field for field in page(inspector).findChildren(QWidget) if field.objectName().startswith("param_")]
    return [field.objectName().removeprefix("param_") for field in found if field.isVisible()]


def unit_parameters(channels_in: int, channels: int) -> int:
    """Weights and biases of a 3×3 convolution to 4 × channels, and of a 1×1 convolution from there to 24."""
    return (9 * channels_in + 1) * 4 * channels + (4 * channels + 1) * 24


def test_the_form_shows_the_blocks_parameters_and_then_the_copies(
    nested: Workspace, units: NodeId, inspector: Inspector
) -> None:
    assert rows(inspector) == ["channels", "stride", "slope", "mode", "repeat", "numbering"]
    assert "Unit · Block" in texts(inspector)
    assert "Two convolutions." in texts(inspector)
    nested.push(SetParam(units, "repeat", 1))
    assert rows(inspector) == ["channels", "stride", "slope", "mode", "repeat"]


def test_the_parameters_are_edited(nested: Workspace, units: NodeId, inspector: Inspector, type_into: Type) -> None:
    before = document.dump(nested.document)
    type_into(page(inspector).findChild(QAbstractSpinBox, "param_channels"), "32")
    box = page(inspector).findChild(QComboBox, "param_mode")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End)
    assert nested.graph.nodes[units].params["channels"] == 32
    assert nested.graph.nodes[units].params["mode"] == "reflect"
    nested.undo_stack.undo()
    nested.undo_stack.undo()
    assert document.dump(nested.document) == before
    assert box.currentData() == "zeros"


def test_copies_are_named_and_counted(
    nested: Workspace, units: NodeId, inspector: Inspector, qtbot: QtBot, type_into: Type
) -> None:
    first, other = unit_parameters(3, 4), unit_parameters(24, 4)
    assert fact(inspector, "copies") == "3"
    assert "units.0, units.1, units.2" in texts(inspector)
    assert fact(inspector, "parameters") == exact(first + 2 * other)
    assert f"{first:,} in the first copy, {other:,} in each of the other 2" in texts(inspector)
    assert fact(inspector, "output") == "24 × 16 × 16"
    with qtbot.waitSignal(nested.analysisChanged):
        type_into(page(inspector).findChild(QAbstractSpinBox, "param_repeat"), "12")
    assert fact(inspector, "parameters") == exact(first + 11 * other)
    assert "units.0, units.1, … units.11" in texts(inspector)
    with qtbot.waitSignal(nested.analysisChanged):
        nested.push(SetParam(units, "repeat", 1))
    assert fact(inspector, "parameters") == exact(first)
    assert page(inspector).findChild(QLabel, "fact_copies") is None


def test_enter_and_leave(nested: Workspace, units: NodeId, inspector: Inspector) -> None:
    QTest.mouseClick(page(inspector).findChild(QPushButton, "enter_block"), Qt.MouseButton.LeftButton)
    assert nested.graph.block == "Unit"
    assert nested.scope.path == (units,)
    assert page(inspector).objectName() == "block_page"
    nested.leave()
    assert nested.selection == (units,)
    assert rows(inspector)[0] == "channels"


def test_making_unique_leaves_the_others_alone(nested: Workspace, units: NodeId, inspector: Inspector) -> None:
    before = document.dump(nested.document)
    button = page(inspector).findChild(QPushButton, "make_unique")
    assert "other 1 alone" in button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert set(nested.document.blocks) == {"Unit", "Unit2"}
    assert nested.graph.nodes[units].layer == "block:Unit2"
    assert "Unit2 · Block" in texts(inspector)
    assert rows(inspector) == ["channels", "stride", "slope", "mode", "repeat", "numbering"]
    assert not button.isEnabled(), "it is the only one of its kind"
    nested.undo_stack.undo()
    assert document.dump(nested.document) == before
    assert button.isEnabled()
    assert "Unit · Block" in texts(inspector)


def test_plain_layers_cannot_be_entered(nested: Workspace, inspector: Inspector) -> None:
    node = nested.graph.named("input")
    assert node is not None
    nested.select([node.id])
    assert not page(inspector).findChild(QPushButton, "enter_block").isVisible()


def test_the_page_follows_the_definition(nested: Workspace, units: NodeId, inspector: Inspector) -> None:
    extra = type(nested.document.blocks["Unit"].params[0])(name="extra", default=5, doc="")
    nested.push(add_param(nested.graph, "Unit", extra))
    assert rows(inspector) == ["channels", "stride", "slope", "mode", "extra", "repeat", "numbering"]
    nested.push(remove_param(nested.graph, "Unit", "mode"))
    assert rows(inspector) == ["channels", "stride", "slope", "extra", "repeat", "numbering"]
    nested.push(ChangeDoc("Unit", "Something else."))
    assert "Something else." in texts(inspector)
    nested.push_document(RenameBlock("Unit", "Pair"))
    assert "Pair · Block" in texts(inspector)
    while nested.undo_stack.canUndo():
        nested.undo_stack.undo()
    assert rows(inspector) == ["channels", "stride", "slope", "mode", "repeat", "numbering"]
    assert "Unit · Block" in texts(inspector)


def test_instances_of_one_block_are_edited_together(
    nested: Workspace, units: NodeId, inspector: Inspector, type_into: Type
) -> None:
    tail = nested.graph.named("tail")
    assert tail is not None
    nested.select([units, tail.id])
    assert "All are Unit" in texts(inspector)
    field = page(inspector).findChild(QAbstractSpinBox, "param_channels")
    assert field.text() == ""
    steps = nested.undo_stack.index()
    type_into(field, "12")
    assert {nested.graph.nodes[node].params["channels"] for node in (units, tail.id)} == {12}
    assert nested.undo_stack.index() == steps + 1
    nested.undo_stack.undo()
    assert field.text() == ""


def test_before_torch_is_loaded_an_instance_can_be_edited(
    unloaded: Workspace, nested: Workspace, host: Callable[..., QWidget], type_into: Type
) -> None:
    workspace = unloaded
    workspace.replace(document.parse(document.dump(nested.document)))
    panel = Inspector(workspace)
    host(panel)
    units = workspace.graph.named("units")
    assert units is not None
    workspace.select([units.id])
    assert "PyTorch is still loading" in texts(panel)
    type_into(page(panel).findChild(QAbstractSpinBox, "param_channels"), "9")
    assert workspace.graph.nodes[units.id].params["channels"] == 9
    workspace.enter(units.id)
    assert "PyTorch is still loading" in texts(panel)
