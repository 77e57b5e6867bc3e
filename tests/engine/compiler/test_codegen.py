"""The code that is written for networks: how it reads, where its lines belong, and that weights keep their names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.compiler.build import CompileError, build
from engine.compiler.codegen import Code, generate
from engine.graph.model import Graph, NodeId
from engine.graph.params import Int
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch, draw_block, instance_of

Twins = Callable[..., Code]
GOLDEN = Path(__file__).parents[2] / "golden"
IMAGE = (3, 8, 8)


def residual_network() -> Graph:
    """Three residual blocks of which one changes the shape."""

    def draw(pen: Sketch) -> None:
        x = pen.then("block_input", "x")
        pen.then("conv2d", "conv1", out_channels="=channels", stride="=stride", padding=1, bias=False)
        pen.then("batch_norm2d", "bn1")
        pen.then("relu", "relu1")
        pen.then("conv2d", "conv2", out_channels="=channels", padding=1, bias=False)
        end = pen.then("batch_norm2d", "bn2")
        skip = pen.add("shortcut", x, name="downsample", out_channels="=channels", stride="=stride")
        pen.add("add", end, skip, name="add")
        pen.then("relu", "relu2")
        pen.then("block_output")

    params = (
        Int(name="channels", default=64, minimum=1, doc="The channels that come out."),
        Int(name="stride", default=1, minimum=1, doc="What height and width are divided by."),
    )
    block = draw_block("BasicBlock", "Two convolutions and a way around them (He et al., 2016).", draw, params)
    pen = Sketch()
    pen.use(block)
    pen.then("input", shape=(3, 32, 32))
    pen.then("conv2d", "conv1", out_channels=16, padding=1, bias=False, weight_init="he_normal")
    pen.then(instance_of(block), "layer1", channels=16, repeat=2)
    pen.then(instance_of(block), "layer2", channels=32, stride=2)
    pen.then("adaptive_avg_pool2d", "avgpool", output_size=1)
    pen.then("flatten")
    pen.then("linear", "fc", out_features=10)
    pen.then("output")
    return pen.graph


GOLDEN_FILES: dict[str, tuple[Callable[[], Graph], str, tuple[int, ...]]] = {
    "lenet5.py": (ZOO["lenet5"].build, "LeNet5", (1, 28, 28)),
    "residual.py": (residual_network, "SmallResNet", (3, 32, 32)),
}


@pytest.mark.parametrize(("name", "make", "class_name"), [(name, *made[:2]) for name, made in GOLDEN_FILES.items()])
def test_the_code_is_as_it_was_approved(name: str, make: Callable[[], Graph], class_name: str) -> None:
    assert generate(make(), class_name).text == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("make", "shape"), [(made[0], made[2]) for made in GOLDEN_FILES.values()], ids=GOLDEN_FILES)
def test_approved_code_gives_what_the_compiled_network_gives(
    make: Callable[[], Graph], shape: tuple[int, ...], twins: Twins
) -> None:
    twins(make(), shape)


# Containers


def chain(*names: str, layers: tuple[str, ...] = ("conv2d", "relu"), output: bool = True) -> Sketch:
    pen = Sketch()
    pen.then("input", shape=IMAGE)
    for number, name in enumerate(names):
        pen.then(layers[number % len(layers)], name, **({"out_channels": 3} if number % len(layers) == 0 else {}))
    if output:
        pen.then("output")
    return pen


def test_a_numbered_chain_becomes_a_sequential(twins: Twins) -> None:
    code = twins(chain("features.0", "features.1", "features.2").graph, IMAGE).text
    assert "self.features = nn.Sequential(\n            nn.Conv2d(" in code
    assert "return x" in code
    assert code.count("self.features(x)") == 1


def test_gaps_in_the_numbers_are_kept(twins: Twins) -> None:
    code = twins(chain("features.0", "features.1", "features.4").graph, IMAGE).text
    assert '"4": nn.Conv2d(' in code
    assert code.count("self.features(x)") == 1


def test_names_are_kept_in_an_ordered_dictionary(twins: Twins) -> None:
    code = twins(chain("features.conv", "features.act", "features.deep.0", "features.deep.1").graph, IMAGE).text
    assert "OrderedDict(\n                conv=nn.Conv2d(" in code
    assert "deep=nn.Sequential(" in code


def test_a_tapped_chain_becomes_a_list(twins: Twins) -> None:
    pen = chain("features.0", "features.1", "features.2", output=False)
    first = pen.graph.named("features.0")
    last = pen.graph.named("features.2")
    assert first is not None
    assert last is not None
    pen.add("upsample", last.id, name="up", scale_factor=1)
    pen.add("output", pen._last or last.id, name="late")
    pen.add("output", first.id, name="early")
    code = twins(pen.graph, IMAGE).text
    assert "nn.ModuleList(" in code
    assert "self.features[0](x)" in code


@pytest.mark.parametrize(
    ("names", "holder"),
    [(("group.a", "group.b"), "nn.ModuleDict("), (("group.keys", "group.pop"), "nn.Module()")],
    ids=["dictionary", "names of methods"],
)
def test_branches_of_one_container_stay_in_it(names: tuple[str, str], holder: str, twins: Twins) -> None:
    pen = Sketch()
    start = pen.then("input", shape=IMAGE)
    one, other = (pen.add("conv2d", start, name=name, out_channels=2) for name in names)
    pen.add("add", one, other, name="group.sum")
    pen.then("output")
    assert holder in twins(pen.graph, IMAGE).text


def test_random_numbers_are_drawn_in_the_order_of_the_canvas(twins: Twins) -> None:
    pen = Sketch()
    start = pen.then("input", shape=IMAGE)
    one, other = (pen.add("conv2d", start, name=f"{side}.0", out_channels=2) for side in ("left", "right"))
    # The second branch drops before and behind the first one: neither can be computed in one go.
    late, early = pen.add("dropout", other, name="right.1"), pen.add("dropout", one, name="left.1")
    again = pen.add("dropout", late, name="right.2")
    pen.add("add", early, again, name="sum")
    pen.then("output")
    code = twins(pen.graph, IMAGE).text
    assert "nn.Sequential" not in code
    assert "self.right[2](" in code


# Statements


def test_a_network_without_layers_returns_its_input(twins: Twins) -> None:
    pen = Sketch()
    pen.then("input", shape=(4,))
    pen.then("output")
    assert "return x" in twins(pen.graph, (4,)).text


def test_functions_become_operators_and_calls(twins: Twins) -> None:
    pen = Sketch()
    x = pen.then("input", shape=(6, 4))
    wide = pen.add("linear", x, name="wide", out_features=4)
    total = pen.add("add", x, wide, x, name="total")
    turned = pen.add("transpose", total, name="turned")
    pen.add("matmul", total, turned, name="product")
    pen.then("permute", order=(2, 1))
    pen.then("mean_over_steps")
    pen.then("output")
    code = twins(pen.graph, (6, 4)).text
    assert "x = x + out + x" in code
    assert "torch.transpose(" in code
    assert "torch.permute(x, (0, 2, 1))" in code


def test_formulas_are_expressions_and_long_ones_are_cut(twins: Twins) -> None:
    pen = Sketch()
    pen.then("input", shape=(5,))
    pen.then("custom_activation", "bend", formula="-x**2 * sigmoid(x)")
    pen.then("custom_activation", "twist", formula=" + ".join(f"sigmoid(x * {n}) * tanh(x - {n})" for n in range(1, 7)))
    pen.then("output")
    code = twins(pen.graph, (5,)).text
    assert "torch.sigmoid(x)" in code
    assert max(map(len, code.splitlines())) <= 120


def test_parts_of_results_are_picked(twins: Twins) -> None:
    pen = Sketch()
    pen.then("input", shape=(6, 4))
    pen.then("lstm", "lstm", hidden_size=5, num_layers=2)
    pen.then("output")
    code = twins(pen.graph, (6, 4)).text
    assert "nn.LSTM(4, 5, num_layers=2, batch_first=True)" in code
    assert "self.lstm(x)[0][:, -1]" in code


def test_ids_are_cast_to_whole_numbers() -> None:
    pen = Sketch()
    pen.then("input", shape=(7,))
    pen.then("embedding", "words", num_embeddings=20, embedding_dim=3)
    pen.then("output")
    assert "self.words(x.long())" in generate(pen.graph).text
    assert "nn.Embedding(20, 3)" in generate(pen.graph).text


def test_skips_of_a_u_net_are_called_after_their_layers(twins: Twins) -> None:
    pen = Sketch()
    pen.then("input", shape=IMAGE)
    high = pen.then("conv2d", "high", out_channels=4, padding=1)
    pen.then("max_pool2d", "pool1")
    low = pen.then("conv2d", "low", out_channels=4, padding=1)
    pen.then("max_pool2d", "pool2")
    pen.then("upsample", "up1")
    low_joined = pen.add("concat", low, pen._last, name="join1")
    pen.add("upsample", low_joined, name="up2")
    pen.add("concat", high, pen._last, name="join2")
    pen.then("output")
    code = twins(pen.graph, IMAGE).text
    assert "high = self.high(x)" in code
    assert "x = torch.cat([high, x], dim=1)" in code


# Initial weights


def test_weights_of_one_kind_are_drawn_by_one_function(twins: Twins) -> None:
    pen = Sketch()
    pen.then("input", shape=IMAGE)
    for name, bias in (("a", True), ("b", False)):
        pen.then("conv2d", name, out_channels=3, bias=bias, weight_init="zeros")
    pen.then("flatten")
    pen.then("linear", out_features=2)
    pen.then("output")
    code = twins(pen.graph, IMAGE).text
    assert "self.apply(init_weights)" in code
    model: dict[str, Any] = {}
    exec(code, model)
    network = model["build_model"]()
    assert not network.a.weight.any()
    assert not network.a.bias.any()
    assert network.dense.weight.any()


def test_weights_that_differ_are_drawn_around_each_layer_and_in_the_same_order(twins: Twins) -> None:
    pen = Sketch()
    pen.then("input", shape=(6,))
    for name, choice in (("a", "he_normal"), ("b", "xavier_uniform"), ("c", "default"), ("d", "he_normal")):
        pen.then("linear", name, out_features=6, weight_init=choice)
    pen.then("output")
    code = twins(pen.graph, (6,)).text
    assert "self.a = he_normal(nn.Linear(6, 6))" in code
    assert "self.c = nn.Linear(6, 6)" in code
    model: dict[str, Any] = {}
    exec(code, model)
    torch.manual_seed(2)
    written = model["build_model"]().state_dict()
    torch.manual_seed(2)
    compiled = build(pen.graph).state_dict()
    assert all(torch.equal(written[key], compiled[key]) for key in compiled)


def test_many_ways_to_draw_weights_are_functions_of_different_names(twins: Twins) -> None:
    pen = Sketch()
    pen.then("input", shape=(60,))
    spreads = (0.1, 1.0, 10.0, 100.0)
    for spread in spreads:
        pen.then("linear", out_features=60, weight_init="normal", weight_std=spread)
    for fan in ("fan_in", "fan_out"):
        pen.then("linear", out_features=6, weight_init="he_normal", weight_fan=fan)
    pen.then("output")
    code = twins(pen.graph, (60,)).text
    assert "self.dense5 = he_normal(nn.Linear(60, 6))" in code
    assert "self.dense6 = he_normal_fan_out(nn.Linear(6, 6))" in code
    model: dict[str, Any] = {}
    exec(code, model)
    drawn = [layer.weight.std().item() for layer in model["build_model"]().children()]
    assert drawn[: len(spreads)] == pytest.approx(spreads, rel=0.1)


# Lines


def lines_at(code: Code, place: tuple[str, NodeId]) -> list[str]:
    lines = code.text.splitlines()
    return [lines[number - 1].strip() for stretch in code.lines_of(place) for number in stretch]


def test_nodes_know_their_lines_and_lines_their_nodes() -> None:
    graph = ZOO["lenet5"].build()
    code = generate(graph)
    conv = graph.named("conv2")
    assert conv is not None
    assert lines_at(code, ("", conv.id)) == [
        "self.conv2 = nn.Conv2d(6, 16, kernel_size=5)",
        "x = self.conv2(x)",
    ]
    for number, line in enumerate(code.text.splitlines(), 1):
        place = code.node_at(number)
        if place is not None:
            assert place in code.nodes_at(number)
            assert any(number in stretch for stretch in code.lines_of(place))
        if "conv2" in line:
            assert place == ("", conv.id)
    assert code.node_at(1) is None
    assert code.node_at(0) is None
    assert code.node_at(10_000) is None
    ends = [next(node.id for node in graph.nodes.values() if node.layer == layer) for layer in ("input", "output")]
    assert [lines_at(code, ("", end)) for end in ends] == [["def forward(self, x: Tensor) -> Tensor:"], ["return x"]]


def test_nodes_of_blocks_and_of_containers_have_lines() -> None:
    graph = residual_network()
    code = generate(graph)
    stage, inner = graph.named("layer1"), graph.blocks["BasicBlock"].graph
    assert stage is not None
    assert lines_at(code, ("", stage.id)) == [
        "self.layer1 = nn.Sequential(*(BasicBlock(16, 16) for _ in range(2)))",
        "x = self.layer1(x)",
    ]
    skip, total = inner.named("downsample"), inner.named("add")
    assert skip is not None
    assert total is not None
    made, *_, called = lines_at(code, ("BasicBlock", skip.id))
    assert made == "self.downsample = ("
    assert called == "identity = self.downsample(x)"
    assert lines_at(code, ("BasicBlock", total.id)) == ["x = out + identity"]
    for block, nodes in (("", graph.nodes), ("BasicBlock", inner.nodes)):
        assert all(code.lines_of((block, node)) for node in nodes)


# What cannot be written


@pytest.mark.parametrize("broken", ["nothing", "no output", "no input", "does not fit"])
def test_what_is_not_whole_is_refused_as_by_the_compiler(broken: str) -> None:
    pen = Sketch()
    if broken not in ("nothing", "no input"):
        pen.then("input", shape=(2, 2, 2) if broken == "does not fit" else IMAGE)
    if broken != "nothing":
        pen.then("conv2d", kernel_size=5)
    if broken in ("does not fit", "no input"):
        pen.then("output")
    sentences = []
    for function in (build, generate):
        with pytest.raises(CompileError) as caught:
            function(pen.graph)
        sentences.append(str(caught.value))
    assert sentences[0] == sentences[1]
