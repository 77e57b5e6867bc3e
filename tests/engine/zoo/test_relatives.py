"""Networks that torchvision does not offer, against torchvision's nearest relative, altered as the papers say."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import DenseNet, ResNet, VisionTransformer, resnet18, vgg
from torchvision.models.resnet import BasicBlock

from engine.compiler.build import build
from engine.graph.model import Graph
from engine.zoo.registry import ZOO

DIGITS = (1, 28, 28)
CIFAR = (3, 32, 32)


def parameters(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def compiled_size(graph: Graph) -> int:
    return parameters(build(graph, device="meta"))


class WithoutSkip(BasicBlock):
    """Torchvision's BasicBlock that forgets what came in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.downsample = None

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(x)))


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("name", "counts"), [("plain18", [2, 2, 2, 2]), ("plain34", [3, 4, 6, 3])])
@pytest.mark.parametrize("training", [False, True])
def test_a_plain_net_is_the_resnet_without_its_skip_connections(
    name: str, counts: list[int], training: bool, twins: Any
) -> None:
    theirs = twins.stir(ResNet(WithoutSkip, counts))
    graph = ZOO[name].build()
    twins.assert_same_function(twins.twin(graph, theirs), theirs, (3, 64, 64), training=training)
    # What is missing are the three projections: a 1×1 convolution and a batch norm each.
    projections = sum(before * after + 2 * after for before, after in ((64, 128), (128, 256), (256, 512)))
    assert compiled_size(ZOO[name.replace("plain", "resnet")].build()) - compiled_size(graph) == projections


@pytest.mark.slow
def test_densenet264_is_torchvisions_class_with_the_papers_sizes(twins: Any) -> None:
    # Table 1 of Huang et al., 2017: blocks of 6, 12, 64 and 48 layers with a growth rate of 32.
    theirs = twins.stir(DenseNet(growth_rate=32, block_config=(6, 12, 64, 48), num_init_features=64))
    ours = twins.twin(ZOO["densenet264"].build(), theirs)
    assert parameters(ours) == parameters(theirs) == 33_337_704
    twins.assert_same_function(ours, theirs, (3, 32, 32), training=False)


def small_start(model: ResNet, channels: int, width: int) -> ResNet:
    """A ResNet for images of some 30 pixels: a 3×3 convolution first, and no pool (He et al., 2016, section 4.2)."""
    model.conv1 = nn.Conv2d(channels, width, 3, padding=1, bias=False)
    model.maxpool = nn.Identity()
    return model


@pytest.mark.sampled(1)
@pytest.mark.parametrize("shape", [DIGITS, CIFAR], ids=["digits", "cifar"])
def test_resnet18_for_small_images(shape: tuple[int, ...], twins: Any) -> None:
    theirs = twins.stir(small_start(resnet18(num_classes=10), shape[0], 64))
    ours = twins.twin(ZOO["resnet18_small"].build(shape), theirs)
    twins.assert_same_function(ours, theirs, shape, training=False)
    if shape == CIFAR:
        assert parameters(ours) == 11_173_962


class ThreeStages(ResNet):
    """The ResNet for CIFAR-10 of He et al., 2016, section 4.2, with projections."""

    def __init__(self, channels: int) -> None:
        super().__init__(BasicBlock, [1, 1, 1, 1], num_classes=10)
        self.inplanes = 16
        small_start(self, channels, 16)
        self.bn1 = nn.BatchNorm2d(16)
        for number, width in enumerate((16, 32, 64), start=1):
            setattr(self, f"layer{number}", self._make_layer(BasicBlock, width, 3, stride=1 if number == 1 else 2))
        self.layer4 = nn.Identity()
        self.fc = nn.Linear(64, 10)


@pytest.mark.parametrize("shape", [DIGITS, CIFAR], ids=["digits", "cifar"])
def test_resnet20_for_small_images(shape: tuple[int, ...], twins: Any) -> None:
    theirs = twins.stir(ThreeStages(shape[0]))
    ours = twins.twin(ZOO["resnet20"].build(shape), theirs)
    twins.assert_same_function(ours, theirs, shape, training=True)
    if shape == CIFAR:
        # Table 6 of the paper says 0.27 million, with shortcuts that have no weights; here two have some.
        assert parameters(ours) == 269_722 + (16 * 32 + 2 * 32) + (32 * 64 + 2 * 64)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("shape", [DIGITS, CIFAR], ids=["digits", "cifar"])
def test_densenet40_for_small_images(shape: tuple[int, ...], twins: Any) -> None:
    theirs = DenseNet(growth_rate=12, block_config=(6, 6, 6), num_init_features=24, num_classes=10)
    theirs.features.conv0 = nn.Conv2d(shape[0], 24, 3, padding=1, bias=False)
    for part in ("norm0", "relu0", "pool0"):
        delattr(theirs.features, part)
    ours = twins.twin(ZOO["densenet40"].build(shape), twins.stir(theirs))
    twins.assert_same_function(ours, theirs, shape, training=True)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("shape", [DIGITS, CIFAR], ids=["digits", "cifar"])
def test_vgg11_for_small_images(shape: tuple[int, ...], twins: Any) -> None:
    features = vgg.make_layers(vgg.cfgs["A"], batch_norm=True)
    features[0] = nn.Conv2d(shape[0], 64, 3, padding=1)
    for part in features:
        if isinstance(part, nn.MaxPool2d):
            part.ceil_mode = True
    theirs = vgg.VGG(features, init_weights=False)
    theirs.avgpool = nn.AdaptiveAvgPool2d(1)
    theirs.classifier = nn.Linear(512, 10)
    ours = twins.twin(ZOO["vgg11_small"].build(shape), twins.stir(theirs))
    twins.assert_same_function(ours, theirs, shape, training=True)


