"""The last line of the analysis table: the totals, which stay in sight however far the table is scrolled."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.analysis.report import UNKNOWN, Analysis
from engine.graph.model import Graph
from gui import theme
from gui.analysis.cells import ROW_HEIGHT, SIDE, Titles, write_elided
from gui.analysis.columns import COLUMNS, LAYER
from gui.analysis.model import LEFT, RIGHT
from gui.analysis.rows import UNKNOWN_TEXT
from gui.inspector.numbers import exact, plural


class Totals(QWidget):
    """What all layers cost together, each number below its column."""

    def __init__(self, titles: Titles, parent: QWidget | None = None) -> None:
        """Stand below the columns whose titles are `titles`."""
        super().__init__(parent)
        self._titles = titles
        self.texts = [""] * len(COLUMNS)
        """What stands below each column."""
        self._tips = [""] * len(COLUMNS)
        self.setObjectName("analysis_totals")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        titles.sectionResized.connect(self.update)
        titles.geometriesChanged.connect(self.update)

    def show_totals(self, graph: Graph, analysis: Analysis | None) -> None:
        """Show the totals of `graph`."""
        reports = [] if analysis is None else [analysis.nodes.get(node, UNKNOWN) for node in graph.nodes]
        unknown = sum(not report.outputs for report in reports)
        known = None if analysis is None or unknown == len(reports) else analysis
        for number, column in enumerate(COLUMNS):
            text = tip = ""
            if number == LAYER:
                text = f"Total of {plural(len(graph.nodes) - unknown, 'layer')}"
                tip = f"not counting {plural(unknown, 'layer')} without a known shape" if unknown else ""
            elif column.figure is not None:
                value = None if known is None else column.figure.read(known)
                text = UNKNOWN_TEXT if value is None else column.figure.write(value)
                tip = "" if value is None else f"{exact(value)} {column.figure.unit}"
            self.texts[number], self._tips[number] = text, tip
        self.setAccessibleName(", ".join(tip or text for text, tip in zip(self.texts, self._tips, strict=True) if text))
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a row."""
        return QSize(0, theme.px(ROW_HEIGHT) + 3)

    def event(self, event: QEvent) -> bool:
        """Show the exact number of the column under the pointer."""
        if isinstance(event, QHelpEvent):
            column = self._titles.logicalIndexAt(event.pos().x())
            QToolTip.showText(event.globalPos(), self._tips[column] if column >= 0 else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line above and the numbers."""
        colours = theme.current()
        painter = QPainter(self)
        painter.fillRect(QRect(0, 0, self.width(), 1), colours.colour("border"))
        painter.setFont(self._titles.title_font)
        for number, column in enumerate(COLUMNS):
            if self._titles.isSectionHidden(number):
                continue
            left, width = self._titles.sectionViewportPosition(number), self._titles.sectionSize(number)
            rect = QRect(left + SIDE, 1, width - 2 * SIDE, self.height() - 1)
            align = LEFT if column.figure is None else RIGHT
            write_elided(painter, rect, self.texts[number], "text", align=align)
