"""Saves the network for other programs: as code, as a training script, or in a format with weights."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from engine.compiler.class_names import class_name
from engine.graph.wording import quoted
from gui import theme
from gui.analysis.columns import memory
from gui.code.exporting import FORMATS, ExportFormat, Order, Written, remember_folder, write_export
from gui.code.weights_picker import WeightsPicker
from gui.file_row import FileRow
from gui.parts import Callout, Page, about_choice, keep_least_width, most_of_screen, rule, wrapped
from gui.thin_bar import ThinBar
from gui.training.trained import Trained
from gui.work import BackgroundWork
from gui.workspace import Workspace

_WIDTH = 520
_ROOM = 92
_BUTTON_WIDTH = 84


class ExportDialog(QDialog):
    """Asks what to save and where, does it on a thread of its own, and tells how it went.

    It is not modal: the network can be edited meanwhile; what is saved is the network as it was at the beginning.
    """

    def __init__(self, workspace: Workspace, trained: Trained, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._written: Path | None = None
        self._work = BackgroundWork(self)
        self._choices = QButtonGroup(self)
        self.weights = WeightsPicker(workspace, trained)
        """Which weights are written."""
        self.target = FileRow(workspace, FORMATS[0], "export")
        """Where the file goes."""
        self._page = Page()
        self._below = QVBoxLayout()
        self._notes = wrapped(role="caption")
        self._progress = ThinBar("export_progress", "Progress")
        self._doing = wrapped(role="caption")
        self._done, self._failed = Callout("success", "check-circle-outline"), Callout("error", "alert-circle-outline")
        self.show_in_folder = QPushButton(theme.icon("folder-open-outline"), "Show in folder")
        """Opens the folder of what has been written."""
        self.start = QPushButton("Export")
        """Writes the file."""
        self.cancel = QPushButton("Close")
        """Gives up, or closes the dialog when there is nothing to give up."""
        self.setObjectName("export_dialog")
        self.setWindowTitle("Export")
        self._name_parts()
        self._lay_out()
        self._connect()
        self._choices.buttons()[0].setChecked(True)
        self._show_state()

    @property
    def chosen(self) -> ExportFormat:
        """The format that is chosen."""
        return FORMATS[max(0, self._choices.checkedId())]

    @property
    def is_busy(self) -> bool:
        """Whether a file is being written."""
        return self._work.is_busy

    # What other parts of the window ask for

    def ask(self) -> None:
        """Show the dialog, with a new file to be named."""
        if not self.is_busy:
            self._forget_result()
            self._suggest()
        self._bring_up()
        self.weights.prefer_trained()

    def save_as(self, wanted: str) -> None:
        """Ask for a file of the format with the id `wanted`, and write it; the dialog tells how it goes."""
        if self.is_busy:
            self._bring_up()
            return
        self._choose(wanted)
        if self.target.ask(self.parentWidget() if self.isHidden() else self):
            self._bring_up()
            self.weights.prefer_trained()
            self._start()

    def close_worker(self) -> None:
        """Give up what is being written; called when the window closes."""
        self._work.give_up()
        self.weights.close_worker()
        self.close()

    # Construction

    def _name_parts(self) -> None:
        self._doing.setObjectName("export_doing")
        self._notes.setObjectName("export_notes")
        self._done.setObjectName("export_done")
        self._failed.setObjectName("export_failed")
        self.show_in_folder.setObjectName("export_show")
        self.start.setObjectName("export_start")
        self.start.setProperty("variant", "primary")
        self.start.setDefault(True)
        self.cancel.setObjectName("export_cancel")
        for button in (self.show_in_folder, self.cancel):
            button.setAutoDefault(False)
        for button in (self.start, self.cancel):
            keep_least_width(button, _BUTTON_WIDTH)

    def _lay_out(self) -> None:
        choices = QGridLayout()
        choices.setVerticalSpacing(0)
        for number, known in enumerate(FORMATS):
            button = QRadioButton(known.title)
            button.setObjectName(f"export_{known.id}")
            button.setAccessibleDescription(known.doc)
            self._choices.addButton(button, number)
            choices.addWidget(button, 2 * number, 0)
            choices.addWidget(about_choice(known.doc), 2 * number + 1, 0)
        page = self._page.column
        page.setContentsMargins(theme.LARGE_GAP, theme.LARGE_GAP, theme.LARGE_GAP, 0)
        page.addLayout(choices)
        page.addWidget(rule())
        page.addWidget(self.weights)
        page.addWidget(rule())
        page.addStretch(1)
        self._done.row.setAlignment(self._done.picture, Qt.AlignmentFlag.AlignVCenter)
        self._done.row.addWidget(self.show_in_folder, 0, Qt.AlignmentFlag.AlignVCenter)
        below = self._below
        below.setContentsMargins(theme.LARGE_GAP, theme.GAP, theme.LARGE_GAP, theme.LARGE_GAP)
        below.setSpacing(theme.GAP)
        for part in (self.target, self._notes, self._done, self._failed, self._doing, self._progress):
            below.addWidget(part)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.start)
        below.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._page, 1)
        column.addLayout(below)

    def _connect(self) -> None:
        self._choices.idToggled.connect(self._on_choice)
        self.weights.changed.connect(self._on_weights)
        self.target.changed.connect(self._on_file)
        theme.theme_hub.themeChanged.connect(self._make_room)
        self.start.clicked.connect(lambda: self._start())
        self.cancel.clicked.connect(self._give_up_or_close)
        self.show_in_folder.clicked.connect(self._show_in_folder)
        self._work.done.connect(self._finish)
        self._work.failed.connect(self._fail)

    # Choosing

    def _choose(self, wanted: str) -> None:
        number = next(number for number, known in enumerate(FORMATS) if known.id == wanted)
        self._forget_result()
        self._choices.button(number).setChecked(True)
        self._suggest()

    def _on_choice(self, _number: int, is_checked: bool) -> None:
        if is_checked:
            self._forget_result()
            self._suggest()

    def _on_weights(self) -> None:
        if not self.is_busy:
            self._forget_result()
            self._show_state()

    def _suggest(self) -> None:
        self.target.suggest(self.chosen)

    def _on_file(self) -> None:
        self._forget_result()
        self._show_state()

    # Writing

    def _start(self) -> None:
        path = self.target.path
        if path is None or self.is_busy:
            return
        self._forget_result()
        self.target.field.setText(str(path))
        remember_folder(path)
        document, project = self._workspace.document.snapshot(), self._workspace.path
        weights = self.weights.source(document, project.parent if project else None)
        order = Order(document, self.chosen.id, path, class_name(project.stem if project else ""), weights)
        self._work.start(lambda progress: write_export(order, progress))
        self._show_state()

    def _finish(self, written: object) -> None:
        if isinstance(written, Written):
            self._written = written.path
            parts = (f"Wrote {quoted(written.path.name, 80)}", memory(written.size), written.weights)
            self._done.show_text(f"{', '.join(filter(None, parts))}.")
        self._show_state()

    def _fail(self, sentence: str) -> None:
        self._failed.show_text(sentence)
        self._show_state()

    def _give_up_or_close(self) -> None:
        """Give up the file that is being written: what was there before stays as it is."""
        if self.is_busy:
            self._work.give_up()
            self._show_state()
        else:
            self.close()

    def reject(self) -> None:
        """Escape gives up as well."""
        self._work.give_up()
        self._show_state()
        super().reject()

    # What is shown

    def _bring_up(self) -> None:
        if self.isHidden():
            width = theme.px(_WIDTH)
            # With room for what is told later, so that nothing jumps.
            self.resize(QSize(width, self._height_for(width) + _ROOM).boundedTo(most_of_screen(self)))
        self.show()
        self.raise_()
        self.activateWindow()

    def _forget_result(self) -> None:
        self._written = None
        self._done.show_text("")
        self._failed.show_text("")

    def _show_state(self) -> None:
        is_busy, path = self.is_busy, self.target.path
        for part in (*self._choices.buttons(), self.target):
            part.setEnabled(not is_busy)
        self.weights.setEnabled(not is_busy and self.chosen.has_weights)
        will_replace = path is not None and not is_busy and self._written is None and path.is_file()
        there = f"{quoted(path.name, 80)} is there already and will be replaced." if path and will_replace else ""
        self._notes.setText(there)
        self._notes.setVisible(will_replace)
        if is_busy:
            self._progress.show_busy()
        self._progress.setVisible(is_busy)
        self._doing.setVisible(is_busy)
        if is_busy and path is not None:
            self._doing.setText(f"Writing {quoted(path.name, 80)} … You can go on working meanwhile.")
        self.start.setText("Replace" if will_replace else "Export")
        is_clear = self.weights.is_complete or not self.chosen.has_weights
        self.start.setEnabled(path is not None and is_clear and not is_busy)
        self.cancel.setText("Cancel" if is_busy else "Close")
        self._make_room()

    def _make_room(self) -> None:
        """Grow with long messages and larger texts, as far as the screen allows; then the choices scroll."""
        # The page scrolls down, never sideways.
        self._page.setMinimumWidth(self._page.body.minimumSizeHint().width())
        width = max(self.width(), theme.px(_WIDTH))
        wanted = QSize(width, max(self.height(), self._height_for(width)))
        self.resize(wanted.boundedTo(most_of_screen(self)))

    def _height_for(self, width: int) -> int:
        """How high the dialog is when nothing scrolls."""
        return self._page.column.totalHeightForWidth(width) + self._below.totalHeightForWidth(width)

    def _show_in_folder(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))
