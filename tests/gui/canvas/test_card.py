"""What stands on the cards of Outputs."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from engine.analysis.report import NodeReport
from engine.graph.model import Graph
from engine.layers.nodes import new_node
from engine.layers.registry import spec
from gui.canvas.card import CardTexts


@pytest.mark.parametrize(
    ("name", "weight", "shape", "line"),
    [
        ("output", 1.0, (10,), "10"),
        ("output", 0.3, (1000,), "1000 · loss × 0.3"),
        ("output", 0.3, (), "loss × 0.3"),
        ("output", 0.0, (10,), "10 · loss × 0"),
        ("aux", 1.0, (10,), "Output · 10"),
        # Where there is not room for all, what layer it is matters least: its sign says so.
        ("auxiliary", 0.25, (1000,), "1000 · loss × 0.25"),
    ],
)
def test_an_output_says_its_shape_and_how_much_its_loss_counts(
    qapp: QApplication, dark: None, name: str, weight: float, shape: tuple[int, ...], line: str
) -> None:
    node = new_node(Graph(), "output", (0.0, 0.0), name=name, loss_weight=weight)
    report = NodeReport(outputs=(shape,) if shape else ())
    texts = CardTexts(node, spec("output"), node.params, report, has_bar=False)
    assert texts.line is not None
    assert texts.line.static.text() == line
