"""The palette: search, the keyboard, drags and what they carry, for the whole catalogue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QDrag, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QWidget

from engine.layers.registry import spec, specs
from engine.layers.spec import FAMILIES, LayerSpec
from gui import theme
from gui.palette import ENTRY_ROLE, MIME_TYPE, Palette, drag_picture, find_layers


@pytest.fixture
def palette(host: Callable[..., QWidget]) -> Palette:
    """The palette in an active window."""
    shown = Palette()
    host(shown, 260, 1000)
    return shown


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


def rows(palette: Palette) -> list[LayerSpec | str]:
    model = layer_list(palette).model()
    return [model.index(row, 0).data(ENTRY_ROLE) for row in range(model.rowCount())]


def place_of(palette: Palette, layer: str) -> QRect:
    listed = layer_list(palette)
    index = listed.model().index(rows(palette).index(spec(layer)), 0)
    listed.scrollTo(index)
    return listed.visualRect(index)


def test_every_layer_stands_under_its_family(palette: Palette) -> None:
    family = ""
    found = []
    for entry in rows(palette):
        if isinstance(entry, str):
            family = entry
        else:
            assert entry.family == family
            found.append(entry.id)
    assert found == [layer.id for layer in specs()]
    assert [entry for entry in rows(palette) if isinstance(entry, str)] == [
        family for family in FAMILIES if any(layer.family == family for layer in specs())
    ]


@pytest.mark.parametrize("layer", specs(), ids=lambda layer: layer.id)
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
    assert all("pool" in entry.id for entry in rows(palette) if isinstance(entry, LayerSpec))
    QTest.keyClick(line(palette), Qt.Key.Key_Return)
    QTest.keyClick(line(palette), Qt.Key.Key_Down)
    QTest.keyClick(line(palette), Qt.Key.Key_Return)
    QTest.keyClick(line(palette), Qt.Key.Key_Up)
    QTest.keyClick(line(palette), Qt.Key.Key_Up)
    QTest.keyClick(line(palette), Qt.Key.Key_Enter)
    assert activated == ["max_pool2d", "avg_pool2d", "max_pool2d"]
    QTest.keyClick(line(palette), Qt.Key.Key_Escape)
    assert line(palette).text() == ""
    assert len(rows(palette)) > len(specs())


def test_arrows_skip_headings(palette: Palette, activated: list[str]) -> None:
    palette.focus_search()
    for _ in specs():
        QTest.keyClick(line(palette), Qt.Key.Key_Down)
        QTest.keyClick(line(palette), Qt.Key.Key_Return)
    assert activated == [layer.id for layer in specs()]


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
    heading = view.visualRect(view.model().index(0, 0)).center()
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
