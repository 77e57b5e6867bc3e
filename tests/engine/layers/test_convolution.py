"""Convolutions say in plain words what they cannot do, and do what their texts promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.shapes import ShapeInference
from engine.graph.model import Graph
from engine.layers.nodes import new_node
from engine.layers.registry import spec
from engine.layers.spec import TensorShape

if TYPE_CHECKING:
    from conftest import Harness


def objection(layer: str, shape: TensorShape, **params: Any) -> str | None:
    return spec(layer).objection([shape], new_node(Graph(), layer, **params).params)


@pytest.mark.parametrize(
    ("layer", "shape", "params", "part"),
    [
        ("conv1d", (4, 2), {}, "The convolution window is 3 long, but a sequence of 4 × 2 is only 2 long. Use a"),
        ("conv2d", (1, 9, 2), {}, "The convolution window is 3 wide, but an image of 1 × 9 × 2 is only 2 wide."),
        ("conv2d", (1, 1, 9), {"padding": 1, "dilation": 2}, "is 5 high, but an image of 1 × 1 × 9 is only 1 high (3"),
        ("conv3d", (1, 2, 9, 9), {}, "The convolution window is 3 deep, but"),
        ("conv2d", (3, 9, 9), {"groups": 2}, "3 input channels cannot be divided into 2 groups."),
        ("conv2d", (3, 9, 9), {"groups": 3}, "16 output channels cannot be divided into 3 groups."),
        ("conv2d", (3, 9, 9), {"same": True, "stride": (1, 2)}, "“Keep size” works with stride 1 only"),
        ("conv2d", (3, 4, 9), {"padding": 4, "padding_mode": "reflect"}, "is 4 high can be mirrored by 3 at most"),
        ("conv1d", (3, 4), {"padding": 5, "padding_mode": "circular"}, "can be wrapped around by 4 at most, not by 5"),
        ("conv2d", (3, 2, 2), {"same": True, "kernel_size": 5, "padding_mode": "reflect"}, "by 1 at most, not by 2"),
        ("conv2d", (65_000, 9, 9), {"out_channels": 60_000}, "Conv 2D would have 35,100,000,000 weights"),
        (
            "conv3d",
            (1, 99_999, 99_999, 1),
            {"padding": 1024, "out_channels": 65_536},
            "more values than fit into memory",
        ),
        ("depthwise_conv2d", (3, 2, 2), {}, "The convolution window is 3 high"),
        ("depthwise_conv2d", (65_000, 999, 99), {"multiplier": 1024, "kernel_size": 99}, "more than fit into memory"),
        ("conv_transpose2d", (3, 4, 4), {"output_padding": (0, 2)}, "An output padding of 2 is too much: stride 2"),
        ("conv_transpose2d", (3, 1, 4), {"padding": 1}, "nothing would be left (0 high)"),
        ("conv_transpose3d", (3, 99_999, 99_999, 1), {"stride": 1024}, "more values than fit into memory"),
        ("conv_transpose1d", (3, 4), {"groups": 2}, "3 input channels cannot be divided into 2 groups."),
        ("upsample", (99, 9_999, 9_999), {"scale_factor": 64}, "more values than fit into memory"),
        ("pixel_shuffle", (6, 4, 4), {}, "6 channels cannot be divided by 4. Give the layer before it a multiple of 4"),
        ("pixel_unshuffle", (3, 4, 5), {}, "blocks of 2×2, but an image of 3 × 4 × 5 cannot be divided so"),
    ],
)
def test_what_cannot_work_is_said_in_plain_words(
    layer: str, shape: TensorShape, params: dict[str, Any], part: str
) -> None:
    reason = objection(layer, shape, **params)
    assert reason is not None
    assert part in reason
    assert reason.endswith(".")
    assert len(reason) < 250


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("axes", [1, 2, 3])
@settings(max_examples=settings.default.max_examples // 2)
@given(data=st.data())
def test_keep_size_keeps_the_size(harness: Harness, axes: int, data: st.DataObject) -> None:
    declared = spec(f"conv{axes}d")
    params = data.draw(harness.values(declared))
    stride = 1 if axes == 1 else (1,) * axes
    params |= {"same": True, "stride": stride, "groups": 1, "padding_mode": "zeros"}
    shape = data.draw(st.tuples(*[st.integers(1, 6)] * (axes + 1)))
    report = ShapeInference().analyse(harness.network(declared, [shape], params)).nodes["n1"]
    assert report.outputs == ((params["out_channels"], *shape[1:]),)


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_padding_by_half_the_kernel_is_keep_size(harness: Harness, mode: str) -> None:
    declared, image = spec("conv2d"), torch.randn(2, 3, 7, 6)
    shared = {"kernel_size": (5, 3), "dilation": (1, 2), "padding_mode": mode}
    results = []
    for params in ({"same": True}, {"padding": (2, 2)}):
        values = new_node(Graph(), "conv2d", **shared, **params).params
        torch.manual_seed(0)
        results.append(harness.module(declared.invocation([(3, 7, 6)], values))(image))
    assert torch.equal(*results)


def test_a_depthwise_convolution_never_mixes_channels(harness: Harness) -> None:
    declared = spec("depthwise_conv2d")
    params = new_node(Graph(), "depthwise_conv2d", multiplier=2, bias=False, same=True).params
    module = harness.module(declared.invocation([(3, 5, 5)], params))
    image = torch.zeros(1, 3, 5, 5)
    image[0, 1] = torch.randn(5, 5)
    answers = module(image)[0].abs().sum((1, 2))
    assert (answers > 0).tolist() == [False, False, True, True, False, False]
    assert sum(weight.numel() for weight in module.parameters()) == 6 * 9


def test_a_transposed_convolution_undoes_what_a_stride_did_to_the_size(harness: Harness) -> None:
    shrink, enlarge = spec("conv2d"), spec("conv_transpose2d")
    shared = {"kernel_size": 3, "stride": 2, "padding": 1}
    for size in (7, 8):
        params = new_node(Graph(), "conv2d", **shared).params
        small = ShapeInference().analyse(harness.network(shrink, [(3, size, size)], params)).nodes["n1"].outputs
        params = new_node(Graph(), "conv_transpose2d", **shared, output_padding=1 - size % 2).params
        large = ShapeInference().analyse(harness.network(enlarge, [small[0]], params)).nodes["n1"].outputs
        assert large == ((16, size, size),)


def test_nearest_upsampling_repeats_pixels(harness: Harness) -> None:
    image = torch.randn(2, 3, 4, 5)
    params = new_node(Graph(), "upsample", scale_factor=3).params
    module = harness.module(spec("upsample").invocation([(3, 4, 5)], params))
    assert torch.equal(module(image), image.repeat_interleave(3, 2).repeat_interleave(3, 3))


def test_pixel_unshuffle_is_undone_by_pixel_shuffle(harness: Harness) -> None:
    image = torch.randn(2, 3, 4, 6)
    there = harness.module(spec("pixel_unshuffle").invocation([(3, 4, 6)], {"downscale_factor": 2}))
    back = harness.module(spec("pixel_shuffle").invocation([(12, 2, 3)], {"upscale_factor": 2}))
    assert there(image).shape == (2, 12, 2, 3)
    assert torch.equal(there(image)[:, 7], image[:, 1, 1::2, 1::2]), "channel c·r² + m·r + n is the pixel (m, n) of c"
    assert torch.equal(back(there(image)), image)
