"""What can be chosen about the networks of the gallery, and how they are searched; without the dialog."""

from __future__ import annotations

import pytest

from engine.analysis.problem import Severity
from engine.graph import document
from engine.project import ProjectAnalyser
from engine.zoo.registry import ZOO
from gui.gallery.choices import Choices, data_sets_for
from gui.gallery.search import find_networks


@pytest.mark.parametrize("name", list(ZOO))
def test_a_network_as_it_is_meant_to_be_is_the_one_of_the_command_line(name: str) -> None:
    choices = Choices.of(ZOO[name])
    assert document.dump(choices.draw()) == document.dump(ZOO[name].build())
    assert list(choices.values) == [param.name for param in choices.params]
    for param in choices.params:
        assert choices.with_value(param.name, choices.values[param.name]) == choices
        assert param.check(choices.values[param.name]) == param.default
    first, second = list(choices.values)[:2]
    changed = choices.with_value(second, 9).values
    assert (changed[first], changed[second]) == (choices.values[first], 9)


@pytest.mark.slow
def test_nothing_that_is_offered_has_a_problem() -> None:
    analyser = ProjectAnalyser()
    offered = 0
    for entry in ZOO.values():
        for data_set in data_sets_for(entry):
            choices = Choices.of(entry)
            if choices.objection(data_set):
                continue
            graph = choices.fitted(data_set).draw()
            analysis, problems = analyser.analyse(graph)
            errors = [problem.sentence for problem in problems if problem.severity is Severity.ERROR]
            assert (entry.id, data_set.id, errors) == (entry.id, data_set.id, [])
            (end,) = (node.id for node in graph.nodes.values() if node.layer == "output")
            (wire,) = graph.incoming(end)
            assert analysis.nodes[wire.source].outputs == ((data_set.classes,),)
            offered += 1
    assert offered > len(ZOO) / 2


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("resnet50", ["resnet50"]),
        ("ResNet 50", ["resnet50"]),
        ("RESNET-50", ["resnet50"]),
        ("vgg16", ["vgg16", "vgg16_bn"]),
        ("vgg 16 batch norm", ["vgg16_bn"]),
        ("unet", ["unet"]),
        ("mlp", ["mlp", "spirals_mlp"]),
        ("transformer", ["vit_small"]),
        ("squeeze", ["squeezenet1_0", "squeezenet1_1"]),
        ("no such network", []),
        ("-", []),
    ],
)
def test_networks_are_found_by_name(query: str, first: list[str]) -> None:
    assert [entry.id for entry in find_networks(ZOO.values(), query)][: len(first) or None] == first


def test_networks_are_found_by_what_they_do() -> None:
    found = {entry.id for entry in find_networks(ZOO.values(), "skip connections")}
    assert {"residual_cnn", "resnet18", "resnet152"} <= found
    assert "vgg16" not in found
