"""The plots show every step, stand beside each other, and follow the run."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import qGray
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from engine.training.history import Measurements
from engine.training.status import EpochResult, RunState, RunStatus
from gui import theme
from gui.training.live_plots import LivePlots

if TYPE_CHECKING:
    from conftest import Example, PointAt


def test_before_a_run_there_are_sentences_instead_of_axes(empty: LivePlots) -> None:
    for panel in (empty.loss, empty.accuracy, empty.norms):
        assert panel.empty
        assert not panel.view.isVisible()
    assert empty.norms.line_count == 0


def test_every_step_is_plotted_and_every_layer_has_a_line(plots: LivePlots, example: Example) -> None:
    assert not plots.loss.empty
    assert plots.loss.point_count == plots.norms.point_count == example.steps
    assert plots.norms.line_count == len(example.names)
    assert [result.epoch for result in plots.loss.results] == [1, 2]
    assert plots.loss.view.x_range[1] >= example.steps


def test_data_stay_inside_the_ranges_while_they_grow(empty: LivePlots, example: Example) -> None:
    example.begin(empty)
    ranges = set()
    for start in range(0, 900, 30):
        empty.extend(example.measured(30, start=start))
        empty.show_status(replace(example.status, step=start + 30, results=()))
        QApplication.processEvents()
        assert empty.loss.view.x_range[1] >= start + 30
        low, high = empty.loss.view.y_range
        assert low <= 0.1
        assert high >= 2.1
        low, high = empty.norms.view.y_range
        assert low <= -4
        assert high >= 0
        ranges.add(empty.loss.view.x_range)
    assert len(ranges) <= 9


def test_pixels_show_loss_and_layers(plots: LivePlots, example: Example) -> None:
    image = plots.norms.view.grab().toImage()
    for row in range(len(example.names)):
        place = plots.norms.view.position_of(300, -row)
        colour = theme.current().layer_colour(row, len(example.names))
        near = [image.pixelColor(place.x(), place.y() + dy) for dy in (-1, 0, 1)]
        assert colour in near, example.names[row]
    loss = plots.loss.view.grab().toImage()
    pixels = {loss.pixelColor(x, y).name() for x in range(loss.width()) for y in range(loss.height())}
    assert {theme.current().loss, theme.current().validation} <= pixels


def test_the_list_shows_the_latest_values(plots: LivePlots, example: Example) -> None:
    model = plots.norms.layer_list.layers
    assert model.names == example.names
    assert [model.value_text(row) for row in (0, 1, 4)] == ["1.00", "0.100", "1.0×10⁻⁴"]


def test_a_highlighted_layer_stands_out(plots: LivePlots, example: Example, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(plots.layerClicked):
        plots.highlight("conv2")
    QApplication.processEvents()
    assert plots.norms.highlighted == "conv2"
    assert plots.norms.layer_list.currentIndex().row() == 1
    image = plots.norms.view.grab().toImage()
    seen = {}
    for row in range(len(example.names)):
        place = plots.norms.view.position_of(300, -row)
        colour = theme.current().layer_colour(row, len(example.names))
        seen[row] = colour in [image.pixelColor(place.x(), place.y() + dy) for dy in (-1, 0, 1)]
    assert [row for row, bright in seen.items() if bright] == [1]
    plots.highlight("no such layer")
    assert plots.norms.highlighted is None
    assert not plots.norms.layer_list.currentIndex().isValid()


def test_logarithmic_loss(plots: LivePlots, example: Example, qtbot: QtBot) -> None:
    panel = plots.loss
    button = next(b for b in panel.findChildren(QToolButton) if b.defaultAction() is panel.log_action)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    low, high = panel.view.y_range
    losses = np.log10(example.measured().loss)
    assert losses.min() - 0.4 < low <= losses.min()
    assert losses.max() <= high < losses.max() + 0.4
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert panel.view.y_range[1] >= 2.1


def test_accuracy_in_large_figures(plots: LivePlots, example: Example) -> None:
    assert plots.accuracy.figure.text() == "95.00 %"
    assert "after epoch 2" in plots.accuracy.caption.accessibleName()
    worse = (*example.status.results, EpochResult(3, 750, 0.3, 0.4, 0.93))
    plots.show_status(replace(example.status, state=RunState.FINISHED, results=worse, test_accuracy=0.941))
    assert plots.accuracy.figure.text() == "93.00 %"
    caption = plots.accuracy.caption.accessibleName()
    assert "test 94.10 %" in caption
    assert "best 95.00 % in epoch 2" in caption
    low, high = plots.accuracy.view.y_range
    assert low <= 0.91
    assert 0.95 <= high <= 1.04


def test_curves_stay_after_the_end_and_go_with_the_next_run(plots: LivePlots, example: Example) -> None:
    plots.show_status(replace(example.status, state=RunState.FINISHED))
    assert plots.loss.point_count == example.steps
    assert example.steps < plots.loss.view.x_range[1] < 1.05 * example.steps
    plots.show_status(RunStatus(state=RunState.STARTING))
    assert plots.loss.point_count == example.steps
    assert not plots.accuracy.empty
    example.begin(plots, ("only",))
    for panel in (plots.loss, plots.accuracy, plots.norms):
        assert panel.empty
    plots.extend(example.measured(3, 1))
    assert plots.loss.point_count == 3
    assert plots.norms.names == ("only",)
    plots.clear()
    assert plots.loss.empty


def test_many_layers_are_a_heat_map_first(empty: LivePlots, example: Example, qtbot: QtBot, point_at: PointAt) -> None:
    names = tuple(f"layer{i}" for i in range(60))
    example.begin(empty, names)
    steps = np.linspace(0, 3, 60)
    empty.extend(
        Measurements(
            0, np.ones(example.steps, np.float32), np.tile(10 ** (steps - 3), (example.steps, 1)).astype(np.float32)
        )
    )
    empty.show_status(replace(example.status, results=()))
    QApplication.processEvents()
    panel, view = empty.norms, empty.norms.view
    assert panel.heat_action.isChecked()
    assert panel.colour_bar.isVisible()
    low, high = panel.colour_bar.shown
    assert -3.5 < low <= -3
    assert 0 <= high < 0.5
    image = view.grab().toImage()
    places = [view.position_of(300, row + 0.5) for row in (2, 30, 57)]
    lightness = [qGray(image.pixel(place)) for place in places]
    assert lightness[0] + 20 < lightness[1] < lightness[2] - 20, lightness
    assert places[0].y() < places[1].y() < places[2].y()
    with qtbot.waitSignal(empty.layerClicked) as chosen:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=places[1])
    assert chosen.args == ["layer30"]
    point_at(panel, 300, 57.5)
    qtbot.waitUntil(lambda: panel.readout.text().startswith("layer57"))
    assert float(panel.readout.text().split()[-1]) == pytest.approx(10 ** (steps[57] - 3), rel=0.01)
    button = next(b for b in panel.findChildren(QToolButton) if b.defaultAction() is panel.heat_action)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert not panel.colour_bar.isVisible()
    place = view.position_of(300, float(steps[30] - 3))
    colour = theme.current().layer_colour(30, 60)
    image = view.grab().toImage()
    assert colour in [image.pixelColor(place.x(), place.y() + dy) for dy in (-1, 0, 1)]


def test_values_that_are_not_finite_leave_gaps_but_no_error(
    empty: LivePlots, example: Example, qtbot: QtBot, point_at: PointAt
) -> None:
    example.begin(empty)
    news = example.measured(100)
    news.loss[50:] = np.nan
    news.norms[50:] = np.inf
    news.norms[:, 2] = 0
    empty.extend(news)
    empty.show_status(replace(example.status, state=RunState.FAILED, step=100, results=()))
    QApplication.processEvents()
    assert empty.loss.point_count == 100
    assert all(np.isfinite(empty.loss.view.y_range))
    assert all(np.isfinite(empty.norms.view.y_range))
    point_at(empty.loss, 80, 1.0)
    qtbot.waitUntil(lambda: "loss NaN" in empty.loss.readout.text())
    empty.norms.heat_action.setChecked(True)
    empty.loss.log_action.setChecked(True)
    empty.grab()


def test_a_run_without_layers_or_without_any_finite_value(empty: LivePlots, example: Example) -> None:
    example.begin(empty, ())
    empty.extend(Measurements(0, np.full(5, np.nan, np.float32), np.empty((5, 0), np.float32)))
    empty.show_status(example.status)
    QApplication.processEvents()
    empty.grab()
    assert empty.norms.empty
    assert empty.loss.point_count == 5


def test_both_themes_repaint_at_once(plots: LivePlots, example: Example, qapp: QApplication) -> None:
    theme.apply(qapp, theme.LIGHT)
    QApplication.processEvents()
    image = plots.norms.view.grab().toImage()
    assert image.pixelColor(image.width() - 3, image.height() - 3).name() == theme.LIGHT.panel
    place = plots.norms.view.position_of(300, -2)
    near = [image.pixelColor(place.x(), place.y() + dy) for dy in (-1, 0, 1)]
    assert theme.LIGHT.layer_colour(2, len(example.names)) in near


def test_what_is_hidden_is_drawn_when_it_is_shown(example: Example, qtbot: QtBot) -> None:
    plots = LivePlots()
    qtbot.addWidget(plots)
    plots.resize(1440, 260)
    example.begin(plots)
    plots.extend(example.measured())
    assert len(plots.loss._raw.item.getData()[0]) == 0
    plots.show()
    qtbot.waitUntil(lambda: len(plots.loss._raw.item.getData()[0]) > 0)


def test_painting_loses_no_reference_to_none(plots: LivePlots, example: Example) -> None:
    """PySide6 6.12.0 did on Python 3.11, and aborts the process after a while."""
    plots.grab()
    gc.collect()
    before = sys.getrefcount(None)
    for start in range(300):
        plots.loss.extend(example.measured(1, start=example.steps + start))
        plots.loss.view.viewport().grab()
    gc.collect()
    # Counts move a little with caches; a leak would take at least one for each of the many calls of each painting.
    assert sys.getrefcount(None) > before - 150


def test_long_names_leave_room_for_their_values(plots: LivePlots, qtbot: QtBot) -> None:
    """At the width that the plot has in a window of 1440 pixels."""
    norms = plots.norms
    norms.begin([f"features.denseblock1.denselayer{number}.conv" for number in range(6)])
    norms.setFixedWidth(440)
    shown = norms.layer_list
    shown.setVisible(True)
    shown.resize(shown.maximumWidth(), 160)
    right = shown.viewport().rect().adjusted(shown.viewport().width() - 50, 0, 0, 0)
    before = shown.viewport().grab(right).toImage()
    shown.layers.set_values(np.full(6, 0.125, np.float32))
    assert shown.viewport().grab(right).toImage() != before
