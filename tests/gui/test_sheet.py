"""A document opens without the panels that nobody sees; each is right when it is first seen after all."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLabel, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from engine.data.adapt import switch_data_set
from engine.graph.edits import Disconnect, Rename, SetParam, SetSetting
from engine.graph.model import NodeId
from gui.analysis.panel import AnalysisPanel
from gui.code.panel import CodePanel
from gui.history.panel import HistoryPanel
from gui.inspector.block_page import BlockPage
from gui.inspector.many_view import ManyView
from gui.inspector.node_view import NodeView
from gui.inspector.setup_page import SetupPage
from gui.main_window import MainWindow
from gui.outline.panel import OutlinePanel
from gui.panel_tabs import bring_up
from gui.problems import ProblemRow, ProblemsPanel

PANELS = (AnalysisPanel, CodePanel, HistoryPanel, OutlinePanel, ProblemsPanel)
PAGES = (BlockPage, ManyView, NodeView, SetupPage)


@pytest.fixture
def opened(shared_window: MainWindow) -> MainWindow:
    """The window with LeNet-5 in it, in a sheet that is new."""
    shared_window.documents.open_template("spirals_mlp")
    shared_window.documents.open_template("lenet5")
    bring_up(shared_window.panels.palette)
    bring_up(shared_window.panels.training)
    QApplication.processEvents()
    return shared_window


def made(window: MainWindow, kind: type[QWidget]) -> list[QWidget]:
    """The parts of this kind that the current document has."""
    roots = (*window.sheet.panels.values(), window.sheet.page)
    return [part for root in roots for part in root.findChildren(kind)]


def named(window: MainWindow, name: str) -> NodeId:
    node = window.workspace.graph.named(name)
    assert node is not None
    return node.id


def test_what_nobody_sees_is_not_made(opened: MainWindow) -> None:
    assert {kind: found for kind in (*PANELS, *PAGES) if (found := made(opened, kind))} == {}


def test_the_history_lists_what_was_done_before_it_was_seen(opened: MainWindow) -> None:
    opened.workspace.push(Rename(named(opened, "conv1"), "first"))
    opened.workspace.push(SetParam(named(opened, "first"), "out_channels", 12))
    opened.workspace.undo_stack.undo()
    bring_up(opened.panels.history)
    (panel,) = made(opened, HistoryPanel)
    assert isinstance(panel, HistoryPanel)
    assert panel.model.rowCount() == 3
    assert panel.list.currentIndex().row() == 1


def test_the_outline_shows_what_was_selected_before_it_was_seen(opened: MainWindow) -> None:
    opened.workspace.push(Rename(named(opened, "conv1"), "first"))
    opened.workspace.select([named(opened, "first")])
    bring_up(opened.panels.outline)
    tree = opened.sheet.outline.tree
    assert [row.node.name for row in tree.chosen_rows()] == ["first"]


def test_the_problems_are_those_of_now(opened: MainWindow, qtbot: QtBot) -> None:
    edge = opened.workspace.graph.edges[2]
    opened.workspace.push(Disconnect(edge))
    qtbot.waitUntil(lambda: bool(opened.workspace.problems))
    bring_up(opened.panels.problems)
    (panel,) = made(opened, ProblemsPanel)
    rows = panel.findChildren(ProblemRow)
    assert [row.problem for row in rows] == opened.workspace.problems
    assert all(row.isVisible() for row in rows)


def test_what_is_chosen_in_a_late_panel_is_brought_into_view(opened: MainWindow) -> None:
    bring_up(opened.panels.outline)
    node = list(opened.workspace.graph.nodes)[-1]
    opened.view.camera.zoom_to(3.0)
    assert not is_in_view(opened, node)
    opened.sheet.outline.focus_search()
    opened.sheet.outline.search.setText(opened.workspace.graph.nodes[node].name)
    QTest.keyClick(opened.sheet.outline.search, Qt.Key.Key_Return)
    assert opened.workspace.selection == (node,)
    assert is_in_view(opened, node)


def is_in_view(window: MainWindow, node: NodeId) -> bool:
    place = QPointF(*window.workspace.graph.nodes[node].position)
    return window.view.camera.visible().contains(place)


def test_the_code_wants_what_the_buttons_of_a_late_panel_say(opened: MainWindow, qtbot: QtBot) -> None:
    opened.panels.code.show()
    try:
        qtbot.waitUntil(lambda: opened.sheet.code.live.is_current, timeout=30_000)
        assert "class " in opened.sheet.code.view.toPlainText()
        opened.sheet.exportWanted.disconnect()
        with qtbot.waitSignal(opened.sheet.exportWanted) as wanted:
            opened.sheet.code.exportRequested.emit("onnx")
        assert wanted.args == ["onnx"]
    finally:
        opened.panels.code.hide()


def test_the_setup_shows_what_was_set_before_it_was_seen(opened: MainWindow) -> None:
    opened.workspace.push(SetSetting("recipe", "epochs", 7))
    opened.workspace.push_document(switch_data_set(opened.workspace.document, "spirals"))
    opened.sheet.inspector.show_training()
    (page,) = made(opened, SetupPage)
    assert page.isVisible()
    assert page.findChild(QAbstractSpinBox, "param_epochs").text() == "7"
    assert page.findChild(QComboBox, "param_dataset").currentText() == "Two spirals"


def test_tab_leads_through_the_inspector_before_it_leaves_it(opened: MainWindow) -> None:
    """The form of a layer is newer than all panels, and the page about training may be, too."""
    opened.workspace.select([named(opened, "conv1")])
    opened.sheet.inspector.enter()
    assert leaves_to_training(opened) > 5
    opened.workspace.select([])
    opened.sheet.inspector.show_training()
    opened.sheet.inspector.findChild(QTabWidget).tabBar().setFocus()
    assert leaves_to_training(opened) > 8


def leaves_to_training(window: MainWindow) -> int:
    """How many stops of the inspector Tab comes to before the first button of the training."""
    number = 0
    while True:
        here = QApplication.focusWidget()
        assert here is not None
        if here.objectName() == "trainButton":
            return number
        assert window.sheet.inspector.isAncestorOf(here), here.objectName()
        number += 1
        QTest.keyClick(here, Qt.Key.Key_Tab)


def test_values_change_in_labels_that_stay(opened: MainWindow, qtbot: QtBot) -> None:
    opened.workspace.select([named(opened, "conv1")])
    (page,) = made(opened, NodeView)
    label = page.findChild(QLabel, "fact_parameters")
    before = label.text()
    opened.workspace.push(SetParam(named(opened, "conv1"), "out_channels", 12))
    qtbot.waitUntil(lambda: label.text() != before)
    assert page.findChild(QLabel, "fact_parameters") is label


class Resizes(QObject):
    """The sizes that a widget is given."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.sizes: list[QSize] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QResizeEvent):
            self.sizes.append(event.size())
        return False


def test_the_panels_come_and_go_all_at_once(opened: MainWindow) -> None:
    """Laid out one by one, each would have given the canvas another size."""
    wanted = opened.view.size()
    resizes = Resizes(opened.view)
    opened.show_welcome()
    QApplication.processEvents()
    opened.show_canvas()
    QApplication.processEvents()
    assert resizes.sizes[-1] == wanted
    assert len(resizes.sizes) <= 2, "once without the panels, and once with all of them"
