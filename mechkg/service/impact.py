"""Impact: what would change if a change set were accepted. Nothing is changed to find it out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mechkg.errors import TooLargeError
from mechkg.literature.fields import values_at
from mechkg.literature.references import REFERENCES
from mechkg.model.change_set import Edit
from mechkg.model.corpus import ItemKind
from mechkg.model.finding import Finding
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.verdict import CandidateVerdict, Explanation, VerdictName
from mechkg.reasoning.check import check as check_problem
from mechkg.reasoning.check import explain, verdict_of
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.sweep import choices_of, sweep
from mechkg.reasoning.terms import Atom
from mechkg.service.catalog import Catalog
from mechkg.service.check import MOST_CHOICES
from mechkg.service.check_edits import check_edits
from mechkg.service.reading import Reading
from mechkg.service.supposed import supposed
from mechkg.service.workspace import Workspace


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A candidate on which the verdict, or what rules it out, would change; None where the candidate is not there.

    ``proof`` says why it would have its new verdict, where that flips; None for one that goes.
    """

    space: str
    candidate: str
    before: CandidateVerdict | None
    after: CandidateVerdict | None
    proof: Explanation | None

    @property
    def flips(self) -> bool:
        """Whether the verdict itself would change."""
        return (self.before and self.before.verdict) != (self.after and self.after.verdict)


@dataclass(frozen=True, slots=True)
class StandingChange:
    """A step or claim of a space that would be required, possible or excluded otherwise than now."""

    space: str
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Impact:
    """What acceptance would change, at ledger position ``version``; ``spaces`` are those that were worked out anew."""

    version: int
    findings: tuple[Finding, ...]
    spaces: tuple[str, ...]
    verdicts: tuple[VerdictChange, ...]
    standings: tuple[StandingChange, ...]

    @property
    def acceptable(self) -> bool:
        """Whether no error stands against it."""
        return all(finding.severity != "error" for finding in self.findings)


def impact(workspace: Workspace, edits: Sequence[Edit], records: Mapping[str, AssertionRecord]) -> Impact:
    """Work out what accepting ``edits`` would change; ``records`` holds their new assertions, by id."""
    with supposed(workspace, edits, records) as (now, then):
        findings = check_edits(now.catalog, then.catalog, edits)
        if any(finding.severity == "error" for finding in findings):
            return Impact(now.version, tuple(findings), (), (), ())
        spaces: list[str] = []
        verdicts: list[VerdictChange] = []
        standings: list[StandingChange] = []
        with workspace.lock:
            for space in sorted(_reached(now.catalog, then.catalog, edits)):
                before, after = _problem(now, space), _problem(then, space)
                if before is not None and after is not None and _same(before, after):
                    continue
                spaces.append(space)
                verdicts += _verdicts(space, before, after)
                standings += _standings(space, before, after)
        return Impact(now.version, tuple(findings), tuple(spaces), tuple(verdicts), tuple(standings))


def _problem(reading: Reading, space: str) -> Problem | None:
    return reading.problem(space) if space in reading.catalog.entries else None


def _same(before: Problem, after: Problem) -> bool:
    """Say whether nothing that verdicts hang on differs: no rule sees more than the facts and the space."""
    return before.facts.atoms == after.facts.atoms and before.space == after.space


def _verdicts(space: str, before: Problem | None, after: Problem | None) -> Iterator[VerdictChange]:
    old, new = (_outcomes(problem) if problem else {} for problem in (before, after))
    changed = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    # proofs are what takes long: only of what changes, and in full only of what flips
    was = _found(before, [name for name in changed if name in old])
    will = _found(after, [name for name in changed if name in new])
    for name in changed:
        change = VerdictChange(space, name, was.get(name), will.get(name), None)
        yield replace(change, proof=explain(after, name)) if after and change.after and change.flips else change


def _outcomes(problem: Problem) -> dict[str, tuple[VerdictName, frozenset[Atom]]]:
    """Return, for each candidate, the verdict and what stands against it."""
    candidates = problem.space.candidates
    baseline, *outcomes = problem.outcomes.of([problem.setting(c) for c in (problem.nothing, *candidates)])
    return {
        candidate.id: (verdict_of(outcome, baseline), frozenset(outcome.conflicts))
        for candidate, outcome in zip(candidates, outcomes, strict=True)
    }


def _found(problem: Problem | None, names: Collection[str]) -> dict[str, CandidateVerdict]:
    return {c.id: c for c in check_problem(problem, names).candidates} if problem and names else {}


def _standings(space: str, before: Problem | None, after: Problem | None) -> Iterator[StandingChange]:
    was, will = (_standing(problem) if problem else {} for problem in (before, after))
    for name in dict.fromkeys([*was, *will]):
        if was.get(name) != will.get(name):
            yield StandingChange(space, name, was.get(name), will.get(name))


def _standing(problem: Problem) -> dict[str, str]:
    """Return what is required, possible and excluded; nothing for a space too large to go through at once."""
    if len(choices_of(problem.space)[0]) > MOST_CHOICES:
        return {}
    try:
        return dict(sweep(problem.program, problem.space).standing)
    except TooLargeError:  # order choices come on top
        return {}


# --- which spaces an edit can reach -----------------------------------------------------------------------------------


def _reached(now: Catalog, then: Catalog, edits: Sequence[Edit]) -> set[str]:
    """Return the spaces whose facts the edits can change, generously."""
    found: set[str] = set()
    for edit in edits:
        for catalog in (now, then):
            found |= _reached_from(catalog, edit.item)
    return found


def _reached_from(catalog: Catalog, item: str) -> set[str]:
    """Return the spaces that rest on an item.

    An observation bears on the spaces that consider one of its procedures; all else on those that come to name it, however
    indirectly, themselves or through what was observed in their procedures.
    """
    if item not in catalog.entries:
        return set()
    above: set[str] = {item}
    back = [item]
    while back:
        name = back.pop()
        entry = catalog.entries[name]
        up = [other.id for other in catalog.referring.get(name, ())]
        if entry.kind == "observation":
            up = [other for other in up if catalog.entries[other].kind in ("assumption", "space")]
            up += [stage.partition("/")[0] for stage in _named(entry.value, "observation", ("at.*", "than.*"))]
        if entry.kind in ("procedure", "step", "assumption", "claim"):
            up = [other for other in up if catalog.entries[other].kind in _CARRIERS]
        for other in up:
            if other in catalog.entries and other not in above:
                above.add(other)
                back.append(other)
    return {name for name in above if catalog.entries[name].kind == "space"}


_CARRIERS = ("space", "procedure", "step", "assumption", "claim", "observation")
"""Kinds of items through which something bears on a verdict."""


def _named(value: object, kind: ItemKind, patterns: Collection[str]) -> Iterator[str]:
    for pattern in patterns:
        assert pattern in REFERENCES[kind]
        for _, name in values_at(value, pattern):
            yield str(name)
