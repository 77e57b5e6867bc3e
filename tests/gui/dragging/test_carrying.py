"""Layers dragged out of one document into another: side by side, by way of a tab, and nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Frame, Note
from engine.graph.edits import AddNode
from engine.graph.model import Graph
from engine.layers import fragment
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui.canvas.annotations.layer import Beside
from gui.main_window import MainWindow
from gui.sheet import Sheet

if TYPE_CHECKING:
    from conftest import Drag, Places, Porter, Unchanged

SHIFT = Qt.KeyboardModifier.ShiftModifier
COPY, MOVE, IGNORE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction, Qt.DropAction.IgnoreAction
Two = tuple[Sheet, Sheet]


def select(sheet: Sheet, *names: str) -> None:
    graph = sheet.workspace.graph
    sheet.workspace.select([node.id for node in graph.nodes.values() if node.name in names])
    assert len(sheet.workspace.selection) == len(names)


def names(sheet: Sheet) -> set[str]:
    return {node.name for node in sheet.workspace.graph.nodes.values()}


def selected(sheet: Sheet) -> set[str]:
    return {sheet.workspace.graph.nodes[node].name for node in sheet.workspace.selection}


def edges(sheet: Sheet) -> set[tuple[str, str]]:
    graph = sheet.workspace.graph
    return {(graph.nodes[edge.source].name, graph.nodes[edge.target].name) for edge in graph.edges}


def steps(*sheets: Sheet) -> list[str]:
    """What undoing would undo in each document."""
    return [sheet.workspace.undo_stack.undoText() for sheet in sheets]


def test_layers_are_copied_into_the_other_canvas(
    beside: Two, porter: Porter, places: Places, unchanged: type[Unchanged], window: MainWindow
) -> None:
    target, source = beside
    before = unchanged(*beside)
    select(source, "conv1", "relu1")
    look = source.view.camera.look()
    end = places.free(target)
    here = target.view.camera.scene_point(target.view.viewport().mapFromGlobal(end).toPointF())
    porter.pull(source.view, places.layer(source, "conv1"), end, lambda drag: drag.drop(end))
    assert {"conv1", "relu1"} <= names(target)
    assert ("conv1", "relu1") in edges(target)
    assert selected(target) == {"conv1", "relu1"}
    assert steps(*beside) == ["Drop 2 layers", ""]
    assert target.workspace.undo_stack.count() == 1
    assert window.sheet is target
    assert target.view.hasFocus()
    assert source.view.camera.look() == look
    first, second = (target.workspace.graph.named(name) for name in ("conv1", "relu1"))
    assert first is not None
    assert second is not None
    middle = (first.position[0] + second.position[0]) / 2, (first.position[1] + second.position[1]) / 2
    assert middle == pytest.approx(here.toTuple(), abs=8.0)
    target.workspace.undo_stack.undo()
    before.check()


def test_with_shift_they_are_moved(beside: Two, porter: Porter, places: Places, unchanged: type[Unchanged]) -> None:
    target, source = beside
    before = unchanged(*beside)
    select(source, "conv1", "relu1")
    end = places.free(target)
    porter.pull(source.view, places.layer(source, "relu1"), end, lambda drag: drag.drop(end, SHIFT))
    assert {"conv1", "relu1"} <= names(target)
    assert not {"conv1", "relu1"} & names(source)
    assert steps(*beside) == ["Drop 2 layers", "Move out 2 layers"]
    assert [sheet.workspace.undo_stack.count() for sheet in beside] == [1, 1]
    for sheet in beside:
        sheet.workspace.undo_stack.undo()
    before.check()


def test_the_canvas_shows_what_would_come_and_says_so(beside: Two, porter: Porter, places: Places) -> None:
    target, source = beside
    select(source, "conv1", "relu1")
    end = places.free(target)
    said: list[str] = []

    def journey(drag: Drag) -> None:
        viewport = target.view.viewport()
        before = viewport.grab().toImage()
        assert drag.over(end)
        said.append(target.view.pointer_note.text)
        assert viewport.grab().toImage() != before
        drag.over(end, SHIFT)
        said.append(target.view.pointer_note.text)
        drag.leave()
        assert not target.view.pointer_note.isVisible()
        assert viewport.grab().toImage() == before

    porter.pull(source.view, places.layer(source, "conv1"), end, journey)
    assert said == ["Copy 2 layers here; with Shift, move", "Move 2 layers here"]
    (drag,) = porter.begun
    assert drag.pixmap().width() > 40


def test_a_frame_is_carried_with_everything_in_it(
    beside: Two, porter: Porter, places: Places, unchanged: type[Unchanged]
) -> None:
    target, source = beside
    graph = source.workspace.graph
    members = frozenset(node.id for node in graph.nodes.values() if node.name in ("conv1", "relu1"))
    x, y = graph.nodes[min(members)].position
    source.workspace.push(AddAnnotation(Frame(AnnotationId("a1"), "Encoder", members, "blue")))
    source.workspace.push(AddAnnotation(Note(AnnotationId("a2"), "why", (x - 60, y - 20), 80.0, 40.0)))
    source.view.fit()
    QApplication.processEvents()
    before = unchanged(*beside)
    frames = source.scene.annotations.frames
    title = frames.title_rect(AnnotationId("a1"), source.view.camera.zoom).center()
    end = places.free(target)
    start = source.view.camera.view_point(title).toPoint()
    porter.pull(source.view, start, end, lambda drag: drag.drop(end))
    there = target.workspace.graph.annotations
    assert [frame.title for frame in there.frames] == ["Encoder"]
    assert {target.workspace.graph.nodes[node].name for node in there.frames[0].members} == {"conv1", "relu1"}
    assert [note.text for note in there.notes] == ["why"]
    assert len(target.scene.annotations.selected) == 2
    target.workspace.undo_stack.undo()
    before.check()


def test_a_note_is_carried_alone(beside: Two, porter: Porter, places: Places, unchanged: type[Unchanged]) -> None:
    target, source = beside
    source.workspace.push(AddAnnotation(Note(AnnotationId("a1"), "why", (200.0, 0.0), 160.0, 80.0)))
    source.view.fit()
    QApplication.processEvents()
    before = unchanged(*beside)
    item = source.scene.annotations.notes[AnnotationId("a1")]
    assert source.scene.annotations.beside(item.rect.center(), 1.0, source.scene.hover) == Beside(note=item.note.id)
    start, end = source.view.camera.view_point(item.rect.center()).toPoint(), places.free(target)
    porter.pull(source.view, start, end, lambda drag: drag.drop(end, SHIFT))
    assert [note.text for note in target.workspace.graph.annotations.notes] == ["why"]
    assert not source.workspace.graph.annotations
    assert steps(*beside) == ["Drop note", "Move out note"]
    for sheet in beside:
        sheet.workspace.undo_stack.undo()
    before.check()


def test_blocks_come_along(
    beside: Two, porter: Porter, places: Places, unchanged: type[Unchanged], window: MainWindow
) -> None:
    target, source = beside
    source.workspace.replace(ZOO["resnet20"].build())
    QApplication.processEvents()
    source.view.fit()
    instance = next(node for node in source.workspace.graph.nodes.values() if node.layer == "block:BasicBlock")
    source.workspace.select([instance.id])
    before = unchanged(*beside)
    end = places.free(target)
    porter.pull(source.view, places.layer(source, instance.name), end, lambda drag: drag.drop(end))
    assert set(target.workspace.document.blocks) == {"BasicBlock"}
    assert selected(target) == {instance.name}
    assert target.workspace.undo_stack.count() == 1
    target.workspace.undo_stack.undo()
    assert not target.workspace.document.blocks
    before.check()


def test_what_cannot_be_dropped_is_refused_in_a_sentence(
    beside: Two, porter: Porter, places: Places, unchanged: type[Unchanged], window: MainWindow
) -> None:
    """An input of the network has no place inside a block."""
    target, source = beside
    target.workspace.replace(ZOO["resnet20"].build())
    target.workspace.open_block("BasicBlock")
    QApplication.processEvents()
    before = unchanged(*beside)
    select(source, "input")
    end = places.free(target)
    said: list[tuple[bool, str, bool]] = []

    def journey(drag: Drag) -> None:
        takes = drag.over(end)
        said.append((takes, target.view.pointer_note.text, target.view.pointer_note.isVisible()))
        assert not drag.drop(end)

    porter.pull(source.view, places.layer(source, "input"), end, journey)
    ((takes, sentence, is_visible),) = said
    assert not takes
    assert is_visible
    assert sentence.endswith(".")
    assert "block" in sentence
    assert not target.view.pointer_note.isVisible()
    assert window.sheet is source
    before.check()


def test_over_a_field_layers_are_no_text(
    beside: Two, porter: Porter, places: Places, unchanged: type[Unchanged], window: MainWindow
) -> None:
    target, source = beside
    before = unchanged(*beside)
    select(source, "conv1")
    search = window.findChild(QLineEdit, "palette_search")
    assert search is not None
    end = places.free(target)

    def journey(drag: Drag) -> None:
        assert drag.over(end)
        assert target.view.pointer.is_busy
        assert not drag.over(places.middle(search))
        assert not target.view.pointer.is_busy
        note = window.file_drop.note
        assert note.isVisible()
        assert note.text.startswith("Layers go onto a canvas")
        assert drag.over(end)
        assert target.view.pointer.is_busy
        assert not note.isVisible()
        assert not drag.drop(places.middle(search))
        assert not note.isVisible()

    porter.pull(source.view, places.layer(source, "conv1"), end, journey)
    assert search.text() == ""
    before.check()


def test_waiting_over_a_tab_brings_its_document_to_the_front(
    two: Two, porter: Porter, places: Places, unchanged: type[Unchanged], window: MainWindow, qtbot: QtBot
) -> None:
    target, source = two
    before = unchanged(*two)
    select(source, "conv1", "relu1")
    (bar,) = places.bars(window)
    tab = places.tab(bar, 0)

    def journey(drag: Drag) -> None:
        assert drag.over(tab)
        assert source.view.isVisible()
        qtbot.waitUntil(target.view.isVisible)
        drag.drop(places.free(target))

    porter.pull(source.view, places.layer(source, "conv1"), tab, journey)
    assert {"conv1", "relu1"} <= names(target)
    assert window.sheet is target
    assert target.view.isVisible()
    assert steps(*two) == ["Drop 2 layers", ""]
    target.workspace.undo_stack.undo()
    before.check()


def test_on_its_tab_a_document_takes_them_too(
    two: Two, porter: Porter, places: Places, unchanged: type[Unchanged], window: MainWindow
) -> None:
    target, source = two
    before = unchanged(*two)
    select(source, "conv1")
    (bar,) = places.bars(window)

    def journey(drag: Drag) -> None:
        assert not drag.over(places.tab(bar, 1)), "they are in that document already"
        drag.drop(places.tab(bar, 0), SHIFT)

    porter.pull(source.view, places.layer(source, "conv1"), places.tab(bar, 0), journey)
    assert selected(target) == {"conv1"}
    assert "conv1" not in names(source)
    assert window.sheet is target
    for sheet in two:
        sheet.workspace.undo_stack.undo()
    before.check()


def test_dropped_nowhere_everything_is_as_it_was(
    two: Two, porter: Porter, places: Places, unchanged: type[Unchanged], window: MainWindow, qtbot: QtBot
) -> None:
    target, source = two
    before = unchanged(*two)
    select(source, "conv1", "relu1")
    look = source.view.camera.look()
    (bar,) = places.bars(window)

    def journey(drag: Drag) -> None:
        drag.over(places.tab(bar, 0))
        qtbot.waitUntil(target.view.isVisible)
        drag.over(places.free(target))
        drag.leave()

    porter.pull(source.view, places.layer(source, "conv1"), places.tab(bar, 0), journey)
    assert window.sheet is source
    assert source.view.isVisible()
    assert selected(source) == {"conv1", "relu1"}
    assert source.view.camera.look() == look
    assert steps(*two) == ["", ""]
    for name in ("conv1", "relu1"):
        node = source.workspace.graph.named(name)
        assert node is not None
        assert source.scene.nodes[node.id].position == node.position
    before.check()


@pytest.mark.parametrize("keys", [Qt.KeyboardModifier.NoModifier, SHIFT])
def test_who_comes_back_moves_the_layers_after_all(
    keys: Qt.KeyboardModifier, beside: Two, porter: Porter, places: Places, unchanged: type[Unchanged]
) -> None:
    target, source = beside
    before = unchanged(*beside)
    select(source, "conv1", "relu1")
    start = places.layer(source, "conv1")
    node = source.workspace.graph.named("conv1")
    assert node is not None
    back = source.view.viewport().mapToGlobal(start + QPoint(80, 60))
    away = places.free(target)

    def journey(drag: Drag) -> None:
        assert drag.over(away)
        assert source.scene.nodes[node.id].position == node.position
        assert drag.over(back)
        assert source.scene.nodes[node.id].position != node.position
        assert drag.over(away), "and leaves again"
        assert source.scene.nodes[node.id].position == node.position
        assert drag.drop(back, keys)

    porter.pull(source.view, start, away, journey)
    assert steps(*beside) == ["", "Move 2 layers"]
    assert names(source) >= {"conv1", "relu1"}
    assert source.workspace.undo_stack.count() == 1
    source.workspace.undo_stack.undo()
    before.check()


def test_over_panels_a_move_stays_a_move(
    two: Two, porter: Porter, places: Places, unchanged: type[Unchanged], window: MainWindow
) -> None:
    _, source = two
    before = unchanged(*two)
    select(source, "conv1")
    porter.pull(source.view, places.layer(source, "conv1"), places.middle(source.inspector))
    assert porter.begun == []
    assert steps(source) == ["Move layer"]
    source.workspace.undo_stack.undo()
    before.check()


def test_outside_the_window_it_is_the_text_that_the_clipboard_would_hold(
    two: Two, porter: Porter, places: Places, unchanged: type[Unchanged], window: MainWindow
) -> None:
    _, source = two
    before = unchanged(*two)
    select(source, "conv1", "relu1")
    outside = window.frameGeometry().bottomRight() + QPoint(200, 200)
    porter.pull(source.view, places.layer(source, "conv1"), outside)
    assert len(porter.begun) == 1
    source.view.copy_selection()
    assert porter.text == QGuiApplication.clipboard().text()
    pasted = fragment.paste(Graph(), porter.text)
    assert pasted is not None
    assert [node.name for node in pasted.nodes] == ["conv1", "relu1"]
    before.check()


def test_many_layers_are_carried_as_well(
    beside: Two, porter: Porter, places: Places, unchanged: type[Unchanged]
) -> None:
    target, source = beside
    crowd = Graph()
    for index in range(80):
        AddNode(new_node(crowd, "relu", (240.0 * (index % 8), 96.0 * (index // 8)))).apply(crowd)
    source.workspace.replace(crowd)
    QApplication.processEvents()
    source.view.fit()
    source.view.select_all()
    before = unchanged(*beside)
    end = places.free(target)
    porter.pull(source.view, places.layer(source, "relu"), end, lambda drag: drag.drop(end))
    assert len(target.workspace.selection) == 80
    target.workspace.undo_stack.undo()
    before.check()
