"""Turns what the mouse does to the view into gestures, hovering, zooming and tooltips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip

from gui.canvas.annotations.layer import Beside
from gui.canvas.drops import DRAGS, Drops
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.gestures.box_select import BoxSelect
from gui.canvas.gestures.move import Move
from gui.canvas.gestures.move_annotation import MoveAnnotation, ResizeNote
from gui.canvas.gestures.pan import Pan
from gui.canvas.gestures.select_wire import SelectWire
from gui.canvas.gestures.steer import Steer
from gui.canvas.gestures.wire import Wire
from gui.canvas.hits import NOTHING, Hit, hit
from gui.canvas.tips import frame_tip, tip

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_WHEEL_BASE = 1.0015
"""The zoom of one unit of wheel rotation; a notch of a mouse wheel has 120."""
_EDGE = 24.0
"""Dragging nearer than this to the view's edge, in pixels, moves the view along."""
_EDGE_SPEED = 14.0
_TICK_MS = 16
_Kind = QEvent.Type
_OTHERS = frozenset(
    {
        _Kind.MouseButtonPress,
        _Kind.MouseButtonDblClick,
        _Kind.MouseButtonRelease,
        _Kind.Wheel,
        _Kind.NativeGesture,
        _Kind.ToolTip,
        _Kind.ContextMenu,
        _Kind.Leave,
    }
)
"""What the pointer does but moving; most events are something else, such as painting, and have to pass at once."""
_ADDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


