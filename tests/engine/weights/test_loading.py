"""Weights go in by name, all of them, or one sentence says what does not fit; torchvision is the oracle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.compiler.build import build
from engine.graph.edits import SetParam
from engine.graph.model import Graph
from engine.weights.declarations import WeightChoice, WeightsError
from engine.weights.head import head_of
from engine.weights.loading import Fit, fit, load
from engine.weights.sources import check_choice, load_choice
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch

Nets = Callable[[str], nn.Module]
IMAGES = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))


def loaded(graph: Graph, path: Path, *, grey: bool = False) -> tuple[nn.Module, Fit]:
    model = build(graph)
    said: list[str] = []
    choice = WeightChoice(source=str(path), grey=grey)
    result = load_choice(model, head_of(graph), choice, None, said.append)
    assert said == ["Loading the weights…"]
    assert check_choice(graph, choice, None).sentence == result.sentence
    return model.eval(), result


def saved(net: nn.Module, path: Path) -> Path:
    save_file(net.state_dict(), path) if path.suffix == ".safetensors" else torch.save(net.state_dict(), path)
    return path


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("resnet18", ".pth"),
        ("resnet18", ".safetensors"),
        ("densenet121", ".pth"),
        ("densenet121", ".safetensors"),
        pytest.param("vgg11_bn", ".pth", marks=pytest.mark.slow),
        pytest.param("vgg11_bn", ".safetensors", marks=pytest.mark.slow),
    ],
)
@torch.no_grad()
def test_outputs_equal_those_of_torchvision(name: str, suffix: str, tmp_path: Path, torchvision_net: Nets) -> None:
    theirs = torchvision_net(name)
    ours, result = loaded(ZOO[name].build(input_shape=(3, 64, 64)), saved(theirs, tmp_path / f"net{suffix}"))
    torch.testing.assert_close(ours(IMAGES), theirs(IMAGES), rtol=1e-5, atol=1e-5)
    assert (len(result.tensors), result.fresh) == (len(theirs.state_dict()), ())
    assert result.sentence == f"{len(theirs.state_dict())} tensors of “net{suffix}” are loaded."


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("name", "head"), [("resnet18", "fc"), ("densenet121", "classifier")])
def test_with_other_classes_all_but_the_head_is_loaded(
    name: str, head: str, tmp_path: Path, torchvision_net: Nets
) -> None:
    theirs = torchvision_net(name).state_dict()
    graph = ZOO[name].build(input_shape=(3, 64, 64), classes=10)
    torch.manual_seed(5)
    untouched = build(graph).state_dict()
    torch.manual_seed(5)
    ours, result = loaded(graph, saved(torchvision_net(name), tmp_path / "net.pth"))
    for key, tensor in ours.state_dict().items():
        assert torch.equal(tensor, untouched[key] if key.startswith(f"{head}.") else theirs[key]), key
    assert result.sentence == (
        f"{len(theirs) - 2} tensors of “net.pth” are loaded; “{head}” starts from random numbers."
    )


def test_densenet_is_loaded_by_its_old_names_too(torchvision_net: Nets) -> None:
    """The files that torchvision offers say `denselayer1.norm.1.weight`, and know no counters yet."""
    theirs = torchvision_net("densenet121").state_dict()
    old: dict[str, Tensor] = {}
    for key, tensor in theirs.items():
        for part in ("norm1", "norm2", "conv1", "conv2"):
            if "denselayer" in key and f".{part}." in key:
                key = key.replace(f".{part}.", f".{part[:-1]}.{part[-1]}.")
        if not key.endswith("num_batches_tracked"):
            old[key] = tensor
    assert any(".norm.1." in key for key in old)
    graph = ZOO["densenet121"].build(input_shape=(3, 64, 64))
    model = build(graph)
    load(model, fit(model, old, head_of(graph), "it"))
    for key, tensor in model.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            assert torch.equal(tensor, theirs[key]), key


@torch.no_grad()
def test_the_auxiliary_heads_of_googlenet_are_dropped_or_loaded(torchvision_net: Nets) -> None:
    theirs = torchvision_net("googlenet")
    for aux in (False, True):
        graph = ZOO["googlenet"].build(input_shape=(3, 64, 64), aux=aux)
        model = build(graph).eval()
        result = fit(model, theirs.state_dict(), head_of(graph), "“google.pth”")
        load(model, result)
        outputs = model(IMAGES)
        torch.testing.assert_close(outputs[0] if aux else outputs, theirs(IMAGES), rtol=1e-5, atol=1e-5)
        assert result.left_out == (() if aux else ("aux1", "aux2"))
    assert torch.equal(model.get_parameter("aux1.fc2.weight"), theirs.get_parameter("aux1.fc2.weight"))


@pytest.mark.slow
@torch.no_grad()
def test_summed_filters_see_in_a_grey_image_what_they_saw_in_colour(tmp_path: Path, torchvision_net: Nets) -> None:
    theirs, path = torchvision_net("resnet18"), saved(torchvision_net("resnet18"), tmp_path / "net.pth")
    graph = ZOO["resnet18"].build(input_shape=(1, 64, 64))
    with pytest.raises(WeightsError, match=r"trained on colour images.*choose “Grey images” \(--grey-weights\)"):
        loaded(graph, path)
    ours, result = loaded(graph, path, grey=True)
    grey = IMAGES[:, :1]
    torch.testing.assert_close(ours(grey), theirs(grey.expand(-1, 3, -1, -1)), rtol=1e-4, atol=1e-4)
    assert "“conv1.weight” is summed over its colours" in result.sentence
    _, result = loaded(ZOO["resnet18"].build(input_shape=(3, 64, 64)), path, grey=True)
    assert result.summed == ""


def changed(change: Callable[[Graph, dict[str, Tensor]], object]) -> tuple[Graph, dict[str, Tensor]]:
    """A small network with weights for it, after `change`."""
    pen = Sketch()
    pen.then("input", shape=(3, 8, 8))
    for number in range(5):
        pen.then("conv2d", f"conv{number}", out_channels=4, padding=1)
    pen.then("flatten")
    pen.then("linear", "fc", out_features=10)
    pen.then("output")
    weights = dict(build(pen.graph).state_dict())
    change(pen.graph, weights)
    return pen.graph, weights


def set_param(graph: Graph, name: str, param: str, value: int) -> None:
    node = graph.named(name)
    assert node is not None
    SetParam(node.id, param, value).apply(graph)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda graph, weights: weights.pop("conv1.bias"),
            "“w.pth” lacks “conv1.bias”, which this network has: choose other weights, or take those layers out.",
        ),
        (
            lambda graph, weights: weights.update(x=torch.zeros(1)),
            "“w.pth” has “x”, for which this network has no layer: choose other weights, or add those layers.",
        ),
        (
            lambda graph, weights: [weights.update({f"b.{key}": weights.pop(key)}) for key in list(weights)],
            "“w.pth” belongs to another network: it lacks “conv0.weight”, “conv0.bias”, “conv1.weight” and 9 more, and "
            "this network has nothing called “b.conv0.weight”, “b.conv0.bias”, “b.conv1.weight” and 9 more. Choose "
            "other weights, or call the layers as they are called there.",
        ),
        (
            lambda graph, weights: set_param(graph, "conv2", "out_channels", 6),
            "“w.pth” does not fit: “conv2.weight” is 4×4×3×3 there and 6×4×3×3 in this network, and so are "
            "“conv2.bias” and “conv3.weight”. Give the layers the sizes that they have there, or choose other weights.",
        ),
        (
            lambda graph, weights: set_param(graph, "conv4", "out_channels", 6),
            "“w.pth” does not fit: “conv4.weight” is 4×4×3×3 there and 6×4×3×3 in this network, and so are "
            "“conv4.bias” and “fc.weight”. Give the layers the sizes that they have there, or choose other weights.",
        ),
        (
            lambda graph, weights: weights["conv1.bias"].fill_(torch.nan),
            "“w.pth” cannot be used: “conv1.bias” holds numbers that are not finite. Choose other weights.",
        ),
        (
            lambda graph, weights: weights.update({"conv1.bias": weights["conv1.bias"].long()}),
            "“w.pth” does not fit: “conv1.bias” is of another type of numbers there.",
        ),
    ],
)
def test_anything_else_that_differs_is_named(
    change: Callable[[Graph, dict[str, Tensor]], object], sentence: str
) -> None:
    graph, weights = changed(change)
    model = build(graph)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with pytest.raises(WeightsError) as caught:
        load(model, fit(model, weights, head_of(graph), "“w.pth”"))
    assert str(caught.value) == sentence
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_a_head_of_transposed_convolution_differs_in_its_second_axis() -> None:
    def network(classes: int) -> Graph:
        pen = Sketch()
        pen.then("input", shape=(3, 8, 8))
        pen.then("conv2d", "conv", out_channels=4)
        pen.then("conv_transpose2d", "up", out_channels=classes)
        pen.then("batch_norm2d", "norm")
        pen.then("output")
        return pen.graph

    weights = dict(build(network(5)).state_dict())
    model = build(network(2))
    result = fit(model, weights, head_of(network(2)), "it")
    assert result.fresh == ("up", "norm")
    assert set(result.tensors) == {"conv.weight", "conv.bias"}


def test_half_precision_is_taken() -> None:
    graph, weights = changed(lambda graph, weights: weights.update({k: v.half() for k, v in weights.items()}))
    model = build(graph)
    load(model, fit(model, weights, head_of(graph), "it"))
    assert torch.equal(model.get_parameter("fc.bias"), weights["fc.bias"].float())
