"""The form of every layer in the catalogue edits every parameter by real keys and clicks, and undo takes it back.

All layers share one window, since making one takes far longer than editing a parameter in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from engine.graph import document
from engine.graph.block_edits import DefineBlock
from engine.graph.edits import AddNode
from engine.graph.model import Graph
from engine.graph.params import Bool, Choice, Float, Int, Param, ParamValue, Shape, Sizes, Text
from engine.layers.blocks import REPEAT, declared
from engine.layers.nodes import new_node
from engine.layers.registry import spec, specs
from engine.zoo.sketch import Sketch, draw_block, instance_of
from gui import theme
from gui.analyser import Analyser
from gui.inspector.inspector import Inspector
from gui.workspace import Workspace


def draw_nothing(pen: Sketch) -> None:
    pen.then("block_input")
    pen.then("block_output")


EVERY_KIND = draw_block(
    "Block",
    "",
    draw_nothing,
    (
        Int(name="channels", default=8, minimum=1, doc=""),
        Float(name="slope", default=0.1, doc=""),
        Bool(name="bias", default=True, doc=""),
        Choice(name="mode", default="a", options=("a", "b"), doc=""),
        Sizes(name="step", default=(3,), minimum=1, doc=""),
        Sizes(name="kernel", default=(3, 3), minimum=1, doc=""),
        Sizes(name="cube", default=(3, 3, 3), minimum=1, doc=""),
    ),
)
LAYERS = [*(layer.id for layer in specs()), instance_of(EVERY_KIND)]


@pytest.fixture(scope="module")
def shared(qapp: QApplication, analyser: Analyser) -> Iterator[tuple[Workspace, Inspector]]:
    """A workspace and an inspector that shows it, in a window that has the focus."""
    theme.apply(qapp, theme.DARK)
    workspace = Workspace()
    workspace.use_analyser(analyser)
    window = QWidget()
    inspector = Inspector(workspace)
    QVBoxLayout(window).addWidget(inspector)
    window.resize(360, 1000)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    yield workspace, inspector
    workspace.undo_stack.clear()
    window.close()
    window.deleteLater()
    workspace.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def place(workspace: Workspace, layer: str) -> tuple[Param, ...]:
    """Open a document with one node of `layer`, selected, and return what its form shows."""
    graph = Graph()
    DefineBlock(EVERY_KIND).apply(graph)
    workspace.replace(graph)
    if layer in ("block_input", "block_output"):
        workspace.open_block(EVERY_KIND.name)
        workspace.select([next(node.id for node in workspace.graph.nodes.values() if node.layer == layer)])
        return ()
    node = new_node(graph, layer)
    AddNode(node).apply(graph)
    workspace.select([node.id])
    return declared(graph, node).params


def shown(page: QWidget, param: Param) -> object:
    """What the user reads in the field of `param`."""
    name = f"param_{param.name}"
    match param:
        case Bool():
            return page.findChild(QCheckBox, name).isChecked()
        case Choice():
            return page.findChild(QComboBox, name).currentText()
        case Sizes():
            suffixes = ["", *(f"_{axis}" for axis in param.axes[1:])]
            return tuple(page.findChild(QAbstractSpinBox, name + suffix).text() for suffix in suffixes)
        case Shape() | Text():
            return page.findChild(QLineEdit, name).text()
    return page.findChild(QAbstractSpinBox, name).text()


def edit(page: QWidget, param: Param, type_into: Callable[..., None]) -> tuple[ParamValue, object]:
    """Set another value as a user would; return the value and how it reads."""
    name = f"param_{param.name}"
    match param:
        case Bool():
            QTest.mouseClick(page.findChild(QCheckBox, name), Qt.MouseButton.LeftButton)
            return not param.default, not param.default
        case Choice():
            box = page.findChild(QComboBox, name)
            box.setFocus()
            QTest.keyClick(box, Qt.Key.Key_Home if param.default == param.options[-1] else Qt.Key.Key_End)
            chosen = param.options[0] if param.default == param.options[-1] else param.options[-1]
            return chosen, param.option_title(chosen)
        case Sizes():
            number = param.default[0] + 1
            type_into(page.findChild(QAbstractSpinBox, name), str(number))
            count = len(param.default)
            return (number,) * count, (str(number),) * count
        case Shape():
            wanted = tuple(max(size, 1) + 1 for size in param.default)
            wanted += (2,) * (param.minimum_axes - len(wanted))
            type_into(page.findChild(QLineEdit, name), " ,".join(map(str, wanted)))
            return wanted, ", ".join(map(str, wanted))
        case Text():
            text = "where(x > 0, x, 0.5 * x)" if param.name == "formula" else "0.25, 0.75, 1"
            type_into(page.findChild(QLineEdit, name), text)
            return text, text
        case Int():
            number = param.default + 1 if param.default < param.maximum else param.default - 1
            type_into(page.findChild(QAbstractSpinBox, name), str(number))
            return number, str(number)
        case Float():
            number = 0.25 if param.default != 0.25 else 0.5
            type_into(page.findChild(QAbstractSpinBox, name), "25e-2" if number == 0.25 else ".5")
            return number, f"{number:g}"
    raise AssertionError(f"this test does not know how to edit a {type(param).__name__}")


@contextmanager
def made_meaningful(workspace: Workspace, page: QWidget, param: Param, params: tuple[Param, ...]) -> Iterator[None]:
    """Set what `param` means nothing without, if it does, for a while."""
    if param.only_with is None:
        yield
        return
    name, wanted = param.only_with
    default = next(known.default for known in params if known.name == name)
    field = page.findChild(QWidget, f"param_{param.name}")
    assert field.isVisible() is (default in wanted)
    workspace.graph.set_param(workspace.selection[0], name, wanted[0])
    assert field.isVisible()
    yield
    workspace.graph.set_param(workspace.selection[0], name, default)
    assert field.isVisible() is (default in wanted)


@pytest.mark.sampled(24)
@pytest.mark.parametrize("layer", LAYERS)
def test_every_parameter_is_edited_and_undone(
    layer: str, shared: tuple[Workspace, Inspector], type_into: Callable[..., None]
) -> None:
    workspace, inspector = shared
    params = place(workspace, layer)
    page = inspector.findChild(QWidget, "layer_page").currentWidget()
    stack = workspace.undo_stack
    fields = {field.objectName() for field in page.findChildren(QWidget)}
    assert {f"param_{param.name}" for param in params} <= fields
    assert not inspector.grab().isNull()

    for param in params:
        with made_meaningful(workspace, page, param, params):
            file, before, steps = document.dump(workspace.document), shown(page, param), stack.index()
            wanted, text = edit(page, param, type_into)
            value = workspace.graph.nodes[workspace.selection[0]].params[param.name]
            assert value == wanted
            assert type(value) is type(wanted)
            assert shown(page, param) == text
            assert stack.index() == steps + 1, "the whole of the typing is one step"
            stack.undo()
            assert document.dump(workspace.document) == file
            assert shown(page, param) == before
            stack.redo()
            assert shown(page, param) == text
            stack.undo()


def test_tab_visits_the_fields_in_the_order_of_the_declaration(shared: tuple[Workspace, Inspector]) -> None:
    workspace, inspector = shared
    place(workspace, "conv3d")
    page = inspector.findChild(QWidget, "layer_page").currentWidget()
    page.findChild(QAbstractSpinBox, "param_out_channels").setFocus()
    visited = []
    for _ in range(24):
        visited.append(inspector.window().focusWidget().objectName())
        QTest.keyClick(inspector.window().focusWidget(), Qt.Key.Key_Tab)
    firsts = [
        name for name in visited if name.startswith("param_") and not name.endswith(("_height", "_width", "_lock"))
    ]
    assert firsts == [f"param_{param.name}" for param in spec("conv3d").params if param.name not in HIDDEN]
    kernel = "param_kernel_size"
    assert visited[1:5] == [kernel, f"{kernel}_height", f"{kernel}_width", f"{kernel}_lock"]


HIDDEN = ("weight_fan", "weight_value", "weight_std")
"""What means nothing with the default initialisation."""


def test_copies_are_named_only_where_there_are_some(
    shared: tuple[Workspace, Inspector], type_into: Callable[..., None]
) -> None:
    workspace, inspector = shared
    place(workspace, instance_of(EVERY_KIND))
    numbering = inspector.findChild(QComboBox, "param_numbering")
    assert not numbering.isVisible()
    type_into(inspector.findChild(QAbstractSpinBox, f"param_{REPEAT.name}"), "3")
    assert numbering.isVisible()
    workspace.undo_stack.undo()
    assert not numbering.isVisible()
