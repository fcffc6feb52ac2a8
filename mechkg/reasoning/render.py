"""Proofs in words: an indented text for the terminal, Markdown for a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mechkg.model.verdict import CandidateVerdict, ProofNode, Source
from mechkg.reasoning.predicates import PREDICATES

MOST_REASONS = 4
"""The short form gives so many reasons for an absence, and says how many it leaves out."""


def shortened(node: ProofNode) -> ProofNode:
    """Return the short form of a proof: what only carries the argument along gives way to what it carries.

    Which lines those are, the predicate table says. No assumption is ever left out.
    """
    return replace(node, premises=tuple(_short_premises(node)))


def _short_premises(node: ProofNode) -> Iterator[ProofNode]:
    given: list[ProofNode] = [short for premise in node.premises for short in _short(premise)]
    told: dict[tuple[str, str], ProofNode] = {}
    for short in given:
        told.setdefault((short.sentence, short.standing), short)
    kept = list(told.values())
    if node.standing == "absent" and len(kept) > MOST_REASONS:
        more = len(kept) - MOST_REASONS
        rest = f"and {more} more reason{'s' if more > 1 else ''} of this kind"
        hidden = [a for dropped in kept[MOST_REASONS:] for a in assumed_in(dropped)]
        kept = [*kept[:MOST_REASONS], ProofNode(rest, "absent", premises=tuple(dict.fromkeys(hidden)))]
    yield from kept


def _short(node: ProofNode) -> Iterator[ProofNode]:
    predicate = PREDICATES.get((node.atom or "").partition("(")[0])
    if predicate is None or node.standing == "assumed":
        yield shortened(node)
    elif node.standing == "absent":
        if predicate.absence != "nothing":
            yield shortened(node)
    elif predicate.short == "premises" and node.premises:
        for premise in node.premises:
            yield from _short(premise)
    elif predicate.short == "assumptions":
        yield from assumed_in(node)
    else:
        yield shortened(node)


def assumed_in(node: ProofNode) -> Iterator[ProofNode]:
    """Yield the assumptions that a proof rests on."""
    if node.standing == "assumed":
        yield node
    for premise in node.premises:
        yield from assumed_in(premise)


def proof_lines(node: ProofNode, *, full: bool = False) -> Iterator[tuple[int, str, ProofNode]]:
    """Yield depth, text and node for each line of a proof, in the short form unless ``full``.

    What was shown before with what it rests on, or with its quotes, is not shown twice: the line says so. One that nothing stands
    beneath is left out under a line that it stands beside.
    """
    told: set[str] = set()

    def walk(here: ProofNode, depth: int, beside: frozenset[str]) -> Iterator[tuple[int, str, ProofNode]]:
        before = here.sentence in told
        again = before and bool(here.premises or quotes_of(here))
        told.add(here.sentence)
        if again:
            yield depth, f"{here.sentence} (see above)", replace(here, sources=(), premises=())
            return
        yield depth, _in_brief(here.sentence) if before and here.standing == "assumed" else here.sentence, here
        known = beside | {premise.sentence for premise in here.premises}
        for premise in here.premises:
            bare = not (premise.premises or quotes_of(premise) or premise.standing == "assumed")
            if not (bare and premise.sentence in beside):
                yield from walk(premise, depth + 1, known)

    yield from walk(node if full else shortened(node), 0, frozenset())


def _in_brief(assumed: str) -> str:
    """Return what is said of an assumption that stands above in full: its name, where it has one."""
    _, bracket, name = assumed.rpartition("[")
    return f"assumed, as above: {bracket}{name}" if bracket else assumed


def quote_of(source: Source) -> str:
    """Return a source in one line: exact words, document, place; what is not printed there is marked."""
    place = ", ".join(part for part in (source.document, source.locator) if part)
    words = " ... ".join(f'"{quote}"' for quote in source.quotes)
    flag = "" if source.flag == "stated" else f" [{source.flag} by the curator]"
    return f"{words} ({place}){flag}" if words else f"({place}){flag}"


def quotes_of(node: ProofNode) -> list[str]:
    """Return the sources of a line, one line each: all for what is stated, those with words for what is assumed."""
    return [quote_of(s) for s in node.sources if node.standing == "stated" or (node.standing == "assumed" and s.quotes)]


def deciding(candidate: CandidateVerdict) -> list[str]:
    """Return what decides a verdict, a line for each kind of conflict and species, with the observation that says most.

    Of a candidate that cannot be set any more, what is gone.
    """
    if candidate.gone:
        return [cannot_be_set(candidate.gone)]
    kinds: dict[str, list[str]] = {}
    for conflict in candidate.conflicts:
        kinds.setdefault(conflict.brief, []).append(conflict.observation)
    lines = []
    for brief, observations in kinds.items():
        first, *more = dict.fromkeys(observations)
        lines.append(f"{brief} ({first}{f' and {len(more)} more' if more else ''})")
    return lines


def cannot_be_set(gone: Sequence[str]) -> str:
    """Say why a candidate is not judged.

    >>> cannot_be_set(["step-2"])
    'it cannot be judged: step-2 no longer counts'
    """
    return f"it cannot be judged: {', '.join(gone)} no longer {'counts' if len(gone) == 1 else 'count'}"


def as_markdown(node: ProofNode, *, full: bool = False) -> str:
    """Return a proof as a nested Markdown list."""
    lines = []
    for depth, sentence, here in proof_lines(node, full=full):
        mark = {"assumed": "*", "absent": ""}.get(here.standing, "")
        lines.append(f"{'  ' * depth}- {mark}{sentence}{mark}")
        lines.extend(f"{'  ' * (depth + 1)}> {quote}" for quote in quotes_of(here))
    return "\n".join(lines) + "\n"


def as_text(node: ProofNode, *, full: bool = False) -> str:
    """Return a proof as indented plain text."""
    lines = []
    for depth, sentence, here in proof_lines(node, full=full):
        lines.append(f"{'  ' * depth}{sentence}")
        lines.extend(f"{'  ' * (depth + 2)}{quote}" for quote in quotes_of(here))
    return "\n".join(lines) + "\n"
