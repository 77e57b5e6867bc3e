"""What is typed into a cell, and what stands in it: read as in a form, and written so that it can be read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.params import Bool, Choice, Float, Int, Param, ParamError, ParamValue, Shape, Sizes, Text
from engine.layers.registry import specs
from gui.param_table.cells import applies, cell_text, rank, read_cell

FILTERS = Int(name="filters", default=16, minimum=1, maximum=9999, doc="")
CORES = Int(name="cores", default=0, maximum=8, special="automatic", doc="")
RATE = Float(name="rate", default=0.01, minimum=-10.0, maximum=1e6, doc="")
SHARE = Float(name="share", default=0.5, minimum=0.0, maximum=1.0, unit="%", doc="")
BIAS = Bool(name="bias", default=True, doc="")
BORDER = Choice(name="border", default="zeros", options=("zeros", "reflect"), titles=("Zeros", "Mirrored"), doc="")
KERNEL = Sizes(name="kernel", default=(3, 3), minimum=1, maximum=99, doc="")
SHAPE = Shape(name="shape", default=(1, 28, 28), doc="")
FORMULA = Text(name="formula", default="x", doc="")
CHANNELS = Int(name="channels", default=8, minimum=1, doc="")


@pytest.mark.parametrize(
    ("param", "text", "value"),
    [
        (FILTERS, " 64 ", 64),
        (CORES, "Automatic", 0),
        (RATE, "1e-3", 0.001),
        (SHARE, "25", 0.25),
        (SHARE, "12.5 %", 0.125),
        (BIAS, "no", False),
        (BIAS, "TRUE", True),
        (BORDER, "mirrored", "reflect"),
        (BORDER, "Zeros", "zeros"),
        (KERNEL, "5", (5, 5)),
        (KERNEL, "1×7", (1, 7)),
        (KERNEL, "1 x 7", (1, 7)),
        (SHAPE, "3, 32, 32", (3, 32, 32)),
        (SHAPE, "3×32×32", (3, 32, 32)),
        (FORMULA, "x * 2", "x * 2"),
    ],
)
def test_texts_are_read_as_people_write_them(param: Param, text: str, value: ParamValue) -> None:
    read = read_cell(param, text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("param", "text", "reason"),
    [
        (FILTERS, "0", "between 1 and 9,999"),
        (FILTERS, "many", "a whole number"),
        (RATE, "nan", "finite"),
        (SHARE, "120", "between 0 and 100"),
        (BIAS, "maybe", "true or false"),
        (BORDER, "sideways", "one of"),
        (KERNEL, "1, 2, 3", "whole numbers"),
        (KERNEL, "", "whole numbers"),
        (SHAPE, "a", "whole numbers"),
        (FILTERS, "=2*channels", "a whole number"),
    ],
)
def test_what_cannot_be_is_refused_with_the_sentence_of_the_form(param: Param, text: str, reason: str) -> None:
    with pytest.raises(ParamError, match=reason):
        read_cell(param, text)


def test_inside_a_block_expressions_are_taken() -> None:
    assert read_cell(FILTERS, " = 4*channels", (CHANNELS,)) == "=4*channels"
    assert read_cell(BIAS, "=channels > 8", (CHANNELS,)) == "=channels > 8"
    with pytest.raises(ParamError, match="width"):
        read_cell(FILTERS, "=4*width", (CHANNELS,))
    fixed = Int(name="parts", default=2, fixed=True, doc="")
    with pytest.raises(ParamError, match="a whole number"):
        read_cell(fixed, "=channels", (CHANNELS,))


@given(st.floats(min_value=-10, max_value=1e6), st.floats(min_value=0, max_value=1))
def test_numbers_are_written_without_loss(rate: float, share: float) -> None:
    assert read_cell(RATE, cell_text(RATE, rate)) == rate
    assert read_cell(SHARE, cell_text(SHARE, share)) == pytest.approx(share, abs=1e-12)


def test_the_defaults_of_all_layers_are_read_again() -> None:
    count = 0
    for layer in specs():
        for param in layer.params:
            assert read_cell(param, cell_text(param, param.default)) == param.default, (layer.id, param.name)
            count += 1
    assert count > 100


def test_a_parameter_that_means_nothing_beside_others() -> None:
    param = Int(name="numbering", default=0, only_with=("repeat", (2, 3)), doc="")
    assert applies(FILTERS, {})
    assert not applies(param, {"repeat": 1})
    assert applies(param, {"repeat": 3})
    assert applies(param, {"repeat": "=depth"}), "that depends on the block around"


def test_cells_are_ranked_by_what_they_mean() -> None:
    values: list[ParamValue] = ["=4*channels", 10, 9.5, (1, 7), (1, 1)]
    assert sorted(values, key=rank) == [(1, 1), (1, 7), 9.5, 10, "=4*channels"]
    assert rank("Abc") < rank("b") < rank("=a")
