"""Layers dragged out of one document into another: side by side, by way of a tab, and nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Frame, Note
from engine.graph.edits import AddNode
from engine.graph.model import Graph, Node
from engine.layers import fragment
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui.canvas.annotations.layer import Beside
from gui.main_window import MainWindow
from gui.sheet import Sheet

if TYPE_CHECKING:
    from conftest import Drag, Places, Porter, Unchanged

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
Two = tuple[Sheet, Sheet]


def names(sheet: Sheet) -> set[str]:
    return {node.name for node in sheet.workspace.graph.nodes.values()}


def selected(sheet: Sheet) -> set[str]:
    return {sheet.workspace.graph.nodes[node].name for node in sheet.workspace.selection}


def edges(sheet: Sheet) -> set[tuple[str, str]]:
    graph = sheet.workspace.graph
    return {(graph.nodes[edge.source].name, graph.nodes[edge.target].name) for edge in graph.edges}


def layer(sheet: Sheet, name: str) -> Node:
    node = sheet.workspace.graph.named(name)
    assert node is not None
    return node


class Trip:
    """Two documents, and the way from the one in front, the source, to the other, the target."""

    def __init__(self, documents: Two, porter: Porter, places: Places, unchanged: type[Unchanged]) -> None:
        self.target, self.source = documents
        self.away = places.free(self.target)
        """A place on the target's canvas, on the screen."""
        self._documents = documents
        self._porter = porter
        self._places = places
        self._unchanged = unchanged
        self.begin()

    def begin(self) -> None:
        """What the documents are now, they are to be again at the end."""
        QApplication.processEvents()
        self._before = self._unchanged(*self._documents)

    def select(self, *names: str) -> None:
        """Select layers of the source."""
        self.source.workspace.select([layer(self.source, name).id for name in names])

    def place(self, name: str) -> QPoint:
        """A layer of the source, in its viewport."""
        return self._places.layer(self.source, name)

    def pull(self, start: QPoint | str, end: QPoint, journey: Callable[[Drag], object] = lambda drag: None) -> None:
        """Drag a layer of the source, or what is at a place of its viewport, to `end`, and on from there."""
        place = self.place(start) if isinstance(start, str) else start
        self._porter.pull(self.source.view, place, end, journey)

    def carry(self, start: QPoint | str, keys: Qt.KeyboardModifier = NONE) -> None:
        """Drag it to the target and drop it there."""
        self.pull(start, self.away, lambda drag: drag.drop(self.away, keys))

    @property
    def steps(self) -> list[str]:
        """What undoing would undo in the target and in the source."""
        return [sheet.workspace.undo_stack.undoText() for sheet in self._documents]

    def check_undo(self, *changed: Sheet) -> None:
        """One step has been made in each of these; without it both documents are what they were."""
        for sheet in self._documents:
            assert sheet.workspace.undo_stack.index() == (sheet in changed)
        for sheet in changed:
            sheet.workspace.undo_stack.undo()
        self._before.check()


@pytest.fixture
def across(beside: Two, porter: Porter, places: Places, unchanged: type[Unchanged]) -> Trip:
    """From one side to the other."""
    return Trip(beside, porter, places, unchanged)


@pytest.fixture
def behind(two: Two, porter: Porter, places: Places, unchanged: type[Unchanged]) -> Trip:
    """From the tab in front to the one behind it."""
    return Trip(two, porter, places, unchanged)


@pytest.fixture
def tabs(window: MainWindow, places: Places, behind: Trip) -> list[QPoint]:
    """Where the tabs of the target and of the source are on the screen."""
    (bar,) = places.bars(window)
    return [places.tab(bar, index) for index in range(2)]


def test_layers_are_copied_into_the_other_canvas(across: Trip, window: MainWindow) -> None:
    target, source = across.target, across.source
    across.select("conv1", "relu1")
    look = source.view.camera.look()
    here = target.view.camera.scene_point(target.view.viewport().mapFromGlobal(across.away).toPointF())
    across.carry("conv1")
    assert {"conv1", "relu1"} <= names(target)
    assert ("conv1", "relu1") in edges(target)
    assert selected(target) == {"conv1", "relu1"}
    assert across.steps == ["Drop 2 layers", ""]
    assert window.sheet is target
    assert target.view.hasFocus()
    assert source.view.camera.look() == look
    first, second = (layer(target, name).position for name in ("conv1", "relu1"))
    middle = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
    assert middle == pytest.approx(here.toTuple(), abs=8.0)
    across.check_undo(target)


def test_with_shift_they_are_moved(across: Trip) -> None:
    across.select("conv1", "relu1")
    across.carry("relu1", SHIFT)
    assert {"conv1", "relu1"} <= names(across.target)
    assert not {"conv1", "relu1"} & names(across.source)
    assert across.steps == ["Drop 2 layers", "Move out 2 layers"]
    across.check_undo(across.target, across.source)


