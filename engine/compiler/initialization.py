"""Carries out the choice of weight initialisation that a layer declares."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from torch import Tensor, nn

from engine.graph.params import Params

INITIALIZERS: dict[str, Callable[[Tensor], Tensor]] = {
    # Glorot & Bengio, 2010: keeps the variance through layers whose activation has slope 1 at 0.
    "xavier_uniform": nn.init.xavier_uniform_,
    "xavier_normal": nn.init.xavier_normal_,
    # He et al., 2015: makes up for the half of the values that ReLU blocks.
    "he_uniform": partial(nn.init.kaiming_uniform_, nonlinearity="relu"),
    "he_normal": partial(nn.init.kaiming_normal_, nonlinearity="relu"),
}


def initialize(module: nn.Module, params: Params) -> None:
    """Redraw the weights of `module` as `params["weight_init"]` says; the PyTorch default is left alone."""
    choice = params.get("weight_init", "default")
    if choice == "default":
        return
    weight, bias = module.get_parameter("weight"), getattr(module, "bias", None)
    INITIALIZERS[str(choice)](weight)
    if bias is not None:
        nn.init.zeros_(bias)
