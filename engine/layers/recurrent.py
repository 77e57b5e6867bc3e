"""Layers that read a sequence step by step and remember."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.graph.params import Bool, Choice, Float, Int, Param, Params, ParamValue
from engine.layers.initialization import weight_init
from engine.layers.spec import Index, LayerSpec, Port, TensorShape, weights_objection, whole

_MOST_LAYERS = 32
_HIDDEN = Int(
    name="hidden_size",
    label="Hidden units",
    default=64,
    minimum=1,
    maximum=65_536,
    doc="How many values the layer remembers from step to step, and gives out at each.",
)
_LAYERS = Int(
    name="num_layers",
    label="Layers",
    default=1,
    minimum=1,
    maximum=_MOST_LAYERS,
    doc="How many recurrent layers are stacked, each reading the outputs of the one below.",
)
_NONLINEARITY = Choice(
    name="nonlinearity",
    default="tanh",
    options=("tanh", "relu"),
    titles=("Tanh", "ReLU"),
    doc="What bends the new state. Tanh keeps it within ±1; ReLU can grow without bound over many steps.",
)
_COMMON: tuple[Param, ...] = (
    Bool(name="bias", default=True, doc="Whether each unit adds learnable constants."),
    Float(
        name="dropout",
        default=0.0,
        minimum=0.0,
        maximum=1.0,
        only_with=("num_layers", tuple(range(2, _MOST_LAYERS + 1))),
        doc="The share of values that is set to zero between stacked layers in training; not behind the last one.",
    ),
    Bool(
        name="bidirectional",
        label="Both directions",
        default=False,
        doc="Whether a second set of weights reads the sequence from its end. It needs the whole sequence at once, "
        "so it cannot forecast, and doubles the output.",
    ),
    Choice(
        name="sequence",
        label="Output",
        default="last",
        options=("last", "whole"),
        titles=("Last step", "Whole sequence"),
        passed=False,
        doc="The last step sums up the sequence, for classes and forecasts. The whole sequence feeds another "
        "recurrent layer or gives an answer per step.",
    ),
    Bool(
        name="stateful",
        default=False,
        passed=False,
        only_with=("bidirectional", (False,)),
        doc="Whether a batch goes on where the one before ended, for sequences too long for one batch. It makes sense "
        "only where sample 1 of a batch continues sample 1 of the batch before: never with shuffled data.",
    ),
    *weight_init(),
)


def _arguments(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    # PyTorch warns of a dropout that has no layers to stand between.
    dropout = {} if whole(params["num_layers"]) > 1 else {"dropout": 0.0}
    return {"input_size": shapes[0][-1], "batch_first": True, **dropout}


def _targets(kind: str) -> Callable[[Sequence[TensorShape], Params], str]:
    """Which class does the work: PyTorch's own unless it leaves something to the caller."""

    def choose(shapes: Sequence[TensorShape], params: Params) -> str:
        if params["bidirectional"]:
            own = "LastState" if params["sequence"] == "last" else ""
        else:
            own = "Stateful" if params["stateful"] else ""
        return f"engine.modules.recurrent.{own}{kind}" if own else f"torch.nn.{kind}"

    return choose


def _pick(params: Params) -> tuple[Index, ...]:
    if params["sequence"] == "whole":
        return (0,)
    return () if params["bidirectional"] else (0, (slice(None), -1))


def _objection(label: str, gates: int) -> Callable[[Sequence[TensorShape], Params], str | None]:
    def check(shapes: Sequence[TensorShape], params: Params) -> str | None:
        hidden, layers = whole(params["hidden_size"]), whole(params["num_layers"])
        ways = 2 if params["bidirectional"] else 1
        read = shapes[0][-1] + (layers - 1) * ways * hidden
        return weights_objection(label, gates * ways * hidden * (read + layers * hidden))

    return check


def _summary(params: Params) -> str:
    layers = f" · ×{params['num_layers']}" if whole(params["num_layers"]) > 1 else ""
    return f"{params['hidden_size']}{layers}{' · both ways' if params['bidirectional'] else ''}"


def _recurrent(
    kind: str,
    *,
    gates: int,
    doc: str,
    formula: str,
    when: str,
    pitfalls: str,
    source: str,
    also: str,
    icon: str,
    extra: tuple[Param, ...] = (),
) -> LayerSpec:
    """The declaration of `torch.nn.<kind>`, which computes as many matrix products per step as it has `gates`."""
    return LayerSpec(
        id=kind.lower(),
        label=kind,
        family="Recurrent",
        target=f"torch.nn.{kind}",
        choose_target=_targets(kind),
        base_name=kind.lower(),
        doc=doc,
        formula=formula,
        shape_rule="Steps × features → hidden units (last step) or steps × hidden units (whole sequence); "
        "both directions double the units.",
        when=when,
        pitfalls=pitfalls,
        source=f"{source}; torch.nn.{kind}",
        also=also,
        icon=icon,
        params=(_HIDDEN, _LAYERS, *extra, *_COMMON),
        inputs=(Port("sequence", ranks=(2,)),),
        wire=_arguments,
        pick=_pick,
        check=_objection(kind, gates),
        summary=_summary,
    )


RNN = _recurrent(
    "RNN",
    gates=1,
    doc="Reads a sequence step by step; its state mixes what comes in with what it remembers.",
    formula="h[t] = tanh(W·x[t] + b + U·h[t−1] + c); y[t] = h[t]",
    when="To see how recurrence works, and for short sequences.",
    pitfalls="The gradient is multiplied by U at every step back: over some ten steps it vanishes or explodes, so "
    "nothing far back is learned. LSTM and GRU were invented against it; clip gradients.",
    source="Elman, 1990",
    also="elman vanilla recurrent sequence",
    icon="repeat-variant",
    extra=(_NONLINEARITY,),
)

LSTM = _recurrent(
    "LSTM",
    gates=4,
    doc="A recurrent layer with a memory cell, and gates that learn what to write, keep and show.",
    formula="c[t] = f·c[t−1] + i·g; h[t] = o·tanh(c[t]); i, f, o = sigmoid and g = tanh of W·x[t] + b + U·h[t−1] + c",
    when="For text, sensors and forecasts with dependencies over many steps; the sum in the cell keeps the gradient.",
    pitfalls="Steps follow each other, so long sequences are slow on any device. Four times the weights of an RNN "
    "overfit few data sooner.",
    source="Hochreiter & Schmidhuber, 1997 (“Long short-term memory”); Gers et al., 2000 (forget gate)",
    also="long short-term memory recurrent sequence",
    icon="memory",
)

GRU = _recurrent(
    "GRU",
    gates=3,
    doc="A recurrent layer whose two gates decide how much of the state is renewed (gated recurrent unit).",
    formula="h[t] = (1 − z)·n + z·h[t−1]; n = tanh(W·x[t] + b + r·(U·h[t−1] + c)); z, r = sigmoid of the like",
    when="Instead of LSTM: a quarter fewer weights, no separate cell, mostly as good.",
    pitfalls="It cannot count as an LSTM does, whose cell is not bounded. Like all recurrent layers it goes step by "
    "step, which is slow.",
    source="Cho et al., 2014",
    also="gated recurrent unit sequence",
    icon="gate-open",
)
