"""The library of blocks: each works at several settings, uses what can be set, and is what its paper says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.ops import MLP, Conv2dNormActivation, SqueezeExcitation

from engine.compiler.build import build
from engine.graph import document, expressions
from engine.graph.blocks import BlockDefinition, block_of
from engine.graph.edits import RemoveNode
from engine.graph.model import Graph
from engine.graph.params import ParamValue
from engine.layers.blocks import block_spec
from engine.project import checked
from engine.zoo.blocks import LIBRARY, needed
from engine.zoo.sketch import Sketch, draw_block, instance_of

ROOT = Path(__file__).parents[3]
IMAGE, SEQUENCE = (12, 9, 10), (5, 8)
CASES: list[tuple[str, dict[str, ParamValue], tuple[int, ...], tuple[int, ...]]] = [
    ("ConvNormAct", {}, IMAGE, (64, 9, 10)),
    ("ConvNormAct", {"channels": 5, "kernel_size": 5, "stride": 2, "eps": 0.1}, IMAGE, (5, 5, 5)),
    ("DoubleConv", {"channels": 7}, IMAGE, (7, 9, 10)),
    ("BasicBlock", {"channels": 12}, IMAGE, (12, 9, 10)),
    ("BasicBlock", {"channels": 20, "stride": 2}, IMAGE, (20, 5, 5)),
    ("Bottleneck", {"channels": 3}, IMAGE, (12, 9, 10)),
    ("Bottleneck", {"channels": 8, "stride": 3}, IMAGE, (32, 3, 4)),
    ("PlainBlock", {"channels": 20, "stride": 2}, IMAGE, (20, 5, 5)),
    ("SEBottleneck", {"channels": 4, "reduction": 4}, IMAGE, (16, 9, 10)),
    ("SEBottleneck", {"channels": 3, "stride": 2, "reduction": 100}, IMAGE, (12, 5, 5)),
    ("SqueezeExcitation", {"channels": 12, "reduction": 3}, IMAGE, IMAGE),
    ("Inception", {}, IMAGE, (64 + 128 + 32 + 32, 9, 10)),
    ("Inception", {"ch1x1": 1, "ch3x3": 2, "ch5x5": 3, "pool_proj": 4, "large_kernel": 5}, IMAGE, (10, 9, 10)),
    ("InceptionAux", {"classes": 6}, IMAGE, (6,)),
    ("Fire", {"squeeze": 2, "expand1x1": 3, "expand3x3": 4}, IMAGE, (7, 9, 10)),
    ("DenseLayer", {"growth": 5, "bn_size": 2}, IMAGE, (17, 9, 10)),
    ("DenseBlock", {"layers": 1, "growth": 5}, IMAGE, (17, 9, 10)),
    ("DenseBlock", {"layers": 4, "growth": 5, "bn_size": 1}, IMAGE, (32, 9, 10)),
    ("Transition", {"channels": 6}, IMAGE, (6, 4, 5)),
    ("DepthwiseSeparable", {"channels": 7, "stride": 2}, IMAGE, (7, 5, 5)),
    ("DepthwiseLinear", {"channels": 7}, IMAGE, (7, 9, 10)),
    ("InvertedBottleneck", {"in_channels": 12, "channels": 7, "stride": 2, "expansion": 3}, IMAGE, (7, 5, 5)),
    ("InvertedResidual", {"channels": 12, "expansion": 2}, IMAGE, IMAGE),
    ("MLP", {"features": 3, "hidden": 9, "dropout": 0.0}, (8,), (3,)),
    ("MLP", {"features": 3}, SEQUENCE, (5, 3)),
    ("TransformerEncoderBlock", {"features": 8, "heads": 2, "hidden": 11}, SEQUENCE, SEQUENCE),
    ("TransformerEncoderBlock", {"features": 8, "heads": 8, "dropout": 0.5}, SEQUENCE, SEQUENCE),
]


def network(name: str, params: Mapping[str, Any], shape: tuple[int, ...]) -> Graph:
    """One instance of the block between an input and an output."""
    pen = Sketch()
    pen.use(*needed(name))
    pen.then("input", shape=shape)
    pen.then(instance_of(LIBRARY[name]), "block", **params)
    pen.then("output")
    return pen.graph


def compiled(name: str, params: Mapping[str, Any], shape: tuple[int, ...]) -> nn.Module:
    return build(network(name, params, shape)).block


def agree(ours: nn.Module, theirs: nn.Module, *shape: int, state: Mapping[str, Tensor] | None = None) -> None:
    """With equal weights, by name, both are the same function."""
    ours.load_state_dict(theirs.state_dict() if state is None else state, strict=True)
    x = torch.randn(2, *shape)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x))


def test_every_block_is_tried() -> None:
    assert {case[0] for case in CASES} == set(LIBRARY)


@pytest.mark.parametrize(("name", "params", "shape", "expected"), CASES)
def test_it_compiles_and_runs(
    name: str, params: dict[str, ParamValue], shape: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    graph = network(name, params, shape)
    data = document.dump(graph)
    assert document.dump(checked(document.parse(data), "The file")) == data
    model = build(graph)
    assert model(torch.randn(2, *shape)).shape == (2, *expected)
    assert type(model.block).__name__ == name


@pytest.mark.parametrize("name", LIBRARY)
def test_it_says_what_it_is_and_uses_all_that_can_be_set(name: str) -> None:
    block = LIBRARY[name]
    assert block.name == name
    assert block.doc.endswith(".")
    used: set[str] = set()
    for node in block.nodes:
        for value in node.params.values():
            if isinstance(value, str) and expressions.is_expression(value):
                used |= expressions.names_in(expressions.parse(value[1:]))[0]
    assert used == {param.name for param in block.params}
    assert all(param.doc.endswith(".") for param in block.params)


def test_looking_a_block_up_does_not_change_it() -> None:
    graph = network("DenseBlock", {}, IMAGE)
    inside = graph.blocks["DenseBlock"].graph
    RemoveNode(inside.wiring.topological_order()[-1]).apply(inside)
    assert len(inside.nodes) == 2
    assert len(LIBRARY["DenseBlock"].nodes) == 3
    with pytest.raises(KeyError):
        LIBRARY["NoSuchBlock"]


@pytest.mark.parametrize("name", LIBRARY)
def test_what_a_block_needs_comes_innermost_first(name: str) -> None:
    placed: set[str] = set()
    for definition in needed(name):
        assert {block_of(node.layer) for node in definition.nodes} - {None} <= placed
        placed.add(definition.name)
    assert definition == LIBRARY[name]


def test_blocks_are_drawn_only_when_they_are_needed() -> None:
    code = """
