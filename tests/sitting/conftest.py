"""A whole desktop for the app: an X server of its own, a window manager, hands at keyboard and mouse, and eyes.

Keys and the mouse reach the app through the X server alone (xdotool). What a person would see, the app is asked for
(`launcher.py`), which answers and never acts.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.compiler.build import build
from engine.project import open_project

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("Xvfb", "openbox", "xdotool")
SHOTS = os.environ.get("SITTING_SHOTS")
"""A folder for pictures of every stage, to be looked at."""
Place = tuple[int, int]
_SIZE = (1440, 900)
_PATIENCE_S = 30.0
_GLANCE_S = 0.04
_DRAG_STEPS = 8
# The app fills the screen, and no key belongs to the desktop.
_DESKTOP = """<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew></focus>
  <keyboard/>
  <mouse>
    <context name="Client"><mousebind button="Left" action="Press"><action name="Focus"/></mousebind></context>
  </mouse>
  <applications><application type="normal"><decor>no</decor><maximized>yes</maximized></application></applications>
</openbox_config>
"""


class Hands:
    """Keyboard and mouse of an X server."""

    def __init__(self, display: str) -> None:
        self._environment = {**os.environ, "DISPLAY": display}

    def press(self, *keys: str) -> None:
        """Press and release keys, one after the other, each named as X names it: `ctrl+s`."""
        self._do("key", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        """Type `text`."""
        self._do("type", "--delay", "20", text)

    def click(self, place: Place, times: int = 1) -> None:
        """Click at `place`."""
        self._move(place)
        self._do("click", "--repeat", str(times), "--delay", "60", "1")

    def turn(self, place: Place, notches: int) -> None:
        """Turn the wheel over `place`: down, or up when `notches` are negative."""
        self._move(place)
        self._do("click", "--repeat", str(abs(notches)), "--delay", "20", "5" if notches > 0 else "4")

    def drag(self, start: Place, *way: Place) -> None:
        """Press the mouse at `start`, move it along `way`, and let go at its end."""
        self._move(start)
        self._do("mousedown", "1")
        for stop in way:
            for step in range(1, _DRAG_STEPS + 1):
                x, y = (round(a + (b - a) * step / _DRAG_STEPS) for a, b in zip(start, stop, strict=True))
                self._do("mousemove", str(x), str(y), "sleep", "0.02")
            start = stop
        self._do("sleep", "0.15", "mouseup", "1")

    def _move(self, place: Place) -> None:
        """Move the mouse as a hand does: it comes from somewhere, and rests for a moment."""
        x, y = place
        self._do("mousemove", str(x - 3), str(y - 2), "mousemove", str(x), str(y), "sleep", "0.05")

    def _do(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env=self._environment, check=True, capture_output=True, timeout=30)


class App:
    """The app in a process of its own, as somebody who sits before the screen gets to know it."""

    def __init__(self, display: str, home: Path) -> None:
        self.hands = Hands(display)
        self.home = home
        self._said = home / "terminal.txt"
        place = str(home / "probe")
        with self._said.open("wb") as terminal:
            self._process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("launcher.py")), place],
                env=_environment(display, home),
                cwd=home,
                stdout=terminal,
                stderr=terminal,
            )
        self._socket = socket.socket(socket.AF_UNIX)
        self.wait(lambda: self._connects(place), "the app starts")
        self._lines = self._socket.makefile("rw", encoding="utf-8")
        self.wait(lambda: self.focus["window"] and not self.state["is_busy"], "the window has the keyboard")

    @property
    def state(self) -> dict[str, Any]:
        """What the window shows just now."""
        state: dict[str, Any] = self._ask("state")
        return state

    @property
    def focus(self) -> dict[str, str]:
        """What has the keyboard: its `name`, its `value`, and the title of its `window`."""
        focus: dict[str, str] = self._ask("focus")
        return focus

    @property
    def document(self) -> str:
        """The document as it would be saved now."""
        return str(self._ask("document"))

    def find(self, role: str, name: str, within: str = "") -> list[dict[str, Any]]:
        """What can be seen of this role whose name the pattern `name` matches, in what is called `within`."""
        found: list[dict[str, Any]] = self._ask("find", role, name, within)
        return found

    def spot(self, role: str, name: str, within: str = "") -> tuple[int, int, int, int]:
        """The rectangle of the one such thing, once it is there and rests."""
        seen: list[Any] = []

        def rests() -> bool:
            seen.append([] if self.state["is_busy"] else self.find(role, name, within))
            return len(seen) > 1 and len(seen[-1]) == 1 and seen[-1] == seen[-2] and seen[-1][0]["is_enabled"]

        self.wait(rests, lambda: f"one {role} “{name}” is there: {seen[-1]}")
        x, y, width, height = seen[-1][0]["rect"]
        return x, y, width, height

    def place(self, role: str, name: str, within: str = "") -> Place:
        """The middle of the one such thing, once it is there and rests."""
        x, y, width, height = self.spot(role, name, within)
        return x + width // 2, y + height // 2

    def wait(self, is_so: Callable[[], Any], what: str | Callable[[], str]) -> None:
        """Look at the app until `is_so`; `what` says it in words."""
        deadline = time.monotonic() + _PATIENCE_S
        while not is_so():
            assert self._process.poll() is None, f"the app has ended: {self._said.read_text()}"
            if time.monotonic() > deadline:
                self.look("stuck")
                pytest.fail(what if isinstance(what, str) else what())
            time.sleep(_GLANCE_S)

    def look(self, name: str) -> None:
        """Take a picture of the screen, where somebody wants to see it."""
        if SHOTS:
            time.sleep(0.4)
            self._ask("shot", str(Path(SHOTS) / f"{name}.png"))

    def end(self) -> None:
        """Wait until the app has ended well, without having complained to the terminal or in its log."""
        assert self._process.wait(_PATIENCE_S) == 0
        log = (self.home / "netwright" / "netwright.log").read_text()
        assert " ERROR " not in log, log
        assert " CRITICAL " not in log, log
        assert self._said.read_text() == ""

    def kill(self) -> None:
        """End the app in whatever state it is."""
        if hasattr(self, "_lines"):
            with suppress(OSError):
                self._lines.close()
        self._socket.close()
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(10)

    def _ask(self, *question: Any) -> Any:
        self._lines.write(json.dumps(question) + "\n")
        self._lines.flush()
        line = self._lines.readline()
        assert line, f"the app has ended: {self._said.read_text()}"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["answer"]

    def _connects(self, place: str) -> bool:
        try:
            self._socket.connect(place)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True


def _environment(display: str, home: Path) -> dict[str, str]:
    """That of a plain desktop: how the machine of the test is set up must not matter."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "OMP_NUM_THREADS") if name in os.environ}
    return {
        **kept,
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "NETWRIGHT_HOME": str(home / "netwright"),
        "PYTHONPATH": str(ROOT),
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
    }


