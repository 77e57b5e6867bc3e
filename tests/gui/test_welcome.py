"""The welcome page: templates, recent projects, recovered work, by mouse and keyboard, at several sizes."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QColor, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from engine.zoo.registry import TEMPLATES
from gui import fonts
from gui.welcome import TemplateCard, WelcomePage, column_count
from gui.welcome_cards import RecentRow, TemplateView, friendly_time

RED = QColor(255, 0, 0)


def cards() -> list[TemplateCard]:
    picture = QPixmap(264, 148)
    picture.fill(RED)
    return [
        TemplateCard(entry.id, entry.label, entry.doc, "MNIST digits · 61,706 parameters", picture)
        for entry in TEMPLATES.values()
    ]


@pytest.fixture
def page(host: Callable[..., QWidget]) -> WelcomePage:
    """The page with all templates, in a window of its own and in the app's own font."""
    fonts.load()
    shown = WelcomePage()
    shown.set_templates(cards())
    host(shown, 1280, 704)
    return shown


@pytest.fixture
def heard(page: WelcomePage) -> list[tuple[object, ...]]:
    """What the page announced."""
    said: list[tuple[object, ...]] = []
    page.templateChosen.connect(lambda template: said.append(("open", template)))
    page.templateTrainRequested.connect(lambda template: said.append(("train", template)))
    page.newRequested.connect(lambda: said.append(("new",)))
    page.galleryRequested.connect(lambda: said.append(("gallery",)))
    page.openRequested.connect(lambda: said.append(("ask",)))
    page.recentChosen.connect(lambda path: said.append(("recent", path)))
    page.restoreRequested.connect(lambda token: said.append(("restore", token)))
    page.discardRequested.connect(lambda token: said.append(("discard", token)))
    return said


def card(page: WelcomePage, template: str) -> TemplateView:
    return page.findChild(TemplateView, f"template_{template}")


@pytest.mark.parametrize("template", list(TEMPLATES))
def test_a_click_on_a_card_opens_the_template(
    template: str, page: WelcomePage, heard: list[tuple[object, ...]]
) -> None:
    QTest.mouseClick(card(page, template), Qt.MouseButton.LeftButton)
    assert heard == [("open", template)]


@pytest.mark.parametrize("template", list(TEMPLATES))
def test_the_button_on_a_card_trains_it(template: str, page: WelcomePage, heard: list[tuple[object, ...]]) -> None:
    QTest.mouseClick(page.findChild(QPushButton, f"train_{template}"), Qt.MouseButton.LeftButton)
    assert heard == [("train", template)]


def test_the_keyboard_starts_on_the_first_template(page: WelcomePage, heard: list[tuple[object, ...]]) -> None:
    first, second = list(TEMPLATES)[:2]
    assert card(page, first).hasFocus()
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Return)
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Space)
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Space)
    assert heard == [("open", first), ("train", first), ("open", second)]


def test_enter_on_the_button_of_a_card_trains_and_opens_nothing(
    page: WelcomePage, heard: list[tuple[object, ...]]
) -> None:
    button = page.findChild(QPushButton, "train_lenet5")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert heard == [("train", "lenet5")]


def test_to_screen_readers_cards_and_files_are_buttons(
    page: WelcomePage, heard: list[tuple[object, ...]], tmp_path: Path, qtbot: QtBot
) -> None:
    there, gone = tmp_path / "there.netwright", tmp_path / "gone.netwright"
    there.write_text("{}", encoding="utf-8")
    page.set_recent([there, gone])
    first, second = page.findChildren(RecentRow)
    for area in (second, card(page, "lenet5"), first):
        spoken = QAccessible.queryAccessibleInterface(area)
        assert spoken.role() is QAccessible.Role.Button
        assert spoken.text(QAccessible.Text.Name) == area.accessibleName()
        spoken.actionInterface().doAction(QAccessibleActionInterface.pressAction())
    # Qt shows a button as pressed for a moment first.
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [("open", "lenet5"), ("recent", there)]


def test_only_the_card_in_use_has_the_accent(page: WelcomePage, qtbot: QtBot) -> None:
    first, second = (page.findChild(QPushButton, f"train_{template}") for template in list(TEMPLATES)[:2])
    # Wherever the pointer was left, it must not be on a card.
    QTest.mouseMove(page.window().windowHandle(), QPoint(2, 2))
    qtbot.waitUntil(lambda: not any(view.underMouse() for view in page.findChildren(TemplateView)))
    assert (first.property("variant"), second.property("variant") or "") == ("primary", "")
    second.setFocus()
    assert (first.property("variant"), second.property("variant")) == ("", "primary")


def test_a_press_that_is_let_go_elsewhere_opens_nothing(page: WelcomePage, heard: list[tuple[object, ...]]) -> None:
    view = card(page, "lenet5")
    QTest.mousePress(view, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=view.rect().bottomRight() * 2)
    QTest.mouseClick(view, Qt.MouseButton.RightButton)
    assert heard == []


