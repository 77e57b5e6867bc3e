"""The recipe: settings are checked however a recipe is made, and explained to learners."""

from __future__ import annotations

from dataclasses import fields

import pytest

from engine.graph.params import ParamError
from engine.training.recipe import RECIPE_PARAMS, Recipe


def test_fields_are_the_declared_parameters_with_their_defaults() -> None:
    assert [field.name for field in fields(Recipe)] == [param.name for param in RECIPE_PARAMS]
    assert Recipe().settings() == {param.name: param.default for param in RECIPE_PARAMS}
    assert all(len(param.doc) > 40 and param.doc.endswith(".") for param in RECIPE_PARAMS)


def test_settings_round_trip_in_canonical_types() -> None:
    recipe = Recipe.from_settings({"optimizer": "sgd", "learning_rate": 1, "epochs": 3})
    assert recipe == Recipe(optimizer="sgd", learning_rate=1.0, epochs=3)
    assert isinstance(recipe.learning_rate, float)
    assert Recipe.from_settings(recipe.settings()) == recipe


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"loss": "hinge"}, "Loss"),
        ({"optimizer": 1}, "Optimizer"),
        ({"learning_rate": -0.1}, "Learning rate"),
        ({"learning_rate": float("inf")}, "Learning rate"),
        ({"batch_size": 0}, "Batch size"),
        ({"batch_size": 1.5}, "Batch size"),
        ({"seed": 2**31}, "Seed"),
        ({"device": "tpu"}, "Device"),
        ({"warmup": 3}, "warmup"),
    ],
)
def test_wrong_settings_give_one_sentence_that_names_them(settings: dict[str, object], word: str) -> None:
    with pytest.raises(ParamError, match=word):
        Recipe.from_settings(settings)  # type: ignore[arg-type]
    if "warmup" not in settings:
        with pytest.raises(ParamError, match=word):
            Recipe(**settings)  # type: ignore[arg-type]
