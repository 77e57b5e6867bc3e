"""The skip connection that fits itself to the branch that it goes around."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Bool, Int, Params, ParamValue
from engine.layers.initialization import weight_init
from engine.layers.spec import LayerSpec, Port, TensorShape, weights_objection, whole


def _is_identity(shapes: Sequence[TensorShape], params: Params) -> bool:
    return params["stride"] == 1 and params["out_channels"] == shapes[0][0]


def _target(shapes: Sequence[TensorShape], params: Params) -> str:
    return "torch.nn.Identity" if _is_identity(shapes, params) else "engine.modules.shortcut.Projection"


def _arguments(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    if _is_identity(shapes, params):
        return {}
    return {"in_channels": shapes[0][0], **{name: params[name] for name in ("out_channels", "stride", "norm")}}


def _check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    return weights_objection("Projection shortcut", shapes[0][0] * whole(params["out_channels"]))


def _summary(params: Params) -> str:
    stride = "" if params["stride"] == 1 else f" · /{params['stride']}"
    return f"{params['out_channels']}{stride}"


SHORTCUT = LayerSpec(
    id="shortcut",
    label="Projection shortcut",
    family="Merge",
    target="engine.modules.shortcut.Projection",
    choose_target=_target,
    base_name="downsample",
    doc="The skip connection of a residual block: it passes its input unchanged where the shapes agree, and brings "
    "it to the branch's shape by a 1×1 convolution where they do not.",
    formula="y = x, or y = norm(W·x) at every stride-th pixel",
    shape_rule="Channels → output channels; height and width → ⌈size / stride⌉.",
    when="Beside the branch of a residual block, with the branch's output channels and stride, before an Add.",
    pitfalls="With a stride it looks at one pixel of each window only and skips the others. A projection where the "
    "identity would do hinders the gradient: keep channels and stride where you can.",
    source="He et al., 2016, option B; “downsample” in torchvision.models.resnet",
    also="residual skip resnet downsample 1x1 identity",
    icon="transit-detour",
    params=(
        Int(
            name="out_channels",
            label="Output channels",
            default=64,
            minimum=1,
            maximum=65_536,
            passed=False,
            doc="The channels of the branch that this connection goes around.",
        ),
        Int(
            name="stride",
            default=1,
            minimum=1,
            maximum=1024,
            unit="px",
            passed=False,
            doc="By what the branch divides height and width.",
        ),
        Bool(
            name="norm",
            label="Batch norm",
            default=True,
            passed=False,
            doc="Whether a batch norm follows the convolution; without one, the convolution has a bias.",
        ),
        *weight_init(),
    ),
    inputs=(Port("image", ranks=(3,)),),
    wire=_arguments,
    check=_check,
    summary=_summary,
)
