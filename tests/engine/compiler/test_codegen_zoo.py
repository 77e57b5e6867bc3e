"""The code of every network of the zoo runs where there is no Netwright and gives bitwise what is compiled here."""

from __future__ import annotations

import hashlib
import inspect
import json
import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.compiler.build import build
from engine.compiler.codegen import generate
from engine.graph.model import Graph
from engine.zoo.registry import ZOO

pytestmark = pytest.mark.slow
SMALL = 64
"""The side of the images in which large ones are tried: the networks end in an adaptive pooling."""


def fill(listing: list[list[Any]]) -> dict[str, Tensor]:
    """A state dict with the keys and shapes of `listing`, whose values follow from them."""
    generator = torch.Generator().manual_seed(1)
    state = {}
    for key, shape, kind in listing:
        if kind != "float32" or key.endswith(("running_mean", "running_var")):
            state[key] = torch.ones(shape, dtype=getattr(torch, kind))
        else:
            # Small enough for deep networks to stay finite, and never all alike.
            scale = (2 / max(1, torch.Size(shape[1:]).numel())) ** 0.5 if len(shape) > 1 else 0.5
            state[key] = torch.randn(shape, generator=generator) * scale
    return state


def digest(model: nn.Module, listing: list[list[Any]], inputs: list[list[int]]) -> list[str]:
    """Load the weights strictly and describe every output, in evaluation and in training, to the last bit."""
    model.load_state_dict(fill(listing), strict=True)
    generator = torch.Generator().manual_seed(2)
    fed = [torch.randn(2, *shape, generator=generator).abs() for shape in inputs]
    found = []
    for training in (False, True):
        torch.manual_seed(3)
        with torch.no_grad():
            outputs = model.train(training)(*fed)
        for output in outputs if isinstance(outputs, tuple) else (outputs,):
            assert output.isfinite().all()
            assert output.std() > 0
            found.append(hashlib.sha256(output.contiguous().numpy().tobytes()).hexdigest())
    return found


CHILD = f"""
import hashlib, json, runpy, sys
from pathlib import Path
from typing import Any
import torch
from torch import Tensor, nn

torch.set_num_threads(1)


class Blocker:
    # Makes this an interpreter where Netwright is not installed.

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("engine", "gui", "main"):
            raise ImportError(name)


sys.meta_path.insert(0, Blocker())

{inspect.getsource(fill)}

{inspect.getsource(digest)}

for name, (listing, inputs) in json.loads(Path("networks.json").read_text()).items():
    model = runpy.run_path(f"{{name}}.py")["build_model"]()
    assert list(model.state_dict()) == [key for key, _, _ in listing], name
    print(json.dumps([name, digest(model, listing, inputs)]), flush=True)
"""


def input_shapes(graph: Graph) -> list[list[int]]:
    """The shapes of the inputs, large images made small."""
    shapes = [node.params["shape"] for node in graph.nodes.values() if node.layer == "input"]
    assert all(isinstance(shape, tuple) for shape in shapes)
    return [[min(size, SMALL) if size >= 128 else size for size in shape] for shape in shapes]  # type: ignore[union-attr]


def listing_of(model: nn.Module) -> list[list[Any]]:
    return [[key, list(value.shape), str(value.dtype).split(".")[1]] for key, value in model.state_dict().items()]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What a clean interpreter gets from the files of all networks."""
    folder = tmp_path_factory.mktemp("elsewhere")
    networks = {}
    for name, entry in ZOO.items():
        graph = entry.build()
        (folder / f"{name}.py").write_text(generate(graph).text, encoding="utf-8")
        networks[name] = (listing_of(build(graph, device="meta")), input_shapes(graph))
    (folder / "networks.json").write_text(json.dumps(networks))
    (folder / "child.py").write_text(CHILD, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-I", "-W", "error", "child.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return dict(json.loads(line) for line in result.stdout.splitlines())


@pytest.mark.parametrize("name", ZOO)
def test_the_file_runs_on_its_own_and_gives_the_same(name: str, elsewhere: dict[str, list[str]]) -> None:
    graph = ZOO[name].build()
    model = build(graph)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        assert digest(model, listing_of(model), input_shapes(graph)) == elsewhere[name]
    finally:
        torch.set_num_threads(threads)
