"""Files that are no projects, damaged or hostile, each give one plain sentence and are left as they are."""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path

import pytest

from engine.graph import document
from engine.graph.annotations import MAX_COORDINATE
from engine.graph.document import DocumentError
from engine.graph.model import Edge, Graph, Node, NodeId


def small_graph() -> Graph:
    nodes = [
        Node(NodeId("n10"), "relu", "tenth", {}, (1, 2)),
        Node(NodeId("n2"), "conv2d", "zweite", {"b": (3, 3), "a": True, "c": 0.1, "d": "xé”\n", "e": -7}, (0.5, -96.0)),
        Node(NodeId("n1"), "input", "input"),
    ]
    edges = [Edge(NodeId("n2"), 0, NodeId("n10"), 1), Edge(NodeId("n1"), 0, NodeId("n2"), 0)]
    return Graph.assemble(nodes, edges, {"recipe": {"seed": 3, "epochs": 2}, "data": {"dataset": "mnist"}})


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


GARBAGE = re.compile(
    r"\bobject\b|\barray\b|\bJSON path\b|\$|`|\bint\b|\bfloat\b|\bstr\b|\bbool\b|\bNone\b|\bdict\b|\bn\d+\b"
    r"|Traceback|Error|Exception|codec|byte \d|[{}\[\]<>\n\t]|\.\.\.|\\x",
    re.IGNORECASE,
)


def complaint(data: bytes, tmp_path: Path) -> str:
    """What is said about a file of `data`, after checking that it reads as a sentence and that the file is whole."""
    path = tmp_path / "net.netwright"
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        document.read(path)
    sentence = str(caught.value)
    assert sentence.startswith("“net.netwright” ")
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert len(sentence) < 250
    assert not GARBAGE.search(sentence.replace("valid JSON", "")), sentence
    assert path.read_bytes() == data
    assert files_in(tmp_path) == ["net.netwright"]
    return sentence.removeprefix("“net.netwright” ")


def test_a_truncated_file_is_recognised_wherever_it_ends(tmp_path: Path) -> None:
    data = document.dump(small_graph())
    said = {complaint(data[:length], tmp_path) for length in range(1, len(data.rstrip()))}
    assert said == {"is damaged: it ends too early."}


JUNK: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty."),
    "white space": (b" \r\n\t\n", "is empty."),
    "text": (b"Dear diary,", "is not a Netwright project."),
    "random bytes": (bytes(range(255, -1, -1)) * 20, "is not a Netwright project."),
    "PNG": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not a Netwright project."),
    "UTF-16": (document.dump(small_graph()).decode().encode("utf-16"), "is not a Netwright project."),
    "zeros": (bytes(5000), "is not a Netwright project."),
    "list": (b"[1, 2]", "is not a Netwright project."),
    "number": (b"1", "is not a Netwright project."),
    "deep list": (b"[" * 100_000, "is not a Netwright project."),
    "empty object": (b"{}", "cannot be opened: it does not say which Netwright format it has."),
    "other JSON": (
        b'{"name": "left-pad", "version": "1.3.0"}',
        "cannot be opened: it does not say which Netwright format it has.",
    ),
    "newer": (b'{"netwright": 4, "blocks": []}', "was written by a newer Netwright: please update yours to open it."),
    "much newer": (
        b'{"netwright": %d}' % 10**400,
        "was written by a newer Netwright: please update yours to open it.",
    ),
    "version 0": (b'{"netwright": 0}', "has a format that no Netwright has ever written."),
    "negative version": (b'{"netwright": -1}', "has a format that no Netwright has ever written."),
    "version with a fraction": (
        b'{"netwright": 1.5}',
        "cannot be opened: its format should be a whole number.",
    ),
    "version as text": (b'{"netwright": "1"}', "cannot be opened: its format should be a whole number."),
    "version null": (b'{"netwright": null}', "cannot be opened: its format should be a whole number."),
    "version with 9,000 digits": (
        b'{"netwright": 1' + b"0" * 9000 + b"}",
        "cannot be opened: its format is too large.",
    ),
    "deep object": (b'{"a":' * 100_000, "is damaged: its brackets are nested too deeply."),
    "deep nodes": (
        b'{"netwright": 1, "nodes": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "is damaged: its brackets are nested too deeply.",
    ),
    "two files in one": (document.dump(Graph()) * 2, "is damaged: line 8 is not valid JSON."),
    "comma missing": (
        document.dump(small_graph()).replace(b',\n"nodes"', b'\n"nodes"'),
        "is damaged: line 5 is not valid JSON.",
    ),
    "not a number": (b'{"netwright": 1,\n"nodes": [{"x": NaN}]}', "is damaged: line 2 is not valid JSON."),
    "infinity": (b'{"netwright": 1,\n"nodes": [{"x": Infinity}]}', "is damaged: line 2 is not valid JSON."),
    "merge conflict": (
        document.dump(small_graph()).replace(b'"edges"', b'<<<<<<< HEAD\n"edges"'),
        "is damaged: line 10 is not valid JSON.",
    ),
    "text that is not UTF-8": (
        document.dump(small_graph()).replace("é".encode(), b"\xe9"),
        "is damaged: it contains bytes that are not text.",
    ),
    "half a character": (
        b'{"netwright": 1, "settings": {"view": {"a": "\\ud800 and more"}}}',
        "is damaged: line 1 is not valid JSON.",
    ),
    "repeated list": (
        b'{"netwright": 1, "nodes": [], "nodes": []}',
        "is damaged: “nodes” stands there twice, and only one can count.",
    ),
    "repeated setting": (
        b'{"netwright": 1, "settings": {"data": {"seed": 1, "seed": 2}}}',
        "is damaged: “seed” stands there twice, and only one can count.",
    ),
    "something unknown": (
        b'{"netwright": 1, "__class__": "os.system"}',
        "cannot be opened: it has a “__class__”, which does not belong there.",
    ),
}


