"""The project file: what is written is read back, it is written whole or not at all, and it diffs line by line."""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.graph import document
from engine.graph.document import DocumentError
from engine.graph.model import MAX_COORDINATE, Edge, Graph, Node, NodeId
from engine.graph.params import ParamValue


def small_graph() -> Graph:
    nodes = [
        Node(NodeId("n10"), "relu", "tenth", {}, (1, 2)),
        Node(NodeId("n2"), "conv2d", "zweite", {"b": (3, 3), "a": True, "c": 0.1, "d": "xé”\n", "e": -7}, (0.5, -96.0)),
        Node(NodeId("n1"), "input", "input"),
    ]
    edges = [Edge(NodeId("n2"), 0, NodeId("n10"), 1), Edge(NodeId("n1"), 0, NodeId("n2"), 0)]
    return Graph.assemble(nodes, edges, {"recipe": {"seed": 3, "epochs": 2}, "data": {"dataset": "mnist"}})


def contents(graph: Graph) -> tuple[object, ...]:
    return dict(graph.nodes), sorted(graph.edges), {name: dict(values) for name, values in graph.settings.items()}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "net.netwright"
    graph = small_graph()
    document.write(graph, path)
    assert contents(document.read(path)) == contents(graph)
    assert path.read_bytes() == document.dump(graph) == document.dump(document.read(path))


def test_the_file_does_not_depend_on_the_order_of_editing() -> None:
    graph, twin = small_graph(), Graph()
    for name in ("epochs", "seed"):
        twin.set_setting("recipe", name, graph.settings["recipe"][name])
    for node in reversed(graph.nodes.values()):
        twin.add_node(Node(node.id, node.layer, node.name, dict(reversed(node.params.items())), node.position))
    for edge in reversed(graph.edges):
        twin.add_edge(edge)
    twin.set_setting("data", "dataset", "mnist")
    assert document.dump(twin) == document.dump(graph)


def test_the_file_is_json_with_one_line_per_node_and_edge() -> None:
    text = document.dump(small_graph()).decode()
    lines = text.splitlines()
    assert text.endswith("}\n")
    assert [json.loads(line.rstrip(","))["name"] for line in lines if '"layer"' in line] == ["input", "zweite", "tenth"]
    assert sum('"from"' in line for line in lines) == 2
    whole = json.loads(text)
    assert whole["netwright"] == document.VERSION
    assert whole["settings"] == {"data": {"dataset": "mnist"}, "recipe": {"epochs": 2, "seed": 3}}
    assert whole["nodes"][1]["params"] == {"a": True, "b": [3, 3], "c": 0.1, "d": "xé”\n", "e": -7}


def test_moving_one_layer_changes_one_line() -> None:
    graph = small_graph()
    before = document.dump(graph).splitlines()
    graph.move_nodes({NodeId("n2"): (8.0, 8.0)})
    after = document.dump(graph).splitlines()
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


@pytest.mark.parametrize(
    "value",
    [True, False, 0, 1, -1, 2**53 + 1, 2**70, 0.0, 1.0, -0.0, 1e-300, 1e16, 1e300, 0.1 + 0.2, "", "1", "ü\u2028", ()],
    ids=repr,
)
def test_values_keep_their_type_and_every_digit(value: ParamValue) -> None:
    graph = Graph.assemble([Node(NodeId("n1"), "relu", "a", {"p": value})], [], {"view": {"p": value}})
    read = document.parse(document.dump(graph))
    for found in (read.nodes[NodeId("n1")].params["p"], read.settings["view"]["p"]):
        assert (type(found), repr(found)) == (type(value), repr(value))


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=6)
NUMBERS = st.floats(-MAX_COORDINATE, MAX_COORDINATE) | st.integers(-9, 9)


