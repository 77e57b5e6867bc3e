"""The form of every layer in the catalogue edits every parameter by real keys and clicks, and undo takes it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox, QLineEdit, QWidget

from engine.graph.model import NodeId
from engine.graph.params import Bool, Choice, Float, Int, Pair, Param, ParamValue, Shape
from engine.layers.registry import spec, specs
from gui.inspector.inspector import Inspector
from gui.workspace import Workspace

EVERY_PARAM = [(layer.id, param.name) for layer in specs() for param in layer.params]


def shown(panel: QWidget, param: Param) -> object:
    """What the user reads in the field of `param`."""
    name = f"param_{param.name}"
    match param:
        case Bool():
            return panel.findChild(QCheckBox, name).isChecked()
        case Choice():
            return panel.findChild(QComboBox, name).currentText()
        case Pair():
            return tuple(panel.findChild(QAbstractSpinBox, name + part).text() for part in ("", "_width"))
        case Shape():
            return panel.findChild(QLineEdit, name).text()
    return panel.findChild(QAbstractSpinBox, name).text()


def edit(panel: QWidget, param: Param, type_into: Callable[..., None]) -> tuple[ParamValue, object]:
    """Set another value as a user would; return the value and how it reads."""
    name = f"param_{param.name}"
    match param:
        case Bool():
            QTest.mouseClick(panel.findChild(QCheckBox, name), Qt.MouseButton.LeftButton)
            return not param.default, not param.default
        case Choice():
            box = panel.findChild(QComboBox, name)
            box.setFocus()
            QTest.keyClick(box, Qt.Key.Key_End)
            return param.options[-1], param.option_title(param.options[-1])
        case Pair():
            number = param.default[0] + 1
            type_into(panel.findChild(QAbstractSpinBox, name), str(number))
            return (number, number), (str(number), str(number))
        case Shape():
            type_into(panel.findChild(QLineEdit, name), "3, 32 ,32")
            return (3, 32, 32), "3, 32, 32"
        case Int():
            number = param.default + 1 if param.default < param.maximum else param.default - 1
            type_into(panel.findChild(QAbstractSpinBox, name), str(number))
            return number, str(number)
        case Float():
            type_into(panel.findChild(QAbstractSpinBox, name), "25e-2")
            return 0.25, "0.25"
    raise AssertionError(f"this test does not know how to edit a {type(param).__name__}")


@pytest.mark.parametrize(("layer", "name"), EVERY_PARAM, ids=[f"{layer}-{name}" for layer, name in EVERY_PARAM])
def test_a_parameter_is_edited_and_undone(
    layer: str,
    name: str,
    inspector: Inspector,
    workspace: Workspace,
    add: Callable[..., NodeId],
    type_into: Callable[..., None],
) -> None:
    param = spec(layer).param(name)
    node = add(layer)
    workspace.select([node])
    page = inspector.findChild(QWidget, "layer_page")
    before, steps = shown(page, param), workspace.undo_stack.index()
    wanted, text = edit(page, param, type_into)
    assert workspace.graph.nodes[node].params[name] == wanted
    assert type(workspace.graph.nodes[node].params[name]) is type(wanted)
    assert shown(page, param) == text
    assert workspace.undo_stack.index() == steps + 1, "the whole of the typing is one step"
    workspace.undo_stack.undo()
    assert workspace.graph.nodes[node].params[name] == param.default
    assert shown(page, param) == before
    workspace.undo_stack.redo()
    assert shown(page, param) == text


@pytest.mark.parametrize("layer", [layer.id for layer in specs()])
def test_every_layer_has_a_page(
    layer: str, inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    workspace.select([add(layer)])
    names = {field.objectName() for field in inspector.findChild(QWidget, "layer_page").findChildren(QWidget)}
    assert {f"param_{param.name}" for param in spec(layer).params} <= names
    assert not inspector.grab().isNull()


def test_tab_visits_the_fields_in_the_order_of_the_declaration(
    workspace: Workspace, add: Callable[..., NodeId], inspector: Inspector
) -> None:
    workspace.select([add("conv2d")])
    page = inspector.findChild(QWidget, "layer_page")
    page.findChild(QAbstractSpinBox, "param_out_channels").setFocus()
    visited = []
    for _ in range(16):
        visited.append(inspector.window().focusWidget().objectName())
        QTest.keyClick(inspector.window().focusWidget(), Qt.Key.Key_Tab)
    firsts = [name for name in visited if name.startswith("param_") and not name.endswith(("_width", "_lock"))]
    assert firsts == [f"param_{param.name}" for param in spec("conv2d").params]
    assert visited[1:4] == ["param_kernel_size", "param_kernel_size_width", "param_kernel_size_lock"]
