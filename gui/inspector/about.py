"""The documentation of a layer and, for activations, the plot of its curve."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from engine.graph.model import Node
from engine.layers.registry import spec
from gui import theme
from gui.inspector.curve import XS, CurvePlot
from gui.layer_help import help_sections
from gui.parts import discard, heading, wrapped


class CurveSection(QWidget):
    """The curve of an activation; hidden for other layers and while PyTorch is loading."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = CurvePlot()
        """The plot itself."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(heading("Curve and slope"))
        column.addWidget(self.plot)
        self.hide()

    def show_node(self, node: Node, *, torch_is_loaded: bool) -> None:
        """Plot the function of `node` with its present parameters."""
        declared = spec(node.layer)
        if declared.family != "Activation" or not torch_is_loaded:
            self.hide()
            return
        from engine.analysis.curves import sample

        samples = sample(node.layer, node.params, XS)
        if samples is not None:
            self.plot.show_samples(*samples, declared.family)
        self.setVisible(samples is not None)


class AboutSection(QWidget):
    """What the declaration of a layer teaches."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layer = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.UNIT)

    def show_layer(self, layer: str) -> None:
        """Show the documentation of the layer with this id."""
        if layer == self._layer:
            return
        self._layer = layer
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                discard(widget)
        for index, (title, text) in enumerate(help_sections(spec(layer))):
            if index:
                self._column.addSpacing(theme.GAP)
            self._column.addWidget(heading(title))
            self._column.addWidget(_formula(text) if title == "Formula" else wrapped(text, selectable=True))


def _formula(text: str) -> QFrame:
    card = QFrame()
    card.setProperty("surface", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
    column.addWidget(wrapped(text, selectable=True))
    return card
