"""Pooling layers say in plain words what they cannot do, and what their texts claim is true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor

from engine.graph.model import Graph
from engine.layers.nodes import new_node
from engine.layers.registry import spec, specs
from engine.layers.spec import TensorShape

if TYPE_CHECKING:
    from conftest import Harness


def pooled(harness: Harness, layer: str, x: Tensor, **params: Any) -> Tensor:
    declared, shape = spec(layer), tuple(x.shape[1:])
    values = new_node(Graph(), layer, **params).params
    assert declared.objection([shape], values) is None
    return harness.module(declared.invocation([shape], values))(x)


@pytest.mark.parametrize(
    ("layer", "shape", "params", "part"),
    [
        ("max_pool1d", (3, 1), {}, "The pooling window is 2 long, but a sequence of 3 × 1 is only 1 long."),
        ("max_pool2d", (3, 9, 1), {}, "The pooling window is 2 wide, but an image of 3 × 9 × 1 is only 1 wide."),
        (
            "max_pool2d",
            (3, 9, 9),
            {"padding": (0, 2)},
            "Padding 2 is more than half of the pooling window of 2; use at",
        ),
        ("max_pool3d", (3, 4, 9, 9), {"dilation": (4, 1, 1)}, "The pooling window is 5 deep, but"),
        ("avg_pool3d", (3, 1, 9, 9), {"padding": (1, 0, 0)}, "the volume is only 1 deep without its padding"),
        ("lp_pool2d", (3, 1, 9), {}, "is only 1 high. Use a smaller kernel, or shrink"),
        ("weighted_avg_pool2d", (3, 9, 9), {"padding": 2}, "Padding 2 is more than half of the pooling window of 3"),
        ("adaptive_avg_pool2d", (65_000, 9, 9), {"output_size": 1024}, "more values than fit into memory"),
        ("global_avg_pool2d", (3,), {}, "Global average pool 2D takes an image"),
    ],
)
def test_what_cannot_work_is_said_in_plain_words(
    layer: str, shape: TensorShape, params: dict[str, Any], part: str
) -> None:
    reason = spec(layer).objection([shape], new_node(Graph(), layer, **params).params)
    assert reason is not None
    assert part in reason
    assert reason.endswith(".")


def test_every_kind_comes_for_sequences_images_and_volumes() -> None:
    pooling = {declared.id for declared in specs() if declared.family == "Pooling"}
    kinds = ("max_pool", "avg_pool", "lp_pool", "weighted_avg_pool", "adaptive_avg_pool", "adaptive_max_pool")
    names = {f"{kind}{axes}d" for kind in (*kinds, "global_avg_pool", "global_max_pool") for axes in (1, 2, 3)}
    assert pooling == names


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_the_l2_norm_is_the_length_of_a_window(harness: Harness, axes: int) -> None:
    x = torch.randn(2, 3, *[4] * axes)
    blocks = x
    for axis in range(axes):
        blocks = blocks.unfold(2 + axis, 2, 2)
    torch.testing.assert_close(pooled(harness, f"lp_pool{axes}d", x), blocks.flatten(2 + axes).norm(dim=-1))


def test_what_the_text_warns_of_in_norms_is_true(harness: Harness) -> None:
    constant = pooled(harness, "lp_pool2d", torch.full((1, 1, 2, 2), 3.0))
    torch.testing.assert_close(constant, torch.full((1, 1, 1, 1), 3.0 * 4**0.5))
    negative = torch.full((1, 1, 2, 2), -1.0)
    assert pooled(harness, "lp_pool2d", negative, norm_type=3).isnan().all()
    assert pooled(harness, "lp_pool2d", negative, norm_type=4).isfinite().all()
    assert pooled(harness, "lp_pool2d", -negative, norm_type=3).isfinite().all()


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_gradient_of_a_norm_is_finite_where_all_is_zero(harness: Harness, order: int) -> None:
    x = torch.zeros(1, 1, 4, 4, requires_grad=True)
    pooled(harness, "lp_pool2d", x, norm_type=order).sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all(), "else it could not stand behind a ReLU"


def test_what_the_text_warns_of_in_max_pooling_is_true(harness: Harness) -> None:
    missed = pooled(harness, "max_pool2d", torch.zeros(1, 1, 1, 1), kernel_size=2, padding=1, dilation=2)
    assert missed.tolist() == [[[[-torch.inf]]]]


def test_zeros_of_the_padding_count_on_request(harness: Harness) -> None:
    ones = torch.ones(1, 1, 2, 2)
    shared = {"kernel_size": 2, "padding": 1}
    assert pooled(harness, "avg_pool2d", ones, **shared).unique().tolist() == [0.25]
    assert pooled(harness, "avg_pool2d", ones, **shared, count_include_pad=False).unique().tolist() == [1.0]


def test_the_mean_over_an_adaptive_window_of_one_is_global(harness: Harness) -> None:
    image = torch.randn(2, 3, 5, 4)
    torch.testing.assert_close(pooled(harness, "adaptive_avg_pool2d", image)[:, :, 0, 0], image.mean((2, 3)))
