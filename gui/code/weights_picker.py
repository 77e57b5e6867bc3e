"""Which weights go into an exported file: what has been learnt, what training starts from, or those of a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLabel, QPushButton, QRadioButton, QWidget

from engine.graph.model import Graph
from engine.graph.wording import quoted
from engine.project import recipe, weight_choice
from gui import theme
from gui.code.exporting import Weights, starting_weights, weights_of_file
from gui.parts import about_choice, heading
from gui.training.trained import Fit, Trained, TrainedNetwork
from gui.weights.asking import ask_for_weights
from gui.work import BackgroundWork
from gui.workspace import Workspace

TRAINED, START, FILE = range(3)
"""The numbers of the choices."""
_TITLES = ("As trained", "As training starts", "From a file")
_NAMES = ("trained", "start", "file")
_UNTRAINED = "Train the network first, and what it has learnt can go into the file."
_TRAINED = "What the network has learnt by the time the file is written."
_EDITED = "The network has been edited since: what it computes now was never measured."
_GIVEN = "The pretrained ones that the project has chosen."
_ANY_FILE = "The weights of a network like this: .safetensors, .pth or .pt."


class WeightsPicker(QWidget):
    """Offers the weights; those of a run only while they fit the network."""

    changed = Signal()
    """Another choice, or another file."""

    def __init__(self, workspace: Workspace, trained: Trained, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._trained = trained
        self._file: Path | None = None
        self._fit = Fit()
        self._checked: Graph | None = None
        self._is_stale = False
        self._check = BackgroundWork(self)
        self._choices = QButtonGroup(self)
        self._captions: list[QLabel] = []
        self.choose_file = QPushButton("Choose…")
        """Asks for the file."""
        self.choose_file.setObjectName("weights_choose")
        self.choose_file.setAccessibleName("Choose a file with weights")
        self.choose_file.setAutoDefault(False)
        self._lay_out()
        self._choices.button(START).setChecked(True)
        self._choices.idToggled.connect(self._on_choice)
        self._choices.button(FILE).clicked.connect(self._ask_unless_named)
        self.choose_file.clicked.connect(lambda: self._ask_for_file())
        self._check.done.connect(self._take_fit)
        self._check.failed.connect(lambda _sentence: self._take_fit(Fit()))
        trained.changed.connect(self._on_run)
        workspace.analysisChanged.connect(self._on_edit)
        self.show_state()

    @property
    def is_complete(self) -> bool:
        """Whether it is clear which weights are wanted."""
        return self._choices.checkedId() != FILE or self._file is not None

    def prefer_trained(self) -> None:
        """Choose what the network has learnt, if it has learnt anything."""
        self._checked, self._fit = None, Fit()
        self._choices.button(START if self._trained.network is None else TRAINED).setChecked(True)
        self.show_state()
        self._look()

    def source(self, document: Graph, folder: Path | None) -> Weights:
        """The weights that are chosen, for `document`, which nobody changes any more.

        Args:
            document: the network that is written.
            folder: where the project is; None while it has no file.
        """
        network, trained = self._trained.network, self._trained
        chosen = self._choices.checkedId()
        if chosen == TRAINED and network is not None:
            return lambda model, progress: trained.load(network, document, model, progress)
        if chosen == FILE and self._file is not None:
            return weights_of_file(document, self._file)
        return starting_weights(document, folder)

    def close_worker(self) -> None:
        """Look no more; called when the window closes."""
        self._check.give_up()

    def show_state(self) -> None:
        """Say what each choice means now."""
        network = self._trained.network
        button = self._choices.button(TRAINED)
        button.setText(_TITLES[TRAINED] if network is None else f"{_TITLES[TRAINED]} ({self._trained.title})")
        is_possible = network is not None and not self._fit.objection
        button.setEnabled(is_possible)
        texts = (self._about_trained(network), self._about_start(), self._about_file())
        for caption, text in zip(self._captions, texts, strict=True):
            caption.setText(text)
        if button.isChecked() and not is_possible:
            self._choices.button(START).setChecked(True)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        title = heading("Weights")
        title.setContentsMargins(0, 0, 0, theme.UNIT)
        grid.addWidget(title, 0, 0)
        for number, (text, name) in enumerate(zip(_TITLES, _NAMES, strict=True)):
            button = QRadioButton(text)
            button.setObjectName(f"weights_{name}")
            self._choices.addButton(button, number)
            caption = about_choice()
            caption.setObjectName(f"weights_{name}_doc")
            self._captions.append(caption)
            grid.addWidget(button, 2 * number + 1, 0)
            grid.addWidget(caption, 2 * number + 2, 0, 1, 1 if number == FILE else 2)
        grid.addWidget(self.choose_file, 2 * FILE + 1, 1, 2, 1)

    def _about_trained(self, network: TrainedNetwork | None) -> str:
        if network is None:
            return _UNTRAINED
        return self._fit.objection or (_EDITED if self._fit.is_edited else _TRAINED)

    def _about_start(self) -> str:
        document = self._workspace.document
        if weight_choice(document).is_given:
            return _GIVEN
        return f"Random numbers: those that a run with seed {recipe(document).seed} starts from."

    def _about_file(self) -> str:
        if self._file is None:
            return _ANY_FILE
        return f"{quoted(self._file.name, 60)} in {quoted(str(self._file.parent), 60)}"

    # Choosing

    def _on_choice(self, _number: int, is_checked: bool) -> None:
        if is_checked:
            self.changed.emit()

    def _ask_unless_named(self) -> None:
        if self._file is None:
            self._ask_for_file()

    def _ask_for_file(self) -> None:
        path = self._workspace.path
        file = ask_for_weights(self, self._file.parent if self._file else path.parent if path else None)
        if file is not None:
            self._file = file
            self._choices.button(FILE).setChecked(True)
            self.show_state()
            self.changed.emit()

    # What the run has learnt

    def _on_run(self) -> None:
        """There is something to choose now, or no more, or it has come further."""
        network = self._trained.network
        if network is None:
            self._fit = Fit()
        elif network.document is not self._checked:
            self._look()
        self.show_state()

    def _on_edit(self) -> None:
        self.show_state()
        self._look()

    def _look(self) -> None:
        """See, beside the work of the window, whether the weights of the run fit."""
        network = self._trained.network
        if network is None or not self.isVisible():
            return
        self._is_stale = self._check.is_busy
        if self._is_stale:
            return
        self._checked = network.document
        document: Graph = self._workspace.document.snapshot()
        looked_at: TrainedNetwork = network
        self._check.start(lambda _progress: looked_at.fit(document))

    def _take_fit(self, fit: object) -> None:
        if isinstance(fit, Fit):
            self._fit = fit if self._trained.network is not None else Fit()
        self.show_state()
        if self._is_stale:
            self._look()
