"""The gallery: a dialog that starts a project from any network of the zoo."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.graph.params import ParamError
from engine.zoo.entry import ZooEntry
from engine.zoo.registry import ZOO
from gui import theme
from gui.documents import Documents
from gui.gallery.choices import Choices
from gui.gallery.counting import Counter
from gui.gallery.details import Details
from gui.gallery.entries_list import EntriesList
from gui.parts import Callout, keep_width, size_dialog, wrapped
from gui.search_line import SearchLine
from gui.workspace import Workspace

_SIZE = (1000, 680)
_LIST_WIDTH = 300
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def open_gallery(documents: Documents, workspace: Workspace, parent: QWidget) -> GalleryDialog:
    """Open the gallery over the window of `parent`; what is chosen in it replaces the document of `workspace`."""
    dialog = GalleryDialog(documents, workspace, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


class GalleryDialog(QDialog):
    """A list to search in at the left, the chosen network and its choices at the right."""

    def __init__(
        self,
        documents: Documents,
        workspace: Workspace,
        parent: QWidget | None = None,
        entries: Mapping[str, ZooEntry] = ZOO,
    ) -> None:
        super().__init__(parent)
        self._documents = documents
        self._choices: dict[str, Choices] = {}
        self._can_draw = False
        self._counter = Counter(workspace, self)
        self.setObjectName("gallery_dialog")
        self.setWindowTitle("New from a reference network")
        size_dialog(self, *_SIZE)
        self._make_parts(entries)
        self._lay_out()
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.entries.installEventFilter(self)
        self.entries.entryChosen.connect(self._on_entry)
        self.entries.doubleClicked.connect(lambda index: self.start.click())
        self.details.edited.connect(self._on_edited)
        self.details.checked.connect(self._show_possible)
        self._counter.changed.connect(self._show_counts)
        self.start.clicked.connect(self._open)
        self.cancel.clicked.connect(self.reject)
        workspace.analysisChanged.connect(self._show_counts)
        self._on_search("")
        self.search.setFocus()

    @property
    def chosen(self) -> Choices | None:
        """The network that is chosen, with what is chosen about it; None when the search has found nothing."""
        entry = self.entries.entry
        if entry is None:
            return None
        if entry.id not in self._choices:
            self._choices[entry.id] = Choices.of(entry)
        return self._choices[entry.id]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list from the search line, and search on by typing in the list."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if watched is self.search and event.key() in _MOVES:
            QCoreApplication.sendEvent(self.entries, event)
            return True
        if watched is self.search and event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        if watched is self.entries and event.text().isalnum():
            self.search.setFocus()
            QCoreApplication.sendEvent(self.search, event)
            return True
        return super().eventFilter(watched, event)

    def done(self, result: int) -> None:
        """Want nothing more from the background."""
        self._counter.close()
        super().done(result)

    # Construction

    def _make_parts(self, entries: Mapping[str, ZooEntry]) -> None:
        self.search = SearchLine()
        """Where words are typed that the network must fit."""
        self.search.setObjectName("gallery_search")
        self.search.setPlaceholderText("Search networks")
        self.search.setAccessibleName("Search networks")
        self.entries = EntriesList(entries.values())
        """The networks."""
        self._nothing = wrapped(role="caption")
        self._nothing.setObjectName("gallery_nothing")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nothing.setContentsMargins(theme.LARGE_GAP, 2 * theme.LARGE_GAP, theme.LARGE_GAP, 0)
        self.details = Details()
        """The chosen network."""
        self.complaint = Callout("error", "alert-circle-outline")
        """Why the network cannot be drawn as it was chosen."""
        self.complaint.setObjectName("gallery_complaint")
        self.complaint.show_text("")
        self.start = QPushButton("Open")
        """Starts a project from the chosen network."""
        self.start.setObjectName("gallery_open")
        self.start.setProperty("variant", "primary")
        self.start.setDefault(True)
        self.cancel = QPushButton("Cancel")
        """Leaves everything as it is."""
        self.cancel.setAutoDefault(False)

    def _lay_out(self) -> None:
        left = QWidget()
        keep_width(left, _LIST_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, theme.PADDING, 0, 0)
        column.setSpacing(theme.GAP)
        line = QHBoxLayout()
        line.setContentsMargins(theme.PADDING, 0, theme.PADDING, 0)
        line.addWidget(self.search)
        column.addLayout(line)
        column.addWidget(self.entries, 1)
        column.addWidget(self._nothing, 1)
        between = QFrame()
        between.setFrameShape(QFrame.Shape.VLine)
        between.setFrameShadow(QFrame.Shadow.Plain)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        buttons.addWidget(self.complaint, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignBottom)
        buttons.addWidget(self.start, 0, Qt.AlignmentFlag.AlignBottom)
        foot = QVBoxLayout()
        foot.setContentsMargins(theme.LARGE_GAP, theme.GAP, theme.LARGE_GAP, theme.LARGE_GAP)
        foot.addLayout(buttons)
        right = QVBoxLayout()
        right.setContentsMargins(0, theme.PADDING, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.details, 1)
        right.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left)
        row.addWidget(between)
        row.addLayout(right, 1)

    # What the user does

    def _on_search(self, query: str) -> None:
        self.entries.search(query)
        found = self.entries.entry is not None
        self.entries.setVisible(found)
        self._nothing.setVisible(not found)
        self._nothing.setText(
            f"No network fits “{query.strip()}”.\nTry what it is or does, such as “residual”, “digits” or “sequence”."
        )

    def _on_entry(self, entry: ZooEntry | None) -> None:
        self.details.setVisible(entry is not None)
        self.details.verticalScrollBar().setValue(0)
        self._refresh()

    def _on_edited(self, choices: Choices) -> None:
        self._choices[choices.entry.id] = choices
        self._refresh()

    def _open(self) -> None:
        """Start a project; when the user wants to keep the old one after all, stay."""
        chosen = self.chosen
        if chosen is not None and self._documents.start(chosen.draw, chosen.entry.label):
            self.accept()

    # What is shown

    def _refresh(self) -> None:
        """Show the chosen network, and why it cannot be drawn if it cannot."""
        chosen, graph, reason = self.chosen, None, ""
        if chosen is not None:
            try:
                graph = chosen.draw()
            except ParamError as error:
                reason = str(error)
            self.details.show_choices(chosen)
            self.details.show_graph(graph, chosen.entry.label)
        self.complaint.show_text(reason)
        self._can_draw = graph is not None
        self._counter.want(None if chosen is None else chosen.key, graph)
        self._show_possible()

    def _show_possible(self) -> None:
        self.start.setEnabled(self._can_draw and not self.details.panel.is_wrong)

    def _show_counts(self) -> None:
        self.details.show_counts(self._counter.counts, is_possible=self._counter.is_possible)
