"""At 1280 × 800 nothing is cut off, nor at 1440 × 900 when texts are larger."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QListView, QPushButton, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.edits import RemoveNode, SetParam
from engine.graph.model import NodeId
from engine.training.status import RunState
from gui import fonts, theme
from gui.main_window import MainWindow
from gui.panel_tabs import bring_up
from gui.parts import ElidedLabel

if TYPE_CHECKING:
    from conftest import Layers

pytestmark = pytest.mark.fresh_window


def cut_off(window: MainWindow) -> list[str]:
    """The visible texts and icons that have less room than they need; shortened ones that say so are left out."""
    found: list[str] = []
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, (QLabel, QPushButton, QToolButton)) or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, ElidedLabel) or not is_tight(widget):
            continue
        found.append(f"{type(widget).__name__} {widget.objectName()} “{widget.text()}” {widget.size().toTuple()}")
    return found


def assert_nothing_is_cut_off(window: MainWindow, qtbot: QtBot) -> None:
    # Layouts come to rest within a few turns of the event loop.
    with contextlib.suppress(qtbot.TimeoutError):
        qtbot.waitUntil(lambda: cut_off(window) == [], timeout=1000)
    assert cut_off(window) == []


@pytest.fixture
def real_font(qapp: QApplication) -> Iterator[None]:
    """The font that the app brings along, whose widths are what counts."""
    loaded = [QFontDatabase.addApplicationFont(str(file)) for file in fonts.FOLDER.glob("*.otf")]
    yield
    for font in loaded:
        QFontDatabase.removeApplicationFont(font)


@pytest.fixture
def large_texts(real_font: None, qapp: QApplication) -> Iterator[Callable[[float], None]]:
    """Let texts be larger; they are as usual at the end."""
    yield lambda scale: theme.set_text_scale(qapp, scale)
    theme.set_text_scale(qapp, 1.0)


def is_tight(widget: QLabel | QPushButton | QToolButton) -> bool:
    outside = widget.parentWidget()
    while outside is not None and not outside.isWindow():
        place = QRect(widget.mapTo(outside, QPoint(0, 0)), widget.size())
        if place.left() < 0 or place.right() >= outside.width():
            return True
        outside = outside.parentWidget()
    if isinstance(widget, QLabel):
        if not widget.text():
            return False
        if widget.wordWrap():
            longest = max(widget.text().split(), key=widget.fontMetrics().horizontalAdvance)
            too_narrow = widget.fontMetrics().horizontalAdvance(longest) > widget.contentsRect().width()
            return too_narrow or widget.heightForWidth(widget.width()) > widget.height()
        return widget.sizeHint().width() > widget.width() or widget.sizeHint().height() > widget.height()
    if widget.text() and not is_icon_only(widget):
        return widget.sizeHint().width() > widget.width() or widget.sizeHint().height() > widget.height()
    icon = widget.iconSize()
    return not widget.icon().isNull() and (icon.width() > widget.width() or icon.height() > widget.height())


def is_icon_only(widget: QPushButton | QToolButton) -> bool:
    return isinstance(widget, QToolButton) and widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly


def show_welcome(window: MainWindow, layers: Layers) -> None:
    window.documents.new()
    window.show_welcome()


def show_layer(name: str) -> Callable[[MainWindow, Layers], None]:
    def show(window: MainWindow, layers: Layers) -> None:
        window.documents.open_template("residual_cnn")
        layers.select(name)

    return show


def show_setup(window: MainWindow, layers: Layers) -> None:
    window.documents.open_template("spirals_mlp")
    window.sheet.inspector.show_training()


def show_problems(window: MainWindow, layers: Layers) -> None:
    window.documents.open_template("lenet5")
    window.workspace.push(RemoveNode(add_lonely(window)))
    window.workspace.push(SetParam(layers.id("dense3"), "out_features", 7))
    window.workspace.push(SetParam(layers.id("conv2"), "kernel_size", (40, 40)))
    window.show_problems()


def add_lonely(window: MainWindow) -> NodeId:
    added = window.scene.add_layer("softmax", (700.0, 0.0))
    assert added is not None
    return added


def show_several(window: MainWindow, layers: Layers) -> None:
    window.documents.open_template("lenet5")
    layers.select("conv1", "conv2")


SIGHTS: dict[str, Callable[[MainWindow, Layers], None]] = {
    "welcome": show_welcome,
    "conv": show_layer("stem"),
    "add": show_layer("block1_add"),
    "several": show_several,
    "setup": show_setup,
    "problems": show_problems,
}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_nothing_is_cut_off_at_1280_by_800(
    colours: theme.Theme, real_font: None, window: MainWindow, layers: Layers, qapp: QApplication, qtbot: QtBot
) -> None:
    theme.apply(qapp, colours)
    window.resize(1280, 800)
    for sight, show in SIGHTS.items():
        show(window, layers)
        qtbot.wait(60)
        assert window.size() == QSize(1280, 800), sight
        assert_nothing_is_cut_off(window, qtbot)


@pytest.mark.slow
@pytest.mark.parametrize("scale", [1.5, 2.0])
def test_larger_texts_are_not_cut_off_at_1440_by_900(
    scale: float, large_texts: Callable[[float], None], window: MainWindow, layers: Layers, qtbot: QtBot
) -> None:
    """All panels are open, and their texts become larger while one looks."""
    window.resize(1440, 900)
    window.documents.open_template("lenet5")
    for dock in window.panels.docks:
        dock.show()
    qtbot.wait(60)
    large_texts(scale)
    for sight, show in SIGHTS.items():
        show(window, layers)
        for panel in (window.panels.palette, window.panels.outline, window.panels.history):
            bring_up(panel)
            qtbot.wait(60)
            assert window.size() == QSize(1440, 900), sight
            assert_nothing_is_cut_off(window, qtbot)


def test_panels_grow_with_their_texts_and_shrink_again(
    large_texts: Callable[[float], None], window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1440, 900)
    window.documents.open_template("lenet5")
    qtbot.wait(60)
    panels = (window.panels.palette, window.panels.inspector)
    before = [panel.width() for panel in panels]
    large_texts(1.5)
    qtbot.waitUntil(lambda: all(panel.width() > 1.25 * width for panel, width in zip(panels, before, strict=True)))
    large_texts(1.0)
    qtbot.waitUntil(lambda: [panel.width() for panel in panels] == pytest.approx(before, abs=2))


def test_the_code_gives_its_room_back(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1440, 900)
    window.documents.open_template("lenet5")
    qtbot.wait(60)
    before = window.panels.inspector.width()
    toggle = window.panels.code.toggleViewAction()
    toggle.trigger()
    qtbot.waitUntil(lambda: window.panels.code.width() > 350)
    toggle.trigger()
    qtbot.waitUntil(lambda: window.panels.inspector.width() == before)


def test_nothing_is_cut_off_while_training(real_font: None, window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    window.documents.open_template("spirals_mlp")
    window.workspace.undo_stack.setClean()
    window.desk.train()
    qtbot.waitUntil(lambda: len(window.desk.status.results) >= 2, timeout=60_000)
    assert_nothing_is_cut_off(window, qtbot)
    window.desk.pause_or_resume()
    qtbot.waitUntil(lambda: window.desk.status.state is RunState.PAUSED)
    assert_nothing_is_cut_off(window, qtbot)
    window.desk.stop()
    qtbot.waitUntil(lambda: window.desk.status.state is RunState.STOPPED)
    assert_nothing_is_cut_off(window, qtbot)
    spin = window.findChild(QSpinBox, "moreEpochs")
    spin.setValue(spin.maximum())
    line = spin.lineEdit()
    assert QFontMetrics(line.font()).horizontalAdvance(line.text()) <= line.contentsRect().width()


def test_the_palette_shows_whole_names_at_1280_by_800(real_font: None, window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    window.documents.new()
    qtbot.wait(30)
    listed = window.sheet.palette.findChild(QListView, "palette_list")
    model, metrics = listed.model(), listed.fontMetrics()
    widest = max(metrics.horizontalAdvance(str(model.index(row, 0).data())) for row in range(model.rowCount()))
    badge, gap = 20, 10
    assert theme.PADDING + badge + gap + widest + theme.PADDING <= listed.viewport().width()
