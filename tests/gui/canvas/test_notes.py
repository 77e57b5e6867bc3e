"""Notes on the canvas: written, moved, resized, coloured, copied and removed, each undone to the last byte."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import MAX_TEXT, AnnotationId, Note, first_line
from gui import theme
from gui.annotation_commands import AnnotationCommands
from gui.canvas.annotations.looks import annotation_look
from gui.canvas.annotations.note_text import NoteText

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _home(own_home):
    """Settings and clipboard of the tests' own."""
    QGuiApplication.clipboard().clear()


def note(hand, text: str = "# Why\n\nBecause.", x: float = 200.0, y: float = -200.0, **more) -> AnnotationId:
    """Put a note onto the canvas, as the start of a test."""
    name = AnnotationId(f"a{len(hand.workspace.graph.annotations) + 1}")
    assert hand.workspace.push(AddAnnotation(Note(name, text, (x, y), **more)))
    hand.begin()
    return name


def known(hand, name: AnnotationId) -> Note:
    found = hand.workspace.graph.annotations[name]
    assert isinstance(found, Note)
    return found


def item(hand, name: AnnotationId):
    return hand.scene.annotations.notes[name]


def middle(hand, name: AnnotationId) -> QPoint:
    return hand.at(*item(hand, name).rect.center().toTuple())


def corner(hand, name: AnnotationId) -> QPoint:
    return hand.at(*(item(hand, name).rect.bottomRight() - QPointF(4, 4)).toTuple())


def write(text: str) -> None:
    field = QApplication.focusWidget()
    assert isinstance(field, QPlainTextEdit)
    QTest.keyClicks(field, text)


def rewrite(text: str) -> None:
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_A, CONTROL)
    write(text)


def test_a_note_is_written_at_the_pointer_in_one_step(hand):
    QTest.mouseMove(hand.view.viewport(), hand.at(101, -99))
    AnnotationCommands(hand.view).slots()["add_note"]()
    write("Look *here*")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    (made,) = hand.workspace.graph.annotations.notes
    assert made.text == "Look *here*"
    assert made.position == (104, -96)
    assert hand.view.hasFocus()
    assert hand.scene.annotations.selected == {made.id}
    hand.check_undo()
    assert hand.workspace.undo_stack.text(0) == "Add note"


def test_n_writes_a_note(hand):
    commands = AnnotationCommands(hand.view)
    hand.offer(commands.slots())
    assert commands.possible()["annotation_colour"] is False
    QTest.mouseMove(hand.view.viewport(), hand.at(96, 48))
    hand.key(Qt.Key.Key_N)
    write("n")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)
    assert [made.text for made in hand.workspace.graph.annotations.notes] == ["n"]
    assert commands.possible()["annotation_colour"] is True
    hand.check_undo()


def test_without_a_pointer_a_note_is_written_in_the_middle(hand):
    QApplication.sendEvent(hand.view.viewport(), QEvent(QEvent.Type.Leave))
    AnnotationCommands(hand.view).slots()["add_note"]()
    write("x")
    hand.click(hand.at(-300, 300))
    assert hand.workspace.graph.annotations.notes[0].position == (0, 0)


def test_a_note_that_says_nothing_is_none(hand):
    hand.view.annotating.write_note(QPointF(0, 0))
    write("  ")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    hand.check_undo(0)


@pytest.mark.parametrize("how", ["double click", "enter", "f2"])
def test_a_note_is_edited_in_place(hand, how):
    name = note(hand)
    hand.click(middle(hand, name))
    if how == "double click":
        place = middle(hand, name)
        QTest.mouseDClick(hand.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    else:
        hand.key(Qt.Key.Key_Return if how == "enter" else Qt.Key.Key_F2)
    rewrite("Other")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    write("lines")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)
    assert known(hand, name).text == "Other\nlines"
    assert hand.view.hasFocus()
    hand.check_undo()


def test_looking_elsewhere_keeps_what_is_written(hand):
    name = note(hand)
    hand.view.annotating.edit_note(name)
    write(" Kept.")
    hand.click(hand.at(-300, 300))
    assert known(hand, name).text == "# Why\n\nBecause. Kept."
    assert not hand.view.annotating.is_active
    hand.check_undo()


def test_writing_the_same_is_no_step(hand):
    name = note(hand)
    hand.view.annotating.edit_note(name)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    hand.check_undo(0)


def test_an_emptied_note_goes(hand):
    name = note(hand)
    hand.view.annotating.edit_note(name)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_A, CONTROL)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert name not in hand.workspace.graph.annotations
    hand.check_undo()


def test_what_is_pasted_into_a_note_is_made_fit_to_be_saved(hand):
    name = note(hand)
    hand.view.annotating.edit_note(name)
    QGuiApplication.clipboard().setText("a\x07b\r\nc\td" + "x" * MAX_TEXT)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_A, CONTROL)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_V, CONTROL)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert known(hand, name).text.startswith("ab\nc\td")
    assert MAX_TEXT - 2 <= len(known(hand, name).text) <= MAX_TEXT
    assert hand.refused == []
    hand.check_undo()


