"""What the command `versions` tells of a project: the last saves of its file, and any of them written anew."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from engine import versions
from engine.graph.document import DocumentError
from engine.graph.params import ParamError
from engine.versions import Version

_DAYS = versions.GONE_FOR.days
_EPILOG = f"""
Each save of a project, by the app or by “new”, keeps a version of it in your folder for Netwright; the last
{versions.KEPT} stay. They are found by the place of FILE, also when it is not there any more; {_DAYS} days after the
app has noticed that it is gone, it takes them away. Version 1 is the newest.

With --json, prints a list of versions with "number", "id", "saved" (ISO 8601, UTC), "bytes" and "layers"; with
--restore, "file", "restored" (the id) and "layers".
"""


def add_version_options(command: argparse.ArgumentParser) -> None:
    """Add what `versions` takes."""
    command.add_argument("file", metavar="FILE", type=Path, help="a project file")
    command.add_argument("--restore", metavar="N", type=int, help="write version N of the list to OUT")
    command.add_argument("-o", "--output", metavar="OUT", type=Path, help="the project file to write")
    command.add_argument("--force", action="store_true", help="replace OUT when it exists")
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.epilog = _EPILOG


def version_report(found: Sequence[Version]) -> list[dict[str, Any]]:
    """The versions as data for programs."""
    return [
        {
            "number": number,
            "id": version.id,
            "saved": version.time.isoformat(timespec="microseconds"),
            "bytes": version.size,
            "layers": version.layers,
        }
        for number, version in enumerate(found, 1)
    ]


def version_lines(found: Sequence[Version]) -> Iterator[str]:
    """The versions as people read them."""
    if not found:
        yield "No versions of this file are kept."
        return
    yield f"{'':>3}  {'saved':19}  {'layers':>6}  {'bytes':>10}"
    for number, version in enumerate(found, 1):
        yield f"{number:>3}  {version.time.astimezone():%Y-%m-%d %H:%M:%S}  {version.layers:>6,}  {version.size:>10,}"


def restore_version(options: argparse.Namespace) -> dict[str, Any]:
    """Write the version that was asked for, and tell which one and where.

    Raises:
        DocumentError: there is no such version, it is damaged, or it cannot be written.
        ParamError: the options make no sense together.
    """
    if options.output is None:
        raise ParamError("--restore needs -o OUT, the file to write.")
    if options.output.exists() and not options.force:
        raise DocumentError(f"“{options.output}” exists already: choose another name, or replace it with --force.")
    found = versions.versions(options.file)
    if not 1 <= options.restore <= len(found):
        kept = {0: "none is", 1: "only one is"}.get(len(found), f"versions 1 to {len(found)} are")
        raise DocumentError(f"There is no version {options.restore} of “{options.file.name}”: {kept} kept.")
    version = found[options.restore - 1]
    versions.restore(version, options.output)
    return {"file": str(options.output), "restored": version.id, "layers": version.layers}
