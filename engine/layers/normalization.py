"""Layers that keep activations at a healthy size."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Bool, Float, Params, ParamValue
from engine.layers.spec import LayerSpec, Port, TensorShape


def _features(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"num_features": shapes[0][0]}


BATCH_NORM2D = LayerSpec(
    id="batch_norm2d",
    label="Batch norm 2D",
    family="Normalization",
    target="torch.nn.BatchNorm2d",
    base_name="norm",
    doc="Gives each channel mean 0 and spread 1 over the batch, then a learnable scale and shift.",
    formula="y = γ · (x − mean) / √(variance + ε) + β",
    shape_rule="the same as the input's",
    when="Between a convolution and its activation: deep networks learn faster and forgive larger learning rates.",
    pitfalls="Small batches give noisy means; in evaluation it uses running averages, so the two modes differ.",
    source="Ioffe & Szegedy, 2015",
    icon="chart-bell-curve",
    params=(
        Float(
            name="eps",
            label="ε",
            default=1e-5,
            minimum=1e-12,
            maximum=1.0,
            doc="Added to the variance, against division by zero.",
        ),
        Float(
            name="momentum",
            default=0.1,
            minimum=0.0,
            maximum=1.0,
            doc="How much each batch counts in the running averages that evaluation uses.",
        ),
        Bool(name="affine", label="Scale and shift", default=True, doc="Whether γ and β are learned."),
        Bool(
            name="track_running_stats",
            label="Running averages",
            default=True,
            doc="Whether averages are kept for evaluation.",
        ),
    ),
    inputs=(Port("image", ranks=(3,)),),
    wire=_features,
)