class PointerInput:
    """Knows the gesture that is under way, if there is one."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._scene = view.canvas_scene
        self._gesture: Gesture | None = None
        self._button = Qt.MouseButton.NoButton
        self._pan_mode = False
        self.has_panned = False
        """Whether a button has been pressed since Space is held."""
        self._last: Pointer | None = None
        self._carried: Gesture | None = None
        """The gesture that has left the canvas and may come back."""
        self._look = view.camera.look()
        """What was in view when the last button was pressed."""
        self._scope = view.workspace.scope
        self.drops = Drops(view, self)
        """What is dragged here from elsewhere."""
        self._edge_timer = QTimer(view)
        self._edge_timer.setInterval(_TICK_MS)
        self._edge_timer.timeout.connect(self._scroll_at_edge)

    @property
    def is_busy(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture is not None

    @property
    def place(self) -> QPointF | None:
        """Where the pointer is in the scene; None when it is outside the view."""
        return None if self._last is None else self._view.camera.scene_point(self._last.place)

    def handle(self, event: QEvent, kind: QEvent.Type) -> bool:
        """Deal with an event of the viewport, which is of `kind`; False when it is left to Qt."""
        if kind == _Kind.MouseMove:
            assert isinstance(event, QMouseEvent)
            if not self._carry_out(event):
                self._move(self.at(event.position(), event.modifiers()))
            return True
        if kind not in _OTHERS:
            return kind in DRAGS and self.drops.handle(event)
        if kind in (_Kind.MouseButtonPress, _Kind.MouseButtonDblClick):
            assert isinstance(event, QMouseEvent)
            return self._press(event)
        if kind == _Kind.MouseButtonRelease:
            assert isinstance(event, QMouseEvent)
            return self._release(event)
        if kind == _Kind.Wheel:
            assert isinstance(event, QWheelEvent)
            return self._wheel(event)
        if kind == _Kind.NativeGesture:
            assert isinstance(event, QNativeGestureEvent)
            return self._pinch(event)
        if kind == _Kind.ToolTip:
            assert isinstance(event, QHelpEvent)
            return self._tip(event)
        if kind == _Kind.ContextMenu:
            assert isinstance(event, QContextMenuEvent)
            return self._menu(event)
        self._last = None
        self._show_hover(NOTHING, None)
        return False

    def cancel(self) -> bool:
        """End the gesture under way as if it had never begun; False when there is none."""
        gesture, self._gesture = self._gesture, None
        self._edge_timer.stop()
        if gesture is None:
            return False
        gesture.cancel()
        self._show_cursor()
        return True

    def set_pan_mode(self, on: bool) -> None:
        """While Space is held, dragging pans."""
        self._pan_mode = on
        self.has_panned = False
        self._show_cursor()

    def paint(self, painter: QPainter) -> None:
        """Paint what the gesture under way shows."""
        if self._gesture is not None:
            self._gesture.paint(painter)

    # Gestures that come from elsewhere

    def at(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer:
        """The pointer when it is at `place`, in pixels of the view."""
        tears = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        return Pointer(place, self._view.camera.scene_point(place), bool(modifiers & _ADDING), tears)

    def is_under_way(self, gesture: Gesture | None) -> bool:
        """Whether `gesture` is the one that is under way."""
        return gesture is not None and gesture is self._gesture

    def take_over(self, gesture: Gesture) -> None:
        """Let `gesture` be the one that is under way."""
        self._gesture = gesture

    def resume(self, pointer: Pointer) -> None:
        """Go on with the gesture that has left the canvas; the pointer is here again."""
        if self._gesture is None and self._carried is not None:
            self._gesture = self._gesture_for(Qt.MouseButton.LeftButton, self._carried.start)
            if self._gesture is not None:
                self._gesture.is_drag = True
                self._gesture.begin()
        if self._gesture is not None:
            self._move(pointer)

    def finish(self, pointer: Pointer) -> None:
        """What was dragged is dropped."""
        gesture, self._gesture = self._gesture, None
        self._edge_timer.stop()
        if gesture is not None:
            gesture.finish(pointer)

    def _carry_out(self, event: QMouseEvent) -> bool:
        """When layers are dragged out of the canvas, carry them to where they are dropped; False when they are not."""
        gesture = self._gesture
        if gesture is None or not (gesture.is_drag and gesture.can_leave):
            return False
        if self._view.viewport().rect().contains(event.position().toPoint()):
            return False
        if not self._view.carrying.leaves_at(event.globalPosition().toPoint()):
            return False
        self.cancel()
        # On its way out it has come near the edge, where the view moves along.
        self._view.camera.look_again(self._look)
        self._carried = gesture
        self._view.carrying.carry()
        self._carried = self._last = None
        self._show_hover(NOTHING, None)
        return True

    # Mouse

    def _press(self, event: QMouseEvent) -> bool:
        if self._gesture is not None:
            return True
        pointer = self.at(event.position(), event.modifiers())
        self._last = pointer
        scope, self._scope = self._scope, self._scene.workspace.scope
        if event.type() == QEvent.Type.MouseButtonDblClick and scope != self._scope:
            return True  # Its first click has opened what is under the pointer now.
        self._view.flight.stop()
        self.has_panned = self._pan_mode
        under, beside = self._under(pointer)
        if event.button() == Qt.MouseButton.RightButton:
            if under.node is not None and under.node not in self._scene.workspace.selection:
                self._scene.workspace.select([under.node])
            return False
        double = event.type() == QEvent.Type.MouseButtonDblClick and not self._pan_mode and not pointer.adds
        if double and event.button() == Qt.MouseButton.LeftButton and self._open(under, beside):
            return True
        self._look = self._view.camera.look()
        self._gesture = self._gesture_for(event.button(), pointer)
        self._button = event.button()
        self._show_cursor()
        return self._gesture is not None

    def _gesture_for(self, button: Qt.MouseButton, pointer: Pointer) -> Gesture | None:
        view = self._view
        if button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and self._pan_mode):
            return Pan(view, pointer)
        if button != Qt.MouseButton.LeftButton:
            return None
        if view.minimap.contains(pointer.place):
            return Steer(view, pointer)
        under, beside = self._under(pointer)
        if not pointer.adds and beside is None and under.node not in self._scene.workspace.selection:
            self._scene.annotations.select(())
        if under.port is not None:
            return Wire(view, pointer, under.port)
        if under.node is not None:
            return Move(view, pointer, under.node)
        if beside is not None and beside.note is not None and beside.is_corner:
            return ResizeNote(view, pointer, beside.note)
        if beside is not None:
            return MoveAnnotation(view, pointer, beside.annotation)
        if under.wire is not None:
            return SelectWire(view, pointer, under.wire)
        return BoxSelect(view, pointer)

    def _under(self, pointer: Pointer) -> tuple[Hit, Beside | None]:
        """What is under the pointer: a node, port or wire, or else a frame or note; nothing where the map is."""
        if self._view.minimap.contains(pointer.place):
            return NOTHING, None
        zoom = self._view.camera.zoom
        under = hit(self._scene, pointer.scene, zoom)
        beside = self._scene.annotations.beside(pointer.scene, zoom, under)
        return (under if beside is None else NOTHING), beside

    def _open(self, under: Hit, beside: Beside | None) -> bool:
        """What a double click means; False when it means nothing more than two clicks."""
        if under.node is not None:
            if not self._scene.workspace.enter(under.node):
                self._view.renaming.start(under.node)
        elif beside is not None and beside.note is not None:
            self._view.annotating.edit_note(beside.note)
        elif beside is not None and beside.frame is not None:
            self._view.annotating.rename_frame(beside.frame)
        else:
            return False
        return True

    def _move(self, pointer: Pointer) -> None:
        self._last = pointer
        if self._gesture is None:
            self._show_hover(*self._under(pointer))
            self._show_cursor()
            return
        self._gesture.move(pointer)
        if self._gesture.is_drag and self._gesture.scrolls_at_edges and any(self._edge_step(pointer.place)):
            if not self._edge_timer.isActive():
                self._edge_timer.start()
        else:
            self._edge_timer.stop()

    def _release(self, event: QMouseEvent) -> bool:
        if self._gesture is None or event.button() != self._button:
            return event.button() != Qt.MouseButton.RightButton
        pointer = self.at(event.position(), event.modifiers())
        self.finish(pointer)
        self._move(pointer)
        return True

    def _show_hover(self, under: Hit, beside: Beside | None) -> None:
        self._scene.set_hover(under)
        self._scene.annotations.set_hover(beside)
        self._view.shape_note.follow(under.wire, self._last)

    # Wheel and trackpad

    def _wheel(self, event: QWheelEvent) -> bool:
        self._view.flight.stop()
        pixels, notches = event.pixelDelta(), event.angleDelta()
        zooms = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier) or pixels.isNull()
        if self._view.minimap.contains(event.position()):
            self._view.camera.zoom_by(_WHEEL_BASE ** (notches.y() or notches.x()))
        elif zooms:
            self._view.camera.zoom_at(event.position(), _WHEEL_BASE ** (notches.y() or notches.x()))
        else:
            self._view.camera.pan(pixels.x(), pixels.y())
        event.accept()
        return True

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._view.camera.zoom_at(event.position(), 1.0 + event.value())
        return True

    # Along the edges

    def _edge_step(self, place: QPointF) -> tuple[float, float]:
        """How far to pan when the pointer is dragged to `place`."""
        size = self._view.viewport().size()

        def step(value: float, length: int) -> float:
            if _EDGE <= value <= length - _EDGE:
                return 0.0
            into = max(_EDGE - value, 0.0) - max(value - (length - _EDGE), 0.0)
            return min(max(into / _EDGE, -2.0), 2.0) * _EDGE_SPEED

        return step(place.x(), size.width()), step(place.y(), size.height())

    def _scroll_at_edge(self) -> None:
        if self._gesture is None or self._last is None:
            self._edge_timer.stop()
            return
        self._view.camera.pan(*self._edge_step(self._last.place))
        last = self._last
        self._gesture.move(Pointer(last.place, self._view.camera.scene_point(last.place), last.adds, last.tears))

    # Tooltips, cursor

    def _tip(self, event: QHelpEvent) -> bool:
        if self._gesture is None:
            under, beside = self._under(self.at(QPointF(event.pos()), Qt.KeyboardModifier.NoModifier))
            text = tip(self._scene, under)
            if beside is not None and beside.frame is not None:
                text = frame_tip(self._scene, beside.frame)
            self._view.shape_note.hide()
            QToolTip.showText(event.globalPos(), text, self._view.viewport())
        return True

    def _menu(self, event: QContextMenuEvent) -> bool:
        """The menu of a frame or a note, at the pointer or, by its key, of the selected one; False elsewhere."""
        if self._gesture is not None:
            return False
        if event.reason() is not QContextMenuEvent.Reason.Mouse:
            return self._view.annotating.open_menu_of_selected()
        _, beside = self._under(self.at(QPointF(event.pos()), Qt.KeyboardModifier.NoModifier))
        if beside is not None:
            self._view.annotating.open_menu(beside, event.globalPos())
        return beside is not None

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._gesture is not None and self._gesture.cursor is not None:
            shape = self._gesture.cursor
        elif self._pan_mode:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._gesture is None and self._scene.hover.port is not None:
            shape = Qt.CursorShape.CrossCursor
        elif self._gesture is None and self._scene.annotations.hovers_corner:
            shape = Qt.CursorShape.SizeFDiagCursor
        viewport = self._view.viewport()
        if viewport.cursor().shape() != shape:
            viewport.setCursor(shape)
