"""What the class of a network is called after the project's file."""

from __future__ import annotations

import pytest

from engine.compiler.class_names import class_name


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("resNet50", "ResNet50"),
        ("res-net_50", "ResNet50"),
        ("unet", "Unet"),
        ("2 nets", "Nets"),
        ("42", "Network"),
        ("", "Network"),
        ("none", "Network"),
        ("tensor", "Network"),
        ("naïve net", "NaVeNet"),
    ],
)
def test_a_class_is_called_after_the_file_unless_code_needs_that_name(stem: str, name: str) -> None:
    assert class_name(stem) == name
