"""The list of reference networks and templates."""

from __future__ import annotations

from collections.abc import Iterable

from engine.zoo import (
    alexnet,
    convolutional,
    densenet,
    googlenet,
    mobilenet,
    perceptrons,
    recurrent,
    resnet,
    squeezenet,
    transformer,
    unet,
    vgg,
)
from engine.zoo.entry import FAMILIES, ZooEntry

__all__ = ["TEMPLATES", "ZOO", "ZooEntry", "collect"]


def collect(entries: Iterable[ZooEntry]) -> dict[str, ZooEntry]:
    """Order `entries` by family and index them by id.

    Raises:
        ValueError: two have the same id, or one names an unknown family.
    """
    entries = list(entries)
    for entry in entries:
        if entry.family not in FAMILIES:
            raise ValueError(f"“{entry.id}” is of the unknown family “{entry.family}”.")
    found: dict[str, ZooEntry] = {}
    for entry in sorted(entries, key=lambda entry: FAMILIES.index(entry.family)):
        if entry.id in found:
            raise ValueError(f"Two networks are declared with the id “{entry.id}”.")
        found[entry.id] = entry
    return found


ZOO: dict[str, ZooEntry] = collect(
    entry
    for module in (
        convolutional,
        perceptrons,
        alexnet,
        vgg,
        googlenet,
        resnet,
        densenet,
        squeezenet,
        mobilenet,
        unet,
        recurrent,
        transformer,
    )
    for entry in module.ENTRIES
)
"""Every network by its id, by family in the order of `FAMILIES`."""

TEMPLATES: dict[str, ZooEntry] = {entry.id: entry for entry in ZOO.values() if entry.is_template}
"""The few with which the welcome page begins, in its order."""
