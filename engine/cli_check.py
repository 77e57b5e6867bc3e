"""What the command `check` reports about a project: as data for programs, and as lines for people."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from engine import project
from engine.analysis.memory import free_memory
from engine.analysis.problem import Problem
from engine.analysis.report import Analysis, NodeReport
from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT
from engine.graph.blocks import block_of
from engine.graph.model import Graph, Node
from engine.layers.blocks import copies, declared, resolved
from engine.layers.spec import format_shape
from engine.training import devices
from engine.training.failures import TrainingError

Report = dict[str, Any]
"""What can be written as JSON."""

_EPILOG = """
FLOPs are the multiplications and additions of matrix products and convolutions in a forward pass of one sample, and
MACs (multiply-adds) half of them. Activations are what is kept of one sample for the backward pass, each piece of
memory counted once, at the layer that made it.

With --json, "nodes" lists the layers of the network. An instance of a block has "inside": a list with a "name" and
"nodes" for each of its copies, in which names are whole paths, as in a state dict. "memory" is what a training step
takes in bytes, with the batch size and the optimizer of the project, and the largest batch that fits into what is
free on its device. Each problem has a "severity" ("error"; "data" where only the data set does not fit the network, or
none is chosen; "warning") and the "fixes" that the app offers.
"""


def add_check_options(command: argparse.ArgumentParser) -> None:
    """Add what `check` takes."""
    command.add_argument("file", metavar="FILE", type=Path, help="a project file")
    command.add_argument(
        "--expand", action="store_true", help="list the layers inside blocks, by their paths, in place of the blocks"
    )
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.epilog = _EPILOG


def check_report(graph: Graph) -> Report:
    """Shapes, costs, memory and problems of a project."""
    analysis, problems = project.ProjectAnalyser().analyse(graph)
    return {
        "parameters": analysis.parameters,
        "buffers": analysis.buffers,
        "flops": analysis.flops,
        "macs": analysis.macs,
        "activation_bytes": analysis.activation_bytes,
        "nodes": list(_nodes(graph, analysis, "", {})),
        "memory": _memory(graph, analysis),
        "problems": [_problem(graph, problem) for problem in problems],
    }


def _nodes(graph: Graph, analysis: Analysis, prefix: str, variables: Report) -> Iterator[Report]:
    for node_id, report in analysis.nodes.items():
        node = graph.nodes[node_id]
        if node.layer in (BLOCK_INPUT, BLOCK_OUTPUT):
            continue
        entry: Report = {
            "name": prefix + node.name,
            "layer": node.layer,
            "output_shapes": [list(shape) for shape in report.outputs],
            "parameters": report.parameters,
            "buffers": report.buffers,
            "flops": report.flops,
            "macs": report.macs,
            "activation_bytes": report.activation_bytes,
        }
        if report.inside:
            entry["inside"] = list(_copies(graph, node, report, prefix, variables))
        yield entry


def _copies(graph: Graph, node: Node, report: NodeReport, prefix: str, variables: Report) -> Iterator[Report]:
    block = graph.blocks[block_of(node.layer) or ""]
    params = resolved(declared(graph, node), node.params, variables)
    inner = {param.name: params.get(param.name, param.default) for param in block.params}
    # Of an instance that fails, there are only the copies up to the failing one.
    for name, inside in zip(copies(node, params), report.inside, strict=False):
        path = prefix + name
        yield {"name": path, "nodes": list(_nodes(block.graph, inside, f"{path}.", inner))}


def _memory(graph: Graph, analysis: Analysis) -> Report:
    recipe = project.recipe(graph)
    needed = project.training_memory(graph, analysis)
    device: str | None
    try:
        device = devices.resolve(recipe.device).type
    except TrainingError:
        device = None
    free = None if device is None else free_memory(device)
    return {
        "batch_size": recipe.batch_size,
        "optimizer": recipe.optimizer,
        "weights": needed.weights,
        "buffers": needed.buffers,
        "gradients": needed.gradients,
        "optimizer_state": needed.optimizer,
        "activations": needed.activations,
        "total": needed.total,
        "inference": analysis.inference_bytes,
        "device": device,
        "free": free,
        "largest_batch": None if free is None else project.largest_batch(graph, analysis, free),
    }


def _problem(graph: Graph, problem: Problem) -> Report:
    return {
        "severity": problem.severity.value,
        "node": _where(graph, problem),
        "block": problem.block or None,
        "sentence": problem.sentence,
        "fix": problem.fix_label or None,
        "fixes": [fix.label for fix in problem.fixes],
    }


def _where(graph: Graph, problem: Problem) -> str | None:
    """The names that lead to the node of a problem; those of the instances around it where it has none."""
    names = []
    place = graph
    for instance in problem.path:
        node = place.nodes[instance]
        names.append(node.name)
        place = graph.blocks.graph(block_of(node.layer) or "")
    if problem.node is not None:
        names.append(place.nodes[problem.node].name)
    return ".".join(names) or None


def check_lines(report: Report, *, expand: bool) -> Iterator[str]:
    """The report as people read it: a table, a word on memory, and the problems."""
    rows: list[tuple[str, ...]] = [("layer", "type", "output", "parameters", "MACs", "FLOPs", "activations")]
    rows += [_row(node) for node in (_leaves(report["nodes"]) if expand else report["nodes"])]
    rows.append(("total", "", "", *_figures(report)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        texts = (f"{cell:{width}}" for cell, width in zip(row[:3], widths[:3], strict=True))
        figures = (f"{cell:>{width}}" for cell, width in zip(row[3:], widths[3:], strict=True))
        yield "  ".join((*texts, *figures))
    yield from _memory_lines(report["memory"])
    for problem in report["problems"]:
        where = f" ({problem['node']})" if problem["node"] else ""
        fixes = f" Fix: {' or '.join(problem['fixes'])}." if problem["fixes"] else ""
        yield f"{problem['severity']}{where}: {problem['sentence']}{fixes}"
    if not report["problems"]:
        yield "No problems."


def _leaves(nodes: Sequence[Report]) -> Iterator[Report]:
    for node in nodes:
        if "inside" not in node:
            yield node
        for copy in node.get("inside", ()):
            yield from _leaves(copy["nodes"])


def _row(node: Report) -> tuple[str, ...]:
    shapes = ", ".join(format_shape(tuple(shape)) for shape in node["output_shapes"]) or "?"
    copies_inside = len(node.get("inside", ()))
    times = f" ×{copies_inside}" if copies_inside > 1 else ""
    return (node["name"], node["layer"] + times, shapes, *_figures(node))


def _figures(costs: Report) -> tuple[str, ...]:
    counts = (f"{costs[name]:,}" for name in ("parameters", "macs", "flops"))
    return (*counts, format_bytes(costs["activation_bytes"]))


def _memory_lines(memory: Report) -> Iterator[str]:
    parts = ", ".join(
        f"{name.replace('_', ' ')} {format_bytes(memory[name])}"
        for name in ("weights", "buffers", "gradients", "optimizer_state", "activations")
        if memory[name]
    )
    sample = "sample" if memory["batch_size"] == 1 else "samples"
    yield (
        f"Training with batches of {memory['batch_size']:,} {sample} takes {format_bytes(memory['total'])}"
        f"{f': {parts}' if parts else ''}."
    )
    largest = memory["largest_batch"]
    if largest is not None:
        fitting = f"Batches of up to {largest:,} samples fit" if largest else "Not even one sample fits"
        yield f"{fitting} into the {format_bytes(memory['free'])} that are free on this {memory['device']} device."
    yield f"A forward pass of one sample without training takes {format_bytes(memory['inference'])} beside the weights."


def format_bytes(size: int) -> str:
    """A number of bytes with a unit: `823 B`, `9.31 MiB`."""
    scaled, units = float(size), ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    # Rounding to three digits must not give “1024 KiB”.
    while scaled >= 1023.5 and len(units) > 1:
        scaled /= 1024
        units = units[1:]
    digits = 0 if units[0] == "B" or scaled >= 99.95 else 1 if scaled >= 9.995 else 2
    return f"{scaled:.{digits}f} {units[0]}"
