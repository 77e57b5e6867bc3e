"""Downloads weights into the user's folder, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlparse
from urllib.request import Request, urlopen

import torch

from engine.folders import user_folder
from engine.graph.wording import quoted
from engine.weights.catalogue import PublishedWeights
from engine.weights.declarations import WeightsError

Progress = Callable[[int, int], None]
"""Called with the bytes done and in all (0 when the server does not say); what it raises ends the download."""

_HASH = re.compile(r"-([0-9a-f]{8,64})\.")
"""The beginning of the SHA-256 in a file name, as torch.hub has it."""
_CHUNK = 2**18
_TIMEOUT_S = 15.0
"""How long a server may say nothing."""


def cached(weights: PublishedWeights) -> Path | None:
    """Where the weights are on this computer: in the user's folder or in torch.hub's; None when they are not."""
    folders = (_folder(), Path(torch.hub.get_dir()) / "checkpoints")
    return next((path for folder in folders if (path := folder / weights.file_name).is_file()), None)


def fetch(weights: PublishedWeights, progress: Progress) -> Path:
    """The file with the weights, which is downloaded if need be.

    Raises:
        WeightsError: there is no network, the server fails, the bytes are not the right ones, or the disk is full.
    """
    return cached(weights) or _download(weights, _folder() / weights.file_name, progress)


def _folder() -> Path:
    return user_folder() / "weights"


def _download(weights: PublishedWeights, target: Path, progress: Progress) -> Path:
    """Write to a temporary file, which takes its place only when all of it is there and is what it should be."""
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file, closing(_chunks(weights, progress)) as chunks:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WeightsError(f"{_called(weights)} cannot be saved in “{target.parent}”: {reason}.") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return target


def _chunks(weights: PublishedWeights, progress: Progress) -> Generator[bytes, None, None]:
    """What the server sends; at the end it is known to be all of it, and unspoilt."""
    done, digest = 0, hashlib.sha256()
    server = urlparse(weights.url).netloc
    try:
        with urlopen(Request(weights.url, headers={"User-Agent": "Netwright"}), timeout=_TIMEOUT_S) as response:
            length = response.headers.get("Content-Length") or ""
            total = int(length) if length.isdecimal() else 0
            progress(0, total)
            while chunk := response.read1(_CHUNK):
                done += len(chunk)
                digest.update(chunk)
                yield chunk
                progress(done, total)
    except HTTPError as error:
        error.close()
        raise WeightsError(
            f"{_called(weights)} cannot be downloaded: {server} answers “{error.code} {error.reason}”. Try again "
            "later, or choose a file."
        ) from error
    except (OSError, HTTPException) as error:
        raise WeightsError(
            f"{_called(weights)} cannot be downloaded from {server} ({_reason(error)}): connect to the network and try "
            "again, or choose a file."
        ) from error
    if done < total:
        raise WeightsError(
            f"The download of {_called(weights)} broke off after {done:,} of {total:,} bytes: try again."
        )
    expected = _HASH.search(weights.file_name)
    if expected is not None and not digest.hexdigest().startswith(expected[1]):
        raise WeightsError(
            f"What {server} sent is not {_called(weights)}, because its SHA-256 is another: it was not kept. Try again."
        )


def _called(weights: PublishedWeights) -> str:
    return quoted(weights.name, 100)


def _reason(error: OSError | HTTPException) -> str:
    """Why a connection failed, in a few words."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return "it does not answer"
    text = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    return text.lower() or type(cause).__name__
