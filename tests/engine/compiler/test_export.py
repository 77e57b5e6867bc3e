"""What is written for other programs does there what it does here."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.compiler.build import CompileError, build
from engine.compiler.export import ExportError, export
from engine.compiler.formats import KINDS
from engine.graph.document import DocumentError
from engine.graph.model import Graph
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch

KIND = pytest.mark.parametrize("kind", KINDS)
# The one who reads a file is warned that the format is old; whoever writes it for C++ knows.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")


def two_ends() -> Graph:
    """A network with two inputs and two outputs."""
    pen = Sketch()
    one, other = pen.add("input", name="image", shape=(2, 6, 6)), pen.add("input", name="mask", shape=(2, 6, 6))
    both = pen.add("multiply", one, other)
    pen.then("conv2d", "conv", out_channels=3)
    pen.then("batch_norm2d")
    pen.then("dropout")
    pen.then("output", "scores")
    pen.add("output", both, name="masked")
    return pen.graph


def input_shapes(graph: Graph) -> list[tuple[int, ...]]:
    shapes = [node.params["shape"] for node in graph.nodes.values() if node.layer == "input"]
    return [shape for shape in shapes if isinstance(shape, tuple)]


def weights_of(graph: Graph) -> tuple[Callable[[nn.Module], None], nn.Module]:
    """What loads certain weights, and a network that has them."""
    torch.manual_seed(7)
    model = build(graph).eval()
    state = model.state_dict()
    return lambda other: other.load_state_dict(state) and None, model


def run(graph: Graph, kind: str, path: Path, inputs: list[Tensor]) -> list[Tensor]:
    """Load a file as others do, and run it; weights alone need the network."""
    outputs: Any
    match kind:
        case "onnx":
            onnxruntime = pytest.importorskip("onnxruntime")
            session = onnxruntime.InferenceSession(path)
            names = [entry.name for entry in session.get_inputs()]
            fed = {name: value.numpy() for name, value in zip(names, inputs, strict=True)}
            return [torch.from_numpy(np.asarray(output)) for output in session.run(None, fed)]
        case "torchscript":
            with torch.no_grad():
                outputs = torch.jit.load(path)(*inputs)
        case "safetensors":
            model = build(graph).eval()
            model.load_state_dict(load_file(path), strict=True)
            with torch.no_grad():
                outputs = model(*inputs)
        case _:
            with torch.no_grad():
                outputs = torch.export.load(path).module()(*inputs)
    return list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]


def check(graph: Graph, kind: str, folder: Path) -> None:
    load, model = weights_of(graph)
    path = folder / f"model{KINDS[kind]}"
    export(graph, kind, path, load)
    assert [file.name for file in folder.iterdir()] == [path.name]
    for batch in (1, 3):
        # Whole numbers, which do for ids as well.
        inputs = [torch.randint(0, 2, (batch, *shape)).float() for shape in input_shapes(graph)]
        with torch.no_grad():
            expected = model(*inputs)
        results = run(graph, kind, path, inputs)
        for result, wanted in zip(results, expected if isinstance(expected, tuple) else [expected], strict=True):
            # Untrained residual networks give large numbers.
            torch.testing.assert_close(result, wanted, rtol=0, atol=1e-4 * max(1.0, wanted.abs().max().item()))


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Writes the network with two ends as a run with the seed 5 starts from it; in each format once, for it is slow."""
    folder = tmp_path_factory.mktemp("untrained")

    @cache
    def write(kind: str) -> Path:
        path = folder / f"m{KINDS[kind]}"
        before = torch.get_rng_state()
        export(two_ends(), kind, path, seed=5)
        assert torch.equal(torch.get_rng_state(), before)
        return path

    return write


needs_onnx = pytest.mark.skipif(importlib.util.find_spec("onnxscript") is None, reason="onnxscript is not installed")


@pytest.mark.slow
@needs_onnx
@KIND
@pytest.mark.parametrize("name", ["vit_small", "lstm_classifier", "densenet40"])
def test_a_network_does_elsewhere_what_it_does_here(name: str, kind: str, tmp_path: Path) -> None:
    check(ZOO[name].build(), kind, tmp_path)


@pytest.mark.slow
@needs_onnx
@pytest.mark.parametrize("name", ZOO)
def test_every_network_of_the_zoo_agrees_in_onnxruntime(name: str, tmp_path: Path) -> None:
    graph = ZOO[name].build()
    (shape,) = input_shapes(graph)
    # Large images are made small: what is tested is the same, only faster.
    small = tuple(64 if size >= 128 else size for size in shape)
    check(graph if small == shape else ZOO[name].build(small), "onnx", tmp_path)


@pytest.mark.sampled(1)
@needs_onnx
@KIND
def test_several_inputs_and_outputs_keep_their_order(kind: str, tmp_path: Path) -> None:
    check(two_ends(), kind, tmp_path)


@pytest.mark.sampled(1)
@needs_onnx
@KIND
def test_without_weights_it_is_what_a_run_with_the_seed_starts_from(
    kind: str, untrained: Callable[[str], Path]
) -> None:
    graph, path = two_ends(), untrained(kind)
    torch.manual_seed(5)
    model = build(graph).eval()
    inputs = [torch.rand(2, *shape) for shape in input_shapes(graph)]
    with torch.no_grad():
        expected = model(*inputs)
    for result, wanted in zip(run(graph, kind, path, inputs), expected, strict=True):
        torch.testing.assert_close(result, wanted, rtol=0, atol=1e-5)


@needs_onnx
def test_inputs_and_outputs_are_called_as_on_the_canvas(untrained: Callable[[str], Path]) -> None:
    onnx = pytest.importorskip("onnx")
    graph = onnx.load(untrained("onnx")).graph
    assert [entry.name for entry in graph.input] == ["image", "mask"]
    assert [entry.name for entry in graph.output] == ["scores", "masked"]
    assert graph.input[0].type.tensor_type.shape.dim[0].dim_param


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ExportError, match=re.escape("pip install onnxscript")):
        export(two_ends(), "onnx", tmp_path / "m.onnx")
    assert not list(tmp_path.iterdir())


@KIND
def test_a_network_that_is_not_whole_is_refused(kind: str, tmp_path: Path) -> None:
    with pytest.raises(CompileError, match="no Output"):
        export(Graph(), kind, tmp_path / "m")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be written"):
        export(two_ends(), "torchscript", tmp_path / "nowhere" / "m.pt")


def test_what_a_format_cannot_express_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise RuntimeError("no such operator.\nand much more")

    monkeypatch.setattr(torch.export, "export", fail)
    path = tmp_path / "m.pt2"
    path.write_text("before")
    with pytest.raises(ExportError, match=r"^This network cannot be written as a program of torch\.export: no such op"):
        export(two_ends(), "torch-export", path)
    assert path.read_text() == "before"


def test_a_trace_that_depends_on_the_batch_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Other(nn.Module):
        def forward(self, image: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
            return image[:, :1, :4, :4].repeat(1, 3, 1, 1), mask

    trace = torch.jit.trace
    monkeypatch.setattr(torch.jit, "trace", lambda model, inputs, **options: trace(Other(), inputs, **options))
    with pytest.raises(ExportError, match="depends on the batch"):
        export(two_ends(), "torchscript", tmp_path / "m.pt")
