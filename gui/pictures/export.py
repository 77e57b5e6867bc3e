"""From a picture to a file: painted on the window's thread step by step, and finished on any."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from engine.graph.document import DocumentError, write_atomically
from engine.graph.errors import GraphError
from gui.code.exporting import Written
from gui.pictures.choices import Choices
from gui.pictures.image import as_png, paint_image
from gui.pictures.picture import Picture
from gui.pictures.stepwise import Steps
from gui.pictures.svg_tidy import tidied
from gui.pictures.vector import paint_pdf, paint_svg

Finish: TypeAlias = Callable[[], bytes]
"""Makes the content of the file from what has been painted; for any thread."""


def paint(picture: Picture, choices: Choices, title: str) -> Steps[Finish]:
    """Paint `picture`, called `title`, as `choices` say.

    Raises:
        DocumentError: it would have too many pixels.
    """
    if choices.format.id == "svg":
        svg = yield from paint_svg(picture, choices.ground, title)
        return lambda: tidied(svg)
    if choices.format.id == "pdf":
        pdf = yield from paint_pdf(picture, choices.ground, title)
        return lambda: pdf
    image = yield from paint_image(picture, choices.ground, choices.scale, title)
    return lambda: as_png(image)


def write(finish: Finish, path: Path) -> Written:
    """Write the file; for any thread.

    Raises:
        GraphError: it cannot be written, with the reason.
    """
    try:
        data = finish()
        write_atomically(data, path)
    except DocumentError as error:
        raise GraphError(str(error)) from error
    return Written(path, len(data), "")
