"""The documents in their tabs, in one group or in two side by side."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gui.canvas.camera import Camera, Look
from gui.canvas.drops import holds_part
from gui.canvas.view import CanvasView
from gui.commands.spec import literal
from gui.document_tabs import DocumentTabs
from gui.sheet import Sheet
from gui.tab_moves import TabMoves


class SheetGroup(QWidget):
    """Some sheets, one of which is shown; their tabs are there when there is something to choose."""

    chosen = Signal(object)
    """The user has turned to this sheet."""
    closeRequested = Signal(object)
    """The user wants to close this sheet."""
    tabCarried = Signal(object, QPoint)
    """The tab of this sheet is torn off, and at this place of the screen."""
    tabReleased = Signal(object, QPoint)
    """It was dropped there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheets: list[Sheet] = []
        """In the order of their tabs."""
        self.tabs = DocumentTabs(self._may_land)
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        self.tabs.currentChanged.connect(self._choose)
        self.tabs.tabMoved.connect(self._move)
        self.tabs.tabCloseRequested.connect(lambda index: self.closeRequested.emit(self.sheets[index]))
        self.tabs.carried.connect(lambda index, place: self.tabCarried.emit(self.sheets[index], place))
        self.tabs.released.connect(lambda index, place: self.tabReleased.emit(self.sheets[index], place))
        self.tabs.landed.connect(self._land)

    @property
    def shown(self) -> Sheet | None:
        """The sheet in front."""
        index = self.tabs.currentIndex()
        return self.sheets[index] if 0 <= index < len(self.sheets) else None

    def add(self, sheet: Sheet) -> None:
        """Add a tab and turn to it."""
        with QSignalBlocker(self.tabs):
            self.sheets.append(sheet)
            self._stack.addWidget(sheet.page)
            self.tabs.addTab("")
            self.refresh(sheet)
            self.show_sheet(sheet)

    def remove(self, sheet: Sheet) -> None:
        """Take a tab out; the sheet lives on."""
        index = self.sheets.index(sheet)
        # By its number another tab would be dropped.
        self.tabs.let_go()
        with QSignalBlocker(self.tabs):
            del self.sheets[index]
            self._stack.removeWidget(sheet.page)
            self.tabs.take_out(index)
            if self.shown is not None:
                self._stack.setCurrentWidget(self.shown.page)

    def show_sheet(self, sheet: Sheet) -> None:
        """Turn to one of the sheets."""
        self.tabs.setCurrentIndex(self.sheets.index(sheet))
        self._stack.setCurrentWidget(sheet.page)

    def show_aside(self, is_aside: bool) -> None:
        """Tell by the tabs whether panels and menus have to do with another group."""
        self.tabs.setProperty("isAside", is_aside)
        self.tabs.style().polish(self.tabs)

    def refresh(self, sheet: Sheet) -> None:
        """Write the name of a sheet on its tab."""
        index = self.sheets.index(sheet)
        self.tabs.setTabText(index, literal(sheet.title) + (" •" if sheet.is_modified else ""))
        self.tabs.name_close_button(index, f"Close {sheet.title}")
        path = sheet.workspace.path
        self.tabs.setTabToolTip(index, str(path) if path else "Not saved yet")

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self.sheets):
            self._stack.setCurrentWidget(self.sheets[index].page)
            self.chosen.emit(self.sheets[index])

    def _move(self, start: int, end: int) -> None:
        self.sheets.insert(end, self.sheets.pop(start))

    def _may_land(self, index: int, event: QDropEvent) -> bool:
        """Whether what is dragged can be dropped on a tab: a part of a network, unless it is of that very document."""
        return holds_part(event.mimeData()) and not self.sheets[index].view.carrying.is_out

    def _land(self, index: int, event: QDropEvent) -> None:
        sheet = self.sheets[index]
        self.show_sheet(sheet)
        self.chosen.emit(sheet)
        sheet.view.pointer.drops.land(event)


