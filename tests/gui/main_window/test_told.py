"""What has been done is told in the status line, and to screen readers without interrupting them."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from gui.canvas import narration
from gui.main_window import MainWindow

Said = list[tuple[str, bool]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """The sentences that a screen reader is given, and whether each interrupts it."""
    heard: Said = []

    def hear(event: object) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            heard.append((event.message(), event.politeness() == QAccessible.AnnouncementPoliteness.Assertive))

    monkeypatch.setattr(narration.QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(narration.QAccessible, "updateAccessibility", hear)
    return heard


def test_a_copied_picture_is_told_and_is_no_refusal(shared_window: MainWindow, said: Said) -> None:
    shared_window.documents.open_template("lenet5")
    refused: list[str] = []
    shared_window.workspace.refused.connect(refused.append)
    said.clear()
    shared_window.actions_table["copy_picture"].trigger()
    sentence = "A picture of 14 layers is in the clipboard."
    assert shared_window.status_line.currentMessage() == sentence
    assert refused == []
    assert (sentence, False) in said


def test_of_a_refusal_the_canvas_alone_speaks(shared_window: MainWindow, said: Said) -> None:
    shared_window.documents.open_template("lenet5")
    said.clear()
    shared_window.workspace.refused.emit("That cannot be.")
    assert shared_window.status_line.currentMessage() == "That cannot be."
    # The narrator of the canvas sends what it says by a way of its own.
    assert said == []
