"""How pooling layers are drawn and what they are compared with; `conftest.py` says what the tables mean."""

from __future__ import annotations

from torch import nn

from engine.modules.pooling import WeightedAvgPool

AXES = (1, 2, 3)


def make_windows_fit(draw, params, shapes):
    """Padding of at most half the kernel."""
    kernel, padding = params["kernel_size"], params["padding"]
    if isinstance(kernel, int):
        params["padding"] = min(padding, kernel // 2)
    else:
        params["padding"] = tuple(min(border, size // 2) for border, size in zip(padding, kernel, strict=True))


def max_pool(axes):
    kind = getattr(nn, f"MaxPool{axes}d")
    return lambda shapes, p: kind(p["kernel_size"], p["stride"], p["padding"], p["dilation"], ceil_mode=p["ceil_mode"])


def average_pool(axes):
    kind = getattr(nn, f"AvgPool{axes}d")
    return lambda shapes, p: kind(p["kernel_size"], p["stride"], p["padding"], p["ceil_mode"], p["count_include_pad"])


def norm_pool(axes):
    kind = getattr(nn, f"LPPool{axes}d")
    return lambda shapes, p: kind(p["norm_type"], p["kernel_size"], p["stride"], p["ceil_mode"])


def adaptive_pool(name, axes):
    kind = getattr(nn, f"Adaptive{name}Pool{axes}d")
    return lambda shapes, p: kind(p["output_size"])


def weighted_pool(shapes, p):
    return WeightedAvgPool(p["kernel_size"], p["stride"], p["padding"], p["window"], p["learnable"])


ADJUST = {
    **{f"{kind}_pool{axes}d": make_windows_fit for kind in ("max", "avg", "weighted_avg") for axes in AXES},
}
HAND_WRITTEN = {
    **{f"max_pool{axes}d": max_pool(axes) for axes in AXES},
    **{f"avg_pool{axes}d": average_pool(axes) for axes in AXES},
    **{f"lp_pool{axes}d": norm_pool(axes) for axes in AXES},
    **{f"adaptive_{name.lower()}_pool{axes}d": adaptive_pool(name, axes) for name in ("Avg", "Max") for axes in AXES},
    **{f"weighted_avg_pool{axes}d": weighted_pool for axes in AXES},
}
REFERENCE = {
    **{f"global_avg_pool{axes}d": lambda inputs, p: inputs[0].flatten(2).mean(-1) for axes in AXES},
    **{f"global_max_pool{axes}d": lambda inputs, p: inputs[0].flatten(2).max(-1).values for axes in AXES},
}
