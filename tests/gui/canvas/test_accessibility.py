"""The canvas as a screen reader meets it: what is in it, what it is called, where it is, and what can be done."""

from __future__ import annotations

import gc
import random
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLineEdit

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import Note, new_annotation_ids
from engine.graph.edits import SetParam
from engine.zoo.registry import ZOO
from gui.analyser import load_analyser
from gui.canvas import accessibility
from gui.canvas.geometry import card_at
from gui.canvas.narration import Narrator
from gui.canvas.node_item import PortRef
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.workspace import Workspace

NAME, DESCRIPTION, HELP = QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Help
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def canvas(hand):
    """What Qt hands to a screen reader that asks for the canvas."""
    Narrator(hand.view)
    return QAccessible.queryAccessibleInterface(hand.view)


def children(part):
    return [part.child(index) for index in range(part.childCount())]


def names(part):
    return [child.text(NAME) for child in children(part)]


def walk(part):
    """Ask for everything in `part`, as a screen reader does, which makes Qt keep a pointer to each; count it."""
    QAccessible.uniqueId(part)
    for kind in (NAME, DESCRIPTION, HELP):
        assert isinstance(part.text(kind), str)
    part.state(), part.rect(), part.role(), part.window(), part.focusChild()
    for found in (part.actionInterface(), part.selectionInterface(), part.textInterface(), part.valueInterface()):
        del found
    count = 1
    for index, child in enumerate(children(part)):
        assert part.indexOfChild(child) == index
        assert child.parent() is not None
        count += walk(child)
    return count


def test_nodes_are_listed_as_data_flows_and_say_what_they_are(hand, canvas):
    hand.workspace.use_analyser(load_analyser())
    _, conv, relu = hand.chain("input", "conv2d", "relu")
    flat = hand.add("flatten", 0, 192, relu)
    pool = hand.add("max_pool2d", 200, 192, flat)
    hand.add("add", 400, 192, relu)
    hand.workspace.push(SetParam(conv, "padding", (1, 1)))
    hand.workspace.analyse()
    assert canvas.text(NAME) == "Network canvas"
    assert canvas.role() == QAccessible.Role.List
    assert "Tab" in canvas.text(HELP)
    assert names(canvas)[:3] == ["input, Input", "conv, Conv 2D", "relu, ReLU"]
    node = canvas.child(1)
    assert node.role() == QAccessible.Role.ListItem
    assert node.text(DESCRIPTION) == (
        "Filters 16, padding 1×1. Gives an image of 16 × 28 × 28. 160 parameters. Fed by input, feeds relu."
    )
    assert canvas.child(2).text(DESCRIPTION).endswith("Fed by conv, feeds flatten and add.")
    assert node.text(HELP) == hand.scene.nodes[conv].spec.doc
    error = hand.workspace.analysis.nodes[pool].error
    assert error
    wrong = canvas.child(canvas.indexOfChild(canvas.node(pool)))
    assert wrong.text(DESCRIPTION).startswith(error)


def test_ports_and_wires_say_how_they_are_wired(hand, canvas):
    hand.workspace.use_analyser(load_analyser())
    start, relu = hand.chain("input", "relu")
    tanh = hand.add("tanh", 200, -96, start)
    add = hand.add("add", 0, 96, relu, tanh)
    hand.workspace.analyse()
    hand.settle()
    assert names(canvas.node(start)) == ["output, 1 × 28 × 28, feeds relu and tanh"]
    wires = canvas.node(start).child(0)
    assert names(wires) == ["wire from input to relu, 1 × 28 × 28", "wire from input to tanh, 1 × 28 × 28"]
    assert names(canvas.node(add))[:3] == ["input 1, wired from relu", "input 2, wired from tanh", "input 3, not wired"]
    assert names(canvas.node(add))[-1] == "output, 1 × 28 × 28, feeds nothing yet"
    assert names(canvas.node(tanh).child(1)) == ["wire from tanh to add, input 2, 1 × 28 × 28"]
    port = canvas.node(start).child(0)
    assert port.text(DESCRIPTION) == "Output of input. Gives an image of 1 × 28 × 28."
    several = "Input of add. The node takes any number of wires, each at an input of its own."
    assert canvas.node(add).child(1).text(DESCRIPTION) == several
    conv = hand.add("conv2d", 600, 0)
    assert canvas.node(conv).child(0).text(DESCRIPTION) == "Input of conv. Takes tensors with 3 axes."
    lonely = hand.add("matmul", 400, 0)
    assert names(canvas.node(lonely)) == ["input left matrix, not wired", "input right matrix, not wired",
                                          "output, feeds nothing yet"]  # fmt: skip


