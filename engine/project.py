"""Projects as a whole: a graph whose layers, data set and recipe have all been checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.analysis.preflight import Task, find_problems
from engine.analysis.problem import Problem
from engine.analysis.report import Analysis
from engine.data.declarations import DataChoice
from engine.graph import document
from engine.graph.document import DocumentError
from engine.graph.model import Graph, GraphError
from engine.graph.params import ParamError
from engine.layers.validation import validated
from engine.training.job import TrainingJob
from engine.training.recipe import Recipe

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
        DocumentError: a layer, the data set or the recipe is not one that this version knows.
    """
    try:
        result = validated(graph)
        data_choice(result)
        recipe(result)
    except (GraphError, ParamError) as error:
        raise DocumentError(f"{where} cannot be opened: {error}") from error
    return result


def data_choice(graph: Graph) -> DataChoice:
    """The data set that the project of `graph` is trained on."""
    return DataChoice.from_settings(graph.settings.get("data", {}))


def recipe(graph: Graph) -> Recipe:
    """The recipe that the project of `graph` is trained by."""
    return Recipe.from_settings(graph.settings.get("recipe", {}))


def task(graph: Graph) -> Task:
    """What the network of the project is to do."""
    data_set = data_choice(graph).declaration
    return Task(data_set.label, data_set.input_shape, data_set.classes, recipe(graph).loss)


class ProjectAnalyser:
    """Analyses projects and remembers what layers do to shapes; imports torch when it is made."""

    def __init__(self) -> None:
        from engine.analysis.shapes import ShapeInference

        self._shapes = ShapeInference()

    def analyse(self, graph: Graph) -> tuple[Analysis, list[Problem]]:
        """Shapes and costs of every node, and the problems of the project."""
        analysis = self._shapes.analyse(graph)
        return analysis, find_problems(graph, analysis, task(graph))


def training_job(graph: Graph) -> TrainingJob:
    """What to train for the project; a snapshot of the graph is compiled on the thread that trains."""
    snapshot = graph.snapshot()

    def build_model() -> nn.Module:
        from engine.compiler.build import build

        return build(snapshot)

    return TrainingJob(build_model=build_model, data=data_choice(graph), recipe=recipe(graph))
