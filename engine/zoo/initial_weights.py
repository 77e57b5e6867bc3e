"""Initial weights that several networks of the zoo share."""

from __future__ import annotations

from typing import Any

HE_FAN_OUT: dict[str, Any] = {"weight_init": "he_normal", "weight_fan": "fan_out"}
"""He's rule, with the gradient's size kept: how torchvision draws the convolutions of ResNets, VGGs and MobileNetV2."""
