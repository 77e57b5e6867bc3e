"""Saves the network in view as a picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.graph.wording import quoted
from gui import theme
from gui.analysis.columns import memory
from gui.canvas.scene import CanvasScene
from gui.code.exporting import Written, remember_folder
from gui.file_row import FileRow
from gui.parts import Callout, Page, keep_least_width, keep_width, rule, size_dialog, wrapped
from gui.pictures.choices import last_choices, remember, title_of
from gui.pictures.clipboard import put_into_clipboard
from gui.pictures.export import paint, write
from gui.pictures.image import image_size
from gui.pictures.options import Options
from gui.pictures.picture import Picture, counted
from gui.pictures.preview import Preview
from gui.pictures.stepwise import Stepwise, waiting
from gui.pictures.vector import natural_size, page_size
from gui.thin_bar import ThinBar
from gui.work import BackgroundWork
from gui.workspace import Workspace

_SIZE = (820, 640)
_FORM_WIDTH = 348
_BUTTON_WIDTH = 84
_STEPS = 1000
_MM_PER_POINT = 25.4 / 72


def open_picture_dialog(workspace: Workspace, scene: CanvasScene, window: QWidget) -> PictureDialog:
    """Open the dialog that saves what `scene` shows as a picture, over `window`."""
    dialog = PictureDialog(workspace, scene, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


class PictureDialog(QDialog):
    """Asks what the picture is to be like, shows it, and writes it.

    What takes long is painted in small steps and written on a thread of its own, so the window stays alive and the
    work can be given up.
    """

    def __init__(self, workspace: Workspace, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._scene = workspace, scene
        self._written: Path | None = None
        self._painting, self._writing = Stepwise(self), BackgroundWork(self)
        block, notes = workspace.graph.block, len(scene.annotations.selected_notes)
        selected = counted(len(workspace.selection), notes) if workspace.selection or notes else ""
        choices = last_choices()
        self.options = Options(choices, f"Whole block {quoted(block, 30)}" if block else "Whole network", selected)
        """What the picture is to be like."""
        self.preview = Preview()
        """What it will look like."""
        self.target = FileRow(workspace, choices.format, "picture")
        """Where it goes."""
        self._size, self._notes = QLabel(), wrapped(role="caption")
        self._progress = ThinBar("picture_progress", "Progress")
        self._done, self._failed = Callout("success", "check-circle-outline"), Callout("error", "alert-circle-outline")
        self.show_in_folder = QPushButton(theme.icon("folder-open-outline"), "Show in folder")
        """Opens the folder of what has been written."""
        self.copy = QPushButton(theme.icon("content-copy"), "Copy")
        """Puts the picture into the clipboard."""
        self.start = QPushButton("Export")
        """Writes the file."""
        self.cancel = QPushButton("Close")
        """Gives up, or closes the dialog when there is nothing to give up."""
        self.setObjectName("picture_dialog")
        self.setWindowTitle("Export as picture")
        self._name_parts()
        self._lay_out()
        self._connect()
        self._take_picture()
        self._on_changed()

    @property
    def is_busy(self) -> bool:
        """Whether a picture is being written."""
        return self._painting.is_busy or self._writing.is_busy

    # Construction

    def _name_parts(self) -> None:
        self._size.setObjectName("picture_pixels")
        self._size.setProperty("role", "caption")
        self._size.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._notes.setObjectName("picture_notes")
        self._done.setObjectName("picture_done")
        self._failed.setObjectName("picture_failed")
        self.show_in_folder.setObjectName("picture_show")
        self.copy.setObjectName("picture_copy")
        self.copy.setToolTip("Put the picture into the clipboard, for other programs")
        self.start.setObjectName("picture_start")
        self.start.setProperty("variant", "primary")
        self.start.setDefault(True)
        self.cancel.setObjectName("picture_cancel")
        for button in (self.show_in_folder, self.copy, self.cancel):
            button.setAutoDefault(False)
        for button in (self.start, self.cancel):
            keep_least_width(button, _BUTTON_WIDTH)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(theme.GAP)
        left.addWidget(self.preview, 1)
        left.addWidget(self._size)
        right = Page()
        right.column.setContentsMargins(0, 0, theme.GAP, 0)
        right.column.addWidget(self.options)
        right.column.addStretch(1)
        keep_width(right, _FORM_WIDTH)
        top = QHBoxLayout()
        top.setSpacing(theme.LARGE_GAP)
        top.addLayout(left, 1)
        top.addWidget(right)
        self._done.row.setAlignment(self._done.picture, Qt.AlignmentFlag.AlignVCenter)
        self._done.row.addWidget(self.show_in_folder, 0, Qt.AlignmentFlag.AlignVCenter)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.start)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.LARGE_GAP, theme.LARGE_GAP, theme.LARGE_GAP, theme.LARGE_GAP)
        column.setSpacing(theme.GAP)
        column.addLayout(top, 1)
        for part in (rule(), self.target, self._notes, self._done, self._failed, self._progress):
            column.addWidget(part)
        column.addLayout(buttons)
        size_dialog(self, *_SIZE)

    def _connect(self) -> None:
        self.options.formatChanged.connect(lambda: self.target.change_format(self.options.choices.format))
        self.options.partChanged.connect(self._take_picture)
        self.options.grounds.currentIndexChanged.connect(lambda _index: self._show_picture())
        self.options.changed.connect(self._on_changed)
        self.target.changed.connect(self._on_changed)
        self.copy.clicked.connect(lambda: self._copy())
        self.start.clicked.connect(lambda: self._start())
        self.cancel.clicked.connect(self._give_up_or_close)
        self.show_in_folder.clicked.connect(self._show_in_folder)
        self._painting.progressed.connect(lambda share: self._progress.show_share(round(_STEPS * share), _STEPS))
        self._painting.done.connect(lambda finish: self._write(finish))
        self._painting.failed.connect(self._fail)
        self._writing.done.connect(self._finish)
        self._writing.failed.connect(self._fail)
        # The items that are painted are those of the graph that was in view.
        self._workspace.graphReplaced.connect(self.reject)
        self._workspace.scopeChanged.connect(self.reject)

    # The picture

    def _take_picture(self) -> None:
        is_part = self.options.choices.only_selection
        # The first picture of thousands of nodes takes a second, in which their texts are laid out.
        with waiting():
            self._picture = Picture.of_selection(self._scene) if is_part else Picture(self._scene)
        self.options.show_sizes(self._picture)
        self._show_picture()

    def _show_picture(self) -> None:
        self.preview.show_picture(self._picture, self.options.choices.ground)

    def _copy(self) -> None:
        choices = self.options.choices
        self._forget_result()
        refusal = put_into_clipboard(self._picture, choices.ground, choices.scale, title_of(self._workspace))
        self._failed.show_text(refusal)
        self._done.show_text("" if refusal else "The picture is in the clipboard.")
        self.show_in_folder.hide()
        remember(self.options.wanted)

    # Writing

    def _start(self) -> None:
        path = self.target.path
        if path is None or self.is_busy or self._picture.is_empty:
            return
        self.target.field.setText(str(path))
        self._forget_result()
        remember_folder(path)
        remember(self.options.wanted)
        self._progress.show_share(0, _STEPS)
        self._painting.start(paint(self._picture, self.options.choices, title_of(self._workspace)))
        self._show_state()

    def _write(self, finish: object) -> None:
        path = self.target.path
        if callable(finish) and path is not None:
            self._progress.show_busy()
            self._writing.start(lambda progress: write(finish, path))

    def _finish(self, written: object) -> None:
        if isinstance(written, Written):
            self._written = written.path
            self._done.show_text(f"Wrote {quoted(written.path.name, 80)}, {memory(written.size)}.")
            self.show_in_folder.show()
        self._show_state()

    def _fail(self, sentence: str) -> None:
        self._failed.show_text(sentence)
        self._show_state()

    def _give_up_or_close(self) -> None:
        """Give up the file that is being written: what was there before stays as it is."""
        if self.is_busy:
            self._give_up()
            self._show_state()
        else:
            self.close()

    def _give_up(self) -> None:
        self._painting.give_up()
        self._writing.give_up()

    def done(self, result: int) -> None:
        """Want nothing more."""
        self._give_up()
        self.preview.give_up()
        super().done(result)

    # What is shown

    def _on_changed(self) -> None:
        self._forget_result()
        self._show_state()

    def _forget_result(self) -> None:
        self._written = None
        self._done.show_text("")
        self._failed.show_text("")

    def _show_state(self) -> None:
        is_busy, path, is_empty = self.is_busy, self.target.path, self._picture.is_empty
        for part in (self.options, self.target):
            part.setEnabled(not is_busy)
        self._size.setText(self._size_text())
        will_replace = path is not None and not is_busy and self._written is None and path.is_file()
        there = f"{quoted(path.name, 80)} is there already and will be replaced." if path and will_replace else ""
        self._notes.setText(there)
        self._notes.setVisible(will_replace)
        self._progress.setVisible(is_busy)
        self.start.setText("Replace" if will_replace else "Export")
        self.start.setEnabled(path is not None and not is_empty and not is_busy)
        self.copy.setEnabled(not is_empty and not is_busy)
        self.cancel.setText("Cancel" if is_busy else "Close")

    def _size_text(self) -> str:
        choices = self.options.choices
        if self._picture.is_empty:
            return "There is nothing to make a picture of yet."
        if choices.format.id == "png":
            size = image_size(self._picture, choices.scale)
            return f"{size.width():,} × {size.height():,} pixels"
        points = page_size(self._picture) if choices.format.id == "pdf" else natural_size(self._picture)
        return f"{points.width() * _MM_PER_POINT:,.0f} × {points.height() * _MM_PER_POINT:,.0f} mm, sharp at any size"

    def _show_in_folder(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))
