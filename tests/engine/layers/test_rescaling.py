"""The numbers of layers that rescale: as people type them, and refused in words."""

from __future__ import annotations

import pytest
import torch

from engine.compiler.build import build
from engine.compiler.codegen import generate
from engine.graph.model import Graph
from engine.graph.params import ParamError
from engine.layers.registry import spec
from engine.layers.rescaling import read_numbers, write_numbers
from engine.layers.spec import LayerSpec
from engine.zoo.sketch import Sketch

NORMALIZE, RESCALE = spec("normalize"), spec("rescale")


def network(layer: str, **params: str) -> Graph:
    pen = Sketch()
    pen.then("input", shape=(3, 4, 5))
    pen.then(layer, **params)
    pen.then("output")
    return pen.graph


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.5", (0.5,)),
        ("0.485, 0.456, 0.406", (0.485, 0.456, 0.406)),
        ("1 2;3,", (1.0, 2.0, 3.0)),
        ("−1, -2, 3e-2", (-1.0, -2.0, 0.03)),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, values: tuple[float, ...]) -> None:
    assert read_numbers(text) == values
    assert NORMALIZE.param("mean").check(text) == text
    assert read_numbers(write_numbers(values)) == values


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("mean", "a half", "Write one number for all channels, or one for each"),
        ("mean", "0.5, nan", "Write one number"),
        ("mean", ",", "Write one number"),
        ("mean", "2e6", "Numbers go up to 1,000,000: 2e+06 is too large."),
        ("mean", "-2e6", "Numbers go down to −1,000,000: -2e+06 is too small."),
        ("std", "0.5, 0, 1", "A spread is a number larger than 0: 0 is too small."),
        ("std", "-1", "A spread is a number larger than 0: -1 is too small."),
        ("std", "inf", "Write one number"),
    ],
)
def test_other_texts_are_refused_in_words(name: str, text: str, words: str) -> None:
    with pytest.raises(ParamError) as caught:
        NORMALIZE.param(name).check(text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("shape", "params", "words"),
    [
        ((1, 28, 28), {"mean": "1, 2, 3"}, "“Mean” has 3 numbers, but an image of 1 × 28 × 28 has 1 channel: write"),
        ((4,), {"std": "1, 2, 3"}, "“Spread” has 3 numbers, but a vector of 4 values has 4 channels: write"),
        ((), {}, "takes a vector or a sequence"),
    ],
)
def test_as_many_numbers_as_channels_or_one(shape: tuple[int, ...], params: dict[str, str], words: str) -> None:
    defaults = {param.name: param.default for param in NORMALIZE.params}
    assert words in (NORMALIZE.objection([shape], defaults | params) or "")
    assert NORMALIZE.objection([(3, *shape[1:])], defaults | {"mean": "1, 2, 3"}) is None


def test_it_computes_what_its_formula_says() -> None:
    x, numbers = torch.rand(2, 3, 4, 5), torch.tensor([0.1, 0.2, 0.3])[:, None, None]
    found = build(network("normalize", mean="0.1, 0.2, 0.3", std="2"))(x)
    torch.testing.assert_close(found, (x - numbers) / 2)
    found = build(network("rescale", scale="2", offset="0.1, 0.2, 0.3"))(x)
    torch.testing.assert_close(found, x * 2 + numbers)


def test_the_code_names_the_numbers() -> None:
    text = generate(network("normalize", mean="0.485, 0.456, 0.406", std="0.25")).text
    assert "class Normalize(nn.Module):" in text
    assert "self.normalize = Normalize(mean=(0.485, 0.456, 0.406), std=0.25)" in text
    text = generate(network("rescale", scale="2", offset="-1, 0, -.5")).text
    assert "self.rescale = Rescale(scale=2.0, offset=(-1.0, 0.0, -0.5))" in text


@pytest.mark.parametrize(
    ("layer", "params", "summary"),
    [
        (NORMALIZE, {"mean": "0.5", "std": "0.25"}, "− 0.5 · ÷ 0.25"),
        (NORMALIZE, {"mean": "-1.23456e-5", "std": "1.23456e-5"}, ""),
        (NORMALIZE, {"mean": "1, 2", "std": "1"}, "by channel"),
        (RESCALE, {"scale": "2", "offset": "-1"}, "× 2 · + −1"),
        (RESCALE, {"scale": "2", "offset": "-1 -2"}, "by channel"),
    ],
)
def test_the_node_tells_what_is_done(layer: LayerSpec, params: dict[str, str], summary: str) -> None:
    assert layer.summary(params) == summary
