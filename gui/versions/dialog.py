"""The dialog that lists what a project was at each of its last saves, and brings any of it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from engine import versions
from engine.graph.document import DocumentError
from engine.graph.model import Graph
from engine.graph.replacement import replacement
from engine.graph.wording import quoted
from engine.versions import GONE_FOR, KEPT, Version
from gui import theme
from gui.parts import Callout, Page, heading, keep_height, size_dialog, wrapped
from gui.versions.model import VersionsModel
from gui.versions.summaries import Summaries
from gui.workspace import Workspace

UNSAVED = (
    "There are no versions yet, because this project has never been saved. From the first save on, the last "
    f"{KEPT} are kept."
)
NONE_YET = (
    f"There are no versions of {{name}} yet. From now on one is kept with every save, and the last {KEPT} stay here."
)
_INTRODUCTION = (
    f"What the project was at its last saves, of which {KEPT} are kept; once its file is gone, they stay for another "
    f"{GONE_FOR.days} days. Restoring is a step like any other: Undo takes it back, and the file stays as it is until "
    "you save."
)
_SAME = "The open project is that version already."
_SIZE = (860, 560)
_WIDTHS = (150, 70, 80)

Compare = Callable[[Graph, str], None]
"""Shows what is different from a graph that is called so in the middle of a sentence."""
Start = Callable[[Callable[[], Graph], str], bool]
"""Opens, as a new document of this name, what the function makes; it says by itself when that fails."""


def open_versions_dialog(workspace: Workspace, compare: Compare, start: Start, parent: QWidget) -> VersionsDialog:
    """Open the dialog about the versions of the open project over the window of `parent`."""
    dialog = VersionsDialog(workspace, compare, start, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


class VersionsDialog(QDialog):
    """A table of versions; one can be opened beside the project, compared with it, or restored."""

    def __init__(self, workspace: Workspace, compare: Compare, start: Start, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._compare = compare
        self._start = start
        self._summaries = Summaries(self)
        self.setObjectName("versions_dialog")
        self.setWindowTitle("Versions of this project")
        size_dialog(self, *_SIZE)
        self.model = VersionsModel(self._summaries, self)
        """The rows."""
        self.table = QTreeView()
        """The versions, the newest first."""
        self.details = wrapped(selectable=True)
        """All that changed in the chosen version."""
        self.complaint = Callout("error", "alert-circle-outline")
        """What went wrong."""
        self.hint = wrapped(role="caption")
        """What this is about, or why there is nothing here."""
        self.open_button = QPushButton(theme.icon("tab-plus"), "Open as a new project")
        self.restore_button = QPushButton(theme.icon("restore"), "Restore")
        self.compare_button = QPushButton("Compare with it")
        self.close_button = QPushButton("Close")
        self._name_parts()
        self._lay_out()
        self._connect()
        self._list()

    @property
    def chosen(self) -> Version | None:
        """The version that is highlighted."""
        row = self.table.currentIndex().row()
        return self.model.versions[row] if 0 <= row < len(self.model.versions) else None

    def done(self, result: int) -> None:
        """Stop looking for differences."""
        self._summaries.close()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop looking for differences."""
        self._summaries.close()
        super().closeEvent(event)

    # Construction

    def _name_parts(self) -> None:
        self.table.setObjectName("versions")
        self.table.setAccessibleName("Versions, the newest first")
        self.table.setModel(self.model)
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.table.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, theme.px(width))
        self.details.setObjectName("version_details")
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.hint.setObjectName("versions_hint")
        self.complaint.show_text("")
        self.compare_button.setProperty("variant", "primary")
        self.compare_button.setDefault(True)
        self.compare_button.setToolTip("Draw on the canvas what has changed since then")
        self.open_button.setToolTip("Look at it in a tab of its own; this project stays as it is")
        self.restore_button.setToolTip("Make this project what it was then; Undo takes that back")
        for button in (self.open_button, self.restore_button, self.close_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        title = QLabel("Versions of this project")
        title.setProperty("role", "title")
        page = Page()
        page.column.setContentsMargins(0, 0, 0, 0)
        page.column.addWidget(heading("Since the version before"))
        page.column.addWidget(self.details)
        page.column.addStretch(1)
        keep_height(page, 116)
        self._page = page
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.restore_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.compare_button)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(theme.LARGE_GAP, theme.LARGE_GAP, theme.LARGE_GAP, theme.LARGE_GAP)
        column.setSpacing(theme.PADDING)
        column.addWidget(title)
        column.addWidget(self.hint)
        column.addWidget(self.table, 1)
        column.addWidget(page)
        column.addWidget(self.complaint)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.table.selectionModel().currentChanged.connect(self._on_chosen)
        self.table.doubleClicked.connect(lambda _index: self._show_differences())
        self._summaries.found.connect(lambda _id: self._show_details())
        self.open_button.clicked.connect(self._open)
        self.restore_button.clicked.connect(self._restore)
        self.compare_button.clicked.connect(self._show_differences)
        self.close_button.clicked.connect(self.reject)

    def _list(self) -> None:
        path = self._workspace.path
        found = versions.versions(path) if path is not None else []
        self.model.show(found)
        for part in (self.table, self._page, self.open_button, self.restore_button, self.compare_button):
            part.setVisible(bool(found))
        if found:
            self.hint.setText(_INTRODUCTION)
            self.table.setCurrentIndex(self.model.index(0, 0))
            self.table.setFocus()
            self._summaries.find(found)
        else:
            self.hint.setText(UNSAVED if path is None else NONE_YET.format(name=quoted(path.name, 60)))
            self._column.insertStretch(2, 1)

    # What the user does

    def _on_chosen(self, _index: QModelIndex) -> None:
        self.complaint.show_text("")
        if self.chosen is not None:
            self._summaries.prefer(self.chosen)
        self._show_details()

    def _show_details(self) -> None:
        summary = self._summaries[self.chosen] if self.chosen is not None else None
        self.details.setText("" if summary is None else "\n".join(summary.sentences))

    def _read(self) -> Graph | None:
        """What the chosen version holds; None, with a complaint, when it cannot be read."""
        if self.chosen is None:
            return None
        try:
            return versions.read(self.chosen)
        except DocumentError as error:
            self.complaint.show_text(str(error))
            return None

    def _open(self) -> None:
        graph, chosen = self._read(), self.chosen
        if graph is not None and chosen is not None:
            self.accept()
            # Once it is saved, this becomes the name of a file, in which colons are not allowed everywhere.
            time = _in_sentence(chosen).replace(":", ".")
            self._start(lambda: graph, f"{Path(chosen.project).stem} {time}")

    def _show_differences(self) -> None:
        graph, chosen = self._read(), self.chosen
        if graph is not None and chosen is not None:
            self.accept()
            self._compare(graph, f"the version of {_in_sentence(chosen)}")

    def _restore(self) -> None:
        graph, chosen = self._read(), self.chosen
        if graph is None or chosen is None:
            return
        edit = replacement(self._workspace.document, graph, f"Restore the version of {_in_sentence(chosen)}")
        if not edit.edits:
            self.complaint.show_text(_SAME)
        elif self._workspace.push_document(edit):
            self.accept()


def _in_sentence(version: Version) -> str:
    """When a version was saved, with the day, because it may be read on another one."""
    return f"{version.time.astimezone():%Y-%m-%d %H:%M}"
