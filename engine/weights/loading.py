"""Whether weights fit a network, tensor by tensor and by name, and loading them.

Everything must fit, as in PyTorch's strict loading. Three things are forgiven: a head for another number of classes,
auxiliary heads that the network does not have, and names as old versions of torchvision wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvTransposeNd

from engine.weights.declarations import WeightsError
from engine.weights.head import Head

_OLD_DENSENET = re.compile(r"(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\..+)")
"""DenseNet's names before modules could not be called `norm.1` any more; torchvision's files still have them."""
AUXILIARY = ("aux1.", "aux2.")
"""The auxiliary heads of GoogLeNet: torchvision's file has them, and most use the network without."""
_COUNTER = "num_batches_tracked"
"""What batch norms count since PyTorch 0.4.1; older files do not have it."""
_COLOURS = 3
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """What of some weights goes into a network."""

    source: str
    """What the weights are called."""
    tensors: Mapping[str, Tensor]
    """What is loaded, by its name in the network, in its shape there."""
    fresh: tuple[str, ...]
    """The layers of the head that start from random numbers, because they decide between other classes."""
    left_out: tuple[str, ...]
    """The auxiliary heads in the file that the network does not have."""
    summed: str
    """The tensor whose filters were summed for grey images; empty if none was."""

    @property
    def sentence(self) -> str:
        """What is loaded and what is not."""
        parts = [f"{len(self.tensors):,} tensors of {self.source} are loaded"]
        if self.fresh:
            parts.append(f"{_listed(self.fresh)} {_starts(self.fresh)} from random numbers")
        if self.summed:
            parts.append(f"“{self.summed}” is summed over its colours")
        if self.left_out:
            parts.append(f"{_listed(self.left_out)}, which the network lacks, {_are(self.left_out)} left out")
        return "; ".join(parts) + "."


def fit(model: nn.Module, weights: Mapping[str, Tensor], head: Head, source: str, *, grey: bool = False) -> Fit:
    """See what of `weights` goes into `model`; nothing is changed.

    Args:
        model: the compiled network, on any device, also on the meta device.
        weights: tensors by name, from `read_weights` or on the meta device.
        head: the head of the network.
        source: what to call the weights in sentences.
        grey: whether to sum the filters of the first layer over three colours where the network has one.

    Raises:
        WeightsError: something is missing, left over or of another shape.
    """
    wanted = model.state_dict()
    given, left_out = _renamed(weights, wanted)
    _refuse_other_names(wanted, given, source)
    first = first_filters(model)
    summed = ""
    fresh: list[str] = []
    wrong: list[str] = []
    for name, tensor in wanted.items():
        if name not in given or given[name].shape == tensor.shape:
            continue
        if name == first and _is_of_colours(given[name], tensor):
            if not grey:
                raise WeightsError(
                    f"{source} was trained on colour images, and this network sees grey ones: choose “Grey images” "
                    "(--grey-weights) to adapt the first layer."
                )
            given[name] = given[name].sum(1, keepdim=True)
            summed = name
        elif head.holds(name) and _differs_in_classes(model, name, given[name], tensor):
            fresh.append(name.rpartition(".")[0])
        else:
            wrong.append(name)
    if wrong:
        raise WeightsError(_misshapen(wrong, wanted, given, source))
    kept = tuple(dict.fromkeys(fresh))
    fitting = {name: tensor for name, tensor in given.items() if name.rpartition(".")[0] not in kept}
    _refuse_unusable(fitting, wanted, source)
    return Fit(source, fitting, kept, left_out, summed)


def load(model: nn.Module, fitting: Fit) -> None:
    """Copy the tensors that fit into `model`, wherever it is."""
    own = model.state_dict(keep_vars=True)
    with torch.no_grad():
        for name, tensor in fitting.tensors.items():
            own[name].copy_(tensor)


def load_all(model: nn.Module, weights: Mapping[str, Tensor], head: Head, source: str) -> None:
    """Copy `weights`, which must fit down to the head, into `model`, wherever it is.

    Args:
        model: the compiled network.
        weights: tensors by name.
        head: the head of the network.
        source: what to call the weights in sentences.

    Raises:
        WeightsError: something is missing, left over, of another shape or not finite; the network is as it was.
    """
    fitting = fit(model, weights, head, source)
    if fitting.fresh:
        layers = ", ".join(fitting.fresh)
        raise WeightsError(f"{source} is for another number of classes: {layers} would be random numbers.")
    load(model, fitting)


