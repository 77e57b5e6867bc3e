"""The blocks of transformers."""

from __future__ import annotations

from engine.graph.params import Int
from engine.zoo.block_params import DROPOUT, channels
from engine.zoo.sketch import LibraryBlock, Sketch

EPS = 1e-6
"""What vision transformers add to the variance in their layer norms."""
_FEATURES = channels("features", 64, "How many values come out; those of each step where it stands in a transformer.")
_HIDDEN = Int(
    name="hidden",
    default=256,
    minimum=1,
    maximum=1_000_000,
    doc="The units of the inner layer; four times the features in most transformers.",
)


def _mlp(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then("linear", "fc1", out_features="=hidden", weight_init="xavier_uniform")
    pen.then("gelu", "gelu")
    pen.then("dropout", "dropout1", p="=dropout")
    pen.then("linear", "fc2", out_features="=features", weight_init="xavier_uniform")
    pen.then("dropout", "dropout2", p="=dropout")
    pen.then("block_output")


MLP = LibraryBlock(
    "MLP",
    "Two dense layers with a GELU between them: a perceptron with one hidden layer, for a vector or for each step of "
    "a sequence.",
    _mlp,
    (_FEATURES, _HIDDEN, DROPOUT),
)


def _transformer_encoder_block(pen: Sketch) -> None:
    x = pen.then("block_input", "x")
    pen.then("layer_norm", "ln_1", eps=EPS)
    pen.then("self_attention", "self_attention", num_heads="=heads", weight_init="xavier_uniform")
    attended = pen.then("dropout", "dropout", p="=dropout")
    middle = pen.add("add", attended, x, name="add1")
    pen.then("layer_norm", "ln_2", eps=EPS)
    thought = pen.then(MLP, "mlp", features="=features", hidden="=hidden", dropout="=dropout")
    pen.add("add", thought, middle, name="add2")
    pen.then("block_output")


TRANSFORMER_ENCODER_BLOCK = LibraryBlock(
    "TransformerEncoderBlock",
    "Self-attention lets each step look at all others, then an MLP works on each step by itself; both begin with a "
    "layer norm and are added to what came in (Vaswani et al., 2017; norms first as in Dosovitskiy et al., 2021).",
    _transformer_encoder_block,
    (
        channels("features", 64, "How many values each step has, coming in and going out; the heads must divide it."),
        Int(
            name="heads",
            default=4,
            minimum=1,
            maximum=1024,
            doc="How many attentions run side by side, each on its share of the features.",
        ),
        _HIDDEN,
        DROPOUT,
    ),
)
