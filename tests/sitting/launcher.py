"""Starts the real app beside a probe that answers questions about it and never acts: `launcher.py SOCKET [FILE]`.

What a person sees on the screen, a test must be told: where things are, what has the keyboard, what the document is.
Places and names come from where a screen reader has them. Whatever happens to the app comes from the X server.
"""

from __future__ import annotations

import json
import queue
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleInterface, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from engine.graph import document

_Text = QAccessible.Text
_Role = QAccessible.Role


class Probe(QObject):
    """Lives in the GUI's thread and answers there."""

    asked = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        self._questions: dict[str, Callable[..., Any]] = {
            "focus": _focus,
            "state": _state,
            "find": _find,
            "document": lambda: document.dump(_main().workspace.document).decode(),
            "shot": lambda path: QGuiApplication.primaryScreen().grabWindow(0).save(path),
        }

    def serve(self, path: str) -> None:
        """Take questions at the socket `path`, a line of JSON each, and answer each with a line."""
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            server.listen(1)
            connection, _ = server.accept()
            with connection, connection.makefile("rw", encoding="utf-8") as lines:
                for line in lines:
                    answer: queue.SimpleQueue[Any] = queue.SimpleQueue()
                    self.asked.emit(json.loads(line), answer)
                    lines.write(json.dumps(answer.get()) + "\n")
                    lines.flush()

    def _answer(self, question: list[Any], answer: queue.SimpleQueue[Any]) -> None:
        # As if a screen reader ran: without one, lists do not tell that their rows are others now.
        QAccessible.setActive(True)
        try:
            answer.put({"answer": self._questions[question[0]](*question[1:])})
        except Exception as error:  # Whatever it is, the test must hear of it.
            answer.put({"error": repr(error)})


def _main() -> Any:
    return next(widget for widget in QApplication.topLevelWidgets() if widget.objectName() == "mainWindow")


def _focus() -> dict[str, str]:
    """What has the keyboard, as a screen reader would announce it, and the title of the window that it is in."""
    window, widget = QGuiApplication.focusWindow(), QApplication.focusWidget()
    part = None if widget is None else QAccessible.queryAccessibleInterface(widget)
    return {
        "window": window.title() if window else "",
        "name": part.text(_Text.Name) if part else "",
        "value": part.text(_Text.Value) if part else "",
    }


def _state() -> dict[str, Any]:
    """What the window shows just now."""
    main = _main()
    workspace = main.workspace
    return {
        "shows_document": main.pages.currentWidget() is main.sheets,
        "path": str(workspace.path or ""),
        "is_modified": main.sheet.is_modified,
        "can_undo": workspace.undo_stack.canUndo(),
        "can_redo": workspace.undo_stack.canRedo(),
        "selection": [workspace.graph.nodes[node].name for node in workspace.selection],
        "problems": [problem.sentence for problem in workspace.problems],
        "said": main.status_line.currentMessage(),
        "is_busy": not main.loaded or main.view.flight.is_under_way or main.sheet.arranging.is_busy,
    }


def _find(role: str, name: str, within: str) -> list[dict[str, Any]]:
    """All that can be seen of the role `role` whose name the pattern `name` matches, in what is called `within`."""
    found: dict[tuple[int, ...], dict[str, Any]] = {}
    for widget in QApplication.topLevelWidgets():
        if not widget.isVisible():
            continue
        window = QAccessible.queryAccessibleInterface(widget)
        for part in _walk(window, "" if window.text(_Text.Name) == within else within):
            if part.role() == _Role[role] and re.fullmatch(name, part.text(_Text.Name)) and _is_in_view(part):
                rect = part.rect().getRect()
                # An open menu is a window of its own and, to Qt, also in the menu bar.
                found[rect] = {"name": part.text(_Text.Name), "rect": rect, "is_enabled": not part.state().disabled}
    return list(found.values())


def _walk(part: QAccessibleInterface, within: str) -> Iterator[QAccessibleInterface]:
    """All that is below `part`, once something called `within` is around it."""
    for index in range(part.childCount()):
        child = part.child(index)
        if child is None or not child.isValid() or child.state().invisible:
            continue
        inner = "" if within and child.text(_Text.Name) == within else within
        if not inner:
            yield child
        yield from _walk(child, inner)


def _is_in_view(part: QAccessibleInterface) -> bool:
    """Whether the middle of it can be clicked: on the screen, and not scrolled out of the widget that it is in."""
    middle = part.rect().center()
    around = part.parent()
    while around is not None and not isinstance(around.object(), QWidget):
        around = around.parent()
    is_inside = around is None or around.rect().contains(middle)
    return is_inside and QGuiApplication.primaryScreen().geometry().contains(middle)


if __name__ == "__main__":
    probe = Probe()
    threading.Thread(target=probe.serve, args=(sys.argv.pop(1),), daemon=True).start()
    from main import main

    sys.exit(main())
