"""Finds the layers: every `LayerSpec` at the top level of a module of this package is in the catalogue."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import engine.layers
from engine.layers.spec import FAMILIES, LayerSpec


class UnknownLayerError(KeyError):
    """No layer has this id."""


def collect(specs: list[LayerSpec]) -> dict[str, LayerSpec]:
    """Order `specs` by family and index them by id.

    Raises:
        ValueError: two have the same id, or one names an unknown family.
    """
    catalogue: dict[str, LayerSpec] = {}
    for spec in sorted(specs, key=lambda spec: FAMILIES.index(spec.family)):
        if spec.id in catalogue:
            raise ValueError(f"Two layers are declared with the id “{spec.id}”.")
        catalogue[spec.id] = spec
    return catalogue


@cache
def _catalogue() -> dict[str, LayerSpec]:
    found: list[LayerSpec] = []
    for module_info in pkgutil.iter_modules(engine.layers.__path__):
        module = importlib.import_module(f"engine.layers.{module_info.name}")
        found.extend(value for value in vars(module).values() if isinstance(value, LayerSpec))
    return collect(found)


def specs() -> list[LayerSpec]:
    """All layers, by family in the order of the palette, then in the order they are declared."""
    return list(_catalogue().values())


def spec(layer: str) -> LayerSpec:
    """The declaration of the layer with the id `layer`.

    Raises:
        UnknownLayerError: there is none.
    """
    try:
        return _catalogue()[layer]
    except KeyError:
        raise UnknownLayerError(layer) from None
