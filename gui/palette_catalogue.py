"""What the palette offers: the layers of the catalogue, the project's own blocks, the blocks of the library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from engine.graph.blocks import PREFIX, block_of
from engine.graph.model import Graph
from engine.layers.blocks import block_spec
from engine.layers.registry import specs
from engine.layers.spec import Call, LayerSpec
from engine.layers.validation import misplaced
from engine.zoo.blocks import LIBRARY, needed
from gui.canvas.supply import LIBRARY_PREFIX

OWN_BLOCKS = "Blocks"
"""The heading of the project's own blocks."""
LIBRARY_BLOCKS = "Block library"
"""The heading of the blocks that come along."""


@dataclass(frozen=True, slots=True)
class Group:
    """Layers under one heading."""

    title: str
    """The heading."""
    family: str
    """The family in whose colour it is shown."""
    layers: tuple[LayerSpec, ...]
    """What stands below it."""


def groups(graph: Graph, catalogue: Sequence[LayerSpec] | None = None) -> list[Group]:
    """Everything that can be placed in `graph`, in the order of the palette."""
    fitting = [layer for layer in (specs() if catalogue is None else catalogue) if misplaced(layer.id, graph) is None]
    families = dict.fromkeys(layer.family for layer in fitting)
    found = [Group(family, family, tuple(layer for layer in fitting if layer.family == family)) for family in families]
    blocks = graph.blocks
    # A block of the library that is in the project is one of its own blocks.
    own = tuple(block_spec(block) for block in blocks.values())
    library = tuple(_sketched(name) for name in LIBRARY if name not in blocks)
    extra = [Group(OWN_BLOCKS, "Block", own), Group(LIBRARY_BLOCKS, "Block", library)]
    ends = sum(group.title == "Input and output" for group in found)
    return [*found[:ends], *(group for group in extra if group.layers), *found[ends:]]


def is_own_block(layer: LayerSpec) -> bool:
    """Whether `layer` is a block of the project, which can be renamed and opened."""
    return block_of(layer.id) is not None


def complete(layer: LayerSpec) -> LayerSpec:
    """`layer` with everything that is known of it: blocks of the library are drawn when they are first asked for."""
    return _drawn(layer.id.removeprefix(LIBRARY_PREFIX)) if layer.id.startswith(LIBRARY_PREFIX) else layer


def find_layers(layers: Sequence[LayerSpec], query: str) -> list[LayerSpec]:
    """The layers in which every word of `query` is found, the best match first."""
    words = query.lower().split()
    ranked = []
    for place, layer in enumerate(map(complete, layers)):
        ranks = [_rank(layer, word) for word in words]
        if all(rank is not None for rank in ranks):
            rank = sum(rank for rank in ranks if rank is not None)
            # Among equals those for images, which are wanted most.
            ranked.append((rank, layer.label.endswith(("1D", "3D")), place, layer))
    return [layer for *_, layer in sorted(ranked, key=lambda entry: entry[:3])]


def _rank(layer: LayerSpec, word: str) -> int | None:
    """How well `word` fits, 0 best; None when it is found nowhere."""
    name = layer.id.removeprefix(PREFIX).removeprefix(LIBRARY_PREFIX).lower()
    label, family, also = layer.label.lower(), layer.family.lower(), layer.also.lower()
    texts = f"{layer.doc} {layer.when} {layer.target}".lower()
    fits = (
        word in (label, name),
        label.startswith(word),
        name.startswith(word),
        word in also.split(),
        any(part.startswith(word) for part in re.split(r"[\s_]+", f"{label} {name}")),
        any(part.startswith(word) for part in re.split(r"[\s_-]+", also)),
        word in label or word in name or word in label.replace(" ", ""),
        any(part.startswith(word) for part in family.split()),
        any(part.startswith(word) for part in re.findall(r"\w+", texts)),
    )
    return next((rank for rank, fit in enumerate(fits) if fit), None)


def _sketched(name: str) -> LayerSpec:
    """A block of the library by name alone."""
    return LayerSpec(
        id=LIBRARY_PREFIX + name,
        label=name,
        family="Block",
        call=Call.BLOCK,
        base_name=name.lower(),
        doc="",
        formula="",
        shape_rule="",
        when="",
        pitfalls="",
        icon="cube-outline",
    )


@cache
def _drawn(name: str) -> LayerSpec:
    project = Graph()
    for block in needed(name):
        project.blocks.add(block)
    return replace(block_spec(project.blocks[name]), id=LIBRARY_PREFIX + name)
