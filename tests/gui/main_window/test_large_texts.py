"""What the window itself shows with texts of twice the usual size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from gui import theme
from gui.main_window import MainWindow
from gui.training.plot_frame import ACCURACY, LOSS, NORMS


@pytest.fixture
def large(shared_window: MainWindow, qapp: QApplication) -> Iterator[MainWindow]:
    shared_window.documents.open_template("lenet5")
    theme.set_text_scale(qapp, 2.0)
    QApplication.processEvents()
    yield shared_window
    theme.set_text_scale(qapp, 1.0)


def test_all_plots_say_when_there_will_be_one(large: MainWindow) -> None:
    shown = {label.text() for label in large.desk.panel.findChildren(QLabel) if label.isVisible()}
    assert {ACCURACY.hint, LOSS.hint, NORMS.hint} <= shown


def test_the_buttons_of_a_panel_grow(large: MainWindow, qapp: QApplication) -> None:
    def heights() -> list[int]:
        QApplication.processEvents()
        buttons = large.panels.inspector.findChildren(QAbstractButton)
        return [button.height() for button in buttons if button.objectName().startswith("qt_dockwidget")]

    before = heights()
    assert len(before) == 2
    theme.set_text_scale(qapp, 1.0)
    assert all(high > 1.5 * low for high, low in zip(before, heights(), strict=True))
