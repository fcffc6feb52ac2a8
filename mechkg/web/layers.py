"""A network laid out in layers from left to right, as Sugiyama and others do (IEEE Trans. Syst. Man Cybern. 1981, 11, 109).

Cycles are opened where the fewest arrows turn back, each node comes as far left as what leads to it lets it, the order within a
layer is by the middle of the neighbours, and what spans several layers is led between the nodes of those in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import networkx as nx

GAP_X: Final = 46.0
GAP_Y: Final = 18.0
MARGIN: Final = 12.0
_BENT: Final = 8.0
"""Room in a layer for a line that only passes."""

_SWEEPS: Final = 16

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the middle of each node is, the points of each line from its tail to its head, and the size of the whole."""

    places: Mapping[str, Point]
    lines: Mapping[tuple[str, str], tuple[Point, ...]]
    width: float
    height: float


def laid_out(sizes: Mapping[str, tuple[float, float]], arrows: Sequence[tuple[str, str]]) -> Layout:
    """Lay out nodes of given width and height; ``arrows`` are (tail, head), each pair once and none from a node to itself."""
    if not sizes:
        return Layout({}, {}, 2 * MARGIN, 2 * MARGIN)
    import networkx as nx  # takes a third of a second, for which no server is to wait that begins

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sizes)
    forward = {}
    rank = {name: place for place, name in enumerate(_order(sizes, arrows))}
    for tail, head in arrows:
        one, other = (tail, head) if rank[tail] < rank[head] else (head, tail)
        graph.add_edge(one, other)
        forward[tail, head] = one, other
    layer = _layers(graph)
    chains = {edge: _chain(*edge, layer) for edge in graph.edges}
    layers: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for name in sizes:
        layers[layer[name]].append(name)
    above: dict[str, list[str]] = defaultdict(list)
    below: dict[str, list[str]] = defaultdict(list)
    for chain in chains.values():
        for place, name in enumerate(chain):
            if name not in sizes:
                layers[layer[chain[0]] + place].append(name)
            if place:
                above[name].append(chain[place - 1])
                below[chain[place - 1]].append(name)
    layers = _least_crossings(layers, above, below)
    high = {name: sizes[name][1] if name in sizes else _BENT for row in layers for name in row}
    y = _heights(layers, above, below, high)
    x, wide, width = _columns(layers, sizes)
    low = min(y[name] - high[name] / 2 for name in y) - MARGIN
    places = {name: (x[layer[name]], y[name] - low) for name in sizes}
    ends = _ends(chains, y, sizes)
    lines = {}
    for arrow, edge in forward.items():
        points = _line(chains[edge], x, wide, layer[edge[0]], y, sizes, ends, low)
        lines[arrow] = points if edge == arrow else points[::-1]
    return Layout(places, lines, width, max(y[name] + high[name] / 2 for name in y) - low + MARGIN)


def _order(nodes: Iterable[str], arrows: Sequence[tuple[str, str]]) -> list[str]:
    """Return nodes in an order in which few arrows turn back (Eades, Lin and Smyth, Inf. Process. Lett. 1993, 47, 319)."""
    out: dict[str, set[str]] = {name: set() for name in nodes}
    into: dict[str, set[str]] = {name: set() for name in out}
    for tail, head in arrows:
        out[tail].add(head)
        into[head].add(tail)
    first: list[str] = []
    last: list[str] = []

    def take(name: str, end: list[str]) -> None:
        end.append(name)
        for other in out.pop(name):
            into[other].discard(name)
        for other in into.pop(name):
            out[other].discard(name)

    while out:
        sink = next((name for name in out if not out[name]), None)
        if sink is not None:
            take(sink, last)
            continue
        source = next((name for name in out if not into[name]), None)
        take(source if source is not None else max(out, key=lambda name: len(out[name]) - len(into[name])), first)
    return first + last[::-1]


def _layers(graph: nx.DiGraph[str]) -> dict[str, int]:
    """Return the layer of each node: as far left as can be, and then to the right towards what it leads to."""
    import networkx as nx

    order = list(nx.topological_sort(graph))
    layer: dict[str, int] = {}
    for name in order:
        layer[name] = max((layer[before] + 1 for before in graph.predecessors(name)), default=0)
    for name in reversed(order):
        after = [layer[other] for other in graph.successors(name)]
        if after and graph.in_degree(name) <= len(after):
            layer[name] = max(layer[name], min(after) - 1)
    return layer


def _chain(tail: str, head: str, layer: Mapping[str, int]) -> tuple[str, ...]:
    """Return a line as nodes, one in each layer: those in between are bends."""
    return (tail, *(f"{tail}\0{head}\0{place}" for place in range(layer[tail] + 1, layer[head])), head)


# --- order within layers ----------------------------------------------------------------------------------------------


