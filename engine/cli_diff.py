"""What the command `diff` tells of two projects: as data for programs, and as sentences for people."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.graph.annotations import inscription, kind_of
from engine.graph.diff import AnnotationChange, BlockDiff, DocumentDiff, GraphDiff, NodeChange, ValueChange
from engine.graph.model import Edge, Graph, Node, NodeId

Report = dict[str, Any]
"""What can be written as JSON."""

_EPILOG = """
Layers are told by their ids where one file grew out of the other, else by their names, else by what they are wired to.
Ids alone make no difference, nor does the number of an input that is another one only because inputs before it came or
went.

Ends with 0 when the projects are equal, with 1 when they differ, and with 2 when one of them cannot be read.

With --json, prints "equal", "summary" (sentences), "network", "blocks" (those that were "added", "removed" and
"changed") and "settings". The network and each changed block have "added" and "removed" layers, "changed" layers with
their "params" ("name", "old", "new"), the names of layers that only "moved", "wires_added" and "wires_removed" ("from"
and "to", each a name and a port), and "annotations" (frames, notes and bookmarks with their "change", the names of the
layers that have "entered" a frame and that have "left" it, and whether nothing but the place of a note is different,
which is "moved"). A block has its "old_name", its "doc" where that is another one, and the names of parameters of its
own with other "declarations".
"""


def add_diff_options(command: argparse.ArgumentParser) -> None:
    """Add what `diff` takes."""
    command.add_argument("old", metavar="FILE1", type=Path, help="a project file")
    command.add_argument("new", metavar="FILE2", type=Path, help="the project file that is told from it")
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.epilog = _EPILOG


def diff_report(difference: DocumentDiff, old: Graph, new: Graph) -> Report:
    """The difference of `new` from `old` as data for programs."""
    return {
        "equal": difference.is_empty,
        "summary": difference.summary(),
        "network": _graph(difference.network, old, new),
        "blocks": {
            "added": list(difference.blocks_added),
            "removed": list(difference.blocks_removed),
            "changed": [_block(block, old, new) for block in difference.blocks if not block.is_empty],
        },
        "settings": [{"section": change.section, **_value(change)} for change in difference.settings],
    }


def _block(block: BlockDiff, old: Graph, new: Graph) -> Report:
    inside = _graph(block.inside, old.blocks.graph(block.old_name), new.blocks.graph(block.name))
    params = [param.name for change in block.params if (param := change.new or change.old)]
    doc = None if block.doc is None else {"old": block.doc[0], "new": block.doc[1]}
    return {"name": block.name, "old_name": block.old_name, "doc": doc, "declarations": params, **inside}


def _graph(difference: GraphDiff, old: Graph, new: Graph) -> Report:
    return {
        "added": [_node(node) for node in difference.added],
        "removed": [_node(node) for node in difference.removed],
        "changed": [_change(change) for change in difference.changed],
        "moved": [change.new.name for change in difference.moved],
        "wires_added": [_wire(edge, new.nodes) for edge in difference.wires_added],
        "wires_removed": [_wire(edge, old.nodes) for edge in difference.wires_removed],
        "annotations": [_annotation(change, old, new) for change in difference.annotations],
    }


def _node(node: Node) -> Report:
    return {"id": node.id, "name": node.name, "layer": node.layer}


def _change(change: NodeChange) -> Report:
    return {
        **_node(change.new),
        "old_name": change.old.name,
        "old_layer": change.old.layer,
        "params": [_value(value) for value in change.params],
        "moved": change.is_moved,
    }


def _value(change: ValueChange) -> Report:
    return {"name": change.name, "old": change.old, "new": change.new}


def _wire(edge: Edge, nodes: Mapping[NodeId, Node]) -> Report:
    ends = ((edge.source, edge.source_port), (edge.target, edge.target_port))
    source, target = ([nodes[node].name, port] for node, port in ends)
    return {"from": source, "to": target}


def _annotation(change: AnnotationChange, old: Graph, new: Graph) -> Report:
    there = change.new or change.old
    assert there is not None
    what = "added" if change.old is None else "removed" if change.new is None else "changed"
    return {
        "kind": kind_of(there),
        "id": there.id,
        "text": inscription(there),
        "change": what,
        "moved": change.is_moved,
        "entered": [new.nodes[node].name for node in change.entered],
        "left": [old.nodes[node].name for node in change.left],
    }
