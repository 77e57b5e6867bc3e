"""Recurrent networks: classifiers that read an image row by row, and forecasters of a series."""

from __future__ import annotations

from functools import partial

from engine.graph.model import Graph
from engine.layers.spec import TensorShape
from engine.zoo.entry import DIGITS_SHAPE, ZooEntry
from engine.zoo.recipes import for_digits
from engine.zoo.sketch import Sketch

_KINDS = {
    "rnn": ("RNN", "the simple recurrent layer, which forgets soon"),
    "lstm": ("LSTM", "whose memory cell keeps what matters"),
    "gru": ("GRU", "whose two gates decide what is renewed"),
}
_HIDDEN = 128
_SERIES = (50, 1)
"""Fifty steps of one value."""


def classifier(input_shape: TensorShape, classes: int, *, kind: str) -> Graph:
    """Reads a sequence, or an image row by row from the top, and says what class it is of."""
    pen = Sketch()
    pen.then("input", shape=input_shape)
    _draw_rows(pen, input_shape)
    pen.then(kind, kind, hidden_size=_HIDDEN, weight_init="orthogonal")
    pen.then("linear", "scores", out_features=classes)
    pen.then("output")
    for_digits(pen)
    return pen.graph


def _draw_rows(pen: Sketch, input_shape: TensorShape) -> None:
    """Make a sequence of an image: each row is a step, whose features are its pixels in all channels."""
    if len(input_shape) == 2:
        return
    if input_shape[0] == 1:
        pen.then("squeeze", "rows", dim=1)
    else:
        pen.then("transpose", "rows", dim0=1, dim1=2)
        pen.then("flatten", "pixels", start_dim=2)


def forecaster(input_shape: TensorShape, classes: int, *, kind: str) -> Graph:
    """Reads a series and says the next value, or as many as `classes` says."""
    pen = Sketch()
    pen.then("input", shape=input_shape)
    pen.then(kind, f"{kind}1", hidden_size=64, sequence="whole", weight_init="orthogonal")
    pen.then(kind, f"{kind}2", hidden_size=64, weight_init="orthogonal")
    pen.then("linear", "forecast", out_features=classes)
    pen.then("output")
    pen.settings("recipe", loss="mse", optimizer="adam", learning_rate=1e-3, batch_size=64, epochs=20)
    return pen.graph


def _classifier_entry(kind: str) -> ZooEntry:
    label, trait = _KINDS[kind]
    return ZooEntry(
        id=f"{kind}_classifier",
        label=f"{label} classifier",
        doc=f"Reads a digit row by row with the {label}, {trait}; the state behind the last row decides.",
        family="Sequences",
        draw=partial(classifier, kind=kind),
        input_shape=DIGITS_SHAPE,
        classes=10,
        axes=(2, 3),
    )


def _forecaster_entry(kind: str) -> ZooEntry:
    label, trait = _KINDS[kind]
    return ZooEntry(
        id=f"{kind}_forecaster",
        label=f"{label} forecaster",
        doc=f"Reads {_SERIES[0]} steps of a series with two layers of the {label}, {trait}, and forecasts the next "
        "value.",
        family="Sequences",
        draw=partial(forecaster, kind=kind),
        input_shape=_SERIES,
        classes=1,
        axes=(2,),
    )


ENTRIES = (*map(_classifier_entry, _KINDS), *map(_forecaster_entry, _KINDS))