def test_alexnet_for_small_images(twins: Any) -> None:
    widths = (1, 64, 192, 384, 256, 256)
    features: list[nn.Module] = []
    for number in range(5):
        size = 5 if number == 0 else 3
        features += [nn.Conv2d(widths[number], widths[number + 1], size, padding=size // 2), nn.ReLU()]
        if number in (0, 1, 4):
            features.append(nn.MaxPool2d(3, 2, ceil_mode=True))
    theirs = nn.Module()
    theirs.features = nn.Sequential(*features)
    theirs.classifier = nn.Sequential(
        *(nn.Dropout(), nn.Linear(2304, 512), nn.ReLU(), nn.Dropout(), nn.Linear(512, 512), nn.ReLU()),
        nn.Linear(512, 10),
    )
    theirs.forward = lambda x: theirs.classifier(theirs.features(x).flatten(1))
    twins.assert_same_function(twins.twin(ZOO["alexnet_small"].build(), theirs), theirs, DIGITS, training=True)


@pytest.mark.parametrize(("size", "patch"), [(28, 4), (32, 4), (64, 4), (224, 16)])
def test_the_vision_transformer_is_torchvisions(size: int, patch: int, twins: Any) -> None:
    theirs = VisionTransformer(size, patch, 6, 4, 64, 256, num_classes=10)
    nn.init.normal_(theirs.heads.head.weight)
    renamed = {"class_token": "class_token.token", "encoder.pos_embedding": "encoder.pos_embedding.weight"}
    state = {
        renamed.get(name, name).replace("mlp.0.", "mlp.fc1.").replace("mlp.3.", "mlp.fc2."): value
        for name, value in theirs.state_dict().items()
    }
    # Torchvision's positions have a batch axis of size 1.
    state["encoder.pos_embedding.weight"] = state["encoder.pos_embedding.weight"][0]
    ours = build(ZOO["vit_small"].build((3, size, size)))
    ours.load_state_dict(state, strict=True)
    twins.assert_same_function(ours, theirs, (3, size, size), training=False)


@pytest.mark.parametrize(("kind", "gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
def test_recurrent_classifiers_read_an_image_row_by_row(kind: str, gates: int) -> None:
    model = build(ZOO[f"{kind}_classifier"].build())
    assert parameters(model) == gates * (128 * 28 + 128 * 128 + 2 * 128) + 128 * 10 + 10
    images = torch.randn(3, 1, 28, 28)
    theirs = getattr(nn, kind.upper())(28, 128, batch_first=True)
    theirs.load_state_dict(getattr(model, kind).state_dict())
    rows, _ = theirs(images[:, 0])
    torch.testing.assert_close(model(images), model.scores(rows[:, -1]))


def test_the_rows_of_a_coloured_image_hold_all_its_channels() -> None:
    model = build(ZOO["lstm_classifier"].build((3, 12, 20), 4))
    images = torch.randn(2, 3, 12, 20)
    rows = torch.stack([torch.cat([images[:, channel, row] for channel in range(3)], 1) for row in range(12)], 1)
    torch.testing.assert_close(model(images), model.scores(model.lstm(rows)[0][:, -1]))


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_a_forecast_depends_on_every_step_of_the_series(kind: str) -> None:
    model = build(ZOO[f"{kind}_forecaster"].build((20, 3), 2))
    series = torch.randn(4, 20, 3, requires_grad=True)
    forecast = model(series)
    assert forecast.shape == (4, 2)
    (gradient,) = torch.autograd.grad(forecast.sum(), series)
    assert bool((gradient.abs().amax(dim=(0, 2)) > 0).all())


class HandWrittenUNet(nn.Module):
    """A U-Net with padded convolutions and batch norm, level by level."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.parts = model

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for level in (1, 2, 3, 4):
            x = self.double(f"encoder{level}", x)
            skips.append(x)
            x = nn.functional.max_pool2d(x, 2)
        x = self.double("bottom", x)
        for level in (4, 3, 2, 1):
            skip = skips.pop()
            up = self.parts.get_submodule(f"up{level}")
            x = nn.functional.conv_transpose2d(x, up.weight, up.bias, stride=2)
            # The odd row or column that an up-convolution cannot know of gets its bias alone.
            grown = up.bias.view(1, -1, 1, 1).expand(x.shape[0], -1, *skip.shape[2:]).clone()
            grown[:, :, : x.shape[2], : x.shape[3]] = x
            x = self.double(f"decoder{level}", torch.cat([skip, grown], 1))
        head = self.parts.get_submodule("head")
        return nn.functional.conv2d(x, head.weight, head.bias)

    def double(self, name: str, x: Tensor) -> Tensor:
        block = self.parts.get_submodule(name)
        for number in (1, 2):
            x = nn.functional.conv2d(x, block.get_submodule(f"conv{number}").weight, padding=1)
            x = block.get_submodule(f"bn{number}")(x).relu()
        return x


@pytest.mark.sampled(1)
@pytest.mark.parametrize("shape", [(3, 32, 48), (1, 28, 37)], ids=["even", "odd"])
def test_the_unet_gives_a_map_as_large_as_the_image(shape: tuple[int, ...]) -> None:
    model = build(ZOO["unet"].build(shape, 5)).eval()
    x = torch.randn(2, *shape)
    with torch.no_grad():
        found = model(x)
        torch.testing.assert_close(found, HandWrittenUNet(model)(x), rtol=1e-4, atol=1e-5)
    assert found.shape == (2, 5, *shape[1:])
