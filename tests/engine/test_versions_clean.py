"""Versions of projects that are gone go, too, after a while: never any others, and never when there is a doubt."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import versions
from engine.graph.edits import SetSetting
from engine.graph.model import Graph
from engine.versions import GONE_FOR
from engine.zoo.registry import ZOO

START = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LONG = START + 2 * GONE_FOR
"""When the first look after a long time is taken."""


def state(number: int) -> Graph:
    graph = ZOO["spirals_mlp"].build()
    SetSetting("recipe", "seed", number).apply(graph)
    return graph


def everything(home: Path) -> dict[str, bytes]:
    """All files of the user's folder."""
    return {str(file.relative_to(home)): file.read_bytes() for file in sorted(home.rglob("*")) if file.is_file()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that was saved twice."""
    folder = tmp_path / "work"
    folder.mkdir()
    path = folder / "net.netwright"
    versions.save(state(1), path, START)
    versions.save(state(2), path, START + DAY)
    return path


def folder_of(path: Path) -> Path:
    return versions.versions(path)[0].file.parent


def test_a_project_that_is_there_keeps_all(project: Path, own_home: Path) -> None:
    before = everything(own_home)
    assert versions.clean(LONG) == []
    assert versions.clean(LONG + 10 * GONE_FOR) == []
    assert everything(own_home) == before


def test_versions_go_so_long_after_the_file_was_found_to_be_gone(project: Path) -> None:
    folder = folder_of(project)
    project.unlink()
    assert versions.clean(LONG) == []
    assert versions.clean(LONG + GONE_FOR - DAY) == []
    assert len(versions.versions(project)) == 2
    assert versions.clean(LONG + GONE_FOR) == [project]
    assert versions.versions(project) == []
    assert not folder.exists()


def test_only_those_of_what_is_gone(project: Path, tmp_path: Path) -> None:
    other = tmp_path / "work" / "other.netwright"
    versions.save(state(7), other, START)
    project.unlink()
    versions.clean(LONG)
    assert versions.clean(LONG + GONE_FOR) == [project]
    assert [versions.read(version).settings["recipe"]["seed"] for version in versions.versions(other)] == [7]


def test_a_whole_folder_that_is_gone(project: Path) -> None:
    project.unlink()
    project.parent.rmdir()
    versions.clean(LONG)
    assert versions.clean(LONG + GONE_FOR) == [project]


def test_a_file_that_comes_back_begins_anew(project: Path) -> None:
    data = project.read_bytes()
    project.unlink()
    versions.clean(LONG)
    project.write_bytes(data)
    assert versions.clean(LONG + GONE_FOR) == []
    project.unlink()
    assert versions.clean(LONG + 2 * GONE_FOR) == []
    assert versions.clean(LONG + 3 * GONE_FOR - DAY) == []
    assert len(versions.versions(project)) == 2
    assert versions.clean(LONG + 3 * GONE_FOR) == [project]


def test_saving_it_once_more_begins_anew(project: Path) -> None:
    project.unlink()
    versions.clean(LONG)
    versions.save(state(3), project, LONG + GONE_FOR)
    project.unlink()
    assert versions.clean(LONG + GONE_FOR + DAY) == []
    assert len(versions.versions(project)) == 3


def test_young_versions_stay(project: Path) -> None:
    versions.save(state(3), project, LONG + GONE_FOR - DAY)
    project.unlink()
    versions.clean(LONG)
    assert versions.clean(LONG + GONE_FOR) == []
    assert len(versions.versions(project)) == 3


def test_a_disk_that_is_not_there_is_no_proof(project: Path) -> None:
    note = folder_of(project) / "place.json"
    said = json.loads(note.read_text())
    project.unlink()
    note.write_text(json.dumps({**said, "device": said["device"] + 1}))
    versions.clean(LONG)
    assert versions.clean(LONG + 10 * GONE_FOR) == []
    assert len(versions.versions(project)) == 2


def test_a_disk_that_has_another_number_is_noted_while_the_file_is_there(project: Path) -> None:
    note = folder_of(project) / "place.json"
    said = json.loads(note.read_text())
    note.write_text(json.dumps({**said, "device": said["device"] + 1}))
    versions.clean(LONG)
    assert json.loads(note.read_text()) == said


def test_a_link_that_leads_nowhere_is_still_there(project: Path) -> None:
    moved = project.with_name("moved.netwright")
    project.rename(moved)
    project.symlink_to(moved)
    moved.unlink()
    versions.clean(LONG)
    assert versions.clean(LONG + 10 * GONE_FOR) == []
    project.unlink()


def test_a_clock_that_was_ahead_makes_nothing_older(project: Path) -> None:
    project.unlink()
    versions.clean(LONG + 100 * GONE_FOR)
    assert versions.clean(LONG) == []
    assert versions.clean(LONG + GONE_FOR - DAY) == []
    assert versions.clean(LONG + GONE_FOR) == [project]


@pytest.mark.parametrize("said", ["", "{", "[]", '{"path": 3, "device": 1}', '{"path": "/x", "device": 1}'])
def test_a_note_that_says_nothing_leaves_all_alone(project: Path, own_home: Path, said: str) -> None:
    project.unlink()
    (folder_of(project) / "place.json").write_text(said)
    before = everything(own_home)
    versions.clean(LONG)
    assert versions.clean(LONG + 10 * GONE_FOR) == []
    assert everything(own_home) == before


def test_versions_from_before_there_were_notes_stay_until_the_next_save(project: Path) -> None:
    note = folder_of(project) / "place.json"
    note.unlink()
    data = project.read_bytes()
    project.unlink()
    versions.clean(LONG)
    assert versions.clean(LONG + 10 * GONE_FOR) == []
    project.write_bytes(data)
    versions.save(state(3), project, LONG)
    assert json.loads(note.read_text())["path"] == os.path.realpath(project)


def test_where_a_note_cannot_be_written_versions_are_kept(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    note = folder_of(project) / "place.json"
    note.unlink()
    note.mkdir()
    with caplog.at_level(logging.WARNING):
        versions.save(state(3), project, LONG)
    assert len(versions.versions(project)) == 3
    assert "is not noted" in caplog.text
    project.unlink()
    assert versions.clean(LONG + 10 * GONE_FOR) == []
    assert len(versions.versions(project)) == 3


def test_what_else_lies_there_is_not_touched(project: Path, own_home: Path) -> None:
    folder = folder_of(project)
    (folder / "mine.txt").write_text("mine")
    stranger = own_home / "versions" / "notes.txt"
    stranger.write_text("mine, too")
    project.unlink()
    versions.clean(LONG)
    assert versions.clean(LONG + GONE_FOR) == [project]
    assert os.listdir(folder) == ["mine.txt"]
    assert stranger.read_text() == "mine, too"


def test_nothing_was_ever_saved(own_home: Path) -> None:
    assert versions.clean() == []
    assert not (own_home / "versions").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder that cannot be written")
def test_what_cannot_be_written_is_left_alone(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = folder_of(project)
    project.unlink()
    folder.chmod(0o500)
    try:
        with caplog.at_level(logging.WARNING):
            assert versions.clean(LONG) == []
        assert "left alone" in caplog.text
    finally:
        folder.chmod(0o700)


def test_it_can_be_ended(project: Path) -> None:
    class EndedError(Exception):
        pass

    def end() -> None:
        raise EndedError

    project.unlink()
    with pytest.raises(EndedError):
        versions.clean(LONG, end)
