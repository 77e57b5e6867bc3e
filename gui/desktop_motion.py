"""Whether the desktop asks for less motion.

Qt 6.11 does not tell (`QStyle.SH_Widget_Animation_Duration` of Fusion is always 200 ms, and `QStyleHints` has nothing
of the kind), so each desktop is asked in its own way: Windows by a system parameter, macOS by its preferences, Linux
by the files of GTK and KDE and by the settings portal, which knows what GNOME knows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from configparser import ConfigParser, Error
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QStandardPaths

_WINDOWS_ANIMATES = 0x1042
"""SPI_GETCLIENTAREAANIMATION: “Show animations in Windows”."""
_NO = {"0", "0.0", "false", "no", "off"}
_LINUX_FILES = (
    ("gtk-4.0/settings.ini", "Settings", "gtk-enable-animations"),
    ("gtk-3.0/settings.ini", "Settings", "gtk-enable-animations"),
    ("kdeglobals", "KDE", "AnimationDurationFactor"),
)
"""Files among the user's settings, with what switches animations off there."""
_PORTAL = "org.freedesktop.portal.Desktop"
_PATIENCE_MS = 3000


def reduces_motion() -> bool:
    """Whether the desktop wants less motion, as far as it can be known at once."""
    if sys.platform == "win32":
        return _windows_reduces()
    if sys.platform == "darwin":
        return mac_reduces(Path.home() / "Library/Preferences/com.apple.universalaccess.plist")
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return linux_reduces(Path(folder))


def ask_portal(parent: QObject, answer: Callable[[bool], None]) -> None:
    """Ask the settings portal of a Linux desktop; `answer` is called later with whether it wants less motion.

    It is not called when there is no portal, or when that does not know.
    """
    if sys.platform in ("win32", "darwin"):
        return
    # On other systems Qt comes without it.
    from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusVariant

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return
    question = QDBusMessage.createMethodCall(
        _PORTAL, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings", "Read"
    )
    question.setArguments(["org.gnome.desktop.interface", "enable-animations"])
    call = bus.asyncCall(question, _PATIENCE_MS)
    watcher = QDBusPendingCallWatcher(call, parent)

    def finish(finished: QDBusPendingCallWatcher) -> None:
        found = [] if finished.isError() else call.reply().arguments()
        value = found[0] if found else None
        while isinstance(value, QDBusVariant):
            value = value.variant()
        if isinstance(value, bool):
            answer(not value)
        finished.deleteLater()

    watcher.finished.connect(finish)


def linux_reduces(folder: Path) -> bool:
    """Whether a file of GTK or KDE in `folder` switches animations off."""
    return any(_entry(folder / file, section, name).lower() in _NO for file, section, name in _LINUX_FILES)


def mac_reduces(file: Path) -> bool:
    """Whether “Reduce motion” is on in the preferences in `file`."""
    value = QSettings(str(file), QSettings.Format.NativeFormat).value("reduceMotion", False)
    return str(value).lower() not in _NO


def _entry(file: Path, section: str, name: str) -> str:
    """An entry of a file of settings; empty when there is none."""
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Error):
        return ""
    return parser.get(section, name, fallback="").strip()


def _windows_reduces() -> bool:
    import ctypes

    animates = ctypes.c_int(1)
    windll = getattr(ctypes, "windll", None)
    if windll is None or not windll.user32.SystemParametersInfoW(_WINDOWS_ANIMATES, 0, ctypes.byref(animates), 0):
        return False
    return not animates.value
