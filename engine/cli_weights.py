"""The options of the command line that let a new project start from pretrained weights."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.graph.edits import Compound
from engine.graph.model import Graph
from engine.graph.params import ParamError
from engine.weights.declarations import BACKBONE, NOTHING, WeightChoice, WeightsError, is_published, source_of

_DEFAULT = "default"


def add_weight_options(parser: argparse.ArgumentParser) -> None:
    """Add the options about weights to a command that writes a project."""
    parser.add_argument(
        "--weights",
        metavar="FILE|NAME|default",
        help="start from the weights in a .safetensors, .pth or .pt file, from those that torchvision calls NAME, such "
        "as ResNet50_Weights.IMAGENET1K_V2, or from the best that torchvision has for this network",
    )
    parser.add_argument("--freeze-backbone", action="store_true", help="let only the head learn")
    parser.add_argument(
        "--grey-weights", action="store_true", help="adapt weights that were trained on colour images to grey ones"
    )


def apply_weight_options(graph: Graph, options: argparse.Namespace) -> str:
    """Write what the options say about weights into the settings of `graph`, and see whether the weights fit.

    Nothing is downloaded. What the weights need besides a place for each tensor is added to the network. A file is
    remembered relative to the folder of `options.output` where it lies in there.

    Returns:
        What will be loaded and what was added, in a sentence each; empty when nothing was asked for.

    Raises:
        GraphError: the weights do not fit or cannot be read.
        ParamError: the options make no sense together.
    """
    if options.weights is None:
        for given, option in ((options.freeze_backbone, "--freeze-backbone"), (options.grey_weights, "--grey-weights")):
            if given:
                raise ParamError(f"{option} needs --weights FILE, NAME or default: random numbers are to be trained.")
        return ""
    from engine.weights.preparation import prepare
    from engine.weights.sources import check_choice

    folder = options.output.absolute().parent
    choice = WeightChoice(
        source=_source(graph, options.weights, folder),
        freeze=BACKBONE if options.freeze_backbone else NOTHING,
        grey=options.grey_weights,
    )
    sentence = check_choice(graph, choice, folder).sentence
    preparation = prepare(graph, choice.source)
    Compound("Use pretrained weights", (*choice.edit().edits, *preparation.edits)).apply(graph)
    return f"{sentence} {preparation.sentence}".rstrip()


def _source(graph: Graph, wanted: str, folder: Path) -> str:
    """What the project is to say about the weights that were asked for."""
    if wanted != _DEFAULT:
        return wanted if is_published(wanted) else source_of(Path(wanted), folder)
    from engine.compiler.build import build
    from engine.weights.catalogue import candidates
    from engine.weights.head import head_of

    found = candidates(build(graph, device="meta"), head_of(graph), grey=True)
    if not found:
        raise WeightsError(
            "torchvision has no weights that fit this network: name a file, or give the layers torchvision's sizes."
        )
    return found[0].weights.name
