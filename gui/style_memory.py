"""What Qt's style sheets remember of the parts inside fields, and never forget by themselves.

How a widget is painted is worked out once and kept until the widget is deleted. Of the line inside a spin box and of
the list that a combo box opens Qt keeps something as well (about 1 kB each), but as they are painted like the field
around them, it does not watch their end: `QStyleSheetStyle::renderRule` makes the entry and only then asks
`initObject`, which refuses such parts. A form has a dozen of them.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QStyle, QWidget


def forget_with(part: QWidget) -> None:
    """Let Qt forget how `part`, the line of a spin box or the list of a combo box, is painted when it is deleted.

    To be called once, before it is shown. As long as it stands alone it is a widget like any other, whose end is
    watched from its first question to the style on.
    """
    owner, flags = part.parentWidget(), part.windowFlags()
    part.setParent(None)
    part.style().styleHint(QStyle.StyleHint.SH_Widget_Animate, None, part)
    # It goes on looking like the field around it.
    part.setAttribute(Qt.WidgetAttribute.WA_StyleSheet, False)
    part.setParent(owner, flags)


def forget_list_with(box: QComboBox) -> None:
    """The same for the list that `box` opens."""
    around = box.view().parentWidget()
    assert around is not None
    forget_with(around)
