"""The top of a page: a sign, a name that can be edited, and what kind of thing it names."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from engine.graph.names import MAX_NAME
from engine.layers.spec import LayerSpec
from gui import theme
from gui.badge import LayerBadge
from gui.inspector.text_value import mark_error
from gui.parts import wrapped

INSET = 7
"""How far the text of a `NameEdit` stands inside of it, in logical pixels; captions below stand there too."""


class NameEdit(QLineEdit):
    """A name that looks like a text until it is pointed at; Enter takes what was typed, Escape the old name."""

    renamed = Signal(str)
    """The user has finished typing another name."""

    def __init__(self, size: int, parent: QWidget | None = None) -> None:
        """An empty name in letters of `size` logical pixels at a text scale of 100 %."""
        super().__init__(parent)
        self.saved = ""
        """The name that holds."""
        self.setMaxLength(MAX_NAME)
        self._size = size
        theme.theme_hub.themeChanged.connect(self._restyle)
        self._restyle()
        self.editingFinished.connect(self._on_finished)

    def event(self, event: QEvent) -> bool:
        """Keep Escape for itself while there is something to take back."""
        is_key = event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.text() != self.saved:
            if event.type() == QEvent.Type.KeyPress:
                self.show_name(self.saved)
            event.accept()
            return True
        return super().event(event)

    def show_name(self, name: str) -> None:
        """Show the name that holds."""
        self.saved = name
        if self.text() != name:
            self.setText(name)
            self.setCursorPosition(0)
        mark_error(self, False)

    def _restyle(self) -> None:
        self.setStyleSheet(
            f"QLineEdit {{ font-size: {theme.px(self._size)}px; font-weight: 600; padding: 0 {INSET - 3}px; }}"
            f"QLineEdit:focus {{ padding: 0 {INSET - 4}px; }}"
            "QLineEdit:!hover:!focus { border-color: transparent; background: transparent; }"
        )

    def _on_finished(self) -> None:
        if self.text() != self.saved:
            self.renamed.emit(self.text().strip())


class TitleLine(QWidget):
    """Sign, name and kind; below them why a name was refused."""

    def __init__(self, object_name: str, called: str, use: str, parent: QWidget | None = None) -> None:
        """An empty line.

        Args:
            object_name: of the field with the name.
            called: what is named, such as “Name of the layer”.
            use: what else the name is good for, as the end of a sentence.
        """
        super().__init__(parent)
        self._badge = LayerBadge(38)
        self.name = NameEdit(theme.TITLE_TEXT)
        """The editable name."""
        self.name.setObjectName(object_name)
        self.name.setAccessibleName(called)
        self.name.setToolTip(f"{called}, {use}.\nEnter renames it, Escape keeps the old name.")
        self._kind = wrapped(role="caption")
        self._error = wrapped(role="error")
        self._error.setObjectName(f"{object_name}_error")
        self._error.hide()
        self.name.textEdited.connect(lambda: self.show_error(""))
        self._kind.setContentsMargins(INSET, 0, 0, 0)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self._kind)
        line = QHBoxLayout()
        line.setSpacing(theme.PADDING - INSET)
        line.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(names, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addLayout(line)
        column.addWidget(self._error)

    def show_title(self, declared: LayerSpec, name: str, kind: str, *, anew: bool) -> None:
        """Show `name`, of a `kind` that is put into words; what is being typed stays, unless all is `anew`."""
        self._badge.show_layer(declared)
        self._kind.setText(kind)
        if anew or name != self.name.saved:
            self.name.show_name(name)
            self.show_error("")

    def show_error(self, sentence: str) -> None:
        """Say why a name was refused, with the old one back in place; nothing when `sentence` is empty."""
        if sentence:
            self.name.show_name(self.name.saved)
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
