"""The documentation of a layer, from its declaration: as sections for the inspector, as a tool tip for the palette."""

from __future__ import annotations

from html import escape

from engine.layers.spec import LayerSpec
from gui import theme


def help_sections(spec: LayerSpec) -> list[tuple[str, str]]:
    """Pairs of a heading and a text; what the layer does comes first, and sections without text are left out."""
    sections = [
        ("What it does", spec.doc),
        ("Formula", spec.formula),
        ("Shape", spec.shape_rule),
        ("When to use it", spec.when),
        ("What goes wrong", spec.pitfalls),
        ("Source", spec.source),
    ]
    return [(heading, text) for heading, text in sections if text]


def help_tool_tip(spec: LayerSpec) -> str:
    """The whole documentation as rich text in the colours of the current theme."""
    muted, small = theme.current().muted, theme.px(theme.SMALL_TEXT)
    (_, doc), *rest = help_sections(spec)
    rows = "".join(
        f"<p style='margin: 8px 0 0 0'><span style='color: {muted}; font-size: {small}px'>{heading}</span>"
        f"<br>{escape(text)}</p>"
        for heading, text in rest
    )
    title = f"<p style='margin: 0 0 4px 0'><b>{escape(spec.label)}</b></p>"
    return f"<table width='320'><tr><td>{title}<p style='margin: 0'>{escape(doc)}</p>{rows}</td></tr></table>"
