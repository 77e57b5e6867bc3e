"""The rows of the outline: layers, and below the instances of blocks what is inside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.analysis.problem import Severity
from engine.analysis.report import UNKNOWN, Analysis, NodeReport
from engine.graph.blocks import block_of
from engine.graph.model import Graph, Node, NodeId
from engine.layers.blocks import REPEAT, declared
from engine.layers.registry import UnknownLayerError
from engine.layers.spec import Call, LayerSpec, format_shape
from gui.scope import inside
from gui.written import written

Way = tuple[NodeId, ...]
"""The nodes that lead to a layer, from the root of the outline on, each inside the one before; the last is its own."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is wrong with a layer, or with something inside it."""

    severity: Severity
    """How bad it is."""
    sentence: str
    """What it is."""

    @property
    def role(self) -> str:
        """The theme's colour for it."""
        return "error" if self.severity is Severity.ERROR else "warning"


@dataclass(eq=False, slots=True)
class Branch:
    """Something that rows are below: the whole outline, or the row of an instance."""

    id: int
    """By what Qt's indexes name it."""
    graph: Graph | None
    """The graph whose layers are below it; None below a plain layer."""
    children: dict[NodeId, Row] | None = None
    """All that is below it, in the order of computation; None until somebody has looked."""
    shown: list[Row] = field(default_factory=list)
    """What of it is shown."""
    is_found: bool = True
    """Whether it fits the search by itself, so that everything below it is shown."""
    analysis: Analysis | None = None
    """What is known about the whole; of a row it follows from what is above."""

    @property
    def known(self) -> Analysis | None:
        """What is known about what is below it."""
        return self.analysis

    @property
    def way(self) -> Way:
        """What leads to it."""
        return ()

    def has_inside(self) -> bool:
        """Whether it opens."""
        return bool(self.graph is not None and self.graph.nodes)


@dataclass(eq=False, slots=True, kw_only=True)
class Row(Branch):
    """One layer."""

    parent: Branch
    """What it is below."""
    node: Node
    """The layer as it was when the outline looked last."""
    number: int = 0
    """Which it is among those that are shown."""
    _spec: LayerSpec | None = None
    _caption: str | None = None

    @property
    def block(self) -> str | None:
        """The block that it is an instance of; None for a plain layer."""
        return block_of(self.node.layer)

    @property
    def place(self) -> Graph:
        """The graph that it is in."""
        assert self.parent.graph is not None
        return self.parent.graph

    @property
    def spec(self) -> LayerSpec | None:
        """The declaration of its layer; None when it is an instance of a block that does not exist."""
        if self._spec is None:
            try:
                self._spec = declared(self.place, self.node)
            except UnknownLayerError:
                return None
        return self._spec

    @property
    def report(self) -> NodeReport:
        """What is known about it."""
        around = self.parent.known
        return UNKNOWN if around is None else around.nodes.get(self.node.id, UNKNOWN)

    @property
    def known(self) -> Analysis | None:
        """What is known about its inside, in the first of its copies."""
        return next(iter(self.report.inside), None)

    @property
    def way(self) -> Way:
        """What leads to it."""
        return (*self.parent.way, self.node.id)

    def stand_for(self, node: Node) -> None:
        """Show the layer as it is now, and the block as it is now."""
        self.node = node
        self.graph = inside(self.place, node.id) if block_of(node.layer) else None
        self._spec = self._caption = None

    # What it says

    @property
    def label(self) -> str:
        """What kind of layer it is."""
        return (self.block or self.node.layer) if self.spec is None else self.spec.label

    @property
    def times(self) -> str:
        """How many copies stand in a row, such as `×3`; empty for one."""
        repeat = self.node.params.get(REPEAT.name, 1) if self.block else 1
        return "" if repeat == 1 else f"×{str(repeat).removeprefix('=')}"

    @property
    def caption(self) -> str:
        """What kind of layer it is, unless its name says so, and the settings that matter."""
        if self._caption is None:
            self._caption = self._make_caption()
        return self._caption

    @property
    def shape(self) -> str:
        """The shape of what comes out, written closely; empty while it is not known."""
        outputs = self.report.outputs
        text = format_shape(outputs[0]).replace(" × ", "×") if outputs else ""
        return f"{text} +{len(outputs) - 1}" if len(outputs) > 1 else text

    def spoken(self, mark: Mark | None) -> str:
        """All of it in words, for screen readers."""
        shapes = "; ".join(map(format_shape, self.report.outputs)).replace("×", "by")
        repeated = f"{self.times.removeprefix('×')} copies" if self.times else ""
        kind = self.label if self.label.lower() != self.node.name.lower() else ""
        parts = [self.node.name, kind, self.settings, repeated, f"output {shapes}" if shapes else ""]
        return ", ".join(filter(None, (*parts, mark.role if mark else "")))

    @property
    def settings(self) -> str:
        """The settings that matter, as on the canvas."""
        known = self.spec
        if known is None:
            return ""
        params = self.node.params
        # How often a block stands in a row is said beside the name.
        shown = {**params, REPEAT.name: REPEAT.default} if known.call is Call.BLOCK else params
        text = known.summary(written(known.params, shown))
        return text.removeprefix(known.label).removeprefix(" · ")

    def _make_caption(self) -> str:
        known, name = self.spec, self.node.name.lower()
        if known is None:
            return f"There is no block “{self.block}”"
        said = known.base_name in name or known.label.lower().replace(" ", "_") in name
        # Of an input the shape is all that is set.
        settings = "" if not known.inputs else self.settings
        return " · ".join(filter(None, ("" if said else known.label, settings)))


def parts_of(graph: Graph) -> Iterator[Node]:
    """The layers of `graph` in the order in which they are computed."""
    for node in graph.wiring.topological_order():
        yield graph.nodes[node]
