"""The command that writes a network for other programs: as code, as a training script, or with its weights."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine import project
from engine.compiler.class_names import class_name
from engine.compiler.formats import KINDS
from engine.graph import document
from engine.graph.document import DocumentError
from engine.graph.model import Graph
from engine.graph.params import ParamError
from engine.graph.wording import quoted

if TYPE_CHECKING:
    from torch import nn

_SUFFIXES = {"python": ".py", **KINDS}


def describe_export(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("file", metavar="FILE", type=Path, help="a project file")
    command.add_argument("-o", "--output", metavar="OUT", type=Path, required=True, help="the file to write")
    command.add_argument(
        "--format",
        choices=_SUFFIXES,
        help="what to write; else OUT tells by its end: .py, .onnx, .pt, .pt2, .safetensors (the weights alone)",
    )
    command.add_argument(
        "--weights",
        metavar="WEIGHTS",
        type=Path,
        help="a .safetensors, .pth or .pt file with the weights that go into OUT; without it, those that the project "
        "starts from",
    )
    command.add_argument("--training-script", action="store_true", help="write Python with data, recipe and loop")
    command.add_argument("--force", action="store_true", help="replace OUT when it exists")
    command.set_defaults(carry_out=_export)


def _export(options: argparse.Namespace) -> int:
    graph = project.open_project(options.file)
    wanted = options.format or _format_of(options.output)
    _check_options(options, wanted)
    if wanted == "python":
        _write_code(graph, options)
    else:
        from engine.compiler.export import export

        seed = project.recipe(graph).seed
        export(graph, wanted, options.output, lambda model: _load_weights(graph, options, model), seed)
    size = options.output.stat().st_size
    if options.json:
        _tell(json.dumps({"file": str(options.output), "format": wanted, "bytes": size}, ensure_ascii=False))
    else:
        _tell(f"Wrote {options.output}, {size:,} bytes.")
    return 0


def _format_of(path: Path) -> str:
    for name, suffix in _SUFFIXES.items():
        if path.suffix.lower() == suffix:
            return name
    raise ParamError(
        f"{quoted(path.name)} does not tell what to write: end it in {', '.join(_SUFFIXES.values())}, or say --format."
    )


def _check_options(options: argparse.Namespace, wanted: str) -> None:
    if options.training_script and wanted != "python":
        raise ParamError(f"--training-script writes Python, not {wanted}: leave one of the two away.")
    if options.weights is not None and wanted == "python":
        raise ParamError("--weights go into all files but those of Python: code holds none.")
    if options.output.exists() and not options.force:
        raise DocumentError(f"“{options.output}” exists already: choose another name, or replace it with --force.")


def _write_code(graph: Graph, options: argparse.Namespace) -> None:
    name = class_name(options.file.stem)
    if options.training_script:
        from engine.training.script import project_script

        code = project_script(graph, name)
    else:
        from engine.compiler.codegen import generate

        code = generate(graph, name)
    document.write_atomically(code.text.encode(), options.output)


def _load_weights(graph: Graph, options: argparse.Namespace, model: nn.Module) -> None:
    """Load the weights that were asked for, or those that the project has chosen."""
    if options.weights is None:
        load = project.training_job(graph, options.file.absolute().parent).load_weights
        if load is not None:
            load(model, lambda sentence: None)
        return
    from engine.weights.files import read_weights
    from engine.weights.head import head_of
    from engine.weights.loading import load_all

    load_all(model, read_weights(options.weights), head_of(graph), quoted(options.weights.name, 100))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
