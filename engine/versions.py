"""The versions of a project: what its file held after each of the last saves.

They lie in the user's folder and not beside the file, one file each, whose name tells all that a list needs: the number
of the save, when it was, how many layers there were, and the digest of the content. There is no index that two windows
could fight over. A save never fails because its version cannot be kept.

Beside the versions of a project lies a note of where its file is. When that has been gone for `GONE_FOR`, `clean` takes
its versions away; they are the only copy that is left, so only those go whose file can be known to be gone.
"""

from __future__ import annotations

import codecs
import hashlib
import logging
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec

from engine.folders import user_folder
from engine.graph import document
from engine.graph.document import MAX_BYTES, DocumentError, write_atomically
from engine.graph.model import Graph
from engine.graph.wording import quoted
from engine.project import parse_project

KEPT = 50
"""How many versions of a project are kept."""
GONE_FOR = timedelta(days=30)
"""So long after a project file was first found to be gone, its versions are kept."""

_NAME = re.compile(rf"([0-9]{{8,12}})-([0-9]{{16}})-([0-9]{{1,7}})-([0-9a-f]{{16}}){re.escape(document.SUFFIX)}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 10**16 - 1
"""The last microsecond that the name of a version has room for."""
_PLACE = "place.json"
"""The note of where the file is, in the folder of its versions."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Version:
    """What the file of a project held once."""

    file: Path
    """The file that holds it now."""
    project: str
    """The name of the project's file."""
    number: int
    """Grows with every save, whatever the clock says."""
    time: datetime
    """When it was saved, in UTC."""
    size: int
    """In bytes."""
    layers: int
    """The layers of the network and those inside its blocks, each block counted once."""
    digest: str
    """Tells whether the content is what was saved."""

    @property
    def id(self) -> str:
        """Tells it from all other versions of the project."""
        return self.file.stem

    @property
    def title(self) -> str:
        """What to call it at the beginning of a sentence."""
        return f"The version of {quoted(self.project, 100)} of {self.time.astimezone():%Y-%m-%d %H:%M:%S}"


class _Place(msgspec.Struct):
    """Where the file of a project is."""

    path: str
    """The file, without any links on the way to it."""
    device: int
    """The disk that it is on: where another one or none is there now, the file may be on a disk that is not."""
    missed: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    """When it was first found to be gone; None while it is there."""


class _Block(msgspec.Struct):
    nodes: list[msgspec.Raw] = []


class _Layers(msgspec.Struct):
    """As much of a project file as counting its layers takes."""

    netwright: int
    nodes: list[msgspec.Raw] = []
    blocks: list[_Block] = []


def save(graph: Graph, path: Path, now: datetime | None = None) -> None:
    """Write `graph` to `path` in one step, and keep a version; also one of what it replaces, if there is none yet.

    Args:
        graph: the project.
        path: its file.
        now: the time, with its zone, when it is not that of the clock.

    Raises:
        DocumentError: the file cannot be written; the old one is untouched.
    """
    _write(document.dump(graph), path, now)


def restore(version: Version, path: Path, now: datetime | None = None) -> Graph:
    """Write `version` to `path`, byte for byte, as `save` does, and return what it holds.

    Raises:
        DocumentError: the version is damaged or gone, or the file cannot be written; the old one is untouched.
    """
    graph, data = _read(version)
    _write(data, path, now)
    return graph


def keep(path: Path, data: bytes, now: datetime) -> None:
    """Keep `data`, which is what the project file at `path` holds at the time `now`, as its newest version.

    The same content is not kept twice: an older version with it becomes the newest one. When nothing can be kept, the
    log says so, and that is all.
    """
    try:
        _keep(path, data, now)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        _log.warning("No version of %s is kept: %s", path.name, error)
        return
    try:
        _note_place(path)
    except (OSError, ValueError) as error:
        # Then they stay for ever, as those of a file whose name is no Unicode do.
        _log.warning("The place of %s is not noted: %s", path.name, error)


def versions(path: Path) -> list[Version]:
    """The versions of the project file at `path`, the newest first, without reading them; the file may be gone."""
    try:
        return _versions(path, _folder(path))
    except OSError as error:
        _log.warning("The versions of %s cannot be listed: %s", path.name, error)
        return []


def read(version: Version) -> Graph:
    """The project as it was.

    Raises:
        DocumentError: the version is damaged or gone.
    """
    return _read(version)[0]


def clean(now: datetime | None = None, going_on: Callable[[], object] | None = None) -> list[Path]:
    """Take away the versions of projects whose file has been gone for `GONE_FOR`, and nothing else.

    Meant to be called now and then, such as once each time the app starts: only then it is noticed that a file is gone.
    Versions stay as long as anything leaves a doubt: nothing is known of where the file was, its disk is not there, or
    the newest version is younger than `GONE_FOR`.

    Args:
        now: the time, with its zone, when it is not that of the clock.
        going_on: called before each project; it may raise to end the work.

    Returns:
        The project files whose versions are gone now.
    """
    time = now or datetime.now(UTC)
    gone: list[Path] = []
    try:
        folders = sorted(_root().iterdir())
    except OSError:
        return []
    for folder in folders:
        if going_on is not None:
            going_on()
        try:
            if (path := _cleaned(folder, time)) is not None:
                gone.append(path)
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            _log.warning("The versions in %s are left alone: %s", folder.name, error)
    return gone


def _cleaned(folder: Path, now: datetime) -> Path | None:
    """The project file whose versions have just been taken away; None when they stay."""
    note = folder / _PLACE
    if folder.is_symlink() or not note.is_file():
        return None
    place = msgspec.json.decode(note.read_bytes(), type=_Place)
    path = Path(place.path)
    if _folder(path) != folder:
        # The note is not about these versions, or a link leads elsewhere by now.
        return None
    device = _device(path)
    if os.path.lexists(path):
        if place.missed is not None or device != place.device:
            _write_note(note, _Place(place.path, device))
        return None
    if device != place.device:
        return None
    # A clock that was wrong must not make a file gone for longer than it is.
    if place.missed is None or place.missed > now:
        _write_note(note, _Place(place.path, place.device, now))
        return None
    there = _versions(path, folder)
    if now - place.missed < GONE_FOR or (there and now - there[0].time < GONE_FOR):
        return None
    for version in there:
        version.file.unlink(missing_ok=True)
    note.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
    _log.info("%d versions of %s are taken away: the file has been gone since %s", len(there), path, place.missed)
    return path


def _device(path: Path) -> int:
    """The disk that `path` is on, or would be on if it were there."""
    place = path
    while True:
        try:
            return place.stat().st_dev
        except (FileNotFoundError, NotADirectoryError):
            if place == place.parent:
                raise
            place = place.parent


def _note_place(path: Path) -> None:
    """Note where the file of these versions is, unless that is known.

    Raises:
        OSError: its disk does not say which one it is.
        ValueError: the note cannot be written.
    """
    note = _folder(path) / _PLACE
    place = _Place(os.path.realpath(path), _device(path))
    try:
        is_known = msgspec.json.decode(note.read_bytes(), type=_Place) == place
    except (OSError, ValueError, msgspec.MsgspecError):
        is_known = False
    if not is_known:
        _write_note(note, place)


def _write_note(note: Path, place: _Place) -> None:
    write_atomically(msgspec.json.encode(place), note)


def _write(data: bytes, path: Path, now: datetime | None) -> None:
    before = _replaced(path)
    write_atomically(data, path)
    if before is not None:
        keep(path, *before)
    keep(path, data, now or datetime.now(UTC))


def _replaced(path: Path) -> tuple[bytes, datetime] | None:
    """What the file holds before it is written and since when; None when it is no project."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            return None
        data = path.read_bytes()
        _count_layers(data)
        return data, _EPOCH + timedelta(seconds=status.st_mtime)
    except (OSError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        return None


def _keep(path: Path, data: bytes, now: datetime) -> None:
    folder = _folder(path)
    folder.mkdir(parents=True, exist_ok=True)
    there = _versions(path, folder)
    digest = _digest(data)
    if there and _holds(there[0], data, digest):
        return
    number = there[0].number + 1 if there else 1
    time = min(max((now - _EPOCH) // timedelta(microseconds=1), 0), _LATEST)
    target = folder / f"{number:08d}-{time:016d}-{_count_layers(data)}-{digest}{document.SUFFIX}"
    twin = next((version for version in there if _holds(version, data, digest)), None)
    if twin is None or not _moved(twin.file, target):
        write_atomically(data, target)
    for old in _versions(path, folder)[KEPT:]:
        old.file.unlink(missing_ok=True)


def _moved(file: Path, target: Path) -> bool:
    """Give a version another name; False when another window has taken it away."""
    try:
        file.replace(target)
    except FileNotFoundError:
        return False
    return True


def _folder(path: Path) -> Path:
    """Where the versions of a file are kept, whichever links lead to it."""
    place = os.path.normcase(os.path.realpath(path))
    return _root() / hashlib.sha256(os.fsencode(place)).hexdigest()[:32]


def _root() -> Path:
    return user_folder() / "versions"


def _versions(path: Path, folder: Path) -> list[Version]:
    if not folder.is_dir():
        return []
    found: list[Version] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = _NAME.fullmatch(entry.name)
            if name is None or not entry.is_file(follow_symlinks=False):
                continue
            try:
                size = entry.stat(follow_symlinks=False).st_size
            except FileNotFoundError:
                continue  # Another window has just taken it away.
            number, time, layers = map(int, name.groups()[:3])
            when = _EPOCH + timedelta(microseconds=time)
            found.append(Version(Path(entry.path), path.name, number, when, size, layers, name[4]))
    return sorted(found, key=lambda version: (version.number, version.id), reverse=True)


def _holds(version: Version, data: bytes, digest: str) -> bool:
    """Whether the version is `data`, really: one that was damaged on the disk is not."""
    if (version.digest, version.size) != (digest, len(data)):
        return False
    try:
        return version.file.read_bytes() == data
    except OSError:
        return False


def _read(version: Version) -> tuple[Graph, bytes]:
    try:
        with version.file.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"{version.title} is not there any more.") from error
    if _digest(data) != version.digest:
        raise DocumentError(f"{version.title} is damaged.")
    return parse_project(data, version.title), data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _count_layers(data: bytes) -> int:
    found = msgspec.json.decode(data.removeprefix(codecs.BOM_UTF8), type=_Layers)
    return len(found.nodes) + sum(len(block.nodes) for block in found.blocks)
