"""Layers that rearrange values, beyond what the harness compares: several outputs, sentences, and gradients."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph.model import Edge, Graph
from engine.graph.params import ParamValue, check_all
from engine.layers.nodes import new_node
from engine.layers.registry import spec
from engine.layers.spec import TensorShape

IMAGE = (3, 8, 6)


def objection(layer: str, gets: TensorShape, /, **params: ParamValue) -> str:
    """Why a layer cannot take an input of the shape `gets`; empty when it can."""
    return spec(layer).objection([gets], check_all(spec(layer).params, params)) or ""


def chain(shape: TensorShape, *layers: tuple[str, dict[str, ParamValue]]) -> Graph:
    """Layers one behind another."""
    graph = Graph()
    for layer, params in (("input", {"shape": shape}), *layers, ("output", {})):
        graph.add_node(new_node(graph, layer, **params))
    nodes = list(graph.nodes)
    for source, target in pairwise(nodes):
        graph.add_edge(Edge(source, 0, target, 0))
    return graph


def test_patches_become_a_sequence() -> None:
    graph = chain(IMAGE, ("flatten", {"start_dim": 2}), ("transpose", {}))
    x = torch.randn(2, *IMAGE)
    torch.testing.assert_close(build(graph)(x), x.flatten(2).transpose(1, 2))


def test_there_and_back_again() -> None:
    graph = chain(
        IMAGE,
        ("permute", {"order": (2, 3, 1)}),
        ("permute", {"order": (3, 1, 2)}),
        ("unsqueeze", {"dim": -1}),
        ("squeeze", {"dim": 4}),
        ("pad", {"left": 1, "right": 2, "top": 3, "bottom": 3}),
        ("crop", {"size": (8, 6)}),
        ("flatten", {}),
        ("reshape", {"shape": (3, -1, 6)}),
    )
    x = torch.randn(2, *IMAGE)
    torch.testing.assert_close(build(graph)(x), x, rtol=0, atol=0)


def test_a_squeezed_sample_may_be_one_number() -> None:
    graph = chain((1,), ("squeeze", {}), ("prelu", {}))
    assert [report.outputs for report in ShapeInference().analyse(graph).nodes.values()][1:3] == [((),), ((),)]
    assert build(graph)(torch.ones(4, 1)).shape == (4,)
    for layer in ("flatten", "softmax", "squeeze", "slice", "split"):
        assert objection(layer, ()).endswith("but one number has only 0.")


def test_split_has_an_output_for_each_part() -> None:
    declared = spec("split")
    assert [port.name for port in declared.output_ports({"chunks": 3, "dim": 1})] == ["part 1", "part 2", "part 3"]
    graph = Graph()
    for layer, params in (("input", {"shape": IMAGE}), ("split", {"chunks": 3}), ("add", {}), ("output", {})):
        graph.add_node(new_node(graph, layer, **params))
    source, split, add, target = graph.nodes
    graph.add_edge(Edge(source, 0, split, 0))
    for port in range(3):
        graph.add_edge(Edge(split, port, add, port))
    graph.add_edge(Edge(add, 0, target, 0))
    x = torch.randn(2, *IMAGE)
    torch.testing.assert_close(build(graph)(x), x.sum(1, keepdim=True))


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_a_border_as_wide_as_the_image_can_fill(mode: str) -> None:
    widest = {"zeros": 50, "reflect": 5, "replicate": 50, "circular": 6}[mode]
    assert objection("pad", IMAGE, mode=mode, left=widest) == ""
    if widest < 50:
        assert f"there are only {widest} to" in objection("pad", IMAGE, mode=mode, left=widest + 1)
        assert objection("pad", IMAGE, mode=mode, top=widest + 2) == ""


@pytest.mark.parametrize(
    ("layer", "params", "reason"),
    [
        ("flatten", {"start_dim": 4}, "has only 3."),
        ("reshape", {"shape": (5, -1)}, "144 values do not fill it."),
        ("reshape", {"shape": (144, 1, 2)}, "Reshape cannot make 144 × 1 × 2 out of 3 × 8 × 6"),
        ("reshape", {"shape": (-1, -1)}, "only one of them may be −1"),
        ("reshape", {"shape": (0, -1)}, "sizes from 1 on"),
        ("permute", {"order": (1, 2)}, "each of the axes 1 to 3 of an image of 3 × 8 × 6 once, but its order is 1, 2."),
        ("permute", {"order": (1, 2, 2)}, "once"),
        ("transpose", {"dim0": 0}, "that is the batch"),
        ("transpose", {"dim1": 4}, "has only 3."),
        ("squeeze", {"dim": -4}, "that is the batch"),
        ("unsqueeze", {"dim": 0}, "that is the batch"),
        ("crop", {"size": (9, 2)}, "Crop is to be 9 high, but an image of 3 × 8 × 6 is only 8 high."),
        ("crop", {"size": (8, 7)}, "only 6 wide."),
        ("slice", {"dim": 1, "start": 2, "length": 2}, "takes entries 2 to 3 along axis 1"),
        (
            "split",
            {"dim": 2, "chunks": 3},
            "cannot cut an image of 3 × 8 × 6 into 3 equal parts of its 8 along axis 2.",
        ),
    ],
)
def test_refusals_say_what_met_what(layer: str, params: dict[str, ParamValue], reason: str) -> None:
    assert reason in objection(layer, IMAGE, **params)


def test_what_a_node_shows() -> None:
    shown = {
        "flatten": ({"start_dim": 2}, "from axis 2"),
        "reshape": ({"shape": (16, -1)}, "→ 16 × ?"),
        "permute": ({}, "2, 3, 1"),
        "transpose": ({}, "1 ↔ 2"),
        "pad": ({"left": 2}, "+2 +1 +1 +1"),
        "slice": ({"start": 2, "length": 3}, "2:5"),
        "split": ({}, "2 parts"),
        "crop": ({}, "→ 24×24"),
    }
    for layer, (params, text) in shown.items():
        assert spec(layer).summary(check_all(spec(layer).params, params)) == text
    assert spec("flatten").summary({"start_dim": 1}) == ""
    assert spec("pad").summary(check_all(spec("pad").params, {})) == "+1"
