"""The gallery of reference networks: searched, chosen, fitted and opened by keys and mouse."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.graph.params import ParamError
from engine.project import ProjectAnalyser, data_choice
from engine.zoo.registry import ZOO
from gui import theme
from gui.documents import Documents
from gui.gallery import preview
from gui.gallery.counting import Counter
from gui.gallery.dialog import GalleryDialog, open_gallery
from gui.inspector.fields import SwitchField
from gui.inspector.number_field import NumberField
from gui.workspace import Workspace

RESNET50, RESNET50_OF_7_CLASSES = 25_557_032, 25_557_032 - 993 * (2048 + 1)
"""As torchvision says; each class has 2,048 weights and a bias."""
ENTER, ESCAPE, DOWN, UP, SPACE = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Down,
    Qt.Key.Key_Up,
    Qt.Key.Key_Space,
)


class Tabs:
    """The tabs of a window with one document, which gives way to whatever is opened."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.current = self
        self.sheets = [self]

    def open(self) -> Tabs:
        return self


@pytest.fixture
def workspace(dark: None) -> Workspace:
    """A workspace with LeNet-5 in it."""
    shown = Workspace()
    shown.replace(ZOO["lenet5"].build())
    return shown


@pytest.fixture
def documents(workspace: Workspace, host: Callable[..., QWidget]) -> Documents:
    """The file side of the workspace, in a window."""
    window = QWidget()
    host(window)
    return Documents(Tabs(workspace), window)  # type: ignore[arg-type]


@pytest.fixture
def opened(workspace: Workspace, documents: Documents) -> list[str]:
    """A word for each document that replaces the first one, and for each time that the window is told."""
    heard: list[str] = []
    workspace.graphReplaced.connect(lambda: heard.append("replaced"))
    documents.opened.connect(lambda: heard.append("opened"))
    return heard


@pytest.fixture
def gallery(qtbot: QtBot, workspace: Workspace, documents: Documents) -> Iterator[GalleryDialog]:
    """The gallery over a window; torch is not loaded yet."""
    window = documents.parent()
    assert isinstance(window, QWidget)
    dialog = open_gallery(documents, workspace, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    yield dialog
    dialog.reject()
    dialog.deleteLater()


def press(key: Qt.Key) -> None:
    """Press a key where the keyboard is."""
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key)


def search(gallery: GalleryDialog, text: str) -> None:
    QTest.keyClicks(gallery.search, text)


def type_number(gallery: GalleryDialog, name: str, text: str) -> None:
    field = gallery.findChild(NumberField, f"param_{name}")
    field.setFocus()
    field.lineEdit().selectAll()
    QTest.keyClicks(field, text)


def text_of(gallery: GalleryDialog, name: str) -> str:
    return gallery.findChild(QLabel, f"gallery_{name}").text()


def button(gallery: GalleryDialog, name: str) -> QPushButton:
    return gallery.findChild(QPushButton, name)


def params_of(workspace: Workspace, name: str) -> object:
    node = workspace.document.named(name)
    assert node is not None
    return node.params


# Opening a network


def test_a_network_is_found_and_opened_by_the_keyboard(
    gallery: GalleryDialog, workspace: Workspace, opened: list[str]
) -> None:
    assert gallery.search.hasFocus()
    search(gallery, "resnet50")
    press(ENTER)
    assert opened == ["replaced", "opened"]
    assert not gallery.isVisible()
    assert document.dump(workspace.document) == document.dump(ZOO["resnet50"].build())
    assert (workspace.path, workspace.title, workspace.undo_stack.isClean()) == (None, "ResNet-50", True)
    analysis, _ = ProjectAnalyser().analyse(workspace.document)
    assert analysis.parameters == RESNET50


def test_a_double_click_opens(gallery: GalleryDialog, workspace: Workspace, opened: list[str]) -> None:
    search(gallery, "vgg16")
    row = gallery.entries.visualRect(gallery.entries.model().index(1, 0)).center()
    QTest.mouseClick(gallery.entries.viewport(), Qt.MouseButton.LeftButton, pos=row)
    QTest.mouseDClick(gallery.entries.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert opened == ["replaced", "opened"]
    assert document.dump(workspace.document) == document.dump(ZOO["vgg16_bn"].build())


def test_escape_changes_nothing(gallery: GalleryDialog, workspace: Workspace, opened: list[str]) -> None:
    before = document.dump(workspace.document)
    search(gallery, "resnet50")
    type_number(gallery, "classes", "7")
    gallery.search.setFocus()
    press(ESCAPE)
    assert (gallery.search.text(), gallery.isVisible()) == ("", True)
    press(ESCAPE)
    assert not gallery.isVisible()
    assert opened == []
    assert document.dump(workspace.document) == before


# Choosing


def test_the_number_of_classes_is_that_of_the_last_layer(gallery: GalleryDialog, workspace: Workspace) -> None:
    search(gallery, "resnet50")
    type_number(gallery, "classes", "7")
    press(ENTER)
    assert params_of(workspace, "fc")["out_features"] == 7
    analysis, _ = ProjectAnalyser().analyse(workspace.document)
    assert analysis.parameters == RESNET50_OF_7_CLASSES


def test_an_option_is_switched_by_the_keyboard(gallery: GalleryDialog, workspace: Workspace) -> None:
    search(gallery, "googlenet")
    switch = gallery.findChild(SwitchField, "param_aux")
    switch.setFocus()
    press(SPACE)
    press(ENTER)
    outputs = [node for node in workspace.document.nodes.values() if node.layer == "output"]
    assert len(outputs) == 3


def test_a_network_for_any_number_of_axes_takes_a_shape_as_text(gallery: GalleryDialog, workspace: Workspace) -> None:
    search(gallery, "mlp")
    field = gallery.findChild(QLineEdit, "param_input")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "5, 4")
    press(ENTER)
    assert params_of(workspace, "input")["shape"] == (5, 4)


