"""The documents in their tabs, in one group or in two side by side."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from gui.sheet import Sheet


class _Tabs(QTabBar):
    """Closes a tab by the middle button, too."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The middle button closes a tab, as in browsers."""
        index = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
            self.tabCloseRequested.emit(index)
        else:
            super().mouseReleaseEvent(event)


class SheetGroup(QWidget):
    """Some sheets, one of which is shown; their tabs are there when there is something to choose."""

    chosen = Signal(object)
    """The user has turned to this sheet."""
    closeRequested = Signal(object)
    """The user wants to close this sheet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheets: list[Sheet] = []
        """In the order of their tabs."""
        self.tabs = _Tabs()
        self.tabs.setObjectName("documentTabs")
        self.tabs.setAccessibleName("Open projects")
        self.tabs.setDocumentMode(True)
        self.tabs.setDrawBase(False)
        self.tabs.setMovable(True)
        self.tabs.setTabsClosable(True)
        self.tabs.setExpanding(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        self.tabs.currentChanged.connect(self._choose)
        self.tabs.tabMoved.connect(self._move)
        self.tabs.tabCloseRequested.connect(lambda index: self.closeRequested.emit(self.sheets[index]))

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
        with QSignalBlocker(self.tabs):
            del self.sheets[index]
            self._stack.removeWidget(sheet.page)
            self.tabs.removeTab(index)
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
        self.tabs.setTabText(index, sheet.title + (" •" if sheet.is_modified else ""))
        path = sheet.workspace.path
        self.tabs.setTabToolTip(index, str(path) if path else "Not saved yet")

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self.sheets):
            self._stack.setCurrentWidget(self.sheets[index].page)
            self.chosen.emit(self.sheets[index])

    def _move(self, start: int, end: int) -> None:
        self.sheets.insert(end, self.sheets.pop(start))


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
        sheet, source = self.current, self._group_of(self.current)
        looks = [(shown.view.camera, shown.view.camera.look()) for shown in self.sheets]
        if self.is_split:
            first, second = self._groups
            for moved in list(second.sheets):
                second.remove(moved)
                first.add(moved)
        elif len(source.sheets) > 1:
            source.remove(sheet)
            self._add_group().add(sheet)
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
        group.add(sheet)
        self._refresh_tabs()
        return sheet

    def _add_group(self) -> SheetGroup:
        group = SheetGroup()
        group.chosen.connect(self._turn_to)
        group.closeRequested.connect(self.closeRequested)
        self._groups.append(group)
        self.addWidget(group)
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

    def _refresh_tabs(self) -> None:
        """A single document needs no tab: the window's title names it."""
        for group in self._groups:
            group.tabs.setVisible(len(self.sheets) > 1)
            group.show_aside(self.is_split and self.current not in group.sheets)
