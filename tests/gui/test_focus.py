"""Where the keyboard is can be seen on every kind of widget, in both themes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QTabBar,
    QTableWidget,
    QTableWidgetItem,
    QTextBrowser,
    QTextEdit,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from engine.graph.model import Graph
from engine.graph.params import Bool
from engine.zoo.registry import TEMPLATES, ZOO
from gui import theme
from gui.analysis.panel import AnalysisPanel
from gui.commands.shortcut_list import ShortcutList
from gui.commands.shortcuts import Shortcuts
from gui.commands.table import SECTIONS
from gui.compare.changes_list import ChangesList
from gui.compare.entries import Entry, Kind, What
from gui.gallery.entries_list import EntriesList
from gui.history.panel import HistoryPanel
from gui.inspector.fields import SwitchField
from gui.outline.panel import OutlinePanel
from gui.palette_catalogue import groups
from gui.palette_list import LayerList as PaletteList
from gui.palette_model import LayerModel as PaletteModel
from gui.param_table.dialog import ParamTableDialog
from gui.parts import Pressable
from gui.theme import DARK, LIGHT, Theme
from gui.training.layer_list import LayerList
from gui.weights.weights_list import WeightsList
from gui.workspace import Workspace

THEMES = pytest.mark.parametrize("shown", [DARK, LIGHT], ids=lambda shown: shown.name)


def button(variant: str = "", *, is_default: bool = False) -> QPushButton:
    made = QPushButton("Press")
    made.setProperty("variant", variant)
    made.setDefault(is_default)
    return made


def tool(variant: str = "") -> QToolButton:
    made = QToolButton()
    made.setText("Tool")
    made.setProperty("variant", variant)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made


def checked(box: QCheckBox | QRadioButton) -> QWidget:
    box.setChecked(True)
    return box


def combo(*, is_editable: bool = False) -> QComboBox:
    made = QComboBox()
    made.setEditable(is_editable)
    made.addItems(["One", "Two"])
    return made


def tabs() -> QTabBar:
    made = QTabBar()
    made.addTab("First")
    made.addTab("Second")
    return made


def rows(view: QListWidget) -> QListWidget:
    view.addItems(["One", "Two"])
    view.setCurrentRow(0)
    return view


def tree() -> QTreeWidget:
    made = QTreeWidget()
    made.addTopLevelItem(QTreeWidgetItem(["One"]))
    made.setCurrentItem(made.topLevelItem(0))
    return made


def table() -> QTableWidget:
    made = QTableWidget(2, 2)
    made.setItem(0, 0, QTableWidgetItem("One"))
    made.setCurrentCell(0, 0)
    return made


def layers() -> LayerList:
    made = LayerList()
    made.layers.set_names(["conv1", "conv2"])
    made.setCurrentIndex(made.layers.index(1))
    return made


def palette() -> PaletteList:
    model = PaletteModel(groups(Graph()), lambda old, new: False)
    made = PaletteList(model)
    model.setParent(made)
    made.setCurrentIndex(model.index(1))
    return made


def of_a_network(make: Callable[[Workspace], QWidget]) -> QWidget:
    """A panel about LeNet-5; what is shown of it keeps it alive."""
    workspace = Workspace()
    workspace.replace(ZOO["lenet5"].build())
    made = make(workspace)
    workspace.setParent(made)
    return made


def kept(view: QAbstractItemView, whole: QWidget) -> QAbstractItemView:
    """One list of a panel that is shown alone; the panel goes with it."""
    view.panel = whole
    return view


def outline() -> QAbstractItemView:
    panel = of_a_network(OutlinePanel)
    panel.refresh()
    panel.tree.setCurrentIndex(panel.tree.model().index(2, 0))
    return kept(panel.tree, panel)


def history() -> QAbstractItemView:
    panel = of_a_network(HistoryPanel)
    return kept(panel.list, panel)


def costs() -> QAbstractItemView:
    panel = of_a_network(AnalysisPanel)
    panel.refresh()
    panel.table.setCurrentIndex(panel.model.index(2, 0))
    return kept(panel.table, panel)


def parameters() -> QAbstractItemView:
    dialog = of_a_network(ParamTableDialog)
    dialog.refresh()
    dialog.table.setCurrentIndex(dialog.model.index(1, 1))
    return kept(dialog.table, dialog)


def differences() -> QAbstractItemView:
    made = ChangesList()
    made.show_entries((Entry(Kind.ADDED, What.LAYER, "A layer was added."),))
    made.setCurrentIndex(made.model().index(0, 0))
    return made


def shortcuts() -> QAbstractItemView:
    made = ShortcutList(Shortcuts(SECTIONS))
    made.setCurrentIndex(made.rows.best())
    return made


def weights() -> QAbstractItemView:
    made = WeightsList()
    made.addTopLevelItem(QTreeWidgetItem(["ImageNet", "76 %", "98 MB", "here"]))
    made.setCurrentItem(made.topLevelItem(0))
    return made


def pressable() -> Pressable:
    made = Pressable()
    made.setMinimumSize(80, 40)
    return made


WIDGETS: dict[str, Callable[[], QWidget]] = {
    "button": button,
    "default button": lambda: button(is_default=True),
    "primary button": lambda: button("primary"),
    "flat button": lambda: button("flat"),
    "danger button": lambda: button("danger"),
    "tool button": tool,
    "compact tool button": lambda: tool("compact"),
    "line": lambda: QLineEdit("Text"),
    "spin box": QSpinBox,
    "number": QDoubleSpinBox,
    "combo": combo,
    "editable combo": lambda: combo(is_editable=True),
    "check box": lambda: QCheckBox("Check"),
    "checked box": lambda: checked(QCheckBox("Check")),
    "radio button": lambda: QRadioButton("Radio"),
    "radio button on": lambda: checked(QRadioButton("Radio")),
    "switch": lambda: SwitchField(Bool(name="on", default=False, doc="On.")),
    "switch on": lambda: checked(SwitchField(Bool(name="on", default=True, doc="On."))),
    "tabs": tabs,
    "list": lambda: rows(QListWidget()),
    "tree": tree,
    "table": table,
    "layers of a run": layers,
    "palette": palette,
    "gallery": lambda: EntriesList(TEMPLATES.values()),
    "outline": outline,
    "history": history,
    "differences": differences,
    "costs": costs,
    "parameters": parameters,
    "shortcuts": shortcuts,
    "weights": weights,
    "plain text": lambda: QPlainTextEdit("Text"),
    "rich text": lambda: QTextEdit("Text"),
    "browser": lambda: QTextBrowser(),
    "card": pressable,
}


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    bits = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return bits[:, :, 2::-1].astype(float) / 255


def luminance(rgb: np.ndarray) -> np.ndarray:
    channels = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return channels @ [0.2126, 0.7152, 0.0722]


@pytest.fixture
def in_theme(qapp: QApplication):
    yield lambda shown: theme.apply(qapp, shown)
    theme.apply(qapp, DARK)


@pytest.mark.sampled(20)
@THEMES
@pytest.mark.parametrize("kind", WIDGETS)
def test_focus_is_seen(in_theme, host, qapp, shown: Theme, kind: str):
    """A ring: many pixels change, and by as much as WCAG 2.2 (2.4.13) asks for, three to one."""
    in_theme(shown)
    qapp.setCursorFlashTime(0)
    widget, other = WIDGETS[kind](), QPushButton("Elsewhere")
    box = QWidget()
    window = host(box, 360, 320)
    for place, part in enumerate((widget, other)):
        part.setParent(box)
        part.move(20, 20 + 220 * place)
        part.show()
    widget.resize(widget.sizeHint().boundedTo(QWidget.maximumSize(widget)).boundedTo(box.size() * 0.6))
    other.setFocus()
    qapp.processEvents()
    before = luminance(pixels(window.grab(widget.geometry()).toImage()))
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    qapp.processEvents()
    assert widget.hasFocus() or widget.isAncestorOf(qapp.focusWidget())
    after = luminance(pixels(window.grab(widget.geometry()).toImage()))
    ratio = (np.maximum(before, after) + 0.05) / (np.minimum(before, after) + 0.05)
    seen = int((ratio >= 3).sum())
    area = widget.geometry()
    if isinstance(widget, QAbstractItemView):
        least = 100
    elif isinstance(widget, (QCheckBox, QRadioButton, QTabBar)):
        least = 30
    else:
        # Two pixels wide all around, less what the corners and the arrow of a combo box take.
        least = round(1.8 * (area.width() + area.height()))
    assert seen >= least, f"{seen} of {least} pixels"


@THEMES
def test_nothing_moves_when_the_focus_comes(in_theme, host, qapp, shown: Theme):
    in_theme(shown)
    for kind in ("button", "tool button", "line", "spin box", "combo", "check box", "tabs"):
        widget, other = WIDGETS[kind](), QPushButton("Elsewhere")
        box = QWidget()
        host(box)
        for place, part in enumerate((widget, other)):
            part.setParent(box)
            part.move(20, 20 + 80 * place)
            part.show()
        other.setFocus()
        before = widget.sizeHint()
        widget.setFocus()
        qapp.processEvents()
        assert widget.sizeHint() == before, kind