def test_the_canvas_shows_what_would_come_and_says_so(across: Trip, porter: Porter) -> None:
    across.select("conv1", "relu1")
    view, said = across.target.view, []

    def journey(drag: Drag) -> None:
        before = view.viewport().grab().toImage()
        assert drag.over(across.away)
        said.append(view.pointer_note.text)
        assert view.viewport().grab().toImage() != before
        drag.over(across.away, SHIFT)
        said.append(view.pointer_note.text)
        drag.leave()
        assert not view.pointer_note.isVisible()
        assert view.viewport().grab().toImage() == before

    across.pull("conv1", across.away, journey)
    assert said == ["Copy 2 layers here; with Shift, move", "Move 2 layers here"]
    (drag,) = porter.begun
    assert drag.pixmap().width() > 40


def test_a_frame_is_carried_with_everything_in_it(across: Trip) -> None:
    target, source = across.target, across.source
    members = frozenset(layer(source, name).id for name in ("conv1", "relu1"))
    x, y = layer(source, "conv1").position
    source.workspace.push(AddAnnotation(Frame(AnnotationId("a1"), "Encoder", members, "blue")))
    source.workspace.push(AddAnnotation(Note(AnnotationId("a2"), "why", (x - 60, y - 20), 80.0, 40.0)))
    source.workspace.undo_stack.clear()
    source.view.fit()
    across.begin()
    frames = source.scene.annotations.frames
    title = frames.title_rect(AnnotationId("a1"), source.view.camera.zoom).center()
    across.carry(source.view.camera.view_point(title).toPoint())
    there = target.workspace.graph.annotations
    assert [frame.title for frame in there.frames] == ["Encoder"]
    assert {target.workspace.graph.nodes[node].name for node in there.frames[0].members} == {"conv1", "relu1"}
    assert [note.text for note in there.notes] == ["why"]
    assert len(target.scene.annotations.selected) == 2
    across.check_undo(target)


def test_a_note_is_carried_alone(across: Trip) -> None:
    target, source = across.target, across.source
    source.workspace.push(AddAnnotation(Note(AnnotationId("a1"), "why", (200.0, 0.0), 160.0, 80.0)))
    source.workspace.undo_stack.clear()
    source.view.fit()
    across.begin()
    item = source.scene.annotations.notes[AnnotationId("a1")]
    assert source.scene.annotations.beside(item.rect.center(), 1.0, source.scene.hover) == Beside(note=item.note.id)
    across.carry(source.view.camera.view_point(item.rect.center()).toPoint(), SHIFT)
    assert [note.text for note in target.workspace.graph.annotations.notes] == ["why"]
    assert not source.workspace.graph.annotations
    assert across.steps == ["Drop note", "Move out note"]
    across.check_undo(target, source)


def test_blocks_come_along(across: Trip) -> None:
    target, source = across.target, across.source
    source.workspace.replace(ZOO["resnet20"].build())
    QApplication.processEvents()
    source.view.fit()
    instance = next(node for node in source.workspace.graph.nodes.values() if node.layer == "block:BasicBlock")
    source.workspace.select([instance.id])
    across.begin()
    across.carry(instance.name)
    assert set(target.workspace.document.blocks) == {"BasicBlock"}
    assert selected(target) == {instance.name}
    across.check_undo(target)
    assert not target.workspace.document.blocks


def test_what_cannot_be_dropped_is_refused_in_a_sentence(across: Trip, window: MainWindow) -> None:
    """An input of the network has no place inside a block."""
    target, note = across.target, across.target.view.pointer_note
    target.workspace.replace(ZOO["resnet20"].build())
    target.workspace.open_block("BasicBlock")
    across.begin()
    across.select("input")
    said: list[tuple[bool, str, bool]] = []

    def journey(drag: Drag) -> None:
        said.append((drag.over(across.away), note.text, note.isVisible()))
        assert not drag.drop(across.away)

    across.pull("input", across.away, journey)
    ((takes, sentence, is_visible),) = said
    assert not takes
    assert is_visible
    assert sentence.endswith(".")
    assert "block" in sentence
    assert not note.isVisible()
    assert window.sheet is across.source
    across.check_undo()


def test_over_a_field_layers_are_no_text(across: Trip, places: Places, window: MainWindow) -> None:
    target = across.target
    across.select("conv1")
    search = window.findChild(QLineEdit, "palette_search")
    assert search is not None

    def journey(drag: Drag) -> None:
        assert drag.over(across.away)
        assert target.view.pointer.is_busy
        assert not drag.over(places.middle(search))
        assert not target.view.pointer.is_busy
        note = window.file_drop.note
        assert note.isVisible()
        assert note.text.startswith("Layers go onto a canvas")
        assert drag.over(across.away)
        assert target.view.pointer.is_busy
        assert not note.isVisible()
        assert not drag.drop(places.middle(search))
        assert not note.isVisible()

    across.pull("conv1", across.away, journey)
    assert search.text() == ""
    across.check_undo()


