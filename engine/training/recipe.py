"""The recipe: everything that can be set about how a network is trained; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from engine.graph.params import Choice, Float, Int, Param, ParamValue, check_all

LOSS = Choice(
    name="loss",
    default="cross_entropy",
    options=("cross_entropy", "mse"),
    titles=("Cross-entropy", "Mean squared error"),
    doc="The number that training makes small. Cross-entropy compares the network's raw outputs with the right class "
    "and is the one to take for classification; it applies softmax itself, so leave softmax off the last layer. "
    "Mean squared error compares the outputs with 1 for the right class and 0 for the others.",
)
OPTIMIZER = Choice(
    name="optimizer",
    default="adam",
    options=("sgd", "adam", "rmsprop"),
    titles=("SGD", "Adam", "RMSprop"),
    doc="The rule by which gradients change the weights. SGD steps straight downhill; Adam and RMSprop scale the step "
    "of each weight by the size of its recent gradients, which makes the learning rate less delicate.",
)
LEARNING_RATE = Float(
    name="learning_rate",
    default=1e-3,
    minimum=0.0,
    maximum=100.0,
    doc="How far each step follows the gradient; the setting that matters most. Too high and the loss jumps or becomes "
    "NaN: divide by 10. Too low and it hardly falls: multiply by 10. Start with 0.001 for Adam and RMSprop, "
    "0.01 to 0.1 for SGD.",
)
MOMENTUM = Float(
    name="momentum",
    default=0.9,
    minimum=0.0,
    maximum=0.999,
    doc="How much of the last step is carried into the next, like a ball rolling downhill: it crosses flat stretches "
    "and evens out zigzags. 0.9 multiplies the step along a steady slope by 10. Only SGD uses it.",
)
WEIGHT_DECAY = Float(
    name="weight_decay",
    default=0.0,
    minimum=0.0,
    maximum=10.0,
    doc="Pulls all weights towards zero by adding this share of them to their gradients (an L2 penalty). "
    "Try 0.0001 to 0.001 when the validation loss rises while the training loss still falls.",
)
BATCH_SIZE = Int(
    name="batch_size",
    default=64,
    minimum=1,
    maximum=65_536,
    doc="How many samples share one step. Small batches give noisy gradients and many steps per epoch; large ones give "
    "smooth gradients, use the hardware better and need more memory. Every sample is used: the last batch "
    "of an epoch is smaller when the numbers do not divide. Batch normalisation needs at least 2 samples.",
)
EPOCHS = Int(
    name="epochs",
    default=5,
    minimum=1,
    maximum=100_000,
    doc="How often training goes through all training samples. Stop when the validation loss no longer falls; "
    "a finished run can go on for more.",
)
SEED = Int(
    name="seed",
    default=0,
    maximum=2**31 - 1,
    doc="Where the random numbers start: initial weights, order of the samples, dropout. The same seed gives exactly "
    "the same run on a CPU; another seed shows how much of a result is luck.",
)
DEVICE = Choice(
    name="device",
    default="auto",
    options=("auto", "cpu", "cuda", "mps"),
    titles=("Automatic", "CPU", "CUDA (NVIDIA GPU)", "MPS (Apple GPU)"),
    doc="The processor that trains. Automatic takes an NVIDIA GPU, else an Apple GPU, else the CPU.",
)
THREADS = Int(
    name="threads",
    default=0,
    maximum=256,
    special="automatic",
    doc="How many CPU cores training may use; 0 chooses automatically and leaves some for the window. More is not "
    "always faster: threads that wait for busy cores can make training many times slower.",
)

RECIPE_PARAMS: tuple[Param, ...] = (
    LOSS,
    OPTIMIZER,
    LEARNING_RATE,
    MOMENTUM,
    WEIGHT_DECAY,
    BATCH_SIZE,
    EPOCHS,
    SEED,
    DEVICE,
    THREADS,
)
"""Every setting of the recipe, in the order of the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train; every value is checked when a recipe is made, and a wrong one raises `ParamError`."""

    loss: str = LOSS.default
    """What is minimised: `cross_entropy` on class indices, or `mse` on one-hot targets."""
    optimizer: str = OPTIMIZER.default
    """`sgd`, `adam` or `rmsprop`."""
    learning_rate: float = LEARNING_RATE.default
    """The step size at the start of the run."""
    momentum: float = MOMENTUM.default
    """SGD's momentum."""
    weight_decay: float = WEIGHT_DECAY.default
    """The L2 penalty, added to the gradient."""
    batch_size: int = BATCH_SIZE.default
    """Samples per step; at most the whole training split."""
    epochs: int = EPOCHS.default
    """How often the training split is gone through."""
    seed: int = SEED.default
    """The seed of weights, sample order and dropout."""
    device: str = DEVICE.default
    """`auto`, `cpu`, `cuda` or `mps`."""
    threads: int = THREADS.default
    """CPU threads; 0 is automatic."""

    def __post_init__(self) -> None:
        for name, value in check_all(RECIPE_PARAMS, asdict(self)).items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_settings(cls, settings: Mapping[str, ParamValue]) -> Recipe:
        """Read the project's section “recipe”; what is missing has its default.

        Raises:
            ParamError: an unknown setting, or a value out of its range.
        """
        checked: dict[str, object] = dict(check_all(RECIPE_PARAMS, settings))
        return cls(**checked)  # type: ignore[arg-type]

    def settings(self) -> dict[str, ParamValue]:
        """The recipe as the project's section “recipe” stores it."""
        return asdict(self)
