"""The text of the code pane: only what changes is exchanged, so that everything else stays where it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.code.view import CodeView, changed_lines, line_ground

LINES = st.lists(st.sampled_from(["", "a", "b", "c = 1", "ü𝑥"]), min_size=1, max_size=12)


@given(before=LINES, after=LINES)
def test_what_is_exchanged_makes_one_text_the_other(before: list[str], after: list[str]) -> None:
    if before != after:
        start, stop_before, stop_after = changed_lines(before, after)
        assert start < stop_before
        assert start < stop_after
        assert before[:start] + after[start:stop_after] + before[stop_before:] == after


def test_any_text_follows_any_other(qtbot: QtBot, dark: None) -> None:
    view = CodeView()
    qtbot.addWidget(view)

    @given(texts=st.lists(LINES, min_size=2, max_size=4), line=st.integers(0, 11), column=st.integers(0, 5))
    def check(texts: list[list[str]], line: int, column: int) -> None:
        for text in texts:
            view.show_code("\n".join(text))
            assert view.toPlainText().split("\n") == text
            cursor = QTextCursor(view.document().findBlockByNumber(min(line, view.blockCount() - 1)))
            view.setTextCursor(cursor)

    check()


def test_lines_that_stay_keep_the_cursor(qtbot: QtBot, dark: None) -> None:
    view = CodeView()
    qtbot.addWidget(view)
    view.show_code("one\ntwo\nthree\nfour")
    cursor = QTextCursor(view.document().findBlockByNumber(2))
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    view.show_code("one\nand\na half\nthree\nfour")
    assert view.textCursor().selectedText() == "three"
    assert view.line == 4


def test_marked_lines_stand_out_from_edge_to_edge(qtbot: QtBot, dark: None) -> None:
    view = CodeView()
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show_code("\n".join(f"line {number}" for number in range(1, 2001)))
    view.mark([2, 4, *range(1000, 2001)])
    view.show()

    def standing_out() -> list[int]:
        """The numbers of the lines whose right end is on the ground of marked lines."""
        image = view.viewport().grab().toImage()
        return [
            block.blockNumber() + 1
            for block, place in view.visible_blocks()
            if place.bottom() < image.height()
            and image.pixelColor(image.width() - 2, round(place.center().y())) == line_ground()
        ]

    assert standing_out() == [2, 4]
    view.verticalScrollBar().setValue(996)
    assert standing_out()[0] == 1000
    theme.apply(QApplication.instance(), theme.LIGHT)
    assert standing_out()[0] == 1000
    view.mark([])
    assert standing_out() == []


def test_it_cannot_be_typed_into(qtbot: QtBot, dark: None) -> None:
    view = CodeView()
    qtbot.addWidget(view)
    view.show_code("x = 1\n")
    view.setFocus()
    qtbot.keyClicks(view, "hello")
    assert view.toPlainText() == "x = 1\n"
