"""Instances in the clipboard: their blocks come along, meet those of the project, and never contain themselves."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine.graph.block_edits import Within
from engine.graph.document import dump
from engine.graph.edits import AddNode, MoveNodes, SetParam
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.params import Int
from engine.layers.fragment import copy, paste
from engine.layers.nodes import new_node
from engine.layers.validation import validated
from engine.zoo.blocks import LIBRARY, needed
from engine.zoo.sketch import Sketch, draw_block

CHANNELS = Int(name="channels", default=16, minimum=1, doc="How many.")


def draw_inner(pen):
    pen.add("block_input", name="x")
    pen.then("relu", name="act")
    pen.then("block_output", name="result")


INNER = draw_block("Inner", "", draw_inner)


def draw_outer(pen):
    pen.add("block_input", name="x")
    pen.then("conv2d", name="conv", out_channels="=4*channels")
    pen.then("block:Inner", name="inner")
    pen.then("block_output", name="result")


OUTER = draw_block("Outer", "Outer.", draw_outer, params=(CHANNELS,), uses=(INNER,))


def project():
    """image → part (Outer)."""
    pen = Sketch()
    pen.use(INNER, OUTER)
    pen.add("input", name="image", shape=(3, 8, 8))
    pen.then("block:Outer", name="part", channels=5)
    return pen.graph


def copied(graph, *names):
    return copy(graph, [graph.named(name).id for name in names])


def pasted(target, text):
    """Paste into `target`; check that undo leaves nothing behind, and that the result is a sound project."""
    before = dump(target.blocks.graph(""))
    edit = paste(target, text).edit
    edit.apply(target).apply(target)
    assert dump(target.blocks.graph("")) == before
    edit.apply(target)
    validated(target.blocks.graph(""))
    return target


def test_a_copied_instance_brings_its_block_and_those_inside_it():
    target = pasted(Graph(), copied(project(), "part"))
    assert list(target.blocks) == ["Inner", "Outer"]
    assert target.blocks["Outer"].definition() == OUTER
    assert target.named("part").layer == "block:Outer"
    assert target.named("part").params["channels"] == 5


@pytest.mark.parametrize("name", list(LIBRARY))
def test_every_block_of_the_library_survives(name):
    pen = Sketch()
    pen.use(*needed(name))
    pen.add(f"block:{name}", name="part")
    target = pasted(Graph(), copied(pen.graph, "part"))
    for block in needed(name):
        found = target.blocks[block.name].definition()
        assert {node.id: node for node in found.nodes} == {node.id: node for node in block.nodes}
        assert set(found.edges) == set(block.edges)
        assert (found.params, found.doc) == (block.params, block.doc)


def test_only_what_is_used_comes_along():
    graph = project()
    graph.add_node(new_node(graph, "block:Inner", name="alone"))
    assert list(pasted(Graph(), copied(graph, "alone")).blocks) == ["Inner"]
    assert json.loads(copied(graph, "image"))["blocks"] == []


def test_an_equal_block_is_used_wherever_its_layers_lie():
    source, target = project(), project()
    conv = target.blocks["Outer"].graph.named("conv").id
    Within("Outer", MoveNodes({conv: (900.0, 900.0)})).apply(target)
    pasted(target, copied(source, "part"))
    assert list(target.blocks) == ["Inner", "Outer"]
    assert target.named("part2").layer == "block:Outer"


def test_a_block_that_differs_gets_a_free_name_and_its_instances_follow():
    source, target = project(), project()
    act = target.blocks["Inner"].graph.named("act").id
    AddNode(new_node(target.blocks["Inner"].graph, "tanh")).apply(target.blocks["Inner"].graph)
    assert act
    pasted(target, copied(source, "part"))
    assert list(target.blocks) == ["Inner", "Outer", "Inner2", "Outer2"]
    assert target.named("part").layer == "block:Outer"
    assert target.named("part2").layer == "block:Outer2"
    assert target.blocks["Outer2"].graph.named("inner").layer == "block:Inner2"
    assert target.blocks["Outer"].graph.named("inner").layer == "block:Inner"
    assert target.blocks["Inner2"].graph.named("tanh") is None


def test_a_copy_in_the_same_project_shares_the_block():
    graph = project()
    pasted(graph, copied(graph, "part"))
    assert list(graph.blocks) == ["Inner", "Outer"]


@pytest.mark.parametrize("inside", ["Outer", "Inner"])
def test_a_block_is_not_pasted_into_itself(inside):
    graph = project()
    before = dump(graph)
    with pytest.raises(GraphError, match="it would be inside itself") as caught:
        paste(graph.blocks[inside].graph, copied(graph, "part"))
    assert str(caught.value).endswith(".")
    assert dump(graph) == before


def test_into_a_block_that_it_may_lie_in():
    graph = project()
    inner = graph.blocks["Outer"].graph
    pasted(inner, copied(inner, "inner"))
    assert inner.named("inner2").layer == "block:Inner"


def test_expressions_stay_where_their_parameters_are_known_and_become_values_elsewhere():
    graph = project()
    outer = graph.blocks["Outer"].graph
    text = copied(outer, "conv")
    assert pasted(outer, text).named("conv2").params["out_channels"] == "=4*channels"
    assert pasted(graph, text).named("conv").params["out_channels"] == 64
    other = pasted(graph.blocks["Inner"].graph, text)
    assert other.named("conv").params["out_channels"] == 64


def test_ends_of_a_block_stay_inside_of_blocks():
    graph = project()
    outer = graph.blocks["Outer"].graph
    with pytest.raises(GraphError, match="belongs inside a block"):
        paste(graph, copied(outer, "x"))
    with pytest.raises(GraphError, match="cannot lie in a block"):
        paste(outer, copied(graph, "image"))
    assert pasted(outer, copied(outer, "x", "conv")).named("x2") is not None


def test_a_text_of_version_1_is_still_read():
    text = """{"netwright_fragment": 1,
"nodes": [
{"id":"n1","layer":"conv2d","name":"conv","x":0.0,"y":0.0,"params":{"out_channels":8}},
{"id":"n2","layer":"relu","name":"relu","x":0.0,"y":96.0,"params":{}}
],
"edges": [
{"from":["n1",0],"to":["n2",0]}
]}
"""
    target = pasted(Graph(), text)
    assert target.named("conv").params["out_channels"] == 8
    assert len(target.edges) == 1


def mangled(change):
    """What `copied` writes of an instance, after `change` has been at it."""
    text = json.loads(copied(project(), "part"))
    change(text)
    return json.dumps(text)


def block(text, name):
    return next(block for block in text["blocks"] if block["name"] == name)


HOSTILE = {
    "missing block": lambda text: text.update(blocks=[]),
    "missing inner block": lambda text: text["blocks"].remove(block(text, "Inner")),
    "inside itself": lambda text: block(text, "Inner")["nodes"].append(
        {"id": "n9", "layer": "block:Inner", "name": "again"}
    ),
    "each inside the other": lambda text: block(text, "Inner")["nodes"].append(
        {"id": "n9", "layer": "block:Outer", "name": "again"}
    ),
    "same name twice": lambda text: text["blocks"].append(block(text, "Inner")),
    "no class": lambda text: block(text, "Outer").update(name="not a class"),
    "unknown kind": lambda text: block(text, "Outer")["params"][0].update(kind="code"),
    "reserved parameter": lambda text: block(text, "Outer")["params"][0].update(name="repeat"),
    "default out of range": lambda text: block(text, "Outer")["params"][0].update(default=-5),
    "unknown field": lambda text: block(text, "Outer").update(code="import os"),
    "input of the network": lambda text: block(text, "Inner")["nodes"].append(
        {"id": "n9", "layer": "input", "name": "image"}
    ),
    "unknown layer inside": lambda text: block(text, "Inner")["nodes"].append(
        {"id": "n9", "layer": "evil", "name": "evil"}
    ),
    "bad parameter inside": lambda text: block(text, "Outer")["nodes"][1]["params"].update(out_channels=-1),
    "expression that is code": lambda text: block(text, "Outer")["nodes"][1]["params"].update(
        out_channels="=__import__('os').getpid()"
    ),
    "expression in nothing": lambda text: block(text, "Outer")["nodes"][1]["params"].update(out_channels="=height"),
    "endless name": lambda text: block(text, "Outer").update(name="A" * 100_000),
    "dangling inside": lambda text: block(text, "Outer")["edges"].append({"from": ["n1", 0], "to": ["n99", 0]}),
    "endless repetition": lambda text: text["nodes"][0]["params"].update(repeat=10**9),
    "too many": lambda text: block(text, "Inner")["nodes"].extend(
        {"id": f"m{index}", "layer": "relu", "name": f"relu{index}"} for index in range(10_001)
    ),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_gives_one_sentence_and_changes_nothing(change):
    graph = Graph()
    before = dump(graph)
    with pytest.raises(GraphError) as caught:
        paste(graph, mangled(change)).edit.apply(graph)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 400
    assert dump(graph) == before


def test_a_large_project_takes_no_more():
    graph = project()
    inner = graph.blocks["Inner"].graph
    first = new_node(inner, "relu")
    for index in range(9_993):
        inner.add_node(replace(first, id=f"m{index}", name=f"r{index}"))
    with pytest.raises(GraphError, match="at most"):
        paste(graph, copied(project(), "image", "part"))


def test_changed_parameters_of_an_instance_are_kept():
    graph = project()
    SetParam(graph.named("part").id, "repeat", 7).apply(graph)
    assert pasted(Graph(), copied(graph, "part")).named("part").params["repeat"] == 7