@pytest.fixture
def display(tmp_path: Path) -> Iterator[str]:
    """The name of an X server without a monitor, with a window manager on it."""
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        # Where they have been installed for these tests, nobody would notice that the tests are left out.
        assert not os.environ.get("SITTING_REQUIRED"), f"missing: {', '.join(missing)}"
        pytest.skip(f"there is no desktop to sit at: {', '.join(missing)} not found")
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    reading, writing = os.pipe()
    width, height = _SIZE
    screen = ["-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(["Xvfb", "-displayfd", str(writing), *screen], pass_fds=(writing,), **quiet)
    os.close(writing)
    with os.fdopen(reading) as number:
        name = f":{number.readline().strip()}"
    rules = tmp_path / "desktop.xml"
    rules.write_text(_DESKTOP)
    command = ["openbox", "--sm-disable", "--config-file", str(rules)]
    manager = subprocess.Popen(command, env={**os.environ, "DISPLAY": name}, **quiet)
    yield name
    for process in (manager, server):
        process.terminate()
        process.wait(10)


@pytest.fixture
def app(display: str, tmp_path: Path) -> Iterator[App]:
    """The app, just started by somebody who has never used it."""
    home = tmp_path / "home"
    home.mkdir()
    started = App(display, home)
    yield started
    started.kill()


@pytest.fixture
def undo_and_redo_all(app: App) -> Callable[[str, Callable[[], None], Callable[[], None]], None]:
    """Undoing everything leads to the very bytes of the beginning, redoing everything to those of the end."""

    def check(start: str, undo: Callable[[], None], redo: Callable[[], None]) -> None:
        end = app.document
        for step, can in ((undo, "can_undo"), (redo, "can_redo")):
            while app.state[can]:
                before = app.document
                step()
                app.wait(lambda before=before: app.document != before, "there is a change")
            assert app.document == (start if can == "can_undo" else end)

    return check


@pytest.fixture
def check_network() -> Callable[..., None]:
    """What is in the file computes what the network computes that somebody would write by hand."""

    def check(path: Path, *, channels: int) -> None:
        built, written = build(open_project(path)), Residuals(channels)
        values, names = list(built.state_dict().values()), list(written.state_dict())
        assert len(values) == len(names)
        written.load_state_dict(dict(zip(names, values, strict=True)))
        x = torch.randn(4, 1, 28, 28)
        for training in (False, True):
            built.train(training)
            written.train(training)
            torch.testing.assert_close(built(x), written(x))

    return check


class Residual(nn.Module):
    """The block of the original residual network (He et al., 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(y)) + x)


class Residuals(nn.Sequential):
    """What is built at every sitting: a convolution, three blocks and a classifier of ten classes."""

    def __init__(self, channels: int) -> None:
        stem = nn.Conv2d(1, channels, 3, padding=1), nn.ReLU()
        blocks = [Residual(channels) for _ in range(3)]
        super().__init__(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))
