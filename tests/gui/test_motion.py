"""Nothing moves when the user, or the desktop, asks for less motion."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractAnimation, Qt, Signal
from PySide6.QtWidgets import QApplication, QMainWindow, QProgressBar, QStyle

from engine.graph.edits import MoveNodes
from gui import app, desktop_motion, motion, recent, theme
from gui.canvas.camera import Look
from gui.motion import PanelMotion
from gui.thin_bar import ThinBar


@pytest.fixture(autouse=True)
def still(qapp, monkeypatch):
    """A desktop without wishes; everything as before at the end."""
    monkeypatch.setattr(desktop_motion, "reduces_motion", lambda: False)
    monkeypatch.setattr(desktop_motion, "ask_portal", lambda parent, answer: None)
    yield
    motion.motion_hub.set_chosen(None)
    motion.motion_hub.set_desktop(False)
    theme.apply(qapp, theme.DARK)


def test_animations_take_no_time_when_motion_is_reduced(qtbot):
    assert motion.duration(250) == 250
    with qtbot.waitSignal(motion.motion_hub.motionChanged):
        motion.choose(True)
    assert motion.is_reduced()
    assert motion.duration(250) == 0
    with qtbot.assertNotEmitted(motion.motion_hub.motionChanged):
        motion.choose(True)


def test_the_choice_is_remembered_and_wins_over_the_desktop(monkeypatch):
    monkeypatch.setattr(desktop_motion, "reduces_motion", lambda: True)
    motion.start()
    assert motion.is_reduced()
    motion.choose(False)
    assert not motion.is_reduced()
    motion.motion_hub.set_chosen(None)
    motion.start()
    assert not motion.is_reduced()
    motion.choose(None)
    assert motion.is_reduced()
    assert recent.settings().value("reduce_motion") is None
    motion.choose(True)
    monkeypatch.setattr(desktop_motion, "reduces_motion", lambda: False)
    motion.start()
    assert motion.is_reduced()


def test_a_portal_that_answers_late_is_heard(monkeypatch, qtbot):
    answers = []
    monkeypatch.setattr(desktop_motion, "ask_portal", lambda parent, answer: answers.append(answer))
    motion.start()
    assert not motion.is_reduced()
    with qtbot.waitSignal(motion.motion_hub.motionChanged):
        answers[0](True)
    assert motion.is_reduced()


@pytest.mark.fresh_window
def test_the_window_follows_at_once(window, qtbot):
    """Docks, Qt's own animations, flights, layouts and bars that run to and fro: nothing moves by itself."""
    window.documents.open_template("lenet5")
    bar = ThinBar("bar", "Bar", window)
    bar.show_busy()
    assert window.isAnimated()
    assert bar.maximum() == 0
    with qtbot.waitSignal(motion.motion_hub.motionChanged):
        window.actions_table["reduce_motion"].trigger()
    assert window.actions_table["reduce_motion"].isChecked()
    assert not window.isAnimated()
    assert not QApplication.isEffectEnabled(Qt.UIEffect.UI_General)
    assert bar.maximum() > 0
    view, sheet = window.view, window.sheet
    before = view.camera.look()
    view.flight.to(Look(0.5, (300.0, 300.0)))
    assert not view.flight.is_under_way
    assert view.camera.look() != before
    window.workspace.push(MoveNodes({node: (700.0, 90.0 * at) for at, node in enumerate(window.workspace.graph.nodes)}))
    sheet.arranging.arrange()
    moving = []
    qtbot.waitUntil(lambda: moving.append(running(window)) or not sheet.arranging.is_busy, timeout=20_000)
    assert not any(moving)
    window.actions_table["reduce_motion"].trigger()
    assert window.isAnimated()
    assert bar.maximum() == 0
    view.flight.to(Look(1.0, (0.0, 0.0)))
    assert view.flight.is_under_way
    assert running(window)
    view.flight.stop()


