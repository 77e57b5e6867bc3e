"""The search on the canvas: opened by a tap of Space, by keys, or by a wire into the void; worked by keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QListView

from gui.analyser import load_analyser
from gui.canvas.quick_list import find
from gui.palette_catalogue import groups

SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
VOID = QPoint(850, 650)
KEYS = Qt.Key


class Finder:
    """Types into the search and reads what it shows."""

    def __init__(self, hand):
        self.hand = hand

    @property
    def card(self) -> QFrame:
        return self.hand.view.findChild(QFrame, "quickAdd")

    @property
    def line(self) -> QLineEdit:
        return self.card.findChild(QLineEdit, "quickAddSearch")

    @property
    def rows(self) -> QListView:
        return self.card.findChild(QListView, "quickList")

    @property
    def message(self) -> QLabel:
        return self.card.findChild(QLabel, "quickAddMessage")

    @property
    def is_open(self) -> bool:
        return self.card is not None and self.card.isVisible()

    def type(self, text: str) -> None:
        assert QApplication.focusWidget() is self.line
        QTest.keyClicks(self.line, text)

    def press(self, key) -> None:
        QTest.keyClick(self.line, key)
        QApplication.processEvents()

    def labels(self) -> list[str]:
        return [self.rows.model().index(row, 0).data() for row in range(self.rows.model().rowCount())]

    def enter(self, text: str) -> None:
        self.type(text)
        self.press(KEYS.Key_Return)
        assert not self.is_open
        assert self.hand.view.hasFocus()


@pytest.fixture
def finder(hand) -> Finder:
    hand.begin()
    return Finder(hand)


def point_at(hand, place: QPoint) -> None:
    # A pointer that is there already would not be heard of.
    for step in (QPoint(1, 1), QPoint(0, 0)):
        QTest.mouseMove(hand.view.viewport(), place - step)
    QApplication.processEvents()


@pytest.mark.parametrize(("key", "modifiers"), [(KEYS.Key_Space, NONE), (KEYS.Key_A, SHIFT), (KEYS.Key_Slash, NONE)])
def test_keys_open_it_at_the_pointer(hand, finder, key, modifiers):
    point_at(hand, QPoint(300, 200))
    hand.key(key, modifiers)
    assert finder.is_open
    assert finder.card.pos() == QPoint(300, 200)
    assert finder.line.text() == ""
    finder.press(KEYS.Key_Escape)
    assert not finder.is_open
    assert hand.view.hasFocus()
    hand.check_undo(0)


def test_it_stays_within_the_view(hand, finder):
    point_at(hand, QPoint(990, 790))
    hand.key(KEYS.Key_Space)
    assert hand.view.rect().contains(finder.card.geometry())


def test_space_with_a_drag_pans_and_opens_nothing(hand, finder):
    QTest.keyPress(hand.view, KEYS.Key_Space)
    hand.drag(VOID, VOID - QPoint(100, 50))
    QTest.keyRelease(hand.view, KEYS.Key_Space)
    assert not finder.is_open
    hand.key(KEYS.Key_Space)
    assert finder.is_open


def test_space_held_is_no_tap(hand, finder):
    for repeats in (False, True):
        event = QKeyEvent(QEvent.Type.KeyPress, KEYS.Key_Space, NONE, " ", repeats)
        QApplication.sendEvent(hand.view, event)
    QTest.keyRelease(hand.view, KEYS.Key_Space)
    assert not finder.is_open


def test_what_is_chosen_lies_at_the_pointer(hand, finder):
    point_at(hand, hand.at(-160, 96))
    hand.key(KEYS.Key_Space)
    finder.enter("conv 64 3")
    (node,) = hand.workspace.graph.nodes.values()
    assert (node.layer, node.position) == ("conv2d", (-160.0, 96.0))
    assert (node.params["out_channels"], node.params["kernel_size"]) == (64, (3, 3))
    assert hand.workspace.selection == (node.id,)
    hand.check_undo()


@pytest.mark.parametrize(
    ("text", "layer", "param", "value"),
    [
        ("dense 10", "linear", "out_features", 10),
        ("dropout 0.3", "dropout", "p", 0.3),
        ("max pool 3", "max_pool2d", "kernel_size", (3, 3)),
        ("relu 6", "relu6", None, None),
        ("Bottleneck 32", "block:Bottleneck", "channels", 32),
    ],
)
def test_numbers_set_the_main_parameter(hand, finder, text, layer, param, value):
    hand.key(KEYS.Key_Space)
    finder.enter(text)
    (node,) = hand.workspace.graph.nodes.values()
    assert node.layer == layer
    assert param is None or node.params[param] == value
    hand.check_undo()


@pytest.mark.parametrize("text", ["dropout 7", "flatten 1.5", "sigmoid 3"])
def test_a_number_out_of_range_is_explained_and_enter_does_nothing(hand, finder, text):
    hand.key(KEYS.Key_Space)
    finder.type(text)
    finder.press(KEYS.Key_Return)
    assert finder.is_open
    assert finder.message.isVisible()
    assert finder.message.text().endswith(".")
    hand.check_undo(0)
    finder.press(KEYS.Key_Backspace)
    finder.press(KEYS.Key_Backspace)
    finder.press(KEYS.Key_Backspace)
    assert not finder.message.isVisible()


def test_the_row_says_what_will_be_set(hand, finder):
    hand.key(KEYS.Key_Space)
    finder.type("conv 64")
    spoken = finder.rows.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Conv 2D, filters 64" == finder.line.accessibleDescription()


def test_nothing_found_is_said(hand, finder):
    hand.key(KEYS.Key_Space)
    finder.type("qqqq")
    assert (finder.labels(), finder.message.text()) == ([], "Nothing fits “qqqq” here.")
    finder.press(KEYS.Key_Return)
    assert finder.is_open


def test_letters_in_their_order_are_enough(hand, finder):
    found = [row.layer.label for row in find(layers(hand), "mxpl2", lambda layer, params: True)]
    assert found[0] == "Max pool 2D"


def test_arrows_choose_another_row(hand, finder):
    hand.key(KEYS.Key_Space)
    finder.type("pool")
    wanted = finder.labels()[2]
    for key in (KEYS.Key_Down, KEYS.Key_Tab, KEYS.Key_Down, KEYS.Key_Up):
        finder.press(key)
    assert finder.rows.currentIndex().data() == wanted
    finder.press(KEYS.Key_Return)
    (item,) = hand.scene.nodes.values()
    assert item.spec.label == wanted


def test_a_click_takes_a_row_and_a_click_beside_closes(hand, finder):
    hand.key(KEYS.Key_Space)
    finder.type("sigmoid")
    place = finder.rows.visualRect(finder.rows.model().index(0, 0)).center()
    QTest.mouseClick(finder.rows.viewport(), Qt.MouseButton.LeftButton, NONE, place)
    assert not finder.is_open
    assert [node.layer for node in hand.workspace.graph.nodes.values()] == ["sigmoid"]
    hand.check_undo()
    hand.key(KEYS.Key_Space)
    assert finder.is_open
    hand.click(QPoint(20, 780))
    assert not finder.is_open


def test_behind_the_selected_node_and_wired(hand, finder):
    nodes = hand.chain("input", "conv2d", "output")
    hand.workspace.select([nodes[1]])
    hand.begin()
    hand.key(KEYS.Key_Space)
    finder.enter("relu")
    assert hand.edges() == {("input", "conv", 0), ("conv", "relu", 0), ("relu", "output", 0)}
    hand.check_undo()


def test_what_does_not_fit_behind_the_selected_node_lies_at_the_pointer(hand, finder):
    nodes = hand.chain("input")
    hand.workspace.select(nodes)
    hand.begin()
    point_at(hand, hand.at(200, 200))
    hand.key(KEYS.Key_Space)
    finder.enter("input 10")
    assert hand.edges() == set()
    (added,) = hand.workspace.selection
    assert hand.workspace.graph.nodes[added].position == (200.0, 200.0)
    assert hand.workspace.graph.nodes[added].params["shape"] == (10,)
    hand.check_undo()


def test_a_chain_is_built_by_keys_alone(hand, finder):
    for text in ("input 3x32x32", "conv 16 3", "relu", "flatten", "dense 10", "output"):
        hand.key(KEYS.Key_Space)
        finder.enter(text)
    assert hand.edges() == {
        ("input", "conv", 0),
        ("conv", "relu", 0),
        ("relu", "flatten", 0),
        ("flatten", "dense", 0),
        ("dense", "output", 0),
    }
    hand.check_undo(6)


# A wire into the void


def test_from_an_output_a_layer_is_searched_for_and_wired(hand, finder):
    (first,) = hand.chain("input")
    hand.begin()
    hand.drag(hand.output(first), hand.at(100, 100))
    assert finder.is_open
    assert "Input" not in finder.labels()
    finder.enter("conv 8")
    assert hand.edges() == {("input", "conv", 0)}
    (added,) = hand.workspace.selection
    x, y = hand.scene.nodes[added].port_place(False, 0).toTuple()
    assert abs(x - 100) <= 4 >= abs(y - 100)
    hand.check_undo()


def test_where_it_has_to_go_up_it_does_not_cover_the_wire_that_it_is_about(hand, finder):
    (node,) = hand.chain("relu")
    start = hand.output(node)
    end = QPoint(round(start.x()), hand.view.viewport().height() - 60)
    hand.drag(start, end)
    card = finder.card.geometry()
    assert card.top() < end.y()
    assert not card.contains(end)


def test_from_an_input_what_has_an_output_is_offered(hand, finder):
    target = hand.add("conv2d", 0, 200)
    hand.begin()
    hand.drag(hand.input(target), hand.at(-100, -50))
    assert finder.is_open
    assert "Output" not in finder.labels()
    finder.enter("input")
    assert hand.edges() == {("input", "conv", 0)}
    hand.check_undo()


def test_only_what_takes_the_shape_is_offered(hand, finder):
    first = hand.add("input", 0, -96, shape=(3, 32, 32))
    flat = hand.add("flatten", 0, 0, first)
    hand.workspace.use_analyser(load_analyser())
    hand.drag(hand.output(flat), hand.at(200, 150))
    assert "Dense" in finder.labels()
    assert "Conv 2D" not in finder.labels()
    finder.press(KEYS.Key_Escape)
    hand.drag(hand.output(first), hand.at(200, 150))
    assert "Conv 2D" in finder.labels()
    assert "LSTM" not in finder.labels()


def test_escape_leaves_everything_as_it_was(hand, finder):
    (first,) = hand.chain("input")
    hand.begin()
    before = hand.view.grab().toImage()
    hand.drag(hand.output(first), VOID)
    with_wire = hand.view.grab().toImage()
    # Half of the way there the loose end of the wire is seen.
    assert any(with_wire.pixelColor(x, 440) != before.pixelColor(x, 440) for x in range(500, 700))
    finder.press(KEYS.Key_Escape)
    hand.check_undo(0)
    assert not finder.is_open
    after = hand.view.grab().toImage()
    assert all(after.pixelColor(x, 440) == before.pixelColor(x, 440) for x in range(500, 700))


def test_a_wire_that_is_dragged_off_opens_nothing(hand, finder):
    nodes = hand.chain("input", "conv2d")
    hand.begin()
    hand.drag(hand.input(nodes[1]), VOID)
    assert not finder.is_open
    hand.check_undo()


# Replacing


def test_the_type_is_replaced_and_the_wires_stay(hand, finder):
    nodes = hand.chain("input", "conv2d", "relu")
    hand.workspace.select([nodes[1]])
    hand.begin()
    hand.key(KEYS.Key_R, SHIFT)
    assert finder.labels()[0].startswith("Conv")
    finder.enter("max pool 4")
    assert hand.edges() == {("input", "pool", 0), ("pool", "relu", 0)}
    assert hand.workspace.graph.nodes[nodes[1]].params["kernel_size"] == (4, 4)
    assert hand.workspace.selection == (nodes[1],)
    hand.check_undo()


def test_several_are_replaced_by_a_block_of_the_library(hand, finder):
    nodes = hand.chain("input", "conv2d", "conv2d")
    hand.workspace.select(nodes[1:])
    hand.begin()
    hand.key(KEYS.Key_R, SHIFT)
    finder.enter("Bottleneck")
    assert [hand.workspace.graph.nodes[node].layer for node in nodes[1:]] == ["block:Bottleneck"] * 2
    hand.check_undo()


def test_the_same_type_is_refused_with_a_reason(hand, finder):
    hand.workspace.select(hand.chain("relu"))
    hand.begin()
    hand.key(KEYS.Key_R, SHIFT)
    finder.enter("ReLU")
    assert hand.refused == ["This is a ReLU already."]
    hand.check_undo(0)


def test_without_a_selection_there_is_nothing_to_replace(hand, finder):
    hand.key(KEYS.Key_R, SHIFT)
    assert not finder.is_open


def layers(hand):
    return [layer for group in groups(hand.workspace.graph) for layer in group.layers]
