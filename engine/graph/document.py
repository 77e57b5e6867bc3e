"""The project file: versioned JSON, sorted, one line per node and edge, so that it diffs and merges.

Reading never executes anything and never changes the file. Whatever is wrong with a file becomes one
`DocumentError` with one sentence. The layers, data and recipe named in it are checked by `engine.project`.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from engine.graph.model import Edge, Graph, GraphError, Node, NodeId
from engine.graph.params import ParamValue

SUFFIX = ".netwright"
VERSION = 1
MAX_NODES = 10_000
"""More nodes than any canvas can show; a file with more is refused instead of freezing the window."""
MAX_BYTES = 64 * 1024 * 1024
MAX_COORDINATE = 1e7

_FileValue = bool | int | float | str | tuple[int, ...]


class DocumentError(ValueError):
    """A file that cannot be read or written; its text is one sentence for the user."""


class _Version(msgspec.Struct):
    netwright: int


class _Node(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    layer: str
    name: str
    x: float = 0.0
    y: float = 0.0
    params: dict[str, _FileValue] = {}


class _Edge(msgspec.Struct, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}):
    source: tuple[str, int]
    target: tuple[str, int]


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    netwright: int
    nodes: list[_Node] = []
    edges: list[_Edge] = []
    settings: dict[str, dict[str, _FileValue]] = {}


def dump(graph: Graph) -> bytes:
    """Write `graph` as the bytes of a project file; equal graphs give equal bytes."""
    nodes = sorted(graph.nodes.values(), key=lambda node: (len(node.id), node.id))
    edges = sorted(graph.edges, key=lambda edge: (len(edge.source), len(edge.target), edge))
    text = (
        f'{{\n"netwright": {VERSION},\n'
        f'"settings": {_one_line({name: dict(values) for name, values in graph.settings.items()})},\n'
        f'"nodes": {_lines(map(_node_line, nodes))},\n'
        f'"edges": {_lines(map(_edge_line, edges))}\n}}\n'
    )
    return text.encode()


def parse(data: bytes, where: str = "This file") -> Graph:
    """Read the bytes of a project file; `where` begins the sentence of an error.

    Raises:
        DocumentError: the bytes are not a project that this version can read.
    """
    if not data.strip():
        raise DocumentError(f"{where} is empty.")
    try:
        version = msgspec.json.decode(data, type=_Version).netwright
        if version > VERSION:
            raise DocumentError(
                f"{where} was written by a newer Netwright (format {version}; this one reads up to {VERSION}): "
                "please update Netwright."
            )
        if version < 1:
            raise DocumentError(f"{where} says it has format {version}, which never existed.")
        document = msgspec.json.decode(data, type=_Document)
    except msgspec.ValidationError as error:
        raise DocumentError(f"{where} is not a Netwright project: {_plain(error)}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(f"{where} is damaged or not a Netwright project: {_plain(error)}.") from error
    if len(document.nodes) > MAX_NODES:
        raise DocumentError(f"{where} has {len(document.nodes):,} layers; Netwright opens at most {MAX_NODES:,}.")
    try:
        return Graph.assemble(map(_node, document.nodes), map(_edge, document.edges), document.settings)
    except GraphError as error:
        raise DocumentError(f"{where} cannot be opened: {error}") from error


def read(path: Path) -> Graph:
    """Read the project file at `path`.

    Raises:
        DocumentError: there is no such file, or it is not a project that this version can read.
    """
    where = f"“{path.name}”"
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DocumentError(f"{where} is larger than any Netwright project ({MAX_BYTES // 2**20} MiB).")
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{where} cannot be read: {_reason(error)}.") from error
    return parse(data, where)


def write(graph: Graph, path: Path) -> None:
    """Write `graph` to `path` in one step: the file holds either the old project or the new one, whole.

    Raises:
        DocumentError: the file cannot be written; the old one is untouched.
    """
    write_atomically(dump(graph), path)


def write_atomically(data: bytes, path: Path) -> None:
    """Replace the content of `path` by `data` in one step.

    Raises:
        DocumentError: the file cannot be written; the old one is untouched.
    """
    temporary: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise DocumentError(f"“{path.name}” cannot be written: {_reason(error)}.") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _plain(error: Exception) -> str:
    """The library's message as the end of a sentence, in words that a person knows."""
    text = str(error).rstrip(".")
    for technical, plain in (
        ("Object missing required field `netwright`", "it does not say which format it has"),
        ("JSON is malformed: ", ""),
        ("Input data was truncated", "it ends too early"),
        (" - at `$.", " in “"),
        ("`", "”" if " - at `$." in text else "“"),
    ):
        text = text.replace(technical, plain)
    return text[:1].lower() + text[1:200]


def _one_line(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)


def _lines(items: Iterable[str]) -> str:
    body = ",\n".join(items)
    return f"[\n{body}\n]" if body else "[]"


def _node_line(node: Node) -> str:
    x, y = node.position
    fields = {"id": node.id, "layer": node.layer, "name": node.name, "params": dict(node.params), "x": x, "y": y}
    return _one_line(fields)


def _edge_line(edge: Edge) -> str:
    return _one_line({"from": [edge.source, edge.source_port], "to": [edge.target, edge.target_port]})


def _node(raw: _Node) -> Node:
    for coordinate in (raw.x, raw.y):
        if not math.isfinite(coordinate) or abs(coordinate) > MAX_COORDINATE:
            raise GraphError(f"“{raw.name[:40]}” lies outside the canvas.")
    params: dict[str, ParamValue] = dict(raw.params)
    return Node(NodeId(raw.id), raw.layer, raw.name, params, (float(raw.x), float(raw.y)))


def _edge(raw: _Edge) -> Edge:
    (source, source_port), (target, target_port) = raw.source, raw.target
    return Edge(NodeId(source), source_port, NodeId(target), target_port)