def test_a_drag_moves_a_note_on_the_grid(hand):
    name = note(hand)
    start = middle(hand, name)
    hand.press(start)
    hand.move(start, start + QPoint(61, 30))
    assert item(hand, name).rect.topLeft() == QPointF(264, -168)
    assert known(hand, name).position == (200, -200)
    hand.release(start + QPoint(61, 30))
    assert known(hand, name).position == (264, -168)
    hand.check_undo()
    assert hand.workspace.undo_stack.text(0) == "Change note"


def test_escape_puts_a_dragged_note_back(hand):
    name = note(hand)
    start = middle(hand, name)
    hand.press(start)
    hand.move(start, start + QPoint(61, 30))
    hand.key(Qt.Key.Key_Escape)
    hand.release(start)
    assert item(hand, name).rect.topLeft() == QPointF(200, -200)
    hand.check_undo(0)


def test_selected_notes_and_layers_move_together(hand):
    (conv,) = hand.chain("conv2d")
    first, second = note(hand), note(hand, y=100.0)
    hand.click(hand.body(conv))
    hand.click(middle(hand, first), SHIFT)
    hand.click(middle(hand, second), SHIFT)
    assert hand.scene.annotations.selected == {first, second}
    assert hand.workspace.selection == (conv,)
    for pressed in (lambda: hand.body(conv), lambda: middle(hand, first)):
        hand.begin()
        start = pressed()
        before = hand.workspace.graph.nodes[conv].position, known(hand, first).position, known(hand, second).position
        hand.drag(start, start + QPoint(-80, 40))
        after = hand.workspace.graph.nodes[conv].position, known(hand, first).position, known(hand, second).position
        assert [(a[0] - b[0], a[1] - b[1]) for a, b in zip(after, before, strict=True)] == [(-80, 40)] * 3
        assert hand.scene.annotations.selected == {first, second}
        hand.check_undo()


def test_a_box_selects_the_notes_wholly_within_it(hand):
    (conv,) = hand.chain("conv2d")
    inside, crossing = note(hand), note(hand, x=-400.0, y=-100.0)
    hand.drag(hand.at(-200, -350), hand.at(480, 300))
    assert hand.workspace.selection == (conv,)
    assert hand.scene.annotations.selected == {inside}
    hand.click(hand.at(300, 330))
    assert not hand.scene.annotations.selected
    assert crossing in hand.scene.annotations.notes


def test_arrow_keys_move_notes_and_one_run_is_one_step(hand):
    (conv,) = hand.chain("conv2d")
    name = note(hand)
    hand.click(middle(hand, name))
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Down, SHIFT)
    assert known(hand, name).position == (208, -168)
    hand.check_undo()
    hand.begin()
    hand.click(hand.body(conv), SHIFT)
    hand.key(Qt.Key.Key_Left)
    hand.key(Qt.Key.Key_Left)
    assert known(hand, name).position == (192, -168)
    hand.check_undo()


def test_the_corner_resizes_and_never_below_the_text(hand):
    name = note(hand)
    high = item(hand, name).rect.height()
    hand.click(middle(hand, name))
    start = corner(hand, name)
    hand.drag(start, start + QPoint(80, 120))
    assert known(hand, name).width == 320
    assert known(hand, name).height == pytest.approx(high + 120, abs=8)
    hand.check_undo()
    hand.begin()
    start = corner(hand, name)
    hand.drag(start, start + QPoint(-600, -600))
    assert known(hand, name).width == 80
    assert known(hand, name).height == 0
    assert item(hand, name).rect.height() == item(hand, name).text_height
    hand.check_undo()


def test_a_narrower_note_is_higher(hand):
    name = note(hand, "one two three four five six seven eight nine ten eleven twelve")
    high = item(hand, name).rect.height()
    start = corner(hand, name)
    hand.press(start)
    hand.move(start, start + QPoint(-120, 0))
    assert item(hand, name).rect.height() > high
    hand.key(Qt.Key.Key_Escape)
    hand.release(start)
    assert item(hand, name).rect.height() == high
    hand.check_undo(0)


def test_delete_removes_a_note(hand):
    name = note(hand)
    hand.click(middle(hand, name))
    hand.key(Qt.Key.Key_Delete)
    assert name not in hand.workspace.graph.annotations
    assert not hand.scene.annotations.selected
    hand.check_undo()
    assert hand.workspace.undo_stack.text(0) == "Delete note"


def test_the_colour_menu_colours_the_selected_notes_in_one_step(hand):
    names = [note(hand), note(hand, y=100.0)]
    for name in names:
        hand.click(middle(hand, name), SHIFT)
    menu = hand.view.annotating.selection_colours()
    menu.popup(QPoint(0, 0))
    menu.setActiveAction(next(action for action in menu.actions() if action.text() == "Pink"))
    QTest.keyClick(menu, Qt.Key.Key_Return)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert {known(hand, name).colour for name in names} == {"pink"}
    hand.check_undo()


