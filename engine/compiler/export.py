"""Writes a network with its weights for other programs: as ONNX, TorchScript or a program of `torch.export`.

The weights alone, without the network, go into a safetensors file.
"""

from __future__ import annotations

import importlib.util
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, fx, nn

from engine.compiler.build import build
from engine.compiler.formats import KINDS
from engine.compiler.randomness import OwnRandomness
from engine.graph.document import write_atomically
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.wording import on_one_line

_BATCH = 2
_FAILURES = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What PyTorch's exporters raise on networks that they cannot express."""
_TOLERANCE = 1e-4
_LONGEST = 200


class ExportError(GraphError):
    """A network that cannot be written in a format; its text is one sentence for the user."""


def export(
    graph: Graph, kind: str, path: Path, prepare: Callable[[nn.Module], object] | None = None, seed: int = 0
) -> None:
    """Write the network of `graph`, in evaluation mode and for batches of any size, to `path` in one step.

    The random numbers of the program are left as they are, so that a run on another thread is not disturbed.

    Args:
        kind: one of `KINDS`.
        prepare: loads weights into the compiled network.
        seed: without `prepare` the weights are those that a run with this seed starts from.

    Raises:
        CompileError: the graph is not a whole network yet.
        ExportError: the format cannot express the network, or a package for it is missing.
        DocumentError: the file cannot be written.
    """
    with OwnRandomness(seed):
        model = build(graph)
    if prepare is not None:
        prepare(model)
    model.eval()
    inputs = _inputs(graph, model, _BATCH)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # The exporters warn developers of what will change; the user can do nothing about it.
        warnings.simplefilter("ignore")
        file = Path(folder) / f"model{KINDS[kind]}"
        try:
            _WRITERS[kind](graph, model, inputs, file)
        except ExportError:
            raise
        except _FAILURES as error:
            raise ExportError(_sentence(kind, error)) from error
        data = file.read_bytes()
    write_atomically(data, path)


def _write_onnx(graph: Graph, model: fx.GraphModule, inputs: tuple[Tensor, ...], file: Path) -> None:
    if importlib.util.find_spec("onnxscript") is None:
        raise ExportError("Writing ONNX needs one more package: pip install onnxscript.")
    names = [node.name for node in model.graph.find_nodes(op="placeholder")]
    torch.onnx.export(
        model,
        inputs,
        file,
        dynamo=True,
        external_data=False,
        verbose=False,
        input_names=names,
        output_names=_output_names(graph, names),
        dynamic_shapes=_any_batch(inputs),
    )


def _write_torchscript(graph: Graph, model: fx.GraphModule, inputs: tuple[Tensor, ...], file: Path) -> None:
    # PyTorch's own check compares how it got there, which may differ; what counts is what comes out.
    traced: nn.Module = torch.jit.trace(model, inputs, check_trace=False)  # type: ignore[no-untyped-call]
    others = _inputs(graph, model, _BATCH + 1)
    with torch.no_grad():
        results = [_as_tuple(network(*others)) for network in (model, traced)]
    pairs = zip(*results, strict=True)
    if not all(torch.allclose(one, other, atol=_TOLERANCE, equal_nan=True) for one, other in pairs):
        raise ValueError("what it does depends on the batch")
    torch.jit.save(traced, file)


def _write_program(graph: Graph, model: fx.GraphModule, inputs: tuple[Tensor, ...], file: Path) -> None:
    torch.export.save(torch.export.export(model, inputs, dynamic_shapes=_any_batch(inputs)), file)


def _write_weights(graph: Graph, model: fx.GraphModule, inputs: tuple[Tensor, ...], file: Path) -> None:
    # Tied weights share memory, which safetensors refuses; copies load just as well.
    save_file({name: tensor.clone().contiguous() for name, tensor in model.state_dict().items()}, file)


_WRITERS: dict[str, Callable[[Graph, fx.GraphModule, tuple[Tensor, ...], Path], None]] = {
    "onnx": _write_onnx,
    "torchscript": _write_torchscript,
    "torch-export": _write_program,
    "safetensors": _write_weights,
}


def _inputs(graph: Graph, model: fx.GraphModule, batch: int) -> tuple[Tensor, ...]:
    """Samples for each argument of `model`, which are valid as ids of anything, too."""
    entries = [node for node in graph.nodes.values() if node.layer == "input"]
    shapes = {node.name.replace(".", "_"): node.params["shape"] for node in entries}
    own = torch.Generator().manual_seed(0)
    found = []
    for node in model.graph.find_nodes(op="placeholder"):
        shape = shapes[str(node.target)]
        assert isinstance(shape, tuple)
        found.append(torch.rand(batch, *shape, generator=own))
    return tuple(found)


def _output_names(graph: Graph, taken: Sequence[str]) -> list[str]:
    outputs = sorted((node for node in graph.nodes.values() if node.layer == "output"), key=lambda n: (len(n.id), n.id))
    names = [node.name.replace(".", "_") for node in outputs]
    return [f"{name}_" if name in taken else name for name in names]


def _any_batch(inputs: Sequence[Tensor]) -> tuple[dict[int, torch.export.Dim], ...]:
    batch = torch.export.Dim("batch")
    return tuple({0: batch} for _ in inputs)


def _as_tuple(outputs: object) -> tuple[Tensor, ...]:
    return tuple(outputs) if isinstance(outputs, (tuple, list)) else (outputs,)  # type: ignore[return-value]


def _sentence(kind: str, error: Exception) -> str:
    titles = {"onnx": "ONNX", "torchscript": "TorchScript", "torch-export": "a program of torch.export"}
    reason = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
    return f"This network cannot be written as {titles[kind]}: {on_one_line(reason, _LONGEST)}."
