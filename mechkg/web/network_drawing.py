"""A reaction network drawn: species by kind, steps between them, what promotes them, and what holds of each at a stage.

An arrow that ends at a species says that the step makes it; a line without one, that the step takes it. Two steps that are each
other the other way round are one box, with arrows at both ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import Any, Final

from mechkg.service.course import At
from mechkg.service.pathways import Help, Network, Node, Reaction, Stand, Taking
from mechkg.web.layers import Layout, Point, laid_out
from mechkg.web.plain_formula import in_unicode

STANDS: Final[dict[Stand, tuple[str, str, str]]] = {
    "established": ("■", "taken as established", "part of every candidate of this space"),
    "required": ("●", "required", "part of every candidate that survives"),
    "possible": ("◐", "possible", "part of some candidates that survive"),
    "excluded": ("✕", "excluded", "part of none that survives"),
    "undecided": ("?", "undecided", "nothing can be said of it: none survives, or it was not gone through"),
}
"""What a step comes to -> its sign, its word, what it means; the firmest comes first."""

KINDS: Final[dict[str, tuple[str, str]]] = {
    "QD": ("octagon", "quantum dot"),
    "NPL": ("plate", "nanoplatelet"),
    "MSC": ("hexagon", "magic-size cluster"),
    "dMSC": ("hexagon", "magic-size cluster with a doublet"),
    "magic-size species": ("hexagon", "magic-size species"),
    "PC": ("round", "precursor compound"),
    "complex": ("box", "complex"),
    "composition": ("box", "composition"),
    "feature": ("box", "feature of a spectrum"),
    "M/F": ("ellipse", "monomers, fragments"),
    "F": ("ellipse", "fragment"),
    "M": ("ellipse", "monomer"),
    "chemical": ("tag", "chemical"),
}
"""Kind of what takes part -> its shape, and what it is in words."""

_RANK: Final = {stand: place for place, stand in enumerate(STANDS)}
_SPECIES_HIGH: Final = 56.0
_STEP_HIGH: Final = 26.0
_HELP_HIGH: Final = 18.0
_LETTER: Final = 7.3
_SMALL_LETTER: Final = 5.9
_NARROWEST: Final = 124.0
"""A species has room for what is said of it at a stage."""

_SHORT: Final = 14
_HEAD: Final = 8.0


@dataclass(frozen=True, slots=True)
class Box:
    """Something drawn: a species, a step (or two that are each other's reverse), or what helps or hinders a step.

    ``items`` are what it stands for, ``words`` say it to who cannot see it, ``classes`` say how it looks.
    """

    id: str
    what: str
    shape: str
    items: tuple[str, ...]
    lines: tuple[str, ...]
    words: str
    x: float
    y: float
    width: float
    height: float
    classes: tuple[str, ...] = ()

    @property
    def outline(self) -> str:
        """The path of its outline; empty for what is drawn as a rectangle or an ellipse."""
        w, h = self.width / 2, self.height / 2
        corner = {"octagon": 14.0, "hexagon": 14.0, "plate": 10.0}.get(self.shape)
        if corner is None:
            return ""
        sides = {
            "octagon": ((-w + corner, -h), (w - corner, -h), (w, -h + corner), (w, h - corner), (w - corner, h), (corner - w, h),
                        (-w, h - corner), (-w, corner - h)),
            "hexagon": ((-w, 0), (corner - w, -h), (w - corner, -h), (w, 0), (w - corner, h), (corner - w, h)),
            "plate": ((corner - w, -h), (w, -h), (w - corner, h), (-w, h)),
        }[self.shape]  # fmt: skip
        return f"M{' L'.join(f'{self.x + x:.1f},{self.y + y:.1f}' for x, y in sides)} Z"


@dataclass(frozen=True, slots=True)
class Wire:
    """A line between two boxes; ``start`` and ``end`` say whether it has an arrow there, ``label`` how often it is taken."""

    id: str
    source: str
    target: str
    points: tuple[Point, ...]
    start: bool
    end: bool
    label: str = ""
    classes: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The path of the line: level at both ends, and where it passes between others."""
        parts = [f"M{self.points[0][0]:.1f},{self.points[0][1]:.1f}"]
        for (x, y), (u, v) in pairwise(self.points):
            middle = (x + u) / 2
            parts.append(f"C{middle:.1f},{y:.1f} {middle:.1f},{v:.1f} {u:.1f},{v:.1f}")
        return " ".join(parts)

    @property
    def heads(self) -> tuple[str, ...]:
        """The paths of its arrows."""
        ends = [(self.points[-1], self.points[-2])] if self.end else []
        ends += [(self.points[0], self.points[1])] if self.start else []
        return tuple(_head(*end) for end in ends)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes, lines and size."""

    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Shown:
    """What the drawing is to show: the steps of one candidate (None for all), what each step comes to, kinds that are left out,
    which steps are shown, and what holds of each species at a stage (None where none is looked at).

    ``against`` counts for each species what the candidate cannot meet.
    """

    stands: Mapping[str, Stand]
    steps: frozenset[str] | None = None
    without_kinds: Collection[str] = ()
    only: frozenset[str] | None = None
    at: Mapping[str, At] | None = None
    runs: frozenset[str] = frozenset()
    against: Mapping[str, int] | None = None


def drawing(network: Network, shown: Shown) -> Drawing:
    """Draw a network; what is left out leaves its place empty, so that the rest stays where it was."""
    plan, layout = _plan(network.species, network.steps)
    kind_of = {node.id: node.kind for node in network.species}
    species = {node.id: _species(node, layout, shown) for node in network.species if node.kind not in shown.without_kinds}
    boxes: list[Box] = []
    wires: list[Wire] = []
    for block in plan:
        if shown.only is not None and shown.only.isdisjoint(step.id for step in block.steps):
            continue
        made = _step(block, layout, shown)
        boxes += made
        for side, those in (("left", block.steps[0].left), ("right", block.steps[0].right)):
            for taking in those:
                if kind_of[taking.species] not in shown.without_kinds:
                    wires += _wire(block, side, taking, kind_of[taking.species], layout, shown)
        wires += _helps(block, made)
    if shown.only is not None:
        taken = {end for wire in wires for end in (wire.source, wire.target)}
        species = {name: box for name, box in species.items() if box.id in taken}
    return Drawing((*species.values(), *boxes), tuple(wires), layout.width, layout.height)


def as_data(found: Drawing) -> dict[str, Any]:
    """Return a drawing as plain JSON content, for the script that makes it interactive."""
    return {
        "boxes": [
            {
                "id": box.id,
                "what": box.what,
                "shape": box.shape,
                "items": list(box.items),
                "lines": list(box.lines),
                "words": box.words,
                "x": round(box.x, 1),
                "y": round(box.y, 1),
                "w": round(box.width, 1),
                "h": round(box.height, 1),
                "classes": list(box.classes),
            }
            for box in found.boxes
        ],
        "wires": [
            {
                "id": wire.id,
                "source": wire.source,
                "target": wire.target,
                "start": wire.start,
                "end": wire.end,
                "label": wire.label,
                "classes": list(wire.classes),
            }
            for wire in found.wires
        ],
    }


# --- what is drawn as one ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """One step, or two that are each other's reverse, with what stands over it."""

    steps: tuple[Reaction, ...]
    caption: str
    over: tuple[str, ...]
    under: tuple[str, ...]

    @property
    def id(self) -> str:
        return "+".join(step.id for step in self.steps)

    @property
    def size(self) -> tuple[float, float]:
        wide = max(_SMALL_LETTER * len(text) + 16 for text in (*self.over, *self.under, "")) if self.over or self.under else 0.0
        helps = len(self.over) + len(self.under)
        return max(6.6 * (len(self.caption) + 3) + 18, wide), _STEP_HIGH + helps * (_HELP_HIGH + 6)


@lru_cache(maxsize=256)
def _plan(species: tuple[Node, ...], steps: tuple[Reaction, ...]) -> tuple[tuple[_Block, ...], Layout]:
    """Return the blocks of a network and where everything is; kept, as a space is drawn again at every stage."""
    blocks, known = [], {step.id: step for step in steps}
    done: set[str] = set()
    for step in steps:
        if step.id in done:
            continue
        other = known.get(step.reverse or "")
        pair = (step, other) if other is not None and other.id not in done and step.mirrors(other) else (step,)
        done.update(each.id for each in pair)
        over = dict.fromkeys(_help_words(each) for one in pair for each in one.promoters)
        under = dict.fromkeys(f"not with {_help_words(each)}" for one in pair for each in one.inhibitors)
        blocks.append(_Block(pair, _caption(pair), tuple(over), tuple(under)))
    sizes = {node.id: (_species_wide(node), _SPECIES_HIGH) for node in species}
    sizes |= {_block_id(block): block.size for block in blocks}
    arrows: dict[tuple[str, str], None] = {}
    for block in blocks:
        first = block.steps[0]
        for taking in first.left:
            arrows[taking.species, _block_id(block)] = None
        for taking in first.right:
            if (taking.species, _block_id(block)) not in arrows:  # what comes out again has one line
                arrows[_block_id(block), taking.species] = None
    return tuple(blocks), laid_out(sizes, [*arrows])


def _species_wide(node: Node) -> float:
    wide = max(_NARROWEST, _LETTER * len(in_unicode(node.short)) + 34)
    return wide + 20 if KINDS.get(node.kind, ("",))[0] in ("ellipse", "hexagon", "octagon") else wide


def _block_id(block: _Block) -> str:
    return f"step:{block.id}"


def _help_words(given: Help) -> str:
    words = in_unicode(given.words)
    return words if len(words) <= 26 else f"{words[:25]}…"


def _caption(pair: Sequence[Reaction]) -> str:
    """Return what stands in the box of a step: its name where that is short, else what kind of step it is."""
    names = [step.name if len(step.name) <= _SHORT and step.name != step.id else "" for step in pair]
    if not all(names):
        return f"{pair[0].kind} ⇌" if len(pair) > 1 else pair[0].kind
    if len(pair) == 1:
        return names[0]
    same = takewhile(lambda letters: letters[0] == letters[1], zip(*names, strict=False))
    shared = "".join(one for one, _ in same).rstrip(" ,:;-")
    return f"{shared} ⇌" if any(letter.isdigit() for letter in shared) else " ⇌ ".join(names)


# --- boxes and lines --------------------------------------------------------------------------------------------------


def _species(node: Node, layout: Layout, shown: Shown) -> Box:
    x, y = layout.places[node.id]
    shape, kind = KINDS.get(node.kind, ("box", node.kind))
    classes = [f"k-{node.kind.lower().replace('/', '').replace(' ', '-')}"]
    at = shown.at.get(node.id) if shown.at is not None else None
    if at is not None:
        lines, more = _at(at)
        classes += more
    else:
        lines = (kind, _signature(node))
        if count := (shown.against or {}).get(node.id, 0):
            lines = (kind, f"⚠ {count} not met")
            classes.append("contradicted")
    if shown.steps is not None and shown.steps.isdisjoint((*node.made_by, *node.used_by)):
        classes.append("faded")
    name = in_unicode(node.short)
    words = f"{node.name}, {kind}{'' if at is None else ': ' + ', '.join(line for line in lines if line)}"
    return Box(
        f"species:{node.id}", "species", shape, (node.id,), (name, *lines), words, x, y, _species_wide(node), _SPECIES_HIGH,
        tuple(classes),
    )  # fmt: skip


def _signature(node: Node) -> str:
    """Return how something is seen, or of what it is made."""
    if node.silent:
        return "no band to see"
    facts = dict(node.facts)
    more = facts.get("absorbs at") or in_unicode(facts.get("formula", ""))
    return more if len(more) <= _SHORT else f"{more[: _SHORT - 1]}…"


def _at(at: At) -> tuple[tuple[str, str], list[str]]:
    """Return two lines that say what holds of a species at a stage, and the classes of its box."""
    derived, look = (
        ("must be seen", "expected")
        if at.expected is not None
        else ("must be there", "must")
        if at.available or at.left
        else ("can be there", "may")
        if at.possible
        else ("cannot be there", "impossible")
    )
    seen = {True: "seen", False: "not seen", None: "noted" if at.noted else ""}[at.seen]
    classes = [look, *([{True: "was-seen", False: "not-seen"}[at.seen]] if at.seen is not None else [])]
    if at.contradictions:
        classes.append("contradicted")
        return (derived, f"⚠ {seen or 'not met'}"), classes
    return (derived, f"{'● ' if at.seen else '○ ' if at.seen is False else ''}{seen}"), classes


def _firmest(steps: Iterable[Reaction], shown: Shown) -> Stand:
    on = [step for step in steps if shown.steps is None or step.id in shown.steps]
    stands: list[Stand] = [shown.stands.get(step.id, "undecided") for step in on or steps]
    return min(stands, key=_RANK.__getitem__)


def _step(block: _Block, layout: Layout, shown: Shown) -> list[Box]:
    """Return the boxes of a step: itself, and what stands over and under it."""
    x, y = layout.places[_block_id(block)]
    wide, high = block.size
    stand = _firmest(block.steps, shown)
    faded = ("faded",) if shown.steps is not None and shown.steps.isdisjoint(s.id for s in block.steps) else ()
    classes = [f"s-{stand}", *faded]
    if shown.at is not None and not faded:
        classes.append("runs" if not shown.runs.isdisjoint(step.id for step in block.steps) else "idle")
    signs = dict.fromkeys(STANDS[shown.stands.get(step.id, "undecided")][0] for step in block.steps)
    words = "; ".join(f"{step.name}, {STANDS[shown.stands.get(step.id, 'undecided')][1]}" for step in block.steps)
    if "runs" in classes:
        words += ": can run here"
    if "idle" in classes:
        words += ": cannot run here"
    top = y - high / 2 + len(block.over) * (_HELP_HIGH + 6)
    own = Box(
        _block_id(block),
        "step",
        "pill",
        tuple(step.id for step in block.steps),
        (f"{'/'.join(signs)} {block.caption}",),
        words,
        x,
        top + _STEP_HIGH / 2,
        6.6 * (len(block.caption) + 3) + 18,
        _STEP_HIGH,
        tuple(classes),
    )
    help_of = replace(own, what="help", shape="label", height=_HELP_HIGH, classes=faded)
    found = [own]
    for place, text in enumerate(block.over):
        level = y - high / 2 + place * (_HELP_HIGH + 6) + _HELP_HIGH / 2
        wide = _SMALL_LETTER * len(text) + 16
        found.append(
            replace(help_of, id=f"{own.id}:over{place}", lines=(text,), words=f"promoted by {text}", y=level, width=wide)
        )
    for place, text in enumerate(block.under):
        level = top + _STEP_HIGH + 6 + place * (_HELP_HIGH + 6) + _HELP_HIGH / 2
        wide = _SMALL_LETTER * len(text) + 16
        found.append(replace(help_of, id=f"{own.id}:under{place}", lines=(text,), words=text, y=level, width=wide))
    return found


def _wire(block: _Block, side: str, taking: Taking, kind: str, layout: Layout, shown: Shown) -> Iterable[Wire]:
    step = _block_id(block)
    tail, head = (taking.species, step) if side == "left" else (step, taking.species)
    if (tail, head) not in layout.lines:
        return
    forward, *back = block.steps
    again = side == "left" and any(each.species == taking.species for each in forward.right)
    on = {each.id for each in block.steps if shown.steps is None or each.id in shown.steps} or {s.id for s in block.steps}
    start = side == "left" and (again or any(each.id in on for each in back))
    end = side == "right" and forward.id in on
    points = _levelled(layout.lines[tail, head], step == head, layout, block)
    points = _touching(points, step != head, layout.places[taking.species], kind)
    classes = [f"s-{_firmest(block.steps, shown)}", "main" if taking.main else "side"]
    if shown.steps is not None and shown.steps.isdisjoint(each.id for each in block.steps):
        classes.append("faded")
    often = "" if taking.coefficient in (None, 1) else f"{taking.coefficient:g}"
    ends = (f"species:{taking.species}", step) if side == "left" else (step, f"species:{taking.species}")
    yield Wire(f"{tail}>{head}", *ends, points, start, end, often, tuple(classes))


def _levelled(points: tuple[Point, ...], at_end: bool, layout: Layout, block: _Block) -> tuple[Point, ...]:
    """Move the end at a step from the side of its block to that of its own box, which may be narrower and lower."""
    x, y = layout.places[_block_id(block)]
    high = block.size[1]
    own = y - high / 2 + len(block.over) * (_HELP_HIGH + 6) + _STEP_HIGH / 2
    wide = (6.6 * (len(block.caption) + 3) + 18) / 2
    end = points[-1] if at_end else points[0]
    shift = (end[1] - y) * _STEP_HIGH / high * 0.8
    moved = (x - wide if end[0] < x else x + wide, own + shift)
    return (*points[:-1], moved) if at_end else (moved, *points[1:])


def _touching(points: tuple[Point, ...], at_end: bool, middle: Point, kind: str) -> tuple[Point, ...]:
    """Move the end at a species from the side of its box to its outline, which may curve or slope away from it."""
    x, y = points[-1] if at_end else points[0]
    off = abs(y - middle[1]) / (_SPECIES_HIGH / 2)
    shape = KINDS.get(kind, ("box",))[0]
    inward = {
        "ellipse": abs(x - middle[0]) * (1 - (1 - min(off, 1.0) ** 2) ** 0.5),
        "hexagon": 14.0 * off,
        "plate": 5.0,
    }.get(shape, 0.0)
    moved = (x + inward if x < middle[0] else x - inward, y)
    return (*points[:-1], moved) if at_end else (moved, *points[1:])


def _helps(block: _Block, made: Sequence[Box]) -> Iterable[Wire]:
    """Yield the dashed links from what stands over and under a step."""
    own, *helps = made
    for box in helps:
        below = box.y > own.y
        points = ((own.x, box.y - _HELP_HIGH / 2), (own.x, own.y + _STEP_HIGH / 2)) if below else (
            (own.x, box.y + _HELP_HIGH / 2), (own.x, own.y - _STEP_HIGH / 2))  # fmt: skip
        classes = ("helps", *("faded" for _ in own.classes if _ == "faded"))
        yield Wire(f"{box.id}>", box.id, own.id, points, False, False, "", classes)


def _head(tip: Point, before: Point) -> str:
    """Return the path of an arrow that comes to a point on the level."""
    (x, y), way = tip, 1 if tip[0] >= before[0] else -1
    return f"M{x:.1f},{y:.1f} l{-way * _HEAD:.1f},{-_HEAD / 2:.1f} v{_HEAD:.1f} Z"
