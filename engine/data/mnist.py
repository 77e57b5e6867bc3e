"""MNIST from the bundled archive."""

from __future__ import annotations

import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.declarations import DataChoice, DataError
from engine.data.splits import Normalisation, Splits, TensorSet, divide

ARCHIVE = Path(__file__).resolve().parents[2] / "assets" / "data" / "mnist.npz"
"""The bundled archive; SOURCES.md beside it says where it comes from."""

_SIDE = 28
_CLASSES = 10


class Arrays(NamedTuple):
    """The archive's arrays, all uint8 and read-only."""

    x_train: NDArray[np.uint8]
    y_train: NDArray[np.uint8]
    x_test: NDArray[np.uint8]
    y_test: NDArray[np.uint8]


def load(choice: DataChoice, device: torch.device, archive: Path = ARCHIVE) -> Splits:
    """MNIST on `device`: float32 images of shape (n, 1, 28, 28) with mean 0 and deviation 1 over the training split.

    Raises:
        DataError: the archive is missing or damaged.
    """
    arrays = read(archive)
    train, validation = divide(
        len(arrays.y_train), choice.number("validation_fraction"), int(choice.number("data_seed"))
    )
    # One byte a pixel is copied to the device; the fourfold larger floats are made there.
    images = torch.tensor(arrays.x_train, device=device)
    targets = torch.tensor(arrays.y_train, device=device).long()
    train, validation = train.to(device), validation.to(device)
    train_images = images.index_select(0, train)
    normalisation = _measure(train_images)
    return Splits(
        train=TensorSet(_normalised(train_images, normalisation), targets.index_select(0, train)),
        validation=TensorSet(
            _normalised(images.index_select(0, validation), normalisation), targets.index_select(0, validation)
        ),
        test=TensorSet(
            _normalised(torch.tensor(arrays.x_test, device=device), normalisation),
            torch.tensor(arrays.y_test, device=device).long(),
        ),
        classes=_CLASSES,
        normalisation=normalisation,
    )


def read(archive: Path = ARCHIVE) -> Arrays:
    """The raw arrays; parsed once per process (and again if the file changes).

    Raises:
        DataError: the archive is missing or damaged.
    """
    try:
        stat = archive.stat()
    except OSError as error:
        raise DataError(f"The MNIST data file {archive} is missing: install Netwright again.") from error
    return _parse(archive, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1)
def _parse(archive: Path, _modified_ns: int, _size: int) -> Arrays:
    try:
        # Opened here, because numpy leaves a file open that turns out to be damaged.
        with archive.open("rb") as file, np.load(file, allow_pickle=False) as content:
            arrays = Arrays(*(content[name] for name in Arrays._fields))
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"The MNIST data file {archive} is damaged: install Netwright again.") from error
    for images, labels in ((arrays.x_train, arrays.y_train), (arrays.x_test, arrays.y_test)):
        _check(images, labels, archive)
    for array in arrays:
        array.flags.writeable = False
    return arrays


def _check(images: NDArray[np.uint8], labels: NDArray[np.uint8], archive: Path) -> None:
    sound = (
        images.dtype == labels.dtype == np.uint8
        and labels.ndim == 1
        and len(labels) >= 2
        and images.shape == (len(labels), _SIDE, _SIDE)
        and int(labels.max()) < _CLASSES
    )
    if not sound:
        raise DataError(f"The MNIST data file {archive} does not hold 28×28 images of ten digits: install it again.")


def _measure(images: Tensor) -> Normalisation:
    """Mean and deviation of all pixels, from their exact histogram: the same on every device and thread count."""
    counts = torch.bincount(images.flatten(), minlength=256).cpu().numpy().astype(np.float64)
    values = np.arange(256, dtype=np.float64)
    mean = float(values @ counts / counts.sum())
    deviation = float(np.sqrt((values - mean) ** 2 @ counts / counts.sum()))
    return Normalisation((mean,), (deviation or 1.0,))


def _normalised(images: Tensor, normalisation: Normalisation) -> Tensor:
    """uint8 (n, 28, 28) to float32 (n, 1, 28, 28)."""
    floats = images.to(torch.float32).unsqueeze_(1)
    return floats.sub_(normalisation.mean[0]).div_(normalisation.std[0])
