"""Carries out the choice of weight initialisation that a layer declares, and writes it down as code.

Every parameter with two or more axes is a weight matrix (or a stack of them) and is drawn anew; a bias starts at
zero. Normalisation layers, also those inside of others, are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

from engine.graph.params import Params, ParamValue
from engine.layers.initialization import HE

_FUNCTIONS: dict[str, tuple[str, dict[str, ParamValue]]] = {
    # Glorot & Bengio, 2010: keeps the variance through layers whose activation has slope 1 at 0.
    "xavier_uniform": ("xavier_uniform_", {}),
    "xavier_normal": ("xavier_normal_", {}),
    # He et al., 2015: makes up for the half of the values that ReLU blocks.
    "he_uniform": ("kaiming_uniform_", {"nonlinearity": "relu"}),
    "he_normal": ("kaiming_normal_", {"nonlinearity": "relu"}),
    # Saxe et al., 2014: keeps lengths and angles.
    "orthogonal": ("orthogonal_", {}),
    "zeros": ("zeros_", {}),
}
_NORMALIZATIONS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm)
_LOOP_FROM = 3
"""From how many parameters on the printed code loops over them."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One parameter, and the function of `torch.nn.init` that fills it."""

    path: str
    function: str
    kwargs: dict[str, ParamValue]
    row: int | None = None
    """The only row that is filled, where it is not the whole of the parameter."""

    def run(self, module: nn.Module) -> None:
        """Fill the parameter of `module`."""
        parameter = module.get_parameter(self.path)
        with torch.no_grad():
            getattr(nn.init, self.function)(parameter if self.row is None else parameter[self.row], **self.kwargs)

    def code(self, target: str) -> str:
        """The same as a line of Python, where `target` is the parameter."""
        arguments = [target, *(f"{name}={_literal(value)}" for name, value in self.kwargs.items())]
        return f"nn.init.{self.function}({', '.join(arguments)})"


def initialize(module: nn.Module, params: Params) -> None:
    """Redraw the weights of `module` as `params["weight_init"]` says; the PyTorch default is left alone."""
    for step in _steps(module, params):
        step.run(module)


def takes_fan_out(params: Params) -> bool:
    """Whether the weights are drawn by He's rule, and so that it keeps the gradient's size."""
    return params["weight_init"] in HE and params.get("weight_fan") == "fan_out"


def initialization_code(module: nn.Module, params: Params, expression: str) -> list[str]:
    """The lines of Python which do to `expression`, such as `self.conv1`, what `initialize` does to `module`.

    They draw the same numbers in the same order and expect `from torch import nn`; none for PyTorch's default.
    """
    steps = list(_steps(module, params))
    loop = _as_loop(module, steps, expression)
    return loop or [step.code(_subscripted(expression, step)) for step in steps]


def _steps(module: nn.Module, params: Params) -> Iterator[_Step]:
    choice = str(params.get("weight_init", "default"))
    if choice == "default":
        return
    function, kwargs = _function(choice, params)
    for prefix, part in module.named_modules():
        if isinstance(part, _NORMALIZATIONS):
            continue
        for name, parameter in part.named_parameters(recurse=False):
            path = f"{prefix}.{name}" if prefix else name
            if parameter.dim() >= 2:
                yield _Step(path, function, kwargs)
            elif "bias" in name:
                yield _Step(path, "zeros_", {})
        if isinstance(part, (nn.Embedding, nn.EmbeddingBag)) and part.padding_idx is not None:
            # The row that stands for nothing stays zero: it gets no gradient either.
            yield _Step(f"{prefix}.weight" if prefix else "weight", "zeros_", {}, part.padding_idx)


def _function(choice: str, params: Params) -> tuple[str, dict[str, ParamValue]]:
    match choice:
        case "constant":
            return "constant_", {"val": params["weight_value"]}
        case "normal":
            return "normal_", {"std": params["weight_std"]}
    function, kwargs = _FUNCTIONS[choice]
    return function, {"mode": "fan_out", **kwargs} if takes_fan_out(params) else kwargs


def _as_loop(module: nn.Module, steps: list[_Step], expression: str) -> list[str]:
    """A loop over all parameters, where that is shorter and does the same."""
    parameters = dict(module.named_parameters())
    if len(steps) < _LOOP_FROM or [step.path for step in steps] != list(parameters):
        return []
    head = f"for parameter in {expression}.parameters():"
    if all(step.function == "zeros_" for step in steps):
        return [head, f"    {steps[0].code('parameter')}"]
    weights = [step for step in steps if step.function != "zeros_"]
    if any(parameters[step.path].dim() < 2 for step in weights):
        return []
    return [
        head,
        "    if parameter.dim() > 1:",
        f"        {weights[0].code('parameter')}",
        "    else:",
        "        nn.init.zeros_(parameter)",
    ]


def _literal(value: ParamValue) -> str:
    """`value` as formatted code has it: texts in double quotes."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _subscripted(expression: str, step: _Step) -> str:
    """`self.block` and `layers.0.weight` as `self.block.layers[0].weight`."""
    parts = [f"[{part}]" if part.isdecimal() else f".{part}" for part in step.path.split(".")]
    row = "" if step.row is None else f"[{step.row}]"
    return expression + "".join(parts) + row
