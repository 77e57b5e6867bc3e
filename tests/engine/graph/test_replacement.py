"""A project becomes another one by one edit, to the byte, and undone it is what it was, whatever the two are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.block_edits import Within
from engine.graph.document import dump
from engine.graph.edits import Compound, Edit, MoveNodes, SetParam, SetSetting
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.replacement import replacement
from engine.zoo.registry import TEMPLATES, ZOO


def check(old: Graph, new: Graph) -> Compound:
    before, wanted = dump(old), dump(new)
    edit = replacement(old, new, "Restore")
    inverse = edit.apply(old)
    assert dump(old) == wanted
    assert dump(new) == wanted
    inverse.apply(old)
    assert dump(old) == before
    return edit


@pytest.mark.parametrize("one", ["lenet5", "resnet18", "residual_cnn"])
@pytest.mark.parametrize("other", ["resnet18", "resnet50", "spirals_mlp"])
def test_any_network_becomes_any_other_one(one: str, other: str) -> None:
    check(ZOO[one].build(), ZOO[other].build())


@given(data=st.data())
def test_what_was_edited_comes_back(data: Any, some_edit: Callable[[Graph, Any], Edit]) -> None:
    graph = data.draw(st.sampled_from(list(TEMPLATES.values()))).build()
    states = [graph.snapshot()]
    for _ in range(data.draw(st.integers(1, 12))):
        try:
            some_edit(graph, data.draw).apply(graph)
        except GraphError:
            continue
        states.append(graph.snapshot())
    old, new = data.draw(st.sampled_from(states)), data.draw(st.sampled_from(states))
    check(old.snapshot(), new)


def test_what_is_the_same_stays_untouched() -> None:
    old = ZOO["lenet5"].build()
    new = old.snapshot()
    assert check(old, new).edits == ()
    conv = next(node for node in new.nodes.values() if node.layer == "conv2d")
    MoveNodes({conv.id: (8.0, 16.0)}).apply(new)
    SetSetting("recipe", "seed", 11).apply(new)
    assert {type(edit) for edit in check(old, new).edits} == {MoveNodes, SetSetting}


def test_a_block_that_differs_takes_those_that_hold_it_along() -> None:
    old = ZOO["resnet18"].build()
    new = old.snapshot()
    (block,) = old.blocks
    conv = next(node for node in new.blocks.graph(block).nodes.values() if node.layer == "conv2d")
    Within(block, SetParam(conv.id, "kernel_size", (5, 5))).apply(new)
    check(old, new)


def test_values_that_only_python_takes_for_the_same_are_told_apart() -> None:
    old = ZOO["lenet5"].build()
    SetSetting("recipe", "flag", 1).apply(old)
    new = old.snapshot()
    SetSetting("recipe", "flag", True).apply(new)
    check(old, new)
