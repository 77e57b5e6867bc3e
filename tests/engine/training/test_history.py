"""Measurements: combined per layer, growing, and whole for readers on other threads."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest

from engine.training.history import History


def _history(layers: list[int], names: str) -> History:
    return History(tuple(names), np.array(layers, np.int64))


def test_norms_of_parameters_combine_to_norms_of_layers() -> None:
    history = _history([0, 0, 1, 2, 1], "abc")  # layer 1 owns parameters that do not stand together
    rows = np.random.default_rng(0).uniform(0, 5, (7, 6)).astype(np.float32)
    history.append(rows)
    measured = history.read(0)
    expected = np.stack(
        [
            np.linalg.norm(rows[:, [1, 2]].astype(float), axis=1),
            np.linalg.norm(rows[:, [3, 5]].astype(float), axis=1),
            rows[:, 4],
        ],
        axis=1,
    )
    np.testing.assert_allclose(measured.norms, expected, rtol=1e-6)
    np.testing.assert_array_equal(measured.loss, rows[:, 0])
    assert measured.norms.dtype == measured.loss.dtype == np.float32
    assert history.layer_names == ("a", "b", "c")


def test_huge_and_undefined_norms_stay_in_their_layer() -> None:
    history = _history([0, 0, 1], "ab")
    history.append(np.array([[1, 1e30, 1e30, 2], [1, np.nan, 3, 2], [1, np.inf, 3, 2], [1, 0, 0, 2]], np.float32))
    norms = history.read(0).norms
    np.testing.assert_allclose(norms[:, 0], [np.sqrt(2) * 1e30, np.nan, np.inf, 0], rtol=1e-6)
    np.testing.assert_array_equal(norms[:, 1], 2)


@pytest.mark.parametrize(
    ("start", "stop", "steps"),
    [
        (0, None, range(10)),
        (4, 7, range(4, 7)),
        (8, 99, (8, 9)),
        (10, None, ()),
        (99, None, ()),
        (7, 3, ()),
        (-5, 2, (0, 1)),
    ],
)
def test_stretches_are_cut_to_what_is_there(start: int, stop: int | None, steps: range | tuple[int, ...]) -> None:
    history = _history([0], "a")
    history.append(np.stack([np.arange(10), np.arange(10)], axis=1).astype(np.float32))
    measured = history.read(start, stop)
    assert measured.loss.tolist() == list(steps)
    assert measured.norms.shape == (len(steps), 1)
    if len(steps):
        assert measured.start == steps[0]


def test_what_was_read_is_the_readers_own() -> None:
    history = _history([0], "a")
    history.append(np.ones((2, 2), np.float32))
    history.read(0).loss[:] = 5
    history.rows()[:] = 5
    assert history.read(0).loss.tolist() == [1, 1]


def test_a_network_without_layers_still_has_a_loss() -> None:
    history = _history([], "")
    history.append(np.ones((3, 1), np.float32))
    assert history.read(1).loss.tolist() == [1, 1]
    assert history.read(1).norms.shape == (2, 0)


def test_readers_see_whole_rows_while_the_history_grows_over_many_chunks() -> None:
    width = 4_000  # wide rows make short chunks, so that their borders are crossed often
    history = _history([0] * width, "a")
    total = 1_500
    wrong: list[int] = []
    finished = threading.Event()

    def read() -> None:
        seen = 0
        while not (finished.is_set() and seen == total):
            measured = history.read(seen)
            steps = np.arange(seen, seen + len(measured.loss))
            # The norm of `width` equal numbers s + 1 is (s + 1) * sqrt(width).
            expected = (steps + 1) * np.sqrt(width)
            if not (np.array_equal(measured.loss, steps) and np.allclose(measured.norms[:, 0], expected, rtol=1e-5)):
                wrong.append(seen)
                return
            seen += len(steps)

    readers = [threading.Thread(target=read) for _ in range(2)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for reader in readers:
            reader.start()
        step = 0
        for count in np.random.default_rng(1).integers(1, 90, 1_000).tolist():
            count = min(count, total - step)
            steps = np.arange(step, step + count, dtype=np.float32)[:, None]
            history.append(np.concatenate([steps, np.repeat(steps + 1, width, axis=1)], axis=1))
            step += count
    finally:
        finished.set()
        for reader in readers:
            reader.join()
        sys.setswitchinterval(interval)
    assert history.steps == total
    assert not wrong
