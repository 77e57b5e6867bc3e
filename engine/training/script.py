"""The training script of a project: its network, data set and recipe as one file that runs without Netwright."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.declarations import DataChoice
from engine.training.recipe import Recipe
from engine.weights.declarations import SECTION, WeightChoice
from engine.weights.head import head_of

if TYPE_CHECKING:
    from engine.analysis.report import Analysis
    from engine.compiler.code_format import Code
    from engine.compiler.training_script import ScriptData
    from engine.graph.model import Graph

_COLOURS = (1, 3)


def project_script(graph: Graph, class_name: str = "Network", analysis: Analysis | None = None) -> Code:
    """The training script of the project of `graph`; imports torch.

    A project that has not chosen a data set and whose network takes other images than the default one gets a script
    for images in folders.

    Args:
        class_name: the name of the network's class.
        analysis: what is known about `graph`, if it has been analysed already.

    Raises:
        GraphError: the network is not whole or does not fit its data.
        ParamError: the settings of the project are wrong.
    """
    from engine.analysis.shapes import ShapeInference
    from engine.compiler.training_script import training_script

    known = ShapeInference().analyse(graph) if analysis is None else analysis
    recipe = Recipe.from_settings(graph.settings.get("recipe", {}))
    freezes = WeightChoice.from_settings(graph.settings.get(SECTION, {})).freezes_backbone
    head = sorted(head_of(graph).modules) if freezes else []
    return training_script(graph, _data(graph, known), recipe.settings(), head, class_name, known)


def _data(graph: Graph, analysis: Analysis) -> ScriptData:
    from engine.compiler.training_script import ScriptData, network_ends

    settings = graph.settings.get("data", {})
    choice = DataChoice.from_settings(settings)
    declared = choice.declaration
    if "dataset" not in settings and any(node.layer == "input" for node in graph.nodes.values()):
        sample, given = network_ends(graph, analysis)
        scores = next(iter(given.values()))
        if sample != declared.input_shape and len(sample) == 3 and sample[0] in _COLOURS and len(scores) == 1:
            return ScriptData("folder", "images in folders", sample, scores[0], {})
    return ScriptData(declared.id, declared.label, declared.input_shape, declared.classes, choice.params)