@pytest.mark.parametrize(("data", "said"), JUNK.values(), ids=JUNK)
def test_what_is_no_document_is_refused_in_one_sentence(data: bytes, said: str, tmp_path: Path) -> None:
    assert complaint(data, tmp_path) == said


@pytest.mark.parametrize("name", [f"x - at `$.nodes[{'9' * 5000}]", "x - at `$.nodes[7].x", "`", "` - at `$.y`"])
def test_a_name_that_looks_like_the_place_of_an_error_does_no_harm(name: str) -> None:
    with pytest.raises(DocumentError, match=r"^This file cannot be opened: [^\n]+\.$"):
        document.parse(json.dumps({"netwright": 1, name: 1}).encode())


NODE = {"id": "n1", "layer": "relu", "name": "a", "params": {"p": 1}, "x": 0.0, "y": 96.0}
OTHER = {**NODE, "id": "n2", "name": "b"}
EDGE = {"from": ["n1", 0], "to": ["n2", 0]}
FRAME = {"id": "a1", "title": "Both", "members": ["n1", "n2"], "colour": "blue"}
NOTE = {"id": "a2", "text": "*Look!*", "x": 0.0, "y": 1.0, "width": 200, "height": 0, "colour": "red"}
BOOKMARK = {"id": "a3", "name": "End", "x": 0.0, "y": 1.0, "zoom": 1.0}
WHOLE = {
    "netwright": 3,
    "nodes": [NODE, OTHER],
    "edges": [EDGE],
    "frames": [FRAME],
    "notes": [NOTE],
    "bookmarks": [BOOKMARK],
    "settings": {"recipe": {"seed": 1}},
}
"""A valid document; each test below spoils one place of it."""

VALUES = "a number, a text, true, false or a list of whole numbers"
PORT = "the id of a layer and the number of a port"
GROUP = "a group of named values"

WRONG_TYPES: list[tuple[tuple[str | int, ...], str, str]] = [
    (("netwright",), "its format", "a whole number"),
    (("nodes",), "its “nodes”", "a list of layers"),
    (("nodes", 1), "layer 2", GROUP),
    (("nodes", 1, "id"), "the “id” of the layer “b”", "a text"),
    (("nodes", 1, "layer"), "the “layer” of the layer “b”", "a text"),
    (("nodes", 1, "name"), "the “name” of layer 2", "a text"),
    (("nodes", 1, "params"), "the “params” of the layer “b”", GROUP),
    (("nodes", 1, "params", "p"), "a parameter of the layer “b”", VALUES),
    (("nodes", 1, "x"), "the “x” of the layer “b”", "a number"),
    (("nodes", 1, "y"), "the “y” of the layer “b”", "a number"),
    (("edges",), "its “edges”", "a list of wires"),
    (("edges", 0), "wire 1", GROUP),
    (("edges", 0, "from"), "the “from” of wire 1", PORT),
    (("edges", 0, "to"), "the “to” of wire 1", PORT),
    (("edges", 0, "to", 0), "the “to” of wire 1", PORT),
    (("edges", 0, "from", 1), "the “from” of wire 1", PORT),
    (("frames",), "its “frames”", "a list of frames"),
    (("frames", 0), "frame 1", GROUP),
    (("frames", 0, "title"), "the “title” of frame 1", "a text"),
    (("frames", 0, "colour"), "the “colour” of the frame “Both”", "a text"),
    (("frames", 0, "members"), "the “members” of the frame “Both”", "a list of the ids of layers"),
    (("frames", 0, "members", 1), "the “members” of the frame “Both”", "a list of the ids of layers"),
    (("notes",), "its “notes”", "a list of notes"),
    (("notes", 0, "text"), "the “text” of note 1", "a text"),
    (("notes", 0, "width"), "the “width” of note 1", "a number"),
    (("bookmarks",), "its “bookmarks”", "a list of bookmarks"),
    (("bookmarks", 0, "name"), "the “name” of bookmark 1", "a text"),
    (("bookmarks", 0, "zoom"), "the “zoom” of the bookmark “End”", "a number"),
    (("settings",), "its “settings”", GROUP),
    (("settings", "recipe"), "a section of its “settings”", GROUP),
    (("settings", "recipe", "seed"), "one of its “settings”", VALUES),
]


