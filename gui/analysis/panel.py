"""The analysis panel: the table of layers, its totals, and what training the network takes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from engine.graph.events import AnnotationEvent, GraphEvent, NodesMoved
from engine.graph.model import Graph, NodeId
from engine.project import recipe
from gui import theme
from gui.analysis.model import AnalysisModel
from gui.analysis.summary import Summary
from gui.analysis.table import AnalysisTable
from gui.analysis.totals import Totals
from gui.analysis.training_cost import DeviceMemory, device_memory, training_cost
from gui.inspector.cost import LOADING
from gui.parts import Page, wrapped
from gui.work import BackgroundWork
from gui.workspace import Workspace

EMPTY = "Nothing to analyse yet: put layers on the canvas, and what each of them costs is listed here."
UNWIRED = "No shape is known yet: wire an Input to the first layer."
_WIDE = 760
"""From this width on the summary stands beside the table, else above it."""
_NARROWEST_SIDE_BY_SIDE = 520
"""The same for a panel that is not tall."""
_TALL = 440
"""From this height on there is room for the whole summary above the table."""
_SIDE_WIDTH = 248
_LOWEST_SIDE = 50
_UNLIMITED = 16_777_215
"""Qt's own word for a width without a limit."""


class _Side(Page):
    """Where the summary is; it scrolls when there is too little room for it."""

    def __init__(self, summary: Summary) -> None:
        super().__init__()
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(summary)

    def sizeHint(self) -> QSize:
        """As high as the summary."""
        return QSize(0, self.column.totalHeightForWidth(max(self.width(), 1)))

    def minimumSizeHint(self) -> QSize:
        """Room for the search."""
        return QSize(0, theme.px(_LOWEST_SIDE))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Have another height when there is more or less to say."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.updateGeometry()
        return super().eventFilter(watched, event)


class AnalysisPanel(QWidget):
    """What every layer of the graph in view costs, and what the whole network does."""

    revealRequested = Signal()
    """The nodes that are selected now were chosen in the table, and are to be brought into view."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._is_stale = True
        self._device: DeviceMemory | None = None
        self._asking = BackgroundWork(self)
        self._asking.done.connect(self._take_device)
        self.model = AnalysisModel(self)
        """The rows."""
        self.table = AnalysisTable(self.model)
        """The table of layers."""
        self.totals = Totals(self.table.titles)
        """The line below it."""
        self.summary = Summary()
        """The totals of the network, and the search."""
        self._side = _Side(self.summary)
        self._hint = wrapped(EMPTY, "caption")
        self._hint.setObjectName("analysis_hint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._lay_out()
        # All the events of one edit lead to one refresh, like the analysis.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._refresh_if_seen)
        self._connect()
        self._refresh_if_seen()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up on what has changed while nobody looked."""
        super().showEvent(event)
        # Other programs come and go: what is free is asked anew.
        self._device = None
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the summary where there is room for it."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_tall = self.height() >= theme.px(_TALL)
        is_wide = self.width() >= (theme.px(_WIDE) if is_tall else _NARROWEST_SIDE_BY_SIDE)
        self.summary.show_training(is_wide or is_tall)
        self._layout.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)
        width = min(theme.px(_SIDE_WIDTH), self.width() // 2)
        self._side.setMinimumWidth(width if is_wide else 0)
        self._side.setMaximumWidth(width if is_wide else _UNLIMITED)
        down = QSizePolicy.Policy.Expanding if is_wide else QSizePolicy.Policy.Maximum
        self._side.setSizePolicy(QSizePolicy.Policy.Preferred, down)

    def refresh(self) -> None:
        """Show the graph in view as it is now."""
        self._timer.stop()
        self._is_stale = False
        workspace = self._workspace
        graph, known = workspace.graph, workspace.analysis
        self.table.show_graph(graph, known, workspace.selection, is_analysed=workspace.is_analysed)
        self.totals.show_totals(graph, known)
        self._pages.setCurrentIndex(1 if graph.nodes else 0)
        whole = workspace.document_analysis if workspace.document.nodes else None
        cost = None if whole is None else training_cost(workspace.document, whole, self._device_of(workspace.document))
        hint = UNWIRED if workspace.is_analysed else LOADING
        where = "The whole network: " if workspace.scope.is_inside else ""
        self.summary.show_network(whole, cost, hint if workspace.document.nodes else "", where)

    def close_worker(self) -> None:
        """Ask the device no more; called when the window closes."""
        self._asking.give_up()

    def _device_of(self, document: Graph) -> DeviceMemory | None:
        """What is known about the device of the project; it is asked, on a thread, when that is nothing yet."""
        setting = recipe(document).device
        if self._device is not None and self._device.setting == setting:
            return self._device
        if not self._asking.is_busy:
            self._asking.start(lambda _progress: device_memory(setting))
        return None

    def _take_device(self, device: object) -> None:
        if isinstance(device, DeviceMemory):
            self._device = device
            self._refresh_if_seen()

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self.totals)
        page = QWidget()
        page.setLayout(column)
        column.setContentsMargins(0, 0, 0, 0)
        hint_page = QWidget()
        hint_column = QVBoxLayout(hint_page)
        hint_column.addWidget(self._hint)
        self._pages.addWidget(hint_page)
        self._pages.addWidget(page)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._side)
        self._layout.addWidget(self._pages, 1)

    def _connect(self) -> None:
        workspace = self._workspace
        workspace.graphReplaced.connect(self._refresh_if_seen)
        workspace.scopeChanged.connect(self._refresh_if_seen)
        workspace.analysisChanged.connect(self._refresh_if_seen)
        workspace.graphChanged.connect(self._on_graph_event)
        workspace.selectionChanged.connect(self._follow_selection)
        self.table.nodesChosen.connect(self._choose)
        self.table.insideRequested.connect(self._enter)
        self.summary.searched.connect(self.table.search)
        self.summary.left.connect(self.table.setFocus)
        self.table.horizontalScrollBar().valueChanged.connect(self.totals.update)
        theme.theme_hub.themeChanged.connect(self._arrange)

    def _on_graph_event(self, event: GraphEvent) -> None:
        # Once there is an analysis, a new one follows each change, and with it what is shown here.
        if not self._workspace.is_analysed and not isinstance(event, NodesMoved | AnnotationEvent):
            self._timer.start()

    def _refresh_if_seen(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self.refresh()

    def _follow_selection(self) -> None:
        if not self._is_stale:
            self.table.follow_selection(self._workspace.selection)

    def _choose(self, nodes: list[NodeId]) -> None:
        self._workspace.select(nodes)
        self.revealRequested.emit()

    def _enter(self, way: list[NodeId]) -> None:
        """Go into the block at the end of `way`; to a layer at its end, and select it."""
        scope = self._workspace.scope
        for node in way:
            scope = scope.enter(node)
        # A layer has no inside: the way is followed as far as it leads.
        self._workspace.show(scope)
        if len(self._workspace.scope.path) < len(scope.path):
            self._workspace.select(way[-1:])
        self.revealRequested.emit()
