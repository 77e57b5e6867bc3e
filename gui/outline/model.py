"""The outline as a Qt model: what its rows say, what a search shows of them, and how they follow every edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from engine.analysis.problem import Problem
from engine.analysis.report import UNKNOWN, Analysis
from engine.graph.blocks import block_of
from engine.graph.model import Graph, Node
from engine.layers.blocks import declared
from engine.layers.registry import UnknownLayerError
from engine.layers.spec import LayerSpec
from gui.outline.changes import Changes, Pending
from gui.outline.marks import Marks
from gui.outline.query import Query
from gui.outline.rows import Branch, Mark, Row, Way, parts_of
from gui.row_tree import Index, RowTree
from gui.scope import inside

_Role = Qt.ItemDataRole
_OPENS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
_LEAF = _OPENS | Qt.ItemFlag.ItemNeverHasChildren
_FEW = 64
"""So many changed rows are told one by one; of more, all are said to have changed."""


class OutlineModel(RowTree[Branch, Row]):
    """The layers of a graph in the order of computation; instances open to the inside of their block."""

    stale = Signal()
    """Something has changed; `follow` is to be called before anything is painted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(Branch(0, None), parent)
        self.graph = Graph()
        """The graph at the root."""
        self._query = Query("")
        self._marks = Marks()
        self._holds: dict[tuple[Graph, int], bool] = {}
        self._changes = Changes(self.stale.emit)
        # The graphs may live longer than the outline.
        self.destroyed.connect(self._changes.end)

    # Contents

    def show(self, graph: Graph) -> None:
        """Show `graph`; nothing happens when it is shown already."""
        if graph is self.graph:
            return
        self.beginResetModel()
        self._changes.end()
        self._holds.clear()
        self.graph = graph
        self._marks = Marks()
        self._clear(Branch(0, graph))
        self._fill(self._root)
        self.endResetModel()

    def know(self, analysis: Analysis | None, problems: Iterable[Problem]) -> None:
        """Say what is known about the graph, and what is wrong with the document."""
        before = [(branch, branch.known) for branch in self._read_branches()]
        marks = Marks(problems, self.graph.block)
        marked = marks.differences(self._marks)
        self._root.analysis, self._marks = analysis, marks
        self._holds.clear()
        for branch, known in before:
            if not self._query.is_empty:
                self._arrange(branch, self._wanted(branch))
            way = branch.way
            again = {way_to[-1] for way_to in marked if way_to[:-1] == way} if marked else ()
            self._tell(branch, [row for row in branch.shown if row.node.id in again or _differs(row, known)])

    def search(self, text: str) -> None:
        """Show the rows that fit what was typed, and those that lead to them."""
        self._query = Query(text)
        self._holds.clear()
        for branch in self._read_branches():
            self._arrange(branch, self._wanted(branch))

    def follow(self) -> None:
        """Catch up on what has changed since this was called last."""
        pending = self._changes.take()
        if not pending:
            return
        self._holds.clear()
        for branch in self._read_branches():
            changed = self._catch_up(branch, pending)
            if branch.graph in pending.rearranged or not self._query.is_empty:
                self._arrange(branch, self._wanted(branch))
            self._tell(branch, [row for row in changed if _is_shown(row)])

    @property
    def is_searched(self) -> bool:
        """Whether only what was found is shown."""
        return not self._query.is_empty

    def index_at(self, way: Way) -> QModelIndex:
        """The row that `way` leads to; invalid when it is not shown."""
        branch: Branch = self._root
        for node in way:
            self.shown_below(branch)
            row = (branch.children or {}).get(node)
            if row is None or not _is_shown(row):
                return QModelIndex()
            branch = row
        return self.index_of(branch)

    def mark_of(self, row: Row) -> Mark | None:
        """What is wrong with the layer of a row."""
        return self._marks.of(row)

    def first_found(self) -> QModelIndex:
        """The first row that fits the search by itself, going into blocks; invalid when there is none."""
        waiting: list[Iterator[Row]] = [iter(self._root.shown)]
        while waiting:
            row = next(waiting[-1], None)
            if row is None:
                waiting.pop()
            elif row.is_found:
                return self.index_of(row)
            else:
                waiting.append(iter(self.shown_below(row)))
        return QModelIndex()

    def ways_found(self, most: int) -> list[QModelIndex]:
        """Up to `most` rows that are shown because of what is inside them."""
        found: list[QModelIndex] = []
        waiting: list[Branch] = [self._root]
        for branch in waiting:
            for row in self.shown_below(branch) if self.is_searched else ():
                if not row.is_found and len(found) < most:
                    found.append(self.index_of(row))
                    waiting.append(row)
        return found

    # Qt

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """The name of a layer, and all there is to say about it."""
        row = self.row_of(index)
        if row is None:
            return None
        match role:
            case _Role.DisplayRole | _Role.EditRole:
                return row.node.name
            case _Role.ToolTipRole:
                return self._tool_tip(row)
            case _Role.AccessibleTextRole:
                return row.spoken(self.mark_of(row))
            case _Role.AccessibleDescriptionRole:
                mark = self.mark_of(row)
                return mark.sentence if mark else row.spec.doc if row.spec else None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every layer can be selected, and renamed."""
        row = self.row_of(index)
        return Qt.ItemFlag.NoItemFlags if row is None else _LEAF if row.graph is None else _OPENS

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        """What the only column is called, for screen readers."""
        is_title = orientation is Qt.Orientation.Horizontal and role == _Role.DisplayRole
        return "Layer" if is_title and section == 0 else None

    # Inside

    def _tool_tip(self, row: Row) -> str:
        mark = self.mark_of(row)
        kind = " · ".join(filter(None, (row.label, row.settings, row.times)))
        return "\n".join(filter(None, (row.node.name, kind, row.shape, mark.sentence if mark else "")))

    def _fill(self, branch: Branch) -> None:
        if branch.graph is None:
            return
        self._changes.listen(branch.graph)
        branch.children = {node.id: self._new(branch, node) for node in parts_of(branch.graph)}
        self._put(branch, self._wanted(branch))

    def _opens(self, row: Row) -> bool:
        return bool(row.shown) if row.children is not None else row.has_inside()

    def _new(self, parent: Branch, node: Node) -> Row:
        row = self._add(Row(next(self._ids), None, parent=parent, node=node))
        row.stand_for(node)
        return row

    def _read_branches(self) -> Iterator[Branch]:
        """All that somebody has looked into, each before what is below it, as it is when its turn comes."""
        waiting: list[Branch] = [self._root]
        for branch in waiting:
            yield branch
            waiting += [row for row in (branch.children or {}).values() if row.children is not None]

    def _catch_up(self, branch: Branch, pending: Pending) -> list[Row]:
        """Let the rows below `branch` stand for what they are now; those that have changed and stay."""
        graph, children = branch.graph, branch.children
        if graph is None or children is None:
            return []
        nodes = graph.nodes
        if graph in pending.rearranged:
            after = {node.id: children.get(node.id) or self._new(branch, node) for node in parts_of(graph)}
            gone = [row for node, row in children.items() if node not in after]
            branch.children = children = after
            self._arrange(branch, [row for row in branch.shown if row.node.id in after])
            for row in gone:
                self._forget(row)
            changed = [row for node, row in children.items() if row.node is not nodes[node]]
        else:
            changed = [children[node] for node in pending.touched.get(graph, ()) if node in children]
        if pending.blocks:
            changed += [row for row in children.values() if row.block in pending.blocks]
        for row in changed:
            self._stand_for(row, nodes[row.node.id], pending)
        return changed

    def _stand_for(self, row: Row, node: Node, pending: Pending) -> None:
        before = row.graph
        row.stand_for(node)
        if row.graph is before or row.children is None:
            return
        if row.graph is None:
            gone = list(row.children.values())
            self._arrange(row, [])
            row.children = None
            for below in gone:
                self._forget(below)
        else:
            # What is inside is another graph now, such as a block that came back.
            self._changes.listen(row.graph)
            pending.rearranged.add(row.graph)

    def _tell(self, branch: Branch, rows: list[Row]) -> None:
        """Announce that `rows` below `branch` say something else."""
        if len(rows) > _FEW:
            rows = branch.shown
            self.dataChanged.emit(self.index_of(rows[0]), self.index_of(rows[-1]))
            return
        for row in rows:
            self.dataChanged.emit(self.index_of(row), self.index_of(row))

    def _wanted(self, branch: Branch) -> list[Row]:
        rows = list((branch.children or {}).values())
        if self._query.is_empty:
            for row in rows:
                row.is_found = True
            return rows
        is_whole = isinstance(branch, Row) and branch.is_found
        for row in rows:
            row.is_found = is_whole or self._query.matches(row.node, row.spec, row.report)
        return [row for row in rows if row.is_found or self._hides_found(row.graph, row.known)]

    def _hides_found(self, graph: Graph | None, known: Analysis | None) -> bool:
        """Whether something inside a block fits; found out once for all instances of which the same is known."""
        if graph is None:
            return False
        key = (graph, id(known))
        if key not in self._holds:
            self._holds[key] = any(self._fits(graph, node, known) for node in graph.nodes.values())
        return self._holds[key]

    def _fits(self, graph: Graph, node: Node, known: Analysis | None) -> bool:
        report = UNKNOWN if known is None else known.nodes.get(node.id, UNKNOWN)
        if self._query.matches(node, _declared(graph, node), report):
            return True
        inner = inside(graph, node.id) if block_of(node.layer) else None
        return self._hides_found(inner, next(iter(report.inside), None))


def _is_shown(row: Row) -> bool:
    shown = row.parent.shown
    return row.number < len(shown) and shown[row.number] is row


def _differs(row: Row, known: Analysis | None) -> bool:
    """Whether something else is known about the layer of `row` than was `known` before."""
    before = UNKNOWN if known is None else known.nodes.get(row.node.id, UNKNOWN)
    now = row.report
    return now is not before and (now.outputs, now.error) != (before.outputs, before.error)


def _declared(graph: Graph, node: Node) -> LayerSpec | None:
    try:
        return declared(graph, node)
    except UnknownLayerError:
        return None
