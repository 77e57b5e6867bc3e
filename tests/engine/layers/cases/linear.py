"""How linear layers are drawn and what they are compared with; `conftest.py` says what the tables mean."""

from __future__ import annotations

from hypothesis import strategies as st
from torch import nn


def make_steps_agree(draw, params, shapes):
    """Two vectors, or two sequences of as many steps."""
    shapes[1] = (*shapes[0][:-1], draw(st.integers(1, 4)))


def make_padding_an_id(draw, params, shapes):
    """A padding id that there is."""
    params["padding_id"] = min(params["padding_id"], params["num_embeddings"] - 1)


ADJUST = {"bilinear": make_steps_agree, "embedding": make_padding_an_id}
HAND_WRITTEN = {
    "linear": lambda shapes, p: nn.Linear(shapes[0][-1], p["out_features"], p["bias"]),
    "bilinear": lambda shapes, p: nn.Bilinear(shapes[0][-1], shapes[1][-1], p["out_features"], p["bias"]),
    "embedding": lambda shapes, p: nn.Embedding(
        p["num_embeddings"], p["embedding_dim"], p["padding_id"] if p["padding"] else None
    ),
}
