"""What is typed to add a layer: words, and numbers for the parameters that matter most."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.params import ParamError, check_all
from engine.layers.quick_entry import Entry, main_params, parse, read
from engine.layers.registry import spec, specs


@pytest.mark.parametrize(
    ("text", "words", "numbers"),
    [
        ("conv 64", "conv", ("64",)),
        ("conv 64 3", "conv", ("64", "3")),
        ("max pool 3x3", "max pool", ("3x3",)),
        ("max pool 3×2", "max pool", ("3×2",)),
        ("dropout 0.3", "dropout", ("0.3",)),
        ("dropout .3", "dropout", (".3",)),
        ("input 3x224x224", "input", ("3x224x224",)),
        ("conv 2d", "conv 2d", ()),
        ("conv2d", "conv2d", ()),
        ("64", "64", ()),
        ("", "", ()),
        ("  conv   64  ", "conv", ("64",)),
    ],
)
def test_numbers_at_the_end_are_taken_apart(text: str, words: str, numbers: tuple[str, ...]) -> None:
    assert parse(text) == Entry(words, numbers)


@pytest.mark.parametrize(
    ("layer", "numbers", "params"),
    [
        ("conv2d", ("64",), {"out_channels": 64}),
        ("conv2d", ("64", "3"), {"out_channels": 64, "kernel_size": (3, 3)}),
        ("conv2d", ("64", "3x5", "2"), {"out_channels": 64, "kernel_size": (3, 5), "stride": (2, 2)}),
        ("linear", ("10",), {"out_features": 10}),
        ("dropout", ("0.3",), {"p": 0.3}),
        ("dropout", ("0",), {"p": 0.0}),
        ("max_pool2d", ("3",), {"kernel_size": (3, 3)}),
        ("input", ("3x32x32",), {"shape": (3, 32, 32)}),
        ("input", ("10",), {"shape": (10,)}),
        ("leaky_relu", ("1e-2",), {"negative_slope": 0.01}),
        ("relu", (), {}),
    ],
)
def test_numbers_set_the_first_parameters(layer: str, numbers: tuple[str, ...], params: dict[str, object]) -> None:
    reading = read(spec(layer), numbers)
    assert (reading.params, reading.refusal) == (params, None)


def test_the_reading_says_what_will_be_set() -> None:
    assert read(spec("conv2d"), ("64", "3")).text.endswith("64 · kernel size 3×3")
    assert read(spec("relu"), ()).text == ""


@pytest.mark.parametrize(
    ("layer", "numbers"),
    [
        ("conv2d", ("0",)),
        ("conv2d", ("1.5",)),
        ("conv2d", ("64", "3x3x3")),
        ("dropout", ("7",)),
        ("dropout", ("3x3",)),
        ("relu", ("6",)),
        ("linear", ("10", "20")),
        ("linear", ("9" * 400,)),
    ],
)
def test_what_cannot_be_set_is_refused_in_a_sentence(layer: str, numbers: tuple[str, ...]) -> None:
    reading = read(spec(layer), numbers)
    assert reading.params == {}
    assert reading.refusal is not None
    assert reading.refusal.endswith(".")


def test_parameters_that_need_another_one_get_no_number() -> None:
    for layer in specs():
        assert all(param.only_with is None for param in main_params(layer))


@given(
    layer=st.sampled_from(specs()),
    written=st.lists(st.from_regex(r"-?[0-9]{0,3}(\.[0-9]{0,2})?(x[0-9]){0,3}(e-?[0-9])?", fullmatch=True), max_size=4),
)
def test_a_reading_is_either_refused_or_a_value_that_the_layer_takes(layer, written) -> None:
    numbers = parse(" ".join(["name", *written])).numbers
    reading = read(layer, numbers)
    if reading.refusal is None:
        assert len(reading.params) == len(numbers)
        try:
            assert check_all(layer.params, reading.params).items() >= reading.params.items()
        except ParamError as error:
            raise AssertionError(f"{layer.id} {numbers}: {error}") from error
