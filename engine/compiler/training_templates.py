"""The parts of a training script, as texts with `$` names for which values are put in."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

TAKEN = frozenset(
    """
    CLASSES HEAD LOSS_WEIGHTS Samples average choose_device divide evaluate freeze_backbone load_data load_in_turn
    loss_of main parse_options spirals train_epoch
    """.split()
)
"""The names of functions and constants of a script, which no class of its network can have."""

_CONSTANTS = """
CLASSES = $classes
"""

_HEAD = """
HEAD = ($head)
"""

_WEIGHTS = '''
LOSS_WEIGHTS = {
$weights}
"""How much the loss at each output of the network counts in training; the first output is the main one."""
'''

_DIVIDE = '''
def divide(count: int) -> tuple[Tensor, Tensor]:
    """Which samples to learn from, and which to hold back for validation."""
    held_back = min(max(1, round(count * $validation_fraction)), count - 1)
    order = torch.randperm(count, generator=torch.Generator().manual_seed($data_seed))
    return order[held_back:].sort().values, order[:held_back].sort().values
'''

_SPIRALS = (
    _DIVIDE
    + '''

def spirals(count: int, part: int) -> tuple[Tensor, Tensor]:
    """Points on two spirals that wind around each other, and on which of them each point is."""
    generator = np.random.default_rng(($data_seed, part))
    classes = np.arange(count, dtype=np.int64) % 2
    radius = np.sqrt(generator.uniform(0.0, 1.0, count))
    angle = 2 * np.pi * $turns * radius + np.pi * classes
    points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = points + generator.normal(0.0, $noise, (count, 2))
    return torch.from_numpy(points), torch.from_numpy(classes)


def load_data() -> tuple[Samples, Samples, Samples]:
    """The points for training, validation and test, each axis with mean 0 and deviation 1 in training."""
    points, classes = spirals($points, 0)
    test_points, test_classes = spirals(max(2, $points // 2), 1)
    train, validation = divide(len(points))
    mean, std = points[train].mean(0), points[train].std(0, correction=0)
    points, test_points = ((points - mean) / std).float(), ((test_points - mean) / std).float()
    return (
        TensorDataset(points[train], classes[train]),
        TensorDataset(points[validation], classes[validation]),
        TensorDataset(test_points, test_classes),
    )
'''
)

_MNIST = (
    _DIVIDE
    + '''

def load_data(folder: Path) -> tuple[Samples, Samples, Samples]:
    """The images for training, validation and test, with mean 0 and deviation 1 in training; downloaded if need be."""
    known, unknown = (datasets.MNIST(folder, train=is_train, download=True) for is_train in (True, False))
    train, validation = divide(len(known))
    pixels = known.data[train].float()
    mean, std = pixels.mean(), pixels.std(correction=0)
    images, test_images = ((part.data.unsqueeze(1).float() - mean) / std for part in (known, unknown))
    return (
        TensorDataset(images[train], known.targets[train]),
        TensorDataset(images[validation], known.targets[validation]),
        TensorDataset(test_images, unknown.targets),
    )
'''
)

_FOLDER = '''
def load_data(folder: Path) -> tuple[Samples, Samples, Samples]:
    """Images in folders that are named after their classes: FOLDER/train/CLASS/*.jpg and FOLDER/val/CLASS/*.jpg."""
    finish = [${grey}transforms.ToTensor(), transforms.Normalize(mean=[0.5], std=[0.25])]
    varied = [transforms.RandomResizedCrop($image_size), transforms.RandomHorizontalFlip()]
    plain = [transforms.Resize($image_size)]
    train = datasets.ImageFolder(folder / "train", transforms.Compose(varied + finish))
    validation = datasets.ImageFolder(folder / "val", transforms.Compose(plain + finish))
    if len(train.classes) != CLASSES:
        raise ValueError(f"There are {len(train.classes)} classes in {folder}, but the network knows {CLASSES}.")
    return train, validation, validation
'''

_FREEZE = '''
def freeze_backbone(model: nn.Module) -> None:
    """Let nothing but the head learn; frozen batch norms go on with the statistics that they have."""
    for path, module in model.named_modules():
        if any(f"{path}.".startswith(f"{head}.") for head in HEAD):
            continue
        for parameter in module.parameters(recurse=False):
            parameter.requires_grad_(False)
        if getattr(module, "track_running_stats", False):
            module.eval()
'''

_LOSSES = {
    "cross_entropy": '''
def loss_of(outputs: Tensor, targets: Tensor) -> Tensor:
    """The cross-entropy between scores (batch, classes) and classes (batch)."""
    return F.cross_entropy(outputs, targets)
''',
    "mse": '''
def loss_of(outputs: Tensor, targets: Tensor) -> Tensor:
    """The squared error of outputs (batch, classes), which are to be 1 for the right class and 0 for the others."""
    return F.mse_loss(outputs, F.one_hot(targets, CLASSES).float())
''',
}

_ONE_LOSS = """
        loss = loss_of(network(inputs), targets)
        loss.backward()
"""

_SEVERAL_LOSSES = """
        scores, *auxiliary = network(inputs)
        loss = loss_of(scores, targets)
        losses = [loss, *(loss_of(other, targets) for other in auxiliary)]
        weighted = [weight * each for weight, each in zip(LOSS_WEIGHTS.values(), losses, strict=True)]
        torch.stack(weighted).sum().backward()
"""

_LOOP = '''
def train_epoch(
    network: nn.Module,
    loader: DataLoader[tuple[Tensor, ...]],
    optimizer: torch.optim.Optimizer,
    device: torch.device,
) -> float:
    """Go through the training samples once, and return the mean loss${at_main}."""
    total = torch.zeros(2, device=device)
    for inputs, targets in loader:
        inputs, targets = inputs.to(device), targets.to(device)
        optimizer.zero_grad()
$learn
        optimizer.step()
        total += torch.stack([loss.detach() * len(targets), loss.new_tensor(len(targets))])
    if dist.is_initialized():
        dist.all_reduce(total)
    return (total[0] / total[1]).item()


@torch.no_grad()
def evaluate(model: nn.Module, loader: DataLoader[tuple[Tensor, ...]], device: torch.device) -> tuple[float, float]:
    """The mean loss${at_main} and the share of samples whose largest score is for the right class."""
    model.eval()
    loss, correct, count = 0.0, 0, 0
    for inputs, targets in loader:
        inputs, targets = inputs.to(device), targets.to(device)
        $scores = model(inputs)
        loss += loss_of(scores, targets).item() * len(targets)
        correct += int((scores.argmax(1) == targets).sum())
        count += len(targets)
    return loss / count, correct / count


def choose_device(name: str) -> torch.device:
    """The device to train on; one of its own for each process of torchrun."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if name == "cuda":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
        return device
    return torch.device(name)
'''

_OPTIONS = '''
def parse_options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
${data_option}    parser.add_argument("--epochs", type=int, default=$epochs, help="how often to go through the samples")
    parser.add_argument("--batch-size", type=int, default=$batch_size, help="samples per step of each process")
    parser.add_argument("--learning-rate", type=float, default=$learning_rate, help="the size of the steps")
    parser.add_argument("--seed", type=int, default=$seed, help="the seed of all random numbers")
    parser.add_argument("--device", default="$device", choices=["auto", "cpu", "cuda", "mps"], help="where to train")
    parser.add_argument("--workers", type=int, default=$workers, help="processes that load samples")
    parser.add_argument("--weights", type=Path, help="start from the weights in this file")
    parser.add_argument("--save", type=Path, default=Path("weights.pt"), help="where the trained weights go")
    return parser.parse_args()
'''

_DATA_OPTION = (
    '    parser.add_argument("--data", type=Path, default=Path("data"), help="the folder that the images are in")\n'
)

_MAIN = '''
def main() -> None:
    """Train the network, and tell how it goes."""
    options = parse_options()
$set_threads    rank = int(os.environ.get("RANK", "0"))
    device = choose_device(options.device)
    if "RANK" in os.environ:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    torch.manual_seed(options.seed)
    model = build_model().to(device)
    if options.weights is not None:
        model.load_state_dict(torch.load(options.weights, map_location=device, weights_only=True))
$freeze    network = DistributedDataParallel(model) if dist.is_initialized() else model
    # From here on each process draws random numbers of its own.
    torch.manual_seed(options.seed + rank)
$load
    sampler: DistributedSampler[int] | None = None
    if dist.is_initialized():
        sampler = DistributedSampler(train, seed=options.seed)
    loader = DataLoader(
        train, options.batch_size, shuffle=sampler is None, sampler=sampler, num_workers=options.workers
    )
    validation_loader, test_loader = (
        DataLoader(part, options.batch_size, num_workers=options.workers) for part in (validation, test)
    )
$optimizer
    for epoch in range(1, options.epochs + 1):
        if sampler is not None:
            sampler.set_epoch(epoch)
        network.train()
$refreeze        train_loss = train_epoch(network, loader, optimizer, device)
        loss, accuracy = evaluate(model, validation_loader, device)
        if rank == 0:
            print(
                f"epoch {epoch}/{options.epochs}  loss {train_loss:.4f}  "
                f"validation loss {loss:.4f}  validation accuracy {accuracy:.2%}",
                flush=True,
            )
    if rank == 0:
        loss, accuracy = evaluate(model, test_loader, device)
        print(f"test loss {loss:.4f}  test accuracy {accuracy:.2%}")
        torch.save(model.state_dict(), options.save)
    if dist.is_initialized():
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
'''

_LOAD_AT_ONCE = "    train, validation, test = load_data()"
_LOAD_IN_TURN = """    if rank != 0:
        # The first process downloads what is missing.
        dist.barrier()
    train, validation, test = load_data(options.data)
    if rank == 0 and dist.is_initialized():
        dist.barrier()"""

_DATA = {"spirals": _SPIRALS, "mnist": _MNIST, "folder": _FOLDER}


def filled(kind: str, values: Mapping[str, str]) -> tuple[str, str]:
    """The constants of a script, and its functions; the classes of the network stand between them.

    Args:
        kind: the data, one of `mnist`, `spirals` and `folder`.
        values: what is put into the templates.
    """
    freezes, threads = bool(values["freezes"]), values["threads"]
    several = bool(values["several"])
    more = {
        **values,
        "data_option": "" if kind == "spirals" else _DATA_OPTION,
        "workers": "4" if kind == "folder" else "0",
        "set_threads": f"    torch.set_num_threads({threads})\n" if threads != "0" else "",
        "freeze": "    freeze_backbone(model)\n" if freezes else "",
        "refreeze": "        freeze_backbone(model)\n" if freezes else "",
        "load": _LOAD_AT_ONCE if kind == "spirals" else _LOAD_IN_TURN,
        "learn": (_SEVERAL_LOSSES if several else _ONE_LOSS).strip("\n"),
        "scores": "scores, *_" if several else "scores",
        "at_main": " at the main output" if several else "",
    }
    parts = [_DATA[kind], *([_FREEZE] if freezes else []), _LOSSES[values["loss"]], _LOOP, _OPTIONS, _MAIN]
    functions = "\n\n".join(Template(part).substitute(more).strip("\n") + "\n" for part in parts)
    constants = [_CONSTANTS, *([_HEAD] if freezes else []), *([_WEIGHTS] if several else [])]
    aliases = "Samples = Dataset[tuple[Tensor, ...]]\n"
    return "".join(Template(part).substitute(more).lstrip("\n") for part in constants) + aliases, functions
