"""Choosing what the network starts from: transfer learning in a dialog."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.graph.edits import Compound
from engine.graph.wording import quoted
from engine.project import task, weight_choice
from engine.weights.declarations import BACKBONE, NOTHING, WeightChoice, source_of
from gui import theme
from gui.parts import Callout, size_dialog, wrapped
from gui.thin_bar import ThinBar
from gui.weights.asking import ask_for_weights
from gui.weights.weights_list import Row, WeightsList
from gui.work import BackgroundWork, Progress, Task
from gui.workspace import Workspace

if TYPE_CHECKING:
    from engine.weights.catalogue import Candidate
    from engine.weights.loading import Fit
    from engine.weights.survey import Survey

_SIZE = (740, 480)
_STEPS = 1000
_MEGABYTE = 1_000_000
_INTRODUCTION = (
    "A network that has learnt to see before needs far fewer examples, and less time, than one that starts from random "
    "numbers. torchvision's weights come from ImageNet: 1.28 million photos of 1,000 kinds of things."
)
_NONE_FIT = (
    "torchvision has no weights for a network of exactly this form. A file may have some, for instance those of an "
    "earlier run."
)
_FROM_SCRATCH = "Nothing is loaded: all layers start from random numbers and learn."


def open_weights_dialog(workspace: Workspace, parent: QWidget) -> WeightsDialog:
    """Open the dialog about the weights of the open project over the window of `parent`."""
    dialog = WeightsDialog(workspace, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


class WeightsDialog(QDialog):
    """Offers the weights that fit the network; what is chosen becomes one undoable step."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._before = weight_choice(workspace.document)
        self._survey: Survey | None = None
        self._fits: dict[str, Fit] = {}
        self._then: Callable[[Any], None] = lambda result: None
        self._work = BackgroundWork(self)
        self.setObjectName("weights_dialog")
        self.setWindowTitle("Pretrained weights")
        size_dialog(self, *_SIZE)
        self._make_parts()
        self._lay_out()
        self._work.progressed.connect(self._show_progress)
        self._work.failed.connect(self._fail)
        self._work.done.connect(lambda result: self._finish(result))
        self.weights_list.chosen.connect(self._refresh)
        self.head_only.toggled.connect(self._refresh)
        self.from_file.clicked.connect(self._ask_for_file)
        self.use.clicked.connect(self._use)
        self.cancel.clicked.connect(self._cancel)
        self._look_around()

    def _make_parts(self) -> None:
        self.weights_list = WeightsList()
        """What can be chosen."""
        self.from_file = QPushButton(theme.icon("folder-open-outline"), "From a file…")
        """Adds a file to the list."""
        self.from_file.setAccessibleName("Weights from a file")
        self.head_only = QCheckBox("Train only the head")
        """Whether all but the head is frozen."""
        self.head_only.setChecked(not self._before.is_given or self._before.freezes_backbone)
        self.summary = wrapped(role="caption", selectable=True)
        """What the choice means for this network."""
        self.summary.setObjectName("weights_summary")
        self.complaint = Callout("error", "alert-circle-outline")
        """What went wrong."""
        self.complaint.show_text("")
        self.progress = ThinBar("weights_progress", "Progress")
        """How far the work in the background is."""
        self.doing = QLabel()
        """What is being done in the background."""
        self.doing.setProperty("role", "caption")
        self.use = QPushButton("Use these weights")
        """Makes the choice."""
        self.use.setProperty("variant", "primary")
        self.use.setDefault(True)
        self.cancel = QPushButton("Cancel")
        """Ends a download, or else the dialog."""
        for button in (self.cancel, self.from_file):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        title = QLabel("Start from pretrained weights")
        title.setProperty("role", "title")
        card = QFrame()
        card.setFrameShape(QFrame.Shape.StyledPanel)
        around = QVBoxLayout(card)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(self.weights_list)
        top = QHBoxLayout()
        top.addWidget(self.from_file)
        top.addStretch(1)
        bottom = QHBoxLayout()
        bottom.setSpacing(theme.GAP)
        bottom.addWidget(self.doing, 1)
        bottom.addWidget(self.cancel)
        bottom.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.LARGE_GAP, theme.LARGE_GAP, theme.LARGE_GAP, theme.LARGE_GAP)
        column.setSpacing(theme.PADDING)
        column.addWidget(title)
        column.addWidget(wrapped(_INTRODUCTION))
        column.addWidget(card, 1)
        column.addLayout(top)
        column.addWidget(self.head_only)
        column.addWidget(self.summary)
        column.addWidget(self.complaint)
        column.addWidget(self.progress)
        column.addLayout(bottom)

    # What can be chosen

    def _look_around(self) -> None:
        graph, wanted = self._workspace.document.snapshot(), task(self._workspace.document)

        def look(progress: Progress) -> object:
            from engine.weights.survey import survey

            return survey(graph, wanted.input_shape, wanted.classes)

        self._start(look, self._show_survey, "Looking for weights that fit…")

    def _show_survey(self, found: Survey) -> None:
        self._survey = found
        self._fits = {candidate.weights.name: candidate.fit for candidate in found.candidates}
        rows = [_row(candidate, candidate.weights.name in found.present) for candidate in found.candidates]
        chosen = self._before.source if self._before.is_given else ""
        self.weights_list.show_rows([*rows, Row(NOTHING, "Random numbers")], chosen)
        if self._before.is_given and not self._before.is_published:
            self._check_file(self._before.source)
        self._refresh()

    def _ask_for_file(self) -> None:
        file = ask_for_weights(self, self._folder)
        if file is not None:
            self._check_file(source_of(file, self._folder))

    def _check_file(self, source: str) -> None:
        found, folder = self._survey, self._folder
        if found is None:
            return
        choice = WeightChoice(source=source)

        def check(progress: Progress) -> object:
            path = choice.file(folder)
            return found.check_file(path, quoted(path.name, 100)), path.stat().st_size

        self._start(
            check, lambda result: self._show_file(source, *result), f"Reading {quoted(Path(source).name, 100)}…"
        )

    def _show_file(self, source: str, fit: Fit, size: int) -> None:
        self._fits[source] = fit
        self.weights_list.add_row(Row(source, Path(source).name, "", _megabytes(size), "on this computer"))
        self.weights_list.choose(source)
        self._refresh()

    @property
    def _folder(self) -> Path | None:
        """Where the project file is, if it is anywhere."""
        return self._workspace.path.parent if self._workspace.path else None

    # The choice

    def _use(self) -> None:
        """Make the choice, after downloading what it needs."""
        source, found = self.weights_list.source, self._survey
        wanted = (
            next((item.weights for item in found.candidates if item.weights.name == source), None) if found else None
        )
        if wanted is None:
            self._apply()
            return

        def get(progress: Progress) -> object:
            from engine.weights.download import fetch

            return fetch(wanted, progress)

        self._start(get, lambda path: self._apply(), "Downloading…")

    def _apply(self) -> None:
        source = self.weights_list.source
        fit = self._fits.get(source)
        if fit is None or self._survey is None:
            edit = WeightChoice().edit()
        else:
            freeze = BACKBONE if self.head_only.isChecked() else NOTHING
            chosen = WeightChoice(source=source, freeze=freeze, grey=bool(fit.summed)).edit()
            needed = self._survey.preparation(source).edits
            edit = Compound("Use pretrained weights", (*chosen.edits, *self._survey.changes, *needed))
        if self._workspace.push_document(edit):
            self.accept()

    # What is shown

    def _refresh(self) -> None:
        """Say what the choice means."""
        found, source = self._survey, self.weights_list.source
        fit = self._fits.get(source)
        self.head_only.setVisible(fit is not None)
        self.use.setText("Start from random numbers" if source == NOTHING else "Use these weights")
        self.use.setEnabled(bool(source) and not self._work.is_busy)
        if found is None:
            self.summary.setText("")
        elif fit is None:
            self.summary.setText(_FROM_SCRATCH if found.candidates else f"{_FROM_SCRATCH} {_NONE_FIT}")
        else:
            heads = " and ".join(f"“{name}”" for name in found.head)
            verb = "learns" if len(found.head) == 1 else "learn"
            learning = f"Only {heads} {verb}." if self.head_only.isChecked() else "All layers learn on."
            sentences = (learning, fit.sentence, found.changes_text, found.preparation(source).sentence)
            self.summary.setText(" ".join(filter(None, sentences)))

    def _start(self, work: Task, then: Callable[[Any], None], doing: str) -> None:
        self._then = then
        self.complaint.show_text("")
        self._work.start(work)
        self._show_busy(doing)

    def _finish(self, result: object) -> None:
        self._then(result)
        if not self._work.is_busy:
            self._show_busy("")

    def _fail(self, sentence: str) -> None:
        self._show_busy("")
        self.complaint.show_text(sentence)

    def _show_busy(self, doing: str) -> None:
        busy = bool(doing)
        self.doing.setText(doing)
        self.cancel.setText("Cancel")
        self.progress.show_busy() if busy else self.progress.show_share(0, 1)
        self.progress.setVisible(busy)
        self.progress.setAccessibleName(doing)
        self.weights_list.setEnabled(not busy)
        self.from_file.setEnabled(not busy and self._survey is not None)
        if not busy:
            self.weights_list.setFocus()
        self._refresh()

    def _show_progress(self, done: float, total: float) -> None:
        if total:
            self.cancel.setText("Stop the download")
            self.progress.show_share(round(_STEPS * done / total), _STEPS)
            self.doing.setText(f"Downloading: {done / _MEGABYTE:,.0f} of {_megabytes(total)}")

    def _cancel(self) -> None:
        """Stop a download; when there is none, close."""
        if self._work.is_busy and self._survey is not None:
            self._work.give_up()
            self._show_busy("")
        else:
            self.reject()

    def done(self, result: int) -> None:
        """Want nothing more from the background."""
        self._work.give_up()
        super().done(result)


def _row(candidate: Candidate, is_here: bool) -> Row:
    weights = candidate.weights
    return Row(
        weights.name,
        f"{weights.name} (recommended)" if weights.is_default else weights.name,
        f"{weights.accuracy:.1%}".replace("%", " %"),
        f"{weights.megabytes:,.0f} MB",
        "on this computer" if is_here else "to be downloaded",
    )


def _megabytes(size: float) -> str:
    return f"{size / _MEGABYTE:,.0f} MB" if size >= _MEGABYTE else "< 1 MB"