@given(ids=st.tuples(TEXTS, TEXTS), layer=TEXTS, position=st.tuples(NUMBERS, NUMBERS), port=st.integers(0, 9**9))
def test_lines_are_what_json_writes(ids: tuple[str, str], layer: str, position: tuple[float, float], port: int) -> None:
    assume(ids[0] != ids[1])
    first, second = map(NodeId, ids)
    nodes = [Node(first, layer, "a", {"p": layer}, position), Node(second, layer, "b")]
    lines = document.dump(Graph.assemble(nodes, [Edge(first, port, second, port)], {})).decode().split("\n")
    written = [line.rstrip(",") for line in lines if line.startswith(('{"id"', '{"from"'))]
    assert len(written) == 3
    assert written == [json.dumps(json.loads(line), sort_keys=True, ensure_ascii=False) for line in written]


def test_an_empty_network_is_a_document() -> None:
    assert contents(document.parse(document.dump(Graph()))) == ({}, [], {})
    assert contents(document.parse(b'{"netwright": 1}')) == ({}, [], {})


def test_a_byte_order_mark_and_other_line_ends_do_no_harm() -> None:
    data = b"\xef\xbb\xbf" + document.dump(small_graph()).replace(b"\n", b"\r\n")
    assert document.dump(document.parse(data)) == document.dump(small_graph())


def test_the_largest_networks_are_read() -> None:
    nodes = [Node(NodeId(f"n{index}"), "relu", f"relu{index}") for index in range(document.MAX_NODES)]
    edges = [Edge(source.id, 0, target.id, 0) for source, target in pairwise(nodes)]
    data = document.dump(Graph.assemble(nodes, edges, {}))
    assert len(document.parse(data).edges) == document.MAX_NODES - 1


# Saving


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_when_saving_fails_the_old_file_stays_whole(
    failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.netwright"
    document.write(Graph(), path)
    before = path.read_bytes()

    def fail(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if failing == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
        monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(DocumentError) as caught:
        document.write(small_graph(), path)
    assert str(caught.value) == "“net.netwright” cannot be written: no space left on device."
    assert path.read_bytes() == before
    assert files_in(tmp_path) == ["net.netwright"]


def test_a_write_that_is_cut_short_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.netwright"
    document.write(Graph(), path)
    before = path.read_bytes()

    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        document.write(small_graph(), path)
    assert path.read_bytes() == before
    assert files_in(tmp_path) == ["net.netwright"]


def test_the_new_file_is_on_disk_before_it_takes_the_old_ones_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.netwright"
    document.write(Graph(), path)
    seen: list[bytes] = []
    real_fsync = os.fsync

    def look(descriptor: int) -> None:
        seen.append(path.read_bytes())
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    document.write(small_graph(), path)
    assert seen == [document.dump(Graph())]
    assert path.read_bytes() == document.dump(small_graph())


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "net.netwright"
    document.write(Graph(), path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="JSON"):
        document.write(Graph.assemble([Node(NodeId("n1"), "dropout", "a", {"p": float("nan")})], [], {}), path)
    assert path.read_bytes() == before


def test_saving_where_nothing_can_be_saved_says_so(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "missing" / "net.netwright", Path("/")):
        with pytest.raises(DocumentError, match=r"^“[^”]+” cannot be written: [a-z ]+\.$"):
            document.write(Graph(), path)
    assert files_in(tmp_path) == ["folder"]


def test_saving_works_with_the_longest_name_a_folder_takes(tmp_path: Path) -> None:
    path = tmp_path / f"{'n' * 240}.netwright"
    document.write(small_graph(), path)
    assert contents(document.read(path)) == contents(small_graph())


@pytest.mark.skipif(sys.platform == "win32", reason="permissions and links are those of Unix")
def test_saving_keeps_permissions_and_links(tmp_path: Path) -> None:
    path, link = tmp_path / "net.netwright", tmp_path / "link.netwright"
    previous = os.umask(0o027)
    try:
        document.write(Graph(), path)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o604)
    link.symlink_to(path.name)
    document.write(small_graph(), link)
    assert link.is_symlink()
    assert path.read_bytes() == document.dump(small_graph())
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
