"""A residual network built from nothing with the mouse alone: a real pointer on a real screen, and not one key."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow
_OUTPUT = r"output, .*feeds nothing yet"


@pytest.fixture
def mouse(app):
    """What somebody does with the mouse in one go, and sees done before going on."""
    return Mouse(app)


class Mouse:
    def __init__(self, app):
        self.app = app
        self.drag = app.hands.drag

    def click(self, role, name, within=""):
        self.app.hands.click(self.app.place(role, name, within))

    def choose(self, menu, entry):
        """Choose an entry of a menu."""
        self.click("MenuItem", menu)
        self.click("MenuItem", entry)

    def wait_for_selection(self, *names):
        selected = sorted(names)
        self.app.wait(lambda: sorted(self.app.state["selection"]) == selected, lambda: f"{names}: {self.app.state}")

    def entry(self, family, layer):
        """Where a layer of the palette is, whose family is unfolded for it."""
        self._into_view(f"{family}, .*folded")
        if self.app.find("ListItem", f"{family}, .* folded", "Layers"):
            self.click("ListItem", f"{family}, .* folded", "Layers")
        self._into_view(f"{layer}, {family}")
        return self.app.place("ListItem", f"{layer}, {family}", "Layers")

    def add(self, family, layer, name):
        """Add a layer behind the one that is selected."""
        self.app.hands.click(self.entry(family, layer), times=2)
        self.wait_for_selection(name)

    def drop(self, family, layer, place, name):
        """Drag a layer onto the canvas."""
        self.drag(self.entry(family, layer), place)
        self.wait_for_selection(name)

    def _into_view(self, row):
        """Scroll the palette until a row is in it, from its top to its end."""
        x, y, width, height = self.app.spot("List", "Layers")
        middle = x + width // 2, y + height // 2
        for notches in (0, -40, *[2] * 12):
            if notches:
                self.app.hands.turn(middle, notches)
            if self.app.find("ListItem", row, "Layers"):
                return
        pytest.fail(f"{row} is not in the palette")


def beside(place, x, y):
    return place[0] + x, place[1] + y


def begin(app, mouse):
    """An input, a convolution that keeps the size, and an activation."""
    x, y, width, _ = app.spot("List", "Network canvas")
    mouse.drop("Input and output", "Input", (x + width // 2, y + 50), "input")
    mouse.add("Convolution", "Conv 2D", "conv")
    mouse.click("CheckBox", "Keep size")
    mouse.add("Activation", "ReLU", "relu")
    app.look("mouse-1-begun")


def add_convolutions(app, mouse):
    """Two convolutions with what stands between and behind them."""
    # A wire into the void asks what it is to lead to.
    output = app.place("Graphic", _OUTPUT)
    mouse.drag(output, beside(output, 0, 60))
    app.look("mouse-2-search")
    mouse.click("ListItem", "Conv 2D, Convolution", "Layers found")
    mouse.wait_for_selection("conv2")
    mouse.click("CheckBox", "Keep size")
    mouse.add("Convolution", "Conv 2D", "conv3")
    mouse.click("CheckBox", "Keep size")
    # What is dropped on a wire goes into it.
    mouse.drop("Normalization", "Batch norm 2D", app.place("Graphic", "wire from conv2 to conv3.*"), "norm")
    mouse.drop("Activation", "ReLU", app.place("Graphic", "wire from norm to conv3.*"), "relu2")
    app.look("mouse-3-inserted")
    mouse.click("Button", "Fit to the window")
    mouse.click("ListItem", "conv3, Conv 2D")
    mouse.add("Normalization", "Batch norm 2D", "norm2")


def wire_around(app, mouse):
    """A skip connection, wired from port to port."""
    mouse.click("Button", "Fit to the window")
    mouse.drop("Merge", "Add", beside(app.place("ListItem", "norm2, .*"), 0, 48), "add")
    mouse.click("Button", "Fit to the window")
    mouse.drag(app.place("Graphic", _OUTPUT, "norm2, Batch norm 2D"), app.place("Graphic", "input 1, not wired"))
    skip, end = app.place("Graphic", "output, .*feeds conv2"), app.place("Graphic", "input 2, not wired")
    mouse.drag(skip, beside(skip, 120, 10), beside(end, 120, -10), end)
    app.look("mouse-4-skip")


def finish(app, mouse):
    """An activation and the output; what is missing in front of it, the list of problems offers."""
    mouse.add("Activation", "ReLU", "relu3")
    mouse.add("Input and output", "Output", "output")
    mouse.click("Button", "1 problem")
    mouse.click("Button", "Insert Global average pool 2D and Dense")
    app.wait(lambda: app.state["problems"] == [], lambda: f"no problem is left: {app.state}")
    mouse.click("Button", "Fit to the window")
    app.look("mouse-5-built")


def group_and_repeat(app, mouse):
    """What the skip connection leads around becomes a block that stands there three times."""
    x, y, *_ = app.spot("List", "Network canvas")
    first, last = app.spot("ListItem", "conv2, .*"), app.spot("ListItem", "relu3, .*")
    mouse.drag((first[0] - 60, first[1] - 3), (last[0] + last[2] + 60, last[1] + last[3] + 3))
    mouse.wait_for_selection("conv2", "norm", "relu2", "conv3", "norm2", "add", "relu3")
    app.look("mouse-6-selected")
    mouse.choose("Block", "Group into a block")
    app.wait(lambda: app.focus["name"] == "Name of the block", "the block can be named")
    app.hands.click((x + 40, y + 40))
    mouse.wait_for_selection()
    mouse.click("ListItem", "block, .*")
    mouse.choose("Edit", "Repeat.*")
    left, top, wide, high = app.spot("SpinBox", "How many copies stand in a row")
    app.hands.click((left + wide - 12, top + high // 4))
    app.look("mouse-7-repeat")
    mouse.click("Button", "Repeat", "Repeat")
    app.hands.click((x + 40, y + 40))
    mouse.choose("Arrange", "Lay out")
    app.wait(lambda: not app.state["is_busy"], "the layout has come to rest")
    mouse.click("Button", "Fit to the window")
    app.look("mouse-8-laid-out")


def save(app, mouse, path):
    """Save under the name that is suggested."""
    mouse.choose("File", "Save")
    app.look("mouse-9-save")
    mouse.click("Button", "Save", "Save the project")
    app.wait(lambda: app.state["path"] == str(path) and not app.state["is_modified"], lambda: f"saved: {app.state}")


def close_and_open(app, mouse, path):
    """Close the project, and open it again from the list of recent ones."""
    mouse.choose("File", "Close project")
    app.wait(lambda: not app.state["shows_document"], "the project is closed")
    app.look("mouse-10-closed")
    mouse.click("Button", "network, .*")
    app.wait(lambda: app.state["path"] == str(path), lambda: f"open: {app.state}")
    app.look("mouse-11-open-again")


def test_a_residual_network_is_built_saved_and_opened_again(app, mouse, check_network, undo_and_redo_all):
    mouse.choose("File", "New project")
    app.wait(lambda: app.state["shows_document"], "there is a canvas")
    start = app.document
    for stage in (begin, add_convolutions, wire_around, finish, group_and_repeat):
        stage(app, mouse)
    undo_and_redo_all(start, lambda: mouse.click("Button", "Undo.*"), lambda: mouse.click("Button", "Redo.*"))
    built = app.document
    path = app.home / "network.netwright"
    save(app, mouse, path)
    assert path.read_text(encoding="utf-8") == built
    close_and_open(app, mouse, path)
    assert app.document == built
    check_network(path, channels=16)
    mouse.choose("File", "Quit")
    app.end()
