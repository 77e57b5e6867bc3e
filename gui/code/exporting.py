"""The kinds of files that a network can be saved as, with which weights, and how they are written."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.graph.document import DocumentError, write_atomically
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.wording import quoted
from engine.project import recipe, training_job
from gui import recent
from gui.work import Progress
from gui.workspace import Workspace

if TYPE_CHECKING:
    from torch import nn

_FOLDER_SETTING = "export_folder"


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One kind of file that a network can be saved as."""

    id: str
    """How the rest of the window names it."""
    title: str
    """What people call it."""
    doc: str
    """What it is for, in a sentence."""
    file_name: str
    """What the file is called unless the project has a name."""
    kind: str
    """What the file dialog calls such files."""
    has_weights: bool = True
    """Whether weights are in the file."""

    @property
    def suffix(self) -> str:
        """How the file's name ends."""
        return Path(self.file_name).suffix


FORMATS = (
    ExportFormat(
        "model",
        "Python code",
        "The network as a class that needs PyTorch alone: to read and to build on.",
        "model.py",
        "Python files",
        has_weights=False,
    ),
    ExportFormat(
        "script",
        "Python training script",
        "The same with data, recipe and training loop; it runs with “python train.py”.",
        "train.py",
        "Python files",
        has_weights=False,
    ),
    ExportFormat(
        "onnx",
        "ONNX",
        "Network and weights for other programs and languages, such as ONNX Runtime.",
        "model.onnx",
        "ONNX models",
    ),
    ExportFormat(
        "torchscript",
        "TorchScript",
        "Network and weights for C++ programs that load them with LibTorch.",
        "model.pt",
        "TorchScript models",
    ),
    ExportFormat(
        "torch-export",
        "PyTorch program (torch.export)",
        "Network and weights as a graph of operations, for compilers and small devices.",
        "model.pt2",
        "PyTorch programs",
    ),
    ExportFormat(
        "safetensors",
        "Weights alone",
        "What the network knows, for its Python code or to start another training from.",
        "weights.safetensors",
        "Weights in safetensors",
    ),
)
"""Everything that can be chosen, in the order of the dialog."""


Weights = Callable[["nn.Module", Progress], str]
"""Gives weights to the compiled network, on any thread, and says what they are as the end of a sentence, or nothing."""


@dataclass(frozen=True, slots=True)
class Order:
    """A file that is to be written."""

    document: Graph
    """The project; nobody changes it any more."""
    format: str
    """The id of the file's format."""
    path: Path
    """Where it goes."""
    class_name: str
    """What the network is called in code."""
    weights: Weights
    """The weights in it, where the format has any."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that has been written."""

    path: Path
    """Where it is."""
    size: int
    """Its bytes."""
    weights: str
    """What the weights in it are, as the end of a sentence; empty where there is nothing to say about them."""


def remember_folder(path: Path) -> None:
    """Suggest the folder of `path` for the next export."""
    recent.settings().setValue(_FOLDER_SETTING, str(path.parent))


def suggested_path(workspace: Workspace, wanted: ExportFormat) -> Path:
    """Where a file is saved unless the user says otherwise: beside the project, or where the last export went."""
    last = str(recent.settings().value(_FOLDER_SETTING, ""))
    if workspace.path is not None:
        folder = workspace.path.parent
    else:
        folder = Path(last) if last and Path(last).is_dir() else Path.home()
    stem = Path(wanted.file_name).stem
    if workspace.path is not None and wanted.id != "script":
        stem = workspace.path.stem
    return folder / f"{stem}{wanted.suffix}"


def write_export(order: Order, progress: Progress) -> Written:
    """Write a file; for any thread.

    What is at the path is exchanged at the end, in one step, and not at all when nobody wants the file any more.

    Args:
        order: what to write.
        progress: raises when the file is not wanted any more.

    Raises:
        GraphError: the network cannot be written, or the file cannot, with the reason.
    """
    with tempfile.TemporaryDirectory() as place:
        temporary = Path(place) / order.path.name
        told = _write(order, temporary, progress)
        progress(1, 1)
        data = temporary.read_bytes()
    try:
        write_atomically(data, order.path)
    except DocumentError as error:
        raise GraphError(str(error)) from error
    return Written(order.path, len(data), told)


def _write(order: Order, path: Path, progress: Progress) -> str:
    """Write a file to `path`, and say what the weights in it are."""
    # Imports torch, which is loaded by now.
    if order.format == "model":
        from engine.compiler.codegen import generate

        path.write_text(generate(order.document, order.class_name).text, encoding="utf-8")
    elif order.format == "script":
        from engine.training.script import project_script

        path.write_text(project_script(order.document, order.class_name).text, encoding="utf-8")
    else:
        from engine.compiler.export import export

        told: list[str] = []
        seed = recipe(order.document).seed
        export(order.document, order.format, path, lambda model: told.append(order.weights(model, progress)), seed)
        return told[0]
    return ""


def starting_weights(document: Graph, folder: Path | None) -> Weights:
    """Those that training starts from.

    Args:
        document: the project.
        folder: where it is, beside which its weights are looked for; None while it has no file.
    """

    def give(model: nn.Module, progress: Progress) -> str:
        load = training_job(document, folder).load_weights
        if load is not None:
            load(model, lambda _sentence: progress(0, 0))
        return ""

    return give


def weights_of_file(document: Graph, file: Path) -> Weights:
    """Those in a file that fits the network."""

    def give(model: nn.Module, progress: Progress) -> str:
        from engine.weights.files import read_weights
        from engine.weights.head import head_of
        from engine.weights.loading import load_all

        called = quoted(file.name, 80)
        load_all(model, read_weights(file), head_of(document), called)
        return f"with the weights of {called}"

    return give
