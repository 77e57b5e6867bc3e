"""The code of random networks gives what the compiled networks give, and is formatted, linted and typed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.analysis.shapes import ShapeInference
from engine.compiler.codegen import Code, generate
from engine.graph.model import Graph, NodeId
from engine.graph.params import Float, Int
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch, draw_block, instance_of

Twins = Callable[..., Code]
SHAPE = (4, 6, 6)
PARAMS = (
    Int(name="width", default=4, minimum=1, doc="The channels inside."),
    Float(name="rate", default=0.5, minimum=0.0, maximum=1.0, doc="How much is dropped."),
)
# All of these keep the shape, so that anything may follow anything.
PLAIN: tuple[tuple[str, dict[str, Any]], ...] = (
    ("conv2d", {"out_channels": 4, "padding": 1, "weight_init": "he_normal"}),
    ("conv2d", {"out_channels": 4, "kernel_size": 1}),
    ("batch_norm2d", {}),
    ("relu", {}),
    ("dropout", {"p": 0.3}),
    ("permute", {"order": (1, 3, 2)}),
    ("custom_activation", {"formula": "x * sigmoid(x) ** 2 - 0.1"}),
    ("custom_activation", {"formula": f"-x**2 / (1 + exp(-x)) ** 2 + where(x > 1, -tanh(x)**2, {'tanh(x) + ' * 9}x)"}),
    ("stochastic_depth", {"p": 0.5}),
)
MERGES = ("add", "multiply", "mean", "maximum", "subtract")
NAMES = (
    *("", "", "", "features.0", "features.1", "features.4", "stage.conv", "stage.act", "stage.deep.0"),
    # What the methods of dictionaries and of sequences of modules are called.
    *("x.keys", "x.pop", "x.0"),
)


def draw_inside(pen: Sketch) -> None:
    x = pen.then("block_input", "x")
    pen.then("conv2d", "body.conv", out_channels="=width", padding=1)
    pen.then("dropout", "body.drop", p="=rate")
    end = pen.then("conv2d", "body.back", out_channels=4, kernel_size=1)
    pen.add("add", end, x, name="join")
    pen.then("block_output")


INNER = draw_block("Inner", "Widens and adds.", draw_inside, PARAMS)


def draw_around(pen: Sketch) -> None:
    x = pen.then("block_input", "x")
    stack = pen.then(instance_of(INNER), "stack", width="=2*width", rate="=rate/2", repeat="=width")
    skip = pen.add("shortcut", x, name="skip", out_channels=4)
    pen.add("concat", stack, skip, name="join")
    pen.then("conv2d", "mix", out_channels=4, kernel_size=1)
    pen.then("block_output")


OUTER = draw_block("Outer", "Stacks.", draw_around, PARAMS, uses=[INNER])


@st.composite
def networks(draw: st.DrawFn) -> Graph:
    """Networks in which skips, branches, blocks and containers of all kinds meet."""
    pen = Sketch()
    pen.use(INNER, OUTER)
    values: list[tuple[NodeId, int]] = [(pen.then("input", shape=SHAPE), 0)]
    for _ in range(draw(st.integers(1, 12))):
        # Mostly the last value, so that there are chains.
        source = values[-1] if draw(st.integers(0, 3)) else draw(st.sampled_from(values))
        name = draw(st.sampled_from(NAMES))
        name = pen.graph.unique_name(name) if name else ""
        match draw(st.sampled_from(("plain", "plain", "plain", "merge", "concat", "split", "block"))):
            case "plain":
                layer, params = draw(st.sampled_from(PLAIN))
                values.append((pen.add(layer, source, name=name, **params), 0))
            case "merge":
                layer = draw(st.sampled_from(MERGES))
                values.append((pen.add(layer, source, draw(st.sampled_from(values)), name=name), 0))
            case "concat":
                joined = pen.add("concat", source, draw(st.sampled_from(values)))
                values.append((pen.add("conv2d", joined, name=name, out_channels=4, kernel_size=1), 0))
            case "split":
                parts = pen.add("split", source)
                values += [(pen.add("conv2d", (parts, port), out_channels=4, kernel_size=1), 0) for port in (0, 1)]
            case "block":
                block = instance_of(draw(st.sampled_from((INNER, OUTER))))
                params = {"width": draw(st.integers(1, 3)), "rate": draw(st.sampled_from((0.25, 0.5)))}
                repeat = {"repeat": draw(st.integers(1, 5)), "numbering": "inside"}
                values.append((pen.add(block, source, name=name, **params, **repeat), 0))
    for source in {values[-1], draw(st.sampled_from(values))} if draw(st.booleans()) else {values[-1]}:
        pen.add("output", source)
    return pen.graph


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(graph=networks())
def test_random_networks_are_written_as_they_are_compiled(graph: Graph, twins: Twins) -> None:
    twins(graph, SHAPE)


WIDTHS = ("=c", "=2*c", "=c+g", "=c//2+1", "=max(c, g)", "=c/1", 6)


@st.composite
def blocks(draw: st.DrawFn) -> Graph:
    """Networks of one random block, used with other sizes each time, inside of another one that repeats it."""

    def draw_inside(pen: Sketch) -> None:
        # Each value with a label; those with the same label have the same channels.
        values: list[tuple[NodeId, object]] = [(pen.then("block_input", "x"), "x")]
        for number in range(draw(st.integers(1, 7))):
            source, label = values[-1] if draw(st.integers(0, 2)) else draw(st.sampled_from(values))
            match draw(st.sampled_from(("conv", "conv", "keep", "shortcut", "concat", "add"))):
                case "conv":
                    width = draw(st.sampled_from(WIDTHS))
                    padding = {"kernel_size": "=k", "padding": "=k//2"}
                    values.append((pen.add("conv2d", source, out_channels=width, **padding), width))
                case "keep":
                    layers = ("batch_norm2d", "relu", "dropout", "depthwise_conv2d", "prelu")
                    layer = draw(st.sampled_from(layers))
                    more = {"padding": 1} if layer == "depthwise_conv2d" else {}
                    values.append((pen.add(layer, source, **more), label))
                case "shortcut":
                    width = draw(st.sampled_from(WIDTHS))
                    values.append((pen.add("shortcut", source, out_channels=width), width))
                case "concat":
                    values.append((pen.add("concat", source, draw(st.sampled_from(values))[0]), number))
                case "add":
                    alike = [one for one, other in values if other == label]
                    values.append((pen.add("add", source, draw(st.sampled_from(alike))), label))
        pen.add("block_output", values[-1][0])

    params = [
        Int(name=name, default=default, minimum=1, doc="A size.") for name, default in (("c", 4), ("g", 2), ("k", 3))
    ]
    inner = draw_block("Random", "Anything.", draw_inside, params)
    names = draw(st.sampled_from(("layer1", "stack", "group.part0", "group.0")))
    numbering = draw(st.sampled_from(("inside", "beside")))
    repeats = draw(st.sampled_from(("=depth", 3, 5, 1)))

    def draw_around(pen: Sketch) -> None:
        pen.then("block_input", "x")
        inside = {"c": "=c", "g": "=g", "repeat": repeats, "numbering": numbering}
        pen.then(instance_of(inner), names, k=draw(st.sampled_from((1, 3))), **inside)
        pen.then("block_output")

    depth = Int(name="depth", default=2, minimum=1, doc="How many.")
    outer = draw_block("Around", "Repeats.", draw_around, [*params[:2], depth], uses=[inner])
    pen = Sketch()
    pen.use(inner, outer)
    pen.then("input", shape=(3, 5, 5))
    for _ in range(draw(st.integers(1, 3))):
        sizes = {name: draw(st.integers(1, 4)) for name in ("c", "g")}
        pen.then(instance_of(outer), **sizes, depth=draw(st.integers(1, 4)))
        pen.then(instance_of(inner), **sizes)
    pen.then("output")
    return pen.graph


def is_small(graph: Graph) -> bool:
    """Whether channels have not doubled with every concat of every copy, until nothing can hold them."""
    analysis = ShapeInference().analyse(graph)
    return analysis.is_valid and analysis.parameters < 300_000 and analysis.flops < 100_000_000


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(graph=blocks())
def test_random_blocks_are_written_as_they_are_compiled(graph: Graph, twins: Twins) -> None:
    assume(is_small(graph))
    twins(graph, (3, 5, 5))


def tool(name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", name, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the code of every network of the zoo, and of a few random ones."""
    folder = tmp_path_factory.mktemp("written")
    for name, entry in ZOO.items():
        (folder / f"{name}.py").write_text(generate(entry.build()).text, encoding="utf-8")
    found: list[Graph] = []

    @settings(deadline=None, max_examples=50, database=None, derandomize=True)
    @given(graph=networks() | blocks())
    def draw(graph: Graph) -> None:
        assume(is_small(graph))
        found.append(graph)

    draw()
    for number, graph in enumerate(found):
        (folder / f"random{number}.py").write_text(generate(graph).text, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_the_code_is_formatted(written: Path) -> None:
    result = tool("ruff", "format", "--isolated", "--line-length=120", "--diff", ".", folder=written)
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_the_code_is_linted(written: Path) -> None:
    result = tool("ruff", "check", "--isolated", "--line-length=120", "--select=E,F,I,UP,B", ".", folder=written)
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_the_code_is_typed(written: Path) -> None:
    files = [path.name for path in written.glob("*.py") if not path.name.startswith("random")]
    result = tool("mypy", "--strict", "--cache-dir=.cache", *files, folder=written)
    assert result.returncode == 0, result.stdout
