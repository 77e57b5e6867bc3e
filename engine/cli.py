"""The command line: the same engine without a screen.

Bad input ends with exit status 2 and one line on standard error; `check` ends with 1 when the network
has errors, `train` with 1 when the run fails, and `diff` with 1 when the projects differ. Torch is imported by the
commands that need it.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from typing import Any

from engine import project, versions
from engine.analysis.problem import Severity
from engine.cli_check import add_check_options, check_lines, check_report
from engine.cli_diff import add_diff_options, diff_report
from engine.cli_export import describe_export
from engine.cli_versions import add_version_options, restore_version, version_lines, version_report
from engine.cli_weights import add_weight_options, apply_weight_options
from engine.graph.document import DocumentError
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.params import Param, ParamError, ParamValue
from engine.graph.wording import quoted
from engine.layers.differences import differences
from engine.training.recipe import DEVICE, EPOCHS, SEED, Recipe
from engine.training.runner import train
from engine.training.status import RunState, RunStatus
from engine.zoo.registry import ZOO

FAILED = 1
"""The exit status of a network with errors, and of a run that failed."""
DIFFERENT = 1
"""The exit status of two projects that are not equal."""
BAD_INPUT = 2
"""The exit status for input that cannot be used, as argparse has it."""


def run(arguments: Sequence[str], open_window: Callable[[list[str]], int]) -> int:
    """Carry out a command line and return its exit status; without a command, open the window.

    Args:
        arguments: what follows the program's name.
        open_window: starts the app with the given arguments; the engine itself has no window.
    """
    if not arguments or (arguments[0] not in _COMMANDS and not arguments[0].startswith("-")):
        return open_window(list(arguments))
    try:
        options = _parser().parse_args(arguments)
        status: int = options.carry_out(options)
    except (DocumentError, GraphError, ParamError) as error:
        print(f"netwright: {error}", file=sys.stderr)
        return BAD_INPUT
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="netwright",
        description="Build neural networks by wiring layers on a canvas, train them and see how they learn.",
        epilog="Without a command the app is started; with a FILE instead of a command, the app with that file open.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, (describe, text) in _COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        describe(command)
        command.add_argument("--json", action="store_true", help="print JSON for programs")
    return parser


def _describe_zoo(command: argparse.ArgumentParser) -> None:
    command.set_defaults(carry_out=_zoo)


def _zoo(options: argparse.Namespace) -> int:
    if options.json:
        _print_json(
            [
                {"name": entry.id, "label": entry.label, "doc": entry.doc, "family": entry.family}
                for entry in ZOO.values()
            ]
        )
        return 0
    width = max(map(len, ZOO))
    for family, entries in groupby(ZOO.values(), key=lambda entry: entry.family):
        print(f"{family}:")
        for entry in entries:
            print(f"  {entry.id:{width}}  {entry.doc}")
    return 0


def _describe_new(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="NAME", help="a network that “zoo” lists")
    command.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="the project file to write")
    command.add_argument("--force", action="store_true", help="replace FILE when it exists")
    command.add_argument("--input", metavar="C,H,W", help="the shape of one sample, such as 3,224,224")
    command.add_argument("--classes", metavar="N", help="how many values come out, one for each class")
    for option, networks in _zoo_options().items():
        flag, names = f"--{option.name.replace('_', '-')}", ", ".join(networks)
        command.add_argument(flag, action="store_true", help=f"{option.label[0].lower()}{option.label[1:]} ({names})")
    add_weight_options(command)
    command.set_defaults(carry_out=_new)


def _zoo_options() -> dict[Param, list[str]]:
    """What else can be asked for when a network is drawn, all of it off by default, and of which networks."""
    found: dict[Param, list[str]] = {}
    for entry in ZOO.values():
        for option in entry.options:
            found.setdefault(option, []).append(entry.id)
    return found


def _new(options: argparse.Namespace) -> int:
    if options.name not in ZOO:
        near = get_close_matches(options.name, ZOO)
        hint = f"did you mean {' or '.join(near)}?" if near else "“zoo” lists all there are."
        raise DocumentError(f"There is no network “{options.name}”; {hint}")
    if options.output.exists() and not options.force:
        raise DocumentError(f"“{options.output}” exists already: choose another name, or replace it with --force.")
    graph = ZOO[options.name].build(
        None if options.input is None else _whole_numbers("--input", options.input),
        None if options.classes is None else _whole_number("--classes", options.classes),
        **{option.name: True for option in _zoo_options() if getattr(options, option.name)},
    )
    weights = apply_weight_options(graph, options)
    versions.save(graph, options.output)
    if options.json:
        _print_json(
            {"file": str(options.output), "nodes": len(graph.nodes)} | ({"weights": weights} if weights else {})
        )
    else:
        print(f"Wrote {options.output} with {len(graph.nodes)} layers.")
        if weights:
            print(weights)
    return 0


def _whole_number(option: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ParamError(f"{option} takes a whole number, not {quoted(text)}.") from None


def _whole_numbers(option: str, text: str) -> tuple[int, ...]:
    try:
        return tuple(map(int, text.split(",")))
    except ValueError:
        message = f"{option} takes whole numbers with commas between them, such as 3,224,224, not {quoted(text)}."
        raise ParamError(message) from None


def _check(options: argparse.Namespace) -> int:
    report = check_report(project.open_project(options.file))
    if options.json:
        _print_json(report)
    else:
        for line in check_lines(report, expand=options.expand):
            print(line)
    return FAILED if any(problem["severity"] == Severity.ERROR.value for problem in report["problems"]) else 0


def _describe_check(command: argparse.ArgumentParser) -> None:
    add_check_options(command)
    command.set_defaults(carry_out=_check)


def _describe_diff(command: argparse.ArgumentParser) -> None:
    add_diff_options(command)
    command.set_defaults(carry_out=_diff)


def _diff(options: argparse.Namespace) -> int:
    old, new = project.open_project(options.old), project.open_project(options.new)
    difference = differences(old, new)
    if options.json:
        _print_json(diff_report(difference, old, new))
    else:
        for sentence in difference.summary() or ["The projects are equal."]:
            print(sentence)
    return 0 if difference.is_empty else DIFFERENT


def _describe_versions(command: argparse.ArgumentParser) -> None:
    add_version_options(command)
    command.set_defaults(carry_out=_versions)


def _versions(options: argparse.Namespace) -> int:
    if options.restore is not None:
        written = restore_version(options)
        if options.json:
            _print_json(written)
        else:
            print(f"Wrote {options.output} with {written['layers']} layers.")
        return 0
    found = versions.versions(options.file)
    if options.json:
        _print_json(version_report(found))
    else:
        for line in version_lines(found):
            print(line)
    return 0


def _describe_train(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", type=Path, help="a project file")
    command.add_argument("--epochs", metavar="N", type=int, help="how often to go through the data")
    command.add_argument("--device", choices=DEVICE.options, help="where to train")
    command.add_argument("--seed", metavar="S", type=int, help="the seed of all random numbers")
    command.add_argument("--run-dir", metavar="DIR", type=Path, help="keep the run's checkpoint in this folder")
    command.add_argument("--resume", action="store_true", help="go on from the checkpoint in --run-dir")
    command.set_defaults(carry_out=_train)


def _train(options: argparse.Namespace) -> int:
    graph = project.open_project(options.file)
    if options.resume and options.run_dir is None:
        raise ParamError("--resume needs --run-dir DIR, the folder with the checkpoint to go on from.")
    if not graph.nodes:
        raise DocumentError(f"“{options.file.name}” has no layers, so there is nothing to train.")
    _, problems = project.ProjectAnalyser().analyse(graph)
    errors = [problem.sentence for problem in problems if problem.severity.keeps_from_training]
    if errors:
        more = f" (and {len(errors) - 1} more: see “check”)" if len(errors) > 1 else ""
        raise DocumentError(f"“{options.file.name}” cannot be trained: {errors[0]}{more}")
    recipe = _recipe(graph, options)
    job = project.training_job(graph, options.file.absolute().parent)
    job = replace(job, recipe=recipe, run_dir=options.run_dir, resume=options.resume)
    status = train(job, _print_epoch_json if options.json else _print_epoch)
    return _report_end(status, as_json=options.json)


def _recipe(graph: Graph, options: argparse.Namespace) -> Recipe:
    chosen: dict[str, ParamValue] = {}
    for param in (EPOCHS, DEVICE, SEED):
        value = getattr(options, param.name)
        if value is not None:
            chosen[param.name] = param.check(value)
    return Recipe.from_settings({**graph.settings.get("recipe", {}), **chosen})


def _print_epoch_json(status: RunStatus) -> None:
    _print_json(asdict(status.results[-1]) | {"samples_per_second": round(status.samples_per_second, 1)})


def _print_epoch(status: RunStatus) -> None:
    result = status.results[-1]
    print(
        f"epoch {result.epoch}/{status.epochs}  loss {result.train_loss:.4f}  "
        f"validation loss {result.validation_loss:.4f}  validation accuracy {result.validation_accuracy:.2%}  "
        f"{status.samples_per_second:,.0f} samples/s",
        flush=True,
    )


def _report_end(status: RunStatus, *, as_json: bool) -> int:
    last = status.results[-1] if status.results else None
    if as_json:
        _print_json(
            {
                "state": status.state.value,
                "message": status.message,
                "epochs": len(status.results),
                "steps": status.step,
                "train_loss": last.train_loss if last else None,
                "validation_loss": last.validation_loss if last else None,
                "validation_accuracy": last.validation_accuracy if last else None,
                "test_loss": status.test_loss,
                "test_accuracy": status.test_accuracy,
                "steps_per_second": round(status.steps_per_second, 2),
                "device": status.device,
                "seed": status.seed,
            }
        )
    elif status.test_accuracy is not None:
        print(f"test accuracy {status.test_accuracy:.2%}, test loss {status.test_loss:.4f} on {status.device}")
    if status.state is RunState.FAILED:
        print(f"netwright: {status.message}", file=sys.stderr)
        return FAILED
    return 0


def _print_json(value: dict[str, Any] | list[Any]) -> None:
    if isinstance(value, dict):
        # JSON has no infinity and no NaN, which a diverged run may well have measured.
        value = {
            key: None if isinstance(item, float) and not math.isfinite(item) else item for key, item in value.items()
        }
    print(json.dumps(value, ensure_ascii=False, allow_nan=False), flush=True)


_COMMANDS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], str]] = {
    "zoo": (_describe_zoo, "List the reference networks and templates."),
    "new": (_describe_new, "Write one of them as a project file."),
    "check": (_describe_check, "Print the shapes, parameters, FLOPs, memory and problems of a project."),
    "diff": (_describe_diff, "Tell what is different between two projects, or two versions of one."),
    "versions": (_describe_versions, "List the last saves of a project, or write one of them anew."),
    "train": (_describe_train, "Train a project and print each epoch."),
    "export": (describe_export, "Write the network as code, or with its weights for other programs."),
}
