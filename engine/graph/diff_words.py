"""Says what is different between two projects, in sentences for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.graph.annotation_words import annotated
from engine.graph.blocks import PREFIX
from engine.graph.params import ParamValue
from engine.graph.wording import counted, on_one_line, shown

if TYPE_CHECKING:
    from engine.graph.diff import BlockDiff, DocumentDiff, GraphDiff, NodeChange, ValueChange
    from engine.graph.model import Node

_LONGEST = 60
"""How many characters of a name or value are shown."""
_LISTED = 5
"""How many names are listed before the rest is counted."""


def summary(difference: DocumentDiff, most: int | None) -> list[str]:
    """The differences as sentences; no sentence when there are none."""
    sentences = [*_blocks(difference), *_graph(difference.network, "")]
    for block in difference.blocks:
        sentences += _inside(block)
    sentences += [setting(change) for change in difference.settings]
    if most is None or len(sentences) <= most:
        return sentences
    rest = len(sentences) - most
    return [*sentences[:most], f"And {rest:,} more {'difference' if rest == 1 else 'differences'}."]


def _blocks(difference: DocumentDiff) -> Iterator[str]:
    for names, what in ((difference.blocks_added, "added"), (difference.blocks_removed, "removed")):
        if names:
            yield f"{counted(len(names), 'block')} {what} ({_listed(names)})."
    for block in difference.blocks:
        if block.old_name != block.name:
            yield f"The block {block.old_name} is called {block.name} now."


def _inside(block: BlockDiff) -> Iterator[str]:
    yield from interface(block)
    yield from _graph(block.inside, f"In the block {block.name}: ")


def interface(block: BlockDiff) -> Iterator[str]:
    """What is different about a block as it is seen from outside, in sentences."""
    if block.doc is not None:
        yield f"The block {block.name} has another description."
    for change in block.params:
        if change.old is None and change.new is not None:
            yield f"The block {block.name} has a new parameter, {change.new.name}."
        elif change.new is None and change.old is not None:
            yield f"The block {block.name} has no parameter {change.old.name} any more."
        elif change.old is not None and change.new is not None:
            yield f"The parameter {change.new.name} of the block {block.name} is declared otherwise."


def _graph(difference: GraphDiff, prefix: str) -> Iterator[str]:
    for nodes, what in ((difference.added, "added"), (difference.removed, "removed")):
        if nodes:
            yield f"{prefix}{counted(len(nodes), 'layer')} {what} ({_listed([node.name for node in nodes])})."
    for change in difference.changed:
        yield from (f"{prefix}{clause}." for clause in clauses(change, is_first=not prefix))
    yield from _wires(difference, prefix)
    if difference.moved:
        yield f"{prefix}{counted(len(difference.moved), 'layer')} moved."
    for annotation in difference.annotations:
        yield f"{prefix}{annotated(annotation, is_first=not prefix)}."


def clauses(change: NodeChange, *, is_first: bool) -> Iterator[str]:
    """What is different about a layer: sentences without their full stops, that begin with a capital if `is_first`."""
    name = change.new.name
    if change.is_renamed:
        yield f"{change.old.name} is called {name} now"
    if change.is_other_layer:
        yield f"{name} is {_layer(change.new)} instead of {_layer(change.old)}"
    # What only one of two different layers has is no change of a value.
    params = [param for param in change.params if not change.is_other_layer or None not in (param.old, param.new)]
    if params:
        first, *others = params
        text = f"{_words(first.name)} of {name} {_values(first)}"
        text = ", ".join((text, *(f"{_words(other.name)} {_values(other)}" for other in others)))
        yield _begun(text) if is_first else text


def _wires(difference: GraphDiff, prefix: str) -> Iterator[str]:
    """Wires between layers that were there and still are; those of others came and went with them."""
    new, old = set(difference.matched.values()), difference.matched.keys()
    added = sum(edge.source in new and edge.target in new for edge in difference.wires_added)
    removed = sum(edge.source in old and edge.target in old for edge in difference.wires_removed)
    for number, what in ((added, "added"), (removed, "removed")):
        if number:
            yield f"{prefix}{counted(number, 'wire')} {what}."


def setting(change: ValueChange) -> str:
    """What is different about a setting, as a sentence."""
    return f"{_begun(_words(change.name))} ({_words(change.section)}) {_values(change)}."


def _values(change: ValueChange) -> str:
    return f"{_value(change.old)} → {_value(change.new)}"


def _value(value: ParamValue | None) -> str:
    if isinstance(value, tuple) and value:
        return on_one_line("×".join(map(shown, value)), _LONGEST)
    return "not set" if value is None else shown(value)


def _layer(node: Node) -> str:
    return on_one_line(node.layer.removeprefix(PREFIX), _LONGEST)


def _words(name: str) -> str:
    """A name from a file, which may be anything, within a sentence."""
    return on_one_line(name.replace("_", " "), _LONGEST)


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - _LISTED
    if rest <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:_LISTED])} and {rest:,} more"


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