def spoiled(place: tuple[str | int, ...], value: object) -> bytes:
    copy = json.loads(json.dumps(WHOLE))
    holder = copy
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    return json.dumps(copy).encode()


def test_the_document_to_be_spoiled_is_valid() -> None:
    assert len(document.parse(json.dumps(WHOLE).encode()).nodes) == 2


@pytest.mark.parametrize("wrong", [None, ["x"], {"x": [[]]}, [[]]], ids=["null", "list", "group", "lists"])
@pytest.mark.parametrize(("place", "subject", "wanted"), WRONG_TYPES, ids=[str(place) for place, _, _ in WRONG_TYPES])
def test_a_wrong_type_is_located_in_plain_words(
    place: tuple[str | int, ...], subject: str, wanted: str, wrong: object, tmp_path: Path
) -> None:
    said = complaint(spoiled(place, wrong), tmp_path)
    assert said.startswith("cannot be opened: ")
    if not isinstance(wrong, (list, dict)) or wanted in ("a text", "a number", "a whole number"):
        assert said == f"cannot be opened: {subject} should be {wanted}."


@pytest.mark.parametrize("place", [("nodes", 1, "x"), ("edges", 0, "to", 1), ("nodes", 1, "id"), ("nodes",)], ids=str)
@pytest.mark.parametrize("wrong", [True, "1"], ids=repr)
def test_similar_types_are_not_mixed_up(place: tuple[str | int, ...], wrong: object, tmp_path: Path) -> None:
    if place[-1] == "id" and isinstance(wrong, str):
        wrong = 1
    assert complaint(spoiled(place, wrong), tmp_path).startswith("cannot be opened: ")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (("nodes", 0, "id"), "the layer “a” has no “id”."),
        (("nodes", 0, "layer"), "the layer “a” has no “layer”."),
        (("nodes", 0, "name"), "layer 1 has no “name”."),
        (("edges", 0, "from"), "wire 1 has no “from”."),
        (("edges", 0, "to"), "wire 1 has no “to”."),
        (("frames", 0, "members"), "the frame “Both” has no “members”."),
        (("notes", 0, "text"), "note 1 has no “text”."),
        (("bookmarks", 0, "name"), "bookmark 1 has no “name”."),
    ],
    ids=str,
)
def test_what_is_missing_is_named(place: tuple[str, int, str], said: str, tmp_path: Path) -> None:
    copy = json.loads(json.dumps(WHOLE))
    del copy[place[0]][place[1]][place[2]]
    assert complaint(json.dumps(copy).encode(), tmp_path) == f"cannot be opened: {said}"


LARGE = {"1e300": b"1e300", "-1e8": b"-1e8", "10**400": b"1" + b"0" * 400, "too far": b"%d" % (2 * MAX_COORDINATE)}


@pytest.mark.parametrize("number", LARGE.values(), ids=LARGE)
def test_layers_far_off_the_canvas_are_refused(number: bytes, tmp_path: Path) -> None:
    data = json.dumps(WHOLE).encode().replace(b"96.0", number, 1)
    said = complaint(data, tmp_path)
    assert said in (
        "cannot be opened: “a” cannot lie that far out on the canvas.",
        "cannot be opened: the “y” of the layer “a” is too large.",
    )


def test_a_number_beyond_all_floats_is_refused(tmp_path: Path) -> None:
    for place, subject in ((b"96.0", "the “y” of the layer “a”"), (b"1}", "a parameter of the layer “a”")):
        data = json.dumps(WHOLE).encode().replace(place, place.replace(place.rstrip(b"}"), b"1e999"), 1)
        assert complaint(data, tmp_path) == f"cannot be opened: {subject} is too large."


def document_with(nodes: list[dict[str, object]], edges: list[dict[str, object]]) -> bytes:
    return json.dumps({"netwright": 1, "nodes": nodes, "edges": edges}).encode()


THIRD = {**NODE, "id": "n3", "name": "c"}

