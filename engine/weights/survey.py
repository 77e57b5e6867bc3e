"""What pretrained weights a project could start from, and what would have to change in its network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.compiler.build import build
from engine.graph.edits import Edit, SetParam
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.layers.spec import TensorShape, format_shape
from engine.weights.catalogue import Candidate, candidates
from engine.weights.declarations import WeightsError
from engine.weights.download import cached
from engine.weights.files import read_weights
from engine.weights.head import adapt_head, head_of
from engine.weights.loading import Fit, fit
from engine.weights.preparation import Preparation, prepare


@dataclass(frozen=True, slots=True)
class Survey:
    """What can be offered for one network and one task."""

    graph: Graph
    """A copy of the network, with its ends fitted to the data."""
    changes: tuple[Edit, ...]
    """What was changed in the copy."""
    changes_text: str
    """The same as a sentence; empty when nothing was."""
    head: tuple[str, ...]
    """The layers that decide between the classes."""
    candidates: tuple[Candidate, ...]
    """The published weights that fit, the best to take first; for grey images, with the first layer adapted."""
    present: frozenset[str]
    """The names of those that need not be downloaded."""

    def preparation(self, source: str) -> Preparation:
        """What the weights of `source`, which fit, need to be changed besides `changes`."""
        return prepare(self.graph, source)

    def check_file(self, path: Path, called: str) -> Fit:
        """See whether the weights in a file fit, adapting the first layer where only that is needed for grey images.

        Raises:
            WeightsError: they do not.
        """
        return fit(build(self.graph, device="meta"), read_weights(path), head_of(self.graph), called, grey=True)


def survey(graph: Graph, input_shape: TensorShape, classes: int) -> Survey:
    """Look for weights for `graph`, which is not changed, as a network for samples of `input_shape`.

    Where the network cannot take such samples at all, its input is left as it is.

    Raises:
        WeightsError: the network cannot be built.
    """
    reason: GraphError | None = None
    try:
        attempts = list(_attempts(graph, input_shape, classes))
    except GraphError as error:
        attempts, reason = [], error
    for changes, text in attempts:
        copy = graph.snapshot()
        try:
            for change in changes:
                change.apply(copy)
            model = build(copy, device="meta")
        except GraphError as error:
            reason = reason or error
            continue
        head = head_of(copy)
        found = candidates(model, head, grey=True)
        present = frozenset(item.weights.name for item in found if cached(item.weights) is not None)
        return Survey(copy, changes, text, tuple(layer.module for layer in head.layers), tuple(found), present)
    raise WeightsError(f"Weights fit only a network that is whole. {reason}")


def _attempts(graph: Graph, input_shape: TensorShape, classes: int) -> Iterator[tuple[tuple[Edit, ...], str]]:
    """The changes to try: both ends, the head alone."""
    try:
        head: tuple[Edit, ...] = adapt_head(graph, classes).edits
    except GraphError:
        head = ()
    names = [f"“{layer.module}”" for layer in head_of(graph).layers]
    verb = "decides" if len(names) == 1 else "decide"
    about_head = [f"{' and '.join(names)} {verb} between {classes:,} classes"] if head else []
    inputs = [node for node in graph.nodes.values() if node.layer == "input" and node.params["shape"] != input_shape]
    if inputs:
        about_inputs = [f"“{node.name}” takes {format_shape(input_shape)}" for node in inputs]
        steps = tuple(SetParam(node.id, "shape", input_shape) for node in inputs)
        yield (*steps, *head), _sentence([*about_inputs, *about_head])
    yield head, _sentence(about_head)


def _sentence(parts: list[str]) -> str:
    return f"{', and '.join(parts)}." if parts else ""