def test_new_open_and_the_gallery(page: WelcomePage, heard: list[tuple[object, ...]]) -> None:
    for name in ("new_button", "open_button", "gallery_button"):
        QTest.mouseClick(page.findChild(QPushButton, name), Qt.MouseButton.LeftButton)
    assert heard == [("new",), ("ask",), ("gallery",)]


def test_recent_projects_open_and_lost_ones_say_why_not(
    page: WelcomePage, heard: list[tuple[object, ...]], tmp_path: Path
) -> None:
    there, gone = tmp_path / "there.netwright", tmp_path / "gone.netwright"
    there.write_text("{}", encoding="utf-8")
    page.set_recent([there, gone])
    first, second = page.findChildren(RecentRow)
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    assert heard == [("recent", there)]
    assert "The file is not there any more." in {label.text() for label in second.findChildren(QLabel)}
    assert str(there) in first.toolTip()
    assert any(text.startswith("today") for text in (label.text() for label in first.findChildren(QLabel)))
    QTest.keyClick(first, Qt.Key.Key_Return)
    assert heard[-1] == ("recent", there)
    page.set_recent([])
    assert not page.findChildren(RecentRow)


def test_times_are_told_as_people_do() -> None:
    now = datetime(2026, 3, 1, 8, 5)
    assert friendly_time(datetime(2026, 3, 1, 7, 30), now) == "today, 7:30"
    assert friendly_time(datetime(2026, 2, 28, 23, 59), now) == "yesterday, 23:59"
    assert friendly_time(datetime(2026, 1, 9), now) == "9 January"
    assert friendly_time(datetime(2025, 12, 31), now) == "31 December 2025"


def test_recovered_work_is_offered(page: WelcomePage, heard: list[tuple[object, ...]]) -> None:
    page.set_recovery([("lenet", "today at 9:30", "a"), ("other", "yesterday", "b")])
    banners = page.findChildren(QWidget, "recovery_banner")
    assert len(banners) == 2
    assert "“lenet”" in banners[0].text.text()
    assert "today at 9:30" in banners[0].text.text()
    QTest.mouseClick(banners[0].findChild(QPushButton, "restore_button"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(banners[1].findChild(QPushButton, "discard_button"), Qt.MouseButton.LeftButton)
    assert heard == [("restore", "a"), ("discard", "b")]
    page.set_recovery([])
    assert not page.findChildren(QWidget, "recovery_banner")


@pytest.mark.parametrize(("width", "height"), [(1280, 704), (1440, 804), (860, 700), (620, 700)])
def test_cards_flow_into_the_width_and_nothing_is_cut(width: int, height: int, page: WelcomePage, qtbot: QtBot) -> None:
    page.window().resize(width, height)
    views = page.findChildren(TemplateView)
    content = page.findChild(QScrollArea, "welcome_scroll")

    def nothing_is_cut() -> None:
        for view in views:
            right = view.mapTo(content.viewport(), view.rect().bottomRight()).x()
            assert 200 < right < content.viewport().width()
            for label in view.findChildren(QLabel):
                assert label.height() >= label.heightForWidth(label.width()), label.text()
        assert content.horizontalScrollBar().maximum() == 0
        if width >= 1280:
            assert content.verticalScrollBar().maximum() == 0, "all templates are seen at once"

    qtbot.waitUntil(nothing_is_cut)


def test_the_picture_is_shown(page: WelcomePage) -> None:
    image = card(page, "lenet5").grab().toImage()
    assert image.pixelColor(image.width() // 2, 60) == RED


def test_columns_leave_no_lonely_card() -> None:
    assert [column_count(cards, 3) for cards in (0, 1, 2, 3, 4, 5, 6, 7)] == [1, 1, 2, 3, 2, 3, 3, 3]
    assert column_count(4, 1) == 1
    assert column_count(5, 4) == 3


def test_a_file_that_cannot_be_read_says_so(page: WelcomePage, tmp_path: Path) -> None:
    inside = tmp_path / "file"
    inside.write_text("x", encoding="utf-8")
    page.set_recent([inside / "impossible.netwright"])
    assert os.sep in page.findChildren(RecentRow)[0].toolTip()
    assert "cannot be read" in page.findChildren(RecentRow)[0].file.reason


def test_the_keyboard_stays_where_it_is_when_cards_are_replaced(page: WelcomePage) -> None:
    second, third = list(TEMPLATES)[1:3]
    card(page, second).setFocus()
    page.set_templates(cards())
    assert card(page, second).hasFocus()
    page.findChild(QPushButton, f"train_{third}").setFocus()
    page.set_templates(cards())
    assert card(page, third).hasFocus()


def test_there_is_a_way_back_to_the_open_project(page: WelcomePage) -> None:
    back = page.findChild(QPushButton, "back_button")
    asked: list[None] = []
    page.backRequested.connect(lambda: asked.append(None))
    assert not back.isVisible()
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Escape)
    assert asked == []
    page.set_open_project("lenet.netwright")
    assert back.isVisible()
    assert "lenet.netwright" in back.text()
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    QTest.keyClick(page.window().focusWidget(), Qt.Key.Key_Escape)
    assert len(asked) == 2
