"""The buttons that run the training, and the line that says how far it is."""

from __future__ import annotations

from math import isfinite
from time import monotonic

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from engine.training.status import RunState, RunStatus
from gui import theme
from gui.thin_bar import ThinBar
from gui.training import wording
from gui.training.fitting_label import FittingLabel

_MOST_EPOCHS = 9999
_EPOCHS, _EPOCHS_NARROW = 116, 62
_NARROWEST, _AROUND = 210, 150
_LONGEST = {"Train": "Train again", "Pause": "Resume"}
"""The longest words that a button with these words may come to have."""
_LEAST_PROGRESS = 60
"""Where there is less room than this beside the buttons, their words give way to the progress."""


class TrainingControls(QWidget):
    """Train, pause, stop and go on, with progress.

    It only asks: whoever listens to the signals drives the runner and passes what the runner says to `show_status`.
    """

    trainRequested = Signal()
    """Train from scratch."""
    pauseRequested = Signal()
    resumeRequested = Signal()
    stopRequested = Signal()
    goOnRequested = Signal(int)
    """Go on for so many epochs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainingControls")
        self._status = RunStatus()
        self._blocked = ""
        self._samples = "images"
        self._clock = _Clock()
        self._words: dict[QPushButton, str] = {}
        self._is_narrow = False
        self._roomy = 0
        self._build_buttons()
        self._build_progress()
        self._lay_out()
        self.show_status(self._status)

    def _build_buttons(self) -> None:
        self.train_button = self._button("trainButton", "play", "on_accent")
        self.train_button.setProperty("variant", "primary")
        self.train_button.clicked.connect(self.trainRequested)
        self.pause_button = self._button("pauseButton", "pause")
        self.pause_button.clicked.connect(self._pause_or_resume)
        self.stop_button = self._button("stopButton", "stop")
        self._say(self.stop_button, "Stop")
        self.stop_button.setToolTip("End the run after this step. You can go on later, exactly from here.")
        self.stop_button.clicked.connect(self.stopRequested)
        self.go_on_button = self._button("goOnButton", "skip-next")
        self._say(self.go_on_button, "Go on")
        self.go_on_button.clicked.connect(self._go_on)
        self.more_epochs = QSpinBox(self)
        self.more_epochs.setObjectName("moreEpochs")
        self.more_epochs.setRange(1, _MOST_EPOCHS)
        self.more_epochs.setAccessibleName("Epochs to go on for")
        self.more_epochs.setToolTip("How many more epochs “Go on” trains")
        theme.inset(self.more_epochs)
        theme.theme_hub.themeChanged.connect(self._measure)
        self.more_epochs.valueChanged.connect(self._name_epochs)
        self._name_epochs(1)

    def _build_progress(self) -> None:
        self.progress_bar = ThinBar("progressBar", "Training progress", self)
        self.progress_label = FittingLabel("progressLabel", parent=self)
        self.progress_label.take_room()
        self.pace_label = FittingLabel("paceLabel", "muted", self)
        self.pace_label.align_right()
        self.pace_label.cut_nothing()
        self.message_label = QLabel(self)
        self.message_label.setObjectName("messageLabel")
        self.message_label.setProperty("role", "error")
        self.message_label.setWordWrap(True)
        self.message_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def _lay_out(self) -> None:
        words = QHBoxLayout()
        words.setSpacing(theme.LARGE_GAP)
        words.addWidget(self.progress_label, 0, Qt.AlignmentFlag.AlignLeft)
        words.addWidget(self.pace_label, 1)
        progress = QVBoxLayout()
        progress.setSpacing(theme.UNIT)
        progress.addStretch()
        progress.addLayout(words)
        progress.addWidget(self.progress_bar)
        progress.addStretch()
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        for widget in (self.train_button, self.pause_button, self.stop_button):
            row.addWidget(widget)
        row.addSpacing(theme.GAP)
        row.addWidget(self.go_on_button)
        row.addWidget(self.more_epochs)
        row.addSpacing(theme.LARGE_GAP)
        row.addLayout(progress, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.PADDING, theme.GAP, theme.PADDING, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addLayout(row)
        column.addWidget(self.message_label)

    def _button(self, name: str, icon: str, colour: str | None = None) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(name)
        button.setIcon(theme.icon(icon, colour))
        button.setAutoDefault(False)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        """Make room for the longest words that a button will have, so that nothing moves during a run."""
        super().showEvent(event)
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words out of the buttons where there is no room for them."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Room for the signs of the buttons."""
        return QSize(theme.px(_NARROWEST) + _AROUND, super().minimumSizeHint().height())

    def _measure(self) -> None:
        """Find out how wide the buttons are with their longest words."""
        self._roomy = theme.px(_LEAST_PROGRESS) + theme.px(_EPOCHS)
        for button, word in self._words.items():
            button.setText(_LONGEST.get(word, word))
            button.setMinimumWidth(0)
            self._roomy += button.sizeHint().width()
        margins = self.contentsMargins()
        self._roomy += margins.left() + margins.right() + _AROUND
        self._is_narrow = False
        self._fit()
        self._dress()

    def _fit(self) -> None:
        is_narrow = self.width() < self._roomy
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._dress()

    def _dress(self) -> None:
        """Write the words on the buttons, or leave the signs alone."""
        for button, word in self._words.items():
            button.setText("" if self._is_narrow else _LONGEST.get(word, word))
            button.setMinimumWidth(button.sizeHint().width())
            button.setText("" if self._is_narrow else word)
        self.more_epochs.setFixedWidth(theme.px(_EPOCHS_NARROW if self._is_narrow else _EPOCHS))
        self._name_epochs(self.more_epochs.value())

    def _say(self, button: QPushButton, word: str) -> None:
        self._words[button] = word
        button.setAccessibleName(word)
        button.setText("" if self._is_narrow else word)

    def set_blocked(self, reason: str) -> None:
        """Keep a run from being started, and say why on the button; an empty reason allows it again."""
        self._blocked = reason
        self._refresh_buttons()
        self._refresh_words()

    def set_sample_noun(self, plural: str) -> None:
        """Say what the samples are: “images”, “points”."""
        self._samples = plural
        self._refresh_words()

    def show_status(self, status: RunStatus) -> None:
        """Show where the run stands."""
        self._clock.follow(self._status, status)
        self._status = status
        if status.state is RunState.IDLE:
            # Another document is open: what was meant for the run of the last one says nothing about it.
            self.more_epochs.setValue(1)
        self._refresh_buttons()
        self._refresh_words()

    def _refresh_buttons(self) -> None:
        state = self._status.state
        again = state in (RunState.STOPPED, RunState.FINISHED, RunState.FAILED)
        paused = state is RunState.PAUSED
        self._say(self.train_button, "Train again" if again else "Train")
        fresh = "Train from scratch, with new initial weights." if again else "Train the network on the canvas."
        self.train_button.setToolTip(self._blocked or fresh)
        if self._words.get(self.pause_button) != ("Resume" if paused else "Pause"):
            self._say(self.pause_button, "Resume" if paused else "Pause")
            self.pause_button.setIcon(theme.icon("play" if paused else "pause"))
            self.pause_button.setToolTip(
                "Go on from here; the result is the same as without a pause." if paused else "Wait after this step."
            )
        can_go_on = state in (RunState.STOPPED, RunState.FINISHED)
        usable = {
            self.train_button: not state.active and not self._blocked,
            self.pause_button: state.active,
            self.stop_button: state.active,
            self.go_on_button: can_go_on,
            self.more_epochs: can_go_on,
        }
        # What becomes usable comes first: a button that is disabled passes the keyboard's focus on to it.
        for widget in sorted(usable, key=lambda widget: not usable[widget]):
            widget.setEnabled(usable[widget])

    def _refresh_words(self) -> None:
        status = self._status
        if status.state is RunState.STARTING:
            self.progress_bar.show_busy()
        else:
            self.progress_bar.show_share(status.step, status.total_steps)
        blocked = self._blocked if status.state is RunState.IDLE else ""
        self.progress_label.set_parts([blocked] if blocked else _progress(status))
        pace = self._pace(status)
        self.pace_label.set_parts(pace)
        self.pace_label.setVisible(bool(pace))
        failed = status.state is RunState.FAILED
        self.message_label.setVisible(failed)
        self.message_label.setText((status.message or "The run ended with an error.") if failed else "")

    def _pace(self, status: RunStatus) -> list[str]:
        """Return throughput, remaining and elapsed time and the device, the more important first."""
        parts = []
        if status.state in (RunState.RUNNING, RunState.PAUSED) and status.samples_per_second > 0:
            parts.append(f"{wording.count(status.samples_per_second)} {self._samples}/s")
        if status.state is RunState.RUNNING and status.eta_seconds is not None:
            parts.append(f"{wording.duration(status.eta_seconds)} left")
        if status.state is not RunState.IDLE:
            parts.append(f"{wording.duration(self._clock.seconds())} elapsed")
        if status.device:
            parts.append(status.device)
        return parts

    def _pause_or_resume(self) -> None:
        (self.resumeRequested if self._status.state is RunState.PAUSED else self.pauseRequested).emit()

    def _go_on(self) -> None:
        self.goOnRequested.emit(self.more_epochs.value())

    def _name_epochs(self, number: int) -> None:
        self.more_epochs.setSuffix("" if self._is_narrow else " epoch" if number == 1 else " epochs")
        self.go_on_button.setToolTip(f"Train {number} more epoch{'' if number == 1 else 's'}, exactly from here.")


