"""Arithmetic that people type: right values, one sentence for everything else, and never anything but arithmetic."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.expressions import (
    NUMBER_FUNCTIONS,
    ExpressionError,
    check_expression,
    check_names,
    compute,
    is_expression,
    names_in,
    parse,
    resolve,
    substitute,
)
from engine.graph.params import Bool, Choice, Float, Int, ParamError, ParamValue, Sizes

CHANNELS = Int(name="channels", default=1, minimum=1, maximum=512, doc="")
RATE = Float(name="rate", default=0.1, doc="")


def value_of(text: str, **variables: object) -> object:
    return compute(parse(text), variables, NUMBER_FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4*c", 32),
        ("c // 3 + c % 3", 4),
        ("-c ** 2", -64),
        ("c / 2", 4.0),
        ("(c + 1) * 2", 18),
        ("1 if c > 4 else 2", 1),
        ("max(c, 3, 12)", 12),
        ("ceil(c / 3)", 3),
        ("floor(-0.5)", -1),
        ("round(2.6)", 3),
        ("abs(-c)", 8),
        ("c == 8", True),
        (" c ", 8),
    ],
)
def test_it_computes(text: str, value: object) -> None:
    assert value_of(text, c=8) == value


# Python's own arithmetic is the oracle.
NUMBERS = st.integers(-20, 20).map(str)
FORMULAS = st.recursive(
    NUMBERS | st.just("c"),
    lambda part: st.builds("({} {} {})".format, part, st.sampled_from("+ - * // %".split()), part),
    max_leaves=8,
)


@given(text=FORMULAS, c=st.integers(-9, 9))
def test_it_agrees_with_python(text: str, c: int) -> None:
    try:
        expected = eval(text, {}, {"c": c})
    except ZeroDivisionError:
        with pytest.raises(ExpressionError, match="cannot be computed"):
            value_of(text, c=c)
    else:
        assert value_of(text, c=c) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4*",
        "c.real",
        "c[0]",
        "__import__('os')",
        "(lambda: 1)()",
        "[1, 2]",
        "'text'",
        "f(x=1)",
        "c if c",
        "x := 3",
        "1; 2",
        "c and c",
        "1 < c < 3",
        "{c}",
        "*c",
        "c\n+",
        "\0",
        "(" * 150,
        "+".join(["1"] * 150),
        "-" * 100 + "1",
        "None",
        "1j",
        "𝐜(",
        "c" * 300,
    ],
)
def test_what_is_no_arithmetic_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert len(sentence) < 150


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("9 ** 9 ** 9", "too high a power"),
        ("99999 ** 60", "too large a number"),
        ("c ** 1000", "too high a power"),
        ("1e300 * 1e300", "too large a number"),
        ("1 / 0", "cannot be computed"),
        ("d + 1", "means nothing here"),
        ("exit(1)", "no function “exit”"),
        ("max()", "cannot be computed"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_a_sentence(text: str, complaint: str) -> None:
    with pytest.raises(ExpressionError, match=complaint):
        value_of(text, c=3)


def test_names_are_told_apart_from_functions() -> None:
    assert names_in(parse("max(c, 2 * min_size) + min(c, 1)")) == ({"c", "min_size"}, {"max", "min"})
    with pytest.raises(ExpressionError, match=r"“d” means nothing here; what can be used is c\."):
        check_names(parse("c + d"), ["c"], [])


@pytest.mark.parametrize(
    ("param", "value", "resolved"),
    [
        (CHANNELS, "=4*c", 32),
        (CHANNELS, "=c/2", 4),
        (CHANNELS, 7, 7),
        (RATE, "=c/16", 0.5),
        (Bool(name="b", default=False, doc=""), "=c > 4", True),
        (Sizes(name="s", default=(1, 1), doc=""), "=c", (8, 8)),
        (Sizes(name="s", default=(1, 1), doc=""), "=size", (3, 5)),
        (Choice(name="k", default="a", options=("a", "b"), doc=""), "=kind", "b"),
    ],
)
def test_parameters_take_expressions(param: Int, value: ParamValue, resolved: ParamValue) -> None:
    found = resolve(param, value, {"c": 8, "size": (3, 5), "kind": "b"})
    assert (type(found), found) == (type(resolved), resolved)


@pytest.mark.parametrize("value", ["=c*1000", "=c/3", "=0", "=unknown", "=c=="])
def test_a_value_out_of_range_is_refused(value: str) -> None:
    with pytest.raises(ParamError):
        resolve(CHANNELS, value, {"c": 8})


def test_an_expression_is_checked_before_it_is_computed() -> None:
    assert check_expression(CHANNELS, "=4*c", ["c"]) == "=4*c"
    with pytest.raises(ParamError, match=r"^“Channels”: “4\*” is not a complete formula\.$"):
        check_expression(CHANNELS, "=4*", ["c"])
    with pytest.raises(ParamError, match=r"^“Channels”: “d” means nothing here"):
        check_expression(CHANNELS, "=d", ["c"])
    assert not is_expression("mean")
    assert not is_expression(3)


def test_names_are_replaced_by_what_they_stand_for() -> None:
    assert substitute("=4*c", {"c": "=a + 1"}) == "=4 * (a + 1)"
    assert substitute("=max(c, d)", {"c": 3}) == "=max(3, d)"
    assert substitute("=c", {"c": (3, 5)}) == (3, 5)
    assert substitute("=c", {}) == "=c"
    assert substitute(7, {"c": 3}) == 7
    # What is remembered of the text is left as it was.
    assert math.isclose(value_of("4*c", c=2.5), 10.0)  # type: ignore[arg-type]