class SheetArea(QSplitter):
    """All open documents; there is always one of them with which panels and menus have to do."""

    currentChanged = Signal()
    """`current` is another sheet."""
    closeRequested = Signal(object)
    """The user wants to close this sheet."""
    titleChanged = Signal()
    """What a tab says may be new."""

    def __init__(self, make: Callable[[], Sheet], parent: QWidget | None = None) -> None:
        """An area with one sheet; `make` makes the sheets."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setChildrenCollapsible(False)
        self._make = make
        self._groups: list[SheetGroup] = []
        self._tab_moves = TabMoves(self)
        self.current = self._open_in(self._add_group())
        """The sheet with which panels and menus have to do."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus)

    @property
    def sheets(self) -> list[Sheet]:
        """All open documents, from left to right."""
        return [sheet for group in self._groups for sheet in group.sheets]

    @property
    def is_split(self) -> bool:
        """Whether two documents are seen side by side."""
        return len(self._groups) > 1

    def open(self) -> Sheet:
        """A sheet for another document: the current one while there is nothing in it, or else a new one."""
        if self.current.workspace.is_blank:
            return self.current
        self._turn_to(self._open_in(self._group_of(self.current)))
        return self.current

    def show_sheet(self, sheet: Sheet) -> None:
        """Turn to an open document."""
        self._group_of(sheet).show_sheet(sheet)
        self._turn_to(sheet)

    def close_sheet(self, sheet: Sheet) -> None:
        """Give up a document that is saved or may be lost; when it was the last one, an empty one takes its place."""
        group = self._group_of(sheet)
        if len(self.sheets) == 1:
            self._open_in(group)
        group.remove(sheet)
        self._drop_empty_groups()
        if sheet is self.current:
            shown = group.shown if group in self._groups else self._groups[0].shown
            assert shown is not None
            self._turn_to(shown)
        sheet.close()
        sheet.give_up()
        self._refresh_tabs()

    def step(self, by: int) -> None:
        """Turn to the next document, or the one before."""
        sheets = self.sheets
        self.show_sheet(sheets[(sheets.index(self.current) + by) % len(sheets)])

    def split(self) -> None:
        """Show the current document beside the others, or put all of them into one group again."""
        if not self.is_split:
            self.move_to_side(self.current, 1)
            return
        # Hidden and shown again, canvases pass the focus on.
        sheet, looks = self.current, self._looks()
        first, second = self._groups
        for moved in list(second.sheets):
            second.remove(moved)
            first.add(moved)
        self._settle(sheet, looks)

    def side_of(self, sheet: Sheet) -> int:
        """0 when a document is on the left or there is one side only, 1 when it is on the right."""
        return self._groups.index(self._group_of(sheet))

    def side_rect(self, side: int) -> QRect:
        """Where the left (0) or the right side (1) is in the area."""
        return self._groups[side].geometry()

    def move_to_side(self, sheet: Sheet, side: int) -> None:
        """Show a document on the left (0) or on the right (1) of the others, if there are any."""
        source, looks = self._group_of(sheet), self._looks()
        if len(self.sheets) == 1:
            return
        target = self._groups[side] if self.is_split else self._add_group(side)
        if target is not source:
            source.remove(sheet)
            target.add(sheet)
        self._settle(sheet, looks)

    def _looks(self) -> list[tuple[Camera, Look]]:
        return [(shown.view.camera, shown.view.camera.look()) for shown in self.sheets]

    def _settle(self, sheet: Sheet, looks: list[tuple[Camera, Look]]) -> None:
        """Documents have been put elsewhere: turn to `sheet` and look at all as before."""
        self._drop_empty_groups()
        self._refresh_tabs()
        self.show_sheet(sheet)

        def look_again() -> None:
            for camera, look in looks:
                camera.look_again(look)

        # What was in the middle of a canvas still is, once the layout has given it another size.
        QTimer.singleShot(0, self, look_again)

    def _open_in(self, group: SheetGroup) -> Sheet:
        sheet = self._make()
        sheet.changed.connect(self._on_change)
        sheet.view.carrying.returned.connect(self._on_returned)
        group.add(sheet)
        self._refresh_tabs()
        return sheet

    def _add_group(self, side: int = 0) -> SheetGroup:
        group = SheetGroup()
        group.chosen.connect(self._turn_to)
        group.closeRequested.connect(self.closeRequested)
        group.tabCarried.connect(self._tab_moves.show)
        group.tabReleased.connect(self._tab_moves.drop)
        group.tabs.returned.connect(self._tab_moves.end)
        self._groups.insert(side, group)
        self.insertWidget(side, group)
        self.setSizes([1] * len(self._groups))
        return group

    def _drop_empty_groups(self) -> None:
        for group in [group for group in self._groups if not group.sheets]:
            self._groups.remove(group)
            group.setParent(None)
            group.deleteLater()

    def _group_of(self, sheet: Sheet) -> SheetGroup:
        return next(group for group in self._groups if sheet in group.sheets)

    def _on_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Working in the other group makes its document the current one."""
        if now is None or not self.is_split:
            return
        for sheet in self.sheets:
            if sheet is not self.current and sheet.page.isAncestorOf(now):
                self._turn_to(sheet)
                return

    def _turn_to(self, sheet: Sheet) -> None:
        if sheet is not self.current:
            self.current = sheet
            self._refresh_tabs()
            self.currentChanged.emit()

    def _on_change(self, sheet: Sheet) -> None:
        for group in self._groups:
            if sheet in group.sheets:
                group.refresh(sheet)
        if sheet is self.current:
            self.titleChanged.emit()

    def _on_returned(self, view: CanvasView) -> None:
        """What was carried out of a canvas is back in it, whatever was brought up on the way."""
        for sheet in self.sheets:
            if sheet.view is view:
                self.show_sheet(sheet)

    def _refresh_tabs(self) -> None:
        """A single document needs no tab: the window's title names it."""
        for group in self._groups:
            group.tabs.setVisible(len(self.sheets) > 1)
            group.show_aside(self.is_split and self.current not in group.sheets)
