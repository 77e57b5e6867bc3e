"""The rows of the analysis table: layers, copies of blocks, and what is inside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import prod

from engine.analysis.report import UNKNOWN, Analysis, NodeReport
from engine.graph.block_edits import BLOCK_OUTPUT, ends
from engine.graph.blocks import block_of
from engine.graph.model import Graph, Node, NodeId
from engine.layers.blocks import INSTANCE_PARAMS, REPEAT, copies, declared
from engine.layers.registry import UnknownLayerError, spec
from engine.layers.spec import LayerSpec, format_shape
from gui.analysis.columns import COLUMNS, LAYER, OUTPUT, TYPE
from gui.inspector.cost import LOADING, UNPLACED, waiting_reason
from gui.scope import inside
from gui.written import written

UNKNOWN_TEXT = "–"
"""Stands where something is not known."""
_FIRST = {param.name: param.default for param in INSTANCE_PARAMS}


@dataclass(frozen=True, slots=True)
class Part:
    """What a row stands for."""

    graph: Graph
    """The graph that the node is in."""
    node: Node
    """The layer; for a copy of a block, the instance that it is a copy of."""
    report: NodeReport
    """What is known about it."""
    copy: int | None = None
    """The number of the copy; None for a row that stands for a node as a whole."""
    copy_name: str = ""
    """The name of the copy."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.copy_name or self.node.name

    @property
    def label(self) -> str:
        """What kind of layer it is."""
        return block_of(self.node.layer) or spec(self.node.layer).label

    @property
    def key(self) -> NodeId | int:
        """What tells it from the others beside it, whatever happens to them."""
        return self.node.id if self.copy is None else self.copy

    def inner_graph(self) -> Graph | None:
        """The inside of the block that it is an instance of; None for a plain layer."""
        return inside(self.graph, self.node.id) if block_of(self.node.layer) else None

    def parts(self) -> Iterator[Part]:
        """What is inside it: its copies if there are several, else its layers."""
        inner = self.inner_graph()
        if inner is None:
            return
        known = self.report.inside
        if self.copy is None and len(known) > 1:
            names = copies(self.node, {**_FIRST, **self.node.params, REPEAT.name: len(known)})
            for number, (name, analysis) in enumerate(zip(names, known, strict=True)):
                yield replace(self, report=_report_of_copy(inner, analysis), copy=number, copy_name=name)
        else:
            yield from parts_of(inner, known[0] if known else None)


def parts_of(graph: Graph, analysis: Analysis | None) -> Iterator[Part]:
    """The layers of `graph` in the order in which they are computed."""
    for node in graph.wiring.topological_order():
        yield Part(graph, graph.nodes[node], UNKNOWN if analysis is None else analysis.nodes.get(node, UNKNOWN))


def _report_of_copy(graph: Graph, analysis: Analysis) -> NodeReport:
    shapes = [analysis.nodes[end].outputs for end in ends(graph, BLOCK_OUTPUT)]
    return NodeReport(
        outputs=tuple(shape[0] for shape in shapes) if all(shapes) else (),
        parameters=analysis.parameters,
        flops=analysis.flops,
        activation_bytes=analysis.activation_bytes,
        fixed_bytes=analysis.fixed_bytes,
        waiting=not analysis.is_valid,
        inside=(analysis,),
    )


@dataclass(eq=False, slots=True)
class Branch:
    """Something that rows are below: the whole table, or a row."""

    id: int
    """By what Qt's indexes name it."""
    children: dict[NodeId | int, Row] | None = None
    """All that is below it, in the order of computation; None until somebody has looked."""
    shown: list[Row] = field(default_factory=list)
    """What of it is shown, in the order in which it is shown."""
    is_found: bool = True
    """Whether it fits the search by itself, so that everything below it is shown."""


@dataclass(eq=False, slots=True, kw_only=True)
class Row(Branch):
    """One row."""

    parent: Branch
    """What it is below."""
    number: int = 0
    """Which it is among those that are shown."""
    place: int = 0
    """Which it is in the order of computation."""
    part: Part
    """What it stands for."""
    _spec: LayerSpec | None = None

    @property
    def spec(self) -> LayerSpec | None:
        """The declaration of its layer; None when it is an instance of a block that does not exist."""
        if self._spec is None:
            try:
                self._spec = declared(self.part.graph, self.part.node)
            except UnknownLayerError:
                return None
        return self._spec

    def stand_for(self, part: Part, place: int) -> None:
        """Show something else, or something else about the same."""
        self.part = part
        self.place = place
        self._spec = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.part.name

    @property
    def path(self) -> str:
        """Its name behind those of what it is inside of, as in a state dict."""
        above = self.parent
        if not isinstance(above, Row):
            return self.name
        # The names of copies are whole paths already.
        inside = above.parent.path if isinstance(above.parent, Row) else ""
        if self.part.copy is not None:
            return f"{inside}.{self.name}" if inside else self.name
        return f"{above.path}.{self.name}"

    @property
    def label(self) -> str:
        """What kind of layer it is."""
        return self.part.label

    @property
    def summary(self) -> str:
        """The settings that matter, as on the canvas."""
        known = self.spec
        if known is None or self.part.copy is not None:
            return ""
        text = known.summary(written(known.params, self.part.node.params))
        return text.removeprefix(known.label).removeprefix(" · ")

    def has_inside(self) -> bool:
        """Whether there is, or may be, something below it."""
        inner = self.part.inner_graph()
        return bool(inner and inner.nodes)

    def value(self, column: int) -> int | None:
        """The number in a column; None where it is not known, or where there is none."""
        figure = COLUMNS[column].figure
        if figure is None or not self.part.report.outputs:
            return None
        return figure.read(self.part.report)

    def text(self, column: int) -> str:
        """What stands in a column."""
        figure = COLUMNS[column].figure
        if column == LAYER:
            return self.name
        if column == TYPE:
            return self.label
        if column == OUTPUT:
            return "; ".join(map(format_shape, self.part.report.outputs)) or UNKNOWN_TEXT
        value = self.value(column)
        return UNKNOWN_TEXT if value is None or figure is None else figure.write(value)

    def rank(self, column: int) -> tuple[float, str]:
        """By what rows are sorted in a column; what is not known has no rank below infinity."""
        if column in (LAYER, TYPE):
            return (0, self.text(column).lower())
        if column == OUTPUT:
            outputs = self.part.report.outputs
            return (sum(map(prod, outputs)) if outputs else float("inf"), "")
        value = self.value(column)
        return (float("inf") if value is None else value, "")

    def why_unknown(self, *, is_analysed: bool, has_analysis: bool) -> str:
        """Why nothing is known about it, in a sentence; empty when something is."""
        report = self.part.report
        if report.error or report.outputs:
            return report.error or ""
        if not is_analysed:
            return LOADING
        if not has_analysis:
            return UNPLACED
        if self.part.copy is not None:
            return "Something inside it has to work first: open it to see what."
        return waiting_reason(self.part.graph, self.part.node)

    def way(self) -> list[NodeId]:
        """The nodes that lead to it, from the graph in view on, each inside the one before; the last is its own."""
        above = self.parent.way() if isinstance(self.parent, Row) else []
        return above if self.part.copy is not None else [*above, self.part.node.id]
