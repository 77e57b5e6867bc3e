"""Comparing under real mouse and keyboard: what is drawn, what is said, where clicks lead, and that it follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QToolTip

from engine.graph import document
from engine.graph.block_edits import Within
from engine.graph.edits import AddNode, Disconnect, MoveNodes, SetParam, SetSetting
from engine.graph.model import Graph
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui import theme
from gui.canvas.geometry import card_at
from gui.compare import comparison
from gui.compare.entries import Kind, find
from gui.compare.signs import paint_sign

LEFT = Qt.MouseButton.LeftButton


def test_every_difference_is_marked_where_it_is(desk: Any, old: Graph) -> None:
    desk.edit_lenet()
    desk.comparing.compare(old, "the version before")
    marks = desk.comparing.overlay.marks
    assert marks.added == {desk.id("bn")}
    assert set(marks.changed) == {desk.id("conv1")}
    (ghost,) = marks.ghosts.values()
    assert ghost.item.node.name == "relu3"
    dense1, dense2 = (desk.workspace.graph.nodes[desk.id(name)].position for name in ("dense1", "dense2"))
    assert dense1[1] < ghost.card.center().y() < dense2[1]
    assert len(marks.moved) == 11
    assert sorted(marks.wires_added.values()) == [False, False, True]
    assert sorted(lost.is_own for lost in marks.wires_removed.values()) == [False, False, True]


@pytest.mark.sampled(4)
@pytest.mark.parametrize("zoom", [1.0, 0.4, 0.22, 0.1])
@pytest.mark.parametrize("look", [theme.DARK, theme.LIGHT])
def test_marks_are_painted_from_near_and_far_in_both_themes(
    desk: Any, old: Graph, zoom: float, look: theme.Theme, qapp: QApplication
) -> None:
    theme.apply(qapp, look)
    desk.edit_lenet()
    desk.view.camera.zoom_to(zoom)
    desk.comparing.bar.list_button.setChecked(False)
    before = {kind: desk.count(kind) for kind in Kind}
    desk.comparing.compare(old, "the version before")
    for entry in desk.comparing.list.entries:
        if entry.what.value != "layer" or entry.kind is Kind.MOVED:
            continue
        rect = desk.comparing._rect_of(entry)
        desk.view.centerOn(rect.center())
        assert desk.count(entry.kind) > before[entry.kind] + 20
    desk.comparing.stop()
    desk.view.centerOn(QPointF(0.0, 0.0))
    assert desk.comparing.overlay not in desk.view.painting.overlays


def test_the_outlines_are_where_the_layers_are(desk: Any, old: Graph) -> None:
    desk.edit_lenet()
    desk.comparing.compare(old, "the version before")
    desk.view.camera.zoom_to(1.0)
    desk.view.centerOn(card_at(desk.workspace.graph.nodes[desk.id("bn")].position).center())
    card = card_at(desk.workspace.graph.nodes[desk.id("bn")].position)
    side = QPointF(card.right() + 5.0, card.center().y())
    green = theme.current().colour("success")
    found = [desk.colour_at(side + QPointF(step, 0.0)) for step in (-1.0, 0.0, 1.0)]
    assert green in found
    far = desk.colour_at(side + QPointF(30.0, -40.0))
    assert far != green


def test_signs_differ_in_shape_and_not_in_colour_alone(desk: Any) -> None:
    shapes = set()
    for kind in Kind:
        picture = desk.view.viewport().grab().toImage().copy(0, 0, 40, 40)
        picture.fill(Qt.GlobalColor.black)
        painter = QPainter(picture)
        paint_sign(painter, kind, QPointF(20.0, 20.0), 16.0)
        painter.end()
        disc = theme.current().colour(kind.role).rgb()
        shapes.add(tuple(picture.pixel(x, y) == disc for y in range(8, 32) for x in range(8, 32)))
    assert len(shapes) == len(Kind)


def test_nothing_is_painted_or_filtered_while_nothing_is_compared(
    desk: Any, old: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[str] = []
    overlay = desk.comparing.overlay
    for name in ("paint_below", "paint_above"):
        monkeypatch.setattr(overlay, name, lambda *_, name=name: painted.append(name))
    desk.rest()
    before, mode = desk.picture(), desk.view.viewportUpdateMode()
    assert painted == []
    desk.comparing.compare(old, "the same")
    desk.picture()
    assert set(painted) == {"paint_below", "paint_above"}
    desk.comparing.stop()
    desk.rest()
    painted.clear()
    desk.view.fit()
    assert desk.picture() == before
    assert painted == []
    assert desk.view.painting.overlays == []
    assert desk.view.viewportUpdateMode() == mode
    assert desk.comparing.bar.isHidden()
    assert desk.comparing.list.isHidden()


def test_the_bar_and_the_list_say_it_all(desk: Any, old: Graph) -> None:
    desk.edit_lenet()
    desk.workspace.push(SetSetting("recipe", "seed", 11))
    desk.comparing.compare(old, "the version of 14:32")
    assert desk.comparing.bar.accessibleName() == (
        "Compared with the version of 14:32 — 1 added, 1 removed, 1 changed, 2 wires, 1 other difference, 11 moved"
    )
    assert desk.sentences == [
        "Out channels of conv1 6 → 12.",
        "The wire from conv1 to relu1 removed.",
        "bn (Batch norm 2D) added.",
        "relu3 (ReLU) removed.",
        "The wire from dense1 to dense2 added.",
        "11 layers moved.",
        desk.sentences[-1],
    ]
    assert desk.sentences[-1].startswith("Seed (recipe) ")


def test_equal_projects_have_no_differences(desk: Any, old: Graph) -> None:
    desk.comparing.compare(old, "itself")
    assert desk.comparing.bar.accessibleName() == "Compared with itself — no differences"
    assert not desk.comparing.bar.next.isEnabled()


def test_a_click_in_the_list_goes_there(desk: Any, old: Graph) -> None:
    desk.edit_lenet()
    desk.view.camera.zoom_to(1.0)
    desk.comparing.compare(old, "the version before")
    rows = {sentence: row for row, sentence in enumerate(desk.sentences)}
    desk.click(rows["bn (Batch norm 2D) added."])
    assert desk.workspace.selection == (desk.id("bn"),)
    desk.click(rows["relu3 (ReLU) removed."])
    assert desk.workspace.selection == ()
    (ghost,) = desk.comparing.overlay.marks.ghosts.values()
    assert desk.view.camera.visible().contains(ghost.card)


def test_next_and_previous_go_round(desk: Any, old: Graph) -> None:
    desk.edit_lenet()
    desk.comparing.compare(old, "the version before")
    seen = []
    for _ in range(6):
        QTest.mouseClick(desk.comparing.bar.next, LEFT)
        seen.append(desk.comparing.list.current.sentence)
    assert seen == [*desk.sentences[:5], desk.sentences[0]]
    QTest.mouseClick(desk.comparing.bar.previous, LEFT)
    assert desk.comparing.list.current.sentence == desk.sentences[4]


def test_editing_goes_on_and_the_differences_follow(desk: Any, old: Graph) -> None:
    desk.comparing.compare(old, "the version before")
    node = new_node(desk.workspace.graph, "relu", (400.0, 0.0), name="fresh")
    desk.workspace.push(AddNode(node))
    desk.rest()
    assert desk.sentences == ["fresh (ReLU) added."]
    assert desk.comparing.overlay.marks.added == {node.id}
    desk.workspace.push(Disconnect(desk.workspace.graph.edges[0]))
    desk.rest()
    assert len(desk.sentences) == 2
    desk.workspace.undo_stack.setIndex(0)
    desk.rest()
    assert desk.sentences == []


def test_large_networks_are_compared_on_another_thread(
    desk: Any, old: Graph, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    monkeypatch.setattr(comparison, "_FEW", 3)
    desk.edit_lenet()
    desk.comparing.compare(old, "the version before")
    assert desk.comparing.comparison.found is None
    assert "looking for differences" in desk.comparing.bar.accessibleName()
    desk.workspace.push(SetParam(desk.id("conv2"), "out_channels", 20))
    qtbot.waitUntil(lambda: "Out channels of conv2 16 → 20." in desk.sentences, timeout=5_000)
    assert desk.comparing.overlay.marks.added == {desk.id("bn")}


def test_differences_inside_blocks_are_drawn_there_and_marked_outside(desk: Any) -> None:
    graph = ZOO["resnet18"].build()
    before = graph.snapshot()
    desk.workspace.replace(graph)
    (block,) = graph.blocks
    conv = next(node for node in graph.blocks.graph(block).nodes.values() if node.layer == "conv2d")
    desk.workspace.push_document(Within(block, SetParam(conv.id, "kernel_size", (5, 5))))
    desk.comparing.compare(before, "the version before")
    marks = desk.comparing.overlay.marks
    assert marks.inside == {node.id for node in graph.nodes.values() if node.layer == f"block:{block}"}
    assert marks.changed == {}
    place = QPointF(*graph.nodes[next(iter(marks.inside))].position)
    assert "is different inside" in desk.comparing.overlay.tip_at(place)
    desk.click(0)
    assert desk.workspace.graph.block == block
    assert desk.workspace.selection == (conv.id,)
    assert set(desk.comparing.overlay.marks.changed) == {conv.id}


def test_a_block_that_is_new_is_added_all_through(desk: Any, old: Graph) -> None:
    desk.workspace.replace(ZOO["resnet18"].build())
    desk.comparing.compare(old, "LeNet-5")
    desk.workspace.open_block(next(iter(desk.workspace.document.blocks)))
    assert desk.comparing.overlay.marks.added == desk.workspace.graph.nodes.keys()


def test_tooltips_tell_old_and_new_values(desk: Any, old: Graph) -> None:
    desk.edit_lenet()
    desk.comparing.compare(old, "the version before")
    desk.view.camera.zoom_to(1.0)
    place = QPointF(*desk.workspace.graph.nodes[desk.id("conv1")].position)
    desk.view.centerOn(place)
    pixel = desk.view.camera.view_point(place).toPoint()
    viewport = desk.view.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QHelpEvent.Type.ToolTip, pixel, viewport.mapToGlobal(pixel)))
    assert "Out channels of conv1 6 → 12." in QToolTip.text()
    QToolTip.hideText()
    (ghost,) = desk.comparing.overlay.marks.ghosts.values()
    assert "relu3" in desk.comparing.overlay.tip_at(ghost.card.center() + QPointF(60.0, 0.0))
    assert desk.comparing.overlay.tip_at(QPointF(5_000.0, 5_000.0)) == ""


def test_a_layer_in_the_place_of_one_that_is_gone_hides_no_ghost(desk: Any, old: Graph) -> None:
    position = desk.workspace.graph.nodes[desk.id("relu1")].position
    before = old.snapshot()
    before.add_node(new_node(before, "dropout", position, name="lost"))
    desk.comparing.compare(before, "the version before")
    (ghost,) = desk.comparing.overlay.marks.ghosts.values()
    cards = [card_at(node.position) for node in desk.workspace.graph.nodes.values()]
    assert not any(card.intersects(ghost.card) for card in cards)


def test_a_dragged_layer_takes_its_mark_along(desk: Any, old: Graph) -> None:
    desk.edit_lenet()
    desk.comparing.compare(old, "the version before")
    desk.view.camera.zoom_to(1.0)
    place = QPointF(*desk.workspace.graph.nodes[desk.id("bn")].position)
    desk.view.centerOn(place)
    start = desk.view.camera.view_point(place).toPoint()
    viewport = desk.view.viewport()
    QTest.mousePress(viewport, LEFT, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(viewport, start + QPoint(40 * step, 0))
    QTest.mouseRelease(viewport, LEFT, pos=start + QPoint(200, 0))
    moved = QPointF(*desk.workspace.graph.nodes[desk.id("bn")].position)
    assert moved.x() > place.x() + 100
    side = moved + QPointF(93.0, 0.0)
    green = theme.current().colour("success")
    assert green in [desk.colour_at(side + QPointF(step, 0.0)) for step in (-1.0, 0.0, 1.0)]


def test_a_file_is_compared_with(desk: Any, old: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "other.netwright"
    document.write(old, path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    desk.edit_lenet()
    desk.comparing.slots()["compare_file"]()
    assert desk.comparing.bar.accessibleName().startswith("Compared with “other.netwright” — 1 added")
    assert desk.comparing.possible()["stop_comparing"]
    QTest.mouseClick(desk.comparing.bar.close_button, LEFT)
    assert not desk.comparing.possible()["stop_comparing"]


def test_a_file_that_cannot_be_read_is_told(desk: Any, tmp_path: Path) -> None:
    refused: list[str] = []
    desk.workspace.refused.connect(refused.append)
    (tmp_path / "broken.netwright").write_text("{")
    desk.comparing.compare_with(tmp_path / "broken.netwright")
    assert len(refused) == 1
    assert not desk.comparing.comparison.is_active


def test_another_document_ends_the_comparison(desk: Any, old: Graph) -> None:
    desk.comparing.compare(old, "the version before")
    desk.workspace.replace(ZOO["spirals_mlp"].build())
    assert not desk.comparing.comparison.is_active
    assert desk.view.painting.overlays == []


def test_swapping_the_projects_swaps_added_and_removed(old: Graph) -> None:
    new = old.snapshot()
    MoveNodes({next(iter(new.nodes)): (8.0, 8.0)}).apply(new)
    AddNode(new_node(new, "relu", (0.0, 900.0), name="fresh")).apply(new)
    there, back = find(old, new).headline, find(new, old).headline
    assert there == "1 added, 1 moved"
    assert back == "1 removed, 1 moved"


def test_selecting_a_layer_highlights_its_difference(desk: Any, old: Graph) -> None:
    desk.edit_lenet()
    desk.comparing.compare(old, "the version before")
    desk.workspace.select([desk.id("bn")])
    assert desk.comparing.list.current.sentence == "bn (Batch norm 2D) added."


def test_escape_in_the_list_leads_back_to_the_canvas(desk: Any, old: Graph) -> None:
    desk.edit_lenet()
    desk.comparing.compare(old, "the version before")
    desk.comparing.list.setFocus()
    QTest.keyClick(desk.comparing.list, Qt.Key.Key_Down)
    assert desk.comparing.list.current is not None
    QTest.keyClick(desk.comparing.list, Qt.Key.Key_Escape)
    assert desk.view.hasFocus()
