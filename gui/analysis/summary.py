"""The side of the analysis table: what the whole network costs, what training it takes, and the search."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.analysis.report import Analysis
from gui import theme
from gui.analysis.columns import memory
from gui.analysis.training_cost import HOW_RECKONED, TrainingCost
from gui.inspector.numbers import exact, plural, short
from gui.parts import wrapped
from gui.search_line import SearchLine

PART_COLOURS = ("text", "validation", "wire", "loss")
"""The colours of weights, gradients, the optimizer's state and activations, by the fields of the theme."""


class StackedBar(QWidget):
    """Parts of a whole, side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[int] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: list[int]) -> None:
        """Show as many parts as there are colours."""
        self._parts = parts
        self.update()

    def sizeHint(self) -> QSize:
        """Flat."""
        return QSize(80, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the parts, with a hair's breadth between them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), 3, 3)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), theme.current().colour("border"))
        left, whole = 0.0, sum(self._parts)
        for part, role in zip(self._parts, PART_COLOURS, strict=False):
            width = self.width() * part / whole if whole else 0.0
            painter.fillRect(QRectF(left, 0, max(0.0, width - 1), self.height()), theme.current().colour(role))
            left += width


class Swatch(QWidget):
    """A small square in the colour of a part."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = role
        self.setFixedSize(8, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the square."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().colour(self._role)))
        painter.drawRoundedRect(self.rect(), 2, 2)


class Summary(QWidget):
    """Totals of the network, the memory that training takes, and a field to search in."""

    searched = Signal(str)
    """The text to search for has changed."""
    left = Signal()
    """The user is done with the search field and wants to go to the table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchLine()
        """Where words are typed that the name or type of a layer must hold."""
        self.search.setObjectName("analysis_search")
        self.search.setPlaceholderText("Find by name or type")
        self.search.setAccessibleName("Find layers by name or type")
        self.search.textChanged.connect(self.searched)
        self.search.returnPressed.connect(self.left)
        self._parameters = QLabel()
        self._parameters.setProperty("role", "title")
        self._parameters.setObjectName("analysis_parameters")
        self._flops = wrapped(role="caption")
        self._flops.setObjectName("analysis_flops")
        self._training = QWidget()
        self._has_room = True
        self._has_cost = False
        self._headline, self._amount = QLabel(), QLabel()
        self._headline.setObjectName("analysis_batch")
        self._amount.setObjectName("analysis_memory")
        self._bar = StackedBar()
        self._legend = QGridLayout()
        self._values: list[tuple[QLabel, QLabel]] = []
        self._fits = wrapped(role="caption")
        self._fits.setObjectName("analysis_fits")
        self._fits.setToolTip(HOW_RECKONED)
        self._lay_out()

    def show_network(self, analysis: Analysis | None, cost: TrainingCost | None, hint: str, where: str = "") -> None:
        """Show what is known about the network.

        Args:
            where: of what this is, where that is not what the table shows.
            cost: what training it takes, where that can be said.
            hint: what to say instead while nothing is known.
        """
        unknown = 0 if analysis is None else sum(not report.outputs for report in analysis.nodes.values())
        is_known = analysis is not None and unknown < len(analysis.nodes)
        self._parameters.setVisible(is_known)
        if analysis is None or not is_known:
            self._flops.setText(hint)
            self._has_cost = False
            self.show_training(self._has_room)
            return
        self._parameters.setText(f"{exact(analysis.parameters)} parameters")
        notes = [f"{where}{short(analysis.flops)}{'' if analysis.flops >= 1000 else ' '}FLOPs for each sample"]
        if unknown:
            notes.append(f"not counting {plural(unknown, 'layer')} without a known shape")
        self._flops.setText("; ".join(notes))
        self._has_cost = cost is not None
        self.show_training(self._has_room)
        if cost is None:
            return
        self._headline.setText(cost.headline)
        self._amount.setText(memory(cost.total))
        self._bar.show_parts([part.size for part in cost.parts])
        for (name, value), part in zip(self._values, cost.parts, strict=True):
            name.setText(part.name)
            value.setText(memory(part.size))
            for label in (name, value):
                label.setToolTip(f"{part.doc}\n{exact(part.size)} bytes")
        self._fits.setText(cost.fits)
        self._fits.setVisible(bool(cost.fits))
        self._fits.setProperty("role", "warning" if cost.is_too_large else "caption")
        self._fits.style().polish(self._fits)

    def show_training(self, has_room: bool) -> None:
        """Show what training takes, as far as that is known, or make room for the table."""
        self._has_room = has_room
        self._training.setVisible(has_room and self._has_cost)

    def _lay_out(self) -> None:
        self._legend.setContentsMargins(0, 0, 0, 0)
        self._legend.setHorizontalSpacing(theme.GAP)
        self._legend.setVerticalSpacing(0)
        self._legend.setColumnStretch(1, 1)
        for row, role in enumerate(PART_COLOURS):
            name, value = QLabel(), QLabel()
            name.setProperty("role", "caption")
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._legend.addWidget(Swatch(role), row, 0)
            self._legend.addWidget(name, row, 1)
            self._legend.addWidget(value, row, 2)
            self._values.append((name, value))
        headline = QHBoxLayout()
        self._headline.setWordWrap(True)
        headline.addWidget(self._headline, 1)
        headline.addWidget(self._amount)
        training = QVBoxLayout(self._training)
        training.setContentsMargins(0, 0, 0, 0)
        training.setSpacing(theme.UNIT)
        training.addLayout(headline)
        training.addWidget(self._bar)
        training.addLayout(self._legend)
        training.addWidget(self._fits)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.PADDING, theme.GAP, theme.PADDING, theme.GAP)
        column.setSpacing(2)
        column.addWidget(self.search)
        column.addSpacing(theme.UNIT)
        column.addWidget(self._parameters)
        column.addWidget(self._flops)
        column.addSpacing(theme.UNIT)
        column.addWidget(self._training)
        column.addStretch(1)
