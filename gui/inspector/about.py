"""The documentation of a layer and, for activations, the plot of its curve."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from engine.graph.params import Params
from engine.layers.spec import LayerSpec
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

    def show_layer(self, declared: LayerSpec, params: Params | None, *, torch_is_loaded: bool) -> None:
        """Plot the function of a layer; `params` are None when they depend on an instance that is not known."""
        if declared.family != "Activation" or params is None or not torch_is_loaded:
            self.hide()
            return
        if declared.objection(((len(XS),),), params):
            # Such parameters the layer refuses, and its page says why.
            self.hide()
            return
        from engine.analysis.curves import sample

        samples = sample(declared.id, params, XS)
        if samples is not None:
            self.plot.show_samples(*samples, declared.family)
        self.setVisible(samples is not None)


class AboutSection(QWidget):
    """What the declaration of a layer teaches."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sections: list[tuple[str, str]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.UNIT)

    def show_layer(self, declared: LayerSpec) -> None:
        """Show the documentation of a layer."""
        sections = help_sections(declared)
        if sections == self._sections:
            return
        self._sections = sections
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                discard(widget)
        for index, (title, text) in enumerate(sections):
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
