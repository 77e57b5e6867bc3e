"""Code of networks with blocks: classes with arguments, copies in loops, conditions, and keys that stay the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.compiler.build import CompileError
from engine.compiler.codegen import Code, generate
from engine.graph.blocks import BlockDefinition
from engine.graph.params import Bool, Choice, Float, Int, Param
from engine.graph.params import Sizes as SizesParam
from engine.zoo.sketch import Sketch, draw_block, instance_of

Twins = Callable[..., Code]


def number(name: str, default: int = 8) -> Int:
    return Int(name=name, default=default, minimum=0, doc=f"The {name}.")


def conv_block(*params: Param, name: str = "Conv", **values: Any) -> BlockDefinition:
    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then("conv2d", "conv", **{"out_channels": "=channels", "padding": 1, **values})
        pen.then("batch_norm2d", "norm")
        pen.then("relu", "act")
        pen.then("block_output")

    return draw_block(name, "A convolution.", draw, (number("channels"), *params))


def dense_block() -> tuple[BlockDefinition, BlockDefinition]:
    def draw_layer(pen: Sketch) -> None:
        x = pen.then("block_input", "x")
        new = pen.then("conv2d", "conv", out_channels="=growth", padding=1)
        pen.add("concat", x, new, name="join")
        pen.then("block_output")

    layer = draw_block("Layer", "", draw_layer, (number("growth"),))

    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then(instance_of(layer), "layer1", growth="=growth", repeat="=layers", numbering="beside")
        pen.then("block_output")

    return layer, draw_block("Dense", "", draw, (number("growth"), number("layers", 2)), uses=[layer])


def network(*blocks: BlockDefinition, shape: tuple[int, ...] = (3, 8, 8)) -> Sketch:
    pen = Sketch()
    pen.use(*blocks)
    pen.then("input", shape=shape)
    return pen


def test_sizes_that_follow_from_the_input_are_arguments(twins: Twins) -> None:
    block = conv_block()
    pen = network(block)
    for channels in (4, 6):
        pen.then(instance_of(block), channels=channels)
    pen.then("output")
    code = twins(pen.graph, (3, 8, 8)).text
    assert "def __init__(self, in_channels: int, channels: int) -> None:" in code
    assert "nn.Conv2d(in_channels, channels, kernel_size=3, padding=1)" in code
    assert "nn.BatchNorm2d(channels)" in code
    assert "= Conv(3, 4)" in code
    assert "= Conv(4, 6)" in code


def test_a_parameter_that_is_seldom_changed_has_a_default(twins: Twins) -> None:
    block = conv_block(number("stride", 1), stride="=stride")
    pen = network(block)
    for stride in (1, 2, 1):
        pen.then(instance_of(block), channels=4, stride=stride)
    pen.then("output")
    code = twins(pen.graph, (3, 8, 8)).text
    assert "stride: int = 1) -> None:" in code
    assert "stride=2)" in code
    assert "stride=1" not in code


@pytest.mark.parametrize("name", ["stack", "group.stack"])
def test_copies_inside_of_a_name_become_a_loop_in_a_sequential(name: str, twins: Twins) -> None:
    block = conv_block()
    pen = network(block)
    pen.then(instance_of(block), name, channels=3, repeat=5)
    pen.then(instance_of(block), "other", channels=6, repeat=4)
    pen.then("output")
    code = twins(pen.graph, (3, 8, 8)).text
    assert "*(Conv(3) for _ in range(5))" in code or "*(Conv(3, 3) for _ in range(5))" in code
    assert "Conv(3, 6)" in code
    assert "*(Conv(6, 6) for _ in range(3))" in code


def test_copies_beside_each_other_join_the_sequential_around_them(twins: Twins) -> None:
    block = conv_block()
    pen = network(block)
    pen.then(instance_of(block), "stage.0", channels=6)
    pen.then(instance_of(block), "stage.1", channels=4, repeat=3, numbering="beside")
    pen.then(instance_of(block), "stage.4", channels=5)
    pen.then("output")
    code = twins(pen.graph, (3, 8, 8)).text
    assert code.count("self.stage(x)") == 1
    assert "*(Conv(4, 4) for _ in range(2))" in code


def test_growing_sizes_become_arithmetic(twins: Twins) -> None:
    layer, dense = dense_block()
    pen = network(layer, dense)
    for layers in (4, 6, 3):
        pen.then(instance_of(dense), growth=2, layers=layers)
    pen.then("output")
    code = twins(pen.graph, (3, 8, 8)).text
    assert 'self.add_module(f"layer{i + 1}", Layer(in_channels + i * growth' in code
    assert "for layer in self.children():" in code
    assert "(batch, in_channels + layers * growth, 8, 8)" in code


def test_growing_sizes_of_one_network_become_arithmetic_with_numbers(twins: Twins) -> None:
    layer, _ = dense_block()
    pen = network(layer)
    pen.then(instance_of(layer), "layer1", growth=2, repeat=6, numbering="beside")
    pen.then("conv2d", "conv")
    pen.then("output")
    code = twins(pen.graph, (3, 8, 8)).text
    assert "for i in range(6):" in code
    assert "Layer(3 + i * 2" in code or "Layer(3 + 2 * i" in code
    assert 'x = self.get_submodule(f"layer{i + 1}")(x)' in code


def test_one_copy_or_several_keep_their_names(twins: Twins) -> None:
    inner = conv_block()

    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then(instance_of(inner), "convs", channels="=channels", repeat="=depth")
        pen.then("block_output")

    outer = draw_block("Stage", "", draw, (number("channels"), number("depth", 1)), uses=[inner])
    pen = network(inner, outer)
    for depth in (1, 2, 4):
        pen.then(instance_of(outer), channels=3 + depth, depth=depth)
    pen.then("output")
    assert "if depth == 1" in twins(pen.graph, (3, 8, 8)).text


def test_a_shortcut_that_is_sometimes_the_identity_is_a_condition(twins: Twins) -> None:
    def draw(pen: Sketch) -> None:
        x = pen.then("block_input", "x")
        end = pen.then("conv2d", "conv", out_channels="=2*channels", padding=1, stride="=stride")
        skip = pen.add("shortcut", x, name="downsample", out_channels="=2*channels", stride="=stride")
        pen.add("add", end, skip)
        pen.then("block_output")

    block = draw_block("Residual", "", draw, (number("channels"), number("stride", 1)))
    pen = network(block)
    for channels, stride in ((4, 1), (4, 1), (5, 2), (5, 1)):
        pen.then(instance_of(block), channels=channels, stride=stride)
    pen.then("output")
    code = twins(pen.graph, (3, 8, 8)).text
    assert "stride != 1 or in_channels != 2 * channels" in code
    assert "else nn.Identity()" in code
    assert code.count("class Residual") == 1
    assert "identity = self.downsample(x)" in code


def test_parameters_choose_between_modules(twins: Twins) -> None:
    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then("self_attention", "attention", num_heads=2, causal="=causal")
        pen.then("block_output")

    block = draw_block("Attention", "", draw, (Bool(name="causal", default=False, doc="Whether."),))
    pen = network(block, shape=(5, 4))
    for causal in (True, False, False):
        pen.then(instance_of(block), causal=causal)
    pen.then("output")
    code = twins(pen.graph, (5, 4)).text
    assert "if causal else nn.MultiheadAttention(" in code or "if causal\n" in code


def test_a_choice_of_three_modules_is_spelled_out(twins: Twins) -> None:
    modes = ("zeros", "reflect", "circular")

    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then("pad", "pad", mode="=border")
        pen.then("block_output")

    param = Choice(name="border", default="zeros", options=modes, doc="What the border holds.")
    block = draw_block("Padded", "", draw, (param,))
    pen = network(block)
    for mode in modes:
        pen.then(instance_of(block), border=mode)
    pen.then("output")
    code = twins(pen.graph, (3, 8, 8)).text
    assert 'if border == "zeros"' in code
    assert code.count("class Padded") == 1


def test_windows_and_rates_are_passed_on(twins: Twins) -> None:
    window = SizesParam(name="window", default=(3, 3), minimum=1, doc="The window.")
    rate = Float(name="rate", default=0.5, minimum=0.0, maximum=1.0, doc="The rate.")

    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then("conv2d", "conv", kernel_size="=window", out_channels="=channels/2")
        pen.then("weighted_avg_pool2d", "pool", kernel_size="=window", stride=1, padding=0)
        pen.then("dropout", "drop", p="=rate/2")
        pen.then("block_output")

    block = draw_block("Windowed", "", draw, (number("channels"), window, rate))
    for windows in (((3, 3), (2, 2)), ((3, 2), (1, 1))):
        pen = network(block, shape=(3, 16, 16))
        for one in windows:
            pen.then(instance_of(block), window=one, channels=4, rate=0.25)
        pen.then("output")
        code = twins(pen.graph, (3, 16, 16)).text
        assert "channels // 2" in code
        assert "nn.Dropout(rate / 2)" in code


def test_blocks_with_several_inputs_and_outputs_are_unpacked(twins: Twins) -> None:
    def draw(pen: Sketch) -> None:
        one, other = pen.add("block_input", name="low"), pen.add("block_input", name="high")
        up = pen.add("upsample", low := one, name="up")
        joined = pen.add("concat", up, other, name="join")
        conv = pen.add("conv2d", joined, name="conv", out_channels="=channels", kernel_size=1)
        pen.add("block_output", conv, name="mixed")
        pen.add("block_output", low, name="same")

    block = draw_block("Up", "", draw, (number("channels"),))
    pen = network(block)
    start = pen._last
    assert start is not None
    small = pen.add("max_pool2d", start, name="pool", kernel_size=2)
    up = pen.add(instance_of(block), small, start, name="up", channels=4)
    again = pen.add("max_pool2d", (up, 0), name="again", kernel_size=2)
    final = pen.add(instance_of(block), again, (up, 0), name="final", channels=2)
    pen.add("output", (final, 0), name="first")
    pen.add("output", (up, 1), name="second")
    code = twins(pen.graph, (3, 8, 8)).text
    assert "low_channels: int" in code
    assert "high_channels: int" in code
    assert "nn.Conv2d(low_channels + high_channels, channels, kernel_size=1)" in code
    assert "mixed, same = self.up(" in code
    assert "-> tuple[Tensor, Tensor]:" in code


def test_a_block_for_vectors_and_for_sequences_becomes_two_classes(twins: Twins) -> None:
    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then("linear", "dense", out_features="=units")
        pen.then("flatten", "flat", start_dim="=axis")
        pen.then("block_output")

    block = draw_block("Dense", "", draw, (number("units"), number("axis", 1)))
    pen = network(block, shape=(5, 4))
    pen.then(instance_of(block), units=3, axis=2)
    pen.then(instance_of(block), units=6, axis=1)
    pen.then(instance_of(block), units=2, axis=1)
    pen.then("output")
    code = twins(pen.graph, (5, 4)).text
    assert "class Dense(nn.Module):" in code
    assert "class Dense2(nn.Module):" in code


def test_names_that_mean_something_else_are_avoided(twins: Twins) -> None:
    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        x = pen.then("conv2d", "i", out_channels="=max", kernel_size=1)
        skip = pen.add("shortcut", x, name="l", out_channels="=2*nn")
        wide = pen.add("conv2d", x, name="F", out_channels="=2*nn", kernel_size=1)
        mean = pen.add("mean", skip, wide, name="mean")
        pen.add("maximum", mean, skip, wide, name="crop")
        pen.then("block_output")

    params = [number("max", 3), number("nn", 4), number("i", 5)]
    block = draw_block("Projection", 'Says """nothing""" \\ at all"', draw, params)
    other = conv_block(name="Tensor")
    pen = network(block, other)
    pen.then(instance_of(block), "keys", nn=2)
    pen.then(instance_of(other), "mean", channels=3)
    pen.then("crop", "crop", size=(4, 4))
    pen.then("output")
    twins(pen.graph, (3, 8, 8))


def test_function_arguments_are_kept_for_forward(twins: Twins) -> None:
    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then("slice", "start", start="=begin", length="=2*width")
        pen.then("block_output")

    block = draw_block("Part", "", draw, (number("begin", 0), number("width", 1)))
    pen = network(block)
    pen.then("conv2d", out_channels=12)
    pen.then(instance_of(block), begin=1, width=3)
    pen.then(instance_of(block), begin=2, width=2)
    pen.then("output")
    code = twins(pen.graph, (3, 8, 8)).text
    assert "self.begin = begin" in code
    assert "start=self.begin, length=2 * self.width" in code


def test_weights_that_are_drawn_differently_get_classes_of_their_own(twins: Twins) -> None:
    choice = Choice(name="start", default="he_normal", options=("he_normal", "orthogonal", "zeros"), doc="How.")
    block = conv_block(choice, weight_init="=start")
    pen = network(block)
    for start in choice.options:
        pen.then(instance_of(block), channels=4, start=start)
    pen.then("output")
    code = twins(pen.graph, (3, 8, 8)).text
    assert {"he_normal(", "orthogonal(", "zero_weights("} <= set(code.replace("(", "( ").split())


def test_copies_that_collide_are_refused_as_by_the_compiler() -> None:
    block = conv_block()
    pen = network(block)
    pen.then(instance_of(block), "conv1", channels=3, repeat=3, numbering="beside")
    pen.then(instance_of(block), "conv2", channels=3)
    pen.then("output")
    with pytest.raises(CompileError, match="Two layers would be called “conv2”"):
        generate(pen.graph)
