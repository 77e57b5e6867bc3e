"""The app is killed while somebody edits; the next window offers the work back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.zoo.registry import ZOO
from gui.main_window import MainWindow
from gui.recovery import Autosave, find_recovered
from gui.workspace import Workspace

ROOT = Path(__file__).parents[2]

_SESSION = """
import sys
from PySide6.QtCore import QTimer
from engine.graph import document
from engine.graph.edits import AddNode, Rename
from engine.layers.nodes import new_node
from gui import app
from gui.main_window import MainWindow

# What is waited for here is the copy, not torch, which takes seconds to load.
MainWindow.start_loading = lambda window: None
main_window = []
make = MainWindow.__init__
MainWindow.__init__ = lambda window: (make(window), main_window.append(window)) and None
project, report = sys.argv[1:3]

def edit():
    window = main_window[0]
    workspace = window.workspace
    if not project:
        window.documents.open_template("lenet5")
    workspace.push(AddNode(new_node(workspace.graph, "dropout", (500.0, 0.0))))
    workspace.push(Rename(workspace.graph.named("conv1").id, "eyes"))
    workspace.select([workspace.graph.named("eyes").id])
    with open(report, "wb") as file:
        file.write(document.dump(workspace.graph))
    watch.start(20)

def look():
    folder = main_window[0].recovery_folder
    copies = [copy.read_bytes() for copy in folder.glob("*.netwright") if copy.with_suffix(".json").exists()]
    if document.dump(main_window[0].workspace.graph) in copies:
        watch.stop()
        print("edited", flush=True)

