"""The versions of a project: the last fifty saves, whatever the clock, other windows and the disk do."""

from __future__ import annotations

import logging
import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import versions
from engine.graph import document
from engine.graph.document import DocumentError
from engine.graph.edits import SetSetting
from engine.graph.model import Graph
from engine.versions import KEPT, Version
from engine.zoo.registry import ZOO

START = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return START + minutes * MINUTE


def state(number: int) -> Graph:
    """A project that can be told from others by its seed."""
    graph = ZOO["spirals_mlp"].build()
    SetSetting("recipe", "seed", number).apply(graph)
    return graph


def seeds(path: Path) -> list[object]:
    """What can be read of each version, the newest first."""
    return [versions.read(version).settings["recipe"]["seed"] for version in versions.versions(path)]


def folder_of(path: Path) -> Path:
    return versions.versions(path)[0].file.parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "net.netwright"


def test_every_save_is_kept_and_listed_newest_first(path: Path) -> None:
    assert versions.versions(path) == []
    for number in range(3):
        versions.save(state(number), path, at(number))
    assert path.read_bytes() == document.dump(state(2))
    assert seeds(path) == [2, 1, 0]
    found = versions.versions(path)
    assert [version.time for version in found] == [at(2), at(1), at(0)]
    assert [version.size for version in found] == [len(document.dump(state(number))) for number in (2, 1, 0)]
    assert {version.layers for version in found} == {len(state(0).nodes)}
    assert len({version.id for version in found}) == 3
    assert os.listdir(path.parent) == [path.name]


def test_the_clock_is_asked_when_no_time_is_given(path: Path) -> None:
    before = datetime.now(UTC)
    versions.save(state(1), path)
    assert before - timedelta(seconds=1) <= versions.versions(path)[0].time <= datetime.now(UTC)


def test_layers_inside_blocks_are_counted(path: Path) -> None:
    graph = ZOO["resnet18"].build()
    versions.save(graph, path, at(0))
    assert versions.versions(path)[0].layers == sum(len(place.nodes) for place in graph.blocks.graphs())


def test_the_same_content_is_not_kept_twice(path: Path) -> None:
    for minute, number in enumerate((1, 1, 2, 1, 1)):
        versions.save(state(number), path, at(minute))
    assert seeds(path) == [1, 2]
    assert [version.time for version in versions.versions(path)] == [at(3), at(2)]


def test_only_the_last_fifty_stay(path: Path) -> None:
    for number in range(KEPT + 5):
        versions.keep(path, document.dump(state(number)), at(number))
    assert seeds(path) == list(range(KEPT + 4, 4, -1))
    assert len([name for name in os.listdir(folder_of(path)) if name.endswith(path.suffix)]) == KEPT


def test_a_clock_that_goes_back_does_not_change_the_order(path: Path) -> None:
    times = [at(0), at(-(10**6)), at(5), at(5), datetime(1960, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)]
    for number, now in enumerate(times):
        versions.save(state(number), path, now)
    assert seeds(path) == [5, 4, 3, 2, 1, 0]
    found = versions.versions(path)
    assert found[4].time == at(-(10**6))
    assert found[1].time == datetime(1970, 1, 1, tzinfo=UTC)


def test_what_a_save_replaces_is_kept_too(path: Path) -> None:
    """A file that came by mail, and one that another program has changed."""
    document.write(state(1), path)
    os.utime(path, (at(-60).timestamp(), at(-60).timestamp()))
    versions.save(state(2), path, at(0))
    assert seeds(path) == [2, 1]
    assert [version.time for version in versions.versions(path)] == [at(0), at(-60)]
    document.write(state(3), path)
    versions.save(state(4), path, at(1))
    assert seeds(path) == [4, 3, 2, 1]


