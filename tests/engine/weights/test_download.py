"""Downloads from a real server: whole and right, or not at all."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from engine.weights import download
from engine.weights.catalogue import PublishedWeights
from engine.weights.declarations import WeightsError

CONTENT = bytes(range(256)) * 4096
HASH = hashlib.sha256(CONTENT).hexdigest()[:8]
ROUTES: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}


def route(name: str) -> Callable[[Callable[[BaseHTTPRequestHandler], None]], None]:
    def register(answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
        ROUTES[f"/{name}"] = answer

    return register


def begin(handler: BaseHTTPRequestHandler, length: int | None = len(CONTENT)) -> None:
    handler.send_response(200)
    if length is not None:
        handler.send_header("Content-Length", str(length))
    handler.end_headers()


@route(f"net-{HASH}.pth")
def _whole(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    handler.wfile.write(CONTENT)


@route(f"endless-{HASH}.pth")
def _without_length(handler: BaseHTTPRequestHandler) -> None:
    begin(handler, None)
    handler.wfile.write(CONTENT)


@route("wrong-0123abcd.pth")
def _wrong(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    handler.wfile.write(CONTENT)


@route(f"short-{HASH}.pth")
def _short(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    handler.wfile.write(CONTENT[:1000])


@route(f"stalled-{HASH}.pth")
def _stalled(handler: BaseHTTPRequestHandler) -> None:
    begin(handler)
    handler.wfile.write(CONTENT[:1000])
    handler.wfile.flush()
    handler.server.leave.wait(20)  # type: ignore[attr-defined]


class Handler(BaseHTTPRequestHandler):
    """Answers by the routes above."""

    def do_GET(self) -> None:
        """Give a file, or say that there is none."""
        if self.path in ROUTES:
            ROUTES[self.path](self)
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


class Server(ThreadingHTTPServer):
    """Leaves no thread and no socket behind."""

    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the tests."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The address of a server on this machine; torch.hub's folder is an empty one."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "hub"))
    instance = Server(("127.0.0.1", 0), Handler)
    instance.leave = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=instance.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{instance.server_port}"
    instance.leave.set()  # type: ignore[attr-defined]
    instance.shutdown()
    instance.server_close()
    thread.join()


def weights(url: str) -> PublishedWeights:
    return PublishedWeights("Net_Weights.V1", "net", url, 0.5, 1.0, 10, True)


def ignore(done: int, total: int) -> None:
    """Nothing to tell."""


def left(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "weights").iterdir())


@pytest.mark.parametrize(("name", "total"), [(f"net-{HASH}.pth", len(CONTENT)), (f"endless-{HASH}.pth", 0)])
def test_a_file_arrives_whole_and_is_kept(server: str, own_home: Path, name: str, total: int) -> None:
    told: list[tuple[int, int]] = []
    wanted = weights(f"{server}/{name}")
    assert download.cached(wanted) is None
    path = download.fetch(wanted, lambda done, whole: told.append((done, whole)))
    assert path == own_home / "weights" / name
    assert path.read_bytes() == CONTENT
    assert told[0] == (0, total)
    assert told[-1] == (len(CONTENT), total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert left(own_home) == [name]
    again: list[object] = []
    assert download.fetch(weights(f"http://127.0.0.1:1/{name}"), lambda *told: again.append(told)) == path
    assert again == []


def test_what_torch_hub_has_is_used(server: str, own_home: Path) -> None:
    path = Path(torch.hub.get_dir()) / "checkpoints" / "net-0123abcd.pth"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"there")
    assert download.fetch(weights(f"{server}/net-0123abcd.pth"), ignore) == path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wrong-0123abcd.pth", "is not “Net_Weights.V1”, because its SHA-256 is another: it was not kept. Try again."),
        (f"short-{HASH}.pth", "The download of “Net_Weights.V1” broke off after 1,000 of 1,048,576 bytes: try again."),
        ("gone-0123abcd.pth", "answers “404 Not Found”. Try again later, or choose a file."),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_leaves_nothing(server: str, own_home: Path, name: str, words: str) -> None:
    with pytest.raises(WeightsError) as caught:
        download.fetch(weights(f"{server}/{name}"), ignore)
    assert words in str(caught.value)
    assert left(own_home) == []


def test_without_a_network_it_says_so(server: str, own_home: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        download.fetch(weights("http://127.0.0.1:1/net-0123abcd.pth"), ignore)
    assert str(caught.value) == (
        "“Net_Weights.V1” cannot be downloaded from 127.0.0.1:1 (connection refused): connect to the network and try "
        "again, or choose a file."
    )
    assert left(own_home) == []


def test_a_server_that_falls_silent_is_given_up(server: str, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "_TIMEOUT_S", 0.2)
    with pytest.raises(WeightsError, match=r"\(it does not answer\)"):
        download.fetch(weights(f"{server}/stalled-{HASH}.pth"), ignore)
    assert left(own_home) == []


def test_a_download_can_be_cancelled_in_between(server: str, own_home: Path) -> None:
    class EnoughError(Exception):
        pass

    def cancel(done: int, total: int) -> None:
        if done:
            raise EnoughError

    with pytest.raises(EnoughError):
        download.fetch(weights(f"{server}/stalled-{HASH}.pth"), cancel)
    assert left(own_home) == []


def test_a_folder_that_cannot_be_written_is_named(server: str, own_home: Path) -> None:
    (own_home / "weights").write_text("not a folder")
    with pytest.raises(WeightsError, match=r"“Net_Weights\.V1” cannot be saved in “.*weights”: "):
        download.fetch(weights(f"{server}/net-{HASH}.pth"), ignore)