def running(window):
    """The animations that run just now."""
    found = window.findChildren(QAbstractAnimation)
    return [animation for animation in found if animation.state() is QAbstractAnimation.State.Running]


@pytest.mark.fresh_window
def test_the_window_follows_a_desktop_that_wants_less_motion(window, monkeypatch, qtbot):
    with qtbot.waitSignal(motion.motion_hub.motionChanged):
        motion.motion_hub.set_desktop(True)
    assert not window.isAnimated()
    assert window.actions_table["reduce_motion"].isChecked()
    motion.motion_hub.set_desktop(False)
    assert window.isAnimated()
    assert not window.actions_table["reduce_motion"].isChecked()


def test_the_app_tells_qts_own_widgets_at_once(qapp, qtbot, monkeypatch):
    """Without another theme, and without a window that would have to know of it."""
    monkeypatch.setattr(QApplication, "exec", lambda *_: 0)
    bar, shown = QProgressBar(), []
    qtbot.addWidget(bar)

    class Window(QMainWindow):
        def __init__(self) -> None:
            super().__init__()
            self.loader = self.documents = self
            shown.append(self)
            qtbot.addWidget(self)

        loaded = Signal(object)
        closed = Signal()

    monkeypatch.setattr(app, "MainWindow", Window)
    monkeypatch.setattr(app.sys, "excepthook", app.sys.excepthook)
    monkeypatch.setattr(app, "start_log", lambda: None)
    assert app.run_app([]) == 0
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    assert bar.style().styleHint(hint, None, bar) > 0
    motion.choose(True)
    assert bar.style().styleHint(hint, None, bar) == 0
    motion.choose(False)
    assert bar.style().styleHint(hint, None, bar) > 0


def test_panels_and_qts_own_widgets_follow(qapp, qtbot):
    window, bar = QMainWindow(), QProgressBar()
    for widget in (window, bar):
        qtbot.addWidget(widget)
    PanelMotion(window)
    theme.apply(qapp, theme.DARK)
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    assert window.isAnimated()
    assert bar.style().styleHint(hint, None, bar) > 0
    motion.choose(True)
    theme.apply(qapp, theme.DARK)
    assert not window.isAnimated()
    assert bar.style().styleHint(hint, None, bar) == 0


@pytest.mark.parametrize(
    ("file", "text", "reduced"),
    [
        ("gtk-3.0/settings.ini", "[Settings]\ngtk-enable-animations=false\n", True),
        ("gtk-4.0/settings.ini", "[Settings]\ngtk-enable-animations=0\n", True),
        ("gtk-3.0/settings.ini", "[Settings]\ngtk-enable-animations=true\n", False),
        ("gtk-3.0/settings.ini", "[Settings]\ngtk-theme-name=100%\n", False),
        ("kdeglobals", "[KDE]\nAnimationDurationFactor=0\n", True),
        ("kdeglobals", "[General]\nx=1\n[KDE]\nAnimationDurationFactor=1.5\n", False),
        ("kdeglobals", "no section\n[[[", False),
        ("gtk-3.0/settings.ini", "\0\0", False),
    ],
)
def test_what_linux_desktops_write_is_understood(tmp_path: Path, file: str, text: str, reduced: bool):
    assert not desktop_motion.linux_reduces(tmp_path)
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert desktop_motion.linux_reduces(tmp_path) is reduced


def test_a_file_that_is_no_text_does_no_harm(tmp_path: Path):
    (tmp_path / "kdeglobals").write_bytes(b"\xff\xfe[KDE]")
    assert not desktop_motion.linux_reduces(tmp_path)


def test_the_desktop_of_this_machine_can_be_asked(monkeypatch):
    """Whatever it answers, asking does no harm."""
    monkeypatch.undo()
    answers = [desktop_motion.reduces_motion()]
    desktop_motion.ask_portal(motion.motion_hub, answers.append)
    QApplication.processEvents()
    assert all(isinstance(answer, bool) for answer in answers)
