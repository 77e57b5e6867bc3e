"""What the command palette finds: commands, recent files, layers in view, and layers that can be added."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from engine.layers.blocks import layer_spec
from gui import recent
from gui.actions import Actions
from gui.canvas.quick_list import find
from gui.commands.fuzzy import match
from gui.commands.table import SECTIONS
from gui.palette_catalogue import complete, groups
from gui.sheet import Sheet

GO_TO = "@"
"""Before the name of a layer to go to."""
ADD = "+"
"""Before the name of a layer to add."""
_SETTING = "recent_commands"
_MOST_RECENT = 6
_MOST_LAYERS = 200
"""Nobody looks through more than these."""
_NO_DOCUMENT = "Open a project first."
_PALETTE = "command_palette"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be chosen."""

    title: str
    """What it is called."""
    kind: str
    """What sort of thing it is, such as the menu in which it stands."""
    help: str
    """What happens when it is chosen, in a sentence."""
    run: Callable[[], object]
    """Does it."""
    icon: str = ""
    """The name of its icon, if it has one."""
    keys: str = ""
    """The keys that do the same."""
    refusal: str = ""
    """Why it cannot be chosen now, in a sentence; empty when it can."""
    words: str = ""
    """Further words by which it is found."""
    found: frozenset[int] = frozenset()
    """Which letters of the title were asked for."""


class Finder:
    """Finds what can be done in one window."""

    def __init__(
        self, actions: Actions, shown: Callable[[], Sheet | None], open_file: Callable[[Path], object]
    ) -> None:
        """Look in these places.

        Args:
            actions: the commands of the window.
            shown: gives the document that is seen; None while none is.
            open_file: opens a project file.
        """
        self._actions = actions
        self._shown = shown
        self._open_file = open_file

    def find(self, query: str) -> list[Entry]:
        """What fits `query`, the best first; all commands, with those used last before the others, when it is empty."""
        if query.startswith(GO_TO):
            return self._layers(query.removeprefix(GO_TO).strip())
        if query.startswith(ADD):
            return self._additions(query.removeprefix(ADD).strip())
        return _ranked([*self._commands(), *self._files()], query)

    def _commands(self) -> list[Entry]:
        entries: dict[str, Entry] = {}
        for section in SECTIONS:
            for spec in section.actions:
                if not self._actions[spec.id].isVisible():
                    continue
                entries[spec.id] = Entry(
                    title=self._actions.title(spec.id),
                    kind=section.title,
                    help=spec.help,
                    run=partial(self._run, spec.id),
                    icon=spec.icon,
                    keys=self._actions.shortcuts.text(spec.id),
                    refusal=self._actions.why_not(spec.id),
                    words=f"{spec.words} {spec.help}",
                )
        del entries[_PALETTE]
        last = [name for name in _recent_commands() if name in entries]
        return [entries[name] for name in (*last, *(name for name in entries if name not in last))]

    def _files(self) -> list[Entry]:
        return [
            Entry(
                title=path.stem,
                kind="Recent project",
                help=f"Opens {path}.",
                run=partial(self._open_file, path),
                icon="file-outline",
                words="open recent file project",
            )
            for path in recent.recent_files()
        ]

    def _layers(self, query: str) -> list[Entry]:
        sheet = self._shown()
        if sheet is None:
            return [_refused("Go to a layer")]
        graph = sheet.workspace.graph
        entries = []
        for node in graph.nodes.values():
            if query and match(query, node.name) is None:
                continue
            spec = layer_spec(graph, node.layer)
            entry = Entry(
                title=node.name,
                kind=spec.label,
                help="Selects the layer and brings it into view.",
                run=partial(sheet.reveal, node.id),
                icon=spec.icon,
            )
            entries.append(entry)
        return _ranked(entries, query)[:_MOST_LAYERS]

    def _additions(self, query: str) -> list[Entry]:
        sheet = self._shown()
        if sheet is None:
            return [_refused("Add a layer")]
        layers = [layer for group in groups(sheet.workspace.graph) for layer in group.layers]
        return [
            Entry(
                title=row.layer.label,
                kind=row.reading.text or row.layer.family,
                help=complete(row.layer).doc,
                run=partial(sheet.scene.add_layer, row.layer.id, None, row.reading.params),
                icon=row.layer.icon,
                refusal=row.reading.refusal or "",
            )
            for row in find(layers, query, lambda _layer, _params: True)[:_MOST_LAYERS]
        ]

    def _run(self, action: str) -> None:
        names = [action, *(other for other in _recent_commands() if other != action)]
        recent.settings().setValue(_SETTING, names[:_MOST_RECENT])
        self._actions[action].trigger()


def _recent_commands() -> list[str]:
    """The ids of the commands that were chosen last, the newest first."""
    stored = recent.settings().value(_SETTING, [])
    names = [stored] if isinstance(stored, str) else stored
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _refused(title: str) -> Entry:
    return Entry(title, "", _NO_DOCUMENT, lambda: None, refusal=_NO_DOCUMENT)


def _ranked(entries: Iterable[Entry], query: str) -> list[Entry]:
    """Those of `entries` that fit `query`, the best first; among equals in their order."""
    if not query.strip():
        return list(entries)
    fitting = []
    for place, entry in enumerate(entries):
        fit = match(query, entry.title, f"{entry.kind} {entry.words}")
        if fit is not None:
            fitting.append((-fit.score, bool(entry.refusal), len(entry.title), place, replace(entry, found=fit.places)))
    return [entry for *_, entry in sorted(fitting, key=lambda ranked: ranked[:-1])]
