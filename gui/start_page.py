"""The welcome page, filled: templates with their pictures, recent files, and work that can be recovered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.analysis.report import Analysis
from engine.project import data_choice
from engine.zoo.registry import TEMPLATES
from gui import theme
from gui.analyser import Analyser
from gui.canvas.picture import render_graph
from gui.documents import Documents
from gui.recent import recent_files
from gui.recovery import Recovered
from gui.welcome import TemplateCard, WelcomePage
from gui.welcome_cards import friendly_time

_PICTURE = QSize(264, 148)


class StartPage(QWidget):
    """Feeds the welcome page and carries out what is chosen on it."""

    trainRequested = Signal()
    """A template was opened in order to be trained at once."""
    galleryRequested = Signal()
    """The user wants to choose among the reference networks."""
    backRequested = Signal()
    """The user wants to go on with the open project."""

    def __init__(self, documents: Documents, recovered: list[Recovered]) -> None:
        super().__init__()
        self._documents = documents
        self._recovered = {str(index): work for index, work in enumerate(recovered)}
        self._facts: dict[str, str] = {}
        self.page = WelcomePage()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        self.page.templateChosen.connect(documents.open_template)
        self.page.templateTrainRequested.connect(self._open_and_train)
        self.page.newRequested.connect(documents.new)
        self.page.galleryRequested.connect(self.galleryRequested)
        self.page.openRequested.connect(documents.ask_and_open)
        self.page.recentChosen.connect(self._open_recent)
        self.page.backRequested.connect(self.backRequested)
        self.page.restoreRequested.connect(self._restore)
        self.page.discardRequested.connect(self._discard)
        theme.theme_hub.themeChanged.connect(self._refresh_cards)
        self._refresh_cards()
        self._refresh_recovery()
        self.refresh()

    def refresh(self, open_project: str = "") -> None:
        """Show the files opened and saved meanwhile, and the way back to the project that is open, if one is."""
        self.page.set_recent(recent_files())
        self.page.set_open_project(open_project)

    def use_analyser(self, analyser: Analyser) -> None:
        """Say how large each template is, now that it can be known."""
        for entry in TEMPLATES.values():
            analysis, _ = analyser.analyse(entry.build())
            self._facts[entry.id] = _size(analysis)
        self._refresh_cards()

    def _open_and_train(self, name: str) -> None:
        if self._documents.open_template(name):
            self.trainRequested.emit()

    def _open_recent(self, path: Path) -> None:
        self._documents.open(path)
        # It may have turned out that the file is gone.
        self.page.set_recent(recent_files())

    def _refresh_cards(self) -> None:
        cards = []
        for entry in TEMPLATES.values():
            graph = entry.build()
            picture = render_graph(graph, _PICTURE, theme.current(), self.devicePixelRatioF())
            facts = " · ".join(filter(None, (data_choice(graph).declaration.label, self._facts.get(entry.id))))
            cards.append(TemplateCard(entry.id, entry.label, entry.doc, facts, picture))
        self.page.set_templates(cards)

    def _refresh_recovery(self) -> None:
        now = datetime.now()
        offers = [(work.title, friendly_time(work.when, now), token) for token, work in self._recovered.items()]
        self.page.set_recovery(offers)

    def _restore(self, token: str) -> None:
        if self._documents.recover(self._recovered[token]):
            del self._recovered[token]
            self._refresh_recovery()

    def _discard(self, token: str) -> None:
        self._recovered.pop(token).discard()
        self._refresh_recovery()


def _size(analysis: Analysis) -> str:
    return f"{analysis.parameters:,}\u00a0parameters"
