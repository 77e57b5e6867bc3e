"""A residual network built from nothing with the keyboard alone: real keys on a real screen."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def keys(app):
    """What somebody who knows the keys does in one go, and sees done before going on."""
    return Keys(app)


class Keys:
    def __init__(self, app):
        self.app = app
        self.press, self.type = app.hands.press, app.hands.type

    def has_focus(self, name):
        self.app.wait(lambda: self.app.focus["name"] == name, lambda: f"{name} has the keyboard: {self.app.focus}")

    def wait_for_selection(self, *names):
        selected = sorted(names)
        self.app.wait(lambda: sorted(self.app.state["selection"]) == selected, lambda: f"{names}: {self.app.state}")

    def add(self, text, name):
        """Search for a layer and add it behind the one that was added before."""
        self.press("space")
        self.has_focus("Find a layer")
        self.type(text)
        self.app.wait(lambda: self.app.focus["value"] == text, "the text is typed")
        self.press("Return")
        self.has_focus("Network canvas")
        self.wait_for_selection(name)

    def tab_to(self, name):
        for _ in range(40):
            if self.app.focus["name"] == name:
                return
            self.press("Tab")
        pytest.fail(f"Tab does not lead to {name}, but to {self.app.focus}")

    def keep_size(self):
        """Switch on “Keep size” of what is selected."""
        self.press("alt+Return")
        self.has_focus("Filters")
        self.tab_to("Keep size")
        self.press("space", "Escape")
        self.has_focus("Network canvas")

    def choose_in_outline(self, first, *others):
        """Select rows of the outline by their numbers, and go back to the canvas."""
        self.press("ctrl+f")
        self.has_focus("Find layers in the outline")
        self.press("Down")
        self.has_focus("Outline of the network")
        self.press("Home", *["Down"] * first)
        here = first
        for row in others:
            self.press(*["ctrl+Down"] * (row - here), "ctrl+space")
            here = row
        self.press("Escape")
        self.has_focus("Network canvas")


def add_layers(app, keys):
    """A chain from input to output; the first convolution keeps the size."""
    keys.add("input", "input")
    keys.add("conv 8 3", "conv")
    keys.keep_size()
    keys.add("relu", "relu")
    app.look("keyboard-1-begun")
    for text, name in (("conv 8", "conv2"), ("batch norm", "norm"), ("relu", "relu2")):
        keys.add(text, name)
    for text, name in (("conv 8", "conv3"), ("batch norm", "norm2"), ("relu", "relu3")):
        keys.add(text, name)
    for text, name in (("global average", "global_pool"), ("dense 10", "dense"), ("output", "output")):
        keys.add(text, name)
    app.look("keyboard-2-chain")


def make_residual(app, keys):
    """Both convolutions are to keep the size, and a skip connection leads around them."""
    keys.choose_in_outline(3, 6)
    keys.wait_for_selection("conv2", "conv3")
    app.look("keyboard-3-two-selected")
    keys.keep_size()
    keys.choose_in_outline(2, 7)
    keys.wait_for_selection("relu", "norm2")
    keys.press("k")
    keys.wait_for_selection("add")
    app.look("keyboard-4-bridged")


def group_and_repeat(app, keys):
    """What the skip connection leads around becomes a block that stands there three times."""
    keys.press("Escape", *["Tab"] * 4)
    keys.wait_for_selection("conv2")
    keys.press(*["alt+shift+Down"] * 6)
    keys.wait_for_selection("conv2", "norm", "relu2", "conv3", "norm2", "add", "relu3")
    app.look("keyboard-5-chain-selected")
    keys.press("ctrl+g")
    keys.has_focus("Name of the block")
    app.look("keyboard-6-grouped")
    keys.type("Residual")
    keys.press("Return")
    keys.has_focus("Network canvas")
    keys.press("ctrl+r")
    keys.has_focus("How many copies stand in a row")
    keys.type("3")
    app.look("keyboard-7-repeat")
    keys.press("Return")
    keys.has_focus("Network canvas")
    keys.press("Escape", "ctrl+l")
    app.wait(lambda: not app.state["is_busy"], "the layout has come to rest")
    app.look("keyboard-8-laid-out")


def save(app, keys, path):
    """Save to a path that is typed."""
    keys.press("ctrl+s")
    keys.has_focus("File name:")
    keys.type(str(path.with_suffix("")))
    app.look("keyboard-9-save")
    keys.press("Return")
    app.wait(lambda: app.state["path"] == str(path) and not app.state["is_modified"], lambda: f"saved: {app.state}")


def close_and_open(app, keys, path):
    """Close the project, and open it again."""
    keys.press("ctrl+w")
    app.wait(lambda: not app.state["shows_document"], "the project is closed")
    app.look("keyboard-10-closed")
    keys.press("ctrl+o")
    keys.has_focus("File name:")
    keys.type(str(path))
    keys.press("Return")
    app.wait(lambda: app.state["path"] == str(path), lambda: f"open: {app.state}")
    keys.has_focus("Network canvas")
    app.look("keyboard-11-open-again")


def test_a_residual_network_is_built_saved_and_opened_again(app, keys, check_network, undo_and_redo_all):
    keys.press("ctrl+n")
    keys.has_focus("Network canvas")
    start = app.document
    add_layers(app, keys)
    make_residual(app, keys)
    group_and_repeat(app, keys)
    assert app.state["problems"] == []
    undo_and_redo_all(start, lambda: keys.press("ctrl+z"), lambda: keys.press("ctrl+shift+z"))
    built = app.document
    path = app.home / "deeper" / "residual.netwright"
    path.parent.mkdir()
    save(app, keys, path)
    assert path.read_text(encoding="utf-8") == built
    close_and_open(app, keys, path)
    assert app.document == built
    check_network(path, channels=8)
    keys.press("ctrl+q")
    app.end()
