"""Layers against overfitting; all of them do something in training only."""

from __future__ import annotations

from engine.graph.params import Choice, Float, Params, format_value
from engine.layers.spec import SAME_SHAPE, LayerSpec, Port


def _probability(default: float, doc: str) -> Float:
    return Float(name="p", label="Probability", default=default, minimum=0.0, maximum=1.0, doc=doc)


def _p_text(params: Params) -> str:
    return f"p {format_value(params['p'])}"


DROPOUT = LayerSpec(
    id="dropout",
    label="Dropout",
    family="Regularization",
    target="torch.nn.Dropout",
    base_name="dropout",
    doc="Sets random values to zero in training, so that no unit can rely on another one.",
    formula="y = x · mask / (1 − p), with mask = 0 with probability p",
    shape_rule=SAME_SHAPE,
    when="Before the last dense layers when training accuracy runs away from validation accuracy.",
    pitfalls="Too much of it keeps the network from learning; the training loss looks worse than the validation loss.",
    source="Srivastava et al., 2014; torch.nn.Dropout",
    icon="grid-off",
    params=(_probability(0.5, "The share of values that is set to zero."),),
    summary=_p_text,
)


def _channel_dropout(axes: int, port: Port, neighbours: str) -> LayerSpec:
    return LayerSpec(
        id=f"dropout{axes}d",
        label=f"Dropout {axes}D",
        family="Regularization",
        target=f"torch.nn.Dropout{axes}d",
        base_name="dropout",
        doc="Sets whole channels to zero in training, each of a sample by its own draw.",
        formula="y = x · mask / (1 − p), with one mask value per channel",
        shape_rule=SAME_SHAPE,
        when=f"Behind convolutions: {neighbours} say nearly the same, so dropping single values would hide nothing.",
        pitfalls="A dropped channel is missed more than a few values: start with p of 0.1 to 0.2.",
        source=f"Tompson et al., 2015; torch.nn.Dropout{axes}d",
        also="spatial dropout channel",
        icon="layers-off-outline",
        params=(_probability(0.5, "The share of channels that is set to zero."),),
        inputs=(port,),
        summary=_p_text,
    )


DROPOUT1D = _channel_dropout(1, Port("signal", ranks=(2,)), "neighbouring steps")
DROPOUT2D = _channel_dropout(2, Port("image", ranks=(3,)), "neighbouring pixels")

ALPHA_DROPOUT = LayerSpec(
    id="alpha_dropout",
    label="Alpha dropout",
    family="Regularization",
    target="torch.nn.AlphaDropout",
    base_name="dropout",
    doc="A dropout for SELU networks: it sets values to SELU's lower limit and rescales, so that mean and spread stay.",
    formula="y = a · (x · mask − 1.758 · (1 − mask)) + b, with a and b such that mean 0 and variance 1 stay",
    shape_rule=SAME_SHAPE,
    when="Behind SELU, in place of Dropout, whose zeros would spoil the self-normalisation.",
    pitfalls="It makes sense only where values have mean 0 and variance 1: with SELU, LeCun initialisation and "
    "standardised inputs.",
    source="Klambauer et al., 2017; torch.nn.AlphaDropout",
    also="selu self-normalizing",
    icon="alpha",
    params=(_probability(0.1, "The share of values that is set to the lower limit."),),
    summary=_p_text,
)

STOCHASTIC_DEPTH = LayerSpec(
    id="stochastic_depth",
    label="Stochastic depth",
    family="Regularization",
    target="engine.modules.regularization.StochasticDepth",
    base_name="drop_path",
    doc="Drops a whole residual branch at random in training, so that the sample takes the skip connection alone.",
    formula="y = x · mask / (1 − p), with one mask value per sample (or per batch)",
    shape_rule=SAME_SHAPE,
    when="At the end of the branches of very deep residual networks and vision transformers, with p rising from 0 at "
    "the first block to 0.1–0.5 at the last.",
    pitfalls="On a path without a skip connection it sets everything to zero now and then, and nothing is learned "
    "from these samples.",
    source="Huang et al., 2016; torchvision.ops.StochasticDepth",
    also="drop path droppath",
    icon="transit-skip",
    params=(
        _probability(0.1, "How often the branch is dropped."),
        Choice(
            name="mode",
            label="Dropped for",
            default="row",
            options=("row", "batch"),
            titles=("Each sample by itself", "The whole batch"),
            doc="Whether each sample draws its own fate or all of a batch share one.",
        ),
    ),
    summary=_p_text,
)

GAUSSIAN_NOISE = LayerSpec(
    id="gaussian_noise",
    label="Gaussian noise",
    family="Regularization",
    target="engine.modules.regularization.GaussianNoise",
    base_name="noise",
    doc="Adds random numbers with mean 0 to the values in training; in evaluation it passes them unchanged.",
    formula="y = x + n, with n from N(0, std²)",
    shape_rule=SAME_SHAPE,
    when="Behind the Input, to make more of few data, or to train a network that takes noise away.",
    pitfalls="The noise has to fit the size of the values: behind a normalisation, 0.1 is a tenth of the spread.",
    source="Sietsma & Dow, 1991; Bishop, 1995",
    also="jitter augmentation denoising",
    icon="chart-scatter-plot",
    params=(
        Float(
            name="std",
            label="Standard deviation",
            default=0.1,
            minimum=0.0,
            maximum=1e6,
            doc="How strong the noise is, in the unit of the values.",
        ),
    ),
    summary=lambda params: f"std {format_value(params['std'])}",
)
