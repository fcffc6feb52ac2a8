"""The proof of a verdict as a tree of lines that a page shows: each with its rule, what is assumed, the words of the papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mechkg.errors import NotFoundError
from mechkg.model.hypothesis import HypothesisSpace
from mechkg.model.verdict import CandidateVerdict, Explanation, ProofNode, Role, Source
from mechkg.reasoning.render import proof_lines
from mechkg.service.check import AD_HOC
from mechkg.service.reading import View
from mechkg.service.why import why
from mechkg.service.why_not import why_not
from mechkg.service.words import Words
from mechkg.service.workbench import Member, Reason, Setting, reasons, seen


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a proof: what it says, the node it comes from, its sources, and what it rests on.

    ``assumption`` is the name of what is assumed here, None for any other line.
    """

    sentence: str
    node: ProofNode
    sources: tuple[Source, ...]
    beneath: tuple[Line, ...]
    assumption: str | None = None

    def __len__(self) -> int:
        return 1 + sum(map(len, self.beneath))


@dataclass(frozen=True, slots=True)
class Subject:
    """An observation with a proof: its name, in words, and the figure it is told of."""

    id: str
    words: str
    figure: str


@dataclass(frozen=True, slots=True)
class Proved:
    """A verdict with its proofs, ready to be shown.

    ``asked`` is the observation asked about, with the part it plays; without one the proof that decides is shown. ``others`` have
    a proof too. ``nodes`` are what is shown, for a drawing.
    """

    space: HypothesisSpace
    version: int
    found: CandidateVerdict
    members: tuple[Member, ...]
    reasons: tuple[Reason, ...]
    asked: Subject | None
    role: Role | None
    proofs: tuple[Line, ...]
    nodes: tuple[ProofNode, ...]
    subjects: tuple[Subject, ...]


def proved(view: View, explained: Explanation, setting: Setting, *, observation: str | None = None, full: bool = False) -> Proved:
    """Return the proof of a verdict, or that about one observation; where that is no proof of it, why it is no conflict.

    Raises NotFoundError with the nearest name for an observation that was not considered.
    """
    problem = view.problem(explained.space)
    found, words = explained.candidate, Words.of(view, problem)
    role, nodes = None, explained.proofs[:1]
    if observation is not None:
        role = found.role(observation)
        if role is None:
            raise NotFoundError.of("observation considered here", observation, found.observations())
        nodes = explained.about(observation)
        if not nodes:
            nodes = _why_no_conflict(view, found, explained.space, observation, setting)
    proofs = tuple(tree(node, full=full) for node in nodes)
    names = dict.fromkeys(name for node in explained.proofs if (name := _about(node)))
    told = {
        each.id: Subject(each.id, each.words, each.figure) for each in seen(view, words, (*names, *filter(None, [observation])))
    }
    members = tuple(Member.of(view, words, name, chosen=True) for name in (*found.steps, *found.postulates))
    return Proved(
        problem.space, explained.graph_version, found, members, reasons(found), told.get(observation) if observation else None,
        role, proofs, nodes, tuple(told[name] for name in names),
    )  # fmt: skip


def explanation(view: View, space: str, candidate: str, setting: Setting) -> Explanation:
    """Explain the verdict on a named candidate, or on the one of one's own."""
    if candidate == AD_HOC:
        return why(
            view, space, without=setting.without, ignoring=setting.ignoring, steps=setting.steps, postulates=setting.postulates
        )
    return why(view, space, candidate, without=setting.without, ignoring=setting.ignoring)


def _why_no_conflict(
    view: View, found: CandidateVerdict, space: str, observation: str, setting: Setting
) -> tuple[ProofNode, ...]:
    own = found.id == AD_HOC
    answered = why_not(
        view,
        space,
        None if own else found.id,
        predicate=f'conflict("{observation}")',
        without=setting.without,
        ignoring=setting.ignoring,
        steps=setting.steps if own else None,
        postulates=setting.postulates if own else (),
    )
    return tuple(answer.proof for answer in answered.answers)


def _about(node: ProofNode) -> str | None:
    """Return the observation that a proof is about: the first argument of its atom."""
    parts = (node.atom or "").split('"')
    return parts[1] if len(parts) > 1 else None


def tree(proof: ProofNode, *, full: bool = False) -> Line:
    """Return a proof as a tree of lines, in the short form unless ``full``; nothing is shown twice."""
    flat = [*proof_lines(proof, full=full)]
    return next(iter(_nested(flat, 0, len(flat))))


def _nested(flat: list[tuple[int, str, ProofNode]], start: int, end: int) -> Iterator[Line]:
    """Yield the lines of one depth between two places, each with those beneath it."""
    while start < end:
        depth, sentence, node = flat[start]
        after = next((place for place in range(start + 1, end) if flat[place][0] <= depth), end)
        yield Line(
            sentence,
            node,
            tuple(_told(node)),
            tuple(_nested(flat, start + 1, after)),
            _about(node) if node.standing == "assumed" else None,
        )
        start = after


def _told(node: ProofNode) -> Iterable[Source]:
    """Return the sources of a line: all for what is stated, those with words for what is assumed."""
    return [s for s in node.sources if node.standing == "stated" or (node.standing == "assumed" and s.quotes)]
