"""Colours Python code: keywords, names that are defined, texts, numbers and comments."""

from __future__ import annotations

import builtins
import keyword
import re
from dataclasses import dataclass, fields

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gui import theme


@dataclass(frozen=True, slots=True)
class CodeColours:
    """The colours of code, each “#rrggbb”, all easy to read on a panel."""

    keyword: str
    """`class`, `return`, `None`."""
    definition: str
    """The name of a class or function where it is defined."""
    builtin: str
    """`self`, `super`, `range`, `int`."""
    text: str
    """Strings and docstrings."""
    number: str
    """Numbers."""
    comment: str
    """Comments."""


DARK = CodeColours(
    keyword="#b8a6ff", definition="#7cc4f5", builtin="#dfa3d8", text="#94d3a2", number="#f0b37c", comment="#a0a6b2"
)
LIGHT = CodeColours(
    keyword="#5b3fc4", definition="#0a61a8", builtin="#8c2f86", text="#17692f", number="#9a4206", comment="#5a616d"
)

_NAMES = [field.name for field in fields(CodeColours)]
_BUILTINS = {"self", "cls", *(name for name in dir(builtins) if not name.startswith("_"))}
_KEYWORDS = frozenset(keyword.kwlist)
_IN_DOUBLE, _IN_SINGLE = 1, 2
_QUOTES = {'"""': _IN_DOUBLE, "'''": _IN_SINGLE}
_TOKEN = re.compile(
    r"""(?P<comment>\#.*)
    |(?P<open>[rbfuRBFU]{0,2}(?:\"\"\"|'''))
    |(?P<text>[rbfuRBFU]{0,2}(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))
    |(?P<number>(?<![\w.])(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)(?!\w))
    |(?P<attribute>\.\s*[^\W\d]\w*)
    |(?P<name>[^\W\d]\w*)
    |(?P<decorator>@[\w.]+)""",
    re.VERBOSE,
)


def current_colours() -> CodeColours:
    """The colours that go with the theme in use."""
    return DARK if theme.current().is_dark else LIGHT


class PythonHighlighter(QSyntaxHighlighter):
    """Colours a document line by line, and again when the theme changes."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self._take_colours()
        theme.theme_hub.themeChanged.connect(self._on_theme)

    def highlightBlock(self, text: str) -> None:
        """Colour one line; its state says in which docstring its end is."""
        state = self.previousBlockState()
        start = self._rest_of_docstring(text, state) if state in _QUOTES.values() else 0
        if start < 0:
            return
        self.setCurrentBlockState(0)
        before = ""
        while (found := _TOKEN.search(text, start)) is not None:
            start = found.end()
            kind, word = found.lastgroup or "", found.group()
            if kind == "open":
                start = self._docstring(text, found.start(), word[-3:])
                if start < 0:
                    return
            elif kind == "name":
                self._colour_name(found.start(), word, before)
            elif kind in ("comment", "text", "number"):
                self.setFormat(found.start(), len(word), self._formats[kind])
            elif kind == "decorator":
                self.setFormat(found.start(), len(word), self._formats["definition"])
            before = word

    def _colour_name(self, start: int, word: str, before: str) -> None:
        if before in ("class", "def"):
            self.setFormat(start, len(word), self._formats["definition"])
        elif word in _KEYWORDS:
            self.setFormat(start, len(word), self._formats["keyword"])
        elif word in _BUILTINS:
            self.setFormat(start, len(word), self._formats["builtin"])

    def _docstring(self, text: str, start: int, quotes: str) -> int:
        """Colour a text in three quotes from `start` on; where it ends, or −1 when that is not on this line."""
        begin = text.index(quotes, start) + 3
        end = text.find(quotes, begin)
        stop = len(text) if end < 0 else end + 3
        self.setFormat(start, stop - start, self._formats["text"])
        if end < 0:
            self.setCurrentBlockState(_QUOTES[quotes])
        return -1 if end < 0 else stop

    def _rest_of_docstring(self, text: str, state: int) -> int:
        quotes = '"""' if state == _IN_DOUBLE else "'''"
        end = text.find(quotes)
        stop = len(text) if end < 0 else end + 3
        self.setFormat(0, stop, self._formats["text"])
        self.setCurrentBlockState(state if end < 0 else 0)
        return -1 if end < 0 else stop

    def _take_colours(self) -> None:
        colours = current_colours()
        for name in _NAMES:
            made = QTextCharFormat()
            made.setForeground(QColor(getattr(colours, name)))
            self._formats[name] = made

    def _on_theme(self) -> None:
        self._take_colours()
        self.rehighlight()
