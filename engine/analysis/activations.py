"""Unites what single layers keep in memory over a graph, in which what one makes another one keeps.

A value may lie in the memory of another one (a flattened image in that of the image), several layers may keep the
same value, and a layer inside a block may keep what was made outside and the other way round. Each piece of memory
counts once, at the node that made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from engine.analysis.report import Analysis, Feed, Footprint, NodeReport, Value
from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT, ends
from engine.graph.blocks import block_of
from engine.graph.model import Graph, NodeId

NETWORK_INPUT, NETWORK_OUTPUT = "input", "output"
"""The layers through which values enter and leave the network."""

_MAX_REMEMBERED = 50_000
"""So many reports are remembered at once."""

_Memory = tuple[str, int, int]
"""Where a value lies: the node that made it, which of its copies, and the output. For what comes into a block the
node is empty, and the last number is that of the input."""


class _Step(NamedTuple):
    """One run of a layer, or of one copy of a block."""

    node: NodeId
    copy: int
    inside: Analysis | None
    footprint: Footprint
    feeds: tuple[_Memory, ...]
    """Where each of its inputs lies."""
    results: tuple[_Memory, ...]
    """Where each of its outputs lies."""

    def own(self, port: int) -> bool:
        """Whether the output `port` has memory of its own."""
        return self.results[port] == (self.node, self.copy, port)


class Ledger:
    """Says of each node what is kept of its making; remembers this for the insides of blocks."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, tuple[bool, ...]], tuple[Analysis, Analysis]] = {}
        self._reports: dict[tuple[int, int], tuple[NodeReport, NodeReport]] = {}

    def clear(self) -> None:
        """Forget what is known of insides: blocks have changed."""
        self._known.clear()

    def settled(self, graph: Graph, analysis: Analysis, kept_outside: Sequence[bool] = ()) -> Analysis:
        """`analysis` with what is kept of each node of `graph`.

        Args:
            kept_outside: for each output of a block, whether something outside keeps what leaves it.
        """
        steps, results = _steps(graph, analysis.nodes)
        kept = {result for result, is_kept in zip(results, kept_outside, strict=False) if is_kept}
        kept |= _kept_within(steps)
        nodes = dict(analysis.nodes)
        for node, own_steps in _by_node(steps).items():
            settled = self._settled_node(graph, nodes[node], own_steps, kept)
            if settled is not None:
                nodes[node] = settled
        return replace(analysis, nodes=nodes)

    def _settled_node(
        self, graph: Graph, report: NodeReport, steps: Sequence[_Step], kept: set[_Memory]
    ) -> NodeReport | None:
        if not report.inside:
            (step,) = steps
            size = step.footprint.extra_bytes + sum([size for made, size in _made(step).items() if made in kept])
            return self._settled_layer(report, size) if size or step.footprint.fixed_bytes else None
        inner = graph.blocks.graph(block_of(graph.nodes[steps[0].node].layer) or "")
        inside = tuple(
            self._settled_inside(inner, step.inside, tuple(result in kept for result in step.results))
            for step in steps
            if step.inside is not None
        )
        return replace(
            report,
            activation_bytes=sum(each.activation_bytes for each in inside),
            fixed_bytes=sum(each.fixed_bytes for each in inside),
            inside=inside,
        )

    def _settled_layer(self, report: NodeReport, size: int) -> NodeReport:
        """`report` with `size` as what is kept; the same object for the same, which is quick to compare."""
        key = (id(report), size)
        if key not in self._reports:
            if len(self._reports) >= _MAX_REMEMBERED:
                self._reports.clear()
            settled = replace(report, activation_bytes=size, fixed_bytes=report.footprint.fixed_bytes)
            # The report is held as well, so that no other one can get its id.
            self._reports[key] = (report, settled)
        return self._reports[key][1]

    def _settled_inside(self, inner: Graph, inside: Analysis, kept_outside: tuple[bool, ...]) -> Analysis:
        key = (id(inside), kept_outside)
        if key not in self._known:
            # The analysis is held as well, so that no other one can get its id.
            self._known[key] = (inside, self.settled(inner, inside, kept_outside))
        return self._known[key][1]


def entering(graph: Graph, feeds: Sequence[Feed]) -> dict[NodeId, NodeReport]:
    """What is known of the inputs of a block that is fed with `feeds`."""
    return {
        node: NodeReport((feed.shape,), footprint=Footprint((Value(0, None, feed.learns, feed.strides),)))
        for node, feed in zip(ends(graph, BLOCK_INPUT), feeds, strict=False)
    }


def feed_of(report: NodeReport, port: int) -> Feed:
    """What a wire from the output `port` of a node brings."""
    values = report.footprint.values
    if port >= len(values):
        return Feed(report.outputs[port])
    return Feed(report.outputs[port], values[port].learns, values[port].strides)


