"""Parameters take exactly the values they declare, in one canonical type, and refuse others in a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph.params import (
    Bool,
    Choice,
    Float,
    Int,
    Param,
    ParamError,
    ParamValue,
    Shape,
    Sizes,
    check_all,
    format_value,
)

INT = Int(name="number_of_units", default=3, minimum=1, maximum=10, doc="")
FLOAT = Float(name="rate", default=0.5, minimum=0.0, maximum=2.0, doc="")
ANY_FLOAT = Float(name="rate", default=0.5, doc="")
BOOL = Bool(name="bias", default=True, doc="")
CHOICE = Choice(name="kind", default="a", options=("a", "b"), titles=("First", "Second"), doc="")
PAIR = Sizes(name="size", default=(1, 1), minimum=0, maximum=9, doc="")
SHAPE = Shape(name="shape", default=(1, 28, 28), doc="")
PARAMS = (INT, FLOAT, ANY_FLOAT, BOOL, CHOICE, PAIR, SHAPE)

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text()
    | st.binary(max_size=3)
    | st.sampled_from(["a", "b", 0.5, 3, (1, 1), math.inf, math.nan]),
    lambda inner: st.lists(inner, max_size=5) | st.lists(inner, max_size=5).map(tuple),
    max_leaves=6,
)


def is_whole(value: object) -> bool:
    return type(value) is int


def whole_numbers(value: object, low: int, high: int) -> bool:
    return isinstance(value, (list, tuple)) and all(is_whole(item) and low <= item <= high for item in value)


def is_allowed(param: Param, value: object) -> bool:
    """What `param` declares, said once more in other words."""
    if param is INT:
        return is_whole(value) and 1 <= value <= 10  # type: ignore[operator]
    if param is FLOAT:
        return type(value) in (int, float) and 0 <= value <= 2  # type: ignore[operator]
    if param is ANY_FLOAT:
        return (type(value) is float and math.isfinite(value)) or (is_whole(value) and abs(value) < 2**1023)  # type: ignore[operator]
    if param is BOOL:
        return value is True or value is False
    if param is CHOICE:
        return value in ("a", "b") and isinstance(value, str)
    if param is PAIR:
        both = [value, value] if is_whole(value) else value
        return whole_numbers(both, 0, 9) and len(both) == 2  # type: ignore[arg-type]
    return whole_numbers(value, 1, 100_000) and 1 <= len(value) <= 4  # type: ignore[arg-type]


@pytest.mark.parametrize("param", PARAMS, ids=lambda param: f"{type(param).__name__} {param.name}")
@settings(max_examples=5 * settings.default.max_examples // 2)
@given(value=ANYTHING)
def test_exactly_the_declared_values_are_taken(param: Param, value: object) -> None:
    if is_allowed(param, value):
        canonical = param.check(value)
        assert param.check(canonical) == canonical
        assert type(canonical) is type(param.default)
        hash(canonical)
    else:
        with pytest.raises(ParamError) as caught:
            param.check(value)
        sentence = str(caught.value)
        assert sentence.startswith(f"“{param.title}” must be ")
        assert sentence.endswith(".")
        assert sentence.isprintable()
        assert len(sentence) < 150


CANONICAL: list[tuple[Param, object, ParamValue]] = [
    (INT, 10, 10),
    (FLOAT, 1, 1.0),
    (FLOAT, 2.0, 2.0),
    (PAIR, 3, (3, 3)),
    (PAIR, [1, 2], (1, 2)),
    (SHAPE, [5], (5,)),
]


@pytest.mark.parametrize(("param", "value", "canonical"), CANONICAL)
def test_values_become_canonical(param: Param, value: object, canonical: ParamValue) -> None:
    found = param.check(value)
    assert found == canonical
    assert type(found) is type(canonical)


SENTENCES: list[tuple[Param, object, str]] = [
    (INT, 11, "“Number of units” must be between 1 and 10, not 11."),
    (INT, 0, "“Number of units” must be between 1 and 10, not 0."),
    (INT, "fast", "“Number of units” must be a whole number, not “fast”."),
    (INT, 1.5, "“Number of units” must be a whole number, not 1.5."),
    (INT, True, "“Number of units” must be a whole number, not true."),
    (INT, None, "“Number of units” must be a whole number, not nothing."),
    (INT, 10**5000, "“Number of units” must be between 1 and 10, not an enormous number."),
    (INT, 10**50, f"“Number of units” must be between 1 and 10, not 1{'0' * 38}…."),
    (FLOAT, 2.5, "“Rate” must be between 0 and 2, not 2.5."),
    (FLOAT, math.nan, "“Rate” must be a finite number, not nan."),
    (FLOAT, "0.5", "“Rate” must be a number, not “0.5”."),
    (ANY_FLOAT, math.inf, "“Rate” must be a finite number, not inf."),
    (ANY_FLOAT, 10**400, "“Rate” must be a finite number, not an enormous number."),
    (BOOL, 1, "“Bias” must be true or false, not 1."),
    (CHOICE, "c", "“Kind” must be one of a, b, not “c”."),
    (CHOICE, "a\nb" * 50, f"“Kind” must be one of a, b, not “{('a�b' * 50)[:39]}…”."),
    (PAIR, (1, 2, 3), "“Size” must be one or two whole numbers (height, width), not 1, 2, 3."),
    (PAIR, (1, 10), "“Size” must be between 0 and 9, not 1, 10."),
    (SHAPE, (), "“Shape” must be 1 to 4 whole numbers, such as 1, 28, 28, not nothing."),
    (SHAPE, (0,), "“Shape” must be whole numbers between 1 and 100,000, not 0."),
    (SHAPE, {}, "“Shape” must be 1 to 4 whole numbers, such as 1, 28, 28, not something else."),
]


@pytest.mark.parametrize(("param", "value", "sentence"), SENTENCES, ids=[sentence for _, _, sentence in SENTENCES])
def test_a_refusal_says_what_is_wanted_and_what_came(param: Param, value: object, sentence: str) -> None:
    with pytest.raises(ParamError) as caught:
        param.check(value)
    assert str(caught.value) == sentence


def test_a_whole_set_is_checked_and_completed() -> None:
    params: Sequence[Param] = (INT, FLOAT, PAIR)
    assert check_all(params, {}) == {"number_of_units": 3, "rate": 0.5, "size": (1, 1)}
    assert check_all(params, {"size": 4}) == {"number_of_units": 3, "rate": 0.5, "size": (4, 4)}
    with pytest.raises(ParamError, match=r"^“Rate” must be"):
        check_all(params, {"rate": 3})
    with pytest.raises(
        ParamError, match=r"^There is no setting “speed”; what can be set is number_of_units, rate, size\.$"
    ):
        check_all(params, {"speed": 3})
    with pytest.raises(ParamError, match=r"^There is no setting “a�b”; what can be set is nothing\.$"):
        check_all((), {"a\nb": 3})


def test_forms_show_titles() -> None:
    assert INT.title == "Number of units"
    assert Int(name="out_channels", label="Filters", default=1, doc="").title == "Filters"
    assert [CHOICE.option_title(option) for option in CHOICE.options] == ["First", "Second"]
    assert Choice(name="kind", default="a", options=("a",), doc="").option_title("a") == "a"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        ((3, 5), "3×5"),
        ((7,), "7"),
        (0.001, "0.001"),
        (1e-05, "1e-05"),
        (64, "64"),
        ("a", "a"),
    ],
)
def test_values_are_written_compactly(value: ParamValue, text: str) -> None:
    assert format_value(value) == text
