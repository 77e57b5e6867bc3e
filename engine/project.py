"""Projects as a whole: a graph whose layers, data set and recipe have all been checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.analysis import memory
from engine.analysis.memory import TrainingMemory
from engine.analysis.preflight import OtherData, Task, find_problems
from engine.analysis.problem import Problem
from engine.analysis.report import Analysis
from engine.data.declarations import DATA_SETS, DataChoice
from engine.graph import document
from engine.graph.document import DocumentError
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.params import ParamError
from engine.layers.endpoints import loss_weights
from engine.layers.validation import validated
from engine.training.job import TrainingJob
from engine.training.recipe import Recipe
from engine.weights.declarations import SECTION, WeightChoice
from engine.weights.head import head_of

if TYPE_CHECKING:
    from torch import nn


def open_project(path: Path) -> Graph:
    """Read and check the project file at `path`.

    Raises:
        DocumentError: with one sentence that says what is wrong with it.
    """
    return checked(document.read(path), f"“{path.name}”")


def parse_project(data: bytes, where: str) -> Graph:
    """Read and check the bytes of a project file; `where` begins the sentence of an error.

    Raises:
        DocumentError: with one sentence that says what is wrong with it.
    """
    return checked(document.parse(data, where), where)


def checked(graph: Graph, where: str) -> Graph:
    """`graph` with every parameter of every layer in its canonical form.

    Raises:
        DocumentError: a layer, the data set, the recipe or the choice of weights is not one that this version knows.
    """
    try:
        result = validated(graph)
        data_choice(result)
        recipe(result)
        weight_choice(result)
    except (GraphError, ParamError) as error:
        raise DocumentError(f"{where} cannot be opened: {error}") from error
    return result


def data_choice(graph: Graph) -> DataChoice:
    """The data set that the project of `graph` is trained on."""
    return DataChoice.from_settings(graph.settings.get("data", {}))


def recipe(graph: Graph) -> Recipe:
    """The recipe that the project of `graph` is trained by."""
    return Recipe.from_settings(graph.settings.get("recipe", {}))


def weight_choice(graph: Graph) -> WeightChoice:
    """The weights that the network of `graph` starts from."""
    return WeightChoice.from_settings(graph.settings.get(SECTION, {}))


def task(graph: Graph) -> Task:
    """What the network of the project is to do."""
    choice, how = data_choice(graph), recipe(graph)
    data_set = choice.declaration
    return Task(
        data_set.label,
        data_set.input_shape,
        data_set.classes,
        how.loss,
        batch_size=how.batch_size,
        is_chosen="dataset" in graph.settings.get("data", {}),
        other_data=tuple(
            OtherData(other.id, other.label, other.input_shape)
            for other in DATA_SETS.values()
            if other.id != choice.dataset
        ),
    )


def training_memory(graph: Graph, analysis: Analysis) -> TrainingMemory:
    """What training takes with the recipe of the project, in bytes."""
    how = recipe(graph)
    return memory.training_memory(analysis, how.batch_size, how.optimizer, how.momentum)


def largest_batch(graph: Graph, analysis: Analysis, free: int) -> int | None:
    """The most samples that a batch may have with the recipe of the project to fit into `free` bytes; None for any."""
    how = recipe(graph)
    return memory.largest_batch(analysis, free, how.optimizer, how.momentum)


class ProjectAnalyser:
    """Analyses projects and remembers what layers do to shapes; imports torch when it is made."""

    def __init__(self) -> None:
        from engine.analysis.shapes import ShapeInference

        self._shapes = ShapeInference()
        # Fixes are tried on copies, whose blocks must not push out what is known of the project's own.
        self._trials = ShapeInference(self._shapes)

    def analyse(self, graph: Graph) -> tuple[Analysis, list[Problem]]:
        """Shapes and costs of every node, and the problems of the project."""
        analysis = self._shapes.analyse(graph)
        return analysis, find_problems(graph, analysis, task(graph), self._trials.analyse)


def training_job(graph: Graph, folder: Path | None = None) -> TrainingJob:
    """What to train for the project; a snapshot of the graph is compiled on the thread that trains.

    Args:
        graph: the project.
        folder: where its file is, beside which files with weights are looked for; None while it has none.
    """
    snapshot, choice, head = graph.snapshot(), weight_choice(graph), head_of(graph)

    def build_model() -> nn.Module:
        from engine.compiler.build import build
        from engine.weights.transfer import freeze_backbone

        model = build(snapshot)
        if choice.freezes_backbone:
            freeze_backbone(model, head)
        return model

    def load_weights(model: nn.Module, announce: Callable[[str], None]) -> None:
        from engine.weights.sources import load_choice

        load_choice(model, head, choice, folder, announce)

    return TrainingJob(
        build_model=build_model,
        data=data_choice(graph),
        recipe=recipe(graph),
        load_weights=load_weights if choice.is_given else None,
        loss_weights=loss_weights(graph),
    )
