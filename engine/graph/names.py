"""Names of layers and blocks: what can name a submodule of a PyTorch model, or a class of its own."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Callable

from engine.graph.wording import quoted

MAX_NAME = 100
"""The longest name of a layer or block, in characters."""
_DIGITS = "0123456789"

RESERVED: frozenset[str] = frozenset(
    """
    T_destination add_module add_submodule apply bfloat16 buffers call_super_init children code compile cpu cuda
    delete_all_unused_submodules delete_submodule double dump_patches eval extra_repr float forward get_buffer
    get_extra_state get_parameter get_submodule graph half ipu load_state_dict meta modules mtia named_buffers
    named_children named_modules named_parameters parameters print_readable recompile register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
    register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    self set_extra_state set_submodule shape_env share_memory state_dict to to_empty to_folder torch train training type
    xpu zero_grad
    """.split()
)
"""The public attributes of `torch.nn.Module` and `torch.fx.GraphModule`, which a test compares with PyTorch's;
`self`; and `torch`, since an argument of that name would hide the library from the generated code."""


def objection(name: str) -> str | None:
    """Why `name` cannot name a layer, as a sentence for the user; None when it can.

    A name is a path of identifiers with dots between them, as in a state dict: `conv1`, `layer1.0`, `features.conv0`.
    From the second on its parts may also be numbers.
    """
    if len(name) > MAX_NAME:
        return f"{quoted(name)} is too long for the name of a layer: use at most {MAX_NAME} characters."
    first, *others = name.split(".")
    if not _is_identifier(first) or not all(_is_identifier(part) or _is_number(part) for part in others):
        return f"{quoted(name)} cannot name a layer: use letters, digits and _, and start with a letter."
    if is_reserved(name):
        return f"{quoted(name)} already means something in Python or PyTorch: choose another name."
    return None


def is_reserved(name: str) -> bool:
    """Whether a part of the path `name` means something else already."""
    return any(keyword.iskeyword(part) or part in RESERVED for part in name.split("."))


def block_objection(name: str) -> str | None:
    """Why `name` cannot name a block, which becomes a class; None when it can."""
    if len(name) > MAX_NAME or not _is_identifier(name) or not name[0].isupper() or keyword.iskeyword(name):
        return (
            f"{quoted(name)} cannot name a block: use letters and digits, and start with a capital as classes do, "
            "such as ResidualBlock."
        )
    return None


def prefixes(name: str) -> list[str]:
    """The containers that a path such as `features.0.conv` lies in: `features` and `features.0`."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


class FreeNumbers:
    """Finds the first number that makes a name free, and remembers for each stem what is used up below it.

    Without that, pasting a thousand layers of a kind would try half a million names.
    """

    def __init__(self) -> None:
        self._first: dict[str, int] = {}

    def first(self, stem: str, is_used: Callable[[str], bool]) -> int:
        """The first number from 2 on that makes a name of `stem` for which `is_used` does not hold."""
        number = self._first.get(stem, 2)
        while is_used(numbered(stem, number)):
            number += 1
        # The names of longer stems are cut, so it could not be told from a name which stem it has.
        if len(stem) <= MAX_NAME // 2:
            self._first[stem] = number
        return number

    def forget(self, name: str) -> None:
        """`name` is used no more."""
        for path in (name, *prefixes(name)):
            self._first.pop(path.rstrip(_DIGITS), None)


def stem_of(name: str) -> str:
    """What stands before the number at the end of `name`; a name of digits alone is its own stem."""
    return name.rstrip(_DIGITS) or name


def numbered(stem: str, number: int) -> str:
    """`stem` with a number behind it, cut so that it is no longer than a name may be."""
    return f"{stem[: MAX_NAME - len(str(number))]}{number}"


def _is_identifier(part: str) -> bool:
    # Python reads identifiers in their NFKC form, so any other form would not be found again in generated code.
    return part.isidentifier() and not part.startswith("_") and unicodedata.normalize("NFKC", part) == part


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and part == str(int(part))
