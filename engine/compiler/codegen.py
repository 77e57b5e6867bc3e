"""Writes a network as a Python file that needs PyTorch and nothing else: what a good engineer would have written.

Each block becomes a class, chains become `nn.Sequential`s and copies loops. Submodules stand where the names on the
canvas say, so that weights load by name, and outputs are bitwise those of the network that `build` compiles.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from engine.analysis.report import Analysis
from engine.analysis.shapes import ShapeInference
from engine.compiler.code_calls import OWN, shown, source
from engine.compiler.code_classes import write_class
from engine.compiler.code_format import Code, Line, Place, Writer
from engine.compiler.code_imports import import_lines
from engine.compiler.code_initial import InitialWeights
from engine.compiler.code_members import Members
from engine.compiler.code_names import TAKEN, free
from engine.compiler.code_plan import CannotExpressError, ClassPlan
from engine.compiler.code_planner import Planner, initial_choice
from engine.compiler.code_uses import Use, Uses, parameter_count
from engine.graph.model import Graph

__all__ = ["Code", "Place", "generate"]


def generate(graph: Graph, class_name: str = "Network", analysis: Analysis | None = None) -> Code:
    """The file for `graph`, with a class `class_name` and a function `build_model`.

    Args:
        class_name: the name of the network's class.
        analysis: what is known about `graph`, if it has been analysed already.

    Raises:
        CompileError: the graph is not a whole network yet, as `engine.compiler.build.build` says.
    """
    known = ShapeInference().analyse(graph) if analysis is None else analysis
    lines = network_lines(graph, class_name, known)
    parameters = parameter_count(graph, known)
    title = f"{class_name}: a neural network with {parameters:,} learnable parameter{'' if parameters == 1 else 's'}."
    return as_file(lines, title)


def as_file(lines: Sequence[Line], *docstring: str) -> Code:
    """The file with a docstring of some paragraphs, the imports that `lines` need, and `lines`."""
    head = Writer()
    head.docstring(*docstring)
    head.write()
    for line in import_lines("\n".join(line.text for line in lines)):
        head.write(line)
    if lines[0].text.startswith(("class ", "def ")):
        head.write()
    return Code.of([*head.lines, *lines])


def network_lines(graph: Graph, class_name: str, analysis: Analysis, also_taken: Set[str] = frozenset()) -> list[Line]:
    """The classes of the network and `build_model`, without imports.

    Args:
        also_taken: names that mean something else in the same file.

    Raises:
        CompileError: the graph is not a whole network yet.
    """
    uses = Uses.within(graph, analysis)
    own = _own_targets(uses)
    reserved = {*TAKEN, class_name, "build_model", *also_taken, *(shown(target) for target in own)}
    plans = _plans(uses, class_name, reserved)
    weights = InitialWeights(plans)
    taken = {plan.name for plan in plans} | reserved | weights.names
    body = Writer()
    for target in own:
        for line in source(target).splitlines():
            body.write(line)
        body.write()
        body.write()
    weights.write(body)
    for plan in plans:
        write_class(body, plan, weights, taken, _summary(plan))
    body.write("def build_model() -> nn.Module:")
    body.write('    """Make the network, with weights drawn anew."""')
    body.write(f"    return {class_name}()")
    return body.lines


def _plans(uses: Uses, class_name: str, names: set[str]) -> list[ClassPlan]:
    """A plan for each class, inner ones first; a block whose uses differ too much gets several.

    Args:
        names: what no other class may be called.
    """
    class_names = {block: free(block, names) for block in uses.of if block} | {"": class_name}
    taken = frozenset({*names, *class_names.values()})
    plan_of: dict[Use, ClassPlan] = {}
    plans: list[ClassPlan] = []
    for block, found in uses.of.items():
        variants = _planned(uses, block, [found], plan_of, taken)
        if variants is None:
            variants = _planned(uses, block, _alike(uses, block, found, plan_of), plan_of, taken)
        if variants is None:
            variants = _planned(uses, block, [[use] for use in found], plan_of, taken)
        assert variants is not None
        for number, plan in enumerate(variants):
            plan.name = class_names[block] if number == 0 else free(f"{class_names[block]}{number + 1}", taken)
            taken |= {plan.name}
            plan_of.update(dict.fromkeys(plan.uses, plan))
        plans += variants
    return plans


def _planned(
    uses: Uses, block: str, groups: Sequence[list[Use]], plan_of: dict[Use, ClassPlan], taken: frozenset[str]
) -> list[ClassPlan] | None:
    """A plan for each group of uses; None when there is a group that one class cannot serve."""
    layers = {node: uses.layers[block, node] for node in uses.order[block]}
    found = [ClassPlan("", block, uses.graph_of(block), uses.order[block], layers, group) for group in groups]
    try:
        for plan in found:
            Planner(plan, plan_of, taken).carry_out()
            Members(plan, lambda _plan, _node, _made, piece: piece)
    except CannotExpressError:
        return None
    return found


def _alike(uses: Uses, block: str, found: Sequence[Use], plan_of: dict[Use, ClassPlan]) -> list[list[Use]]:
    """`found`, grouped by what the layers are."""
    groups: dict[object, list[Use]] = {}
    for use in found:
        kinds = []
        for site in use.sites.values():
            call = site.invocation
            target = ("", ()) if call is None else (call.target, repr(call.pick))
            copies = [plan_of[copy].name for copy in site.copies]
            kinds.append((target, initial_choice(site.params), tuple(map(len, site.outputs)), tuple(copies)))
        groups.setdefault(tuple(kinds), []).append(use)
    return list(groups.values())


def _own_targets(uses: Uses) -> list[str]:
    """The modules and functions of ours that the network consists of."""
    sites = [site for found in uses.of.values() for use in found for site in use.sites.values()]
    targets = [site.invocation.target for site in sites if site.invocation is not None]
    return [target for target in dict.fromkeys(targets) if target.startswith(OWN)]


def _summary(plan: ClassPlan) -> str:
    if plan.block:
        return plan.graph.blocks[plan.block].doc or f"The block {plan.name}."
    return "The whole network."
