"""A network as a file of its own: SVG with its colours in it, for papers and slides."""

from __future__ import annotations

from typing import Final

from markupsafe import escape

from mechkg.web.network_drawing import Box, Drawing, Wire

_KINDS: Final = {
    "k-pc": ("#e3effc", "#1f5fa8"), "k-mf": ("#fdf1d8", "#98610a"), "k-m": ("#fdf1d8", "#98610a"), "k-f": ("#fdf1d8", "#98610a"),
    "k-msc": ("#ddf3e2", "#1d7338"), "k-dmsc": ("#ddf3e2", "#1d7338"), "k-magic-size-species": ("#ddf3e2", "#1d7338"),
    "k-qd": ("#f0e6fb", "#6d32a8"), "k-npl": ("#d8f2f1", "#0f6d6a"),
}  # fmt: skip
"""Class of a species -> colour of its face, and of its edge."""

_STANDS: Final = {
    "s-established": ("#33404d", 1.6, ""),
    "s-required": ("#1a6b34", 3.0, ""),
    "s-possible": ("#0a5cad", 1.8, ""),
    "s-excluded": ("#a01c1c", 1.6, "1.5 4"),
    "s-undecided": ("#57606a", 1.2, ""),
    "helps": ("#57606a", 1.2, "5 3"),
}
"""Class of a line -> its colour, width, dashes."""

_BAD: Final = "#a01c1c"
_RADII: Final = {"round": 12, "pill": 13, "label": 9}


def network_svg(drawn: Drawing, title: str) -> str:
    """Return a drawing as SVG; its colours are those of the light page, on white."""
    wide, high = round(drawn.width), round(drawn.height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" '
        f'font-family="Helvetica, Arial, sans-serif" text-anchor="middle"><title>{escape(title)}</title>'
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>',
        *map(_wire, drawn.wires),
        *map(_box, drawn.boxes),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _faint(classes: tuple[str, ...]) -> str:
    return ' opacity="0.2"' if "faded" in classes else ""


def _wire(wire: Wire) -> str:
    colour, width, dashes = next((_STANDS[name] for name in wire.classes if name in _STANDS), _STANDS["s-undecided"])
    if "side" in wire.classes:
        width *= 0.6
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    heads = "".join(f'<path d="{head}" fill="{colour}"/>' for head in wire.heads)
    often = ""
    if wire.label:
        (x, y), (u, v) = wire.points[:2]
        often = f'<text x="{(x + u) / 2:.1f}" y="{(y + v) / 2 - 5:.1f}" font-size="11">{escape(wire.label)}</text>'
    shaft = f'<path d="{wire.path}" fill="none" stroke="{colour}" stroke-width="{width:.2g}"{dashed}/>'
    return f"<g{_faint(wire.classes)}>{shaft}{heads}{often}</g>"


def _box(box: Box) -> str:
    face, edge = next((_KINDS[name] for name in box.classes if name in _KINDS), ("#f4f6f8", "#57606a"))
    width, dashes = 1.4, ""
    if box.what == "step":
        edge, width, dashes = next((_STANDS[name] for name in box.classes if name in _STANDS), _STANDS["s-undecided"])
        face = "#fff6e0" if "runs" in box.classes else "#ffffff"
    if box.what == "help":
        face, edge, dashes = "#ffffff", "#57606a", "5 3"
    if "impossible" in box.classes:
        face, dashes = "#ffffff", "4 3"
    if "must" in box.classes or "expected" in box.classes:
        width = 3.0
    if "contradicted" in box.classes:
        edge, width = _BAD, 4.0
    look = f'fill="{face}" stroke="{edge}" stroke-width="{width:.2g}"' + (f' stroke-dasharray="{dashes}"' if dashes else "")
    if box.outline:
        outline = f'<path d="{box.outline}" {look}/>'
    elif box.shape == "ellipse":
        outline = f'<ellipse cx="{box.x:.1f}" cy="{box.y:.1f}" rx="{box.width / 2:.1f}" ry="{box.height / 2:.1f}" {look}/>'
    else:
        left, top = box.x - box.width / 2, box.y - box.height / 2
        size = f'width="{box.width:.1f}" height="{box.height:.1f}" rx="{_RADII.get(box.shape, 2)}"'
        outline = f'<rect x="{left:.1f}" y="{top:.1f}" {size} {look}/>'
    lines = [line for line in box.lines if line]
    texts = "".join(
        f'<text x="{box.x:.1f}" y="{box.y + 4 + (place - (len(lines) - 1) / 2) * 14:.1f}" '
        f'font-size="{13 if box.what == "species" and not place else 10.5}"{_weight(box, place)}>{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    return f"<g{_faint(box.classes)}><title>{escape(box.words)}</title>{outline}{texts}</g>"


def _weight(box: Box, place: int) -> str:
    if box.what == "species" and not place:
        return ' font-weight="600"'
    return f' fill="{_BAD}" font-weight="600"' if "contradicted" in box.classes and place == 2 else ""
