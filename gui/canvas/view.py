"""The view on the canvas: passes what mouse and keys do on to those who know what it means."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from engine.graph.model import NodeId
from gui.canvas import camera, clipboard
from gui.canvas.annotations.annotating import Annotating
from gui.canvas.bookmarks import Bookmarks
from gui.canvas.build_commands import BuildCommands
from gui.canvas.camera import Camera, Look
from gui.canvas.carrying import TAKES_PARTS, Carrying
from gui.canvas.deletion import deletion
from gui.canvas.empty_hint import EmptyHint
from gui.canvas.flight import Flight
from gui.canvas.geometry import card_at
from gui.canvas.keyboard import Keys
from gui.canvas.minimap import Minimap
from gui.canvas.notes import FloatingNote
from gui.canvas.painting import Painting
from gui.canvas.places_panel import PlacesPanel
from gui.canvas.pointer_input import PointerInput
from gui.canvas.rename_editor import Renaming
from gui.canvas.scene import CanvasScene
from gui.canvas.shape_note import ShapeNote
from gui.canvas.stops import Stops
from gui.canvas.view_commands import ViewCommands


class CanvasView(QGraphicsView):
    """Shows a `CanvasScene` and lets people edit it."""

    _is_ready = False
    """Qt sends events from within the constructor already."""

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.canvas_scene = scene
        self.workspace = scene.workspace
        self._configure()
        self.camera = Camera(self)
        self.flight = Flight(self)
        self.minimap = Minimap(self)
        self.carrying = Carrying(self)
        """Takes what is selected to another canvas."""
        self.pointer = PointerInput(self)
        self.pointer_note = FloatingNote(self)
        """Says at the pointer why something is refused."""
        self._error_note = FloatingNote(self)
        self.shape_note = ShapeNote(self)
        """Says what runs through the wire under the pointer."""
        self._empty_hint = EmptyHint(self)
        self._keys = Keys(self)
        self.stops = Stops(self)
        self.renaming = Renaming(self)
        self.annotating = Annotating(self)
        self.bookmarks = Bookmarks(self)
        self.commands = ViewCommands(self)
        self.build = BuildCommands(self)
        self.places = PlacesPanel(self)
        self.painting = Painting(self, self.minimap)
        self._shows_start = True
        self._block = self.workspace.graph.block
        self._looks: dict[str, Look] = {}
        scene.contentChanged.connect(self._on_content)
        scene.layerAdded.connect(self._on_layer_added)
        self.workspace.graphReplaced.connect(self._on_replaced)
        self.workspace.scopeChanged.connect(self._on_scope)
        self.workspace.undo_stack.indexChanged.connect(self._on_history)
        self.workspace.analysisChanged.connect(self._show_error_note)
        self.workspace.selectionChanged.connect(self._on_selection)
        self._is_ready = True
        self._on_content()

    def _configure(self) -> None:
        self.setObjectName("canvas")
        self.setAccessibleName("Network canvas")
        self.setFrameShape(QFrame.Shape.NoFrame)
        # `Painting` knows better what is to be painted, and how.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setProperty(TAKES_PARTS, True)
        self.viewport().setMouseTracking(True)
        # The ground is always painted, so that Qt need not.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # Editing

    def copy_selection(self) -> None:
        """Put the selected nodes, and the wires among them, into the clipboard."""
        clipboard.copy(self.canvas_scene)

    def cut_selection(self) -> None:
        """Copy the selected nodes and delete them."""
        clipboard.cut(self.canvas_scene)

    def paste(self) -> None:
        """Add the nodes from the clipboard: around the pointer, or where they were when it is elsewhere."""
        place = self.pointer.place
        if clipboard.paste(self.canvas_scene, None if place is None else (place.x(), place.y())):
            self._reveal_selection()

    def duplicate_selection(self) -> None:
        """Add copies of the selected nodes beside them."""
        if clipboard.duplicate(self.canvas_scene):
            self._reveal_selection()

    def delete_selection(self) -> None:
        """Delete the selected nodes, wires and notes; where a frame is selected, that frame alone."""
        edit = deletion(self.canvas_scene)
        if edit is not None:
            self.workspace.push(edit)

    def enter_selected(self) -> None:
        """Show the inside of the only selected node, when it is an instance of a block; edit a selected note."""
        if not self.workspace.selection:
            self.annotating.edit_selected()
        elif len(self.workspace.selection) == 1:
            self.workspace.enter(self.workspace.selection[0])

    def select_all(self) -> None:
        """Select all nodes and notes."""
        layer = self.canvas_scene.annotations
        layer.select(layer.notes, self.workspace.graph.nodes)

    # Looking

    def fit(self) -> None:
        """Bring the whole network into view."""
        self.camera.fit()

    def zoom_in(self) -> None:
        """Zoom in around the middle."""
        self.camera.zoom_by(camera.STEP)

    def zoom_out(self) -> None:
        """Zoom out around the middle."""
        self.camera.zoom_by(1 / camera.STEP)

    def zoom_reset(self) -> None:
        """Go back to a zoom of 100 %."""
        self.camera.zoom_to(1.0)

    # Events

    def viewportEvent(self, event: QEvent) -> bool:
        """Everything the mouse does goes to the gestures."""
        if self._is_ready:
            kind = event.type()
            if kind == QEvent.Type.Show:
                self._show_start_once()
            elif self.pointer.handle(event, kind):
                self._show_error_note()
                return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no action owns."""
        if not self._keys.press(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """The end of panning by Space."""
        if not self._keys.release(event):
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A released Space is not seen any more once the focus is elsewhere."""
        self.pointer.set_pan_mode(False)
        super().focusOutEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from node to node, to frames and notes, and behind the last one to the next part of the window."""
        # Qt asks this of a view that has just been hidden, too: nobody has pressed Tab then.
        return (self.isVisible() and self.stops.step(forward)) or super().focusNextPrevChild(forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what floats in its place; show a network that was opened before there was a window."""
        super().resizeEvent(event)
        if not self._is_ready:
            return
        self.camera.keep_limits()
        self._empty_hint.centre()
        self.annotating.follow()
        self._show_start_once()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """What floats beside a node moves with it."""
        super().scrollContentsBy(dx, dy)
        self.viewport().update()
        if not self._is_ready:
            return
        self.shape_note.hide()
        self.annotating.follow()
        self._show_error_note()
        self.renaming.follow()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what has come into view or has changed."""
        if self._is_ready:
            self.painting.paint(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Need no memory for pictures while another document is in front."""
        super().hideEvent(event)
        if self._is_ready:
            self.painting.give_up()

    # Following the scene

    def _on_content(self) -> None:
        self.camera.keep_limits()
        is_empty = not (self.canvas_scene.nodes or self.canvas_scene.annotations.notes)
        self._empty_hint.setVisible(is_empty)
        if is_empty:
            self._empty_hint.speak_of(self.workspace.graph.block)
            self._empty_hint.centre()
        self.renaming.follow()
        self.annotating.follow()
        self._show_error_note()

    def _on_layer_added(self, node: str) -> None:
        self.camera.reveal([NodeId(node)])

    def _on_selection(self) -> None:
        self._keys.end_run()
        self._show_error_note()

    def _on_history(self) -> None:
        """Something was undone or changed beside the gesture under way, which may hold on to what is no more."""
        self.pointer.cancel()

    def _on_replaced(self) -> None:
        self.pointer.cancel()
        self.renaming.end()
        self.annotating.abandon()
        self.flight.stop()
        self._looks.clear()
        self._block = self.workspace.graph.block
        self._shows_start = True
        self._show_start_once()

    def _on_scope(self) -> None:
        """Another graph of the document: shown as it was left, so that nobody has to find the way back."""
        self.pointer.cancel()
        self.renaming.end()
        self.annotating.abandon()
        self.flight.stop()
        self._looks[self._block] = self.camera.look()
        self._block = self.workspace.graph.block
        if self._block in self._looks:
            self.camera.look_again(self._looks[self._block])
        else:
            self._shows_start = True
            self._show_start_once()
        self._on_content()

    def _reveal_selection(self) -> None:
        scene = self.canvas_scene
        beside = scene.annotations.rect_of(scene.annotations.selected)
        self.camera.reveal_rect(beside.united(scene.rect_of(self.workspace.selection)))

    def _show_start_once(self) -> None:
        if self._shows_start and self.viewport().width() > 1 and self.isVisible():
            self._shows_start = False
            self.camera.show_start()

    def _show_error_note(self) -> None:
        """Beside the node under the pointer, or the only selected one, say what is wrong with it."""
        if self.pointer.is_busy:
            self._error_note.hide()
            return
        scene = self.canvas_scene
        node = scene.hover.node
        if node is None or scene.nodes[node].error is None:
            node = self.workspace.selection[0] if len(self.workspace.selection) == 1 else None
        item = scene.nodes.get(node) if node is not None else None
        if item is None or item.error is None or self.renaming.is_active:
            self._error_note.hide()
            return
        card = self.viewportTransform().mapRect(card_at(item.position))
        if self.viewport().rect().intersects(card.toRect()):
            self._error_note.show_beside(item.error, card)
        else:
            self._error_note.hide()
