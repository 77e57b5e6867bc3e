"""Shapes and cost of a layer, of several layers, or of the whole network."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from engine.analysis.report import UNKNOWN, Analysis, NodeReport
from engine.graph.blocks import block_of
from engine.graph.model import Graph, Node, NodeId
from engine.graph.params import Params
from engine.layers.blocks import copies, declared
from engine.layers.spec import TensorShape, format_shape
from gui import theme
from gui.inspector.numbers import exact, plural, short
from gui.inspector.variables import Variables
from gui.parts import Callout, discard, heading, wrapped
from gui.status_line import count_layers
from gui.workspace import Workspace

LOADING = "PyTorch is still loading; shapes and costs follow in a moment."
_LOADING_FACT = ("Shape", LOADING, "")
UNPLACED = "It depends on what flows into the block: enter it through an instance that is wired."
"""Why nothing is known of the inside of a block."""


class Facts(QWidget):
    """Names at the left, values at the right of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.GAP)
        self._grid.setVerticalSpacing(theme.UNIT)
        self._grid.setColumnMinimumWidth(0, 96)
        self._grid.setColumnStretch(1, 1)
        self._facts: list[tuple[str, str, str]] = []
        self._texts: list[tuple[QLabel, QLabel | None]] = []
        """The value and the note of each."""

    def show_facts(self, facts: list[tuple[str, str, str]]) -> None:
        """Show triples of a name, a value and a note; the note stands small below the value."""
        if _outline(facts) != _outline(self._facts):
            self._build(facts)
        self._facts = facts
        for (value, note), (_, value_text, note_text) in zip(self._texts, facts, strict=True):
            value.setText(value_text)
            if note is not None:
                note.setText(note_text)

    def _build(self, facts: list[tuple[str, str, str]]) -> None:
        """Make room for other facts; each edit changes the values of these, which then keep their labels."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                discard(widget)
        self._texts = []
        row = 0
        for name, _, note_text in facts:
            title = QLabel(name)
            title.setProperty("role", "caption")
            value = wrapped(selectable=True)
            value.setObjectName(f"fact_{name.lower().replace(' ', '_')}")
            self._grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1)
            note = wrapped(role="caption", selectable=True) if note_text else None
            if note is not None:
                self._grid.addWidget(note, row + 1, 1)
            self._texts.append((value, note))
            row += 1 if note is None else 2


def _outline(facts: list[tuple[str, str, str]]) -> list[tuple[str, bool]]:
    """What there are labels for."""
    return [(name, bool(note)) for name, _, note in facts]


class CostSection(QWidget):
    """What is known about one node: the shapes around it, its parameters, its FLOPs, its error."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error = Callout("error", "alert-circle-outline")
        self._error.setObjectName("node_error")
        self._facts = Facts()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(heading("Shapes and cost"))
        column.addWidget(self._error)
        column.addWidget(self._facts)

    def show_node(self, workspace: Workspace, node: Node, variables: Variables) -> None:
        """Show what is known about `node` of the graph in view."""
        graph, analysis = workspace.graph, workspace.analysis
        if analysis is None:
            self._error.show_text("")
            self._facts.show_facts([("Shape", "not known yet", UNPLACED) if workspace.is_analysed else _LOADING_FACT])
            return
        report = analysis.nodes.get(node.id, UNKNOWN)
        self._error.show_text(report.error or "")
        shapes = input_shapes(graph, node.id, analysis)
        facts = [(title, _shape_text(shape), "") for title, shape in _titled("Input", shapes)]
        if report.outputs:
            facts += [(title, _shape_text(shape), "") for title, shape in _titled("Output", list(report.outputs))]
            facts += _costs(graph, node, report, shapes, variables)
        elif report.waiting:
            facts.append(("Output", "not known yet", waiting_reason(graph, node)))
        else:
            facts.append(("Output", "none", ""))
        self._facts.show_facts(facts)


def input_shapes(graph: Graph, node: NodeId, analysis: Analysis) -> list[TensorShape | None]:
    """The shape on each wire into `node`; None where it is not known."""
    shapes: list[TensorShape | None] = []
    for edge in graph.incoming(node):
        outputs = analysis.nodes.get(edge.source, UNKNOWN).outputs
        shapes.append(outputs[edge.source_port] if edge.source_port < len(outputs) else None)
    return shapes


