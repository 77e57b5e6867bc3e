"""Makes the SVG that Qt writes fit for publication: small, ordered, and readable without the app's font.

Qt repeats all that it knows for each line it draws. Here the parts of a node come into one group, so that drawing
programs select it as a whole, and what goes without saying goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

_SVG = "http://www.w3.org/2000/svg"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_STAND_INS = ("Helvetica Neue", "Helvetica", "Arial", "Liberation Sans", "sans-serif")
"""Fonts that look much like the app's, and are no wider, for where that is not installed."""
_PLAIN = re.compile(r"[A-Za-z_-][\w-]*( [A-Za-z_-][\w-]*)*")
"""Names of fonts that CSS takes without quotes, which some readers of SVG do not understand."""
_DEFAULTS = {
    "fill": "none",
    "stroke": "none",
    "fill-rule": "evenodd",
    "stroke-linecap": "square",
    "stroke-linejoin": "bevel",
}
"""What holds wherever nothing else is said; Qt's own defaults."""
_NOTHING_SAID = {
    **_DEFAULTS,
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "stroke-width": "1",
    "opacity": "1",
    "vector-effect": "none",
    "font-weight": "400",
    "font-style": "normal",
    "transform": "matrix(1,0,0,1,0,0)",
}
_SHIFT = re.compile(r"matrix\(1,0,0,1,([^,]+),([^,]+)\)")


def tidied(svg: bytes) -> bytes:
    """The same picture as `svg`, which Qt's SVG generator has written."""
    root = ElementTree.fromstring(svg)
    result = Element("svg", {"xmlns": _SVG, **{name: root.attrib[name] for name in ("width", "height", "viewBox")}})
    for name in ("title", "desc"):
        SubElement(result, name).text = root.findtext(f"{{{_SVG}}}{name}", "")
    everything = SubElement(result, "g", _DEFAULTS)
    family = next((text.attrib["font-family"] for text in root.iter(f"{{{_SVG}}}text")), "")
    group, place = everything, ""
    for part in root.iterfind(f"{{{_SVG}}}g/{{{_SVG}}}g"):
        said = dict(part.attrib)
        transform = said.pop("transform", "")
        for shape in part:
            if group is everything or transform != place:
                group, place = SubElement(everything, "g", _placed(transform)), transform
            _add(group, shape, said, family)
    if family:
        everything.set("font-family", _families(family))
    ElementTree.indent(result, " ")
    text = ElementTree.tostring(result, "unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _add(group: Element, shape: Element, said: Mapping[str, str], family: str) -> None:
    """Put a copy of `shape` into `group`, with what the group that it comes from says; most letters are of `family`."""
    name = shape.tag.removeprefix(f"{{{_SVG}}}")
    # Letters say all about themselves but where they are; lines have no font.
    inherited = {} if name == "text" else {key: value for key, value in said.items() if not key.startswith("font-")}
    own = {**inherited, **shape.attrib}
    if own.pop("font-family", family) != family:
        own["font-family"] = _code_families(shape.attrib["font-family"])
    for paint in ("fill", "stroke"):
        if own.get(paint, "none") == "none":
            own = {key: value for key, value in own.items() if not key.startswith(paint) or key == "fill-rule"}
    if own.get("fill", "none") == "none":
        own.pop("fill-rule", None)
    text = shape.text or ""
    if "  " not in text and text == text.strip():
        own.pop(_SPACE, None)
    attributes = {key: value.strip() for key, value in own.items() if _NOTHING_SAID.get(key) != value}
    copied = SubElement(group, name, attributes)
    copied.text = shape.text


def _placed(transform: str) -> dict[str, str]:
    if not transform or transform == _NOTHING_SAID["transform"]:
        return {}
    shift = _SHIFT.fullmatch(transform)
    return {"transform": f"translate({shift[1]},{shift[2]})" if shift else transform}


def _code_families(named: str) -> str:
    """A list for CSS of the font of code, and of any that may stand in for it."""
    first = named.split(",")[0].strip().strip("'\"")
    return ", ".join(_css(name) for name in dict.fromkeys([first, "monospace"]))


def _families(named: str) -> str:
    """A list for CSS of the first font that Qt has `named`, which is there, and of others that may stand in for it."""
    first = named.split(",")[0].strip().strip("'\"")
    # The fonts of Apple's own interface are hidden; browsers know them by this name.
    wanted = "system-ui" if first.startswith(".") else first
    names = dict.fromkeys([wanted, *_STAND_INS])
    return ", ".join(map(_css, names))


def _css(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else f"'{name}'"
