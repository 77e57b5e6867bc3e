"""Shapes and cost of a layer, of several layers, or of the whole network."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from engine.analysis.report import UNKNOWN, Analysis, NodeReport
from engine.graph.model import Graph, Node, NodeId
from engine.layers.registry import spec
from engine.layers.spec import TensorShape, format_shape
from gui import theme
from gui.inspector.numbers import exact, plural, short
from gui.parts import Callout, discard, heading, wrapped

LOADING = "PyTorch is still loading; shapes and costs follow in a moment."


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

    def show_facts(self, facts: list[tuple[str, str, str]]) -> None:
        """Show triples of a name, a value and a note; the note stands small below the value."""
        if facts == self._facts:
            return
        self._facts = facts
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                discard(widget)
        row = 0
        for name, value, note in facts:
            title = QLabel(name)
            title.setProperty("role", "caption")
            text = wrapped(value, selectable=True)
            text.setObjectName(f"fact_{name.lower().replace(' ', '_')}")
            self._grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(text, row, 1)
            row += 1
            if note:
                self._grid.addWidget(wrapped(note, "caption", selectable=True), row, 1)
                row += 1


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

    def show_node(self, graph: Graph, node: Node, analysis: Analysis | None) -> None:
        """Show what `analysis` says about `node`; None while PyTorch is loading."""
        if analysis is None:
            self._error.show_text("")
            self._facts.show_facts([("Shape", LOADING, "")])
            return
        report = analysis.nodes.get(node.id, UNKNOWN)
        self._error.show_text(report.error or "")
        shapes = input_shapes(graph, node.id, analysis)
        facts = [(title, _shape_text(shape), "") for title, shape in _titled("Input", shapes)]
        if report.outputs:
            facts += [(title, _shape_text(shape), "") for title, shape in _titled("Output", list(report.outputs))]
            facts += _costs(node, report, shapes)
        elif report.waiting:
            reason = _waiting_reason(graph, node)
            facts.append(("Output", "not known yet", reason))
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


def totals(graph: Graph, nodes: list[NodeId], analysis: Analysis | None) -> list[tuple[str, str, str]]:
    """Layers, parameters and FLOPs of `nodes` together, as facts."""
    facts = [("Layers", exact(len(nodes)), "")]
    if analysis is None:
        return [*facts, ("Parameters", LOADING if graph.nodes else "0", "")]
    reports = [analysis.nodes.get(node, UNKNOWN) for node in nodes]
    unknown = sum(not report.outputs for report in reports)
    note = f"not counting {plural(unknown, 'layer')} without a known shape" if unknown else ""
    flops = sum(report.flops for report in reports)
    return [
        *facts,
        ("Parameters", exact(sum(report.parameters for report in reports)), note),
        ("FLOPs", f"{short(flops)} per sample" if flops else "0", ""),
    ]


def _titled(name: str, shapes: list[TensorShape | None]) -> list[tuple[str, TensorShape | None]]:
    if len(shapes) == 1:
        return [(name, shapes[0])]
    return [(f"{name} {index}", shape) for index, shape in enumerate(shapes, 1)]


def _shape_text(shape: TensorShape | None) -> str:
    return "not known yet" if shape is None else format_shape(shape)


def _waiting_reason(graph: Graph, node: Node) -> str:
    wanted = len(spec(node.layer).inputs)
    if len(graph.incoming(node.id)) < wanted:
        return "Wire its input to see the shape."
    return "A layer before this one has to work first."


def _costs(node: Node, report: NodeReport, shapes: list[TensorShape | None]) -> list[tuple[str, str, str]]:
    note = _weights_text(node, [shape for shape in shapes if shape is not None]) if report.parameters else ""
    flops = f"{short(report.flops)} per sample" if report.flops else "negligible"
    return [("Parameters", exact(report.parameters), note), ("FLOPs", flops, "")]


def _weights_text(node: Node, shapes: list[TensorShape]) -> str:
    """`16·1·5·5 (weight) + 16 (bias)`: where the number of parameters comes from."""
    # An analysis exists, so torch is loaded and this import costs nothing.
    from engine.analysis.weights import weight_shapes

    weights = weight_shapes(node.layer, node.params, shapes)
    return " + ".join(f"{'·'.join(map(str, shape))} ({name})" for name, shape in weights.items())
