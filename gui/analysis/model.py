"""The analysis table as a Qt model: a tree of layers, sorted and searched, that follows the network without a reset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from PySide6.QtCore import QModelIndex, QObject, Qt

from engine.analysis.report import Analysis
from engine.graph.blocks import block_of
from engine.graph.model import Graph, NodeId
from gui.analysis.columns import ACTIVATIONS, COLUMNS, LAYER, OUTPUT, TYPE, share
from gui.analysis.rows import Branch, Part, Row, parts_of
from gui.inspector.numbers import exact
from gui.row_tree import NOWHERE, Index, RowTree

_Role = Qt.ItemDataRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Order:
    """How the rows are sorted."""

    column: int | None = None
    """By which column; None for the order of computation."""
    descending: bool = False
    """Whether the largest comes first."""

    def sorted(self, rows: list[Row]) -> list[Row]:
        """`rows` in this order; what is not known comes last, and equals stay in the order of computation."""
        rows = sorted(rows, key=lambda row: row.place)
        column = self.column
        if column is None:
            return rows
        known = [row for row in rows if row.rank(column)[0] < inf]
        unknown = [row for row in rows if row.rank(column)[0] == inf]
        return sorted(known, key=lambda row: row.rank(column), reverse=self.descending) + unknown


class AnalysisModel(RowTree[Branch, Row]):
    """The layers of a graph and what is known about them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(Branch(0, {}), parent)
        self.graph = Graph()
        """The graph whose layers are shown."""
        self.analysis: Analysis | None = None
        """What is known about them."""
        self.is_analysed = False
        """Whether torch is there, so that what is unknown has another reason than that it is still loading."""
        self._order = Order()
        self._words: list[str] = []
        self._holds: dict[tuple[str, int], bool] = {}
        self._wholes: dict[int, int] = {}

    # Contents

    def show(self, graph: Graph, analysis: Analysis | None, *, is_analysed: bool) -> None:
        """Show `graph`; what was shown already stays where it is, with what is known about it now."""
        self.analysis, self.is_analysed = analysis, is_analysed
        self._holds.clear()
        self._wholes.clear()
        if graph is self.graph:
            self._follow(self._root, parts_of(graph, analysis))
            return
        self.beginResetModel()
        self.graph = graph
        self._clear(Branch(0))
        self._fill(self._root)
        self.endResetModel()

    def sort_by(self, order: Order) -> None:
        """Sort all rows."""
        self._order = order
        self._reorder([(branch, order.sorted(branch.shown)) for branch in self._read_branches()])

    def search(self, text: str) -> None:
        """Show the rows in whose name or type all words of `text` occur, and those that lead to them."""
        self._words = text.lower().split()
        self._holds.clear()
        for branch in self._read_branches():
            self._arrange(branch, self._wanted(branch))

    @property
    def is_searched(self) -> bool:
        """Whether only what was found is shown."""
        return bool(self._words)

    def index_of_node(self, node: NodeId) -> QModelIndex:
        """The row of a node of the graph in view; invalid when it is not shown."""
        row, shown = (self._root.children or {}).get(node), self._root.shown
        is_shown = row is not None and row.number < len(shown) and shown[row.number] is row
        return self.createIndex(row.number, 0, row.id) if row is not None and is_shown else NOWHERE

    def ways_found(self, most: int) -> list[QModelIndex]:
        """Up to `most` rows that are shown because of what is inside them."""
        found: list[QModelIndex] = []
        waiting: list[Branch] = [self._root]
        for branch in waiting:
            for row in self.shown_below(branch) if self._words else ():
                if not row.is_found and len(found) < most:
                    found.append(self.createIndex(row.number, 0, row.id))
                    waiting.append(row)
        return found

    # Qt

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """How many columns there are."""
        return len(COLUMNS)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """The text of a cell, its tool tip and its alignment."""
        row = self.row_of(index)
        if row is None:
            return None
        match role:
            case _Role.DisplayRole:
                return row.text(index.column())
            case _Role.ToolTipRole:
                return self._tool_tip(row, index.column())
            case _Role.AccessibleTextRole:
                return f"{COLUMNS[index.column()].title}: {row.text(index.column())}"
            case _Role.TextAlignmentRole:
                return LEFT if COLUMNS[index.column()].figure is None else RIGHT
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        """The title of a column, and what it means."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        match role:
            case _Role.DisplayRole:
                return column.title
            case _Role.ToolTipRole:
                return column.doc
            case _Role.TextAlignmentRole:
                return LEFT if column.figure is None else RIGHT
        return None

    def share(self, row: Row, column: int) -> float:
        """Which part of the whole the number in a cell is, from 0 to 1."""
        figure, value = COLUMNS[column].figure, row.value(column)
        if figure is None or self.analysis is None or not value:
            return 0.0
        if column not in self._wholes:
            self._wholes[column] = figure.read(self.analysis)
        return value / max(value, self._wholes[column])

    # Inside: what is shown

    def _tool_tip(self, row: Row, column: int) -> str:
        reason = row.why_unknown(is_analysed=self.is_analysed, has_analysis=self.analysis is not None)
        figure, value = COLUMNS[column].figure, row.value(column)
        if column in (LAYER, TYPE):
            return "\n".join(dict.fromkeys(part for part in (row.name, row.label, row.summary, reason) if part))
        if reason or column == OUTPUT or figure is None or value is None or self.analysis is None:
            return reason
        lines = [f"{exact(value)} {figure.unit}", share(value, figure.read(self.analysis))]
        fixed = row.part.report.fixed_bytes
        if column == ACTIVATIONS and fixed:
            lines.append(f"and {exact(fixed)} bytes for each step, however large the batch is")
        return "\n".join(filter(None, lines))

    def _fill(self, branch: Branch) -> None:
        parts = branch.part.parts() if isinstance(branch, Row) else parts_of(self.graph, self.analysis)
        branch.children = {part.key: self._new(branch, part, place) for place, part in enumerate(parts)}
        self._put(branch, self._wanted(branch))

    def _opens(self, row: Row) -> bool:
        return row.has_inside()

    def _new(self, parent: Branch, part: Part, place: int) -> Row:
        return self._add(Row(next(self._ids), parent=parent, part=part, place=place))

    # Inside: what is found, and in which order

    def _wanted(self, branch: Branch) -> list[Row]:
        rows = list((branch.children or {}).values())
        for row in rows if self._words else ():
            row.is_found = (branch is not self._root and branch.is_found) or self._fits(row.part)
        if self._words:
            rows = [row for row in rows if row.is_found or self._has_found(row.part)]
        return self._order.sorted(rows)

    def _fits(self, part: Part) -> bool:
        text = f"{part.name} {part.label}".lower()
        return all(word in text for word in self._words)

    def _has_found(self, part: Part) -> bool:
        """Whether something inside a block fits; found out once for all copies of which the same is known."""
        name = block_of(part.node.layer)
        if name is None:
            return False
        found = (self._fits(inner) or self._has_found(inner) for inner in part.parts())
        if len(part.report.inside) > 1:
            # The names of copies follow from that of the instance.
            return any(found)
        key = (name, id(part.report.inside[0]) if part.report.inside else 0)
        if key not in self._holds:
            self._holds[key] = any(found)
        return self._holds[key]

    # Inside: changes

    def _read_branches(self) -> list[Branch]:
        """All that somebody has looked into, each before what is below it."""
        found: list[Branch] = [self._root]
        for branch in found:
            found += [row for row in (branch.children or {}).values() if row.children is not None]
        return found

    def _follow(self, branch: Branch, parts: Iterator[Part]) -> None:
        """Make the rows below `branch` those of `parts`; a row that stays keeps what is open below it."""
        before = branch.children or {}
        after: dict[NodeId | int, Row] = {}
        for place, part in enumerate(parts):
            row = before.get(part.key)
            if row is None:
                row = self._new(branch, part, place)
            else:
                row.stand_for(part, place)
            after[part.key] = row
        gone = {row for key, row in before.items() if key not in after}
        branch.children = after
        self._arrange(branch, self._wanted(branch))
        for row in gone:
            self._forget(row)
        if branch.shown:
            first, last = branch.shown[0], branch.shown[-1]
            self.dataChanged.emit(
                self.createIndex(0, 0, first.id), self.createIndex(last.number, len(COLUMNS) - 1, last.id)
            )
        for row in after.values():
            if row.children is not None:
                self._follow(row, row.part.parts())
