"""The page about training: which data, and the recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QWidget

from engine.data.adapt import switch_data_set
from engine.data.declarations import DATA_SETS, DEFAULT_DATA_SET, DataSet
from engine.graph.edits import SetSetting
from engine.graph.events import GraphEvent, SettingChanged
from engine.graph.params import Choice, Param, ParamValue
from engine.layers.spec import describe_shape
from engine.training.recipe import RECIPE_PARAMS
from gui import theme
from gui.inspector.form import ParamForm
from gui.inspector.form_slot import FormSlot
from gui.parts import Page, heading, rule, wrapped
from gui.workspace import Workspace

_ONLY_FOR = {"momentum": ("optimizer", "sgd", "Only SGD uses momentum; choose it as the optimizer to set this.")}
"""Settings that count only while another one has a certain value, and the sentence that says so."""


class SetupPage(Page):
    """What the network is trained on, and how."""

    def __init__(
        self,
        workspace: Workspace,
        data_sets: Mapping[str, DataSet] = DATA_SETS,
        recipe_params: Sequence[Param] = RECIPE_PARAMS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("setup_page")
        self._workspace = workspace
        self._data_sets = data_sets
        self._recipe_params = tuple(recipe_params)
        self._shown = ""
        self._choice = ParamForm([_data_choice(data_sets)], {})
        self._about = wrapped(role="caption", selectable=True)
        self._about.setObjectName("data_set_doc")
        self._data = FormSlot()
        self._recipe = ParamForm(self._recipe_params, {})
        self.column.addWidget(heading("Data"))
        self.column.addWidget(self._choice)
        self.column.addWidget(self._about)
        self.column.addWidget(self._data)
        self.column.addSpacing(theme.GAP)
        self.column.addWidget(rule())
        self.column.addWidget(heading("Recipe"))
        self.column.addWidget(self._recipe)
        self.column.addStretch(1)
        self._choice.valueEdited.connect(self._on_data_set)
        self._recipe.valueEdited.connect(lambda name, value: workspace.push(SetSetting("recipe", name, value)))
        workspace.graphReplaced.connect(self._show_all)
        workspace.graphChanged.connect(self._on_event)
        self._show_all()

    def _settings(self, section: str) -> Mapping[str, ParamValue]:
        return self._workspace.document.settings.get(section, {})

    def _show_all(self) -> None:
        self._shown = ""
        self._show_data_set()
        for param in self._recipe_params:
            self._show_recipe(param.name)

    def _show_data_set(self) -> None:
        chosen = str(self._settings("data").get("dataset", DEFAULT_DATA_SET))
        self._choice.set_value("dataset", chosen)
        if chosen == self._shown or chosen not in self._data_sets:
            return
        self._shown = chosen
        declared = self._data_sets[chosen]
        classes = ", ".join(declared.class_names)
        self._about.setText(
            f"{declared.doc}\n\nA sample is {describe_shape(declared.input_shape)}. "
            f"{declared.classes} classes: {classes}.\n\nSource: {declared.source}."
        )
        settings = self._settings("data")
        values = {param.name: settings.get(param.name, param.default) for param in declared.params}
        form = self._data.build(declared.params, values)
        if form is not None:
            form.valueEdited.connect(lambda name, value: self._workspace.push(SetSetting("data", name, value)))

    def _show_recipe(self, name: str) -> None:
        settings = self._settings("recipe")
        values = {param.name: settings.get(param.name, param.default) for param in self._recipe_params}
        if name in values:
            self._recipe.set_value(name, values[name])
        for dependent, (other, wanted, reason) in _ONLY_FOR.items():
            self._recipe.set_available(dependent, values.get(other, wanted) == wanted, reason)

    def _on_data_set(self, name: str, value: ParamValue) -> None:
        if value != self._shown:
            document = self._workspace.document
            self._workspace.push_document(switch_data_set(document, str(value), self._data_sets))

    def _on_event(self, event: GraphEvent) -> None:
        match event:
            case SettingChanged("recipe", name):
                self._show_recipe(name)
            case SettingChanged("data", "dataset"):
                self._show_data_set()
            case SettingChanged("data", name) if self._data.form is not None:
                own = {param.name: param.default for param in self._data_sets[self._shown].params}
                if name in own:
                    self._data.form.set_value(name, self._settings("data").get(name, own[name]))


def _data_choice(data_sets: Mapping[str, DataSet]) -> Choice:
    return Choice(
        name="dataset",
        label="Data set",
        default=DEFAULT_DATA_SET,
        options=tuple(data_sets),
        titles=tuple(data_set.label for data_set in data_sets.values()),
        doc="What the network learns from. Changing it fits both ends of the network: the shape of the input and "
        "the units of the last dense layer, one for each class.",
    )
