"""How much moves: nothing, when the user or the desktop asks for less motion.

Whatever animates asks `duration` how long it may take.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QMainWindow

from gui import desktop_motion, recent

_KEY = "reduce_motion"
_EFFECTS = Qt.UIEffect.UI_General
"""Stands for all that a desktop may let menus, lists of options and tool tips do when they open."""


class MotionHub(QObject):
    """What the user and the desktop want; tells everyone who moves things when that changes."""

    motionChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.chosen: bool | None = None
        """Whether the user wants less motion; None to do as the desktop does."""
        self.desktop = False
        """Whether the desktop wants less motion."""

    def set_chosen(self, chosen: bool | None) -> None:
        """Do what the user wants."""
        before, self.chosen = is_reduced(), chosen
        self._tell(before)

    def set_desktop(self, wants_less: bool) -> None:
        """Do what the desktop wants, unless the user wants something else."""
        before, self.desktop = is_reduced(), wants_less
        self._tell(before)

    def _tell(self, before: bool) -> None:
        if is_reduced() != before:
            self.motionChanged.emit()


motion_hub = MotionHub()


def is_reduced() -> bool:
    """Whether nothing is to move by itself."""
    return motion_hub.desktop if motion_hub.chosen is None else motion_hub.chosen


def duration(ms: int) -> int:
    """How long an animation of `ms` milliseconds takes: no time at all when motion is reduced."""
    return 0 if is_reduced() else ms


def start() -> None:
    """Do as the user has chosen, or else as the desktop does; wants a running QApplication."""
    stored = recent.settings().value(_KEY)
    motion_hub.set_chosen(None if stored is None else str(stored).lower() == "true")
    motion_hub.set_desktop(desktop_motion.reduces_motion())
    desktop_motion.ask_portal(motion_hub, motion_hub.set_desktop)


def choose(reduced: bool | None) -> None:
    """Remember whether the user wants less motion; None to do as the desktop does."""
    if reduced is None:
        recent.settings().remove(_KEY)
    else:
        recent.settings().setValue(_KEY, reduced)
    motion_hub.set_chosen(reduced)


class PanelMotion(QObject):
    """Lets the panels of a window glide into their places, or just be there when motion is reduced.

    The same goes for menus, lists of options and tool tips, where the desktop lets them glide.
    """

    def __init__(self, window: QMainWindow) -> None:
        """The window owns it."""
        super().__init__(window)
        self._window = window
        self._had_effects = QApplication.isEffectEnabled(_EFFECTS)
        motion_hub.motionChanged.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self._window.setAnimated(not is_reduced())
        QApplication.setEffectEnabled(_EFFECTS, self._had_effects and not is_reduced())