def totals(workspace: Workspace, nodes: list[NodeId]) -> list[tuple[str, str, str]]:
    """Layers, parameters and FLOPs of `nodes` of the graph in view together, as facts."""
    graph, analysis = workspace.graph, workspace.analysis
    has_blocks = any(block_of(graph.nodes[node].layer) for node in nodes)
    note = "those inside blocks included" if has_blocks else ""
    facts = [("Layers", exact(count_layers(graph, analysis, nodes)), note)]
    if analysis is None:
        if workspace.is_analysed:
            return [*facts, ("Parameters", "not known yet", UNPLACED)]
        return [*facts, ("Parameters", LOADING if graph.nodes else "0", "")]
    reports = [analysis.nodes.get(node, UNKNOWN) for node in nodes]
    unknown = sum(not report.outputs for report in reports)
    note = f"not counting {plural(unknown, 'layer')} without a known shape" if unknown else ""
    flops = _flops_text(sum(report.flops for report in reports)) if unknown < len(reports) else "0"
    return [
        *facts,
        ("Parameters", exact(sum(report.parameters for report in reports)), note),
        ("FLOPs", flops, ""),
    ]


def _titled(name: str, shapes: list[TensorShape | None]) -> list[tuple[str, TensorShape | None]]:
    if len(shapes) == 1:
        return [(name, shapes[0])]
    return [(f"{name} {index}", shape) for index, shape in enumerate(shapes, 1)]


def _shape_text(shape: TensorShape | None) -> str:
    return "not known yet" if shape is None else format_shape(shape)


def waiting_reason(graph: Graph, node: Node) -> str:
    """Why the output of a layer without an error is not known, in a sentence."""
    if len(graph.incoming(node.id)) < len(declared(graph, node).inputs):
        return "Wire its input to see the shape."
    return "A layer before this one has to work first."


def _costs(
    graph: Graph, node: Node, report: NodeReport, shapes: list[TensorShape | None], variables: Variables
) -> list[tuple[str, str, str]]:
    params = variables.plain_params(graph, node)
    flops = _flops_text(report.flops)
    if block_of(node.layer) is None:
        known = [shape for shape in shapes if shape is not None]
        note = _weights_text(node.layer, params, known) if report.parameters and params is not None else ""
        return [("Parameters", exact(report.parameters), note), ("FLOPs", flops, "")]
    facts = []
    if len(report.inside) > 1 and params is not None:
        facts.append(("Copies", exact(len(report.inside)), _names_text(copies(node, params))))
    parameters = [copy.parameters for copy in report.inside]
    return [
        *facts,
        ("Parameters", exact(report.parameters), _share_text(parameters, exact)),
        ("FLOPs", flops, _share_text([copy.flops for copy in report.inside], short)),
    ]


def _flops_text(flops: int) -> str:
    return f"{short(flops)} per sample" if flops else "negligible"


def _names_text(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{names[0]}, {names[1]}, … {names[-1]}"


def _share_text(numbers: list[int], write: Callable[[int], str]) -> str:
    """How a sum is made up of the copies of a block; empty when there is only one."""
    if len(numbers) < 2 or not any(numbers):
        return ""
    first, *others = numbers
    if len(set(numbers)) == 1:
        return f"{write(first)} in each copy"
    if len(set(others)) == 1:
        number = "the other" if len(others) == 1 else f"each of the other {len(others)}"
        return f"{write(first)} in the first copy, {write(others[0])} in {number}"
    return f"{write(min(numbers))} to {write(max(numbers))} in each copy"


def _weights_text(layer: str, params: Params, shapes: list[TensorShape]) -> str:
    """`16·1·5·5 (weight) + 16 (bias)`: where the number of parameters comes from."""
    # An analysis exists, so torch is loaded and this import costs nothing.
    from engine.analysis.weights import weight_shapes

    weights = weight_shapes(layer, params, shapes)
    return " + ".join(f"{'·'.join(map(str, shape))} ({name})" for name, shape in weights.items())
