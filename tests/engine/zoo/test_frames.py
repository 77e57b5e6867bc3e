"""The stages of reference networks stand in frames, called as in their papers, which change nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.compiler.codegen import generate
from engine.graph.model import Graph
from engine.layers.unfolding import unfolded
from engine.zoo.registry import ZOO

TITLES = {
    "resnet50": ["conv2_x", "conv3_x", "conv4_x", "conv5_x"],
    "plain34": ["conv2_x", "conv3_x", "conv4_x", "conv5_x"],
    "resnet20": ["16 filters", "32 filters", "64 filters"],
    "googlenet": ["Inception 3", "Inception 4", "Inception 5"],
    "vgg16": ["conv3-64", "conv3-128", "conv3-256", "conv3-512", "conv3-512"],
    "densenet121": [
        "Dense Block (1)",
        "Transition Layer (1)",
        "Dense Block (2)",
        "Transition Layer (2)",
        "Dense Block (3)",
        "Transition Layer (3)",
        "Dense Block (4)",
    ],
    "unet": ["Contracting path", "Expansive path"],
}


@pytest.mark.parametrize("name", TITLES)
def test_stages_stand_in_frames(name: str) -> None:
    graph = ZOO[name].build()
    frames = graph.annotations.frames
    assert [frame.title for frame in frames] == TITLES[name]
    assert all(first.colour != second.colour for first, second in pairwise(frames))
    assert len(frozenset().union(*(frame.members for frame in frames))) == sum(len(frame.members) for frame in frames)


def test_a_frame_encloses_its_stage_and_nothing_else() -> None:
    graph = ZOO["resnet50"].build()
    frame = graph.annotations.frames[1]
    assert {graph.nodes[node].name for node in frame.members} == {"layer2.0", "layer2.1"}
    graph = ZOO["vgg11_bn"].build()
    names = [graph.nodes[node].name for node in sorted(graph.annotations.frames[1].members, key=lambda n: int(n[1:]))]
    assert names == [f"features.{index}" for index in range(4, 8)]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", TITLES)
def test_frames_change_nothing_of_the_exported_code(name: str) -> None:
    framed = ZOO[name].build()
    blocks = [block.definition() for block in framed.blocks.values()]
    bare = Graph.assemble(framed.nodes.values(), framed.edges, framed.settings, blocks)
    assert not bare.annotations
    assert generate(bare) == generate(framed)


def test_unfolding_keeps_frames_around_what_was_in_them() -> None:
    flat = unfolded(ZOO["densenet121"].build())
    frames = flat.annotations.frames
    assert sorted(frame.title for frame in frames) == sorted(TITLES["densenet121"])
    # Norm, ReLU and convolution twice and a concat in each layer; norm, ReLU, convolution and pool between two blocks.
    sizes = {frame.title: len(frame.members) for frame in frames}
    assert [sizes[f"Dense Block ({number})"] for number in (1, 2, 3, 4)] == [7 * 6, 7 * 12, 7 * 24, 7 * 16]
    assert [sizes[f"Transition Layer ({number})"] for number in (1, 2, 3)] == [4, 4, 4]
    assert len(frozenset().union(*(frame.members for frame in frames))) == sum(sizes.values())
