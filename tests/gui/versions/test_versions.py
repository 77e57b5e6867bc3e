"""The versions of a project under real mouse and keyboard: listed, explained, opened, compared, restored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from engine import versions
from engine.graph.document import dump
from engine.graph.edits import SetParam
from engine.graph.model import Graph
from engine.zoo.registry import ZOO
from gui.versions.dialog import VersionsDialog, open_versions_dialog
from gui.versions.model import size, when
from gui.versions.summaries import OLDEST
from gui.workspace import Workspace

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Asked:
    """What the dialog has asked the window for."""

    def __init__(self) -> None:
        self.compared: list[tuple[bytes, str]] = []
        self.started: list[tuple[bytes, str]] = []

    def compare(self, graph: Graph, title: str) -> None:
        self.compared.append((dump(graph), title))

    def start(self, make: Callable[[], Graph], name: str) -> bool:
        self.started.append((dump(make()), name))
        return True


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def workspace(qtbot: QtBot, dark: None) -> Iterator[Workspace]:
    shared = Workspace()
    shared.replace(ZOO["lenet5"].build())
    yield shared
    # Its commands know their workspace; a history that still has some cannot be collected as garbage.
    shared.undo_stack.clear()


@pytest.fixture
def saved(workspace: Workspace, tmp_path: Path) -> list[bytes]:
    """Three versions of the open project, the newest last; the bytes of each."""
    path = tmp_path / "net.netwright"
    conv = next(node.id for node in workspace.document.nodes.values() if node.layer == "conv2d")
    states = []
    for number, channels in enumerate((6, 16, 32)):
        workspace.push(SetParam(conv, "out_channels", channels))
        versions.save(workspace.document, path, START + timedelta(minutes=number))
        states.append(dump(workspace.document))
    workspace.set_path(path)
    workspace.undo_stack.clear()
    return states


@pytest.fixture
def open_dialog(workspace: Workspace, asked: Asked, host: Callable[..., QWidget]) -> Iterator[Callable[[], Any]]:
    window = host(QWidget())
    opened: list[VersionsDialog] = []

    def show() -> VersionsDialog:
        dialog = open_versions_dialog(workspace, asked.compare, asked.start, window)
        opened.append(dialog)
        return dialog

    yield show
    for dialog in opened:
        if isValid(dialog):
            dialog.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def click(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def cells(dialog: VersionsDialog, column: int) -> list[str]:
    return [str(dialog.model.index(row, column).data()) for row in range(dialog.model.rowCount())]


def test_each_save_is_a_row_with_what_changed(saved: list[bytes], open_dialog: Any, qtbot: QtBot) -> None:
    dialog = open_dialog()
    assert cells(dialog, 1) == [str(len(ZOO["lenet5"].build().nodes))] * 3
    assert cells(dialog, 2) == [size(len(state)) for state in reversed(saved)]
    qtbot.waitUntil(lambda: "…" not in cells(dialog, 3), timeout=5_000)
    assert cells(dialog, 3) == ["Out channels of conv1 16 → 32.", "Out channels of conv1 6 → 16.", OLDEST]
    assert dialog.details.text() == "Out channels of conv1 16 → 32."
    assert "once its file is gone, they stay for another 30 days" in dialog.hint.text()
    QTest.keyClick(dialog.table, Qt.Key.Key_Down)
    assert dialog.details.text() == "Out channels of conv1 6 → 16."


def test_a_version_is_opened_as_a_document_of_its_own(saved: list[bytes], open_dialog: Any, asked: Asked) -> None:
    dialog = open_dialog()
    QTest.keyClick(dialog.table, Qt.Key.Key_Down)
    click(dialog.open_button)
    ((content, name),) = asked.started
    assert content == saved[1]
    assert name.startswith("net 2026-03-01 ")
    assert ":" not in name
    assert not dialog.isVisible()


def test_a_version_is_compared_with(saved: list[bytes], open_dialog: Any, asked: Asked) -> None:
    dialog = open_dialog()
    QTest.keyClick(dialog.table, Qt.Key.Key_End)
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    ((content, title),) = asked.compared
    assert content == saved[0]
    assert title.startswith("the version of 2026-03-01 ")


def test_restoring_is_a_step_that_can_be_undone(
    saved: list[bytes], open_dialog: Any, workspace: Workspace, tmp_path: Path
) -> None:
    dialog = open_dialog()
    QTest.keyClick(dialog.table, Qt.Key.Key_End)
    click(dialog.restore_button)
    assert dump(workspace.document) == saved[0]
    assert workspace.undo_stack.undoText().startswith("Restore the version of 2026-03-01 ")
    assert (tmp_path / "net.netwright").read_bytes() == saved[2]
    assert not workspace.undo_stack.isClean()
    workspace.undo_stack.undo()
    assert dump(workspace.document) == saved[2]


def test_restoring_what_is_open_already_says_so(saved: list[bytes], open_dialog: Any, workspace: Workspace) -> None:
    dialog = open_dialog()
    click(dialog.restore_button)
    assert dialog.isVisible()
    assert "already" in dialog.complaint.text.text()
    assert workspace.undo_stack.count() == 0


def test_restoring_inside_a_block_leads_to_where_there_is_something_to_see(
    open_dialog: Any, workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "net.netwright"
    versions.save(workspace.document, path, START)
    before = dump(workspace.document)
    workspace.replace(ZOO["resnet18"].build(), path)
    workspace.open_block(next(iter(workspace.document.blocks)))
    assert workspace.scope.is_inside
    dialog = open_dialog()
    click(dialog.restore_button)
    assert dump(workspace.document) == before
    assert workspace.graph is workspace.document


def test_a_damaged_version_is_told(saved: list[bytes], open_dialog: Any, workspace: Workspace, qtbot: QtBot) -> None:
    assert workspace.path is not None
    versions.versions(workspace.path)[1].file.write_bytes(b"{}")
    dialog = open_dialog()
    qtbot.waitUntil(lambda: "…" not in cells(dialog, 3), timeout=5_000)
    assert "damaged" in cells(dialog, 3)[1]
    QTest.keyClick(dialog.table, Qt.Key.Key_Down)
    click(dialog.compare_button)
    assert dialog.isVisible()
    assert "damaged" in dialog.complaint.text.text()


@pytest.mark.parametrize("has_file", [False, True])
def test_without_versions_there_is_a_sentence(
    has_file: bool, open_dialog: Any, workspace: Workspace, tmp_path: Path
) -> None:
    if has_file:
        workspace.set_path(tmp_path / "fresh.netwright")
    dialog = open_dialog()
    assert ("“fresh.netwright”" in dialog.hint.text()) is has_file
    assert "no versions" in dialog.hint.text()
    assert not dialog.table.isVisible()
    assert not dialog.compare_button.isVisible()
    click(dialog.close_button)
    assert not dialog.isVisible()


def test_closing_early_ends_the_work(saved: list[bytes], open_dialog: Any) -> None:
    dialog = open_dialog()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_times_and_sizes_are_short(saved: list[bytes], workspace: Workspace) -> None:
    assert workspace.path is not None
    version = versions.versions(workspace.path)[0]
    time = version.time.astimezone()
    assert when(version, time).startswith("Today ")
    assert when(version, time + timedelta(days=1)).startswith("Yesterday ")
    assert when(version, time + timedelta(days=2)) == f"{time:%Y-%m-%d %H:%M}"
    assert [size(number) for number in (823, 12_440, 999_499, 1_250_000)] == ["823 B", "12.4 kB", "999 kB", "1.25 MB"]
