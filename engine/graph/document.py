"""The project file: versioned JSON, sorted, one line per node and edge, so that it diffs and merges.

Reading never executes anything and never changes the file. Whatever is wrong with a file becomes one
`DocumentError` with one sentence. The layers, data and recipe named in it are checked by `engine.project`.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import secrets
import stat
from collections.abc import Iterable
from json.encoder import JSONEncoder
from json.encoder import encode_basestring as _text
from pathlib import Path

import msgspec

from engine.graph import annotation_file
from engine.graph.annotation_file import BookmarkRecord, FrameRecord, NoteRecord
from engine.graph.annotations import Annotation
from engine.graph.blocks import Block, BlockDefinition
from engine.graph.complaints import RepeatedKeyError, refuse_repeated_keys, schema_complaint, syntax_complaint
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, Node, NodeId
from engine.graph.param_file import ParamRecord, declarations, record
from engine.graph.params import ParamError, ParamValue
from engine.graph.wording import on_one_line, quoted

SUFFIX = ".netwright"
VERSION = 3
"""Since version 2 a project may have blocks, since version 3 annotations; older files read like ones without."""
MAX_NODES = 10_000
"""More nodes than any canvas can show; a file with more is refused instead of freezing the window."""
MAX_EDGES = 100_000
"""More wires than so many layers need; a file with more is refused likewise."""
MAX_SETTINGS = 1_000
"""More settings than all sections together ever have."""
MAX_BYTES = 16 * 1024 * 1024
"""More than so many layers and wires need; a larger file is not even read."""

_LONGEST_SENTENCE = 400
_encoder = JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False)

_FileValue = bool | int | float | str | tuple[int, ...]


class DocumentError(ValueError):
    """A file that cannot be read or written; its text is one sentence for the user."""

    def __init__(self, sentence: str) -> None:
        # Whatever a hostile file smuggles into a sentence, it stays one line that fits a message box.
        super().__init__(on_one_line(sentence, _LONGEST_SENTENCE))


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


class _Block(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    doc: str = ""
    params: list[ParamRecord] = []
    nodes: list[_Node] = []
    edges: list[_Edge] = []
    frames: list[FrameRecord] = []
    notes: list[NoteRecord] = []
    bookmarks: list[BookmarkRecord] = []


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    netwright: int
    blocks: list[_Block] = []
    nodes: list[_Node] = []
    edges: list[_Edge] = []
    frames: list[FrameRecord] = []
    notes: list[NoteRecord] = []
    bookmarks: list[BookmarkRecord] = []
    settings: dict[str, dict[str, _FileValue]] = {}


def dump(graph: Graph) -> bytes:
    """Write `graph` as the bytes of a project file; equal graphs give equal bytes."""
    blocks = [_block_lines(block) for _, block in sorted(graph.blocks.items())]
    text = (
        f'{{\n"netwright": {VERSION},\n'
        f'"settings": {_one_line({name: dict(values) for name, values in graph.settings.items()})},\n'
        f'"blocks": {_lines(blocks)},\n'
        f"{_graph_lines(graph)}\n}}\n"
    )
    return text.encode()


def parse(data: bytes, where: str = "This file") -> Graph:
    """Read the bytes of a project file; `where` begins the sentence of an error.

    Raises:
        DocumentError: the bytes are not a project that this version can read.
    """
    # Editors on Windows like to put a byte order mark before the text.
    data = data.removeprefix(codecs.BOM_UTF8)
    if not data.strip():
        raise DocumentError(f"{where} is empty.")
    if not data.lstrip().startswith(b"{"):
        raise DocumentError(f"{where} is not a Netwright project.")
    document = _decode(data, where)
    parts: list[_Document | _Block] = [document, *document.blocks]
    for number, limit, things in (
        (sum(len(part.nodes) for part in parts), MAX_NODES, "layers"),
        (sum(len(part.edges) for part in parts), MAX_EDGES, "wires"),
        (sum(map(len, document.settings.values())), MAX_SETTINGS, "settings"),
    ):
        if number > limit:
            raise DocumentError(f"{where} has {number:,} {things}; Netwright opens at most {limit:,}.")
    try:
        blocks = list(map(_definition, document.blocks))
        nodes, edges = map(_node, document.nodes), map(_edge, document.edges)
        return Graph.assemble(nodes, edges, document.settings, blocks, _annotations(document))
    except (GraphError, ParamError) as error:
        raise DocumentError(f"{where} cannot be opened: {error}") from error


def _decode(data: bytes, where: str) -> _Document:
    try:
        _check_version(msgspec.json.decode(data, type=_Version).netwright, where)
        document = msgspec.json.decode(data, type=_Document)
        refuse_repeated_keys(data)
    except msgspec.ValidationError as error:
        raise DocumentError(f"{where} cannot be opened: {schema_complaint(data, error)}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(f"{where} is damaged: {syntax_complaint(data, error)}.") from error
    except RepeatedKeyError as error:
        raise DocumentError(f"{where} is damaged: {error}.") from error
    return document


def _check_version(version: int, where: str) -> None:
    if version > VERSION:
        raise DocumentError(f"{where} was written by a newer Netwright: please update yours to open it.")
    if version < 1:
        raise DocumentError(f"{where} has a format that no Netwright has ever written.")


def read(path: Path) -> Graph:
    """Read the project file at `path`.

    Raises:
        DocumentError: there is no such file, or it is not a project that this version can read.
    """
    where = _called(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DocumentError(f"{where} is a folder, not a Netwright project.")
        # Reading a pipe or a device might never end.
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            raise DocumentError(f"{where} is not a Netwright project.")
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
    # Through a link, so that it stays one and its target is what is written.
    target = Path(os.path.realpath(path))
    temporary = target.parent / f".netwright-{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    except OSError as error:
        raise DocumentError(f"{_called(path)} cannot be written: {_reason(error)}.") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _called(path: Path) -> str:
    return quoted(path.name or str(path), 100)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _one_line(value: object) -> str:
    return _encoder.encode(value)


def _lines(items: Iterable[str]) -> str:
    body = ",\n".join(items)
    return f"[\n{body}\n]" if body else "[]"


def _graph_lines(graph: Graph) -> str:
    nodes = sorted(graph.nodes.values(), key=lambda node: (len(node.id), node.id))
    edges = sorted(graph.edges, key=lambda edge: (len(edge.source), len(edge.target), edge))
    parts = {"nodes": map(_node_line, nodes), "edges": map(_edge_line, edges)}
    parts |= {name: map(_one_line, items) for name, items in annotation_file.lists(graph.annotations).items()}
    return ",\n".join(f'"{name}": {_lines(lines)}' for name, lines in parts.items())


def _block_lines(block: Block) -> str:
    params = msgspec.json.encode([record(param) for param in block.params]).decode()
    head = f'"name": {_one_line(block.name)}, "doc": {_one_line(block.doc)}'
    return f'{{{head},\n"params": {params},\n{_graph_lines(block.graph)}}}'


def _node_line(node: Node) -> str:
    # Written out, because the copy that survives a crash is made in the window's thread, node by node.
    x, y = map(float, node.position)
    head = f'"id": {_text(node.id)}, "layer": {_text(node.layer)}, "name": {_text(node.name)}'
    params = _one_line(dict(node.params)) if node.params else "{}"
    return f'{{{head}, "params": {params}, "x": {x!r}, "y": {y!r}}}'


def _edge_line(edge: Edge) -> str:
    start, end = f"{_text(edge.source)}, {edge.source_port}", f"{_text(edge.target)}, {edge.target_port}"
    return f'{{"from": [{start}], "to": [{end}]}}'


def _node(raw: _Node) -> Node:
    params: dict[str, ParamValue] = dict(raw.params)
    return Node(NodeId(raw.id), raw.layer, raw.name, params, (float(raw.x), float(raw.y)))


def _edge(raw: _Edge) -> Edge:
    (source, source_port), (target, target_port) = raw.source, raw.target
    return Edge(NodeId(source), source_port, NodeId(target), target_port)


def _definition(raw: _Block) -> BlockDefinition:
    params = declarations(raw.params)
    nodes, edges = tuple(map(_node, raw.nodes)), tuple(map(_edge, raw.edges))
    try:
        return BlockDefinition(raw.name, params, raw.doc, nodes, edges, tuple(_annotations(raw)))
    except GraphError as error:
        raise GraphError(f"In the block {quoted(raw.name)}: {error}") from error


def _annotations(raw: _Document | _Block) -> list[Annotation]:
    return annotation_file.annotations_of(raw.frames, raw.notes, raw.bookmarks)
