"""The curve of an activation is the real one, follows a formula as it is typed, and stands what formulas can give."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.graph.model import NodeId
from engine.layers.registry import specs
from gui.inspector.curve import CurvePlot
from gui.inspector.inspector import Inspector
from gui.workspace import Workspace

ACTIVATIONS = [layer.id for layer in specs() if layer.family == "Activation"]
TOGETHER = {"softmax", "log_softmax"}
"""What looks at all values at once has no curve."""


@pytest.fixture
def formula(inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]) -> QLineEdit:
    """The field with the formula of a custom activation."""
    workspace.select([add("custom_activation", add("input"))])
    workspace.undo_stack.clear()
    return inspector.findChild(QLineEdit, "param_formula")


def reading(panel: QWidget, share: float) -> tuple[float, float, float]:
    plot = panel.findChild(CurvePlot)
    QTest.mouseMove(plot, QPoint(round(share * plot.width()), 60))
    found = plot.reading()
    assert found is not None
    return found


def error(panel: QWidget) -> str:
    label = panel.findChild(QLabel, "error_formula")
    return label.text() if label.isVisible() else ""


@pytest.mark.sampled(11)
@pytest.mark.parametrize("layer", ACTIVATIONS)
def test_every_activation_has_its_curve(
    layer: str, inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    workspace.select([add(layer)])
    plot = inspector.findChild(CurvePlot)
    assert plot.isVisible() is (layer not in TOGETHER)
    assert not plot.grab().isNull()


def test_the_curve_follows_the_formula_as_it_is_typed(
    inspector: Inspector, workspace: Workspace, formula: QLineEdit, qtbot: QtBot, type_into: Callable[..., None]
) -> None:
    file = document.dump(workspace.document)
    type_into(formula, "", end=None)
    for text, expected in (
        ("x", lambda x: x),
        (" * x", lambda x: x * x),
        (" * sin(x)", lambda x: x * x * torch.sin(x)),
    ):
        with qtbot.waitSignal(workspace.analysisChanged):
            QTest.keyClicks(formula, text)
        x, y, slope = reading(inspector, 0.7)
        point = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        value = expected(point)
        value.backward()
        assert y == pytest.approx(value.item())
        assert slope == pytest.approx(point.grad.item())
        assert error(inspector) == ""
    assert workspace.graph.nodes[workspace.selection[0]].params["formula"] == "x * x * sin(x)"
    assert workspace.undo_stack.index() == 1, "the whole of the typing is one step"
    workspace.undo_stack.undo()
    assert document.dump(workspace.document) == file
    assert formula.text() == "x * sigmoid(x)"


def test_a_wrong_formula_is_explained_and_the_last_good_curve_stays(
    inspector: Inspector, workspace: Workspace, formula: QLineEdit, qtbot: QtBot, type_into: Callable[..., None]
) -> None:
    with qtbot.waitSignal(workspace.analysisChanged):
        type_into(formula, "3 * x", end=None)
    QTest.keyClicks(formula, " + sine(x)")
    assert "There is no function “sine”" in error(inspector)
    assert formula.property("state") == "error"
    qtbot.wait(1)
    x, y, slope = reading(inspector, 0.6)
    assert (y, slope) == (pytest.approx(3 * x), pytest.approx(3.0))
    QTest.keyClick(formula, Qt.Key.Key_Return)
    assert formula.text() == "3 * x + sine(x)", "Enter throws nothing away"
    for _ in range(len("e(x)")):
        QTest.keyClick(formula, Qt.Key.Key_Backspace)
    with qtbot.waitSignal(workspace.analysisChanged):
        QTest.keyClicks(formula, "(x)")
    assert error(inspector) == ""
    x, y, _ = reading(inspector, 0.6)
    assert y == pytest.approx(3 * x + np.sin(x))


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Escape])
def test_leaving_a_wrong_formula_brings_back_what_was_there(
    key: Qt.Key, inspector: Inspector, workspace: Workspace, formula: QLineEdit, type_into: Callable[..., None]
) -> None:
    file = document.dump(workspace.document)
    type_into(formula, "x * x + nothing", end=key)
    assert formula.text() == "x * sigmoid(x)"
    assert document.dump(workspace.document) == file
    assert bool(error(inspector)) is (key == Qt.Key.Key_Tab), "and the reason can be read by whoever left by mistake"


def test_an_emptied_formula_comes_back(
    workspace: Workspace, inspector: Inspector, formula: QLineEdit, type_into: Callable[..., None]
) -> None:
    type_into(formula, "x", end=Qt.Key.Key_Backspace)
    assert error(inspector) == ""
    QTest.keyClick(formula, Qt.Key.Key_Tab)
    assert formula.text() == "x * sigmoid(x)"
    assert workspace.graph.nodes[workspace.selection[0]].params["formula"] == "x * sigmoid(x)"


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "text", ["log(x)", "log(-1 - x * x)", "1 / x", "exp(exp(x * x))", "x ** 9", "x + 100", "0 * x"]
)
def test_whatever_a_formula_gives_can_be_drawn(
    text: str,
    inspector: Inspector,
    workspace: Workspace,
    formula: QLineEdit,
    qtbot: QtBot,
    type_into: Callable[..., None],
) -> None:
    with qtbot.waitSignal(workspace.analysisChanged):
        type_into(formula, text)
    plot = inspector.findChild(CurvePlot)
    for share in (0.1, 0.5, 0.9):
        reading(inspector, share)
        assert not plot.grab().isNull()


def test_parameters_that_the_layer_refuses_have_no_curve(
    inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    workspace.select([add("hardtanh", min_val=2.0, max_val=1.0)])
    assert not inspector.findChild(CurvePlot).isVisible()
