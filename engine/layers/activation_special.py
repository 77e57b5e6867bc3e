"""Softmaxes, which look at more than one value, the activation that is none, and formulas of the user."""

from __future__ import annotations

from engine.graph.params import Text
from engine.graph.wording import on_one_line
from engine.layers import formula
from engine.layers.activation import activation
from engine.layers.axes import axis_objection, axis_param
from engine.layers.spec import Call, whole

SOFTMAX = activation(
    id="softmax",
    label="Softmax",
    target="torch.nn.Softmax",
    base_name="softmax",
    doc="Turns scores into probabilities that add up to 1.",
    formula="y[k] = e^x[k] / Σ e^x[i]",
    when="To read a classifier's scores as probabilities, and for weights that share a whole.",
    pitfalls="Cross-entropy contains a softmax already: a second one before it slows learning down.",
    source="Bridle, 1990; torch.nn.Softmax",
    also="normalized exponential probabilities",
    icon="chart-donut",
    params=(axis_param("The axis along which the values add up to 1."),),
    check=lambda shapes, params: axis_objection("Softmax runs", shapes[0], whole(params["dim"])),
)

LOG_SOFTMAX = activation(
    id="log_softmax",
    label="Log-softmax",
    target="torch.nn.LogSoftmax",
    base_name="log_softmax",
    doc="Turns scores into the logarithms of probabilities, more exactly than a logarithm behind a softmax would.",
    formula="y[k] = x[k] − log Σ e^x[i]",
    when="Before a negative log-likelihood loss, and wherever probabilities are multiplied: logarithms just add up.",
    pitfalls="Cross-entropy contains it already. Outputs are 0 at most: e^y gives the probabilities back.",
    source="torch.nn.LogSoftmax",
    also="log probabilities nll",
    icon="chart-donut-variant",
    params=(axis_param("The axis along which the probabilities add up to 1."),),
    check=lambda shapes, params: axis_objection("Log-softmax runs", shapes[0], whole(params["dim"])),
)

IDENTITY = activation(
    id="identity",
    label="Linear (identity)",
    target="torch.nn.Identity",
    base_name="identity",
    doc="Gives back what it gets: the linear activation.",
    formula="y = x",
    when="At the end of a network that predicts numbers, and as a placeholder for a layer to be tried without.",
    pitfalls="Between two dense layers it adds nothing: together they remain one linear map.",
    source="torch.nn.Identity",
    also="linear none pass through no-op placeholder",
    icon="slope-uphill",
)


CUSTOM_ACTIVATION = activation(
    id="custom_activation",
    label="Custom activation",
    call=Call.FORMULA,
    base_name="activation",
    doc="A formula in x of your own, applied to each value; PyTorch finds its derivative by itself.",
    formula="y = what you type",
    when="To try an idea, or to see what a known function gains from each of its parts.",
    pitfalls="A slope of 0 everywhere stops learning before the layer. Logarithms and roots give NaN for negative x, "
    "also the gradient where “where” does not pick them: write log(max(x, 0.001)) inside.",
    source="Ramachandran et al., 2017, who searched such formulas and found x · sigmoid(x)",
    also="function formula expression own",
    icon="function-variant",
    params=(
        Text(
            name="formula",
            default="x * sigmoid(x)",
            doc="What becomes of x, with numbers, + - * / % **, comparisons such as x > 0, the constants pi and e, and "
            f"the functions {', '.join(formula.FUNCTIONS)}.",
            objection=formula.objection,
        ),
    ),
    summary=lambda params: on_one_line(str(params["formula"]), 24),
)
