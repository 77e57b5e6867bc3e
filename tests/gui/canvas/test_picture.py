"""Small pictures of networks."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QSize

from engine.graph.model import Edge, Graph, NodeId
from engine.layers.nodes import new_node
from gui.canvas.picture import render_graph
from gui.theme import DARK, LIGHT


def network(*layers: str, skip: tuple[int, int] | None = None) -> Graph:
    graph = Graph()
    nodes: list[NodeId] = []
    for row, layer in enumerate(layers):
        node = new_node(graph, layer, (0.0, 96.0 * row))
        graph.add_node(node)
        if nodes:
            graph.add_edge(Edge(nodes[-1], 0, node.id, 0))
        nodes.append(node.id)
    if skip:
        graph.add_edge(Edge(nodes[skip[0]], 0, nodes[skip[1]], 1))
    return graph


def colours(image) -> list[str]:
    """The opaque colours along the middle, from left to right, each run once."""
    row = [image.pixelColor(x, image.height() // 2) for x in range(image.width())]
    solid = [colour.name() for colour in row if colour.alpha() == 255]
    return [name for before, name in zip(["", *solid], solid, strict=False) if name != before]


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_the_layers_stand_in_their_order_in_the_colours_of_their_families(qapp, theme):
    graph = network("input", "conv2d", "relu", "linear", "output")
    image = render_graph(graph, QSize(240, 120), theme).toImage()
    families = ("Input and output", "Convolution", "Activation", "Linear", "Input and output")
    wanted = [theme.family_colour(family).name() for family in families]
    assert [name for name in colours(image) if name in wanted] == wanted


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_size_and_sharpness(qapp, ratio):
    pixmap = render_graph(network("input", "conv2d"), QSize(200, 100), DARK, ratio)
    assert pixmap.deviceIndependentSize().toSize() == QSize(200, 100)
    assert pixmap.size() == QSize(200, 100) * ratio
    assert pixmap.toImage().pixelColor(0, 0).alpha() == 0


def test_a_skip_connection_is_seen_above_what_it_skips(qapp):
    layers = ("input", "conv2d", "conv2d", "conv2d", "add", "output")
    plain = render_graph(network(*layers), QSize(300, 150), DARK).toImage()
    skipping = render_graph(network(*layers, skip=(0, 4)), QSize(300, 150), DARK).toImage()

    def gap(image) -> int:
        """How far the highest thing in the middle half of the picture is above the highest bar there."""
        area = [(x, y) for y in range(image.height()) for x in range(75, 225)]
        bar = DARK.family_colour("Convolution")
        highest = min(y for x, y in area if image.pixelColor(x, y).alpha() > 0)
        return min(y for x, y in area if image.pixelColor(x, y) == bar) - highest

    assert gap(plain) <= 1
    assert gap(skipping) >= 5


def test_everything_stays_inside(qapp):
    for graph in (network(*["conv2d"] * 60), network("conv2d"), Graph()):
        image = render_graph(graph, QSize(180, 90), DARK).toImage()
        border = [(x, y) for x in range(180) for y in (0, 89)] + [(x, y) for x in (0, 179) for y in range(90)]
        assert not any(image.pixelColor(x, y).alpha() for x, y in border)


def test_it_needs_neither_torch_nor_a_workspace():
    script = (
        "import sys, os; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from PySide6.QtWidgets import QApplication; app = QApplication([])\n"
        "from PySide6.QtCore import QSize; from gui.canvas.picture import render_graph; from gui.theme import DARK\n"
        "from engine.graph.model import Graph; from engine.layers.nodes import new_node\n"
        "graph = Graph(); graph.add_node(new_node(graph, 'conv2d'))\n"
        "assert not render_graph(graph, QSize(80, 40), DARK).isNull()\n"
        "import gui.canvas.view\n"
        "assert 'torch' not in sys.modules and 'gui.workspace' in sys.modules\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
