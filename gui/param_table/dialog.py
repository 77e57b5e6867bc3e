"""The window with the table of parameters; it stays open beside the canvas while one works on."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gui import theme
from gui.commands.action_shortcut import ActionShortcut
from gui.param_table.entries import Kind, Source, kinds
from gui.param_table.model import ParamTableModel
from gui.param_table.table import ParamTable
from gui.parts import Callout, keep_least_width, size_dialog, wrapped
from gui.style_memory import forget_list_with
from gui.workspace import Workspace

NOTHING = "No layer here has anything to set."
_HELP = (
    "What is typed goes to all selected cells of its column. Copy and paste work with spreadsheets; "
    "Del sets the default, Space switches between yes and no."
)
_SIZE = (960, 560)


class ParamTableDialog(QDialog):
    """Layers of one kind at a time, from the selection, the graph in view or the whole project."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._kinds: list[Kind] = []
        self.model = ParamTableModel(workspace, self)
        """The cells."""
        self.table = ParamTable(self.model)
        """The table."""
        self.kind_box = QComboBox()
        """Chooses the kind of layer."""
        self.source_box = QComboBox()
        """Chooses where the layers come from."""
        for box in (self.kind_box, self.source_box):
            forget_list_with(box)
        self._note = Callout("error", "alert-circle-outline")
        self._pages = QStackedWidget()
        # All the events of one edit lead to one refresh.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._refresh_if_seen)
        self.setObjectName("param_table_dialog")
        size_dialog(self, *_SIZE)
        self._lay_out()
        self._connect()

    def open_for_selection(self) -> None:
        """Show the selected layers if there are several; else those like the selected one, or all in view."""
        selection = self._workspace.selection
        self._fill_sources(Source.SELECTION if len(selection) > 1 else Source.VIEW)
        self._read_kinds()
        if len(selection) == 1:
            self._choose_kind(self._workspace.graph.nodes[selection[0]].layer)
        self.show()
        self.raise_()
        self.activateWindow()
        self.table.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up on what has changed while nobody looked."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the layers as they are now."""
        self._timer.stop()
        self.setWindowTitle(f"Parameters – {self._workspace.title}")
        self._fill_sources(self._source())
        self._read_kinds()

    # Construction

    def _lay_out(self) -> None:
        self.kind_box.setObjectName("param_table_kind")
        self.kind_box.setAccessibleName("Kind of layer")
        keep_least_width(self.kind_box, 220)
        self.source_box.setObjectName("param_table_source")
        self.source_box.setAccessibleName("Where the layers come from")
        keep_least_width(self.source_box, 200)
        top = QHBoxLayout()
        top.setSpacing(theme.GAP)
        for text, box in (("&Layers", self.kind_box), ("&of", self.source_box)):
            label = QLabel(text)
            label.setBuddy(box)
            top.addWidget(label)
            top.addWidget(box)
        top.addStretch(1)
        nothing = wrapped(NOTHING, "caption")
        nothing.setObjectName("param_table_nothing")
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(self.table)
        self._pages.addWidget(nothing)
        self._note.setObjectName("param_table_note")
        self._note.hide()
        close = QPushButton("Close")
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        bottom = QHBoxLayout()
        bottom.setSpacing(theme.LARGE_GAP)
        bottom.addWidget(wrapped(_HELP, "caption"), 1)
        bottom.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.LARGE_GAP, theme.LARGE_GAP, theme.LARGE_GAP, theme.LARGE_GAP)
        column.setSpacing(theme.PADDING)
        column.addLayout(top)
        column.addWidget(self._pages, 1)
        column.addWidget(self._note)
        column.addLayout(bottom)

    def _connect(self) -> None:
        workspace = self._workspace
        for signal in (workspace.documentChanged, workspace.graphReplaced, workspace.scopeChanged):
            signal.connect(self._timer.start)
        workspace.selectionChanged.connect(self._timer.start)
        self.kind_box.currentIndexChanged.connect(self._show_kind)
        self.source_box.currentIndexChanged.connect(self._read_kinds)
        self.model.refused.connect(self._note.show_text)
        self.table.editor.objected.connect(self._note.show_text)
        workspace.refused.connect(self._complain)
        # The window's own keys do not reach here.
        stack = workspace.undo_stack
        ActionShortcut("undo", self, stack.undo)
        ActionShortcut("redo", self, stack.redo)

    # Following

    def _refresh_if_seen(self) -> None:
        if self.isVisible():
            self.refresh()

    def _complain(self, sentence: str) -> None:
        if self.isActiveWindow():
            self._note.show_text(sentence)

    def _source(self) -> Source:
        source = self.source_box.currentData()
        return source if isinstance(source, Source) else Source.VIEW

    def _fill_sources(self, chosen: Source) -> None:
        workspace = self._workspace
        block = workspace.graph.block
        options = {Source.VIEW: f"the block {block}" if block else "the network"}
        if workspace.document.blocks:
            options[Source.PROJECT] = "the network and all blocks"
        if workspace.selection or chosen is Source.SELECTION:
            options[Source.SELECTION] = f"the selection ({len(workspace.selection):,})"
        _fill(self.source_box, list(options.items()), chosen)

    def _read_kinds(self) -> None:
        chosen = self.kind_box.currentData()
        self._kinds = kinds(self._workspace, self._source())
        if chosen not in [kind.layer.id for kind in self._kinds] and self._kinds:
            chosen = max(self._kinds, key=lambda kind: len(kind.entries)).layer.id
        self._choose_kind(chosen)

    def _choose_kind(self, layer: str) -> None:
        _fill(self.kind_box, [(kind.layer.id, kind.title) for kind in self._kinds], layer)
        self._show_kind()

    def _show_kind(self) -> None:
        wanted = self.kind_box.currentData()
        kind = next((kind for kind in self._kinds if kind.layer.id == wanted), None)
        self.model.show_kind(kind)
        self.kind_box.setEnabled(kind is not None)
        self._pages.setCurrentIndex(0 if kind else 1)


def _fill(box: QComboBox, options: list[tuple[object, str]], chosen: object) -> None:
    """Offer `options`, without announcing it."""
    was_blocked = box.blockSignals(True)
    box.clear()
    for value, text in options:
        box.addItem(text, value)
    values = [value for value, _ in options]
    box.setCurrentIndex(values.index(chosen) if chosen in values else 0 if values else -1)
    box.blockSignals(was_blocked)
