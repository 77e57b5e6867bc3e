"""The page about the block whose inside is in view: its name, its parameters, and where it is used."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from engine.graph.block_edits import RenameBlock
from engine.graph.events import BlockChanged, BlockDefined, BlockDropped, BlockRenamed, GraphEvent
from engine.layers.block_params import ChangeDoc
from engine.layers.blocks import block_spec
from gui import theme
from gui.inspector.common import attempt
from gui.inspector.cost import Facts, totals
from gui.inspector.numbers import plural
from gui.inspector.param_cards import ParamCards
from gui.inspector.title import NameEdit, TitleLine
from gui.inspector.used_list import UsedList
from gui.parts import Page, heading, keep_height, rule
from gui.workspace import Workspace

_HEIGHT = 4 * (theme.BASE_TEXT + 4) + 3 * theme.GAP
"""Room for four lines."""


class DocEdit(QPlainTextEdit):
    """A few sentences on what a block is for; each change is made at once, and undone with the document."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._is_showing = False
        self.setObjectName("block_doc")
        self.setAccessibleName("What the block is for")
        self.setPlaceholderText("What is it for?")
        self.setTabChangesFocus(True)
        # A second history in here would fight the document's.
        self.setUndoRedoEnabled(False)
        keep_height(self, _HEIGHT)
        self.textChanged.connect(self._on_changed)

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window."""
        if event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and isinstance(event, QKeyEvent):
            standard = QKeySequence.StandardKey
            if event.matches(standard.Undo) or event.matches(standard.Redo):
                event.ignore()
                return True
        return super().event(event)

    def show_doc(self, doc: str) -> None:
        """Show the text that holds."""
        if self.toPlainText() != doc:
            self._is_showing = True
            self.setPlainText(doc)
            self._is_showing = False

    def _on_changed(self) -> None:
        if not self._is_showing:
            self._workspace.push(ChangeDoc(self._workspace.graph.block, self.toPlainText()))


class BlockPage(Page):
    """The block whose inside is in view, while nothing in it is selected."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("block_page")
        self._workspace = workspace
        self._shown = ""
        self._title = TitleLine("block_name", "Name of the block", "and of its class in the PyTorch model")
        self._title.name.renamed.connect(self._rename)
        self._doc = DocEdit(workspace)
        self._params = ParamCards(workspace)
        self._used = UsedList(workspace)
        self._facts = Facts()
        self.column.addWidget(self._title)
        self.column.addWidget(self._doc)
        self.column.addSpacing(theme.UNIT)
        for title, section in (("Parameters", self._params), ("Inside", self._facts), ("Used", self._used)):
            self.column.addWidget(rule())
            self.column.addWidget(heading(title))
            self.column.addWidget(section)
        self.column.addStretch(1)

    @property
    def name(self) -> NameEdit:
        """The editable name."""
        return self._title.name

    def refresh(self) -> None:
        """Show the block as it is now; what is being typed stays."""
        graph = self._workspace.graph
        if graph.block not in graph.blocks:
            return
        block = graph.blocks[graph.block]
        number = len(graph.blocks.instances(block.name))
        kind = f"Block · {plural(number, 'instance')}"
        self._title.show_title(block_spec(block), block.name, kind, anew=not self._shown)
        self._shown = block.name
        self._doc.show_doc(block.doc)
        self._params.show_params(block.params)
        self._facts.show_facts(totals(self._workspace, list(graph.nodes)))
        self._used.refresh()

    def forget(self) -> None:
        """Another graph is in view."""
        self._shown = ""
        self._params.forget()
        self.verticalScrollBar().setValue(0)

    def on_event(self, event: GraphEvent) -> None:
        """Follow a change of the block, or of where it is used."""
        if isinstance(event, BlockChanged | BlockDefined | BlockDropped | BlockRenamed):
            self.refresh()

    def _rename(self, name: str) -> None:
        old = self._workspace.graph.block
        self._title.show_error(attempt(self._workspace, lambda: RenameBlock(old, name)))
