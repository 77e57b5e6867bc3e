"""Changing the data set of a project, and what has to change in the network along with it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.analysis.preflight import sizing
from engine.data.declarations import DATA_SETS, DataSet
from engine.graph.edits import Compound, Edit, SetParam, SetSetting
from engine.graph.model import Graph
from engine.layers.blocks import declared
from engine.layers.spec import Call


def switch_data_set(graph: Graph, dataset: str, data_sets: Mapping[str, DataSet] = DATA_SETS) -> Edit:
    """The edit that trains `graph` on another data set: the choice itself, and both ends of the network fitted to it.

    The input takes the shape of the new samples, and the dense layer that decides the size of the output, or the
    block with such a parameter, gets as many units as there are classes, if it can. What lies between is left alone.

    Raises:
        KeyError: there is no such data set.
    """
    chosen = data_sets[dataset]
    steps: list[Edit] = [SetSetting("data", "dataset", dataset)]
    for node in graph.nodes.values():
        call = declared(graph, node).call
        if call is Call.INPUT and node.params["shape"] != chosen.input_shape:
            steps.append(SetParam(node.id, "shape", chosen.input_shape))
        elif call is Call.OUTPUT:
            edit = sizing(graph, node.id, chosen.classes)
            if edit is not None and graph.nodes[edit.node].params[edit.name] != edit.value:
                steps.append(edit)
    return Compound(f"Train on {chosen.label}", tuple(steps))