def summary(graph: Graph, nodes: Mapping[NodeId, NodeReport]) -> Footprint:
    """What the inside of a block keeps, as seen from outside; what it keeps of its own making counts inside."""
    steps, results = _steps(graph, nodes)
    kept = _kept_within(steps)
    sizes = {result: size for step in steps for result, size in _made(step).items()}
    values = []
    for end, result in zip(ends(graph, BLOCK_OUTPUT), results, strict=True):
        feed = feed_of(nodes[end], 0)
        part_of = None if result[0] else result[2]
        # A piece of memory that leaves by two outputs is taken once.
        values.append(Value(sizes.pop(result, 0), part_of, feed.learns, feed.strides))
    _, when_evaluating = _steps(graph, nodes, is_training=False)
    return Footprint(
        values=tuple(values),
        kept_inputs=tuple(port for port in range(len(ends(graph, BLOCK_INPUT))) if ("", 0, port) in kept),
        kept_outputs=tuple(port for port, result in enumerate(results) if result[0] and result in kept),
        passes_on=when_evaluating == [("", 0, 0)] and results != when_evaluating,
    )


def inference_peak(graph: Graph, nodes: Mapping[NodeId, NodeReport]) -> int:
    """The most bytes that values take at one time in a forward pass of one sample without gradients.

    A value is let go of as soon as nothing needs it any more; what enters the network or a block is held by the
    caller all the time. Of a block it is what is made inside.
    """
    steps, results = _steps(graph, nodes, is_training=False)
    last = {memory: index for index, step in enumerate(steps) for memory in step.feeds}
    last |= dict.fromkeys(results, len(steps))
    live: dict[_Memory, int] = {}
    held = highest = in_use = 0
    for index, step in enumerate(steps):
        if graph.nodes[step.node].layer == NETWORK_INPUT:
            held += step.footprint.values[0].size
            continue
        made = _made(step)
        needed = sum(made.values()) if step.inside is None else max(step.inside.inference_bytes, sum(made.values()))
        highest = max(highest, in_use + needed)
        for memory, size in made.items():
            if last.get(memory, -1) > index:
                in_use += size - live.get(memory, 0)
                live[memory] = size
        for memory in step.feeds:
            if last[memory] == index:
                in_use -= live.pop(memory, 0)
    return held + highest


def _steps(
    graph: Graph, nodes: Mapping[NodeId, NodeReport], *, is_training: bool = True
) -> tuple[list[_Step], list[_Memory]]:
    """The runs of all layers whose shapes are known, in order, and where what leaves a block or a network lies."""
    steps: list[_Step] = []
    lies: dict[tuple[NodeId, int], _Memory] = {}
    for port, end in enumerate(ends(graph, BLOCK_INPUT)):
        lies[end, 0] = ("", 0, port)
    # Reports stand in topological order.
    for node, report in nodes.items():
        if not report.outputs or (node, 0) in lies:
            continue
        feeds = tuple([lies[edge.source, edge.source_port] for edge in graph.incoming(node)])
        for copy, (footprint, inside) in enumerate(_parts(report)):
            results = _results(node, copy, footprint, feeds, is_training)
            steps.append(_Step(node, copy, inside, footprint, feeds, results))
            feeds = results
        for port, result in enumerate(feeds):
            lies[node, port] = result
    leaving = ends(graph, BLOCK_OUTPUT) or ends(graph, NETWORK_OUTPUT)
    return steps, [lies[end, 0] for end in leaving if (end, 0) in lies]


def _parts(report: NodeReport) -> list[tuple[Footprint, Analysis | None]]:
    return [(inside.footprint, inside) for inside in report.inside] or [(report.footprint, None)]


def _results(
    node: NodeId, copy: int, footprint: Footprint, feeds: Sequence[_Memory], is_training: bool
) -> tuple[_Memory, ...]:
    passes_on = footprint.passes_on and not is_training
    return tuple(
        [
            feeds[value.part_of] if value.part_of is not None else feeds[0] if passes_on else (node, copy, port)
            for port, value in enumerate(footprint.values)
        ]
    )


def _made(step: _Step) -> dict[_Memory, int]:
    """The bytes of each of its outputs that has memory of its own."""
    values = step.footprint.values
    return {result: values[port].size for port, result in enumerate(step.results) if step.own(port)}


def _kept_within(steps: Sequence[_Step]) -> set[_Memory]:
    kept = {step.feeds[index] for step in steps for index in step.footprint.kept_inputs}
    return kept | {step.results[index] for step in steps for index in step.footprint.kept_outputs}


def _by_node(steps: Sequence[_Step]) -> dict[NodeId, list[_Step]]:
    found: dict[NodeId, list[_Step]] = {}
    for step in steps:
        found.setdefault(step.node, []).append(step)
    return found
