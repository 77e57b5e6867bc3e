"""What the gallery shows of the chosen network: what it is, a picture, how large it is, and what can be chosen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.graph.model import Graph
from gui import theme
from gui.gallery.choices import Choices
from gui.gallery.choices_panel import ChoicesPanel
from gui.gallery.counting import Counts
from gui.gallery.preview import Preview
from gui.inspector.cost import LOADING
from gui.inspector.numbers import exact, short
from gui.parts import Page, rule, wrapped

_UNKNOWN = "–"
_FIGURE_WIDTH = 116


class Figure(QWidget):
    """A number with its name above it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._value = QLabel(_UNKNOWN)
        self._value.setProperty("role", "title")
        self._value.setObjectName(f"gallery_{name.lower().split()[0]}")
        caption = QLabel(name)
        caption.setProperty("role", "caption")
        self.setMinimumWidth(_FIGURE_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(caption)
        column.addWidget(self._value)

    def show_number(self, text: str, explanation: str) -> None:
        """Show `text`; `explanation` says more about it."""
        self._value.setText(text)
        self._value.setAccessibleName(f"{self._name}: {explanation if text == _UNKNOWN else text}")
        self.setToolTip(explanation)


class Details(Page):
    """The right side of the gallery."""

    edited = Signal(object)
    """The user has made other `Choices`."""
    checked = Signal()
    """A field holds a wrong text, or does not any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery_details")
        self._title = QLabel()
        self._title.setObjectName("gallery_title")
        self._title.setProperty("role", "title")
        self._where = wrapped(role="caption", selectable=True)
        self._doc = wrapped(selectable=True)
        self._doc.setObjectName("gallery_doc")
        self.preview = Preview()
        """The picture of the network."""
        self._layers, self._parameters, self._flops = Figure("Layers"), Figure("Parameters"), Figure("FLOPs per sample")
        self.panel = ChoicesPanel()
        """What can be chosen."""
        self.panel.edited.connect(self.edited)
        self.panel.checked.connect(self.checked)
        self._lay_out()

    def show_choices(self, choices: Choices) -> None:
        """Show the network of `choices`, and what is chosen about it."""
        entry = choices.entry
        self._title.setText(entry.label)
        self._where.setText(f"{entry.family} · “{entry.id}” on the command line")
        self._doc.setText(entry.doc)
        self.panel.show_choices(choices)

    def show_graph(self, graph: Graph | None, name: str) -> None:
        """Show the picture of `graph`, the network called `name`; None when it cannot be drawn as it was chosen."""
        if graph is None:
            self.preview.show_faint()
        else:
            self.preview.show_graph(graph, name)

    def show_counts(self, counts: Counts | None, *, is_possible: bool) -> None:
        """Show how large the network is, as far as it is known.

        Args:
            is_possible: whether torch is there, so that the counts follow at once.
        """
        if counts is None:
            for figure in (self._layers, self._parameters, self._flops):
                figure.show_number(_UNKNOWN, "not known yet" if is_possible else LOADING)
            return
        self._layers.show_number(
            exact(counts.layers), "Layers of every kind; those inside of blocks count once for each copy."
        )
        self._parameters.show_number(exact(counts.parameters), "The numbers that the network learns.")
        self._flops.show_number(
            short(counts.flops), f"{exact(counts.flops)} multiplications and additions in a forward pass of one sample."
        )

    def _lay_out(self) -> None:
        figures = QHBoxLayout()
        figures.setSpacing(theme.LARGE_GAP)
        for figure in (self._parameters, self._flops, self._layers):
            figures.addWidget(figure)
        figures.addStretch(1)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._title)
        names.addWidget(self._where)
        self.column.setContentsMargins(theme.LARGE_GAP, theme.UNIT, theme.LARGE_GAP, theme.PADDING)
        self.column.setSpacing(theme.PADDING)
        self.column.addLayout(names)
        self.column.addWidget(self._doc)
        self.column.addWidget(self.preview, 1)
        self.column.addLayout(figures)
        self.column.addWidget(rule())
        self.column.addWidget(self.panel)
        self.column.addStretch(0)