IMPOSSIBLE: dict[str, tuple[bytes, str]] = {
    "cycle": (
        document_with([NODE, OTHER], [EDGE, {"from": ["n2", 0], "to": ["n1", 0]}]),
        "The wires through “a” form a cycle; a network must flow one way.",
    ),
    "self-loop": (document_with([NODE], [{"from": ["n1", 0], "to": ["n1", 0]}]), "“a” cannot feed itself."),
    "doubly fed": (
        document_with([NODE, OTHER, THIRD], [EDGE, {"from": ["n3", 0], "to": ["n2", 0]}]),
        "This input of “b” is already fed by “a”.",
    ),
    "double wire": (document_with([NODE, OTHER], [EDGE, EDGE]), "This input of “b” is already fed by “a”."),
    "dangling": (document_with([NODE], [EDGE]), "A wire of “a” leads to a layer that is not in the network."),
    "loose": (document_with([], [EDGE]), "A wire leads to a layer that is not in the network."),
    "double name": (document_with([NODE, {**OTHER, "name": "a"}], []), "There is already a layer called “a”."),
    "double id": (document_with([NODE, {**OTHER, "id": "n1"}], []), "“a” and “b” have the same id."),
    "reserved name": (
        document_with([{**NODE, "name": "forward"}], []),
        "“forward” already means something in Python or PyTorch: choose another name.",
    ),
    "name that is code": (
        document_with([{**NODE, "name": "x=eval('1')"}], []),
        "“x=eval('1')” cannot name a layer: use letters, digits and _, and start with a letter.",
    ),
    "name with hidden characters": (
        document_with([{**NODE, "name": "a\u202eb\n"}], []),
        "“a�b�” cannot name a layer: use letters, digits and _, and start with a letter.",
    ),
    "endless name": (
        document_with([{**NODE, "name": "a" * 1_000_000}], []),
        f"“{'a' * 39}…” is too long for the name of a layer: use at most 100 characters.",
    ),
    "endless id": (
        document_with([{**NODE, "id": "a" * 1_000_000}], [EDGE]),
        "A wire leads to a layer that is not in the network.",
    ),
}


@pytest.mark.parametrize(("data", "said"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_an_impossible_network_is_refused_with_the_reason(data: bytes, said: str, tmp_path: Path) -> None:
    assert complaint(data, tmp_path) == f"cannot be opened: {said}"


def test_a_network_too_large_to_show_is_refused(tmp_path: Path) -> None:
    nodes = [{**NODE, "id": f"n{index}", "name": f"a{index}"} for index in range(10_001)]
    assert complaint(document_with(nodes, []), tmp_path) == "has 10,001 layers; Netwright opens at most 10,000."
    edges = [{"from": ["n1", 0], "to": ["n2", index]} for index in range(100_001)]
    assert complaint(document_with([NODE, OTHER], edges), tmp_path) == (
        "has 100,001 wires; Netwright opens at most 100,000."
    )
    settings = {"view": {f"k{index}": 1 for index in range(1_001)}}
    assert complaint(json.dumps({"netwright": 1, "settings": settings}).encode(), tmp_path) == (
        "has 1,001 settings; Netwright opens at most 1,000."
    )


def test_what_is_no_readable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder.netwright"
    folder.mkdir()
    long_name = tmp_path / ("n" * 5000)
    huge = tmp_path / "huge.netwright"
    with huge.open("wb") as file:
        file.truncate(document.MAX_BYTES + 1)
    for path, said in (
        (folder, "“folder.netwright” is a folder, not a Netwright project."),
        (tmp_path / "gone", "“gone” cannot be read: no such file or directory."),
        (tmp_path / "gone" / "net", "“net” cannot be read: no such file or directory."),
        (huge / "net", "“net” cannot be read: not a directory."),
        (long_name, f"“{'n' * 99}…” cannot be read: file name too long."),
        (huge, "“huge.netwright” is not a Netwright project."),
        (Path(os.devnull), f"“{Path(os.devnull).name}” is not a Netwright project."),
    ):
        with pytest.raises(DocumentError) as caught:
            document.read(path)
        assert str(caught.value) == said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.netwright"
    os.mkfifo(pipe)
    with pytest.raises(DocumentError, match=r"^“pipe\.netwright” is not a Netwright project\.$"):
        document.read(pipe)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.netwright"
    document.write(Graph(), path)

    def refuse(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DocumentError, match=r"^“net.netwright” cannot be read: permission denied\.$"):
        document.read(path)


def test_reading_takes_time_in_proportion_to_the_file() -> None:
    """A hostile file as large as any that is read, of names that are all looked at; minutes when that is quadratic."""
    values = ",".join(f'"k{index}":1' for index in range(300_000))
    with pytest.raises(DocumentError, match=r"“k299999” stands there twice"):
        document.parse(f'{{"netwright":1,"settings":{{"view":{{{values},"k299999":1}}}}}}'.encode())
