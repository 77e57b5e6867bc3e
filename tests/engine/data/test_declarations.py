"""What can be chosen as data, and how a project's settings become a choice."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.data.declarations import DATA_SETS, DataChoice
from engine.graph.params import ParamError


def test_empty_settings_choose_mnist_with_5000_validation_images() -> None:
    choice = DataChoice.from_settings({})
    assert choice.dataset == "mnist"
    assert round(60_000 * choice.number("validation_fraction")) == 5_000


def test_settings_of_another_data_set_are_ignored() -> None:
    choice = DataChoice.from_settings({"dataset": "mnist", "points": 500, "data_seed": 4})
    assert dict(choice.params) == {"validation_fraction": 1 / 12, "data_seed": 4}


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"dataset": "cats"}, "cats"),
        ({"dataset": 3}, "3"),
        ({"colour": 1}, "colour"),
        ({"dataset": "spirals", "points": 1}, "Points"),
        ({"dataset": "spirals", "noise": float("nan")}, "Noise"),
        ({"validation_fraction": 0.9}, "Validation share"),
        ({"data_seed": True}, "Data seed"),
    ],
)
def test_wrong_settings_give_one_sentence_that_names_them(settings: dict[str, object], word: str) -> None:
    with pytest.raises(ParamError, match=word) as caught:
        DataChoice.from_settings(settings)  # type: ignore[arg-type]
    assert str(caught.value).endswith(".")


def test_a_choice_is_checked_however_it_is_made() -> None:
    with pytest.raises(ParamError):
        DataChoice("mnist", {"points": 100})


@pytest.mark.parametrize("data_set", DATA_SETS.values(), ids=DATA_SETS.keys())
def test_every_data_set_is_described(data_set: object) -> None:
    declaration = DATA_SETS[data_set.id]  # type: ignore[attr-defined]
    assert declaration is data_set
    assert declaration.doc.endswith(".")
    assert declaration.source
    assert all(param.doc.endswith(".") for param in declaration.params)


def test_declarations_need_no_torch() -> None:
    code = "import sys, engine.data.declarations as d; assert d.DATA_SETS; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
