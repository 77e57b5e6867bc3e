"""What changed from one version of a project to the next, found out one by one on another thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine import versions
from engine.graph.document import DocumentError
from engine.layers.differences import differences
from engine.versions import Version
from gui.work import BackgroundWork

OLDEST = "The oldest version that is kept."
SAME = "Nothing but the order in which things were drawn."
_MOST = 24
"""So many differences are told of one version."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known about one version."""

    sentences: tuple[str, ...]
    """What changed since the version before it, or why that cannot be told."""

    @property
    def line(self) -> str:
        """All of it in one line."""
        return " ".join(self.sentences)


class Summaries(QObject):
    """Compares each version with the one before it, as long as somebody wants to know."""

    found = Signal(str)
    """What changed in the version of this id is known now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, Summary] = {}
        self._waiting: list[tuple[Version, Version | None]] = []
        self._current = ""
        self._work = BackgroundWork(self)
        self._work.done.connect(self._on_done)
        self._work.failed.connect(lambda sentence: self._on_done((sentence,)))

    def __getitem__(self, version: Version) -> Summary | None:
        return self._known.get(version.id)

    def find(self, listed: Iterable[Version]) -> None:
        """Find out about all versions, which come with the newest first."""
        every = list(listed)
        pairs = zip(every, [*every[1:], None], strict=True)
        self._waiting = [pair for pair in pairs if pair[0].id not in self._known]
        self._next()

    def prefer(self, version: Version) -> None:
        """Find out about this version before all others."""
        self._waiting.sort(key=lambda pair: pair[0].id != version.id)

    def close(self) -> None:
        """Nobody wants to know any more."""
        self._waiting = []
        self._work.give_up()

    def _next(self) -> None:
        if self._waiting and not self._work.is_busy:
            version, before = self._waiting.pop(0)
            self._current = version.id
            self._work.start(lambda _tell: _sentences(version, before))

    def _on_done(self, sentences: object) -> None:
        assert isinstance(sentences, tuple)
        self._known[self._current] = Summary(sentences)
        self.found.emit(self._current)
        self._next()


def _sentences(version: Version, before: Version | None) -> tuple[str, ...]:
    try:
        new = versions.read(version)
        if before is None:
            return (OLDEST,)
        return tuple(differences(versions.read(before), new).summary(_MOST)) or (SAME,)
    except DocumentError as error:
        return (str(error),)
