"""The training page: data set and recipe are settings of the project, edited and undone like everything else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLabel, QWidget

from engine.data.declarations import DATA_SETS, DataChoice
from engine.graph.edits import SetSetting
from engine.graph.model import Graph, NodeId
from engine.graph.params import Choice, Param
from engine.training.recipe import RECIPE_PARAMS, Recipe
from gui.inspector.inspector import Inspector
from gui.workspace import Workspace


@pytest.fixture
def page(inspector: Inspector) -> QWidget:
    """The training page, in front."""
    inspector.show_training()
    return inspector.findChild(QWidget, "setup_page")


def choose(page: QWidget, name: str, option: str) -> None:
    box = page.findChild(QComboBox, f"param_{name}")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    while box.currentData() != option:
        QTest.keyClick(box, Qt.Key.Key_Down)


@pytest.mark.parametrize("param", RECIPE_PARAMS, ids=lambda param: param.name)
def test_every_setting_of_the_recipe_is_edited_and_undone(
    param: Param, page: QWidget, workspace: Workspace, type_into: Callable[..., None]
) -> None:
    if param.name == "momentum":
        workspace.push(SetSetting("recipe", "optimizer", "sgd"))
    if isinstance(param, Choice):
        choose(page, param.name, param.options[-1] if param.default != param.options[-1] else param.options[0])
    else:
        type_into(page.findChild(QAbstractSpinBox, f"param_{param.name}"), "0.125" if param.name in FRACTIONS else "3")
    recipe = Recipe.from_settings(workspace.graph.settings["recipe"])
    assert getattr(recipe, param.name) != param.default
    while workspace.undo_stack.canUndo():
        workspace.undo_stack.undo()
    assert "recipe" not in workspace.graph.settings
    if isinstance(param, Choice):
        assert page.findChild(QComboBox, f"param_{param.name}").currentData() == param.default
    else:
        text = page.findChild(QAbstractSpinBox, f"param_{param.name}").text()
        assert text == "automatic" if param.name == "threads" else float(text) == param.default


FRACTIONS = ("learning_rate", "momentum", "weight_decay")


def test_the_number_of_threads_is_automatic_until_it_is_set(
    page: QWidget, workspace: Workspace, type_into: Callable[..., None]
) -> None:
    field = page.findChild(QAbstractSpinBox, "param_threads")
    assert field.text() == "automatic"
    type_into(field, "2")
    assert workspace.document.settings["recipe"]["threads"] == 2
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.text() == "automatic"
    assert workspace.document.settings["recipe"]["threads"] == 0
    type_into(field, "2")
    type_into(field, "auto", end=None)
    assert not page.findChild(QLabel, "error_threads").isVisible()
    QTest.keyClicks(field, "matic")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert workspace.document.settings["recipe"]["threads"] == 0
    type_into(field, "none", end=None)
    assert "a whole number" in page.findChild(QLabel, "error_threads").text()


def test_the_validation_share_is_a_percentage(
    page: QWidget, workspace: Workspace, type_into: Callable[..., None]
) -> None:
    field = page.findChild(QAbstractSpinBox, "param_validation_fraction")
    assert field.text() == "8.33"
    assert "Default: 8.33 %." in field.toolTip()
    type_into(field, "7")
    assert workspace.document.settings["data"]["validation_fraction"] == 0.07
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert workspace.document.settings["data"]["validation_fraction"] == 0.08
    type_into(field, "60", end=None)
    assert "between 1 and 50, not 60" in page.findChild(QLabel, "error_validation_fraction").text()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    while workspace.undo_stack.canUndo():
        workspace.undo_stack.undo()
    assert field.text() == "8.33"


def test_momentum_is_offered_with_sgd_alone(page: QWidget, workspace: Workspace) -> None:
    field = page.findChild(QAbstractSpinBox, "param_momentum")
    for optimizer, counts in (("sgd", True), ("adam", False), ("sgd", True), ("rmsprop", False)):
        choose(page, "optimizer", optimizer)
        assert field.isEnabled() is counts
    assert "Only SGD" in field.toolTip()


def test_another_data_set_fits_both_ends_of_the_network_in_one_step(
    page: QWidget, workspace: Workspace, add: Callable[..., NodeId]
) -> None:
    start = add("input")
    dense = add("linear", add("flatten", start), out_features=10)
    add("output", add("relu", dense))
    steps = workspace.undo_stack.index()
    choose(page, "dataset", "spirals")
    assert DataChoice.from_settings(workspace.graph.settings["data"]).dataset == "spirals"
    assert workspace.graph.nodes[start].params["shape"] == (2,)
    assert workspace.graph.nodes[dense].params["out_features"] == 2
    assert workspace.undo_stack.index() == steps + 1
    assert DATA_SETS["spirals"].doc in page.findChild(QLabel, "data_set_doc").text()
    assert "first spiral, second spiral" in page.findChild(QLabel, "data_set_doc").text()
    assert page.findChild(QAbstractSpinBox, "param_points").text() == "2000"
    workspace.undo_stack.undo()
    assert workspace.graph.nodes[start].params["shape"] == (1, 28, 28)
    assert workspace.graph.nodes[dense].params["out_features"] == 10
    assert page.findChild(QComboBox, "param_dataset").currentData() == "mnist"
    assert page.findChild(QAbstractSpinBox, "param_points") is None


def test_settings_of_the_data_set_are_edited_and_followed(
    page: QWidget, workspace: Workspace, type_into: Callable[..., None]
) -> None:
    choose(page, "dataset", "spirals")
    type_into(page.findChild(QAbstractSpinBox, "param_noise"), "0.25")
    assert DataChoice.from_settings(workspace.graph.settings["data"]).params["noise"] == 0.25
    workspace.push(SetSetting("data", "noise", 0.5))
    assert page.findChild(QAbstractSpinBox, "param_noise").text() == "0.5"
    workspace.push(SetSetting("data", "noise", None))
    assert page.findChild(QAbstractSpinBox, "param_noise").text() == "0.02"


def test_choosing_the_same_data_set_again_changes_nothing(page: QWidget, workspace: Workspace) -> None:
    box = page.findChild(QComboBox, "param_dataset")
    box.activated.emit(box.currentIndex())
    assert workspace.undo_stack.count() == 0


def test_another_document_brings_its_own_settings(page: QWidget, workspace: Workspace) -> None:
    graph = Graph()
    SetSetting("recipe", "epochs", 42).apply(graph)
    SetSetting("recipe", "optimizer", "sgd").apply(graph)
    SetSetting("data", "dataset", "spirals").apply(graph)
    SetSetting("data", "turns", 3.0).apply(graph)
    workspace.replace(graph)
    assert page.findChild(QAbstractSpinBox, "param_epochs").text() == "42"
    assert page.findChild(QAbstractSpinBox, "param_momentum").isEnabled()
    assert page.findChild(QAbstractSpinBox, "param_turns").text() == "3"
    assert workspace.undo_stack.count() == 0
