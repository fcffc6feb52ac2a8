"""Proofs as drawings: the conclusion at the top, what it rests on beneath; each line once, however often it is used.

Graphviz says where things go. What is drawn there is said here, and how large it is in :mod:`mechkg.reasoning.boxes`, so that
a drawing does not depend on the fonts of the machine that makes it, and holds nothing that a strict content security policy
would refuse.
"""

from __future__ import annotations

import hashlib
import html
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any, cast
from xml.etree.ElementTree import Element, SubElement, tostring

from mechkg.errors import DrawingError, MissingExtraError
from mechkg.model.verdict import ProofNode, Standing
from mechkg.reasoning.boxes import CORNER, EDGE, SIDE, Box, Text, boxes_of, is_measured, printable, told, width_of


@dataclass(frozen=True, slots=True)
class _Look:
    """How lines of one standing look. Shape and border tell them apart; colour only helps.

    ``shape`` and ``style`` are Graphviz words for what :func:`_outline` draws.
    """

    shape: str
    style: str
    fill: str
    ink: str
    dashes: str
    means: str
    double: bool = False


LOOKS: dict[Standing, _Look] = {
    "derived": _Look("box", "filled", "#ffffff", "#1a1a1a", "", "follows by a rule from the lines beneath"),
    "stated": _Look("note", "filled", "#e4f0fb", "#00568c", "", "said in a source, at the place given"),
    "assumed": _Look("hexagon", "filled,dashed", "#fdeccb", "#8a4b00", "6 3", "a premise that could be withdrawn"),
    "chosen": _Look("box", "filled,rounded", "#dff3ea", "#00614a", "", "a step or order that the candidate takes", True),
    "absent": _Look("octagon", "filled,dotted", "#efefef", "#4d4d4d", "1.5 2.5", "is not so; the lines beneath say why"),
}
FOLLOWS = "leads from a line to what rests on it"
LOOPS = "each needs the other first, so neither comes about"
_ARROW = "#555555"
_DOT = "install Graphviz (on Debian: apt-get install graphviz) so that dot is on the PATH"

# --- Graphviz ---------------------------------------------------------------------------------------------------------


def as_dot(node: ProofNode, *, full: bool = False) -> str:
    """Return a proof as a graph in the language of Graphviz, in the short form unless ``full``.

    Raises MissingExtraError when the package ``graphviz`` is not installed. Nothing is run: that package only writes.
    """
    return str(_graph(boxes_of(node, full), labelled=True).source)


def _graph(boxes: list[Box], *, labelled: bool) -> Any:
    """Write the graph, with all words and a legend, or with the mere sizes of the boxes."""
    graphviz = _graphviz()
    graph = graphviz.Digraph("proof", comment="A proof, drawn by mechkg")
    graph.attr("graph", rankdir="TB", nodesep="0.3", ranksep="0.4", fontname="Helvetica", fontsize="9")
    graph.attr("node", fontname="Helvetica", margin="0.12,0.08", shape="box")
    graph.attr("edge", dir="back", color=_ARROW, arrowsize="0.7")
    for box in boxes:
        if labelled:
            # Graphviz reads the escapes of a tooltip twice
            graph.node(
                box.name, _label(box), tooltip=_escaped(told(box).replace("\\", "\\\\")), **_dot_look(LOOKS[box.node.standing])
            )
        else:
            width, height = box.size
            graph.node(box.name, "", width=f"{width / 72:.4f}", height=f"{height / 72:.4f}")
    for box in boxes:
        for other in box.rests_on:
            graph.edge(box.name, f"line{other}")
        for other in box.loops:
            # the same way round for the eye; written the other way for Graphviz, which puts what an edge comes from on top
            graph.edge(f"line{other}", box.name, style="dashed", dir="forward")
    if labelled:
        _add_legend(graph, boxes)
    return graph


