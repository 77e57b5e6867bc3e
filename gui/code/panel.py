"""The code pane: the code of the network beside the canvas; what is selected in one stands out in the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent, QShowEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from engine.compiler.code_format import Place
from engine.graph.events import GraphEvent, NodeAdded, NodeRemoved
from engine.graph.model import NodeId
from gui import theme
from gui.code.live import LiveCode, Written
from gui.code.view import CodeView
from gui.parts import Callout, wrapped
from gui.workspace import Workspace

LOADING = "PyTorch is still loading; the code follows in a moment."
EMPTY = "Wire layers from an Input to an Output, and the code of the network appears here."
WRITING = "The code is being written …"
_NARROWEST, _AROUND = 120, 100
_AS_BEFORE = "Until then you see the code as it was before."
_BUTTONS = (
    ("model", "model.py", "language-python", "Save as model.py…", "Save the code as a file; it needs PyTorch alone."),
    (
        "script",
        "train.py",
        "script-text-play-outline",
        "Save training script…",
        "Save the code with data and training.",
    ),
    ("onnx", "ONNX", "export-variant", "Export ONNX…", "Save the network for other programs, in the ONNX format."),
)


class CodePanel(QWidget):
    """The code of the document, kept up to date while it is edited."""

    exportRequested = Signal(str)
    """The user wants a file: “model”, “script” or “onnx”."""
    revealRequested = Signal()
    """The nodes that are selected now were chosen in the code, and are to be brought into view."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._is_choosing = False
        self.live = LiveCode(workspace, self)
        """What writes the code."""
        self.view = CodeView()
        """What shows it."""
        self._buttons = QHBoxLayout()
        self._exports: list[QToolButton] = []
        self._roomy = 0
        self._notice = Callout("warning", "alert-outline")
        self._notice.setObjectName("code_notice")
        self._hint = wrapped(role="caption")
        self._hint.setObjectName("code_hint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._jump = QToolButton(self.view)
        self._lay_out()
        self._connect()
        self._measure_buttons()
        self._show_state()

    def close_worker(self) -> None:
        """Write no more code; called when the window closes."""
        self.live.close()

    def copy(self) -> None:
        """Put all the code onto the clipboard."""
        if self.live.written is not None:
            QGuiApplication.clipboard().setText(self.live.written.code.text)

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the code up to date from now on."""
        super().showEvent(event)
        self._measure_buttons()
        self.live.want(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: do not write the code after every edit."""
        super().hideEvent(event)
        self.live.want(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words out of the buttons where there is no room for them."""
        super().resizeEvent(event)
        self._fit_buttons()

    def minimumSizeHint(self) -> QSize:
        """Room for the signs of the buttons, and for some code."""
        return QSize(theme.px(_NARROWEST) + _AROUND, super().minimumSizeHint().height())

    def _fit_buttons(self) -> None:
        is_narrow = self.width() < self._roomy
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if is_narrow else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for button in self._exports:
            button.setToolButtonStyle(style)

    def _measure_buttons(self) -> None:
        """Find out how wide the buttons are with their words."""
        self._roomy = 2 * theme.GAP + theme.UNIT * len(self._exports)
        for button in self._exports:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self._roomy += button.sizeHint().width()
        self._fit_buttons()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the jump button at the right of its line when the view has another size."""
        if event.type() == QEvent.Type.Resize:
            self._place_jump()
        return super().eventFilter(watched, event)

    # Construction

    def _lay_out(self) -> None:
        bar = self._buttons
        bar.setContentsMargins(theme.GAP, theme.UNIT, theme.GAP, theme.UNIT)
        bar.setSpacing(theme.UNIT)
        bar.addWidget(self._button("copy", "Copy", "content-copy", "Copy all the code", "", self.copy))
        bar.addStretch(1)
        for name, text, icon, title, doc in _BUTTONS:
            bar.addWidget(self._button(name, text, icon, title, doc, partial(self.exportRequested.emit, name)))
        self._jump.setObjectName("code_jump")
        self._jump.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._jump.setIcon(theme.icon("arrow-right", "accent_text"))
        self._jump.setCursor(Qt.CursorShape.PointingHandCursor)
        self._jump.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._jump.hide()
        hint_page = QWidget()
        hint_column = QVBoxLayout(hint_page)
        hint_column.setContentsMargins(theme.LARGE_GAP, theme.LARGE_GAP, theme.LARGE_GAP, theme.LARGE_GAP)
        hint_column.addWidget(self._hint)
        self._pages.addWidget(hint_page)
        self._pages.addWidget(self.view)
        notice = QVBoxLayout()
        notice.setContentsMargins(theme.GAP, 0, theme.GAP, theme.UNIT)
        notice.addWidget(self._notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addLayout(notice)
        column.addWidget(self._pages, 1)

    def _button(
        self, name: str, text: str, icon: str, title: str, doc: str, press: Callable[[], object]
    ) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"code_{name}")
        button.setText(text)
        button.setIcon(theme.icon(icon))
        button.setToolTip("\n".join(filter(None, (title, doc))))
        button.setAccessibleName(title)
        button.clicked.connect(lambda: press())
        self._exports.append(button)
        return button

    def _connect(self) -> None:
        workspace = self._workspace
        self.live.changed.connect(self._take_code)
        workspace.graphReplaced.connect(self._show_state)
        workspace.analysisChanged.connect(self._show_state)
        workspace.selectionChanged.connect(self._follow_selection)
        workspace.scopeChanged.connect(self._follow_scope)
        workspace.graphChanged.connect(self._on_graph_event)
        self.view.lineChosen.connect(self._choose)
        self.view.jumpRequested.connect(self._jump_to)
        self.view.verticalScrollBar().valueChanged.connect(self._place_jump)
        self.view.cursorPositionChanged.connect(self._show_jump)
        self.view.installEventFilter(self)
        self._jump.clicked.connect(lambda: self._jump_to(self.view.line))
        theme.theme_hub.themeChanged.connect(self._dress_jump)
        theme.theme_hub.themeChanged.connect(self._measure_buttons)
        self._dress_jump()

    # What is shown

    def _take_code(self) -> None:
        written = self.live.written
        if written is None:
            self.view.clear()
        else:
            self.view.show_code(written.code.text)
        was_blank = self._pages.currentIndex() == 0
        lines = self._mark()
        self._show_state()
        if was_blank:
            self.view.reveal(lines)

    def _show_state(self) -> None:
        """Say what is missing, and let nobody export a network that is not whole."""
        written, missing = self.live.written, self.live.missing
        is_empty = not self._workspace.document.nodes
        notice = "" if is_empty and written is None else missing
        self._notice.show_text(f"{notice} {_AS_BEFORE}" if notice and written is not None else notice)
        self._hint.setText(LOADING if not self._workspace.is_analysed else EMPTY if is_empty or missing else WRITING)
        self._pages.setCurrentIndex(0 if written is None else 1)
        self.view.fade(bool(missing))
        for button in self._exports:
            button.setEnabled(written is not None and not missing)
        self._show_jump()

    def _on_graph_event(self, event: GraphEvent) -> None:
        # Before there is code, only the first layer that comes and the last one that goes change what is to be said.
        if isinstance(event, NodeAdded | NodeRemoved) and len(self._workspace.document.nodes) <= 1:
            self._show_state()

    # From the canvas to the code

    def _follow_selection(self) -> None:
        lines = self._mark()
        if not self._is_choosing:
            self.view.reveal(lines)

    def _follow_scope(self) -> None:
        self._mark()
        self._show_jump()
        written = self.live.written
        first = written.lines.first_of(self._workspace.graph.block) if written is not None else None
        if first is not None and not self._is_choosing:
            self.view.reveal([first])

    def _mark(self) -> list[int]:
        written, block = self.live.written, self._workspace.graph.block
        places = [(block, node) for node in self._workspace.selection]
        lines = [] if written is None else written.lines.lines_of(places)
        self.view.mark(lines)
        return lines

    # From the code to the canvas

    def _choose(self, line: int) -> None:
        """Select what a line is about, if it is in the graph in view."""
        nodes = self._nodes_in_view(self._places_at(line))
        if nodes:
            with self._choosing():
                self._workspace.select(nodes)
            self.revealRequested.emit()

    def _jump_to(self, line: int) -> None:
        """Show what a line is about, wherever it is, and select it."""
        places = self._places_at(line)
        if not places:
            return
        with self._choosing():
            self._go_to(places[0][0])
            self._workspace.select(self._nodes_in_view(places))
        self.revealRequested.emit()

    def _go_to(self, block: str) -> None:
        """Show the inside of a block, or the network: on the way on which one is, if it is there."""
        workspace = self._workspace
        way = [crumb.block for crumb in workspace.scope.trail(workspace.document)]
        if block in way:
            workspace.go_to(way.index(block))
        else:
            workspace.open_block(block)

    def _places_at(self, line: int) -> tuple[Place, ...]:
        written: Written | None = self.live.written
        return () if written is None else written.lines.places_at(line)

    def _nodes_in_view(self, places: tuple[Place, ...]) -> list[NodeId]:
        graph = self._workspace.graph
        return [node for block, node in places if block == graph.block and node in graph.nodes]

    @contextmanager
    def _choosing(self) -> Iterator[None]:
        """What changes meanwhile was chosen in the code, which need not scroll to it."""
        self._is_choosing = True
        try:
            yield
        finally:
            self._is_choosing = False

    def _show_jump(self) -> None:
        """Offer to go where the line under the cursor belongs, when that is not in view."""
        places = self._places_at(self.view.line)
        blocks = self._workspace.document.blocks
        is_elsewhere = bool(places) and places[0][0] != self._workspace.graph.block
        self._jump.setVisible(is_elsewhere and (not places[0][0] or places[0][0] in blocks))
        if is_elsewhere:
            title = places[0][0] or "Network"
            self._jump.setText(f"Go to {title}")
            self._jump.setToolTip(f"Show this in “{title}” on the canvas (Enter, or Ctrl and a click on the line)")
            self._jump.adjustSize()
            self._place_jump()

    def _dress_jump(self) -> None:
        """Give the button an opaque ground: it lies on the code, and is no higher than a line."""
        colours, small = theme.current(), theme.px(theme.SMALL_TEXT)
        self._jump.setStyleSheet(
            f"QToolButton {{ background: {colours.raised}; border: 1px solid {colours.accent_text};"
            f" border-radius: 4px; padding: 0 4px; font-size: {small}px; icon-size: {small}px; }}"
            f"QToolButton:hover {{ background: {colours.hover}; }}"
        )

    def _place_jump(self) -> None:
        view = self.view
        area = view.cursorRect(QTextCursor(view.textCursor().block()))
        corner = view.viewport().pos() + QPoint(view.viewport().width() - self._jump.width() - theme.GAP, 0)
        self._jump.move(corner.x(), corner.y() + area.center().y() - self._jump.height() // 2)