watch = QTimer()
watch.timeout.connect(look)
application = app.make_application()
QTimer.singleShot(100, edit)
app.run_app([project] if project else [])
"""


@contextmanager
def session(home: Path, report: Path, project: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """The real app in a process of its own, in which somebody has made two changes and saved none; killed at the end.

    The changed graph is written to `report`.
    """
    child = subprocess.Popen(
        [sys.executable, "-c", _SESSION, str(project or ""), str(report)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "NETWRIGHT_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline().strip() == "edited"
            yield child
        finally:
            child.send_signal(signal.SIGKILL)


@pytest.fixture
def start(qtbot: QtBot, dark: None) -> Iterator[Callable[[], MainWindow]]:
    """Start the app, again and again; torch is not loaded."""
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        main = MainWindow()
        windows.append(main)
        main.start_loading = lambda: None  # type: ignore[method-assign]
        main.resize(1280, 800)
        main.show()
        return main

    yield make
    for main in windows:
        main.workspace.undo_stack.setClean()
        main.close()
        main.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def files(home: Path) -> set[str]:
    """The suffixes of what is kept for recovery."""
    return {file.suffix for file in (home / "recovery").iterdir()}


def banners(window: MainWindow) -> list[QWidget]:
    found = window.start_page.findChildren(QWidget, "recovery_banner")
    return [banner for banner in found if not banner.isHidden()]


def press(banner: QWidget, name: str) -> None:
    button = banner.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def copies(window: MainWindow) -> list[bytes]:
    return [copy.read_bytes() for copy in window.recovery_folder.glob("*.netwright")]


def test_killed_work_is_restored_exactly(
    own_home: Path, tmp_path: Path, start: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    project, report = tmp_path / "digits.netwright", tmp_path / "edited"
    document.write(ZOO["lenet5"].build(), project)
    content = project.read_bytes()
    with session(own_home, report, project):
        pass
    lost = report.read_bytes()

    window = start()
    (banner,) = banners(window)
    qtbot.waitUntil(banner.isVisible)
    told = " ".join(label.text() for label in banner.findChildren(QLabel))
    assert "“digits.netwright” was not saved" in told
    assert window.isVisible()
    # While the new window restores, there is a copy at every moment.
    window.documents.opened.connect(lambda: seen.append(lost in copies(window)))
    seen: list[bool] = []
    press(banner, "restore_button")
    assert seen == [True]
    assert document.dump(window.workspace.graph) == lost
    assert window.workspace.path == project
    assert window.isWindowModified()
    assert window.pages.currentWidget() is window.sheets
    assert copies(window) == [lost]
    assert banners(window) == []
    assert project.read_bytes() == content

    window.documents.save()
    assert project.read_bytes() == lost
    assert not window.isWindowModified()
    window.close()
    assert files(own_home) == set()


@pytest.mark.slow
def test_restored_work_that_is_killed_again_is_offered_again(
    own_home: Path, tmp_path: Path, start: Callable[[], MainWindow]
) -> None:
    report = tmp_path / "edited"
    with session(own_home, report):
        pass
    window = start()
    (banner,) = banners(window)
    press(banner, "restore_button")
    assert window.workspace.path is None
    assert window.isWindowModified()
    # What a kill would leave behind now: the copy and its note, and a lock that nobody holds.
    window.sheet.autosave._lock.unlock()
    (again,) = banners(start())
    told = " ".join(label.text() for label in again.findChildren(QLabel))
    assert "An unsaved network" in told


@pytest.mark.slow
def test_the_old_copy_stays_where_no_new_one_can_be_written(
    own_home: Path, tmp_path: Path, start: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "edited"
    with session(own_home, report):
        pass
    window = start()
    (banner,) = banners(window)
    with monkeypatch.context() as full:
        full.setattr(Path, "replace", refuse)
        press(banner, "restore_button")
    assert document.dump(window.workspace.graph) == report.read_bytes()
    assert copies(window) == [report.read_bytes()]
    (offer,) = find_recovered(window.recovery_folder)
    assert document.dump(offer.graph()) == report.read_bytes()


def test_a_damaged_copy_is_told_of_and_can_be_discarded(
    own_home: Path, start: Callable[[], MainWindow], tmp_path: Path
) -> None:
    leave_behind(own_home, tmp_path / "net.netwright")
    (copy,) = (own_home / "recovery").glob("*.netwright")
    copy.write_bytes(copy.read_bytes()[:200])
    window = start()
    said: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        QTest.mouseClick(box.button(QMessageBox.StandardButton.Ok), Qt.MouseButton.LeftButton)

    QTimer.singleShot(50, answer)
    press(banners(window)[0], "restore_button")
    assert said == ["The copy of “net.netwright” is damaged: it ends too early."]
    assert window.pages.currentWidget() is window.start_page
    press(banners(window)[0], "discard_button")
    assert files(own_home) == {".lock"}, "the running window's own"


def refuse(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.slow
def test_discarded_work_is_gone_for_good(own_home: Path, tmp_path: Path, start: Callable[[], MainWindow]) -> None:
    with session(own_home, tmp_path / "edited"):
        pass
    window = start()
    (banner,) = banners(window)
    press(banner, "discard_button")
    assert banners(window) == []
    assert copies(window) == []
    assert not window.workspace.graph.nodes
    window.close()
    assert files(own_home) == set()
    assert banners(start()) == []


@pytest.mark.slow
def test_the_work_of_a_running_window_is_its_own(
    own_home: Path, tmp_path: Path, start: Callable[[], MainWindow]
) -> None:
    with session(own_home, tmp_path / "edited"):
        first = start()
        assert banners(first) == []
        first.documents.open_template("spirals_mlp")
        assert banners(start()) == []
    assert len(banners(start())) == 1


def test_several_killed_sessions_are_offered_the_latest_first(
    own_home: Path, tmp_path: Path, start: Callable[[], MainWindow]
) -> None:
    for name in ("first", "second"):
        leave_behind(own_home, tmp_path / f"{name}.netwright")
    window = start()
    told = [" ".join(label.text() for label in banner.findChildren(QLabel)) for banner in banners(window)]
    assert ["second" in told[0], "first" in told[1]] == [True, True]
    press(banners(window)[1], "restore_button")
    assert window.workspace.path == tmp_path / "first.netwright"
    (left,) = banners(window)
    assert "second" in " ".join(label.text() for label in left.findChildren(QLabel))


def leave_behind(home: Path, path: Path) -> None:
    """What a killed session leaves: a copy and its note."""
    space = Workspace()
    space.replace(ZOO["spirals_mlp"].build(), path)
    space.undo_stack.resetClean()
    number = len(list((home / "recovery").glob("*.json"))) if (home / "recovery").exists() else 0
    autosave = Autosave(space, home / "recovery", space)
    autosave.write()
    note = next(file for file in (home / "recovery").glob("*.json") if path.name in file.read_text())
    saved_at = note.read_text().split('"saved_at":"')[1].split('"')[0]
    note.write_text(note.read_text().replace(saved_at, f"2026-01-0{number + 1}T12:00:00"))
    autosave._lock.unlock()
    shiboken6.delete(space)


def test_a_clean_exit_leaves_nothing(
    own_home: Path, start: Callable[[], MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The copy follows sooner than people need it.
    monkeypatch.setattr("gui.recovery.DELAY_MS", 30)
    window = start()
    window.documents.open_template("lenet5")
    node = window.workspace.graph.named("conv1")
    assert node is not None
    window.workspace.select([node.id])
    with qtbot.waitActive(window):
        window.activateWindow()
    window.view.setFocus()
    QTest.keyClick(window.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: copies(window) != [])
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: copies(window) == [])
    window.close()
    assert files(own_home) == set()
    assert banners(start()) == []