def test_an_empty_canvas_says_how_to_begin(hand, canvas):
    assert canvas.text(DESCRIPTION).startswith("There is no layer yet.")
    # The hint that is painted in the middle of it.
    assert names(canvas) == [hand.view._empty_hint.accessibleName()]


def test_places_on_the_screen_lead_to_nodes_and_ports_and_back(hand, canvas):
    start, relu = hand.chain("input", "relu")
    shown = hand.view.viewportTransform().mapRect(card_at(hand.scene.nodes[relu].position)).toAlignedRect()
    corner = hand.view.viewport().mapToGlobal(QPoint(0, 0))
    assert canvas.node(relu).rect() == shown.translated(corner)
    middle = canvas.node(relu).rect().center()
    assert canvas.childAt(middle.x(), middle.y()) is canvas.node(relu)
    port = hand.view.viewport().mapToGlobal(hand.output(start))
    assert canvas.childAt(port.x(), port.y()) is canvas.node(start)
    assert canvas.node(start).childAt(port.x(), port.y()).port == PortRef(start, True, 0)
    assert canvas.node(start).childAt(middle.x(), middle.y()) is None
    nowhere = hand.view.viewport().mapToGlobal(QPoint(5, 5))
    assert canvas.childAt(nowhere.x(), nowhere.y()) is None
    assert canvas.childAt(-5000, 0) is None
    assert not canvas.node(relu).state().offscreen
    hand.view.camera.pan(0, 4000)
    hand.add("relu", 0, 9000)
    assert canvas.child(canvas.indexOfChild(canvas.node(start))).rect() != QRect()


def test_a_screen_reader_can_select(hand, canvas):
    start, relu, tanh = hand.chain("input", "relu", "tanh")
    chosen = canvas.selectionInterface()
    chosen.clear()
    assert (chosen.selectedItemCount(), hand.workspace.selection) == (0, ())
    assert chosen.select(canvas.node(relu))
    assert chosen.select(canvas.node(tanh))
    assert hand.workspace.selection == (relu, tanh)
    assert chosen.selectedItems() == [canvas.node(relu), canvas.node(tanh)]
    assert chosen.isSelected(canvas.node(relu))
    assert not chosen.isSelected(canvas.node(start))
    assert chosen.unselect(canvas.node(relu))
    assert hand.workspace.selection == (tanh,)
    assert canvas.node(tanh).state().selected
    assert canvas.node(tanh).state().focused
    assert canvas.focusChild() is canvas.node(tanh)
    assert not canvas.node(relu).state().selected
    assert chosen.selectAll()
    assert set(hand.workspace.selection) == {start, relu, tanh}
    assert not chosen.select(canvas)


def test_a_screen_reader_can_press_nodes_and_wires(hand, canvas, qtbot):
    start, relu = hand.chain("input", "relu")
    hand.workspace.select(())
    press = canvas.node(relu).actionInterface()
    assert press.actionNames()[0] == "Press"
    press.doAction("Press")
    press.doAction("Fly")
    qtbot.waitUntil(lambda: hand.workspace.selection == (relu,))
    wire = canvas.node(start).child(0).child(0)
    wire.actionInterface().doAction("Press")
    qtbot.waitUntil(lambda: hand.scene.selected_wires == frozenset(hand.workspace.graph.edges))
    assert hand.workspace.selection == ()
    assert wire.state().selected
    assert canvas.node(start).child(0).actionInterface() is None


def test_blocks_are_entered_by_an_action(hand, canvas, qtbot):
    hand.workspace.replace(ZOO["resnet18"].build())
    block = canvas.node(hand.workspace.graph.named("layer1.0").id)
    assert block.text(DESCRIPTION).endswith("Enter looks inside. In the frame “conv2_x”.")
    block.actionInterface().doAction("Enter")
    qtbot.waitUntil(lambda: hand.workspace.scope.is_inside)
    assert "Block input" in names(canvas)[0]


def test_the_field_for_a_name_is_found_on_the_canvas(hand, canvas):
    (relu,) = hand.chain("relu")
    hand.workspace.select([relu])
    hand.view.renaming.start()
    field = hand.view.findChild(QLineEdit)
    found = QAccessible.queryAccessibleInterface(field)
    assert canvas.indexOfChild(found) == 1
    assert canvas.child(1).text(NAME) == field.accessibleName()
    hand.view.renaming.end()


