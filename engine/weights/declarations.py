"""What a project says about the weights that its network starts from; no torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath

from engine.graph.edits import Compound, SetSetting
from engine.graph.errors import GraphError
from engine.graph.params import Bool, Choice, Param, ParamValue, Text, check_all
from engine.graph.wording import quoted

SECTION = "weights"
"""The project's settings section."""
NOTHING = "nothing"
"""The source of a network that starts from random numbers, and what is frozen when everything learns."""
BACKBONE = "backbone"
"""What is frozen when only the head learns."""
SUFFIXES = (".safetensors", ".pth", ".pt")
"""How the files end that weights can be read from."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*_Weights\.[A-Za-z][A-Za-z0-9_]*")


class WeightsError(GraphError):
    """Weights that cannot be had, or that do not fit; its text is one sentence for the user."""


def is_published(source: str) -> bool:
    """Whether `source` is written like a name of torchvision's, such as `ResNet50_Weights.IMAGENET1K_V2`."""
    return _NAME.fullmatch(source) is not None


def _objection(source: str) -> str | None:
    if source == NOTHING or is_published(source) or PurePath(source).suffix.lower() in SUFFIXES:
        return None
    return (
        f"{quoted(source)} is neither a name of torchvision's, such as ResNet50_Weights.IMAGENET1K_V2, nor a file that "
        f"ends in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}."
    )


SOURCE = Text(
    name="source",
    label="Weights",
    default=NOTHING,
    maximum_length=1000,
    objection=_objection,
    doc="What the network starts from: nothing but random numbers, weights that torchvision publishes, by their name "
    "there, or a file with the weights of a network whose layers have the same names.",
)
FREEZE = Choice(
    name="freeze",
    label="Frozen",
    default=NOTHING,
    options=(NOTHING, BACKBONE),
    titles=("Nothing: all layers learn", "All but the head"),
    doc="Which layers keep the weights that they start with. With all but the head frozen, only the last layer learns "
    "to read what the others see: fast, and safe with little data. Otherwise the whole network is tuned: better with "
    "much data and a low learning rate.",
)
GREY = Bool(
    name="grey",
    label="Grey images",
    default=False,
    doc="Whether weights that were trained on colour images are made to see grey ones: the filters of the first layer "
    "are summed over the three colours, which computes exactly what they compute on the grey image in colour.",
)
WEIGHT_PARAMS: tuple[Param, ...] = (SOURCE, FREEZE, GREY)
"""Every setting of the section, in the order of a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightChoice:
    """The weights that a network starts from; a wrong value raises `ParamError`."""

    source: str = SOURCE.default
    """`nothing`, a name of torchvision's, or a file; a relative one lies beside the project file."""
    freeze: str = FREEZE.default
    """`nothing` or `backbone`."""
    grey: bool = GREY.default
    """Whether the first layer's filters are summed for grey images."""

    def __post_init__(self) -> None:
        for name, value in check_all(WEIGHT_PARAMS, asdict(self)).items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_settings(cls, settings: Mapping[str, ParamValue]) -> WeightChoice:
        """Read the project's section “weights”; what is missing has its default.

        Raises:
            ParamError: an unknown setting, or a value out of its range.
        """
        checked: dict[str, object] = dict(check_all(WEIGHT_PARAMS, settings))
        return cls(**checked)  # type: ignore[arg-type]

    @property
    def is_given(self) -> bool:
        """Whether there are any weights to start from."""
        return self.source != NOTHING

    @property
    def is_published(self) -> bool:
        """Whether they are torchvision's."""
        return is_published(self.source)

    @property
    def freezes_backbone(self) -> bool:
        """Whether only the head learns."""
        return self.freeze == BACKBONE

    def file(self, folder: Path | None) -> Path:
        """The file that the weights are in, when they are not torchvision's.

        Args:
            folder: where the project file is; None for a project that has never been saved.

        Raises:
            WeightsError: the file is given relative to a project file that does not exist yet.
        """
        path = Path(self.source)
        if path.is_absolute():
            return path
        if folder is None:
            raise WeightsError(
                f"{quoted(self.source, 100)} is looked for beside the project file: save the project first, or choose "
                "the file again."
            )
        return folder / path

    def edit(self) -> Compound:
        """The edit that makes this the choice of a project."""
        values = asdict(self)
        defaults = {param.name: param.default for param in WEIGHT_PARAMS}
        return Compound(
            "Choose weights",
            tuple(
                SetSetting(SECTION, name, None if value == defaults[name] else value) for name, value in values.items()
            ),
        )


def source_of(path: Path, folder: Path | None) -> str:
    """How a project in `folder` names the weights in `path`: relative inside its folder, so that both can be moved."""
    path = path.absolute()
    if folder is not None and path.is_relative_to(folder.absolute()):
        return path.relative_to(folder.absolute()).as_posix()
    return path.as_posix()
