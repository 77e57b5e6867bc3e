"""What is dropped on a panel that floats, which is a window of its own, is taken as anywhere on the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit

from engine.graph import document
from engine.layers import fragment
from engine.zoo.registry import ZOO
from gui.canvas.carrying import PART_MIME
from gui.main_window import MainWindow
from gui.sheet import Sheet

if TYPE_CHECKING:
    from conftest import Drag, Places


@pytest.fixture
def panel(window: MainWindow, two: tuple[Sheet, Sheet]) -> Iterator[QDockWidget]:
    """The list of layers, torn off."""
    dock = window.panels.palette
    tear_off(dock)
    yield dock
    dock.setFloating(False)
    QApplication.processEvents()


def tear_off(dock: QDockWidget) -> None:
    dock.setFloating(True)
    dock.resize(300, 500)
    QApplication.processEvents()


def field(dock: QDockWidget) -> QLineEdit:
    found = dock.findChild(QLineEdit, "palette_search")
    assert isinstance(found, QLineEdit)
    return found


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setText("\n".join(map(str, paths)))
    return data


def part_text() -> str:
    graph = ZOO["lenet5"].build()
    return fragment.copy(graph, list(graph.nodes)[1:3])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "net.netwright"
    document.write(ZOO["lenet5"].build(), path)
    return path


def test_a_project_is_opened(
    window: MainWindow, panel: QDockWidget, drag: type[Drag], places: Places, project: Path
) -> None:
    taken = drag(panel, files(project))
    place = places.middle(field(panel))
    assert taken.over(place)
    hint = window.file_drop.hint
    assert hint.isVisible()
    assert hint.window() is panel
    assert hint.geometry() == panel.rect()
    assert hint.text == "Open “net.netwright”"
    assert taken.drop(place)
    QApplication.processEvents()
    assert window.workspace.path == project
    assert field(panel).text() == ""
    assert not hint.isVisible()


def test_it_is_opened_however_often_the_panel_was_torn_off(
    window: MainWindow, panel: QDockWidget, drag: type[Drag], places: Places, project: Path
) -> None:
    panel.setFloating(False)
    QApplication.processEvents()
    tear_off(panel)
    panel.hide()
    panel.show()
    assert drag(panel, files(project)).drop(places.middle(panel))
    QApplication.processEvents()
    assert window.workspace.path == project


def test_the_window_takes_files_as_before_afterwards(
    window: MainWindow, panel: QDockWidget, drag: type[Drag], places: Places, project: Path
) -> None:
    drag(panel, files(project)).over(places.middle(panel))
    panel.setFloating(False)
    QApplication.processEvents()
    taken = drag(window, files(project))
    assert taken.over(places.middle(panel))
    assert window.file_drop.hint.window() is window
    assert taken.drop(places.middle(panel))
    QApplication.processEvents()
    assert window.workspace.path == project


@pytest.mark.usefixtures("kept")
def test_a_file_of_layers_needs_a_canvas(
    window: MainWindow,
    panel: QDockWidget,
    drag: type[Drag],
    places: Places,
    tmp_path: Path,
) -> None:
    path = tmp_path / "part.json"
    path.write_text(part_text(), encoding="utf-8")
    assert not drag(panel, files(path)).drop(places.middle(panel))
    assert window.statusBar().currentMessage() == "“part.json” holds layers: drop it on a canvas."


@pytest.mark.usefixtures("kept")
def test_no_field_takes_layers_for_text(
    window: MainWindow,
    panel: QDockWidget,
    drag: type[Drag],
    places: Places,
) -> None:
    data = QMimeData()
    data.setText(part_text())
    data.setData(PART_MIME, part_text().encode())
    taken = drag(panel, data)
    assert not taken.over(places.middle(field(panel)))
    note = window.file_drop.note
    assert note.isVisible()
    assert note.window() is panel
    assert panel.rect().contains(note.geometry())
    assert not taken.drop(places.middle(field(panel)))
    assert not note.isVisible()
    assert field(panel).text() == ""


def test_layers_and_projects_are_announced_together(
    window: MainWindow, two: tuple[Sheet, Sheet], drag: type[Drag], places: Places, project: Path, tmp_path: Path
) -> None:
    parts = [tmp_path / "one.json", tmp_path / "two.json"]
    for path in parts:
        path.write_text(part_text(), encoding="utf-8")
    free = places.free(window.sheet)
    for dragged, text in (
        (parts, "Add the layers of 2 files here"),
        ([*parts, project], "Open “net.netwright”, and add the layers of 2 files here"),
        ([parts[0], project], "Open “net.netwright”, and add the layers of “one.json” here"),
    ):
        taken = drag(window, files(*dragged))
        assert taken.over(free)
        assert window.file_drop.hint.text == text
        taken.leave()
