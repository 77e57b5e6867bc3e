"""What expressions inside a block may use, and what they are worth in the instance that was entered."""

from __future__ import annotations

from dataclasses import dataclass

from engine.graph.expressions import is_expression, resolve
from engine.graph.model import Graph, Node
from engine.graph.params import Param, ParamError, Params, ParamValue
from engine.layers import nodes
from engine.layers.blocks import declared, resolved, variables_of
from gui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Variables:
    """The parameters of the block whose inside is in view; none in the network itself."""

    params: tuple[Param, ...] = ()
    """What expressions may use."""
    values: Params | None = None
    """The value of each in the instance that was entered; None when they are not known."""

    @property
    def names(self) -> list[str]:
        """What expressions may use, by name."""
        return [param.name for param in self.params]

    def worth(self, param: Param, value: ParamValue) -> ParamValue | None:
        """What `value` of `param` comes to here; None when that is not known.

        Raises:
            ParamError: the expression cannot be computed, or its value is out of the range of `param`.
        """
        if not is_expression(value):
            return value
        return None if self.values is None else resolve(param, value, self.values)

    def plain(self, param: Param, value: ParamValue) -> ParamValue:
        """What takes the place of the expression `value` when it is given up: its worth, or else the default."""
        values = {known.name: known.default for known in self.params} if self.values is None else self.values
        try:
            return resolve(param, value, values)
        except ParamError:
            return param.default

    def plain_params(self, graph: Graph, node: Node) -> Params | None:
        """The parameters of `node` in `graph` with plain values only; None when they are not known."""
        if not any(map(is_expression, node.params.values())):
            return node.params
        try:
            return None if self.values is None else resolved(declared(graph, node), node.params, self.values)
        except ParamError:
            return None


def variables_in_view(workspace: Workspace) -> Variables:
    """The variables of the graph in view."""
    params = nodes.variables(workspace.graph)
    return Variables(params, _values_in_view(workspace) if params else {})


def _values_in_view(workspace: Workspace) -> Params | None:
    # A block that was opened by itself has no instance that would give its parameters values.
    values: Params | None = {} if workspace.scope.is_placed else None
    graphs = workspace.scope.graphs(workspace.document)
    for graph, node_id, inner in zip(graphs, workspace.scope.path, graphs[1:], strict=False):
        found = Variables(nodes.variables(graph), values).plain_params(graph, graph.nodes[node_id])
        values = None if found is None else variables_of(graph.blocks[inner.block], found)
    return values
