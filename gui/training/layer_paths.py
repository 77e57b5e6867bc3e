"""Which module of a compiled network is which layer on the canvas, however deep inside of blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.graph.model import Graph, NodeId
from engine.graph.params import ParamError, Params
from engine.layers.blocks import copies, declared, resolved, variables_of
from gui.scope import inside


@dataclass(frozen=True, slots=True)
class LayerPath:
    """The way from the network to one layer."""

    nodes: tuple[NodeId, ...]
    """The instances on the way, and the layer itself."""
    is_first: bool
    """Whether it lies in the first copy of every instance: inside of blocks those are shown."""

    def step_from(self, path: Sequence[NodeId]) -> NodeId | None:
        """The node that stands for the layer in the graph to which the instances of `path` lead; None elsewhere."""
        depth = len(path)
        is_below = len(self.nodes) > depth and self.nodes[:depth] == tuple(path) and (self.is_first or not path)
        return self.nodes[depth] if is_below else None


def layer_paths(document: Graph) -> dict[str, LayerPath]:
    """The way to every layer of the network, by the path of its module, such as `layer1.0.conv1`."""
    return dict(_paths(document, "", LayerPath((), True), {}))


def find_path(paths: Mapping[str, LayerPath], module: str) -> LayerPath | None:
    """The way to the layer that `module` is, or is a part of; None when there is none."""
    parts = module.split(".")
    prefixes = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((paths[prefix] for prefix in prefixes if prefix in paths), None)


def _paths(graph: Graph, prefix: str, way: LayerPath, variables: Params) -> Iterator[tuple[str, LayerPath]]:
    for node in graph.nodes.values():
        inner = inside(graph, node.id)
        if inner is None:
            yield f"{prefix}{node.name}", LayerPath((*way.nodes, node.id), way.is_first)
            continue
        try:
            params = resolved(declared(graph, node), node.params, variables)
        except ParamError:
            continue  # It cannot be built, so it has no modules.
        known = variables_of(graph.blocks[inner.block], params)
        for number, name in enumerate(copies(node, params)):
            further = LayerPath((*way.nodes, node.id), way.is_first and number == 0)
            yield from _paths(inner, f"{prefix}{name}.", further, known)