@pytest.mark.parametrize("name", ["resnet20", "resnet50", "mobilenet_v2"])
def test_fitted_to_a_data_set_a_network_has_no_problem(name: str, gallery: GalleryDialog, workspace: Workspace) -> None:
    search(gallery, name)
    type_number(gallery, "height", "40")
    QTest.mouseClick(button(gallery, "fit_mnist"), Qt.MouseButton.LeftButton)
    assert text_of(gallery, "data") == "The project will train on MNIST."
    press(ENTER)
    assert workspace.document.settings["data"]["dataset"] == "mnist"
    assert data_choice(workspace.document).dataset == "mnist"
    _, problems = ProjectAnalyser().analyse(workspace.document)
    assert problems == []


def test_what_does_not_fit_a_network_says_why(gallery: GalleryDialog) -> None:
    gallery.entries.choose("vgg16")
    assert not button(gallery, "fit_mnist").isEnabled()
    assert text_of(gallery, "data") == (
        "“vgg16” needs images of at least 32×32 pixels: of 28×28 nothing would be left at its end."
    )
    gallery.entries.choose("unet")
    assert not button(gallery, "fit_mnist").isEnabled()
    assert text_of(gallery, "data") == "It says something of each pixel, but MNIST has one class for each whole image."
    gallery.entries.choose("lstm_forecaster")
    assert not [found for found in gallery.findChildren(QPushButton) if found.text().startswith("Fit")]


def test_a_data_set_stays_chosen_as_long_as_the_network_fits_it(gallery: GalleryDialog, workspace: Workspace) -> None:
    search(gallery, "resnet20")
    assert text_of(gallery, "data") == "The project will train on MNIST."
    type_number(gallery, "classes", "101")
    assert text_of(gallery, "data") != "The project will train on MNIST."
    press(ENTER)
    assert "data" not in workspace.document.settings


def test_what_is_chosen_is_kept_while_others_are_looked_at(gallery: GalleryDialog) -> None:
    gallery.entries.choose("resnet50")
    type_number(gallery, "classes", "7")
    gallery.entries.choose("resnet18")
    assert gallery.findChild(NumberField, "param_classes").lineEdit().text() == "1000"
    gallery.entries.choose("resnet50")
    assert gallery.findChild(NumberField, "param_classes").lineEdit().text() == "7"


# What cannot be


def test_a_too_small_image_says_so_and_cannot_be_opened(
    gallery: GalleryDialog, workspace: Workspace, opened: list[str]
) -> None:
    search(gallery, "vgg16")
    type_number(gallery, "height", "20")
    with pytest.raises(ParamError) as expected:
        ZOO["vgg16"].build((3, 20, 224))
    assert gallery.complaint.text.text() == str(expected.value)
    assert gallery.complaint.isVisible()
    assert not gallery.start.isEnabled()
    press(ENTER)
    gallery.entries.doubleClicked.emit(gallery.entries.currentIndex())
    assert opened == []
    type_number(gallery, "height", "64")
    assert gallery.complaint.isHidden()
    press(ENTER)
    assert opened == ["replaced", "opened"]
    assert params_of(workspace, "input")["shape"] == (3, 64, 224)


def test_a_wrong_number_is_not_silently_left_out(
    gallery: GalleryDialog, workspace: Workspace, opened: list[str]
) -> None:
    search(gallery, "resnet50")
    type_number(gallery, "classes", "0")
    assert not gallery.start.isEnabled()
    press(ENTER)
    assert opened == []
    assert "between 1 and 1,000,000" in gallery.findChild(QLabel, "error_classes").text()
    assert gallery.findChild(NumberField, "param_classes").lineEdit().text() == "1000"
    assert gallery.start.isEnabled()
    press(ENTER)
    assert opened == ["replaced", "opened"]
    assert params_of(workspace, "fc")["out_features"] == 1000


def test_a_search_without_a_result_opens_nothing(gallery: GalleryDialog, opened: list[str]) -> None:
    search(gallery, "resnet50x")
    assert "“resnet50x”" in text_of(gallery, "nothing")
    assert not gallery.entries.isVisible()
    assert not gallery.details.isVisible()
    press(ENTER)
    assert opened == []
    QTest.keyClick(gallery.search, Qt.Key.Key_Backspace)
    assert text_of(gallery, "title") == "ResNet-50"
    assert gallery.details.isVisible()


