"""From the choice of a project to tensors, wherever they are, and into its network."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from torch import Tensor, nn

from engine.compiler.build import build
from engine.graph.model import Graph
from engine.graph.wording import quoted
from engine.weights.catalogue import fit_published, published
from engine.weights.declarations import WeightChoice
from engine.weights.download import Progress, fetch
from engine.weights.files import read_weights
from engine.weights.head import Head, head_of
from engine.weights.loading import Fit, fit, load
from engine.weights.transfer import freeze_backbone

_log = logging.getLogger(__name__)

_MEGABYTE = 1_000_000


def check_choice(graph: Graph, choice: WeightChoice, folder: Path | None) -> Fit:
    """See whether the chosen weights fit the network, without its weights being allocated or anything downloaded.

    Args:
        graph: the network.
        choice: the weights, of which there must be some.
        folder: where the project file is, if it is anywhere.

    Raises:
        GraphError: they do not fit or cannot be read, or the network cannot be built or has no head to train alone.
    """
    model, head = build(graph, device="meta"), head_of(graph)
    if choice.freezes_backbone:
        freeze_backbone(model, head)
    if choice.is_published:
        return fit_published(model, head, published(choice.source), grey=choice.grey)
    path = choice.file(folder)
    return fit(model, read_weights(path), head, quoted(path.name, 100), grey=choice.grey)


def load_choice(
    model: nn.Module, head: Head, choice: WeightChoice, folder: Path | None, announce: Callable[[str], None]
) -> Fit:
    """Load the chosen weights into a network, downloading them if need be.

    Args:
        model: the compiled network, on the device where it is to stay.
        head: its head.
        choice: the weights, of which there must be some.
        folder: where the project file is, if it is anywhere.
        announce: told what is being done; what it raises ends the work.

    Raises:
        WeightsError: the weights cannot be had, or do not fit; the network is as it was.
    """
    called, tensors = _read(choice, folder, announce)
    announce("Loading the weights…")
    fitting = fit(model, tensors, head, called, grey=choice.grey)
    load(model, fitting)
    _log.info("%s", fitting.sentence)
    return fitting


def _read(choice: WeightChoice, folder: Path | None, announce: Callable[[str], None]) -> tuple[str, dict[str, Tensor]]:
    if not choice.is_published:
        path = choice.file(folder)
        return quoted(path.name, 100), read_weights(path)
    weights = published(choice.source)
    return quoted(weights.name, 100), read_weights(fetch(weights, told_in_megabytes(announce)))


def told_in_megabytes(announce: Callable[[str], None]) -> Progress:
    """A download's progress as sentences; one for each byte count that is told."""

    def progress(done: int, total: int) -> None:
        whole = f" of {total / _MEGABYTE:,.0f}" if total else ""
        announce(f"Downloading the weights: {done / _MEGABYTE:,.0f}{whole} MB…")

    return progress
