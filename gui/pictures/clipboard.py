"""Pictures for other programs, by the clipboard."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from engine.graph.document import DocumentError
from gui.canvas.scene import CanvasScene
from gui.pictures.choices import last_choices, title_of
from gui.pictures.ground import Ground
from gui.pictures.image import nearest_scale, paint_image
from gui.pictures.picture import Picture
from gui.pictures.stepwise import at_once, waiting
from gui.pictures.svg_tidy import tidied
from gui.pictures.vector import paint_svg
from gui.workspace import Workspace

SVG_TYPE = "image/svg+xml"


def copy_picture(workspace: Workspace, scene: CanvasScene) -> str:
    """Put a picture of what is selected, or of everything when nothing is, into the clipboard.

    It stands on the ground that was chosen last in the dialog.

    Returns:
        What has been done, or why nothing could be, in a sentence.
    """
    choices = last_choices()
    has_selection = bool(workspace.selection or scene.annotations.selected)
    picture = Picture.of_selection(scene) if has_selection else Picture(scene)
    if picture.is_empty:
        return "There is nothing to make a picture of yet."
    refusal = put_into_clipboard(picture, choices.ground, choices.scale, title_of(workspace))
    if refusal:
        return refusal
    return f"A picture of {picture.content} is in the clipboard."


def put_into_clipboard(picture: Picture, ground: Ground, scale: float, title: str) -> str:
    """Put `picture` into the clipboard as an image and as SVG, whichever a program can use.

    Returns:
        Why it could not be, in a sentence; empty when it is there.
    """
    data = QMimeData()
    try:
        with waiting():
            data.setImageData(at_once(paint_image(picture, ground, nearest_scale(picture, scale), title)))
            data.setData(SVG_TYPE, tidied(at_once(paint_svg(picture, ground, title))))
            QGuiApplication.clipboard().setMimeData(data)
    except DocumentError as error:
        return str(error)
    return ""