# What is shown


def test_the_keys_go_through_all_networks_and_over_the_headings(gallery: GalleryDialog) -> None:
    seen = [text_of(gallery, "title")]
    for _ in range(len(ZOO) + 2):
        press(DOWN)
        seen.append(text_of(gallery, "title"))
    assert list(dict.fromkeys(seen)) == [entry.label for entry in ZOO.values()]
    assert gallery.search.hasFocus()
    press(UP)
    assert text_of(gallery, "title") == list(ZOO.values())[-2].label


def test_typing_in_the_list_searches(gallery: GalleryDialog) -> None:
    gallery.entries.setFocus()
    press(Qt.Key.Key_V)
    press(Qt.Key.Key_I)
    press(Qt.Key.Key_T)
    assert gallery.search.text() == "vit"
    assert text_of(gallery, "title") == "Small vision transformer"


def test_the_size_is_counted_once_torch_is_there_and_follows_the_choices(
    gallery: GalleryDialog, workspace: Workspace, qtbot: QtBot
) -> None:
    search(gallery, "resnet50")
    assert text_of(gallery, "parameters") == "–"
    workspace.use_analyser(ProjectAnalyser())
    qtbot.waitUntil(lambda: text_of(gallery, "parameters") == f"{RESNET50:,}", timeout=20_000)
    # As torch.utils.flop_counter says.
    assert text_of(gallery, "flops") == "8.18 G"
    type_number(gallery, "classes", "7")
    qtbot.waitUntil(lambda: text_of(gallery, "parameters") == f"{RESNET50_OF_7_CLASSES:,}", timeout=20_000)
    type_number(gallery, "classes", "1000")
    # It is remembered.
    assert text_of(gallery, "parameters") == f"{RESNET50:,}"


def test_the_size_of_another_network_is_never_shown(workspace: Workspace, qtbot: QtBot) -> None:
    workspace.use_analyser(ProjectAnalyser())
    counter, seen = Counter(workspace), []
    counter.changed.connect(lambda: seen.append(counter.counts and counter.counts.parameters))
    counter.want("resnet50", ZOO["resnet50"].build())
    qtbot.waitUntil(lambda: any(thread.name == "background" for thread in threading.enumerate()), timeout=20_000)
    counter.want("lenet5", ZOO["lenet5"].build())
    qtbot.waitUntil(lambda: counter.counts is not None, timeout=20_000)
    assert seen == [None, None, 61_706]
    counter.want("resnet50", None)
    assert seen[-1] is None
    counter.close()


def test_closing_while_it_counts_leaves_nothing(gallery: GalleryDialog, workspace: Workspace, qtbot: QtBot) -> None:
    workspace.use_analyser(ProjectAnalyser())
    search(gallery, "densenet264")
    qtbot.waitUntil(lambda: any(thread.name == "background" for thread in threading.enumerate()), timeout=20_000)
    gallery.reject()
    qtbot.waitUntil(lambda: not any(thread.name == "background" for thread in threading.enumerate()), timeout=60_000)
    assert text_of(gallery, "parameters") == "–"


def test_only_the_network_that_is_seen_is_drawn(gallery: GalleryDialog, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    paint = preview.render_graph
    monkeypatch.setattr(preview, "render_graph", lambda graph, *rest: drawn.append(graph) or paint(graph, *rest))
    gallery.entries.choose("resnet152")
    gallery.details.preview.grab()
    (picture,) = drawn
    bars = [node for node in picture.nodes.values() if node.layer.startswith("block:")]
    # As many as Table 1 of the paper says.
    assert len(bars) == 3 + 8 + 36 + 3
    assert "ResNet-152" in gallery.details.preview.accessibleName()


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_the_picture_has_the_colours_of_the_theme(
    colours: theme.Theme, gallery: GalleryDialog, qapp: QApplication
) -> None:
    theme.apply(qapp, theme.DARK if colours is theme.LIGHT else theme.LIGHT)
    gallery.entries.choose("resnet50")
    gallery.details.preview.grab()
    theme.apply(qapp, colours)
    image = gallery.details.preview.grab().toImage()
    row = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
    wanted = {colours.family_colour(family).name() for family in ("Convolution", "Pooling", "Linear")}
    assert wanted | {colours.canvas} <= row


def test_everything_that_takes_the_keyboard_has_a_name(gallery: GalleryDialog) -> None:
    gallery.entries.choose("googlenet")
    parts = [part for part in gallery.findChildren(QWidget) if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert len(parts) > 8
    for part in parts:
        label = part.text() if isinstance(part, QPushButton) else part.accessibleName()
        assert label or isinstance(part.parent(), NumberField), part
    row = gallery.entries.currentIndex()
    assert row.data(Qt.ItemDataRole.AccessibleTextRole) == "GoogLeNet, Classic CNNs"


def test_it_deletes_itself(workspace: Workspace, documents: Documents) -> None:
    window = documents.parent()
    assert isinstance(window, QWidget)
    dialog = open_gallery(documents, workspace, window)
    assert dialog.windowModality() == Qt.WindowModality.WindowModal
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    dialog.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert gone == [True]