def test_notes_are_copied_along_with_layers_and_alone(hand):
    (conv,) = hand.chain("conv2d")
    name = note(hand, y=100.0)
    hand.view.select_all()
    hand.view.copy_selection()
    QApplication.sendEvent(hand.view.viewport(), QEvent(QEvent.Type.Leave))
    hand.begin()
    hand.view.paste()
    first, second = hand.workspace.graph.annotations.notes
    (x, y), (cx, cy) = hand.workspace.graph.nodes[conv].position, hand.workspace.graph.named("conv2").position
    assert second.position == (first.position[0] + cx - x, first.position[1] + cy - y)
    assert hand.scene.annotations.selected == {second.id}
    hand.check_undo()
    hand.begin()
    hand.click(middle(hand, name))
    hand.view.duplicate_selection()
    assert hand.workspace.graph.annotations.notes[-1].position == (224, 124)
    assert len(hand.workspace.graph.nodes) == 2
    hand.check_undo()
    hand.begin()
    hand.click(middle(hand, AnnotationId("a3")))
    hand.view.cut_selection()
    assert len(hand.workspace.graph.annotations.notes) == 2
    hand.check_undo()
    assert hand.workspace.undo_stack.text(0) == "Cut note"


def test_selecting_a_layer_lets_go_of_notes(hand):
    (conv,) = hand.chain("conv2d")
    name = note(hand)
    hand.click(middle(hand, name))
    hand.click(hand.body(conv))
    assert not hand.scene.annotations.selected
    hand.key(Qt.Key.Key_Delete)
    assert name in hand.workspace.graph.annotations


def test_notes_are_above_wires_and_below_layers(hand):
    first, second = hand.chain("input", "conv2d")
    name = note(hand, "over the wire", -60.0, -170.0)
    hand.click(hand.at(0, -144))
    assert hand.scene.annotations.selected == {name}
    assert not hand.scene.selected_wires
    hand.click(hand.body(second))
    assert hand.workspace.selection == (second,)
    assert first


@pytest.mark.sampled(1)
@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_a_note_is_painted_from_near_and_from_far(qapp, hand, colours):
    theme.apply(qapp, colours)
    name = note(hand)
    paper = annotation_look(colours, "yellow").paper.color().name()
    for zoom in (1.0, 0.4, 0.22, 0.1):
        hand.view.camera.zoom_to(zoom)
        QTest.qWait(160)
        image: QImage = hand.view.viewport().grab().toImage()
        area = hand.view.viewportTransform().mapRect(item(hand, name).rect).toRect()
        inside = [image.pixelColor(x, area.bottom() - 3).name() for x in range(area.left() + 4, area.right() - 4)]
        assert inside.count(paper) > 0.7 * len(inside)


def test_what_a_note_names_is_never_loaded(hand, tmp_path):
    picture = QImage(400, 300, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    path = tmp_path / "secret.png"
    assert picture.save(str(path))
    asked: list[object] = []

    class Watched(NoteText):
        def loadResource(self, kind, name):
            asked.append(name)
            return super().loadResource(kind, name)

    look = annotation_look(theme.DARK, "yellow")
    text = (
        f"![secret]({path}) ![x](file://{path}) ![y][z] <img src='{path}'> <style>@import url('http://a/b');</style>"
        f"\n\n[z]: {path}\n"
    )
    document = Watched(text, 500.0, look)
    canvas = QImage(500, 400, QImage.Format.Format_RGB32)
    canvas.fill(QColor("black"))
    from PySide6.QtGui import QPainter

    painter = QPainter(canvas)
    document.paint(painter)
    painter.end()
    assert asked == []
    shown = {canvas.pixelColor(x, y).name() for x in range(0, 500, 2) for y in range(0, 400, 2)}
    assert "#ff0000" not in shown
    plain = document.toPlainText()
    assert "[secret]" in plain
    assert "<img" in plain, "HTML is shown as what it is"


def test_markdown_is_shown_as_what_it_means(hand):
    document = NoteText("# Title\n\n- one\n- **two**\n", 200.0, annotation_look(theme.DARK, "blue"))
    assert document.toPlainText() == "Title\none\ntwo"
    assert document.begin().blockFormat().headingLevel() == 1
    assert first_line("## *Title*\n\ntext") == "Title"
    assert first_line(" \n- item") == "item"


def test_a_note_is_in_step_with_undo_and_another_document(hand):
    name = note(hand)
    hand.workspace.undo_stack.clear()
    hand.view.annotating.edit_note(name)
    hand.workspace.replace(type(hand.workspace.graph)())
    assert not hand.view.annotating.is_active
    assert not hand.scene.annotations.notes
    hand.view.viewport().grab()
