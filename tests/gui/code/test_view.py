"""The text of the code pane: only what changes is exchanged, so that everything else stays where it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from gui.code.view import CodeView, changed_lines

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


def test_it_cannot_be_typed_into(qtbot: QtBot, dark: None) -> None:
    view = CodeView()
    qtbot.addWidget(view)
    view.show_code("x = 1\n")
    view.setFocus()
    qtbot.keyClicks(view, "hello")
    assert view.toPlainText() == "x = 1\n"