def _least_crossings(layers: list[list[str]], above: Mapping[str, list[str]], below: Mapping[str, list[str]]) -> list[list[str]]:
    best, fewest = layers, _crossings(layers, below)
    now = [[*row] for row in layers]
    for sweep in range(_SWEEPS):
        places = range(1, len(now)) if sweep % 2 == 0 else range(len(now) - 2, -1, -1)
        beside = above if sweep % 2 == 0 else below
        for place in places:
            at = {name: n for n, name in enumerate(now[place - 1 if sweep % 2 == 0 else place + 1])}
            middles = ((_mean([at[other] for other in beside.get(name, ())], n), n, name) for n, name in enumerate(now[place]))
            now[place] = [name for _, _, name in sorted(middles)]
        found = _crossings(now, below)
        if found < fewest:
            best, fewest = [[*row] for row in now], found
    return best


def _mean(those: Sequence[float], default: float) -> float:
    return sum(those) / len(those) if those else default


def _crossings(layers: Sequence[Sequence[str]], below: Mapping[str, list[str]]) -> int:
    found = 0
    for row, after in pairwise(layers):
        at = {name: n for n, name in enumerate(after)}
        ends = [end for name in row for end in sorted(at[other] for other in below.get(name, ()))]
        found += sum(one > other for n, one in enumerate(ends) for other in ends[n + 1 :])
    return found


# --- places -----------------------------------------------------------------------------------------------------------


def _heights(
    layers: Sequence[Sequence[str]],
    above: Mapping[str, list[str]],
    below: Mapping[str, list[str]],
    high: Mapping[str, float],
) -> dict[str, float]:
    """Return the heights of nodes and bends: near those of their neighbours, none over another."""
    y: dict[str, float] = {}
    for row in layers:
        level = 0.0
        for name in row:
            y[name] = level + high[name] / 2
            level += high[name] + GAP_Y
        for name in row:
            y[name] -= level / 2
    for sweep in range(_SWEEPS):
        beside = (above, below)[sweep % 2]
        for row in layers if sweep % 2 == 0 else reversed(layers):
            wanted = [_mean([y[other] for other in beside.get(name, ())], y[name]) for name in row]
            for name, place in zip(row, _apart(wanted, [high[name] for name in row]), strict=True):
                y[name] = place
    return y


def _apart(wanted: Sequence[float], high: Sequence[float]) -> list[float]:
    """Return places as near to those that are wanted as can be, in the same order and apart.

    >>> _apart([0.0, 0.0, 100.0], [10.0, 10.0, 10.0])
    [-14.0, 14.0, 100.0]
    """
    # with the room that each needs taken off, places may not fall: equal blocks of the mean (pool adjacent violators)
    room = [0.0]
    for one, other in pairwise(high):
        room.append(room[-1] + (one + other) / 2 + GAP_Y)
    blocks: list[tuple[float, int]] = []
    for value, off in zip(wanted, room, strict=True):
        total, count = value - off, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            more, many = blocks.pop()
            total, count = total + more, count + many
        blocks.append((total, count))
    level = [total / count for total, count in blocks for _ in range(count)]
    return [value + off for value, off in zip(level, room, strict=True)]


def _columns(layers: Sequence[Sequence[str]], sizes: Mapping[str, tuple[float, float]]) -> tuple[list[float], list[float], float]:
    """Return the middle of each layer, how wide it is, and the width of all."""
    x, widths, left = [], [], MARGIN
    for row in layers:
        wide = max((sizes[name][0] for name in row if name in sizes), default=0.0)
        x.append(left + wide / 2)
        widths.append(wide)
        left += wide + GAP_X
    return x, widths, left - GAP_X + MARGIN


def _ends(
    chains: Mapping[tuple[str, str], tuple[str, ...]], y: Mapping[str, float], sizes: Mapping[str, tuple[float, float]]
) -> dict[tuple[str, str], float]:
    """Return how far from the middle of a node its lines end: side by side, in the order of where they come from."""
    sides: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for chain in chains.values():
        sides[chain[0], True].append(chain[1])
        sides[chain[-1], False].append(chain[-2])
    found = {}
    for (name, _), others in sides.items():
        step = min(9.0, 0.6 * sizes[name][1] / len(others))
        for place, other in enumerate(sorted(others, key=lambda each: y[each])):
            found[name, other] = (place - (len(others) - 1) / 2) * step
    return found


def _line(
    chain: Sequence[str],
    x: Sequence[float],
    wide: Sequence[float],
    start: int,
    y: Mapping[str, float],
    sizes: Mapping[str, tuple[float, float]],
    ends: Mapping[tuple[str, str], float],
    low: float,
) -> tuple[Point, ...]:
    """Return the points of a line: it passes a layer from one side to the other at one height."""
    tail, head = chain[0], chain[-1]
    points = [(x[start] + sizes[tail][0] / 2, y[tail] + ends[tail, chain[1]] - low)]
    for layer, name in enumerate(chain[1:-1], start + 1):
        points += [(x[layer] - wide[layer] / 2, y[name] - low), (x[layer] + wide[layer] / 2, y[name] - low)]
    return (*points, (x[start + len(chain) - 1] - sizes[head][0] / 2, y[head] + ends[head, chain[-2]] - low))