def _add_legend(graph: Any, boxes: list[Box]) -> None:
    arrows = [f"an arrow {FOLLOWS}", *([f"dashed: {LOOPS}"] if any(box.loops for box in boxes) else [])]
    with graph.subgraph(name="cluster_legend") as legend:
        legend.attr(label=_escaped("\n".join(arrows)), color=_ARROW)
        with legend.subgraph() as row:
            row.attr(rank="same")
            for standing, look in LOOKS.items():
                row.node(f"legend_{standing}", _escaped(f"{standing}\n{look.means}"), fontsize="9", **_dot_look(look))
            for one, other in pairwise(LOOKS):
                row.edge(f"legend_{one}", f"legend_{other}", style="invis")
    # beneath all else, as it is beneath the lowest line
    graph.edge(_deepest(boxes).name, "legend_assumed", style="invis")


def _deepest(boxes: list[Box]) -> Box:
    """Return a line that is furthest from the conclusion."""
    known = {box.number: box for box in boxes}
    depth = dict.fromkeys(known, 0)
    for number in reversed([*TopologicalSorter({box.number: box.rests_on for box in boxes}).static_order()]):
        for other in known[number].rests_on:
            depth[other] = max(depth[other], depth[number] + 1)
    return max(boxes, key=lambda box: depth[box.number])


def _dot_look(look: _Look) -> dict[str, str]:
    double = {"peripheries": "2"} if look.double else {}
    return {"shape": look.shape, "style": look.style, "fillcolor": look.fill, "color": look.ink} | double


def _label(box: Box) -> str:
    """Return what is printed in a box in the markup that Graphviz knows. All words are escaped; the tags are ours alone."""
    lines = []
    for text in box.texts:
        # a backslash would start one of the escapes of Graphviz; a bracket alone between tags is an error to some releases
        words = html.escape(text.words).replace("\\", "\\\\").replace("]", "&#93;")
        words = f"<i>{words}</i>" if text.italic else words
        lines.append(f'<font point-size="{text.size:g}">{words}</font><br align="left"/>')
    return f"<{''.join(lines)}>"


def _escaped(text: str) -> str:
    """Return ``text`` such that Graphviz prints it as it is: neither escapes nor entities nor markup are read in it."""
    return str(_graphviz().escape(html.escape(text)))


def can_draw() -> None:
    """Raise MissingExtraError when what lays out a drawing is not installed."""
    _graphviz()
    if shutil.which("dot") is None:
        raise MissingExtraError("drawing a proof needs the program dot, which was not found", hint=_DOT)