class _Clock:
    """How long a run has worked, without its pauses."""

    def __init__(self) -> None:
        self._spent = 0.0
        self._since: float | None = None

    def follow(self, before: RunStatus, now: RunStatus) -> None:
        """Start, halt or set back with the state of the run."""
        if now.state.active and not before.state.active and now.step == 0:
            self._spent, self._since = 0.0, None
        working = now.state in (RunState.STARTING, RunState.RUNNING)
        if working and self._since is None:
            self._since = monotonic()
        elif not working and self._since is not None:
            self._spent, self._since = self.seconds(), None

    def seconds(self) -> float:
        """Return the time worked so far."""
        return self._spent + (0.0 if self._since is None else monotonic() - self._since)


def _progress(status: RunStatus) -> list[str]:
    """Return what is going on, in a few words."""
    if status.state is RunState.IDLE:
        return ["Ready to train"]
    if status.state is RunState.STARTING:
        return [status.message or "Preparing…"]
    ended = {
        RunState.STOPPED: "Stopped",
        RunState.FINISHED: "Finished",
        RunState.FAILED: "Failed",
        RunState.PAUSED: "Paused",
    }
    parts = [ended[status.state]] if status.state in ended else []
    if status.state is RunState.FINISHED and status.test_accuracy is not None and isfinite(status.test_accuracy):
        parts.append(f"test accuracy {wording.percent(status.test_accuracy)}")
    if status.epochs:
        parts.append(f"{'epoch' if parts else 'Epoch'} {status.epoch}/{status.epochs}")
    if status.total_steps:
        parts.append(f"step {wording.count(status.step)}/{wording.count(status.total_steps)}")
    return parts
