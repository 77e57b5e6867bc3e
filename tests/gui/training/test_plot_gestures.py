"""The plots answer the mouse: pointed at, they are read; clicked, they choose a layer; zoomed, they stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from gui.training.live_plots import LivePlots
from gui.training.plot_view import PlotView

if TYPE_CHECKING:
    from conftest import Example, PointAt


def test_hover_over_the_loss_reads_the_step(
    plots: LivePlots, example: Example, qtbot: QtBot, point_at: PointAt
) -> None:
    point_at(plots.loss, 300, 1.0)
    qtbot.waitUntil(lambda: "step" in plots.loss.readout.text())
    words = plots.loss.readout.text().split()
    step = int(words[1])
    assert abs(step - 300) <= 3
    assert float(words[words.index("loss") + 1]) == pytest.approx(float(example.measured().loss[step - 1]), abs=0.005)
    assert float(words[words.index("validation") + 1]) == 0.5
    qtbot.mouseMove(plots.loss.view.viewport(), QPoint(2, 2))
    qtbot.waitUntil(lambda: not plots.loss.readout.isVisible())


def test_what_is_read_stands_alone_while_steps_come_in(
    plots: LivePlots, example: Example, qtbot: QtBot, point_at: PointAt
) -> None:
    point_at(plots.loss, 300, 1.0)
    qtbot.waitUntil(lambda: plots.loss.readout.isVisible())
    plots.extend(example.measured(start=example.steps, steps=10))
    assert plots.loss.readout.isVisible()
    assert not plots.loss.keys.isVisible()


@pytest.mark.parametrize("row", range(5))
def test_hover_over_norms_reads_the_nearest_layer(
    plots: LivePlots, example: Example, qtbot: QtBot, row: int, point_at: PointAt
) -> None:
    point_at(plots.norms, 300, -row + 0.2)
    qtbot.waitUntil(lambda: example.names[row] in plots.norms.readout.text())
    words = plots.norms.readout.text().split()
    assert words[0] == example.names[row]
    assert abs(int(words[2]) - 300) <= 3
    assert words[3] == ("1.00", "0.100", "0.0100", "0.00100", "1.0×10⁻⁴")[row]


@pytest.mark.parametrize("row", range(5))
def test_a_click_on_a_line_chooses_its_layer(
    plots: LivePlots, example: Example, qtbot: QtBot, row: int, point_at: PointAt
) -> None:
    position = point_at(plots.norms, 200, -row)
    with qtbot.waitSignal(plots.layerClicked) as chosen:
        qtbot.mouseClick(plots.norms.view.viewport(), Qt.MouseButton.LeftButton, pos=position)
    assert chosen.args == [example.names[row]]


def test_a_click_beside_all_lines_chooses_nothing(plots: LivePlots, qtbot: QtBot, point_at: PointAt) -> None:
    position = point_at(plots.norms, 200, -1.5)
    with qtbot.assertNotEmitted(plots.layerClicked):
        qtbot.mouseClick(plots.norms.view.viewport(), Qt.MouseButton.LeftButton, pos=position)


def test_a_click_in_the_list_chooses_its_layer(plots: LivePlots, qtbot: QtBot) -> None:
    layers = plots.norms.layer_list
    place = layers.visualRect(layers.layers.index(3)).center()
    with qtbot.waitSignal(plots.layerClicked) as chosen:
        qtbot.mouseClick(layers.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["dense2"]


def test_the_keyboard_chooses_a_layer_in_the_list(plots: LivePlots, qtbot: QtBot) -> None:
    layers = plots.norms.layer_list
    layers.setFocus()
    layers.highlight("conv1")
    qtbot.keyClick(layers, Qt.Key.Key_Down)
    with qtbot.waitSignal(plots.layerClicked) as chosen:
        qtbot.keyClick(layers, Qt.Key.Key_Return)
    assert chosen.args == ["conv2"]


def zoom(view: PlotView, position: QPoint, notches: int = 3) -> None:
    """Turn the wheel over the plot."""
    event = QWheelEvent(
        QPointF(position),
        QPointF(view.viewport().mapToGlobal(position)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)
    QApplication.processEvents()


def test_zooming_stops_following_until_a_double_click(plots: LivePlots, example: Example, qtbot: QtBot) -> None:
    panel, view = plots.loss, plots.loss.view
    button = next(b for b in panel.findChildren(QToolButton) if b.defaultAction() is panel.follow_action)
    assert not button.isVisible()
    position = view.position_of(300, 1.0)
    zoom(view, position)
    assert not view.following
    assert button.isVisible()
    zoomed = view.x_range
    assert zoomed[1] - zoomed[0] < 700
    plots.extend(example.measured(300, start=example.steps))
    QApplication.processEvents()
    assert view.x_range == zoomed
    assert panel.point_count == example.steps + 300
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=position)
    qtbot.waitUntil(lambda: view.x_range[1] >= example.steps + 300)
    assert view.following
    assert not button.isVisible()


def test_the_follow_button_follows_again(plots: LivePlots, example: Example, qtbot: QtBot) -> None:
    panel, view = plots.norms, plots.norms.view
    zoom(view, view.position_of(300, -1))
    button = next(b for b in panel.findChildren(QToolButton) if b.defaultAction() is panel.follow_action)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert view.following
    qtbot.waitUntil(lambda: view.x_range[1] >= example.steps)


def test_dragging_pans(plots: LivePlots, qtbot: QtBot) -> None:
    view = plots.loss.view
    start = view.position_of(300, 1.0)
    before = view.x_range
    qtbot.mouseMove(view.viewport(), start)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for dx in range(0, 90, 10):
        qtbot.mouseMove(view.viewport(), start - QPoint(dx, 0))
        qtbot.wait(2)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start - QPoint(80, 0))
    qtbot.waitUntil(lambda: not view.following)
    assert view.x_range[0] > before[0] + 10


def test_zoomed_in_the_curve_shows_single_steps(plots: LivePlots, example: Example) -> None:
    view = plots.loss.view
    view.set_following(False)
    view.view_box.setXRange(100, 140, padding=0)
    QApplication.processEvents()
    x, y = plots.loss._raw.item.getData()
    inside = (x >= 101) & (x <= 139)
    assert x[inside].tolist() == list(range(101, 140))
    np.testing.assert_allclose(y[inside], example.measured().loss[100:139], rtol=1e-6)
