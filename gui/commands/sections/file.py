"""What is done with projects as files, and with what is made of them."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from gui.commands.spec import ActionSpec, Section

_Key = QKeySequence.StandardKey

FILE = Section(
    "&File",
    (
        (
            ActionSpec(
                "new",
                "&New project",
                "Starts an empty project in a tab of its own.",
                "file-plus-outline",
                _Key.New,
                words="create blank document",
                anywhere=True,
            ),
            ActionSpec(
                "gallery",
                "New from &reference network…",
                "Starts a project from a well-known network.",
                "view-grid-outline",
                "Ctrl+Shift+N",
                words="zoo template gallery resnet example",
                anywhere=True,
            ),
            ActionSpec(
                "open",
                "&Open…",
                "Opens a project from a file.",
                "folder-open-outline",
                _Key.Open,
                name="Open a project",
                words="load file",
                anywhere=True,
            ),
        ),
        (
            ActionSpec(
                "save",
                "&Save",
                "Writes the project to its file; the version before is kept.",
                "content-save-outline",
                _Key.Save,
                words="store write",
            ),
            ActionSpec(
                "save_as",
                "Save &as…",
                "Writes the project to another file and goes on with that one.",
                shortcut="Ctrl+Shift+S",
                words="copy rename file",
            ),
            ActionSpec(
                "versions",
                "&Versions of this project…",
                "Lists what was saved before, to look at it, compare it or bring it back.",
                "history",
                "Ctrl+Alt+H",
                words="history saves restore older backup",
            ),
            ActionSpec(
                "compare_file",
                "Co&mpare with…",
                "Shows on the canvas what is different in another project.",
                "compare",
                words="diff difference merge",
            ),
            ActionSpec(
                "export",
                "&Export…",
                "Saves the network as PyTorch code, ONNX, TorchScript or weights.",
                "export-variant",
                "Ctrl+E",
                name="Export the network",
                words="python code onnx torchscript safetensors",
            ),
            ActionSpec(
                "picture",
                "Export as &picture…",
                "Saves a picture of the canvas as SVG, PDF or PNG.",
                "image-outline",
                "Ctrl+Shift+E",
                words="image figure svg pdf png paper",
            ),
            ActionSpec(
                "save_weights",
                "Save &trained weights…",
                "Saves what the network has learned as safetensors.",
                "database-export-outline",
                words="parameters checkpoint state dict",
                needs="Train the network first.",
            ),
        ),
        (
            ActionSpec(
                "close_document",
                "&Close project",
                "Closes the tab; unsaved changes are asked about.",
                shortcut="Ctrl+W",
                words="tab",
            ),
            ActionSpec(
                "welcome",
                "&Welcome page",
                "Shows templates and recent projects.",
                "home-outline",
                "Ctrl+Shift+H",
                words="start home recent",
                anywhere=True,
            ),
        ),
        (
            ActionSpec(
                "quit",
                "&Quit",
                "Closes Netwright; unsaved changes are asked about.",
                shortcut="Ctrl+Q",
                words="exit end",
                anywhere=True,
            ),
        ),
    ),
)
"""The menu."""