def test_what_is_gone_says_nothing_and_breaks_nothing(hand, canvas):
    start, relu = hand.chain("input", "relu")
    node, port = canvas.node(relu), canvas.node(relu).child(0)
    wire = canvas.node(start).child(0).child(0)
    hand.workspace.select([relu])
    hand.view.delete_selection()
    hand.settle()
    for part in (node, port, wire):
        assert part.text(NAME) == ""
        assert part.rect().isEmpty()
        assert part.state().invalid
        assert not part.isValid()
        assert part.childCount() == 0
    assert canvas.node(relu) is node or canvas.node(relu) is None


def test_without_a_screen_reader_nothing_is_made(hand, canvas):
    hand.chain("input", "relu", "tanh")
    hand.view.select_all()
    assert canvas._nodes == {}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("seed", range(4))
def test_random_edits_while_a_screen_reader_reads_everything(hand, canvas, qapp, seed):
    choose = random.Random(seed)
    workspace = hand.workspace
    for _ in range(60):
        nodes = list(workspace.graph.nodes)
        match choose.randrange(11):
            case 0 | 1:
                hand.scene.add_layer(choose.choice(["conv2d", "relu", "add", "flatten"]))
            case 2 if nodes:
                workspace.select(choose.sample(nodes, choose.randint(1, len(nodes))))
            case 3:
                hand.view.delete_selection()
            case 4:
                workspace.undo_stack.undo()
            case 5:
                workspace.undo_stack.redo()
            case 6:
                workspace.replace(ZOO[choose.choice(["lenet5", "resnet18"])].build())
            case 7 if nodes:
                _ = workspace.enter(choose.choice(nodes)) or workspace.leave()
            case 8:
                hand.view.annotating.frame_selection()
                hand.view.annotating.end()
            case 9:
                (name,) = new_annotation_ids(workspace.graph, 1)
                workspace.push(AddAnnotation(Note(name, "# A *note*", (choose.random() * 400, 0.0))))
            case _:
                hand.view.duplicate_selection()
        if choose.random() < 0.5:
            qapp.processEvents()
        if choose.random() < 0.3:
            assert walk(canvas) > len(workspace.graph.nodes)
    walk(canvas)


def opened_and_closed():
    """A canvas that was read wholly, and is gone."""
    view = CanvasView(CanvasScene(Workspace()))
    view.canvas_scene.setParent(view)
    view.workspace.setParent(view)
    Narrator(view)
    # It has frames.
    view.workspace.replace(ZOO["resnet18"].build())
    walk(QAccessible.queryAccessibleInterface(view))
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def kept():
    gc.collect()
    ours = ("CanvasAccessible", "NodeAccessible", "PortAccessible", "WireAccessible", "BesideAccessible", "BesideParts")
    return sum(type(thing).__name__ in ours for thing in gc.get_objects())


def test_canvases_that_are_closed_leave_nothing_behind(qapp):
    opened_and_closed()
    before = kept()
    for _ in range(30):
        opened_and_closed()
    assert kept() == before
    assert accessibility._kept == {}


def test_a_view_that_python_lets_go_takes_its_interfaces_with_it(qapp):
    before = kept()
    view = CanvasView(CanvasScene(Workspace()))
    Narrator(view)
    QAccessible.uniqueId(QAccessible.queryAccessibleInterface(view))
    view.canvas_scene.setParent(view)
    view.workspace.setParent(view)
    del view
    gc.collect()
    QApplication.processEvents()
    assert kept() == before


@pytest.mark.sampled(1)
@pytest.mark.parametrize("ending", ["", "app.shutdown()", "del view", "view.deleteLater(); app.processEvents()"])
def test_the_app_ends_well_while_a_screen_reader_is_still_there(ending):
    code = f"""
import faulthandler; faulthandler.enable()
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
app = QApplication([])
from engine.zoo.registry import ZOO
from gui.canvas.narration import Narrator
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.workspace import Workspace
QAccessible.setActive(True)
workspace = Workspace()
scene = CanvasScene(workspace)
view = CanvasView(scene)
view.show()
Narrator(view)
workspace.replace(ZOO["resnet18"].build())
canvas = QAccessible.queryAccessibleInterface(view)
parts = [canvas] + [canvas.child(index) for index in range(canvas.childCount())]
parts += [part.child(index) for part in parts for index in range(part.childCount())]
ids = [QAccessible.uniqueId(part) for part in parts]
assert len(set(ids)) > 30
view.select_all()
app.processEvents()
{ending}
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr
