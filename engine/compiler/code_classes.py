"""Writes the class of a block or of the network: its constructor and its `forward`."""

from __future__ import annotations

from collections.abc import Set

from engine.compiler import code_sizes as sizes
from engine.compiler.code_containers import Member
from engine.compiler.code_format import WIDTH, Piece, Writer, call
from engine.compiler.code_forward import Forward, shape_text
from engine.compiler.code_initial import EVERYWHERE, InitialWeights
from engine.compiler.code_members import Members
from engine.compiler.code_plan import Argument, ClassPlan


def write_class(writer: Writer, plan: ClassPlan, weights: InitialWeights, taken: Set[str], summary: str) -> None:
    """Write one class.

    Args:
        taken: names that mean something at the top of the file.
        summary: what the class is, for its docstring.
    """
    members = Members(plan, weights.dress)
    forward = Forward(plan, members, taken)
    writer.write(f"class {plan.name}(nn.Module):")
    writer.depth += 1
    arguments = [
        f"    {argument.name}: {argument.doc or 'The value that one layer needs.'}" for argument in plan.arguments
    ]
    writer.docstring(summary, *(["\n".join(["Args:", *arguments])] if arguments else []))
    writer.write()
    _write_constructor(writer, plan, members, weights)
    writer.write()
    _write_forward(writer, plan, forward)
    writer.depth -= 1
    writer.write()
    writer.write()


def _write_constructor(writer: Writer, plan: ClassPlan, members: Members, weights: InitialWeights) -> None:
    items = ["self", *map(_parameter, plan.arguments)]
    writer.write(call("def __init__", items).behind(" -> None:"))
    writer.depth += 1
    writer.write("super().__init__()")
    for name in sorted({*plan.stored, *members.stored}):
        writer.write(f"self.{name} = {name}")
    for made in members.statements():
        if isinstance(made, Member):
            writer.write(f"{made.named_clause}:", *made.piece.places)
            writer.depth += 1
            writer.write(_added(made))
            writer.depth -= 1
        else:
            writer.write(made)
    if weights.is_everywhere and not plan.block:
        writer.write(f"self.apply({EVERYWHERE})")
    writer.depth -= 1


def _added(member: Member) -> Piece:
    return call("self.add_module", [f'f"{member.pattern}"', member.piece]).belonging_to(*member.piece.places)


def _parameter(argument: Argument) -> str:
    default = "" if argument.default is None else f" = {sizes.code(argument.default)}"
    return f"{argument.name}: {argument.annotation}{default}"


def _write_forward(writer: Writer, plan: ClassPlan, forward: Forward) -> None:
    items = [
        Piece(f"{name}: Tensor").belonging_to((plan.block, node))
        for name, node in zip(forward.parameters, forward.inputs, strict=True)
    ]
    head = call("def forward", [Piece("self"), *items]).behind(f" -> {forward.annotation()}:")
    writer.write(head)
    writer.depth += 1
    writer.docstring(*_shapes(plan, forward))
    forward.write(writer)
    writer.depth -= 1


def _shapes(plan: ClassPlan, forward: Forward) -> list[str]:
    """What goes in and what comes out."""
    entries = []
    for name, node in zip(forward.parameters, forward.inputs, strict=True):
        known = (node, 0) in plan.sizes
        entries.append((name, shape_text(plan, node, 0) if known else "any shape"))
    edges = [plan.graph.incoming(node)[0] for node in forward.outputs]
    results = [shape_text(plan, edge.source, edge.source_port) for edge in edges]
    in_short = f"Map {entries[0][0]}: {entries[0][1]} to {results[0]}."
    if len(entries) == len(results) == 1 and len(in_short) < WIDTH - 14:
        return [in_short]
    lines = ["Args:", *(f"    {name}: {shape}" for name, shape in entries)]
    returned = ["Returns:", f"    {', '.join(results)}"]
    return ["Compute the outputs.", "\n".join(lines), "\n".join(returned)]
