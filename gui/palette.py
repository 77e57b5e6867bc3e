"""The palette at the left: all that can be placed, to be searched, dragged onto the canvas, or added with Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from engine.graph.block_edits import DropBlock, RenameBlock
from engine.graph.blocks import block_of
from engine.graph.events import BlockChanged, BlockDefined, BlockDropped, BlockRenamed, GraphEvent
from engine.layers.spec import FAMILIES, LayerSpec
from gui import recent, theme
from gui.palette_catalogue import LIBRARY_BLOCKS, groups
from gui.palette_list import LayerList
from gui.palette_model import ENTRY_ROLE, LayerModel
from gui.parts import keep_least_width, wrapped
from gui.search_line import SearchLine
from gui.workspace import Workspace

_UNFOLDED = ("Input and output", "Block")
"""With these all headings fit into a window of common size."""
_FOLDED_SETTING = "palette_folded"
_BETWEEN = "|"


class Palette(QWidget):
    """A search line above the list of layers and blocks; it follows the project's own blocks."""

    layerActivated = Signal(str)
    """The user wants a layer of this id on the canvas."""

    def __init__(
        self, workspace: Workspace, layers: Sequence[LayerSpec] | None = None, parent: QWidget | None = None
    ) -> None:
        """Show `layers`, or all of the catalogue when left out, and blocks."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._workspace = workspace
        self._catalogue = layers
        self._groups = groups(workspace.graph, layers)
        self._model = LayerModel(self._groups, self._rename, self)
        self._model.fold(_remembered_folds())
        self._search = SearchLine()
        self._search.setObjectName("palette_search")
        self._search.setPlaceholderText("Search layers")
        self._search.setAccessibleName("Search layers")
        self._list = LayerList(self._model)
        self._list.setObjectName("palette_list")
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._nothing = wrapped(role="caption")
        self._nothing.setObjectName("palette_nothing")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nothing.setContentsMargins(theme.LARGE_GAP, 2 * theme.LARGE_GAP, theme.LARGE_GAP, 0)
        hint = wrapped("Drag a layer onto the canvas, or double-click it.", "caption")
        hint.setContentsMargins(theme.PADDING, theme.UNIT, theme.PADDING, theme.GAP)
        # Zero milliseconds: all the events of one edit lead to one refresh.
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(0)
        self._refresh_timer.timeout.connect(self._refresh)
        self._connect()
        keep_least_width(self, 140, beside=60)
        self._lay_out(hint)
        self._on_search("")

    def focus_search(self) -> None:
        """Put the cursor into the search line, with the old words selected."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list and add layers without leaving the search line."""
        if watched is not self._search or event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                self._move(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._list.activate_current()
            case Qt.Key.Key_Escape if self._search.text():
                self._search.clear()
            case _:
                return super().eventFilter(watched, event)
        return True

    def menu_at(self, place: QPoint) -> QMenu | None:
        """What can be done with the project's own block at `place` of the list; None for everything else."""
        index = self._list.indexAt(place)
        entry = index.data(ENTRY_ROLE) if index.isValid() else None
        block = block_of(entry.id) if isinstance(entry, LayerSpec) else None
        if not isinstance(entry, LayerSpec) or block is None:
            return None
        menu = QMenu(self)
        menu.addAction("Add to the canvas", lambda: self.layerActivated.emit(entry.id))
        menu.addAction("Edit block", lambda: self._workspace.open_block(block))
        menu.addAction("Rename block", lambda: self._list.edit(self._model.find(entry.id)))
        menu.addAction("Delete block", lambda: self._workspace.push(DropBlock(block)))
        return menu

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_search)
        self._search.installEventFilter(self)
        self._list.layerActivated.connect(self.layerActivated)
        self._list.folded.connect(self._remember_folds)
        self._list.customContextMenuRequested.connect(self._show_menu)
        self._workspace.graphReplaced.connect(self._refresh)
        self._workspace.scopeChanged.connect(self._refresh)
        self._workspace.graphChanged.connect(self._on_event)

    def _lay_out(self, hint: QWidget) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(theme.PADDING, theme.GAP, theme.PADDING, theme.GAP)
        top.addWidget(self._search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._list, 1)
        column.addWidget(self._nothing, 1)
        column.addWidget(hint)

    def _on_event(self, event: GraphEvent) -> None:
        if isinstance(event, BlockDefined | BlockDropped | BlockRenamed | BlockChanged):
            self._refresh_timer.start()

    def _refresh(self) -> None:
        """Show what can be placed now; where the list is scrolled to and what is chosen in it stay."""
        self._refresh_timer.stop()
        found = groups(self._workspace.graph, self._catalogue)
        if [(group.title, _shown(group.layers)) for group in found] == [
            (group.title, _shown(group.layers)) for group in self._groups
        ]:
            return
        self._groups = found
        chosen, place = self._model.key(self._list.currentIndex()), self._list.verticalScrollBar().value()
        self._model.show_groups(found)
        self._list.setCurrentIndex(self._model.find(chosen))
        self._list.verticalScrollBar().setValue(place)
        self._show_found()

    def _on_search(self, query: str) -> None:
        self._model.search(query)
        self._show_found()
        if query.strip() and self._model.rowCount() > 0:
            self._list.setCurrentIndex(self._model.index(0))
        self._list.scrollToTop()

    def _show_found(self) -> None:
        found = self._model.rowCount() > 0
        self._list.setVisible(found)
        self._nothing.setVisible(not found)
        query = self._search.text().strip()
        self._nothing.setText(f"No layer fits “{query}”.\nTry what it does, such as “pool”, “skip” or “overfitting”.")

    def _move(self, direction: int) -> None:
        current = self._list.currentIndex()
        start = current.row() + direction if current.isValid() else 0
        target = self._model.next_layer(start, direction)
        if target.isValid():
            self._list.setCurrentIndex(target)

    def _show_menu(self, place: QPoint) -> None:
        menu = self.menu_at(place)
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._list.viewport().mapToGlobal(place))

    def _rename(self, block: str, name: str) -> bool:
        return self._workspace.push(RenameBlock(block, name))

    def _remember_folds(self) -> None:
        recent.settings().setValue(_FOLDED_SETTING, _BETWEEN.join(sorted(self._model.folded)))


def _shown(layers: Sequence[LayerSpec]) -> list[tuple[str, str]]:
    return [(layer.id, layer.doc) for layer in layers]


def _remembered_folds() -> list[str]:
    """The groups that the user has folded or, before that, those that beginners need last."""
    stored = recent.settings().value(_FOLDED_SETTING)
    if stored is None:
        return [*(family for family in FAMILIES if family not in _UNFOLDED), LIBRARY_BLOCKS]
    return str(stored).split(_BETWEEN)