import sys
from unittest import mock
from engine.zoo import sketch
with mock.patch.object(sketch.Sketch, "add", side_effect=AssertionError("something is drawn")):
    from engine.zoo import blocks, registry
    assert len(blocks.LIBRARY) and len(registry.ZOO)
assert "torch" not in sys.modules
assert blocks.LIBRARY["Bottleneck"].nodes
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_block_inside_another_is_found() -> None:
    outer = draw_block("Outer", "", lambda pen: pen.then("block:Fire"), uses=needed("Fire"))
    assert [block_of(node.layer) for node in outer.nodes] == ["Fire"]
    assert isinstance(outer, BlockDefinition)
    graph = Sketch().graph
    for definition in (*needed("Fire"), outer):
        graph.blocks.add(definition)
    assert block_spec(graph.blocks["Outer"]).label == "Outer"


def test_conv_norm_act_is_torchvisions() -> None:
    theirs = Conv2dNormActivation(12, 5, kernel_size=5, stride=2)
    nn.init.uniform_(theirs[1].running_var, 0.5, 2.0)
    named = {"0": "conv", "1": "bn"}
    state = {f"{named[key[0]]}{key[1:]}": value for key, value in theirs.state_dict().items()}
    agree(compiled("ConvNormAct", {"channels": 5, "kernel_size": 5, "stride": 2}, IMAGE), theirs, *IMAGE, state=state)


def test_squeeze_and_excitation_is_torchvisions() -> None:
    agree(compiled("SqueezeExcitation", {"channels": 12, "reduction": 4}, IMAGE), SqueezeExcitation(12, 3), *IMAGE)


def test_se_bottleneck_weighs_its_channels_before_they_are_added() -> None:
    ours = compiled("SEBottleneck", {"channels": 3, "reduction": 4}, IMAGE).eval()
    plain = compiled("Bottleneck", {"channels": 3}, IMAGE).eval()
    plain.load_state_dict({key: value for key, value in ours.state_dict().items() if not key.startswith("se.")})
    x = torch.randn(2, *IMAGE)
    # A gate that is shut leaves the skip connection alone; one that is open leaves the Bottleneck.
    nn.init.zeros_(ours.se.fc2.weight)
    for opening, expected in ((-100.0, x.relu()), (100.0, plain(x))):
        nn.init.constant_(ours.se.fc2.bias, opening)
        torch.testing.assert_close(ours(x), expected)


def test_depthwise_separable_is_a_convolution_in_two_steps() -> None:
    theirs = nn.Sequential(
        *(nn.Conv2d(12, 12, 3, stride=2, padding=1, groups=12, bias=False), nn.BatchNorm2d(12), nn.ReLU()),
        *(nn.Conv2d(12, 7, 1, bias=False), nn.BatchNorm2d(7), nn.ReLU()),
    )
    names = {"0": "depthwise", "1": "bn1", "3": "pointwise", "4": "bn2"}
    state = {f"{names[key[0]]}{key[1:]}": value for key, value in theirs.state_dict().items()}
    agree(compiled("DepthwiseSeparable", {"channels": 7, "stride": 2}, IMAGE), theirs, *IMAGE, state=state)


def test_the_mlp_is_torchvisions() -> None:
    theirs = MLP(8, [9, 3], activation_layer=nn.GELU, inplace=None, dropout=0.3)
    names = {"0": "fc1", "3": "fc2"}
    state = {f"{names[key[0]]}{key[1:]}": value for key, value in theirs.state_dict().items()}
    agree(compiled("MLP", {"features": 3, "hidden": 9, "dropout": 0.3}, (8,)), theirs, 8, state=state)


def test_the_transformer_block_is_pytorchs_with_the_norms_first() -> None:
    theirs = nn.TransformerEncoderLayer(
        8, 2, 11, activation="gelu", batch_first=True, norm_first=True, layer_norm_eps=1e-6
    )
    nn.init.normal_(theirs.norm1.bias)
    names = {"norm1": "ln_1", "norm2": "ln_2", "self_attn": "self_attention"}
    names |= {"linear1": "mlp.fc1", "linear2": "mlp.fc2"}
    state = {}
    for key, value in theirs.state_dict().items():
        part, _, rest = key.partition(".")
        state[f"{names[part]}.{rest}"] = value
    ours = compiled("TransformerEncoderBlock", {"features": 8, "heads": 2, "hidden": 11}, SEQUENCE)
    agree(ours, theirs.eval(), *SEQUENCE, state=state)
