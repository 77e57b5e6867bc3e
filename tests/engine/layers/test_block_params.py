"""Parameters of blocks are added, removed, moved, renamed and changed; their uses follow, and undo takes it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.analysis.shapes import ShapeInference
from engine.graph import document
from engine.graph.block_edits import Within
from engine.graph.edits import Edit, SetParam
from engine.graph.errors import GraphError
from engine.graph.model import Graph, NodeId
from engine.graph.params import Bool, Choice, Float, Int, Param, Sizes
from engine.layers.block_params import ChangeDoc, ChangeParam, add_param, move_param, remove_param, rename_param
from engine.layers.validation import validated
from engine.zoo.sketch import Sketch, draw_block, instance_of

CHANNELS = Int(name="channels", default=8, minimum=1, maximum=512, doc="Filters.")
STRIDE = Int(name="stride", default=1, minimum=1, doc="Step.")
UNUSED = Float(name="slope", default=0.1, doc="Nothing uses it.")


def draw_conv(pen: Sketch) -> None:
    pen.then("block_input")
    pen.then("conv2d", out_channels="=width", kernel_size=1)
    pen.then("block_output")


def draw_unit(pen: Sketch) -> None:
    pen.then("block_input")
    pen.then("conv2d", out_channels="=2*channels", kernel_size=3, padding=1, stride="=stride")
    pen.then("block:Conv", width="=channels if channels > 4 else min(stride, channels)")
    pen.then("block_output")


def draw_stage(pen: Sketch) -> None:
    pen.then("block_input")
    pen.then("block:Unit", "unit", channels="=size // 2", slope=0.5)
    pen.then("block_output")


CONV = draw_block("Conv", "One by one.", draw_conv, (Int(name="width", default=4, minimum=1, doc=""),))
UNIT = draw_block("Unit", "Two.", draw_unit, (CHANNELS, STRIDE, UNUSED), (CONV,))
STAGE = draw_block("Stage", "", draw_stage, (Int(name="size", default=16, minimum=2, doc=""),), (CONV, UNIT))


@pytest.fixture
def graph() -> Graph:
    """A network with Unit placed in it and, within Stage, once more."""
    pen = Sketch()
    pen.use(CONV, UNIT, STAGE)
    pen.then("input", shape=(3, 16, 16))
    pen.then(instance_of(UNIT), "unit", channels=6, stride=2)
    pen.then(instance_of(STAGE), "stage")
    pen.then("output")
    return pen.graph


def parameters(graph: Graph) -> int:
    analysis = ShapeInference().analyse(graph)
    assert analysis.is_valid
    return analysis.parameters


def by_hand() -> int:
    """Weights and biases of: conv 3→12 (3×3), 12→6; then with channels 8: conv 6→16 (3×3), 16→8."""
    return (3 * 9 + 1) * 12 + (12 + 1) * 6 + (6 * 9 + 1) * 16 + (16 + 1) * 8


def done_and_undone(graph: Graph, edit: Edit) -> Callable[[], None]:
    """Apply `edit`, check that the file still reads the same, and return what takes it back and compares."""
    before = document.dump(graph)
    inverse = edit.apply(graph)
    after = document.dump(graph)
    assert after != before
    assert document.dump(validated(document.parse(after))) == after

    def undo() -> None:
        redo = inverse.apply(graph)
        assert document.dump(graph) == before
        undo_again = redo.apply(graph)
        assert document.dump(graph) == after
        undo_again.apply(graph)
        assert document.dump(graph) == before

    return undo


def value(graph: Graph, block: str, node: str, name: str) -> object:
    found = graph.blocks.graph(block).named(node)
    assert found is not None
    return found.params[name]


def test_a_renamed_parameter_is_followed_everywhere(graph: Graph) -> None:
    assert parameters(graph) == by_hand()
    undo = done_and_undone(graph, rename_param(graph, "Unit", "channels", "filters"))
    assert [param.name for param in graph.blocks["Unit"].params] == ["filters", "stride", "slope"]
    assert value(graph, "Unit", "conv", "out_channels") == "=2 * filters"
    assert value(graph, "Unit", "conv", "stride") == "=stride", "what does not use it stays as it was typed"
    inner = "=filters if filters > 4 else min(stride, filters)"
    assert [node.params["width"] for _, node in graph.blocks.instances("Conv")] == [inner]
    assert value(graph, "", "unit", "filters") == 6
    assert value(graph, "Stage", "unit", "filters") == "=size // 2"
    assert all("channels" not in node.params for _, node in graph.blocks.instances("Unit"))
    assert parameters(graph) == by_hand()
    undo()


def test_a_rename_is_one_step_from_inside_the_block_as_well(graph: Graph) -> None:
    inner = graph.blocks.graph("Unit")
    undo = done_and_undone(graph, Within("Unit", rename_param(inner, "Unit", "stride", "step")))
    assert value(graph, "Unit", "conv", "stride") == "=step"
    undo()


@pytest.mark.parametrize("name", ["stride", "repeat", "numbering", "2nd", "", "my channels", "class", "_x", "größe"])
def test_a_name_that_cannot_be_is_refused(name: str, graph: Graph) -> None:
    before = document.dump(graph)
    with pytest.raises(GraphError, match=r"\.$"):
        rename_param(graph, "Unit", "channels", name)
    with pytest.raises(GraphError, match=r"\.$"):
        add_param(graph, "Unit", Int(name=name, default=1, doc=""))
    assert document.dump(graph) == before


def test_a_parameter_may_keep_its_name(graph: Graph) -> None:
    before = [param.name for param in graph.blocks["Unit"].params]
    rename_param(graph, "Unit", "channels", "channels").apply(graph)
    assert [param.name for param in graph.blocks["Unit"].params] == before


@pytest.mark.parametrize(
    "param",
    [
        Int(name="groups", default=1, minimum=1, maximum=4, doc="How many."),
        Float(name="drop", default=0.5, minimum=0.0, maximum=1.0, doc=""),
        Bool(name="bias", default=True, doc=""),
        Choice(name="kind", default="b", options=("a", "b"), doc=""),
        Sizes(name="kernel", default=(3, 5), minimum=1, doc=""),
    ],
    ids=lambda param: param.name,
)
def test_a_new_parameter_can_be_set_at_every_instance(param: Param, graph: Graph) -> None:
    undo = done_and_undone(graph, add_param(graph, "Unit", param))
    assert graph.blocks["Unit"].params[-1] == param
    for place, node in graph.blocks.instances("Unit"):
        assert node.params[param.name] == param.default
        SetParam(node.id, param.name, param.default).apply(place)
    undo()


def test_a_default_outside_of_the_range_is_refused(graph: Graph) -> None:
    with pytest.raises(GraphError, match="between 2 and 4"):
        add_param(graph, "Unit", Int(name="groups", default=1, minimum=2, maximum=4, doc=""))


def test_a_used_parameter_cannot_be_removed(graph: Graph) -> None:
    before = document.dump(graph)
    with pytest.raises(GraphError, match="“channels” is still used by “conv” in “Unit”"):
        remove_param(graph, "Unit", "channels").apply(graph)
    assert document.dump(graph) == before


def test_a_removed_parameter_leaves_the_instances(graph: Graph) -> None:
    undo = done_and_undone(graph, remove_param(graph, "Unit", "slope"))
    assert all("slope" not in node.params for _, node in graph.blocks.instances("Unit"))
    assert parameters(graph) == by_hand()
    undo()
    assert value(graph, "Stage", "unit", "slope") == 0.5


def test_parameters_are_put_in_order(graph: Graph) -> None:
    undo = done_and_undone(graph, move_param(graph, "Unit", "slope", 0))
    assert [param.name for param in graph.blocks["Unit"].params] == ["slope", "channels", "stride"]
    undo()
    move_param(graph, "Unit", "channels", 1).apply(graph)
    assert [param.name for param in graph.blocks["Unit"].params] == ["stride", "channels", "slope"]


def test_default_range_and_text_are_changed(graph: Graph) -> None:
    changed = Int(name="channels", default=4, minimum=2, maximum=64, doc="How wide.")
    undo = done_and_undone(graph, ChangeParam("Unit", changed, "doc"))
    assert graph.blocks["Unit"].params[0] == changed
    undo()


def test_a_range_that_an_instance_does_not_fit_is_refused(graph: Graph) -> None:
    before = document.dump(graph)
    narrow = Int(name="channels", default=8, minimum=7, doc="")
    with pytest.raises(GraphError, match=r"“unit” has another value: .*between 7 and .*not 6\. Change it first\."):
        ChangeParam("Unit", narrow, "minimum").apply(graph)
    with pytest.raises(GraphError, match="begins with does not fit"):
        ChangeParam("Unit", Int(name="channels", default=8, maximum=7, doc=""), "maximum").apply(graph)
    assert document.dump(graph) == before


def test_typing_a_default_is_one_step() -> None:
    def default(number: int, detail: str = "default", name: str = "channels") -> ChangeParam:
        return ChangeParam("Unit", Int(name=name, default=number, doc=""), detail)

    assert default(6).merge(default(64)) == default(64)
    assert default(6).merge(default(64, "minimum")) is None
    assert default(6).merge(default(64, name="stride")) is None
    assert default(6).merge(SetParam(NodeId("n1"), "channels", 64)) is None


def test_a_block_is_described(graph: Graph) -> None:
    undo = done_and_undone(graph, ChangeDoc("Unit", "Two convolutions, one of them 1×1."))
    assert graph.blocks["Unit"].doc == "Two convolutions, one of them 1×1."
    undo()
    assert ChangeDoc("Unit", "T").merge(ChangeDoc("Unit", "Tw")) == ChangeDoc("Unit", "Tw")
    assert ChangeDoc("Unit", "T").merge(ChangeDoc("Conv", "Tw")) is None


def test_what_is_gone_is_said(graph: Graph) -> None:
    for edit in (
        lambda: rename_param(graph, "Unit", "gone", "other"),
        lambda: remove_param(graph, "Unit", "gone"),
        lambda: move_param(graph, "Unit", "gone", 0),
        lambda: ChangeParam("Unit", Int(name="gone", default=1, doc=""), "doc").apply(graph),
        lambda: ChangeDoc("Gone", "").apply(graph),
        lambda: add_param(graph, "Gone", Int(name="x", default=1, doc="")),
    ):
        with pytest.raises(GraphError, match="any more"):
            edit()
