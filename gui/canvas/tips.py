"""What is said of nodes, ports and wires: in tooltips to the eye, by a screen reader to the ear."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from engine.graph.annotations import AnnotationId, Frame, inscription
from engine.graph.model import Edge, Graph, NodeId
from engine.layers.blocks import REPEAT
from engine.layers.spec import describe_shape, format_shape
from gui.canvas.gradient import describe
from gui.canvas.hits import Hit
from gui.canvas.node_item import NodeItem, PortRef
from gui.canvas.scene import CanvasScene
from gui.commands import shortcuts
from gui.inspector.numbers import plural
from gui.inspector.reading import value_text

_MOST_NAMES = 4
"""So many names are read out; of more, only their number."""


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


def frame_tip(scene: CanvasScene, frame: AnnotationId) -> str:
    """The tooltip for the title of a frame: all of it, and how much it encloses."""
    shown = scene.annotations.frames.all[frame]
    size = f"A frame around {plural(len(shown.members), 'layer')}."
    return _paragraphs([shown.title or "Frame", size, "Drag it to move them all; double-click it to rename it."])


def describe_selection(scene: CanvasScene) -> str:
    """What a screen reader says of the canvas: what is selected, or how many layers there are."""
    known, layer = scene.workspace.graph.annotations, scene.annotations
    selection = [scene.nodes[node] for node in scene.workspace.selection if node in scene.nodes]
    notes = layer.selected_notes
    if layer.selected_frames:
        return _describe_frame(scene, layer.selected_frames[-1])
    if len(notes) == 1 and not selection:
        return f"A note. {inscription(known[notes[0]])}"
    if len(selection) == 1 and not notes:
        return f"{spoken_name(selection[0])}. {spoken_description(scene, selection[0])}"
    counted = [plural(len(part), kind) for part, kind in ((selection, "layer"), (notes, "note")) if part]
    if counted:
        return f"{listed(counted)} are selected."
    if not scene.nodes:
        return "There is no layer yet. Choose one in the list of layers; Enter adds it."
    layers = plural(len(scene.nodes), "layer")
    return f"{layers}. Tab goes from one to the next, arrow keys move those that are selected."


def _describe_frame(scene: CanvasScene, name: AnnotationId) -> str:
    """The selected frame with what it encloses."""
    frame = scene.workspace.graph.annotations[name]
    assert isinstance(frame, Frame)
    title = f"The frame “{frame.title}”" if frame.title else "A frame without a title"
    keys = shortcuts.current().text_on_canvas("delete")
    around = names_of(scene.workspace.graph, sorted(frame.members))
    return f"{title} around {around}.{f' {keys} removes it alone.' if keys else ''}"


def spoken_name(item: NodeItem) -> str:
    """What a screen reader calls a node: “conv1, Conv 2D”."""
    name, label = item.node.name, item.spec.label
    return name if name == label else f"{name}, {label}"


def spoken_description(scene: CanvasScene, item: NodeItem) -> str:
    """What a screen reader says of a node: what is wrong, what is set, what comes out, and how it is wired."""
    sentences = _state(item)
    settings = _settings(item)
    sentences.insert(1 if item.error is not None else 0, f"{', '.join(settings)}." if settings else "")
    sentences.append(_wiring(scene.workspace.graph, item))
    keys = shortcuts.current().text_on_canvas("enter_block")
    if item.is_instance and keys:
        sentences.append(f"{keys} looks inside.")
    return " ".join(sentence for sentence in sentences if sentence)


def spoken_port(scene: CanvasScene, item: NodeItem, port: PortRef) -> str:
    """What a screen reader calls a port: “input 1, wired from relu1”, “output, 64 × 28 × 28, feeds pool1 and add”."""
    graph = scene.workspace.graph
    parts = [_port_title(item, port)]
    if port.is_output:
        if item.report is not None and port.index < len(item.report.outputs):
            parts.append(format_shape(item.report.outputs[port.index]))
        fed = [edge.target for edge in graph.outgoing(port.node) if edge.source_port == port.index]
        parts.append(f"feeds {names_of(graph, fed)}" if fed else "feeds nothing yet")
    else:
        sources = [edge.source for edge in graph.incoming(port.node) if edge.target_port == port.index]
        parts.append(f"wired from {names_of(graph, sources)}" if sources else "not wired")
    return ", ".join(parts)


def spoken_wire(scene: CanvasScene, edge: Edge) -> str:
    """What a screen reader calls a wire: “wire from relu1 to add, input 2, 64 × 28 × 28”."""
    graph = scene.workspace.graph
    parts = [f"wire from {graph.nodes[edge.source].name} to {graph.nodes[edge.target].name}"]
    target = scene.nodes.get(edge.target)
    if target is not None and len(target.inputs) > 1:
        parts.append(_port_title(target, PortRef(edge.target, False, edge.target_port)))
    wire = scene.wires.get(edge)
    if wire is not None and wire.shape_text:
        parts.append(wire.shape_text)
    return ", ".join(parts)


def listed(names: Sequence[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def names_of(graph: Graph, nodes: Sequence[NodeId]) -> str:
    """The names of `nodes` in a sentence, or how many they are when they are many; empty for none."""
    if not nodes:
        return ""
    named = [graph.nodes[node].name for node in dict.fromkeys(nodes)]
    return listed(named) if len(named) <= _MOST_NAMES else plural(len(named), "layer")


def _state(item: NodeItem) -> list[str]:
    """What is wrong with a node or comes out of it, what it learns, and how strong its gradient is."""
    lines: list[str] = []
    if item.error is not None:
        lines.append(item.error)
    elif item.is_waiting:
        lines.append("Its shape is not known yet: something before it is missing or wrong.")
    elif item.report is not None and item.report.outputs:
        lines.append(f"Gives {describe_shape(item.report.outputs[0])}.")
    if item.report is not None and item.report.parameters:
        lines.append(f"{plural(item.report.parameters, 'parameter')}.")
    if item.norm is not None:
        lines.append(describe(item.norm))
    return lines


def _settings(item: NodeItem) -> list[str]:
    """What is set: the first thing, which matters most, and whatever differs from what a new layer has."""
    said: list[str] = []
    for index, param in enumerate(item.spec.params):
        value = item.params.get(param.name, param.default)
        matters = (index == 0 and param.name != REPEAT.name) or value != param.default
        if matters and param.applies(item.node.params):
            title = param.title if not said else param.title[0].lower() + param.title[1:]
            said.append(f"{title} {value_text(param, value)}")
    return said


def _wiring(graph: Graph, item: NodeItem) -> str:
    """“Fed by relu1, feeds pool1 and add.”"""
    node, parts = item.node.id, []
    if item.spec.inputs:
        sources = [edge.source for edge in graph.incoming(node)]
        parts.append(f"fed by {names_of(graph, sources)}" if sources else "fed by nothing yet")
    if item.output_ports:
        targets = [edge.target for edge in graph.outgoing(node)]
        parts.append(f"feeds {names_of(graph, targets)}" if targets else "feeds nothing yet")
    sentence = ", ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def _port_title(item: NodeItem, port: PortRef) -> str:
    """“input”, “output 2”; “input 3” or “input query” where there are several."""
    kind = "output" if port.is_output else "input"
    ports = item.output_ports if port.is_output else item.spec.inputs
    if item.spec.is_variadic and not port.is_output:
        return f"{kind} {port.index + 1}"
    if len(ports) == 1:
        return kind
    name = ports[port.index].name
    return name if name.startswith(kind) else f"{kind} {name}"


def _node_lines(item: NodeItem) -> list[str]:
    title = item.node.name if item.node.name == item.spec.label else f"{item.node.name} · {item.spec.label}"
    lines = [title, *_state(item)]
    if item.is_instance:
        keys = shortcuts.current().text_on_canvas("enter_block")
        lines.append(f"Double-click it{f' or press {keys}' if keys else ''} to look inside.")
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
