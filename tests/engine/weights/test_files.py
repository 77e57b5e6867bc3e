"""Files give their tensors, whatever wrote them, or one sentence; nothing in them is ever executed."""

from __future__ import annotations

import contextlib
import os
import pickle
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.weights.declarations import WeightsError
from engine.weights.files import read_weights

WEIGHTS = {"conv.weight": torch.arange(24.0).reshape(2, 3, 2, 2), "norm.num_batches_tracked": torch.tensor(7)}


def same(found: dict[str, Tensor]) -> bool:
    return found.keys() == WEIGHTS.keys() and all(torch.equal(found[name], WEIGHTS[name]) for name in WEIGHTS)


def refusal(path: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        read_weights(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("suffix", [".safetensors", ".pth", ".PT"])
def test_a_state_dict_is_read_back(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"net{suffix}"
    save_file(WEIGHTS, path) if suffix == ".safetensors" else torch.save(OrderedDict(WEIGHTS), path)
    assert same(read_weights(path))


def test_the_format_before_pytorch_1_6_is_read(tmp_path: Path) -> None:
    """Most of torchvision's older files have it."""
    torch.save(WEIGHTS, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    assert same(read_weights(tmp_path / "old.pth"))


@pytest.mark.parametrize("key", ["state_dict", "model_state_dict", "model"])
def test_checkpoints_of_training_scripts_give_their_weights(key: str, tmp_path: Path) -> None:
    parallel = {f"module.{name}": tensor for name, tensor in WEIGHTS.items()}
    torch.save({"epoch": 3, "optimizer": {"lr": 0.1}, key: parallel}, tmp_path / "run.pth")
    assert same(read_weights(tmp_path / "run.pth"))


def test_a_checkpoint_of_a_run_of_netwright_gives_its_weights(tmp_path: Path) -> None:
    own = {f"model.{name}": tensor for name, tensor in WEIGHTS.items()}
    rest = {
        "history": torch.zeros(3, 2),
        "random.cpu": torch.zeros(4, dtype=torch.uint8),
        "optimizer.0.step": WEIGHTS["norm.num_batches_tracked"].clone(),
    }
    save_file(own | rest, tmp_path / "state-1.safetensors")
    assert same(read_weights(tmp_path / "state-1.safetensors"))


class Hostile:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (self.folder,)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("as_torch", [True, False])
def test_code_in_a_file_is_not_executed(as_torch: bool, tmp_path: Path) -> None:
    path, trace = tmp_path / "evil.pth", tmp_path / "trace"
    content = {"weight": torch.zeros(2), "bias": Hostile(str(trace))}
    if as_torch:
        torch.save(content, path)
    else:
        path.write_bytes(pickle.dumps({"bias": Hostile(str(trace))}))
    sentence = refusal(path)
    assert sentence.startswith(
        "“evil.pth” is damaged or holds more than tensors, and is not opened, because such a file"
    )
    assert not trace.exists()


def test_a_whole_pickled_module_is_refused(tmp_path: Path) -> None:
    torch.save(nn.Linear(2, 2), tmp_path / "net.pt")
    assert "save only “model.state_dict()” to it" in refusal(tmp_path / "net.pt")


@pytest.mark.filterwarnings("ignore:Validating sparse tensor")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"a": torch.zeros(2), "b": 3}, "“net.pth” holds “b”, which is no plain tensor"),
        ({"a": torch.zeros(2).to_sparse()}, "no plain tensor"),
        ({"a": torch.zeros(2, device="meta")}, "no plain tensor"),
        ({3: torch.zeros(2)}, "holds “3”"),
        ({}, "holds no weights"),
        ([torch.zeros(2)], "holds no weights"),
    ],
)
def test_what_is_no_state_dict_is_refused(content: object, words: str, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "net.pth")
    assert words in refusal(tmp_path / "net.pth")


def test_files_that_are_missing_or_of_another_kind(tmp_path: Path) -> None:
    assert refusal(tmp_path / "gone.pth").startswith("The file with the weights, “")
    assert "gone.pth”, is not there" in refusal(tmp_path / "gone.pth")
    (tmp_path / "net.onnx").touch()
    assert "“net.onnx” cannot hold weights" in refusal(tmp_path / "net.onnx")
    (tmp_path / "folder.pth").mkdir()
    assert "is not there" in refusal(tmp_path / "folder.pth")


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_any_damage_gives_a_sentence(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"net{suffix}"
    save_file(WEIGHTS, path) if suffix == ".safetensors" else torch.save(WEIGHTS, path)
    whole = path.read_bytes()
    generator = torch.Generator().manual_seed(0)
    for damaged in (b"", b"\x00" * 100, b"PK\x03\x04 no zip", whole[: len(whole) // 2], whole[7:]):
        path.write_bytes(damaged)
        assert "damaged" in refusal(path)
    for _ in range(100):
        spoilt = bytearray(whole)
        for place in torch.randint(len(whole), (4,), generator=generator).tolist():
            spoilt[place] ^= 1 << int(torch.randint(8, (1,), generator=generator))
        path.write_bytes(spoilt)
        with contextlib.suppress(WeightsError):  # damage to a number is still a number
            read_weights(path)
