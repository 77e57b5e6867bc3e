"""Takes the README's screenshots from the real app: `python -m tests.screenshots`.

With a folder behind it, `python -m tests.screenshots FOLDER`, all pictures are taken in both themes, to be looked at.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer

from engine.graph.edits import SetParam
from gui import theme
from gui.app import make_application
from gui.main_window import MainWindow

FOLDER = Path(__file__).parents[1] / "assets" / "screenshots"
SIZE = (1440, 900)
TRAINING_STEPS = 1000
IN_README = {"welcome-light", "editing-light", "columns-dark", "training-dark"}


def main(folder: Path, wanted: set[str]) -> None:
    """Take the `wanted` pictures, named like “training-dark”."""
    folder.mkdir(parents=True, exist_ok=True)
    application = make_application()
    for colours in (theme.DARK, theme.LIGHT):
        theme.apply(application, colours)
        window = MainWindow()
        window.resize(*SIZE)
        window.show()
        wait_until(lambda window=window: window.loaded)
        for name, prepare in PICTURES.items():
            if f"{name}-{colours.name}" in wanted:
                prepare(window)
                wait(0.3)
                window.grab().save(str(folder / f"{name}-{colours.name}.png"))
        for sheet in window.sheets.sheets:
            sheet.workspace.undo_stack.setClean()
            sheet.desk.close()
        window.close()


def welcome(window: MainWindow) -> None:
    """The page that opens first."""
    window.show_welcome()


def editing(window: MainWindow) -> None:
    """A network with shapes on its wires and a selected layer."""
    window.documents.open_template("residual_cnn")
    wait(0.3)
    select(window, "block1_add")
    window.view.camera.reveal(window.workspace.selection)


def error(window: MainWindow) -> None:
    """A layer that cannot work, and the list of problems."""
    window.documents.open_template("lenet5")
    wait(0.3)
    node = select(window, "conv2")
    window.workspace.push(SetParam(node, "kernel_size", (40, 40)))
    window.show_problems()
    wait(0.3)


def columns(window: MainWindow) -> None:
    """A deep network with all its blocks written out, laid out in columns."""
    window.documents.open_template("resnet152")
    wait(0.3)
    for command in ("unfold", "arrange_columns"):
        steps = window.workspace.undo_stack.count()
        window.sheet.arranging.slots()[command]()
        wait_until(lambda before=steps: window.workspace.undo_stack.count() > before)
        wait_until(lambda: not window.sheet.arranging.is_busy)
    window.view.camera.fit()


def training(window: MainWindow) -> None:
    """A run in its second epoch, with gradient norms on the nodes and in the plots."""
    window.documents.open_template("lenet5")
    wait(0.3)
    window.panels.training.raise_()
    window.desk.train()
    wait_until(lambda: window.desk.status.step > TRAINING_STEPS)
    select(window, "dense1")
    window.view.camera.reveal(window.workspace.selection)


PICTURES: dict[str, Callable[[MainWindow], object]] = {
    "welcome": welcome,
    "editing": editing,
    "error": error,
    "columns": columns,
    "training": training,
}


def select(window: MainWindow, name: str) -> str:
    """Select the node called `name` and return its id."""
    node = window.workspace.graph.named(name)
    assert node is not None
    window.workspace.select([node.id])
    return node.id


def wait(seconds: float) -> None:
    """Let the window work for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def wait_until(condition: Callable[[], bool]) -> None:
    """Let the window work until `condition` holds."""
    while not condition():
        wait(0.05)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["NETWRIGHT_HOME"] = home
        if len(sys.argv) > 1:
            main(Path(sys.argv[1]), {f"{name}-{colours}" for name in PICTURES for colours in ("dark", "light")})
        else:
            main(FOLDER, IN_README)
