"""Initial weights in generated code: one function for all layers of a kind where that does, or one around each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from torch import nn

from engine.analysis.calls import make_module
from engine.compiler.code_calls import shown
from engine.compiler.code_format import Piece, Writer, call
from engine.compiler.code_plan import ClassPlan, Made
from engine.compiler.initialization import initialization_code, takes_fan_out
from engine.graph.model import NodeId
from engine.graph.params import Params

EVERYWHERE = "init_weights"
"""The function that goes over all layers of the network."""
_NAMES = {"zeros": "zero_weights", "constant": "constant_weights", "normal": "normal_weights"}
_BIAS = "nn.init.zeros_({}.bias)"


@dataclass(slots=True)
class _Helper:
    """A function around the construction of layers that draws their weights."""

    name: str
    lines: tuple[str, ...]
    types: list[str] = field(default_factory=list)
    some_without_bias: bool = False


class InitialWeights:
    """How the weights of one network are drawn."""

    def __init__(self, plans: Sequence[ClassPlan]) -> None:
        self._helpers: list[_Helper] = []
        self._helper_of: dict[tuple[str, NodeId, str], _Helper] = {}
        self._by_type: dict[str, tuple[tuple[str, ...], bool]] = {}
        found = [one for plan in plans for one in _modules(plan)]
        if all(params.get("weight_init", "default") == "default" for _, _, _, _, params in found):
            return
        parts = [part for _, _, _, module, params in found for part in _parts(module, params)]
        self._by_type = _one_rule_each(parts)
        if not self._by_type:
            self._find_helpers(found)

    @property
    def is_everywhere(self) -> bool:
        """Whether one function goes over the whole network."""
        return bool(self._by_type)

    @property
    def names(self) -> set[str]:
        """The functions that are defined for it."""
        return {EVERYWHERE} if self.is_everywhere else {helper.name for helper in self._helpers}

    def dress(self, plan: ClassPlan, node: NodeId, made: Made, piece: Piece) -> Piece:
        """The construction of a layer with what draws its weights around it."""
        helper = self._helper_of.get((plan.name, node, made.target))
        return piece if helper is None else call(helper.name, [piece])

    def write(self, writer: Writer) -> None:
        """Write the functions."""
        if self.is_everywhere:
            self._write_everywhere(writer)
        for helper in self._helpers:
            self._write_helper(writer, helper)

    def _write_everywhere(self, writer: Writer) -> None:
        writer.write(f"def {EVERYWHERE}(module: nn.Module) -> None:")
        writer.depth += 1
        writer.docstring("Draw the initial weights of a layer; those of other kinds stay as PyTorch draws them.")
        keyword = "if"
        for kind, (lines, guarded) in self._by_type.items():
            writer.write(f"{keyword} isinstance(module, {kind}):")
            writer.depth += 1
            _write_lines(writer, lines, "module", guarded)
            writer.depth -= 1
            keyword = "elif"
        writer.depth -= 1
        writer.write()
        writer.write()

    def _write_helper(self, writer: Writer, helper: _Helper) -> None:
        kind = helper.types[0]
        if len(helper.types) > 1:
            kind = "".join(part.capitalize() for part in helper.name.split("_")) + "Layer"
            writer.write(call(f"{kind} = TypeVar", [f'"{kind}"', *helper.types]))
            writer.write()
            writer.write()
        writer.write(f"def {helper.name}(layer: {kind}) -> {kind}:")
        writer.depth += 1
        writer.docstring("Draw the initial weights of `layer`.")
        _write_lines(writer, helper.lines, "layer", helper.some_without_bias)
        writer.write("return layer")
        writer.depth -= 1
        writer.write()
        writer.write()

    def _free_name(self, params: Params, kind: type[nn.Module]) -> str:
        """A name for a function that draws as `params` say, other than those of the functions there are."""
        choice = str(params["weight_init"])
        base = _NAMES.get(choice, choice) + ("_fan_out" if takes_fan_out(params) else "")
        wished = chain((base, f"{base}_{_in_words(kind)}"), (f"{base}_{number}" for number in count(2)))
        taken = {helper.name for helper in self._helpers}
        return next(name for name in wished if name not in taken)

    def _find_helpers(self, found: Iterable[tuple[ClassPlan, NodeId, Made, nn.Module, Params]]) -> None:
        for plan, node, made, module, params in found:
            lines = tuple(initialization_code(module, params, "layer"))
            if not lines:
                continue
            rest, has_bias = _without_bias(lines, "layer")
            helper = next((one for one in self._helpers if _without_bias(one.lines, "layer")[0] == rest), None)
            if helper is None:
                helper = _Helper(self._free_name(params, type(module)), lines)
                self._helpers.append(helper)
            if has_bias and len(lines) > len(helper.lines):
                helper.lines = lines
            helper.some_without_bias |= not has_bias or _may_lack_bias(type(module))
            kind = shown(made.target)
            if kind not in helper.types:
                helper.types.append(kind)
            self._helper_of[plan.name, node, made.target] = helper


def _modules(plan: ClassPlan) -> Iterator[tuple[ClassPlan, NodeId, Made, nn.Module, Params]]:
    """Every layer of a class, made on the meta device as it is in each use."""
    for node, several in plan.made.items():
        for made in several:
            seen: set[str] = set()
            for number in made.sites:
                site = plan.uses[number].sites[node]
                if site.invocation is None or repr(site.invocation) in seen:
                    continue
                seen.add(repr(site.invocation))
                yield plan, node, made, make_module(site.invocation, "meta"), site.params


def _parts(module: nn.Module, params: Params) -> Iterator[tuple[nn.Module, tuple[str, ...] | None]]:
    """The parts of a module that have weights, and the lines that draw them; None where that is not known."""
    for part in module.modules():
        if any(True for _ in part.parameters(recurse=False)):
            whole = all(child is part for child in part.modules())
            yield part, tuple(initialization_code(part, params, "module")) if whole else None


def _one_rule_each(
    parts: Sequence[tuple[nn.Module, tuple[str, ...] | None]],
) -> dict[str, tuple[tuple[str, ...], bool]]:
    """For each kind of layer the lines that draw its weights, and whether some have no bias; empty without one rule."""
    rules: dict[type[nn.Module], tuple[tuple[str, ...], bool]] = {}
    for part, lines in parts:
        if lines is None:
            return {}
        if not lines:
            continue
        before, guarded = rules.get(type(part), (lines, False))
        rest, has_bias = _without_bias(lines, "module")
        if _without_bias(before, "module")[0] != rest:
            return {}
        rules[type(part)] = (max(before, lines, key=len), guarded or not has_bias or _may_lack_bias(type(part)))
    for part, lines in parts:
        matching = [kind for kind in rules if isinstance(part, kind)]
        expected = rules[matching[0]][0] if matching else ()
        if _without_bias(expected, "module")[0] != _without_bias(lines or (), "module")[0]:
            return {}
    return {_shown_type(kind): rule for kind, rule in rules.items()}


def _shown_type(kind: type[nn.Module]) -> str:
    return f"nn.{kind.__name__}" if getattr(nn, kind.__name__, None) is kind else kind.__name__


def _may_lack_bias(kind: type[nn.Module]) -> bool:
    """Whether type checkers see an optional bias in layers of a kind."""
    return issubclass(kind, nn.modules.conv._ConvNd)


def _in_words(kind: type[nn.Module]) -> str:
    """`multihead_attention` for MultiheadAttention."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()


def _without_bias(lines: Sequence[str], target: str) -> tuple[tuple[str, ...], bool]:
    bias = _BIAS.format(target)
    return tuple(line for line in lines if line != bias), bias in lines


def _write_lines(writer: Writer, lines: Sequence[str], target: str, guarded: bool) -> None:
    bias = _BIAS.format(target)
    for line in lines:
        if line == bias and guarded:
            writer.write(f"if {target}.bias is not None:")
            writer.write(f"    {line}")
        else:
            writer.write(line.replace("'", '"'))