def test_waiting_over_a_tab_brings_its_document_to_the_front(
    behind: Trip, tabs: list[QPoint], window: MainWindow, qtbot: QtBot
) -> None:
    behind.select("conv1", "relu1")

    def journey(drag: Drag) -> None:
        assert drag.over(tabs[0])
        assert behind.source.view.isVisible()
        qtbot.waitUntil(behind.target.view.isVisible)
        drag.drop(behind.away)

    behind.pull("conv1", tabs[0], journey)
    assert {"conv1", "relu1"} <= names(behind.target)
    assert window.sheet is behind.target
    assert behind.target.view.isVisible()
    assert behind.steps == ["Drop 2 layers", ""]
    behind.check_undo(behind.target)


def test_on_its_tab_a_document_takes_them_too(behind: Trip, tabs: list[QPoint], window: MainWindow) -> None:
    behind.select("conv1")

    def journey(drag: Drag) -> None:
        assert not drag.over(tabs[1]), "they are in that document already"
        drag.drop(tabs[0], SHIFT)

    behind.pull("conv1", tabs[0], journey)
    assert selected(behind.target) == {"conv1"}
    assert "conv1" not in names(behind.source)
    assert window.sheet is behind.target
    behind.check_undo(behind.target, behind.source)


def test_dropped_nowhere_everything_is_as_it_was(
    behind: Trip, tabs: list[QPoint], window: MainWindow, qtbot: QtBot
) -> None:
    source = behind.source
    behind.select("conv1", "relu1")
    look = source.view.camera.look()

    def journey(drag: Drag) -> None:
        drag.over(tabs[0])
        qtbot.waitUntil(behind.target.view.isVisible)
        drag.over(behind.away)
        drag.leave()

    behind.pull("conv1", tabs[0], journey)
    assert window.sheet is source
    assert source.view.isVisible()
    assert selected(source) == {"conv1", "relu1"}
    assert source.view.camera.look() == look
    for node in (layer(source, name) for name in ("conv1", "relu1")):
        assert source.scene.nodes[node.id].position == node.position
    behind.check_undo()


@pytest.mark.parametrize("keys", [NONE, SHIFT])
def test_who_comes_back_moves_the_layers_after_all(keys: Qt.KeyboardModifier, across: Trip) -> None:
    source = across.source
    across.select("conv1", "relu1")
    node = layer(source, "conv1")
    back = source.view.viewport().mapToGlobal(across.place("conv1") + QPoint(80, 60))

    def journey(drag: Drag) -> None:
        assert drag.over(across.away)
        assert source.scene.nodes[node.id].position == node.position
        assert drag.over(back)
        assert source.scene.nodes[node.id].position != node.position
        assert drag.over(across.away), "and leaves again"
        assert source.scene.nodes[node.id].position == node.position
        assert drag.drop(back, keys)

    across.pull("conv1", across.away, journey)
    assert across.steps == ["", "Move 2 layers"]
    assert names(source) >= {"conv1", "relu1"}
    across.check_undo(source)


def test_over_panels_a_move_stays_a_move(behind: Trip, porter: Porter, places: Places) -> None:
    behind.select("conv1")
    behind.pull("conv1", places.middle(behind.source.inspector))
    assert porter.begun == []
    assert behind.steps == ["", "Move layer"]
    behind.check_undo(behind.source)


def test_outside_the_window_it_is_the_text_that_the_clipboard_would_hold(
    behind: Trip, porter: Porter, window: MainWindow
) -> None:
    behind.select("conv1", "relu1")
    behind.pull("conv1", window.frameGeometry().bottomRight() + QPoint(200, 200))
    assert len(porter.begun) == 1
    behind.source.view.copy_selection()
    assert porter.text == QGuiApplication.clipboard().text()
    pasted = fragment.paste(Graph(), porter.text)
    assert pasted is not None
    assert [node.name for node in pasted.nodes] == ["conv1", "relu1"]
    behind.check_undo()


def test_many_layers_are_carried_as_well(across: Trip) -> None:
    source, crowd = across.source, Graph()
    for index in range(80):
        AddNode(new_node(crowd, "relu", (240.0 * (index % 8), 96.0 * (index // 8)))).apply(crowd)
    source.workspace.replace(crowd)
    QApplication.processEvents()
    source.view.fit()
    source.view.select_all()
    across.begin()
    across.carry("relu")
    assert len(across.target.workspace.selection) == 80
    across.check_undo(across.target)
