"""The plots show every step, follow the run until the user looks closer, and answer the mouse."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent, qGray
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from engine.training.history import History, Measurements
from engine.training.status import EpochResult, RunState, RunStatus
from gui import theme
from gui.training.live_plots import LivePlots
from gui.training.plot_panel import PlotPanel
from gui.training.plot_view import PlotView

NAMES = ("conv1", "conv2", "dense1", "dense2", "output")
STEPS = 600
RUNNING = RunStatus(
    state=RunState.RUNNING,
    epoch=3,
    epochs=4,
    step=STEPS,
    steps_per_epoch=250,
    total_steps=1000,
    results=(EpochResult(1, 250, 0.9, 0.5, 0.91), EpochResult(2, 500, 0.4, 0.3, 0.95)),
)


def measured(steps: int = STEPS, layers: int = len(NAMES), start: int = 0) -> Measurements:
    """A falling loss, and layers whose norms lie exactly a factor 10 apart."""
    t = np.arange(start, start + steps)
    loss = (2.0 * np.exp(-t / 200) + 0.1 + 0.05 * np.sin(t)).astype(np.float32)
    norms = np.tile(10.0 ** -np.arange(layers), (steps, 1)).astype(np.float32)
    return Measurements(start, loss, norms)


@pytest.fixture
def empty(qtbot: QtBot) -> LivePlots:
    plots = LivePlots()
    qtbot.addWidget(plots)
    plots.resize(1440, 260)
    plots.show()
    qtbot.waitExposed(plots)
    return plots


@pytest.fixture
def plots(empty: LivePlots, history_of: Callable[..., History]) -> LivePlots:
    """A run of 600 steps of 1,000, whose last layers have the smaller gradients."""
    begin(empty, history_of)
    empty.extend(measured())
    empty.show_status(RUNNING)
    QApplication.processEvents()
    return empty


def begin(plots: LivePlots, history_of: Callable[..., History], names: tuple[str, ...] = NAMES) -> None:
    plots.begin(history_of(np.empty(0), np.empty((0, len(names))), names))


def point_at(panel: PlotPanel, x: float, y: float, qtbot: QtBot) -> QPoint:
    position = panel.view.position_of(x, y)
    qtbot.mouseMove(panel.view.viewport(), position + QPoint(40, 25))
    qtbot.mouseMove(panel.view.viewport(), position)
    return position


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


def test_before_a_run_there_are_sentences_instead_of_axes(empty: LivePlots) -> None:
    for panel in (empty.loss, empty.accuracy, empty.norms):
        assert panel.empty
        assert not panel.view.isVisible()
    assert empty.norms.line_count == 0


def test_every_step_is_plotted_and_every_layer_has_a_line(plots: LivePlots) -> None:
    assert not plots.loss.empty
    assert plots.loss.point_count == plots.norms.point_count == STEPS
    assert plots.norms.line_count == len(NAMES)
    assert [result.epoch for result in plots.loss.results] == [1, 2]
    assert plots.loss.view.x_range[1] >= STEPS


def test_data_stay_inside_the_ranges_while_they_grow(empty: LivePlots, history_of: Callable[..., History]) -> None:
    begin(empty, history_of)
    ranges = set()
    for start in range(0, 900, 30):
        empty.extend(measured(30, start=start))
        empty.show_status(replace(RUNNING, step=start + 30, results=()))
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


def test_pixels_show_loss_and_layers(plots: LivePlots) -> None:
    image = plots.norms.view.grab().toImage()
    for row in range(len(NAMES)):
        place = plots.norms.view.position_of(300, -row)
        colour = theme.current().layer_colour(row, len(NAMES))
        near = [image.pixelColor(place.x(), place.y() + dy) for dy in (-1, 0, 1)]
        assert colour in near, NAMES[row]
    loss = plots.loss.view.grab().toImage()
    pixels = {loss.pixelColor(x, y).name() for x in range(loss.width()) for y in range(loss.height())}
    assert {theme.current().loss, theme.current().validation} <= pixels


def test_hover_over_the_loss_reads_the_step(plots: LivePlots, qtbot: QtBot) -> None:
    point_at(plots.loss, 300, 1.0, qtbot)
    qtbot.waitUntil(lambda: "step" in plots.loss.readout.text())
    words = plots.loss.readout.text().split()
    step = int(words[1])
    assert abs(step - 300) <= 3
    assert float(words[words.index("loss") + 1]) == pytest.approx(float(measured().loss[step - 1]), abs=0.005)
    assert float(words[words.index("validation") + 1]) == 0.5
    qtbot.mouseMove(plots.loss.view.viewport(), QPoint(2, 2))
    qtbot.waitUntil(lambda: not plots.loss.readout.isVisible())


def test_what_is_read_stands_alone_while_steps_come_in(plots: LivePlots, qtbot: QtBot) -> None:
    point_at(plots.loss, 300, 1.0, qtbot)
    qtbot.waitUntil(lambda: plots.loss.readout.isVisible())
    plots.extend(measured(start=STEPS, steps=10))
    assert plots.loss.readout.isVisible()
    assert not plots.loss.keys.isVisible()


@pytest.mark.parametrize("row", range(len(NAMES)))
def test_hover_over_norms_reads_the_nearest_layer(plots: LivePlots, qtbot: QtBot, row: int) -> None:
    point_at(plots.norms, 300, -row + 0.2, qtbot)
    qtbot.waitUntil(lambda: NAMES[row] in plots.norms.readout.text())
    words = plots.norms.readout.text().split()
    assert words[0] == NAMES[row]
    assert abs(int(words[2]) - 300) <= 3
    assert words[3] == ("1.00", "0.100", "0.0100", "0.00100", "1.0×10⁻⁴")[row]


@pytest.mark.parametrize("row", range(len(NAMES)))
def test_a_click_on_a_line_chooses_its_layer(plots: LivePlots, qtbot: QtBot, row: int) -> None:
    position = point_at(plots.norms, 200, -row, qtbot)
    with qtbot.waitSignal(plots.layerClicked) as chosen:
        qtbot.mouseClick(plots.norms.view.viewport(), Qt.MouseButton.LeftButton, pos=position)
    assert chosen.args == [NAMES[row]]


def test_a_click_beside_all_lines_chooses_nothing(plots: LivePlots, qtbot: QtBot) -> None:
    position = point_at(plots.norms, 200, -1.5, qtbot)
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


def test_the_list_shows_the_latest_values(plots: LivePlots) -> None:
    model = plots.norms.layer_list.layers
    assert model.names == NAMES
    assert [model.value_text(row) for row in (0, 1, 4)] == ["1.00", "0.100", "1.0×10⁻⁴"]


def test_a_highlighted_layer_stands_out(plots: LivePlots, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(plots.layerClicked):
        plots.highlight("conv2")
    QApplication.processEvents()
    assert plots.norms.highlighted == "conv2"
    assert plots.norms.layer_list.currentIndex().row() == 1
    image = plots.norms.view.grab().toImage()
    seen = {}
    for row in range(len(NAMES)):
        place = plots.norms.view.position_of(300, -row)
        colour = theme.current().layer_colour(row, len(NAMES))
        seen[row] = colour in [image.pixelColor(place.x(), place.y() + dy) for dy in (-1, 0, 1)]
    assert [row for row, bright in seen.items() if bright] == [1]
    plots.highlight("no such layer")
    assert plots.norms.highlighted is None
    assert not plots.norms.layer_list.currentIndex().isValid()


def test_zooming_stops_following_until_a_double_click(plots: LivePlots, qtbot: QtBot) -> None:
    panel, view = plots.loss, plots.loss.view
    button = next(b for b in panel.findChildren(QToolButton) if b.defaultAction() is panel.follow_action)
    assert not button.isVisible()
    position = view.position_of(300, 1.0)
    zoom(view, position)
    assert not view.following
    assert button.isVisible()
    zoomed = view.x_range
    assert zoomed[1] - zoomed[0] < 700
    plots.extend(measured(300, start=STEPS))
    QApplication.processEvents()
    assert view.x_range == zoomed
    assert panel.point_count == STEPS + 300
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=position)
    qtbot.waitUntil(lambda: view.x_range[1] >= STEPS + 300)
    assert view.following
    assert not button.isVisible()


def test_the_follow_button_follows_again(plots: LivePlots, qtbot: QtBot) -> None:
    panel, view = plots.norms, plots.norms.view
    zoom(view, view.position_of(300, -1))
    button = next(b for b in panel.findChildren(QToolButton) if b.defaultAction() is panel.follow_action)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert view.following
    qtbot.waitUntil(lambda: view.x_range[1] >= STEPS)


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


def test_zoomed_in_the_curve_shows_single_steps(plots: LivePlots) -> None:
    view = plots.loss.view
    view.set_following(False)
    view.view_box.setXRange(100, 140, padding=0)
    QApplication.processEvents()
    x, y = plots.loss._raw.item.getData()
    inside = (x >= 101) & (x <= 139)
    assert x[inside].tolist() == list(range(101, 140))
    np.testing.assert_allclose(y[inside], measured().loss[100:139], rtol=1e-6)


def test_logarithmic_loss(plots: LivePlots, qtbot: QtBot) -> None:
    panel = plots.loss
    button = next(b for b in panel.findChildren(QToolButton) if b.defaultAction() is panel.log_action)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    low, high = panel.view.y_range
    losses = np.log10(measured().loss)
    assert losses.min() - 0.4 < low <= losses.min()
    assert losses.max() <= high < losses.max() + 0.4
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert panel.view.y_range[1] >= 2.1


def test_accuracy_in_large_figures(plots: LivePlots) -> None:
    assert plots.accuracy.figure.text() == "95.00 %"
    assert "after epoch 2" in plots.accuracy.caption.accessibleName()
    worse = (*RUNNING.results, EpochResult(3, 750, 0.3, 0.4, 0.93))
    plots.show_status(replace(RUNNING, state=RunState.FINISHED, results=worse, test_accuracy=0.941))
    assert plots.accuracy.figure.text() == "93.00 %"
    caption = plots.accuracy.caption.accessibleName()
    assert "test 94.10 %" in caption
    assert "best 95.00 % in epoch 2" in caption
    low, high = plots.accuracy.view.y_range
    assert low <= 0.91
    assert 0.95 <= high <= 1.04


def test_curves_stay_after_the_end_and_go_with_the_next_run(
    plots: LivePlots, history_of: Callable[..., History]
) -> None:
    plots.show_status(replace(RUNNING, state=RunState.FINISHED))
    assert plots.loss.point_count == STEPS
    assert STEPS < plots.loss.view.x_range[1] < 1.05 * STEPS
    plots.show_status(RunStatus(state=RunState.STARTING))
    assert plots.loss.point_count == STEPS
    assert not plots.accuracy.empty
    begin(plots, history_of, ("only",))
    for panel in (plots.loss, plots.accuracy, plots.norms):
        assert panel.empty
    plots.extend(measured(3, 1))
    assert plots.loss.point_count == 3
    assert plots.norms.names == ("only",)
    plots.clear()
    assert plots.loss.empty


def test_many_layers_are_a_heat_map_first(empty: LivePlots, history_of: Callable[..., History], qtbot: QtBot) -> None:
    names = tuple(f"layer{i}" for i in range(60))
    begin(empty, history_of, names)
    steps = np.linspace(0, 3, 60)
    empty.extend(Measurements(0, np.ones(STEPS, np.float32), np.tile(10 ** (steps - 3), (STEPS, 1)).astype(np.float32)))
    empty.show_status(replace(RUNNING, results=()))
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
    point_at(panel, 300, 57.5, qtbot)
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
    empty: LivePlots, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    begin(empty, history_of)
    news = measured(100)
    news.loss[50:] = np.nan
    news.norms[50:] = np.inf
    news.norms[:, 2] = 0
    empty.extend(news)
    empty.show_status(replace(RUNNING, state=RunState.FAILED, step=100, results=()))
    QApplication.processEvents()
    assert empty.loss.point_count == 100
    assert all(np.isfinite(empty.loss.view.y_range))
    assert all(np.isfinite(empty.norms.view.y_range))
    point_at(empty.loss, 80, 1.0, qtbot)
    qtbot.waitUntil(lambda: "loss NaN" in empty.loss.readout.text())
    empty.norms.heat_action.setChecked(True)
    empty.loss.log_action.setChecked(True)
    empty.grab()


def test_a_run_without_layers_or_without_any_finite_value(empty: LivePlots, history_of: Callable[..., History]) -> None:
    begin(empty, history_of, ())
    empty.extend(Measurements(0, np.full(5, np.nan, np.float32), np.empty((5, 0), np.float32)))
    empty.show_status(RUNNING)
    QApplication.processEvents()
    empty.grab()
    assert empty.norms.empty
    assert empty.loss.point_count == 5


def test_both_themes_repaint_at_once(plots: LivePlots, qapp: QApplication) -> None:
    theme.apply(qapp, theme.LIGHT)
    QApplication.processEvents()
    image = plots.norms.view.grab().toImage()
    assert image.pixelColor(image.width() - 3, image.height() - 3).name() == theme.LIGHT.panel
    place = plots.norms.view.position_of(300, -2)
    near = [image.pixelColor(place.x(), place.y() + dy) for dy in (-1, 0, 1)]
    assert theme.LIGHT.layer_colour(2, len(NAMES)) in near


def test_what_is_hidden_is_drawn_when_it_is_shown(qtbot: QtBot, history_of: Callable[..., History]) -> None:
    plots = LivePlots()
    qtbot.addWidget(plots)
    plots.resize(1440, 260)
    begin(plots, history_of)
    plots.extend(measured())
    assert len(plots.loss._raw.item.getData()[0]) == 0
    plots.show()
    qtbot.waitUntil(lambda: len(plots.loss._raw.item.getData()[0]) > 0)


def test_painting_loses_no_reference_to_none(plots: LivePlots) -> None:
    """PySide6 6.12.0 did on Python 3.11, and aborts the process after a while."""
    plots.grab()
    gc.collect()
    before = sys.getrefcount(None)
    for start in range(1000):
        plots.loss.extend(measured(1, start=STEPS + start))
        plots.loss.view.viewport().grab()
    gc.collect()
    # Counts move a little with caches; a leak would take at least one for each of the thousand.
    assert sys.getrefcount(None) > before - 500
