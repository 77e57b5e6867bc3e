"""What recurrent layers are compared with; `conftest.py` says what the tables mean."""

from __future__ import annotations

from torch import nn

from engine.modules import recurrent


def written(kind: str):
    """The class that a person would take, with all its arguments."""

    def write(shapes, p) -> nn.Module:
        own = None
        if p["bidirectional"]:
            own = "LastState" if p["sequence"] == "last" else None
        elif p["stateful"]:
            own = "Stateful"
        chosen = getattr(recurrent, own + kind) if own else getattr(nn, kind)
        return chosen(
            input_size=shapes[0][1],
            hidden_size=p["hidden_size"],
            num_layers=p["num_layers"],
            bias=p["bias"],
            batch_first=True,
            dropout=p["dropout"] if p["num_layers"] > 1 else 0.0,
            bidirectional=p["bidirectional"],
            **({"nonlinearity": p["nonlinearity"]} if kind == "RNN" else {}),
        )

    return write


HAND_WRITTEN = {"rnn": written("RNN"), "lstm": written("LSTM"), "gru": written("GRU")}
