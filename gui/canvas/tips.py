"""What tooltips on the canvas say."""

from __future__ import annotations

from html import escape

from engine.layers.spec import describe_shape, format_shape
from gui.canvas.gradient import describe
from gui.canvas.hits import Hit
from gui.canvas.node_item import NodeItem, PortRef
from gui.canvas.scene import CanvasScene


def tip(scene: CanvasScene, hit: Hit) -> str:
    """The tooltip for what is under the pointer; empty when there is none."""
    if hit.port is not None:
        return _paragraphs(_port_lines(scene.nodes[hit.port.node], hit.port))
    if hit.node is not None:
        return _paragraphs(_node_lines(scene.nodes[hit.node]))
    if hit.wire is not None:
        graph = scene.workspace.graph
        source, target = graph.nodes[hit.wire.source], graph.nodes[hit.wire.target]
        lines = [f"From “{source.name}” to “{target.name}”"]
        shape = scene.wires[hit.wire].shape_text
        if shape:
            lines.append(f"Shape {shape}")
        return _paragraphs(lines)
    return ""


def describe_selection(scene: CanvasScene) -> str:
    """What a screen reader says of the canvas: the selected layer, or how many there are."""
    selection = [scene.nodes[node] for node in scene.workspace.selection if node in scene.nodes]
    if len(selection) == 1:
        return " ".join(_node_lines(selection[0])[:-1])
    if selection:
        return f"{len(selection)} layers are selected."
    return f"{len(scene.nodes)} layers. Tab goes from one to the next, arrow keys move those that are selected."


def _node_lines(item: NodeItem) -> list[str]:
    title = item.node.name if item.node.name == item.spec.label else f"{item.node.name} · {item.spec.label}"
    lines = [title]
    if item.error is not None:
        lines.append(item.error)
    elif item.is_waiting:
        lines.append("Its shape is not known yet: something before it is missing or wrong.")
    elif item.report is not None and item.report.outputs:
        lines.append(f"Gives {describe_shape(item.report.outputs[0])}.")
    if item.report is not None and item.report.parameters:
        lines.append(f"{item.report.parameters:,} parameters.")
    if item.norm is not None:
        lines.append(describe(item.norm))
    if item.is_instance:
        lines.append("Double-click it or press Enter to look inside.")
    lines.append(item.spec.doc)
    return lines


def _port_lines(item: NodeItem, port: PortRef) -> list[str]:
    ports = item.output_ports if port.is_output else item.spec.inputs
    name = ports[min(port.index, len(ports) - 1)].name
    kind = "Output" if port.is_output else "Input"
    lines = [f"{kind} of {item.node.name}" if name == kind.lower() else f"{kind} “{name}” of {item.node.name}"]
    if port.is_output and item.report is not None and port.index < len(item.report.outputs):
        lines.append(f"Shape {format_shape(item.report.outputs[port.index])}")
    if not port.is_output and port.index in item.fed_inputs:
        lines.append("Drag to move the wire, or into the void to remove it.")
    else:
        lines.append("Drag to wire.")
    return lines


def _paragraphs(lines: list[str]) -> str:
    head, *rest = map(escape, lines)
    return f"<p><b>{head}</b>{''.join(f'<br>{line}' for line in rest)}</p>"
