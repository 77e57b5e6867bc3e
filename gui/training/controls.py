"""The buttons that run the training, and the line that says how far it is."""

from __future__ import annotations

from math import isfinite
from time import monotonic

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.training.status import RunState, RunStatus
from gui import theme
from gui.training import wording

_ICON = QSize(16, 16)
_MOST_EPOCHS = 9999
_BETWEEN = "  ·  "
_ROOM_STEP = 8


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
        self.stop_button.setText("Stop")
        self.stop_button.setToolTip("End the run after this step. You can go on later, exactly from here.")
        self.stop_button.clicked.connect(self.stopRequested)
        self.go_on_button = self._button("goOnButton", "skip-next")
        self.go_on_button.setText("Go on")
        self.go_on_button.clicked.connect(self._go_on)
        self.more_epochs = QSpinBox(self)
        self.more_epochs.setObjectName("moreEpochs")
        self.more_epochs.setRange(1, _MOST_EPOCHS)
        self.more_epochs.setAccessibleName("Epochs to go on for")
        self.more_epochs.setToolTip("How many more epochs “Go on” trains")
        theme.inset(self.more_epochs)
        self.more_epochs.setFixedWidth(116)
        self.more_epochs.valueChanged.connect(self._name_epochs)
        self._name_epochs(1)

    def _build_progress(self) -> None:
        self.progress_bar = QProgressBar(self)
        self.progress_bar.setObjectName("progressBar")
        self.progress_bar.setAccessibleName("Training progress")
        self.progress_bar.setTextVisible(False)
        self.progress_bar.setFixedHeight(6)
        self.progress_label = FittingLabel("progressLabel", parent=self)
        self.progress_label.take_room()
        self.pace_label = FittingLabel("paceLabel", "muted", self)
        self.pace_label.align_right()
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
        button.setIconSize(_ICON)
        button.setAutoDefault(False)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        """Make room for the longest words that a button will have, so that nothing moves during a run."""
        super().showEvent(event)
        for button, longest in ((self.train_button, "Train again"), (self.pause_button, "Resume")):
            shown = button.text()
            button.setText(longest)
            button.setMinimumWidth(button.sizeHint().width())
            button.setText(shown)

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
        _say(self.train_button, "Train again" if again else "Train")
        fresh = "Train from scratch, with new initial weights." if again else "Train the network on the canvas."
        self.train_button.setToolTip(self._blocked or fresh)
        if self.pause_button.text() != ("Resume" if paused else "Pause"):
            _say(self.pause_button, "Resume" if paused else "Pause")
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
        self.progress_bar.setRange(0, 0 if status.state is RunState.STARTING else max(status.total_steps, 1))
        if status.state is not RunState.STARTING:
            self.progress_bar.setValue(min(status.step, max(status.total_steps, 1)))
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
        self.more_epochs.setSuffix(" epoch" if number == 1 else " epochs")
        self.go_on_button.setToolTip(f"Train {number} more epoch{'' if number == 1 else 's'}, exactly from here.")


class FittingLabel(QWidget):
    """Shows as many of its parts as fit, the first ones before the last; the tool tip has them all.

    Its text may change many times a second: it is only painted again, while a QLabel would make the window lay out
    all its widgets anew.
    """

    def __init__(
        self, name: str, role: str = "text", parent: QWidget | None = None, *, between: str = _BETWEEN
    ) -> None:
        """Make an empty label.

        Args:
            name: the object name.
            role: the colour of the text, by the name of the theme's field.
            parent: the widget that it is part of.
            between: what stands between two parts.
        """
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._role = role
        self._between = between
        self._parts: list[str] = []
        self._room = 0
        self._alignment = Qt.AlignmentFlag.AlignLeft

    def take_room(self) -> None:
        """Let all parts fit, as long as the window is wide enough; otherwise it takes what others leave."""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def align_right(self) -> None:
        """Let the text end at the right border."""
        self._alignment = Qt.AlignmentFlag.AlignRight

    def set_parts(self, parts: list[str]) -> None:
        """Show other parts."""
        if parts != self._parts:
            self._parts = parts
            self.setAccessibleName(self._between.join(parts))
            self._ask_for_room()
            self.update()

    def text(self) -> str:
        """Return what is shown."""
        shown = list(self._parts)
        metrics = self.fontMetrics()
        while len(shown) > 1 and metrics.horizontalAdvance(self._between.join(shown)) > self.width():
            shown.pop()
        return self._between.join(shown)

    def _ask_for_room(self) -> None:
        """Have a new layout only when the width differs by more than a changing figure makes it."""
        if self.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored:
            return
        wanted = self.fontMetrics().horizontalAdvance(self._between.join(self._parts))
        if not self._room - 2 * _ROOM_STEP <= wanted <= self._room:
            self._room = wanted + _ROOM_STEP
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return room for one line."""
        return QSize(self._room, self.fontMetrics().height() + 2)

    def event(self, event: QEvent) -> bool:
        """Make the tool tip when it is asked for: all the parts, unless they can be seen."""
        if event.type() is QEvent.Type.ToolTip:
            everything = self._between.join(self._parts)
            fits = self.fontMetrics().horizontalAdvance(everything) <= self.width()
            self.setToolTip("" if fits else everything)
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the parts that fit."""
        painter = QPainter(self)
        painter.setPen(theme.current().colour(self._role))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self._alignment | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


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


def _say(button: QPushButton, text: str) -> None:
    button.setText(text)
    button.setAccessibleName(text)


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