@pytest.mark.parametrize(
    "data",
    [b"", b"Dear diary", b"\xff\xfe", b"[" * 100_000, b'{"netwright":' + b"[" * 100_000, b"{}", b'{"netwright": "x"}'],
    ids=["empty", "text", "bytes", "deep", "deep value", "object", "version"],
)
def test_what_is_no_project_is_replaced_without_a_version(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    versions.save(state(1), path, at(0))
    assert seeds(path) == [1]


def test_the_history_belongs_to_the_place_of_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    versions.save(state(1), path, at(0))
    moved = path.with_name("moved.netwright")
    path.rename(moved)
    assert versions.versions(moved) == []
    assert seeds(path) == [1]
    versions.save(state(2), moved, at(1))
    assert seeds(moved) == [2, 1]
    assert seeds(path) == [1]
    monkeypatch.chdir(path.parent)
    assert seeds(Path("moved.netwright")) == [2, 1]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_lead_to_the_same_history(path: Path) -> None:
    versions.save(state(1), path, at(0))
    link = path.with_name("link.netwright")
    link.symlink_to(path)
    versions.save(state(2), link, at(1))
    assert seeds(link) == seeds(path) == [2, 1]
    assert link.is_symlink()


def test_a_version_is_restored_byte_for_byte(path: Path) -> None:
    unusual = document.dump(state(1)).replace(b"\n", b"\r\n")
    versions.keep(path, unusual, at(0))
    versions.save(state(2), path, at(1))
    oldest = versions.versions(path)[-1]
    graph = versions.restore(oldest, path, at(2))
    assert graph.settings["recipe"]["seed"] == 1
    assert path.read_bytes() == unusual
    assert seeds(path) == [1, 2]


# Damage


def test_a_damaged_version_says_so_and_the_others_are_fine(path: Path) -> None:
    for number in range(3):
        versions.save(state(number), path, at(number))
    newest, middle, _ = versions.versions(path)
    data = bytearray(middle.file.read_bytes())
    # A flipped bit that leaves it a project.
    place = data.index(b'"seed": 1')
    data[place + 8 : place + 9] = b"7"
    middle.file.write_bytes(data)
    for version in (middle, Version(newest.file.with_name("gone"), "net.netwright", 9, at(0), 1, 1, "")):
        with pytest.raises(
            DocumentError, match=r"^The version of “net\.netwright” of 2025-03-01 .* (damaged|any more)\.$"
        ):
            versions.read(version)
    with pytest.raises(DocumentError, match="damaged"):
        versions.restore(middle, path)
    assert path.read_bytes() == document.dump(state(2))
    assert versions.read(newest).settings["recipe"]["seed"] == 2
    # Saving the same content again keeps what the damaged one does not hold any more.
    versions.save(state(1), path, at(3))
    assert versions.read(versions.versions(path)[0]).settings["recipe"]["seed"] == 1


def test_what_else_lies_in_the_folder_is_left_alone(path: Path) -> None:
    versions.save(state(1), path, at(0))
    folder = folder_of(path)
    digest = "0" * 16
    strangers = ["README", ".netwright-1.tmp", f"1-2-3-{digest}.netwright", f"00000009-{'9' * 17}-1-{digest}.netwright"]
    for name in strangers:
        (folder / name).write_bytes(b"x")
    (folder / f"00000099-0000000000000001-1-{digest}.netwright").mkdir()
    assert seeds(path) == [1]
    for number in range(KEPT + 1):
        versions.keep(path, document.dump(state(number + 2)), at(number))
    assert len(seeds(path)) == KEPT
    assert all((folder / name).exists() for name in strangers)


def test_content_that_is_no_project_is_not_kept(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    versions.keep(path, b"Dear diary", at(0))
    assert versions.versions(path) == []
    assert "No version of net.netwright is kept" in caplog.text


def test_a_save_does_not_fail_with_its_history(
    path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taken = own_home / "taken"
    taken.write_text("a file where a folder should be")
    with caplog.at_level(logging.WARNING):
        monkeypatch.setenv("NETWRIGHT_HOME", str(taken))
        versions.save(state(1), path, at(0))
        assert versions.versions(path) == []
        monkeypatch.setenv("NETWRIGHT_HOME", str(own_home))
        (own_home / "versions").write_text("here too")
        versions.save(state(2), path, at(0))
        assert versions.versions(path) == []
    assert path.read_bytes() == document.dump(state(2))
    assert caplog.text.count("is kept: ") >= 2


def test_a_full_disk_costs_the_version_and_not_the_save(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(data: bytes, target: Path) -> None:
        if target != path:
            raise DocumentError("The disk is full.")
        real(data, target)

    real = versions.write_atomically
    monkeypatch.setattr(versions, "write_atomically", full)
    versions.save(state(1), path, at(0))
    assert path.read_bytes() == document.dump(state(1))
    assert "The disk is full." in caplog.text


def test_a_save_that_fails_keeps_nothing(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "net.netwright"
    with pytest.raises(DocumentError, match="cannot be written"):
        versions.save(state(1), path, at(0))
    assert versions.versions(path) == []


# Two windows


def test_a_version_that_another_window_takes_away_is_written_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2):
        versions.save(state(number), path, at(number))

    def too_late(self: Path, target: Path) -> Path:
        self.unlink()
        raise FileNotFoundError(self)

    with monkeypatch.context() as patched:
        real = Path.replace
        patched.setattr(
            Path, "replace", lambda self, target: (too_late if self.suffix != ".tmp" else real)(self, target)
        )
        versions.keep(path, document.dump(state(1)), at(3))
    assert seeds(path) == [1, 2]


def test_windows_that_save_at_the_same_time_lose_nothing(path: Path) -> None:
    windows, saves = 4, 15
    start = threading.Barrier(windows)
    contents = [[document.dump(state(100 * window + number)) for number in range(saves)] for window in range(windows)]

    def work(window: int) -> None:
        start.wait()
        for number in range(saves):
            versions.keep(path, contents[window][number], at(number))

    threads = [threading.Thread(target=work, args=(window,)) for window in range(windows)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = seeds(path)
    assert len(kept) == len(set(kept)) == KEPT
    # Each window's own last save is among the newest.
    assert {100 * window + saves - 1 for window in range(windows)} <= set(kept)