def _renamed(weights: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """`weights` by the names of today, without auxiliary heads that are not wanted; and those that were left out."""
    given: dict[str, Tensor] = {}
    left_out: dict[str, None] = {}
    for name, tensor in weights.items():
        auxiliary = next((prefix for prefix in AUXILIARY if name.startswith(prefix)), None)
        if auxiliary is not None and not any(other.startswith(auxiliary) for other in wanted):
            left_out[auxiliary.rstrip(".")] = None
            continue
        old = _OLD_DENSENET.fullmatch(name) if name not in wanted else None
        given[old[1] + old[2] if old else name] = tensor
    return given, tuple(left_out)


def _refuse_other_names(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor], source: str) -> None:
    missing = [name for name in wanted if name not in given and not name.endswith(_COUNTER)]
    unexpected = [name for name in given if name not in wanted]
    if missing and unexpected:
        raise WeightsError(
            f"{source} belongs to another network: it lacks {_some(missing)}, and this network has nothing called "
            f"{_some(unexpected)}. Choose other weights, or call the layers as they are called there."
        )
    if missing:
        raise WeightsError(
            f"{source} lacks {_some(missing)}, which this network has: choose other weights, or take those layers out."
        )
    if unexpected:
        raise WeightsError(
            f"{source} has {_some(unexpected)}, for which this network has no layer: choose other weights, or add "
            "those layers."
        )


def _misshapen(names: Sequence[str], wanted: Mapping[str, Tensor], given: Mapping[str, Tensor], source: str) -> str:
    name = names[0]
    there, here = _written(given[name]), _written(wanted[name])
    more = f", and so {_are(names[1:])} {_some(names[1:])}" if len(names) > 1 else ""
    return (
        f"{source} does not fit: “{name}” is {there} there and {here} in this network{more}. Give the layers the sizes "
        "that they have there, or choose other weights."
    )


def _refuse_unusable(fitting: Mapping[str, Tensor], wanted: Mapping[str, Tensor], source: str) -> None:
    for name, tensor in fitting.items():
        if tensor.is_floating_point() != wanted[name].is_floating_point():
            raise WeightsError(f"{source} does not fit: “{name}” is of another type of numbers there.")
        if not tensor.is_meta and not bool(tensor.isfinite().all()):
            raise WeightsError(
                f"{source} cannot be used: “{name}” holds numbers that are not finite. Choose other weights."
            )


def first_filters(model: nn.Module) -> str:
    """The filters of the first 2D convolution, which look at the channels of the image; empty if there is none."""
    return next((name for name, parameter in model.named_parameters() if parameter.dim() == 4), "")


def _is_of_colours(given: Tensor, wanted: Tensor) -> bool:
    """Whether the filters differ in nothing but the colours, which are three there and one here."""
    there, here = tuple(given.shape), tuple(wanted.shape)
    return here[1:2] == (1,) and there == (here[0], _COLOURS, *here[2:])


def _differs_in_classes(model: nn.Module, name: str, given: Tensor, wanted: Tensor) -> bool:
    """Whether two tensors of the head differ in nothing but the number of units or filters."""
    path, _, kind = name.rpartition(".")
    is_transposed = isinstance(model.get_submodule(path), _ConvTransposeNd) and kind == "weight"
    return given.dim() == wanted.dim() and _without(given, int(is_transposed)) == _without(wanted, int(is_transposed))


def _without(tensor: Tensor, axis: int) -> tuple[int, ...]:
    shape = tuple(tensor.shape)
    return shape[:axis] + shape[axis + 1 :]


def _written(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "a single number"


def _some(names: Sequence[str]) -> str:
    """The first few of `names`, and how many there are besides."""
    more = len(names) - _SHOWN
    return _listed(names) if more <= 0 else f"{_quotes(names[:_SHOWN])} and {more:,} more"


def _listed(names: Sequence[str]) -> str:
    return _quotes(names) if len(names) < 2 else f"{_quotes(names[:-1])} and “{names[-1]}”"


def _quotes(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _starts(names: Sequence[str]) -> str:
    return "starts" if len(names) == 1 else "start"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
