"""Gradient norms on the nodes, during training."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QApplication

from engine.graph.edits import Rename
from gui import theme
from gui.canvas.card import BAR
from gui.canvas.gradient import STEPS, bar_of, describe
from gui.canvas.hits import Hit
from gui.canvas.tips import tip


class Repainted(QObject):
    """Adds up what a widget is asked to repaint."""

    def __init__(self, widget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.region += event.region()
        return False


def bar_colours(hand, node):
    """The colours along the middle of a node's bar, from its left to its right end."""
    image = hand.view.viewport().grab().toImage()
    x, y = hand.workspace.graph.nodes[node].position
    row = y + BAR.center().y()
    return [image.pixelColor(hand.at(x + BAR.left() + dx, row)) for dx in range(2, int(BAR.width()) - 1)]


def filled(hand, node):
    """The share of a node's bar that is filled."""
    colours = bar_colours(hand, node)
    track = colours[-1]
    return sum(colour != track for colour in colours) / len(colours)


@pytest.mark.parametrize(("norm", "share"), [(1e-7, 0.0), (1e-5, 0.25), (1e-3, 0.5), (0.1, 0.75), (1e-9, 0.0)])
def test_the_bar_grows_with_the_logarithm(hand, norm, share):
    _, conv = hand.chain("input", "conv2d")
    hand.scene.set_gradient_norms({"conv": norm})
    QApplication.processEvents()
    assert filled(hand, conv) == pytest.approx(share, abs=0.03)
    assert bar_of(norm).length / STEPS == pytest.approx(share, abs=0.01)


def test_colours_tell_vanishing_healthy_and_exploding(hand):
    nodes = [hand.add("conv2d", 260.0 * column, 0) for column in range(-1, 2)]
    hand.scene.set_gradient_norms({"conv": 3e-7, "conv2": 0.05, "conv3": 8.0})
    QApplication.processEvents()
    blue, green, orange = (bar_colours(hand, node)[1] for node in nodes)
    assert blue.blue() > max(blue.red(), blue.green())
    assert green.green() > max(green.red(), green.blue())
    assert orange.red() > orange.green() > orange.blue()


@pytest.mark.parametrize("zoom", [1.0, 0.8, 0.4])
def test_only_the_bars_are_repainted_and_they_look_as_after_a_full_repaint(hand, zoom):
    hand.chain("input", "conv2d", "linear")
    hand.view.camera.zoom_to(zoom)
    hand.scene.set_gradient_norms({"conv": 1e-3, "dense": 1e-2})
    QApplication.processEvents()
    seen = Repainted(hand.view.viewport())
    hand.scene.set_gradient_norms({"conv": 1e-1, "dense": 1e-5})
    QApplication.processEvents()
    pixels = sum(rect.width() * rect.height() for rect in seen.region)
    assert 0 < pixels <= 2 * (BAR.width() * zoom + 2) * (BAR.height() * zoom + 2)
    alone = hand.view.viewport().grab().toImage()
    hand.view.viewport().update()
    QApplication.processEvents()
    assert hand.view.viewport().grab().toImage() == alone
    # Nothing has changed: nothing is repainted.
    seen.region = QRegion()
    hand.scene.set_gradient_norms({"conv": 1e-1, "dense": 1e-5})
    QApplication.processEvents()
    assert seen.region.isEmpty()


def test_none_takes_them_away(hand):
    hand.chain("input", "conv2d", "linear")
    before = hand.view.viewport().grab().toImage()
    hand.scene.set_gradient_norms({"conv": 1e-3, "dense": 1e-2})
    QApplication.processEvents()
    assert hand.view.viewport().grab().toImage() != before
    hand.scene.set_gradient_norms(None)
    QApplication.processEvents()
    assert hand.view.viewport().grab().toImage() == before


def test_a_layer_without_a_norm_any_more_loses_its_bar(hand):
    _, conv, dense = hand.chain("input", "conv2d", "linear")
    hand.scene.set_gradient_norms({"conv": 1e-3, "dense": 1e-2, "stranger": 1.0})
    hand.scene.set_gradient_norms({"dense": 1e-2})
    assert hand.scene.nodes[conv].bar is None
    assert hand.scene.nodes[dense].bar is not None


def test_the_graph_may_change_meanwhile(hand):
    _, conv, dense = hand.chain("input", "conv2d", "linear")
    hand.scene.set_gradient_norms({"conv": 1e-3, "dense": 1e-2})
    hand.workspace.select([conv])
    hand.view.delete_selection()
    hand.workspace.push(Rename(dense, "head"))
    hand.settle()
    hand.scene.set_gradient_norms({"conv": 1e-3, "dense": 1e-2})
    assert hand.scene.nodes[dense].bar is None
    hand.workspace.undo_stack.undo()
    hand.workspace.undo_stack.undo()
    hand.settle()
    hand.scene.set_gradient_norms({"conv": 1e-3, "dense": 1e-2})
    assert hand.scene.nodes[conv].bar is not None


def test_a_bar_below_another_node_stays_below(hand):
    hand.add("conv2d", 0, 0)
    hand.add("linear", 24, 16)
    hand.scene.set_gradient_norms({"conv": 1e-3})
    QApplication.processEvents()
    hand.scene.set_gradient_norms({"conv": 5.0})
    QApplication.processEvents()
    quick = hand.view.viewport().grab().toImage()
    hand.view.viewport().update()
    QApplication.processEvents()
    assert hand.view.viewport().grab().toImage() == quick


@pytest.mark.parametrize("norm", [math.inf, math.nan])
def test_a_broken_norm_fills_the_bar_in_the_colour_of_errors(hand, norm):
    _, conv = hand.chain("input", "conv2d")
    hand.scene.set_gradient_norms({"conv": norm})
    QApplication.processEvents()
    assert bar_colours(hand, conv)[1] == theme.DARK.colour("error")
    assert "diverged" in describe(norm)


def test_the_tooltip_says_the_value(hand):
    _, conv = hand.chain("input", "conv2d")
    hand.scene.set_gradient_norms({"conv": 0.0123})
    assert "0.012" in tip(hand.scene, Hit(node=conv))
    assert "vanishing" in describe(1e-8)
    assert "exploding" in describe(50.0)
