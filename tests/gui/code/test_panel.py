"""The code pane in a window: it is live, leads to the canvas and back, and stays out of the way."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engine.compiler.build import CompileError, build
from engine.graph.edits import Disconnect, Rename, SetParam
from engine.graph.model import Graph, NodeId
from engine.zoo.registry import ZOO
from gui.code.panel import EMPTY, LOADING, CodePanel
from gui.workspace import Workspace

CONTROL = Qt.KeyboardModifier.ControlModifier


def named(graph: Graph, name: str) -> NodeId:
    node = graph.named(name)
    assert node is not None
    return node.id


def jump_button(panel: CodePanel) -> QToolButton:
    button = panel.findChild(QToolButton, "code_jump")
    assert button is not None
    return button


def text_of(panel: CodePanel, name: str) -> str:
    label = panel.findChild(QLabel, name) or panel.findChild(QWidget, name).findChild(QLabel)
    assert label is not None
    return label.text()


class TestLive:
    def test_the_code_shown_builds_the_network(self, reader) -> None:
        graph = reader.open("lenet5")
        made: dict[str, object] = {}
        exec(reader.view.toPlainText(), made)
        model = made["build_model"]()  # type: ignore[operator]
        reference = build(graph)
        model.load_state_dict(reference.state_dict())
        sample = torch.rand(2, 1, 28, 28)
        assert torch.equal(model.eval()(sample), reference.eval()(sample))

    def test_it_follows_an_edit(self, reader) -> None:
        graph = reader.open("lenet5")
        assert reader.workspace.push(SetParam(named(graph, "conv1"), "out_channels", 12))
        reader.settle()
        assert any("self.conv1 = nn.Conv2d(1, 12," in line for line in reader.lines)
        reader.workspace.undo_stack.undo()
        reader.settle()
        assert any("self.conv1 = nn.Conv2d(1, 6," in line for line in reader.lines)

    def test_it_follows_an_edit_inside_a_block(self, reader) -> None:
        reader.open("resnet50")
        reader.workspace.open_block("Bottleneck")
        assert reader.workspace.push(Rename(named(reader.workspace.graph, "conv2"), "middle"))
        reader.settle()
        assert reader.line("self.middle = nn.Conv2d(", after="class Bottleneck")

    def test_many_edits_are_one_job(self, reader) -> None:
        graph = reader.open("lenet5")
        changes = QSignalSpy(reader.panel.live.changed)
        for channels in range(7, 27):
            reader.workspace.push(SetParam(named(graph, "conv1"), "out_channels", channels))
            reader.workspace.analyse()
        reader.settle()
        assert any("nn.Conv2d(1, 26," in line for line in reader.lines)
        assert changes.count() <= 2

    def test_the_window_is_not_held_up(self, reader, monkeypatch: pytest.MonkeyPatch) -> None:
        """While the code is being written the window's thread goes on, and the result is taken when it comes."""
        may_go_on = threading.Event()
        threads: list[threading.Thread] = []
        from engine.compiler import codegen

        real = codegen.generate

        def slow(*arguments: object) -> object:
            threads.append(threading.current_thread())
            assert may_go_on.wait(20)
            return real(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(codegen, "generate", slow)
        reader.workspace.replace(ZOO["lenet5"].build())
        reader.qtbot.waitUntil(lambda: bool(threads), timeout=20_000)
        assert threads[0] is not threading.main_thread()
        assert reader.panel.live.written is None
        reader.qtbot.wait(50)
        may_go_on.set()
        reader.settle()
        assert reader.line("class Network")

    def test_code_of_a_document_that_is_gone_is_dropped(self, reader, monkeypatch: pytest.MonkeyPatch) -> None:
        may_go_on = threading.Event()
        begun = threading.Event()
        from engine.compiler import codegen

        real = codegen.generate

        def slow(*arguments: object) -> object:
            begun.set()
            assert may_go_on.wait(20)
            return real(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(codegen, "generate", slow)
        reader.workspace.replace(ZOO["lenet5"].build())
        reader.qtbot.waitUntil(begun.is_set, timeout=20_000)
        reader.workspace.replace(Graph())
        may_go_on.set()
        reader.qtbot.wait(100)
        reader.settle()
        assert reader.panel.live.written is None
        assert reader.view.toPlainText() == ""

    def test_the_class_is_named_after_the_file(self, reader, tmp_path: Path) -> None:
        reader.open("lenet5")
        reader.workspace.set_path(tmp_path / "my digits-2.netwright")
        reader.settle()
        assert reader.line("class MyDigits2(nn.Module):")

    def test_nothing_is_written_while_nobody_looks(self, reader) -> None:
        graph = reader.open("lenet5")
        reader.panel.hide()
        reader.workspace.push(SetParam(named(graph, "conv1"), "out_channels", 12))
        reader.workspace.analyse()
        assert not reader.panel.live.is_busy
        reader.panel.show()
        reader.settle()
        assert any("nn.Conv2d(1, 12," in line for line in reader.lines)


class TestNotWhole:
    def test_the_last_code_stays_with_what_is_missing(self, reader) -> None:
        graph = reader.open("lenet5")
        before = reader.view.toPlainText()
        (edge,) = graph.incoming(named(graph, "dense3"))
        reader.workspace.push(Disconnect(edge))
        reader.settle()
        with pytest.raises(CompileError) as expected:
            build(reader.workspace.document)
        assert text_of(reader.panel, "code_notice").startswith(str(expected.value))
        assert reader.panel.findChild(QWidget, "code_notice").isVisible()
        assert reader.view.toPlainText() == before
        buttons = [
            button for button in reader.panel.findChildren(QToolButton) if button is not jump_button(reader.panel)
        ]
        assert len(buttons) == 4
        assert not any(button.isEnabled() for button in buttons)
        reader.workspace.undo_stack.undo()
        reader.settle()
        assert not reader.panel.findChild(QWidget, "code_notice").isVisible()
        assert all(button.isEnabled() for button in buttons)

    def test_it_is_paler(self, reader) -> None:
        graph = reader.open("lenet5")

        def contrast() -> int:
            picture = reader.view.viewport().grab().toImage()
            tones = [picture.pixelColor(x, y).lightness() for x in range(0, 300, 2) for y in range(0, 200, 2)]
            return max(tones) - min(tones)

        before = contrast()
        (edge,) = graph.incoming(named(graph, "dense3"))
        reader.workspace.push(Disconnect(edge))
        reader.settle()
        assert contrast() < 0.7 * before

    def test_an_empty_document(self, reader) -> None:
        reader.settle()
        assert text_of(reader.panel, "code_hint") == EMPTY
        assert not reader.panel.findChild(QWidget, "code_notice").isVisible()

    def test_while_torch_loads(self, host: Callable[..., QWidget], dark: None, qtbot: QtBot) -> None:
        shared = Workspace()
        shown = CodePanel(shared)
        host(shown, 420, 400)
        shared.replace(ZOO["lenet5"].build())
        assert text_of(shown, "code_hint") == LOADING
        assert not shown.live.is_busy


class TestFromTheCanvas:
    def test_selected_nodes_stand_out_where_they_are_made_and_called(self, reader) -> None:
        graph = reader.open("lenet5")
        reader.workspace.select([named(graph, "conv2")])
        assert reader.marked() == ["self.conv2 = nn.Conv2d(6, 16, kernel_size=5)", "x = self.conv2(x)"]
        reader.workspace.select([])
        assert reader.marked() == []

    def test_they_are_scrolled_to(self, reader) -> None:
        graph = reader.open("resnet50")
        reader.view.verticalScrollBar().setValue(0)
        reader.workspace.select([named(graph, "fc")])
        top, bottom = reader.view.visible_lines()
        assert top <= reader.line("self.fc = nn.Linear(") <= bottom

    def test_they_are_scrolled_to_when_the_code_comes_after_them(self, reader) -> None:
        reader.workspace.replace(ZOO["resnet50"].build())
        assert reader.lines == [""]
        reader.workspace.select([named(reader.workspace.graph, "fc")])
        reader.settle()
        top, bottom = reader.view.visible_lines()
        assert top <= reader.line("self.fc = nn.Linear(") <= bottom

    def test_an_edit_does_not_scroll(self, reader) -> None:
        graph = reader.open("resnet50")
        reader.workspace.select([named(graph, "fc")])
        reader.view.verticalScrollBar().setValue(0)
        reader.workspace.push(SetParam(named(graph, "fc"), "out_features", 7))
        reader.settle()
        assert reader.view.verticalScrollBar().value() == 0

    def test_what_can_be_seen_is_not_scrolled(self, reader) -> None:
        graph = reader.open("lenet5")
        reader.view.verticalScrollBar().setValue(2)
        before = reader.view.verticalScrollBar().value()
        reader.workspace.select([named(graph, "conv2")])
        assert reader.view.verticalScrollBar().value() == before

    def test_inside_a_block_the_lines_of_its_class_stand_out(self, reader) -> None:
        graph = reader.open("resnet50")
        reader.workspace.enter(named(graph, "layer1.0"))
        top, bottom = reader.view.visible_lines()
        assert top <= reader.line("def __init__", after="class Bottleneck") <= bottom
        reader.workspace.select([named(reader.workspace.graph, "conv2")])
        assert reader.marked()[0].startswith("self.conv2 = nn.Conv2d(channels, channels, kernel_size=3")
        assert "out = self.conv2(out)" in reader.marked()

    def test_the_marks_follow_the_code(self, reader) -> None:
        graph = reader.open("lenet5")
        reader.workspace.select([named(graph, "dense3")])
        assert reader.workspace.push(Rename(named(graph, "dense3"), "last"))
        reader.settle()
        assert reader.marked() == ["self.last = nn.Linear(84, 10)", "x = self.last(x)"]


class TestToTheCanvas:
    def test_a_click_on_a_line_selects_its_node(self, reader) -> None:
        graph = reader.open("lenet5")
        reveals = QSignalSpy(reader.panel.revealRequested)
        reader.click(reader.line("x = self.dense2(x)"))
        assert reader.workspace.selection == (named(graph, "dense2"),)
        assert reveals.count() == 1

    def test_it_does_not_scroll_under_the_pointer(self, reader) -> None:
        reader.open("resnet50")
        line = reader.line("x = self.fc(x)")
        reader.place(line)
        before = reader.view.verticalScrollBar().value()
        reader.click(line)
        assert reader.selected() == ["fc"]
        assert reader.view.verticalScrollBar().value() == before

    def test_a_line_without_a_node_leaves_the_selection(self, reader) -> None:
        reader.open("lenet5")
        reader.click(reader.line("self.pool1 ="))
        reader.click(reader.line("super().__init__()"))
        assert reader.selected() == ["pool1"]

    def test_arrow_keys_go_from_node_to_node(self, reader) -> None:
        reader.open("lenet5")
        reader.click(reader.line("self.conv1 ="))
        QTest.keyClick(reader.view, Qt.Key.Key_Down)
        assert reader.selected() == ["relu1"]

    def test_dragging_selects_text_and_no_node(self, reader) -> None:
        reader.open("lenet5")
        line = reader.line("self.conv1 =")
        start, end = reader.place(line, 8), reader.place(line, 20)
        viewport = reader.view.viewport()
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
        QTest.mouseMove(viewport, end)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
        assert reader.view.textCursor().selectedText()
        assert reader.selected() == []

    def test_a_click_on_a_line_of_a_block_offers_to_go_there(self, reader) -> None:
        reader.open("resnet50")
        button = jump_button(reader.panel)
        assert not button.isVisible()
        line = reader.line("self.conv2 = nn.Conv2d(channels")
        reader.click(line)
        assert not reader.workspace.scope.is_inside
        assert button.isVisible()
        assert button.text() == "Go to Bottleneck"
        height = reader.place(line).y()
        assert abs(button.geometry().center().y() - reader.view.viewport().mapToParent(QPoint(0, height)).y()) <= 3
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert reader.workspace.graph.block == "Bottleneck"
        assert reader.selected() == ["conv2"]
        assert not button.isVisible()

    def test_ctrl_and_a_click_goes_there_at_once_and_back(self, reader) -> None:
        graph = reader.open("resnet50")
        reader.workspace.enter(named(graph, "layer2.0"))
        reader.click(reader.line("self.conv3 = "), CONTROL)
        assert reader.workspace.scope.path == (named(graph, "layer2.0"),)
        assert reader.selected() == ["conv3"]
        reader.click(reader.line("self.fc = "), CONTROL)
        assert not reader.workspace.scope.is_inside
        assert reader.selected() == ["fc"]

    def test_enter_goes_there(self, reader) -> None:
        reader.open("resnet50")
        reader.click(reader.line("self.conv2 = nn.Conv2d(channels"))
        QTest.keyClick(reader.view, Qt.Key.Key_Return)
        assert reader.workspace.graph.block == "Bottleneck"


class TestStaying:
    def test_place_cursor_and_selection_stay_when_lines_come_above(self, reader) -> None:
        graph = reader.open("resnet50")
        view = reader.view
        line = reader.line("self.avgpool =")
        view.verticalScrollBar().setValue(line - 5)
        cursor = QTextCursor(view.document().findBlockByNumber(line - 1))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        view.setTextCursor(cursor)
        selected, top = cursor.selectedText(), reader.lines[view.firstVisibleBlock().blockNumber()]
        reader.workspace.push(SetParam(named(graph, "conv1"), "init_weight", "zeros"))
        reader.settle()
        assert view.textCursor().selectedText() == selected
        assert reader.lines[view.firstVisibleBlock().blockNumber()] == top

    def test_copy_takes_all_of_it(self, reader) -> None:
        reader.open("lenet5")
        button = reader.panel.findChild(QToolButton, "code_copy")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        copied = QGuiApplication.clipboard().text()
        assert copied == reader.view.toPlainText()
        assert [node.name for node in ast.parse(copied).body if isinstance(node, ast.ClassDef)] == ["Network"]

    def test_buttons_ask_for_files(self, reader) -> None:
        reader.open("lenet5")
        wishes = QSignalSpy(reader.panel.exportRequested)
        for name in ("code_model", "code_script", "code_onnx"):
            QTest.mouseClick(reader.panel.findChild(QToolButton, name), Qt.MouseButton.LeftButton)
        assert [wishes.at(index)[0] for index in range(wishes.count())] == ["model", "script", "onnx"]

    def test_all_buttons_fit_into_a_narrow_dock(self, reader) -> None:
        reader.open("lenet5")
        assert reader.panel.minimumSizeHint().width() <= 400
