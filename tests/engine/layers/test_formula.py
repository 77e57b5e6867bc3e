"""Formulas in x: what they compute, the code they become, and what they refuse."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, fx
from torch.nn import functional

from engine.analysis.calls import resolve
from engine.graph.expressions import ExpressionError
from engine.layers.formula import FUNCTIONS, apply, objection, torch_code

XS = torch.linspace(-4, 4, 81, dtype=torch.float64)

MEANINGS: dict[str, Callable[[Tensor], Tensor]] = {
    "x": lambda x: x,
    "x * sigmoid(x)": functional.silu,
    "x * tanh(softplus(x))": functional.mish,
    "0.5 * x * (1 + erf(x / sqrt(2)))": functional.gelu,
    "0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))": lambda x: functional.gelu(x, approximate="tanh"),
    "log(1 + exp(x))": functional.softplus,
    "x * min(max(x + 3, 0), 6) / 6": functional.hardswish,
    "where(x > 0, x, 0.01 * x)": functional.leaky_relu,
    "where(x <= 0, 0.5 * x, x)": lambda x: functional.leaky_relu(x, 0.5),
    "(x > 0) * x": functional.relu,
    "x * (x >= 0) - (x < 0)": lambda x: torch.where(x >= 0, x, -1.0),
    "maximum(0, x)": functional.relu,
    "max(x, -x)": torch.abs,
    "minimum(x, x**2)": lambda x: torch.minimum(x, x * x),
    "clamp(x, -1, 1)": functional.hardtanh,
    "clamp(x, -e, 2 * pi / 3)": lambda x: x.clip(-math.e, 2 * math.pi / 3),
    "clamp(x, -1, abs(x))": lambda x: x.clip(min=-1),
    "clamp(1, x, 2)": lambda x: x.clip(1, 2),
    "pow(x, 2) + square(x)": lambda x: 2 * x * x,
    "2**x / 4": lambda x: torch.exp2(x - 2),
    "x % 2": lambda x: x - 2 * torch.floor(x / 2),
    "-+x": torch.neg,
    "sin(x) ** 2 + cos(x) ** 2": torch.ones_like,
    "floor(x) + ceil(-x)": torch.zeros_like,
    "x + exp(1) - e": lambda x: x,
    "1 / (1 + exp(-x))": torch.sigmoid,
    "ｘ + 1": lambda x: x + 1,
}
"""Each formula beside the same in words of PyTorch, found independently."""


def value(text: str, x: Tensor) -> Tensor:
    """The formula `text` at `x`."""
    result = apply(text, x, resolve)
    assert isinstance(result, Tensor)
    return result


@pytest.mark.parametrize("text", MEANINGS)
def test_a_formula_means_what_it_says(text: str) -> None:
    assert objection(text) is None
    torch.testing.assert_close(value(text, XS), MEANINGS[text](XS))


@pytest.mark.parametrize("text", MEANINGS)
def test_its_code_computes_the_same_to_the_last_bit(text: str) -> None:
    code = torch_code(text, "h")
    computed = eval(code, {"torch": torch, "F": functional, "math": math, "h": XS})
    torch.testing.assert_close(computed, value(text, XS), rtol=0, atol=0)


@pytest.mark.parametrize("text", MEANINGS)
def test_it_can_be_traced(text: str) -> None:
    plan = fx.Graph()
    x = fx.Proxy(plan.placeholder("x"), fx.proxy.GraphAppendingTracer(plan))
    plan.output(apply(text, x, resolve).node)
    traced = fx.GraphModule(torch.nn.Module(), plan)
    torch.testing.assert_close(traced(XS), value(text, XS), rtol=0, atol=0)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("text", MEANINGS)
def test_shape_type_and_device_stay(text: str, dtype: torch.dtype) -> None:
    x = torch.empty(2, 3, 4, dtype=dtype, device="meta")
    result = value(text, x)
    assert (result.shape, result.dtype, result.device) == (x.shape, dtype, x.device)


@pytest.mark.parametrize(
    "text",
    [
        "x * sigmoid(x)",
        "0.5 * x * (1 + erf(x / sqrt(2)))",
        "where(x > 0, x, 0.1 * (exp(x) - 1))",
        "max(x, 0) ** 2 + min(x, sin(x))",
        "clamp(x, -2, 2) * (x > 1)",
        "elu(x) + selu(x) - gelu(x) * mish(x) / (1 + softplus(x)) ** 2",
    ],
)
def test_gradients_are_right(text: str) -> None:
    x = torch.tensor([-2.7, -1.3, -0.4, 0.3, 1.2, 3.1], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: value(text, x), (x,))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_there_and_has_a_gradient(name: str) -> None:
    text = {"clamp": "clamp(x, 0.2, 1)", "pow": "pow(x, 3)", "where": "where(x > 1, x, 2 * x)"}.get(
        name, f"{name}(x, 0.5)" if name.startswith(("max", "min")) else f"{name}(x)"
    )
    x = torch.tensor([0.3, 0.8, 2.4], dtype=torch.float64, requires_grad=True)
    assert objection(text) is None
    assert torch.autograd.gradcheck(lambda x: value(text, x), (x,))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x * sigmoid(x)", "h * torch.sigmoid(h)"),
        ("x*softplus( x )", "h * F.softplus(h)"),
        ("max(x, 0)", "torch.clamp_min(h, 0)"),
        ("x / sqrt(2 * pi)", "h / math.sqrt(2 * math.pi)"),
        ("(x + 1) * 2", "(h + 1) * 2"),
        ("where(x > 0, 1, 0)", "torch.where(h > 0, torch.full_like(h, 1), 0)"),
    ],
)
def test_the_code_is_what_a_person_would_write(text: str, code: str) -> None:
    assert torch_code(text, "h") == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("5", "has to contain x"),
        ("pi * 2", "has to contain x"),
        ("y * 2", "“y” means nothing here; what can be used is e, pi, x."),
        ("x + sigmoid", "“sigmoid” means nothing here"),
        ("x if x > 0 else 0", "Write where(x > 0, a, b) instead"),
        ("where(x, 1, 2)", "begins with a comparison"),
        ("where(x > 0, 1)", "“where” takes three values, as in where(x > 0, x, 0.1 * x)."),
        ("sigmoid(x, 2)", "“sigmoid” takes one value, as in sigmoid(x)."),
        ("max(x)", "“max” takes two values"),
        ("x * sigmoid(2)", "“sigmoid(2)” does not depend on x"),
        ("x * max(1, 2)", "does not depend on x"),
        ("x * (1 > 2)", "one side has to contain x"),
        ("x * True", "Write 1 and 0"),
        ("x // 2", "floor(a / b)"),
        ("2 % x", "there can only be a number"),
        ("x ** 65", "too high a power"),
        ("x ** -1e3", "too high a power"),
        ("x ** 9 ** 9 ** 9", "too high a power"),
        ("x + 64 ** 64", "too large a number"),
        ("x + 1e999", "too large a number"),
        ("x + 1 / 0", "division by zero"),
        ("x + sqrt(-1)", "cannot be computed"),
        ("x * (-8) ** 0.5", "is no real number"),
        ("x +", "is not a complete formula"),
        ("x²", "is not a complete formula"),
        ("2x", "is not a complete formula"),
        ("", "is not a complete formula"),
        ("x ^ 2", "is no plain arithmetic"),
        ("x > 0 and x < 1", "is no plain arithmetic"),
        ("0 < x < 1", "is no plain arithmetic"),
        ("-" * 100 + "x", "is nested too deeply"),
        ("(" * 199 + "x", "is not a complete formula"),
        ("x" + " + x" * 60, "longer than 200 characters"),
    ],
)
def test_what_is_no_formula_is_explained(text: str, reason: str) -> None:
    sentence = objection(text)
    assert sentence is not None
    assert reason in sentence
    assert sentence.endswith(".")
    assert sentence.isprintable()
    with pytest.raises(ExpressionError):
        torch_code(text)


HOSTILE = (
    "__import__('os').system('true') + x",
    "x.__class__",
    "x.storage()",
    "x.backward() + x",
    "torch.load('x')",
    "torch.sigmoid(x)",
    "math.sqrt(x)",
    "eval('x')",
    "exec(x)",
    "open(x)",
    "print(x)",
    "getattr(x, 'data')",
    "x[0]",
    "[x for x in x]",
    "(lambda x: x)(x)",
    "(x := 1)",
    "{x}",
    "f'{x}'",
    "x + 'a'",
    "x + b'a'",
    "x + 1j",
    "x + None",
    "x + ...",
    "x; x",
    "x\nx",
    "sigmoid(*x)",
    "clamp(x, min=0)",
    "sigmoid(x)(x)",
    "x(x)",
    "where(x > 0, __builtins__, x)",
    "await x",
    "yield x",
    "x @ x",
    "~x",
    "not x",
    "x is x",
    "clamp_min(x, 0)",
    "full_like(x, 1)",
    "x\0",
    "\u202ex",
    "еxp(x)",
)
"""The last one has a Cyrillic first letter; `clamp_min` and `full_like` are what formulas become, not what they say."""


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_but_arithmetic_is_read(text: str) -> None:
    assert objection(text) is not None
    with pytest.raises(ExpressionError):
        apply(text, XS, resolve)


PARTS = st.recursive(
    st.sampled_from(["x", "pi", "e", "2", "0.5", "1", "y", "1e400"]),
    lambda part: (
        st.tuples(part, st.sampled_from("+ - * / % ** // > <=".split()), part).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        | st.tuples(st.sampled_from([*FUNCTIONS, "open"]), st.lists(part, min_size=1, max_size=3)).map(
            lambda t: f"{t[0]}({', '.join(t[1])})"
        )
        | part.map("-{}".format)
    ),
    max_leaves=6,
)


@settings(max_examples=5 * settings.default.max_examples)
@given(text=PARTS)
def test_what_is_not_refused_works_and_learns(text: str) -> None:
    if objection(text) is not None:
        return
    x = torch.tensor([-1.5, 0.5, 2.0], requires_grad=True)
    result = value(text, x)
    assert (result.shape, result.dtype) == (x.shape, x.dtype)
    if result.requires_grad:
        result.sum().backward()
        assert x.grad is not None
    assert value(text, torch.empty(2, 3, device="meta")).shape == (2, 3)
    ast.parse(torch_code(text))


@settings(max_examples=4 * settings.default.max_examples)
@given(text=st.text(max_size=60) | st.text("x()+-*/%.,<>=!&|^~0123456789e_ab[]{}'\"\\ \n", max_size=60))
def test_any_text_is_read_or_refused_by_one_sentence(text: str) -> None:
    sentence = objection(text)
    if sentence is None:
        assert value(text, XS).shape == XS.shape
    else:
        assert sentence.endswith(".")