def _graphviz() -> Any:
    try:
        import graphviz
    except ImportError as error:
        raise MissingExtraError(
            "drawing a proof needs the Python package graphviz", hint="pip install 'mechkg[drawing]'"
        ) from error
    return graphviz


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Arrow:
    """An arrow from a premise to what rests on it: ``curve`` of Bézier points, beginning beneath the ``tip``."""

    tip: Point
    curve: tuple[Point, ...]
    dashed: bool


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are, in points from the upper left corner: the middle of each box, by its name, and the arrows."""

    width: float
    height: float
    middles: dict[str, Point]
    arrows: tuple[_Arrow, ...]


def _laid_out(boxes: list[Box]) -> _Layout:
    graphviz = _graphviz()
    graph = _graph(boxes, labelled=False)
    try:
        answer = graph.pipe(format="json0", encoding="utf-8", quiet=True)
    except graphviz.ExecutableNotFound as error:
        raise MissingExtraError("drawing a proof needs the program dot, which was not found", hint=_DOT) from error
    except (graphviz.CalledProcessError, OSError) as error:
        raise DrawingError(f"Graphviz could not lay out this proof: {_reason(error)}", hint="see what 'dot -v' says") from error
    found = json.loads(answer)
    _, _, width, height = map(float, found["bb"].split(","))

    def point(text: str) -> Point:
        x, y = text.split(",")
        return float(x), height - float(y)

    middles = {it["name"]: point(it["pos"]) for it in found["objects"]}
    arrows = []
    for edge in found.get("edges", ()):
        # "s," before the place of an arrowhead at the start, "e," before one at the end; then the curve, from start to end
        tip, *places = edge["pos"].split()
        curve = tuple(map(point, places))
        arrows.append(_Arrow(point(tip[2:]), curve if tip[0] == "s" else curve[::-1], tip[0] == "e"))
    return _Layout(width, height, middles, tuple(arrows))


def _reason(error: Exception) -> str:
    said = getattr(error, "stderr", None) or str(error)
    return " ".join((said.decode(errors="replace") if isinstance(said, bytes) else said).split())


# --- SVG --------------------------------------------------------------------------------------------------------------

# Fonts with the measures that boxes are made for; then one that is nearly as narrow.
_FONTS = "Helvetica, Arial, Arimo, 'Liberation Sans', 'Nimbus Sans', 'TeX Gyre Heros', 'DejaVu Sans Condensed', sans-serif"
_MARGIN, _ENTRY, _ROW = 16, 290, 26
"""Points around the drawing; width and height of an entry of the legend."""


def as_svg(node: ProofNode, *, full: bool = False) -> str:
    """Return a proof as an SVG document that can stand in a file or in a page, in the short form unless ``full``.

    It has no scripts, styles or references to anything outside. The same proof gives the same text with the same Graphviz.
    Raises MissingExtraError when the package ``graphviz`` or the program ``dot`` is not installed, DrawingError when that
    program fails.
    """
    boxes = boxes_of(node, full)
    layout = _laid_out(boxes)
    columns = max(1, int(layout.width // _ENTRY))
    entries = list(_legend_entries(any(arrow.dashed for arrow in layout.arrows)))
    rows = -(-len(entries) // columns)
    width = max(layout.width, _ENTRY) + 2 * _MARGIN
    height = layout.height + rows * _ROW + 4 * _MARGIN
    svg = _document(boxes, width, height)
    edges = SubElement(svg, "g", {"class": "arrows", "fill": "none", "stroke": _ARROW, "aria-hidden": "true"})
    drawing = {"transform": f"translate({_n((width - layout.width) / 2)} {_MARGIN})"}
    edges.attrib |= drawing
    for arrow in layout.arrows:
        _draw_arrow(edges, arrow)
    lines = SubElement(svg, "g", {"class": "lines"} | drawing)
    for box in boxes:
        _draw_box(lines, box, layout.middles[box.name])
    legend = SubElement(svg, "g", {"class": "legend", "transform": f"translate({_MARGIN} {_n(layout.height + 3 * _MARGIN)})"})
    rule = {"x1": "0", "x2": _n(width - 2 * _MARGIN), "y1": "-12", "y2": "-12", "stroke": "#b0b0b0", "stroke-width": "0.6"}
    SubElement(legend, "line", rule)
    for place, entry in enumerate(entries):
        _draw_entry(legend, entry, place % columns * _ENTRY, place // columns * _ROW)
    return tostring(svg, encoding="unicode") + "\n"


def _document(boxes: list[Box], width: float, height: float) -> Element:
    content = "\n".join(map(told, boxes))
    # several drawings may stand in one page, each under names of its own
    name = f"proof-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": _n(width),
            "height": _n(height),
            "viewBox": f"0 0 {_n(width)} {_n(height)}",
            "role": "graphics-document document",
            "aria-labelledby": f"{name}-title",
            "aria-describedby": f"{name}-desc",
            "font-family": _FONTS,
            "fill": "#1a1a1a",
        },
    )
    SubElement(svg, "title", {"id": f"{name}-title"}).text = f"Proof: {printable(boxes[0].node.sentence)}"
    counts = Counter(box.node.standing for box in boxes)
    standings = ", ".join(f"{counts[standing]} {standing}" for standing in LOOKS if counts[standing])
    SubElement(svg, "desc", {"id": f"{name}-desc"}).text = (
        f"{len(boxes)} numbered lines ({standings}). Line 1, at the top, is the conclusion; each line rests on those beneath it "
        "that an arrow joins to it."
    )
    SubElement(svg, "rect", {"width": _n(width), "height": _n(height), "fill": "#ffffff"})
    return svg


def _draw_arrow(parent: Element, arrow: _Arrow) -> None:
    start, *rest = (f"{_n(x)} {_n(y)}" for x, y in arrow.curve)
    SubElement(parent, "path", {"d": f"M{start}C{' '.join(rest)}"} | ({"stroke-dasharray": "5 3"} if arrow.dashed else {}))
    (x, y), (tip_x, tip_y) = arrow.curve[0], arrow.tip
    across_x, across_y = (tip_y - y) * 0.4, (x - tip_x) * 0.4
    corners = ((tip_x, tip_y), (x + across_x, y + across_y), (x - across_x, y - across_y))
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in corners)
    SubElement(parent, "polygon", {"points": points, "fill": _ARROW, "stroke": "none"})


def _draw_box(parent: Element, box: Box, middle: Point) -> None:
    look = LOOKS[box.node.standing]
    width, height = box.size
    group = SubElement(
        parent,
        "g",
        {
            "class": box.node.standing,
            "role": "group",
            "transform": f"translate({_n(middle[0] - width / 2)} {_n(middle[1] - height / 2)})",
        },
    )
    SubElement(group, "title").text = told(box)
    _draw_outline(group, box.node.standing, width, height, 2.4 if box.number == 1 else 1.2)
    x, y = SIDE + (CORNER if box.node.standing == "assumed" else 0), float(EDGE)
    for place, text in enumerate(box.texts):
        _draw_text(group, text, x, y + text.gap + text.size, look.ink if place == 0 else None)
        y += text.height


def _draw_text(parent: Element, text: Text, x: float, y: float, ink: str | None = None) -> None:
    given = {"x": _n(x), "y": _n(y), "font-size": _n(text.size)}
    if text.italic:
        given["font-style"] = "italic"
    if ink:
        given["fill"] = ink
    if len(text.words) > 1 and is_measured(text):
        # keeps the words within their box where another font stands in
        given |= {"textLength": _n(width_of(text)), "lengthAdjust": "spacingAndGlyphs"}
    SubElement(parent, "text", given).text = text.words


def _draw_outline(parent: Element, standing: Standing, w: float, h: float, weight: float) -> None:
    look = LOOKS[standing]
    c = min(CORNER, h / 3)
    paint = {"fill": look.fill, "stroke": look.ink, "stroke-width": _n(weight), "stroke-linejoin": "round"}
    if look.dashes:
        paint["stroke-dasharray"] = look.dashes
    shapes = {
        "box": f"M0 0H{_n(w)}V{_n(h)}H0Z",
        "note": f"M0 0H{_n(w - c)}L{_n(w)} {_n(c)}V{_n(h)}H0ZM{_n(w - c)} 0V{_n(c)}H{_n(w)}",
        "hexagon": f"M{_n(c)} 0H{_n(w - c)}L{_n(w)} {_n(h / 2)}L{_n(w - c)} {_n(h)}H{_n(c)}L0 {_n(h / 2)}Z",
        "octagon": f"M{_n(c)} 0H{_n(w - c)}L{_n(w)} {_n(c)}V{_n(h - c)}L{_n(w - c)} {_n(h)}H{_n(c)}L0 {_n(h - c)}V{_n(c)}Z",
    }
    if look.double:
        for inset in (0, 2.5):
            size = {"x": _n(inset), "y": _n(inset), "width": _n(w - 2 * inset), "height": _n(h - 2 * inset), "rx": _n(c - inset)}
            SubElement(parent, "rect", size | paint)
    else:
        SubElement(parent, "path", {"d": shapes[look.shape]} | paint)


def _legend_entries(loops: bool) -> Iterator[tuple[str, str]]:
    yield from ((standing, f"{standing}: {look.means}") for standing, look in LOOKS.items())
    yield "arrow", f"arrow: {FOLLOWS}"
    if loops:
        yield "loop", f"dashed arrow: {LOOPS}"


def _draw_entry(parent: Element, entry: tuple[str, str], x: float, y: float) -> None:
    kind, words = entry
    group = SubElement(parent, "g", {"transform": f"translate({_n(x)} {_n(y)})"})
    if kind in ("arrow", "loop"):
        _draw_arrow(group, _Arrow((28, 8), ((22, 8), (16, 8), (8, 8), (0, 8)), kind == "loop"))
        group[0].attrib |= {"fill": "none", "stroke": _ARROW}
    else:
        _draw_outline(group, cast(Standing, kind), 28, 16, 1.2)
    _draw_text(group, Text(words, 9), 36, 11.2)


def _n(value: float) -> str:
    """Write a number of points.

    >>> _n(2.0), _n(1 / 3), _n(-0.001)
    ('2', '0.33', '0')
    """
    return f"{round(value, 2) + 0:g}"
