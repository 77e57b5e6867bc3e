"""Several layers at once: what they have in common is set in one step, whatever their kinds, and can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QLabel, QWidget

from engine.graph.block_edits import DescribeBlock, RenameBlock, SetLayer
from engine.graph.document import dump
from engine.graph.edits import Compound, SetParam
from engine.graph.model import NodeId
from engine.graph.params import Bool, Choice, Float, Int, Param, Shape, Sizes, Text
from engine.layers.registry import spec
from gui.inspector.common import CommonValues
from gui.inspector.inspector import Inspector
from gui.inspector.shared_params import shared_params
from gui.workspace import Workspace


def page(inspector: Inspector) -> QWidget:
    return inspector.findChild(QWidget, "layer_page").currentWidget()


def texts(inspector: Inspector) -> str:
    return "\n".join(label.text() for label in page(inspector).findChildren(QLabel) if label.isVisible())


def spin(inspector: Inspector, name: str) -> QAbstractSpinBox:
    return page(inspector).findChild(QAbstractSpinBox, f"param_{name}")


@pytest.fixture
def undone(workspace: Workspace) -> Iterator[Callable[[], None]]:
    """Called where what is to be undone begins: it is one step, back to the very bytes."""
    before: list[bytes] = []
    yield lambda: (workspace.undo_stack.clear(), before.append(dump(workspace.document)))  # type: ignore[func-returns-value]
    assert workspace.undo_stack.count() == 1
    assert dump(workspace.document) != before[0]
    workspace.undo_stack.undo()
    assert dump(workspace.document) == before[0]


class TestShared:
    FILTERS = Int(name="n", default=16, minimum=1, maximum=9999, doc="How many.")

    def test_one_form_is_shared_as_it_is(self) -> None:
        params = spec("conv2d").params
        assert shared_params([params]) == params
        assert shared_params([params, params, params]) == params
        assert shared_params([]) == ()

    def test_convolution_and_dense_share_a_bias(self) -> None:
        names = [param.name for param in shared_params([spec("conv2d").params, spec("linear").params])]
        assert "bias" in names
        assert not {"kernel_size", "out_features", "out_channels"} & set(names)

    @pytest.mark.parametrize(
        ("one", "other", "taken", "refused"),
        [
            (FILTERS, Int(name="n", default=64, minimum=8, maximum=20_000, doc=""), [8, 9999], [7, 10_000]),
            (
                Float(name="n", default=0.0, minimum=0.0, maximum=1.0, doc=""),
                Float(name="n", default=2.0, minimum=0.5, doc=""),
                [0.5, 1.0],
                [0.4, 1.1],
            ),
            (
                Sizes(name="n", default=(1, 1), minimum=1, maximum=9, doc=""),
                Sizes(name="n", default=(3, 3), minimum=2, maximum=99, doc=""),
                [(2, 9)],
                [(1, 1), (10, 2), (2, 2, 2)],
            ),
            (
                Choice(name="n", default="a", options=("a", "b", "c"), titles=("A", "B", "C"), doc=""),
                Choice(name="n", default="c", options=("b", "c", "d"), doc=""),
                ["b", "c"],
                ["a", "d"],
            ),
            (Bool(name="n", default=True, doc="One."), Bool(name="n", default=False, doc="Other."), [True], [1]),
        ],
    )
    def test_it_takes_what_both_take(self, one: Param, other: Param, taken: list[Any], refused: list[Any]) -> None:
        for first, second in ((one, other), (other, one)):
            (param,) = shared_params([[first], [second]])
            param.check(param.default)
            for value in taken:
                assert param.check(value) == first.check(value) == second.check(value)
            for value in refused:
                with pytest.raises(ValueError, match="must be"):
                    param.check(value)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (FILTERS, Float(name="n", default=1.0, doc="")),
            (FILTERS, Int(name="n", default=0, maximum=0, doc="")),
            (FILTERS, Int(name="n", default=1, minimum=1, unit="px", doc="")),
            (FILTERS, Int(name="n", default=1, minimum=1, special="automatic", doc="")),
            (Sizes(name="n", default=(1,), doc=""), Sizes(name="n", default=(1, 1), doc="")),
            (
                Choice(name="n", default="a", options=("a",), doc=""),
                Choice(name="n", default="b", options=("b",), doc=""),
            ),
            (Shape(name="n", default=(1,), doc=""), Shape(name="n", default=(2,), doc="")),
            (Text(name="n", default="x", doc=""), Text(name="n", default="y", doc="")),
        ],
    )
    def test_what_means_different_things_is_not_shared(self, one: Param, other: Param) -> None:
        assert shared_params([[one], [other]]) == ()


def test_common_values_follow_change_by_change(workspace: Workspace, add: Callable[..., NodeId]) -> None:
    nodes = [add("linear", out_features=8) for _ in range(3)]
    values = CommonValues(workspace.graph, nodes, spec("linear").params)
    assert values["out_features"] == 8
    for node, expected in zip(nodes, (None, None, 9), strict=True):
        workspace.push(SetParam(node, "out_features", 9))
        values.update(workspace.graph.nodes[node], "out_features")
        assert values["out_features"] == expected
    values.update(workspace.graph.nodes[add("linear", out_features=1)], "out_features")
    values.update(workspace.graph.nodes[nodes[0]], "unknown")
    assert values["out_features"] == 9


class TestMixed:
    def test_what_they_have_in_common_is_set_for_all(
        self, inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId], undone: Any
    ) -> None:
        nodes = [add("conv2d"), add("linear"), add("conv2d", bias=False)]
        workspace.select(nodes)
        assert "different kinds" in texts(inspector)
        assert "In common" in texts(inspector)
        bias = page(inspector).findChild(QCheckBox, "param_bias")
        assert bias.checkState() == Qt.CheckState.PartiallyChecked
        undone()
        QTest.mouseClick(bias, Qt.MouseButton.LeftButton)
        assert {workspace.graph.nodes[node].params["bias"] for node in nodes} == {True}
        assert workspace.undo_stack.undoText() == "Change bias of 3 layers"

    def test_typing_is_one_step(
        self,
        inspector: Inspector,
        workspace: Workspace,
        add: Callable[..., NodeId],
        type_into: Callable[..., None],
        undone: Any,
    ) -> None:
        nodes = [add("conv2d", out_channels=8), add("conv1d", out_channels=16)]
        workspace.select(nodes)
        undone()
        type_into(spin(inspector, "out_channels"), "128")
        assert {workspace.graph.nodes[node].params["out_channels"] for node in nodes} == {128}
        type_into(spin(inspector, "out_channels"), "130")

    def test_kinds_are_listed_and_a_click_keeps_one_of_them(
        self, inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
    ) -> None:
        convs = [add("conv2d"), add("conv2d")]
        workspace.select([add("relu"), *convs, add("flatten")])
        line = page(inspector).findChild(QWidget, "kind_conv2d")
        assert line.accessibleName() == "Conv 2D, 2 layers"
        lines = [child for child in page(inspector).findChildren(QWidget) if child.objectName().startswith("kind_")]
        assert lines[0] is line, "those that are most come first"
        QTest.mouseClick(line, Qt.MouseButton.LeftButton)
        assert set(workspace.selection) == set(convs)
        assert spin(inspector, "out_channels").isVisible()
        workspace.select([add("relu"), *convs])
        line = page(inspector).findChild(QWidget, "kind_relu")
        line.setFocus()
        QTest.keyClick(line, Qt.Key.Key_Space)
        assert len(workspace.selection) == 1

    def test_instances_of_different_blocks_share_their_number_of_copies(
        self, hand: Any, nested: Workspace, inspector: Inspector, type_into: Callable[..., None], undone: Any
    ) -> None:
        hand.select("units", "tail")
        assert "All are Unit" in texts(inspector)
        undone()
        type_into(spin(inspector, "repeat"), "4")
        assert [hand.held(name, "repeat") for name in ("units", "tail")] == [4, 4]

    def test_inside_a_block_they_are_computed_alike(
        self, hand: Any, inside: Workspace, inspector: Inspector, undone: Any
    ) -> None:
        hand.select("conv", "last")
        inside.select([*inside.selection, *(n.id for n in inside.graph.nodes.values() if n.layer == "leaky_relu")])
        assert not page(inspector).findChildren(QAbstractSpinBox, "param_out_channels")
        hand.select("conv", "last")
        hand.press("groups")
        undone()
        QTest.keyClicks(hand.expression("groups"), "channels")
        QTest.keyClick(hand.expression("groups"), Qt.Key.Key_Return)
        assert [hand.held(name, "groups") for name in ("conv", "last")] == ["=channels"] * 2


class TestFollowing:
    def test_a_layer_that_becomes_another_changes_the_form(
        self, inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId], qtbot: Any
    ) -> None:
        nodes = [add("conv2d"), add("conv2d")]
        workspace.select(nodes)
        workspace.push(Compound("Change", tuple(SetLayer(node, "linear", spec_defaults("linear")) for node in nodes)))
        qtbot.waitUntil(lambda: "All are Dense" in texts(inspector))
        assert spin(inspector, "out_features").isVisible()

    def test_a_renamed_block_and_its_new_parameter_are_shown(
        self, hand: Any, nested: Workspace, inspector: Inspector, qtbot: Any
    ) -> None:
        hand.select("units", "tail", "output")
        nested.push(RenameBlock("Unit", "Cell"))
        qtbot.waitUntil(lambda: "Cell" in texts(inspector))
        hand.select("units", "tail")
        block = nested.document.blocks["Cell"]
        extra = Int(name="extra", default=3, doc="More.")
        nested.push(DescribeBlock("Cell", (*block.params, extra), block.doc))
        qtbot.waitUntil(lambda: spin(inspector, "extra") is not None)
        assert spin(inspector, "extra").text() == "3"

    def test_undo_of_many_changes_shows_what_holds_again(
        self, inspector: Inspector, workspace: Workspace, add: Callable[..., NodeId]
    ) -> None:
        nodes = [add("linear", out_features=8), add("linear", out_features=32), add("linear", out_features=32)]
        workspace.select(nodes)
        field = spin(inspector, "out_features")
        workspace.push(Compound("Set", tuple(SetParam(node, "out_features", 5) for node in nodes)))
        assert field.text() == "5"
        workspace.undo_stack.undo()
        assert field.text() == ""
        workspace.push(SetParam(nodes[0], "out_features", 32))
        assert field.text() == "32"


def spec_defaults(layer: str) -> dict[str, Any]:
    return {param.name: param.default for param in spec(layer).params}
