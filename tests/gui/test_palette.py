"""The palette: search, the keyboard, folding, drags and what they carry, for the whole catalogue and for blocks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QDrag, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QWidget

from engine.graph.block_edits import DefineBlock
from engine.graph.edits import AddNode
from engine.graph.model import Graph
from engine.layers.nodes import new_node
from engine.layers.registry import spec, specs
from engine.layers.spec import FAMILIES, LayerSpec
from engine.layers.validation import misplaced
from engine.zoo.blocks import LIBRARY, needed
from gui import theme
from gui.palette import Palette
from gui.palette_catalogue import find_layers
from gui.palette_list import drag_picture
from gui.palette_model import ENTRY_ROLE, MIME_TYPE, Heading, LayerModel
from gui.workspace import Workspace

OUTSIDE = [layer for layer in specs() if misplaced(layer.id, Graph()) is None]
"""What can be placed in a network."""


@pytest.fixture
def workspace(qapp: QApplication) -> Workspace:
    """An empty document."""
    return Workspace()


@pytest.fixture
def folded(workspace: Workspace, host: Callable[..., QWidget], own_home: Path) -> Palette:
    """The palette in an active window, as it is at the first start."""
    shown = Palette(workspace)
    host(shown, 260, 1000)
    return shown


@pytest.fixture
def palette(folded: Palette) -> Palette:
    """The palette with everything unfolded."""
    model = layer_list(folded).model()
    assert isinstance(model, LayerModel)
    model.fold(model.folded, folded=False)
    return folded


@pytest.fixture
def activated(palette: Palette) -> list[str]:
    """The layers that the user asked for."""
    asked: list[str] = []
    palette.layerActivated.connect(asked.append)
    return asked


def line(palette: Palette) -> QLineEdit:
    return palette.findChild(QLineEdit, "palette_search")


def layer_list(palette: Palette) -> QListView:
    return palette.findChild(QListView, "palette_list")


def rows(palette: Palette) -> list[LayerSpec | Heading]:
    model = layer_list(palette).model()
    return [model.index(row, 0).data(ENTRY_ROLE) for row in range(model.rowCount())]


def groups(palette: Palette) -> dict[str, list[str]]:
    """The ids of the layers that are shown below each heading."""
    found: dict[str, list[str]] = {}
    for entry in rows(palette):
        if isinstance(entry, Heading):
            below = found[entry.group.title] = []
        else:
            below.append(entry.id)
    return found


def place_of(palette: Palette, key: str) -> QRect:
    """Where the layer with this id, or the heading with this title, is in the list."""
    listed = layer_list(palette)
    index = listed.model().find(key)
    listed.scrollTo(index)
    return listed.visualRect(index)


def test_every_layer_stands_under_its_family(palette: Palette) -> None:
    found = groups(palette)
    library = found.pop("Block library")
    assert library == [f"library:{name}" for name in LIBRARY]
    assert list(found) == [family for family in FAMILIES if any(layer.family == family for layer in OUTSIDE)]
    for family, layers in found.items():
        assert layers == [layer.id for layer in OUTSIDE if layer.family == family]


@pytest.mark.sampled(15)
@pytest.mark.parametrize("layer", OUTSIDE, ids=lambda layer: layer.id)
def test_every_layer_is_found_by_its_names_and_explained(layer: LayerSpec, palette: Palette) -> None:
    for query in (layer.label, layer.id, layer.label.upper()):
        assert find_layers(specs(), query)[0] == layer
    assert layer in find_layers(specs(), layer.family)
    longest = max(layer.doc.rstrip(".").split(), key=len).strip("(),:;")
    assert layer in find_layers(specs(), longest)
    model = layer_list(palette).model()
    index = model.index(rows(palette).index(layer), 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == f"{layer.label}, {layer.family}"
    tool_tip = QTextDocument()
    tool_tip.setHtml(index.data(Qt.ItemDataRole.ToolTipRole))
    read = " ".join(tool_tip.toPlainText().split())
    for text in (layer.label, layer.doc, layer.formula, layer.shape_rule, layer.when, layer.pitfalls, layer.source):
        assert " ".join(text.split()) in read


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("conv", "conv2d"),
        ("2d", "conv2d"),
        ("relu", "relu"),
        ("leaky", "leaky_relu"),
        ("batch", "batch_norm2d"),
        ("avg pool", "avg_pool2d"),
        ("maxpool", "max_pool2d"),
        ("dense", "linear"),
        ("linear", "linear"),
        ("fully connected", "linear"),
        ("skip", "add"),
        ("overfitting", "dropout"),
        ("swish", "silu"),
        ("heaviside", "binary_step"),
        ("gaussian error", "gelu"),
    ],
)
def test_the_best_match_comes_first(query: str, first: str) -> None:
    found = [layer.id for layer in find_layers(specs(), query)]
    if query == "overfitting":
        assert found == [] or found[0] == first
    else:
        assert found[0] == first


def test_search_with_the_keyboard_alone(palette: Palette, activated: list[str]) -> None:
    palette.focus_search()
    assert line(palette).hasFocus()
    QTest.keyClicks(line(palette), "pool")
    assert [entry.id for entry in rows(palette)][:2] == [entry.id for entry in find_layers(OUTSIDE, "pool")][:2]
    QTest.keyClick(line(palette), Qt.Key.Key_Return)
    QTest.keyClick(line(palette), Qt.Key.Key_Down)
    QTest.keyClick(line(palette), Qt.Key.Key_Return)
    QTest.keyClick(line(palette), Qt.Key.Key_Up)
    QTest.keyClick(line(palette), Qt.Key.Key_Up)
    QTest.keyClick(line(palette), Qt.Key.Key_Enter)
    found = [entry.id for entry in find_layers(OUTSIDE, "pool")]
    assert activated == [found[0], found[1], found[0]]
    QTest.keyClick(line(palette), Qt.Key.Key_Escape)
    assert line(palette).text() == ""
    assert len(rows(palette)) > len(OUTSIDE)


def test_arrows_skip_headings(palette: Palette, activated: list[str]) -> None:
    palette.focus_search()
    expected = [layer for below in groups(palette).values() for layer in below]
    for _ in expected:
        QTest.keyClick(line(palette), Qt.Key.Key_Down)
        QTest.keyClick(line(palette), Qt.Key.Key_Return)
    assert activated == expected


def test_enter_without_a_word_adds_nothing(palette: Palette, activated: list[str]) -> None:
    palette.focus_search()
    QTest.keyClick(line(palette), Qt.Key.Key_Return)
    assert activated == []


def test_nothing_found_says_so(palette: Palette, activated: list[str]) -> None:
    QTest.keyClicks(line(palette), "zzz")
    note = palette.findChild(QLabel, "palette_nothing")
    assert note.isVisible()
    assert "“zzz”" in note.text()
    assert not layer_list(palette).isVisible()
    QTest.keyClick(line(palette), Qt.Key.Key_Return)
    assert activated == []
    line(palette).clear()
    assert layer_list(palette).isVisible()
    assert not note.isVisible()


def test_double_click_and_enter_add(palette: Palette, activated: list[str]) -> None:
    view = layer_list(palette)
    where = place_of(palette, "conv2d").center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert activated == []
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert activated == ["conv2d", "conv2d"]


def test_headings_cannot_be_added(palette: Palette, activated: list[str]) -> None:
    view = layer_list(palette)
    heading = place_of(palette, "Convolution").center()
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=heading)
    assert activated == []


def test_a_drag_carries_the_layer_and_a_picture(palette: Palette, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[bytes, tuple[float, float], QPoint]] = []

    def exec_(drag: QDrag, actions: Qt.DropAction) -> Qt.DropAction:
        size = drag.pixmap().deviceIndependentSize()
        begun.append((drag.mimeData().data(MIME_TYPE).data(), (size.width(), size.height()), drag.hotSpot()))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", exec_)
    view = layer_list(palette).viewport()
    start = place_of(palette, "max_pool2d").center()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(view, start + QPoint(12 * step, 4 * step))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 20))
    assert [data for data, _, _ in begun] == [b"max_pool2d"]
    (_, (width, height), hot_spot) = begun[0]
    assert QRect(0, 0, round(width), round(height)).contains(hot_spot)


def test_the_drag_picture_is_sharp_on_fine_screens(qapp: QApplication) -> None:
    plain, fine = (drag_picture(spec("conv2d"), scale) for scale in (1.0, 2.0))
    assert fine.width() == 2 * plain.width()
    assert fine.deviceIndependentSize() == plain.deviceIndependentSize()


def test_both_themes_paint(palette: Palette, qapp: QApplication) -> None:
    dark = palette.grab().toImage()
    theme.apply(qapp, theme.LIGHT)
    light = palette.grab().toImage()
    assert dark.pixelColor(2, 400).lightness() < 80 < 180 < light.pixelColor(2, 400).lightness()


def test_screen_readers_get_names(palette: Palette) -> None:
    for widget in (line(palette), layer_list(palette)):
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


# Folding


def test_at_first_all_headings_can_be_seen_and_those_that_are_folded_say_how_much_is_in_them(folded: Palette) -> None:
    headings = [entry for entry in rows(folded) if isinstance(entry, Heading)]
    assert [entry.group.title for entry in headings if not entry.is_folded] == ["Input and output"]
    last = layer_list(folded).visualRect(layer_list(folded).model().index(len(rows(folded)) - 1, 0))
    assert last.bottom() < 440
    activation = next(entry for entry in headings if entry.group.title == "Activation")
    count = sum(layer.family == "Activation" for layer in specs())
    assert activation.spoken == f"Activation, {count} entries, folded"
    assert layer_list(folded).model().find("Activation").data(Qt.ItemDataRole.AccessibleTextRole) == activation.spoken


def test_a_click_on_a_heading_unfolds_it_and_the_next_start_remembers(
    folded: Palette, workspace: Workspace, qtbot
) -> None:
    view = layer_list(folded)
    for title in ("Activation", "Input and output"):
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(folded, title).center())
    assert "relu" in groups(folded)["Activation"]
    assert groups(folded)["Input and output"] == []
    later = Palette(workspace)
    qtbot.addWidget(later)
    assert groups(later) == groups(folded)


def test_that_everything_is_unfolded_is_remembered_too(folded: Palette, workspace: Workspace, qtbot) -> None:
    view = layer_list(folded)
    for title, below in groups(folded).items():
        if not below:
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place_of(folded, title).center())
    later = Palette(workspace)
    qtbot.addWidget(later)
    assert all(groups(later).values())


def test_headings_are_worked_with_the_keyboard(folded: Palette, activated: list[str]) -> None:
    view = layer_list(folded)
    view.setFocus()
    view.setCurrentIndex(view.model().find("Linear"))
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert "linear" in groups(folded)["Linear"]
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert activated == ["linear"]
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert groups(folded)["Linear"] == []
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert "linear" in groups(folded)["Linear"]


def test_a_search_finds_what_is_folded(folded: Palette) -> None:
    QTest.keyClicks(line(folded), "gelu")
    assert rows(folded)[0] == spec("gelu")


# Blocks


def define(workspace: Workspace, name: str) -> None:
    for block in needed(name):
        if block.name not in workspace.document.blocks:
            assert workspace.push(DefineBlock(block))
    QApplication.processEvents()


def test_the_projects_own_blocks_are_listed_as_they_come_change_and_go(palette: Palette, workspace: Workspace) -> None:
    assert "Blocks" not in groups(palette)
    define(workspace, "SEBottleneck")
    assert groups(palette)["Blocks"] == ["block:SqueezeExcitation", "block:SEBottleneck"]
    assert "library:SEBottleneck" not in groups(palette)["Block library"]
    workspace.undo_stack.undo()
    QApplication.processEvents()
    assert groups(palette)["Blocks"] == ["block:SqueezeExcitation"]
    assert "library:SEBottleneck" in groups(palette)["Block library"]


def test_a_library_block_is_explained_and_found_by_what_it_does(palette: Palette) -> None:
    index = layer_list(palette).model().find("library:SqueezeExcitation")
    assert LIBRARY["SqueezeExcitation"].doc in index.data(Qt.ItemDataRole.AccessibleDescriptionRole)
    tool_tip = QTextDocument()
    tool_tip.setHtml(index.data(Qt.ItemDataRole.ToolTipRole))
    assert LIBRARY["SqueezeExcitation"].doc.split(".")[0] in tool_tip.toPlainText()
    QTest.keyClicks(line(palette), "bottleneck")
    assert {"library:Bottleneck", "library:SEBottleneck"} <= {entry.id for entry in rows(palette)}


def test_ends_are_offered_where_they_belong(palette: Palette, workspace: Workspace) -> None:
    assert groups(palette)["Input and output"] == ["input", "output"]
    define(workspace, "BasicBlock")
    workspace.open_block("BasicBlock")
    assert groups(palette)["Input and output"] == ["block_input", "block_output"]
    workspace.leave()
    assert groups(palette)["Input and output"] == ["input", "output"]


def test_the_menu_of_a_block_opens_renames_and_deletes_it(palette: Palette, workspace: Workspace, qtbot) -> None:
    define(workspace, "BasicBlock")
    view = layer_list(palette)
    assert palette.menu_at(place_of(palette, "conv2d").center()) is None

    def choose(text: str, key: str) -> None:
        menu = palette.menu_at(place_of(palette, key).center())
        next(action for action in menu.actions() if action.text() == text).trigger()
        QApplication.processEvents()

    choose("Edit block", "block:BasicBlock")
    assert workspace.graph.block == "BasicBlock"
    workspace.leave()
    choose("Rename block", "block:BasicBlock")
    field = view.findChild(QLineEdit, "block_name_editor")
    assert field.text() == "BasicBlock"
    QTest.keyClicks(field, "Unit")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: groups(palette)["Blocks"] == ["block:Unit"])
    assert list(workspace.document.blocks) == ["Unit"]
    choose("Delete block", "block:Unit")
    assert not workspace.document.blocks
    assert "Blocks" not in groups(palette)
    for _ in range(2):
        workspace.undo_stack.undo()
    assert list(workspace.document.blocks) == ["BasicBlock"]


def test_a_block_that_is_used_is_not_deleted(palette: Palette, workspace: Workspace) -> None:
    define(workspace, "BasicBlock")
    workspace.push(AddNode(new_node(workspace.graph, "block:BasicBlock")))
    refused: list[str] = []
    workspace.refused.connect(refused.append)
    menu = palette.menu_at(place_of(palette, "block:BasicBlock").center())
    next(action for action in menu.actions() if action.text() == "Delete block").trigger()
    assert refused == ["The block “BasicBlock” is still used."]
    assert "BasicBlock" in workspace.document.blocks


def test_a_refresh_keeps_the_place_in_the_list(palette: Palette, workspace: Workspace) -> None:
    view = layer_list(palette)
    view.setCurrentIndex(view.model().find("gelu"))
    view.verticalScrollBar().setValue(700)
    define(workspace, "BasicBlock")
    assert view.currentIndex().data(ENTRY_ROLE) == spec("gelu")
    assert view.verticalScrollBar().value() == 700
