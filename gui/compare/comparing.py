"""Comparing the project in one tab with another one: the bar, the marks on the canvas and the list, put together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtWidgets import QFileDialog, QSplitter

from engine.graph import document
from engine.graph.document import DocumentError
from engine.graph.model import Graph, NodeId
from engine.graph.wording import quoted
from engine.project import open_project
from gui.canvas.camera import Look
from gui.canvas.geometry import card_at
from gui.canvas.view import CanvasView
from gui.compare.bar import CompareBar
from gui.compare.changes_list import ChangesList
from gui.compare.comparison import Comparison
from gui.compare.entries import Entry, Kind
from gui.compare.overlay import DiffOverlay
from gui.workspace import Workspace

_FILTER = f"Netwright projects (*{document.SUFFIX})"
_READABLE = 0.6
"""Who goes to a difference from farther away than this comes so near."""
_MARGIN = 60.0
"""How far from the edges of the view, in pixels, a difference is seen well."""
_WIDTH = 280


class Comparing(QObject):
    """Lets one document be compared, and people go from one difference to the next while they edit."""

    def __init__(self, workspace: Workspace, view: CanvasView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._view = view
        self.comparison = Comparison(workspace, self)
        self.overlay = DiffOverlay(view, self.comparison)
        self.bar = CompareBar()
        """Goes above the canvas."""
        self.list = ChangesList()
        """All differences, beside the canvas."""
        self.stage = QSplitter(Qt.Orientation.Horizontal)
        """The canvas with the list beside it."""
        self.stage.setChildrenCollapsible(False)
        self.stage.addWidget(view)
        self.stage.addWidget(self.list)
        self.stage.setStretchFactor(0, 1)
        self.stage.setStretchFactor(1, 0)
        self.list.resize(_WIDTH, self.list.height())
        self.list.hide()
        self.comparison.changed.connect(self._show)
        self.bar.previousRequested.connect(lambda: self.step(-1))
        self.bar.nextRequested.connect(lambda: self.step(1))
        self.bar.listToggled.connect(self._show_list)
        self.bar.closeRequested.connect(self.stop)
        self.list.chosen.connect(self.go_to)
        self.list.left.connect(view.setFocus)
        workspace.selectionChanged.connect(self._on_selection)
        view.canvas_scene.annotations.selectionChanged.connect(self._on_annotations)

    def slots(self) -> dict[str, Callable[[], object]]:
        """What the actions about comparing call, by their ids."""
        return {
            "compare_file": self.ask_and_compare,
            "stop_comparing": self.stop,
            "next_difference": lambda: self.step(1),
            "previous_difference": lambda: self.step(-1),
        }

    def possible(self) -> dict[str, bool]:
        """Which of the actions can be used now."""
        is_active = self.comparison.is_active
        return {"stop_comparing": is_active, "next_difference": is_active, "previous_difference": is_active}

    def compare(self, old: Graph, title: str) -> None:
        """Draw what is different from `old`, which is called `title` in the middle of a sentence."""
        self.comparison.start(old, title)

    def ask_and_compare(self) -> None:
        """Let the user pick a file, and compare the document with what is in it."""
        path = self._workspace.path
        folder = path.parent if path else Path.home()
        name, _ = QFileDialog.getOpenFileName(self._view.window(), "Compare with a project", str(folder), _FILTER)
        if name:
            self.compare_with(Path(name))

    def compare_with(self, path: Path) -> None:
        """Compare the document with the project file at `path`; when it cannot be read, say why."""
        try:
            old = open_project(path)
        except DocumentError as error:
            self._workspace.refused.emit(str(error))
            return
        self.compare(old, quoted(path.name, 60))

    def stop(self) -> None:
        """Compare the document with nothing any more."""
        had_focus = self.bar.isAncestorOf(self.bar.window().focusWidget() or self.bar) or self.list.hasFocus()
        self.comparison.stop()
        if had_focus:
            self._view.setFocus()

    def step(self, by: int) -> None:
        """Go to the next difference, or the one before, that is on the canvas; behind the last one comes the first."""
        entries = [entry for entry in self.list.entries if entry.block is not None and entry.kind is not Kind.MOVED]
        if not entries:
            return
        current = self.list.current
        if current in entries:
            target = entries[(entries.index(current) + by) % len(entries)]
        else:
            target = entries[0 if by > 0 else -1]
        self.list.highlight(target)
        self.go_to(target)

    def go_to(self, entry: Entry) -> None:
        """Bring a difference into view, wherever in the project it is, and select the layers that are there."""
        if entry.block is None:
            return
        if self._workspace.graph.block != entry.block:
            if entry.block:
                self._workspace.open_block(entry.block)
            else:
                self._workspace.go_to(0)
        self._view.canvas_scene.annotations.select((), entry.nodes)
        if entry.annotation is not None and entry.kind is not Kind.REMOVED:
            # A bookmark is a place itself; a frame or a note is selected.
            self._view.bookmarks.visit(entry.annotation)
            return
        if entry.wire is not None and entry.wire in self._view.canvas_scene.wires and entry.kind is Kind.ADDED:
            self._view.canvas_scene.select_wires([entry.wire])
        self._look_at(self._rect_of(entry))

    # Inside

    def _rect_of(self, entry: Entry) -> QRectF:
        scene, rect = self._view.canvas_scene, QRectF()
        cards = [card_at(scene.nodes[node].position) for node in entry.nodes if node in scene.nodes]
        cards += [self.overlay.rect_of(node) for node in entry.gone]
        if entry.annotation is not None:
            cards.append(self.overlay.marks.beside.rect_of(entry.annotation))
        if entry.wire is not None:
            lost = self.overlay.marks.wires_removed.get(entry.wire) if entry.kind is Kind.REMOVED else None
            wire = scene.wires.get(entry.wire) if entry.kind is Kind.ADDED else None
            cards += [lost.path.controlPointRect()] if lost is not None else []
            cards += [wire.path.controlPointRect()] if wire is not None else []
        for card in cards:
            rect = rect.united(card)
        return rect

    def _look_at(self, rect: QRectF) -> None:
        if rect.isNull():
            return
        camera = self._view.camera
        margin = _MARGIN / camera.zoom
        if camera.zoom >= _READABLE and camera.visible().contains(rect.adjusted(-margin, -margin, margin, margin)):
            return
        size = self._view.viewport().size()
        fitting = min(size.width() / (rect.width() + 2 * _MARGIN), size.height() / (rect.height() + 2 * _MARGIN))
        zoom = min(max(camera.zoom, _READABLE), max(fitting, 0.05))
        self._view.flight.to(Look(zoom, (rect.center().x(), rect.center().y())))

    def _show(self) -> None:
        comparison = self.comparison
        is_active, found = comparison.is_active, comparison.found
        self.bar.setVisible(is_active)
        self._show_list(self.bar.list_button.isChecked())
        entries = found.entries if found is not None else ()
        self.list.show_entries(entries)
        if is_active:
            said = "looking for differences…" if found is None else found.headline
            self.bar.speak(f"Compared with {comparison.title} — {said}", can_step=bool(entries))

    def _show_list(self, shown: bool) -> None:
        visible = shown and self.comparison.is_active
        if visible and self.list.isHidden():
            whole = self.stage.width()
            self.list.show()
            self.stage.setSizes([max(whole - _WIDTH, 1), _WIDTH])
        self.list.setVisible(visible)

    def _on_selection(self) -> None:
        selection = self._workspace.selection
        if self.comparison.is_active and len(selection) == 1:
            self.list.highlight_node(self._workspace.graph.block, NodeId(selection[0]))

    def _on_annotations(self) -> None:
        layer = self._view.canvas_scene.annotations
        chosen = layer.selected_frames or layer.selected_notes
        if self.comparison.is_active and len(chosen) == 1:
            self.list.highlight_annotation(self._workspace.graph.block, chosen[0])
