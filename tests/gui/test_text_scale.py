"""Rows of lists, code and dialogs grow with the text at once, and nothing leaves the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListView,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QTableView,
    QTreeView,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.training.recipe import RECIPE_PARAMS
from engine.training.runner import TrainingRunner
from engine.zoo.registry import ZOO
from gui import fonts, theme
from gui.analysis.panel import AnalysisPanel
from gui.code.view import CodeView
from gui.commands.entries import Entry
from gui.commands.palette_list import EntryList
from gui.commands.shortcut_list import ShortcutList
from gui.commands.shortcuts import Shortcuts
from gui.commands.table import SECTIONS
from gui.compare.bar import CompareBar
from gui.export_dialog import ExportDialog
from gui.history.panel import HistoryPanel
from gui.inspector.form import ParamForm
from gui.outline.panel import OutlinePanel
from gui.palette import Palette
from gui.param_table.dialog import ParamTableDialog
from gui.parts import about_choice, most_of_screen
from gui.training.bridge import TrainingBridge
from gui.training.controls import TrainingControls
from gui.training.layer_list import LayerList
from gui.training.trained import Trained
from gui.workspace import Workspace


@pytest.fixture(autouse=True)
def app(qapp: QApplication, dark: None) -> Iterator[QApplication]:
    """Usual texts before and after."""
    theme.set_text_scale(qapp, 1.0)
    yield qapp
    theme.set_text_scale(qapp, 1.0)


@pytest.fixture
def workspace(qtbot: QtBot) -> Iterator[Workspace]:
    shared = Workspace()
    shared.replace(ZOO["lenet5"].build())
    yield shared
    shared.undo_stack.clear()


def palette_entries() -> EntryList:
    made = EntryList()
    made.show_entries([Entry("Save", "File", "Writes the project.", lambda: None, icon="content-save", keys="Ctrl+S")])
    return made


def layers() -> LayerList:
    made = LayerList()
    made.layers.set_names(["conv1", "conv2"])
    return made


LISTS: dict[str, Callable[[Workspace], QWidget]] = {
    "outline": OutlinePanel,
    "history": HistoryPanel,
    "palette": Palette,
    "analysis": AnalysisPanel,
    "commands": lambda _: palette_entries(),
    "shortcuts": lambda _: ShortcutList(Shortcuts(SECTIONS)),
    "layers of a run": lambda _: layers(),
    "parameters": lambda workspace: ParamTableDialog(workspace).table,
}


def row_height(view: QAbstractItemView) -> int:
    """How high the second row is, the first that is no heading."""
    QApplication.processEvents()
    model = view.model()
    if isinstance(view, QTableView):
        return view.rowHeight(0)
    return view.visualRect(model.index(min(1, model.rowCount() - 1), 0)).height()


@pytest.mark.parametrize("kind", LISTS)
def test_rows_grow_at_once_and_shrink_again(
    kind: str, app: QApplication, workspace: Workspace, host: Callable[..., QWidget]
) -> None:
    if kind == "parameters":
        shown: QWidget = ParamTableDialog(workspace)
        shown.open_for_selection()
    else:
        shown = LISTS[kind](workspace)
    host(shown, 600, 700)
    views = shown.findChildren(QTableView) + shown.findChildren(QTreeView) + shown.findChildren(QListView)
    view = shown if isinstance(shown, QAbstractItemView) else views[0]
    before = row_height(view)
    assert before >= QFontMetrics(view.font()).height()
    for scale in (1.5, 2.0):
        theme.set_text_scale(app, scale)
        assert row_height(view) == pytest.approx(scale * before, abs=2)
        assert row_height(view) >= QFontMetrics(view.font()).height()
    theme.set_text_scale(app, 1.0)
    assert row_height(view) == before


def test_code_grows_with_its_line_numbers(app: QApplication, host: Callable[..., QWidget]) -> None:
    view = CodeView()
    view.show_code("\n".join(f"line {number}" for number in range(120)))
    host(view, 500, 400)
    height, margin = view.fontMetrics().height(), view.viewport().x()
    theme.set_text_scale(app, 2.0)
    QApplication.processEvents()
    assert view.fontMetrics().height() == pytest.approx(2 * height, abs=2)
    assert view.viewport().x() > 1.3 * margin
    numbers = next(child for child in view.children() if type(child).__name__ == "LineNumbers")
    assert numbers.fontMetrics().height() == view.fontMetrics().height()
    assert numbers.width() == view.viewport().x() - view.contentsRect().x()
    places = [place.height() for _, place in view.visible_blocks()]
    assert min(places) >= view.fontMetrics().height()


def test_the_names_of_a_form_are_whole_at_every_scale(app: QApplication, host: Callable[..., QWidget]) -> None:
    form = ParamForm(RECIPE_PARAMS, {})
    host(form, 600, 900)
    for scale in fonts.SCALES:
        theme.set_text_scale(app, scale)
        QApplication.processEvents()
        for row in form._rows.values():
            assert row.title.width() >= row.title.sizeHint().width(), (scale, row.title.text())


def test_the_bar_of_a_comparison_is_high_enough(app: QApplication, host: Callable[..., QWidget]) -> None:
    bar = CompareBar()
    host(bar, 700, 300)
    bar.show()
    bar.speak("Compared with another", can_step=True)
    for scale in fonts.SCALES:
        theme.set_text_scale(app, scale)
        assert bar.height() >= bar.label.sizeHint().height()
        assert bar.height() >= bar.close_button.sizeHint().height()


def test_buttons_of_a_run_leave_out_their_words_where_there_is_no_room(
    app: QApplication, host: Callable[..., QWidget]
) -> None:
    controls = TrainingControls()
    window = host(controls, 900, 200)
    buttons = controls.findChildren(QPushButton)
    words = [button.text() for button in buttons]
    assert words == ["Train", "Pause", "Stop", "Go on"]
    theme.set_text_scale(app, 2.0)
    QApplication.processEvents()
    assert [button.text() for button in buttons] == ["", "", "", ""]
    assert [button.accessibleName() for button in buttons] == words
    assert not any(button.icon().isNull() for button in buttons)
    parts = [*buttons, controls.more_epochs, controls.progress_label]
    window.resize(controls.minimumSizeHint().width(), 200)
    QApplication.processEvents()
    for left, right in pairwise(parts):
        assert left.geometry().right() < right.geometry().left()
    window.resize(1400, 200)
    QApplication.processEvents()
    assert [button.text() for button in buttons] == words
    theme.set_text_scale(app, 1.0)
    assert [button.text() for button in buttons] == words


@pytest.fixture
def export(workspace: Workspace, qtbot: QtBot) -> Iterator[ExportDialog]:
    runner = TrainingRunner()
    dialog = ExportDialog(workspace, Trained(runner, TrainingBridge(runner, workspace), workspace))
    qtbot.addWidget(dialog)
    dialog.raise_ = lambda: None  # type: ignore[method-assign]
    yield dialog
    dialog.close_worker()


@pytest.mark.parametrize("scale", [1.5, 2.0])
def test_the_export_dialog_scrolls_when_the_screen_is_too_low(
    scale: float, app: QApplication, export: ExportDialog
) -> None:
    export.ask()
    theme.set_text_scale(app, scale)
    QApplication.processEvents()
    assert export._page.verticalScrollBar().maximum() > 0
    room = most_of_screen(export)
    assert export.width() <= room.width()
    assert export.height() <= room.height()
    for part in (export.start, export.cancel, export.target.field, export.target.browse):
        assert part.visibleRegion().boundingRect() == part.rect()
        assert part.width() >= part.minimumSizeHint().width()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_what_is_said_about_a_choice_begins_below_its_words(
    app: QApplication, host: Callable[..., QWidget], scale: float
) -> None:
    button, about = QRadioButton("Words"), about_choice("What they mean")
    both = QWidget()
    column = QVBoxLayout(both)
    column.addWidget(button)
    column.addWidget(about)
    host(both, 320, 120)
    theme.set_text_scale(app, scale)
    QApplication.processEvents()
    option = QStyleOptionButton()
    button.initStyleOption(option)
    words = button.style().subElementRect(QStyle.SubElement.SE_RadioButtonContents, option, button)
    assert about.contentsRect().left() == words.left()


def test_the_export_dialog_does_not_scroll_with_usual_texts(export: ExportDialog) -> None:
    export.ask()
    QApplication.processEvents()
    assert export._page.verticalScrollBar().maximum() == 0
