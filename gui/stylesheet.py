"""The style sheet that gives Qt's own widgets the look of the theme.

Widgets ask for a variant with a dynamic property instead of a style of their own:

    button.setProperty("variant", "primary")    the one button that matters in a panel
    button.setProperty("variant", "danger")     a button that throws something away
    label.setProperty("role", "title")          a heading; also "section", "caption", "error", "warning", "figure"
    frame.setProperty("surface", "card")        a raised area with a border; also "panel", "window", "canvas"

Lengths in “sp” are pixels that grow with the text; `26sp-2` is two pixels less. What has the focus of the keyboard
gets a ring of two pixels; what is inside shrinks by as much as the border grows, so that nothing moves.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.theme import Theme

ICON_FOLDER = Path(__file__).resolve().parent.parent / "assets" / "icons"
"""Small drawings that Qt puts into check boxes, arrows and the like, one folder for each theme."""


class _Sheet(Template):
    delimiter = "@"


_SCALED = re.compile(r"\b(\d+)sp(-\d+)?\b")


def style_sheet(theme: Theme, scale: float = 1.0, *, is_still: bool = False) -> str:
    """Return the style sheet in the colours of `theme`.

    Args:
        theme: what it looks like.
        scale: how many times larger than usual texts are.
        is_still: whether nothing may move by itself, as Qt lets some widgets do.
    """
    motion = "widget-animation-duration: 0; " if is_still else ""
    colours = {name: getattr(theme, name) for name in theme.__slots__}
    icons = (ICON_FOLDER / theme.name).as_posix()
    parts = (_SURFACES, _FIELDS, _VIEWS, _FLOATING)
    sheet = "".join(_Sheet(part).substitute(colours, icons=icons, motion=motion) for part in parts)
    return _SCALED.sub(lambda found: f"{round(int(found[1]) * scale) + int(found[2] or 0)}px", sheet)


_SURFACES = """
QWidget { outline: none; @motion}
QMainWindow, QMainWindow > QWidget#qt_dockwidget_extension { background: @window; }
QMainWindow::separator { background: @window; width: 5px; height: 5px; }
QMainWindow::separator:hover { background: @accent; }
QDialog, QMessageBox { background: @panel; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QMessageBox { messagebox-question-icon: url("@icons/question.svg");
    messagebox-warning-icon: url("@icons/warning.svg"); }

QDockWidget { color: @muted; font-weight: 600; titlebar-close-icon: url("@icons/close.svg");
    titlebar-normal-icon: url("@icons/float.svg"); }
QDockWidget::title { background: @panel; padding: 8px 12px 6px 12px; text-align: left; border: none; }
QDockWidget > QWidget { background: @panel; }
QDockWidget::close-button, QDockWidget::float-button {
    background: transparent; border: none; border-radius: 4px; padding: 0; subcontrol-position: right center;
    subcontrol-origin: margin; position: absolute; width: 20sp; height: 20sp; top: 0; bottom: 0; icon-size: 16sp; }
QDockWidget::close-button { right: 8px; }
QDockWidget::float-button { right: 32sp; }
QDockWidget::close-button:hover, QDockWidget::float-button:hover { background: @hover; }
QDockWidget::close-button:pressed, QDockWidget::float-button:pressed { background: @pressed; }

QFrame[surface="card"] { background: @raised; border: 1px solid @border; border-radius: 8px; }
QFrame[surface="panel"], QWidget[surface="panel"] { background: @panel; }
QFrame[surface="window"], QWidget[surface="window"] { background: @window; }
QFrame[surface="canvas"], QWidget[surface="canvas"] { background: @canvas; }
QFrame[frameShape="4"], QFrame[frameShape="5"] { color: @border; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QGraphicsView { border: none; }

QLabel { background: transparent; color: @text; }
QLabel:disabled { color: @disabled; }
QLabel[role="title"] { font-size: 16sp; font-weight: 600; }
QLabel[role="display"] { font-size: 26sp; font-weight: 600; }
QLabel[role="figure"] { font-size: 20sp; font-weight: 600; }
QLabel[role="section"] { font-size: 11sp; font-weight: 600; color: @muted; }
QLabel[role="caption"] { font-size: 12sp; color: @muted; }
QLabel[role="error"] { color: @error; }
QLabel[role="warning"] { color: @warning; }
QLabel[role="success"] { color: @success; }

QGroupBox { background: transparent; border: none; border-top: 1px solid @border; margin-top: 20px; padding-top: 12px; }
QGroupBox::title { subcontrol-origin: margin; subcontrol-position: top left; padding: 0 0 4px 0; color: @muted; }
QGroupBox { font-weight: 600; }
QGroupBox > QWidget { font-weight: 400; }

QSplitter::handle { background: transparent; }
QSplitter::handle:horizontal { width: 9px; border-left: 1px solid @border; margin-left: 4px; }
QSplitter::handle:vertical { height: 9px; border-top: 1px solid @border; margin-top: 4px; }
QSplitter::handle:hover { border-color: @accent_text; }

QTabWidget::pane { border: none; border-top: 1px solid @border; background: @panel; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: @muted; padding: 8px 12px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }
QTabBar::tab:focus { color: @accent_text; border: 2px solid @accent_text; border-radius: 6px;
    padding: 6px 10px 8px 10px; }
QTabBar::tab:disabled { color: @disabled; }
QTabBar::close-button { image: url("@icons/close.svg"); border-radius: 4px; width: 14sp; height: 14sp; }
QTabBar[isAside="true"]::tab:selected { border-bottom-color: @muted; }
QTabBar::close-button:hover { background: @hover; }

QStatusBar { background: @window; color: @muted; border-top: 1px solid @border; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @muted; padding: 0 8px; }
QSizeGrip { image: none; width: 0; height: 0; }

QToolBar { background: @panel; border: none; border-bottom: 1px solid @border; spacing: 4px; padding: 4px 8px;
    qproperty-iconSize: 18sp 18sp; }
QToolBar::separator { background: @border; width: 1px; margin: 6px 4px; }
QToolBar::handle { image: none; width: 0; }
"""

_FIELDS = """
QPushButton { background: @raised; color: @text; border: 1px solid @border; border-radius: 6px;
    padding: 5px 12px; min-height: 16sp; font-weight: 500; icon-size: 16sp; }
QPushButton:hover { background: @hover; border-color: @strong_border; }
QPushButton:pressed, QPushButton:checked { background: @pressed; }
QPushButton:focus { border: 2px solid @accent_text; padding: 4px 11px; }
QPushButton:disabled { color: @disabled; background: transparent; border-color: @border; }
QPushButton[variant="primary"], QPushButton:default { background: @accent; border-color: @accent; color: @on_accent;
    font-weight: 600; }
QPushButton[variant="primary"]:hover, QPushButton:default:hover { background: @accent_hover;
    border-color: @accent_hover; }
QPushButton[variant="primary"]:pressed, QPushButton:default:pressed { background: @accent_pressed;
    border-color: @accent_pressed; }
QPushButton[variant="primary"]:focus, QPushButton:default:focus { border: 2px solid @accent_focus; padding: 4px 11px; }
QPushButton[variant="primary"]:disabled, QPushButton:default:disabled { background: @raised; border-color: @border;
    color: @disabled; }
QPushButton[variant="danger"] { color: @error; }
QPushButton[variant="danger"]:disabled { color: @disabled; }
QPushButton[variant="flat"] { background: transparent; border-color: transparent; }
QPushButton[variant="flat"]:hover { background: @hover; }
QPushButton[variant="flat"]:focus { border: 2px solid @accent_text; padding: 4px 11px; }
QPushButton::menu-indicator { image: url("@icons/chevron-down.svg"); width: 12sp; height: 12sp;
    subcontrol-position: right center; right: 6px; }

QToolButton { background: transparent; color: @text; border: 1px solid transparent; border-radius: 6px; padding: 4px;
    icon-size: 16sp; }
QLineEdit QToolButton { icon-size: 16px; }
QToolButton:hover { background: @hover; }
QToolButton:pressed { background: @pressed; }
QToolButton:checked { background: @selection; color: @on_selection; }
QToolButton:focus { border: 2px solid @accent_text; padding: 3px; }
QToolButton:disabled { color: @disabled; }
QToolButton[variant="compact"] { padding: 0 4px; border-radius: 4px; font-size: 11sp;
    icon-size: 14sp; }
QToolButton[variant="compact"]:focus { padding: 0 3px; }
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="1"] { padding-right: 16sp; }
QToolButton[popupMode="1"]:focus { padding-right: 16sp-1; }
QToolButton::menu-button { border: none; width: 14sp; }
QToolButton::menu-arrow { image: url("@icons/chevron-down.svg"); width: 10sp; height: 10sp; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox { background: @raised; color: @text;
    border: 1px solid @strong_border; border-radius: 6px; selection-background-color: @selection;
    selection-color: @on_selection; }
QLineEdit, QAbstractSpinBox, QComboBox { padding: 0 8px; min-height: 26sp; }
QPlainTextEdit, QTextEdit { padding: 6px; }
QTextBrowser { background: transparent; border: none; padding: 0; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover, QPlainTextEdit:hover { border-color: @muted; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QComboBox:on, QPlainTextEdit:focus, QTextEdit:focus {
    border: 2px solid @accent_text; }
QLineEdit:focus, QComboBox:focus, QComboBox:on { padding: 0 7px; min-height: 26sp-2; }
QAbstractSpinBox:focus { padding: 0 3px 0 0; min-height: 26sp-2; }
QPlainTextEdit:focus, QTextEdit:focus { padding: 5px; }
QTextBrowser:focus { border: 2px solid @accent_text; border-radius: 6px; padding: 0; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled, QPlainTextEdit:disabled {
    color: @disabled; background: transparent; border-color: @border; }
QLineEdit[state="error"], QAbstractSpinBox[state="error"], QComboBox[state="error"] { border-color: @error; }
QComboBox QLineEdit, QAbstractSpinBox QLineEdit, QComboBox QLineEdit:focus, QAbstractSpinBox QLineEdit:focus {
    border: none; background: transparent; padding: 0; min-height: 0; }
QAbstractSpinBox { padding: 0 4px 0 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 20sp; border: none;
    background: transparent; margin: 1px 1px; }
QAbstractSpinBox::up-button { subcontrol-position: top right; border-top-right-radius: 5px; margin-bottom: 0; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; border-bottom-right-radius: 5px; margin-top: 0; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: @hover; }
QAbstractSpinBox::up-button:pressed, QAbstractSpinBox::down-button:pressed { background: @pressed; }
QAbstractSpinBox::up-arrow { image: url("@icons/chevron-up.svg"); width: 10sp; height: 10sp; }
QAbstractSpinBox::down-arrow { image: url("@icons/chevron-down.svg"); width: 10sp; height: 10sp; }
QAbstractSpinBox::up-arrow:off, QAbstractSpinBox::up-arrow:disabled { image: url("@icons/chevron-up-off.svg"); }
QAbstractSpinBox::down-arrow:off, QAbstractSpinBox::down-arrow:disabled { image: url("@icons/chevron-down-off.svg"); }
QComboBox::drop-down { subcontrol-origin: border; subcontrol-position: center right; width: 26sp; border: none; }
QComboBox::down-arrow { image: url("@icons/chevron-down.svg"); width: 12sp; height: 12sp; }
QComboBox::down-arrow:disabled { image: url("@icons/chevron-down-off.svg"); }
QComboBox QAbstractItemView { background: @tooltip; border: 1px solid @border; border-radius: 6px; padding: 4px; }

QCheckBox, QRadioButton { color: @text; spacing: 8px; background: transparent; min-height: 20sp; }
QCheckBox:disabled, QRadioButton:disabled { color: @disabled; }
QCheckBox::indicator, QRadioButton::indicator, QGroupBox::indicator, QAbstractItemView::indicator { width: 14sp;
    height: 14sp; border: 1px solid @strong_border; background: @raised; border-radius: 4px; }
QRadioButton::indicator { border-radius: 7sp; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: @muted; }
QCheckBox:focus, QRadioButton:focus { color: @accent_text; }
QCheckBox::indicator:checked, QGroupBox::indicator:checked, QAbstractItemView::indicator:checked {
    background: @accent; border-color: @accent; image: url("@icons/check.svg"); }
QCheckBox::indicator:indeterminate { background: @accent; border-color: @accent; image: url("@icons/dash.svg"); }
QRadioButton::indicator:checked { background: @accent; border-color: @accent; image: url("@icons/dot.svg"); }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { width: 14sp-2; height: 14sp-2;
    border: 2px solid @accent_text; }
QRadioButton::indicator:focus { border-radius: 7sp; }
QCheckBox::indicator:checked:focus, QRadioButton::indicator:checked:focus { border-color: @accent_focus; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: transparent; border-color: @border; }

QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: @text; }
QSlider::handle:horizontal:hover { background: @accent_text; }
QSlider::handle:horizontal:focus { background: @accent_text; border: 2px solid @text; width: 10px;
    border-radius: 7px; }
QSlider::sub-page:horizontal:disabled { background: @border; }
QSlider::handle:horizontal:disabled { background: @disabled; }

QProgressBar { background: @border; border: none; border-radius: 3px; color: @text; text-align: center;
    min-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
"""

_VIEWS = """
QAbstractItemView { background: @panel; color: @text; border: none; selection-background-color: @selection;
    selection-color: @on_selection; alternate-background-color: @raised; gridline-color: @border; }
QListView::item, QTreeView::item, QListWidget::item, QTreeWidget::item { min-height: 24sp; padding: 0 6px;
    border: none; color: @text; }
QListView::item { border-radius: 5px; }
QTableView::item { padding: 0 8px; border: none; }
QListView::item:hover, QTreeView::item:hover, QTableView::item:hover { background: @hover; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected { background: @selection;
    color: @on_selection; }
QListView::item:focus, QTreeView::item:focus, QTableView::item:focus { border: 2px solid @accent_text; }
QTreeView::branch { background: transparent; border: none; image: none; }
QTreeView::branch:has-children:closed { image: url("@icons/branch-closed.svg"); }
QTreeView::branch:has-children:open { image: url("@icons/branch-open.svg"); }
QHeaderView { background: @panel; }
QHeaderView::section { background: @panel; color: @muted; border: none; border-bottom: 1px solid @border;
    padding: 6px 8px; font-weight: 600; text-align: left; }
QHeaderView::section:hover { color: @text; }
QHeaderView::up-arrow { image: url("@icons/chevron-up.svg"); width: 10sp; height: 10sp; }
QHeaderView::down-arrow { image: url("@icons/chevron-down.svg"); width: 10sp; height: 10sp; }
QTableCornerButton::section { background: @panel; border: none; border-bottom: 1px solid @border; }

QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: @strong_border; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
"""

_FLOATING = """
QToolTip { background: @tooltip; color: @text; border: 1px solid @float_border; padding: 6px 8px; }

QMenuBar { background: @window; color: @text; padding: 2px 8px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 5px; }
QMenuBar::item:selected { background: @hover; }
QMenuBar::item:pressed { background: @selection; color: @on_selection; }
QMenuBar::item:disabled { color: @disabled; }
QMenu { background: @tooltip; color: @text; border: 1px solid @float_border; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 8px; border-radius: 5px; margin: 0 1px; min-height: 18sp; }
QMenu::item:selected { background: @selection; color: @on_selection; }
QMenu::item:disabled { color: @disabled; background: transparent; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: @border; margin: 4px 8px; }
QMenu::right-arrow { image: url("@icons/chevron-right.svg"); width: 12sp; height: 12sp; }
QMenu::indicator { width: 14sp; height: 14sp; padding-left: 8px; }
QMenu::indicator:checked { image: url("@icons/menu-check.svg"); }
"""
