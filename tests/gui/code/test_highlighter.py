"""The colours of code: the same words as Python's own tokenizer finds, and easy to read in both themes."""

from __future__ import annotations

import io
import keyword
import token
import tokenize
from dataclasses import astuple

import pytest
from PySide6.QtGui import QColor, QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.zoo.registry import ZOO
from gui import theme
from gui.code import highlighter
from gui.code.highlighter import CodeColours, PythonHighlighter, current_colours
from gui.code.view import line_ground

TRICKY = '''"""A docstring with "quotes", a # and 'more'

that goes on, def nothing 12
"""
import math  # a comment with "quotes" and 1


@decorated.by(this)
class Some(Base):
    def __init__(self, *, rate: float = 1e-3, name: str = "it's \\\\"quoted\\\\"", none=None) -> None:
        r\'\'\'one line\'\'\'
        self.x1 = [0x1F, 1_000, .5, 2., 3.5e+7, x1, conv2d]
        self.f = f"{rate}" if rate != 1 else b'bytes'
        self.print = lambda *args: print(*args)
        return """a
        b""", 'end'
'''


def colours_of(text: str) -> list[list[str]]:
    """The name of the colour of each letter, by line; empty for letters without one."""
    document = QTextDocument(text)
    painter = PythonHighlighter(document)
    painter.rehighlight()
    names = {value: name for name, value in zip(CodeColours.__slots__, astuple(current_colours()), strict=True)}
    found: list[list[str]] = []
    block = document.begin()
    while block.isValid():
        line = [""] * len(block.text())
        for piece in block.layout().formats():
            colour = names[piece.format.foreground().color().name()]
            line[piece.start : piece.start + piece.length] = [colour] * piece.length
        found.append(line)
        block = block.next()
    return found


def expected_of(text: str) -> list[list[str]]:
    """The same from Python's own tokenizer."""
    lines = [[""] * len(line) for line in text.split("\n")]
    before = ""
    for piece in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = ""
        if piece.type == token.NUMBER:
            kind = "number"
        elif piece.type == token.COMMENT:
            kind = "comment"
        elif piece.type == token.STRING:
            kind = "text"
        elif piece.type == token.NAME and before in ("class", "def"):
            kind = "definition"
        elif piece.type == token.NAME and keyword.iskeyword(piece.string):
            kind = "keyword"
        elif piece.type == token.NAME and before != "." and piece.string in highlighter._BUILTINS:
            kind = "builtin"
        (top, left), (bottom, right) = piece.start, piece.end
        for row in range(top, bottom + 1) if kind else ():
            start = left if row == top else 0
            stop = right if row == bottom else len(lines[row - 1])
            lines[row - 1][start:stop] = [kind] * (stop - start)
        before = piece.string
    return lines


def test_tricky_code(qtbot: QtBot, dark: None) -> None:
    found, expected = colours_of(TRICKY), expected_of(TRICKY)
    for number, line in enumerate(TRICKY.split("\n")):
        if not line.startswith("@"):
            assert found[number] == expected[number], line
    assert set(found[7][:13]) == {"definition"}


@pytest.mark.parametrize("name", ["lenet5", "resnet50", "googlenet", "lstm_classifier"])
def test_generated_code(qtbot: QtBot, dark: None, name: str) -> None:
    from engine.compiler.codegen import generate

    text = generate(ZOO[name].build()).text
    found, expected = colours_of(text), expected_of(text)
    for number, line in enumerate(text.split("\n")):
        assert found[number] == expected[number], line


@pytest.mark.parametrize("chosen", [theme.DARK, theme.LIGHT], ids=lambda chosen: chosen.name)
def test_every_colour_is_easy_to_read(qapp: QApplication, dark: None, chosen: theme.Theme) -> None:
    theme.apply(qapp, chosen)
    for ground in (QColor(chosen.panel), line_ground()):
        for name, colour in zip(CodeColours.__slots__, astuple(current_colours()), strict=True):
            assert theme.contrast(QColor(colour), ground) >= 4.5, (name, ground.name())
        assert theme.contrast(QColor(chosen.muted), QColor(chosen.panel)) >= 4.5


def test_the_colours_follow_the_theme(qapp: QApplication, qtbot: QtBot, dark: None) -> None:
    document = QTextDocument("class Net:\n    pass\n")
    painter = PythonHighlighter(document)
    painter.rehighlight()
    assert document.begin().layout().formats()[0].format.foreground().color() == QColor(highlighter.DARK.keyword)
    theme.apply(qapp, theme.LIGHT)
    assert document.begin().layout().formats()[0].format.foreground().color() == QColor(highlighter.LIGHT.keyword)
