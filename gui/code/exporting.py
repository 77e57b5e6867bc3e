"""The kinds of files that a network can be saved as, and how they are written."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.graph.document import DocumentError, write_atomically
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.project import training_job
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
)
"""Everything that can be chosen, in the order of the dialog."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that has been written."""

    path: Path
    """Where it is."""
    size: int
    """Its bytes."""


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


def write_export(
    document: Graph, wanted: str, path: Path, name: str, folder: Path | None, progress: Progress
) -> Written:
    """Write `document` to `path` in the format with the id `wanted`; for any thread.

    The file at `path` is exchanged at the end, in one step, and not at all when nobody wants it any more.

    Args:
        name: the name of the network's class, in code.
        folder: where the project is, beside which its weights are looked for; None while it has no file.
        progress: raises when the file is not wanted any more.

    Raises:
        GraphError: the network cannot be written, or the file cannot, with the reason.
    """
    with tempfile.TemporaryDirectory() as place:
        temporary = Path(place) / path.name
        _write(document, wanted, temporary, name, lambda model: load_weights(document, folder, model, progress))
        progress(1, 1)
        data = temporary.read_bytes()
    try:
        write_atomically(data, path)
    except DocumentError as error:
        raise GraphError(str(error)) from error
    return Written(path, len(data))


def _write(document: Graph, wanted: str, path: Path, name: str, prepare: Callable[[nn.Module], None]) -> None:
    # Imports torch, which is loaded by now.
    if wanted == "model":
        from engine.compiler.codegen import generate

        path.write_text(generate(document, name).text, encoding="utf-8")
    elif wanted == "script":
        from engine.training.script import project_script

        path.write_text(project_script(document, name).text, encoding="utf-8")
    else:
        from engine.compiler.export import export

        export(document, wanted, path, prepare)


def load_weights(document: Graph, folder: Path | None, model: nn.Module, progress: Progress) -> None:
    """Give `model` the weights that training would start from, where the project has chosen some."""
    load = training_job(document, folder).load_weights
    if load is not None:
        load(model, lambda _sentence: progress(0, 0))
