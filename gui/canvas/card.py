"""What is written on a node: its texts, shortened to fit and laid out once."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QStaticText, QTransform

from engine.analysis.report import NodeReport
from engine.graph.model import Node
from engine.graph.params import Params
from engine.layers.blocks import REPEAT
from engine.layers.spec import Call, LayerSpec, format_shape
from gui.canvas.chip import Chip, make_chip
from gui.canvas.geometry import HALF_HEIGHT, HALF_WIDTH
from gui.canvas.style import fonts

TILE = QRectF(-HALF_WIDTH + 9, -19, 38, 38)
"""The coloured square behind the icon."""
ICON = TILE.adjusted(0, 0.5, 0, 0.5)
"""The icon's own square: its font sits a little high."""
TEXT_LEFT = TILE.right() + 10
TEXT_WIDTH = HALF_WIDTH - 10 - TEXT_LEFT
ENTER = QRectF(HALF_WIDTH - 26, -19, 22, 22)
"""Where an instance of a block is opened by a click."""
_BESIDE_ENTER = ENTER.left() - 2 - TEXT_LEFT
BAR = QRectF(TEXT_LEFT, HALF_HEIGHT - 10, TEXT_WIDTH, 4)
"""Where the gradient is shown during training."""
_FAR_LEFT = TILE.right() + 10
_FAR_WIDTH = HALF_WIDTH - 6 - _FAR_LEFT
CHIP_CENTRE = HALF_HEIGHT + 20.0
"""The middle of the shape below a node: the middle of the wire to the next node of a chain."""


class Label:
    """One text with its place."""

    __slots__ = ("place", "static", "width")

    def __init__(self, text: str, font: QFont, width: float) -> None:
        metrics = QFontMetricsF(font)
        # The end of a path such as “features.denseblock1” tells more than its beginning.
        side = Qt.TextElideMode.ElideLeft if "." in text and " " not in text else Qt.TextElideMode.ElideRight
        shown = metrics.elidedText(text, side, width)
        self.static = QStaticText(shown)
        self.static.setTextFormat(Qt.TextFormat.PlainText)
        self.static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        self.static.prepare(QTransform(), font)
        self.width = metrics.horizontalAdvance(shown)
        self.place = QPointF()

    def put(self, left: float, centre: float) -> None:
        """Stand with the left end at `left` and the middle of the line at `centre`."""
        self.place = QPointF(left, centre - self.static.size().height() / 2)


class CardTexts:
    """The texts of one node."""

    __slots__ = ("_far_name", "_name_text", "chip", "line", "name")

    def __init__(
        self,
        node: Node,
        spec: LayerSpec,
        params: Params,
        report: NodeReport | None,
        has_bar: bool,
        *,
        is_still: bool = False,
    ) -> None:
        """Lay out the texts; `is_still`, for a picture, where no block can be entered."""
        font = fonts()
        can_enter = spec.call is Call.BLOCK and not is_still
        self._name_text = node.name
        self._far_name: Label | None = None
        self.name = Label(node.name, font.name, _BESIDE_ENTER if can_enter else TEXT_WIDTH)
        self.line = _second_line(node, spec, params, report)
        lift = 4.0 if has_bar else 0.0
        if self.line is None:
            self.name.put(TEXT_LEFT, -lift)
        else:
            self.name.put(TEXT_LEFT, -8.5 - lift)
            self.line.put(TEXT_LEFT, 9.0 - lift)
        self.chip: Chip | None = None
        if report is not None and report.outputs and spec.outputs:
            self.chip = make_chip(format_shape(report.outputs[0]))

    @property
    def far_name(self) -> Label:
        """The name, large, for the zoomed-out view."""
        if self._far_name is None:
            self._far_name = Label(self._name_text, fonts().far_name, _FAR_WIDTH)
            self._far_name.put(_FAR_LEFT, 0.0)
        return self._far_name


def _second_line(node: Node, spec: LayerSpec, params: Params, report: NodeReport | None) -> Label | None:
    """The line below the name: what layer it is, unless the name says so, and its parameters, which matter more."""
    said = spec.base_name in node.name.lower() or spec.label.lower().replace(" ", "_") in node.name.lower()
    # The summary of a block names it; how often it stands in a row is shown by a badge.
    is_block = spec.call is Call.BLOCK
    summary = spec.summary({**params, REPEAT.name: REPEAT.default} if is_block else params)
    if not spec.outputs and report is not None and report.outputs:
        summary = " · ".join(filter(None, (format_shape(report.outputs[0]), summary)))
    font = fonts().line
    whole = " · ".join(part for part in ("" if said or is_block else spec.label, summary) if part)
    fits = QFontMetricsF(font).horizontalAdvance(whole) <= TEXT_WIDTH
    text = whole if fits or not summary else summary
    return Label(text, font, TEXT_WIDTH) if text else None
