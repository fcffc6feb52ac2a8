"""Impact: what would change if a change set were accepted. Nothing is changed to find it out."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from mechkg.curation.sign_off import SignOff, sign_offs
from mechkg.errors import MechkgError, TooLargeError
from mechkg.graph.namespaces import TYPE
from mechkg.graph.terms import Triple, iri
from mechkg.model.change_set import ChangeSet, Edit
from mechkg.model.disagreement import Disagreement
from mechkg.model.finding import Finding
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.verdict import Explanation, VerdictName
from mechkg.reasoning.check import explain, verdict_of
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.program import GroundProgram
from mechkg.reasoning.reground import reground
from mechkg.reasoning.rulebook import Rulebook
from mechkg.reasoning.sweep import choices_of, sweep
from mechkg.reasoning.terms import Atom
from mechkg.reasoning.touched import FactQuery, fact_queries, queries_that_see
from mechkg.service.acting import change_set_of, records_of
from mechkg.service.catalog import Catalog
from mechkg.service.check import MOST_CHOICES
from mechkg.service.check_edits import check_edits
from mechkg.service.disagreements import KINDS as COMPARED
from mechkg.service.disagreements import disagreements_in
from mechkg.service.fit import class_labels, doubts
from mechkg.service.reach import spaces_reached
from mechkg.service.reading import Reading
from mechkg.service.recorded import Recorded
from mechkg.service.sign_off import beneath, signature, signatures
from mechkg.service.supposed import supposed, supposed_catalog


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An observation that a candidate cannot meet: of which kind, and in a few words."""

    observation: str
    kind: str
    brief: str


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A candidate on which the verdict, or what rules it out, would change; a verdict is None where the candidate is not there.

    ``appear`` and ``vanish`` are the contradictions that would be there and are not, and the reverse.
    """

    space: str
    candidate: str
    title: str
    before: VerdictName | None
    after: VerdictName | None
    appear: tuple[Contradiction, ...]
    vanish: tuple[Contradiction, ...]
    was: Problem | None = field(default=None, repr=False, compare=False)
    will: Problem | None = field(default=None, repr=False, compare=False)
    gone: tuple[str, ...] = ()
    """Steps and claims of the candidate that would not count any more, so that it could not be judged."""

    @property
    def flips(self) -> bool:
        """Whether the verdict itself would change."""
        return self.before != self.after

    def proof(self) -> Explanation | None:
        """Prove the verdict that it would have; None for a candidate that goes. Worked out when asked for, which takes long."""
        return explain(self.will, self.candidate) if self.will is not None and self.after is not None else None

    def proof_before(self) -> Explanation | None:
        """Prove the verdict that it has; None for a candidate that comes."""
        return explain(self.was, self.candidate) if self.was is not None and self.before is not None else None


@dataclass(frozen=True, slots=True)
class StandingChange:
    """A step or claim of a space that would be required, possible or excluded otherwise than now."""

    space: str
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Impact:
    """What acceptance would change, at ledger position ``version``; ``spaces`` are those that were worked out anew.

    ``appear`` and ``vanish`` are disagreements between sources that would be there and are not, or would have other sides, and
    the reverse; ``signatures`` those that would go stale.
    """

    version: int
    findings: tuple[Finding, ...]
    spaces: tuple[str, ...] = ()
    verdicts: tuple[VerdictChange, ...] = ()
    standings: tuple[StandingChange, ...] = ()
    appear: tuple[Disagreement, ...] = ()
    vanish: tuple[Disagreement, ...] = ()
    signatures: tuple[SignOff, ...] = ()
    problems: Mapping[str, tuple[Problem | None, Problem | None]] = field(default_factory=dict, repr=False, compare=False)
    """Space that was worked out -> as it is, and as it would be."""

    @property
    def acceptable(self) -> bool:
        """Whether no error stands against it."""
        return all(finding.severity != "error" for finding in self.findings)


def impact_of(workspace: Recorded, change_set: str) -> tuple[ChangeSet, Impact]:
    """Return a change set and what accepting it would change; raise NotFoundError when there is none of that name."""
    found = change_set_of(workspace, change_set)
    return found, impact(workspace, found.edits, records_of(workspace, found.edits))


_MOST_KEPT = 4
_KEPT: WeakKeyDictionary[Reading, OrderedDict[tuple[int, tuple[Edit, ...]], Impact]] = WeakKeyDictionary()
"""Reading -> what was worked out last, by the position of the ledger and the edits: a page asks again and again."""


def impact(workspace: Recorded, edits: Sequence[Edit], records: Mapping[str, AssertionRecord]) -> Impact:
    """Work out what accepting ``edits`` would change; ``records`` holds their new assertions, by id."""
    asked = (workspace.ledger.position(), tuple(edits))
    with workspace.lock:
        kept = _KEPT.setdefault(workspace.reading, OrderedDict())
        if asked in kept:
            kept.move_to_end(asked)
            return kept[asked]
    found = _worked_out(workspace, edits, records)
    with workspace.lock:
        kept[asked] = found
        while len(kept) > _MOST_KEPT:
            kept.popitem(last=False)
    return found


def prepare(workspace: Recorded) -> Iterator[str]:
    """Work out what a first preview would wait for, and yield each space that is ready; go on as long as that is wanted."""
    with workspace.shadow() as (now, _):
        names = sorted(entry.id for entry in now.catalog.by_kind.get("space", ()))
    _ = now.catalog.referring, class_labels()
    for space in names:
        # whoever asks about a space that cannot be worked out is told so then
        with workspace.lock, suppress(MechkgError):
            _Told.of(now, space, now.problem(space))
        yield space
    signatures(workspace)


def _worked_out(workspace: Recorded, edits: Sequence[Edit], records: Mapping[str, AssertionRecord]) -> Impact:
    reading = workspace.reading
    catalog = supposed_catalog(reading.catalog, edits, records)
    doubted = (doubt.finding for doubt in doubts(reading.catalog, catalog, edits))
    findings = (*check_edits(reading.catalog, catalog, edits), *doubted)
    if any(finding.severity == "error" for finding in findings):
        return Impact(reading.version, findings)
    with supposed(workspace, edits, records) as (now, then, triples), workspace.lock:
        changes = FactChanges(now, then, triples)
        edited = {edit.item for edit in edits}
        problems: dict[str, tuple[Problem | None, Problem | None]] = {}
        verdicts: list[VerdictChange] = []
        standings: list[StandingChange] = []
        items = [edit.item for edit in edits]
        reached = spaces_reached(now.catalog, items) | spaces_reached(then.catalog, items)
        for space in changes.among(sorted(reached), edited):
            before, after = _problem(now, space), _problem(then, space)
            working = _working(before, after)
            if working is before:
                continue
            problems[space] = before, working
            was, will = _Told.of(now, space, before), _Told.of(then, space, working)
            verdicts += _verdicts(space, was, will, before, after)
            standings += _standings(space, was, will)
        appear, vanish = _disagreements(workspace, now.catalog, then.catalog, edits)
        signatures = _signatures(workspace, now, then, edits, problems.keys())
        return Impact(
            now.version, findings, tuple(problems), tuple(verdicts), tuple(standings), appear, vanish, signatures, problems
        )


class FactChanges:
    """Which spaces have other facts then than now, as far as that can be told without reading all of them."""

    def __init__(self, now: Reading, then: Reading, triples: Collection[Triple]) -> None:
        self._readings = (now, then)
        queries = queries_that_see(triples, iri(TYPE))
        then.rows.follow(now.rows, queries)
        self._of_a_space = [query for query in queries if query.of_a_space]
        self._in_all = any(self._differs(query, "") for query in queries if not query.of_a_space)

    def among(self, spaces: Sequence[str], edited: Collection[str]) -> list[str]:
        """Return those of ``spaces`` that can have other facts, and the ``edited`` ones; all others have the same."""
        if not self._in_all:
            for reading in self._readings:
                reading.rows.gather(self._of_a_space, spaces)
        found = [space for space in spaces if self._in_all or space in edited or self._in_space(space)]
        # what facts are read from
        self._readings[1].rows.gather(fact_queries(), found)
        return found

    def _in_space(self, space: str) -> bool:
        return any(self._differs(query, space) for query in self._of_a_space)

    def _differs(self, query: FactQuery, space: str) -> bool:
        before, after = (Counter(map(tuple, r.rows.rows(query.text, {"space": space}))) for r in self._readings)
        return before != after


def _problem(reading: Reading, space: str) -> Problem | None:
    return reading.problem(space) if space in reading.catalog.entries else None


def _working(before: Problem | None, after: Problem | None) -> Problem | None:
    """Return a problem with the verdicts of ``after``, made from that of before; ``before`` itself when they are the same.

    No rule sees more than the facts and the space.
    """
    if before is None or after is None:
        return after
    program: GroundProgram | None = None
    if before.facts.atoms != after.facts.atoms:
        program = reground(before.program, before.rulebook, before.facts.atoms, after.facts.atoms)
    if program is None:
        if before.space == after.space:
            return before
        program = before.program
    return replace(after, rulebook=before.rulebook, grounder=_Given(program))


@dataclass(frozen=True, slots=True)
class _Given:
    """A ground program that is there already."""

    program: GroundProgram

    def __call__(self, rulebook: Rulebook, facts: Facts) -> GroundProgram:
        return self.program


Outcomes = Mapping[str, tuple[VerdictName, frozenset[Atom]]]
"""Candidate -> its verdict, and what stands against it."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of a space; nothing of one that is not there."""

    problem: Problem | None
    outcomes: Outcomes
    standing: Mapping[str, str]

    @classmethod
    def of(cls, reading: Reading, space: str, problem: Problem | None) -> _Told:
        if problem is None:
            return cls(None, {}, {})
        known = _TOLD.setdefault(reading, {})
        if space not in known:
            known[space] = cls(problem, _outcomes(problem), _standing(problem))
        return known[space]


_TOLD: WeakKeyDictionary[Reading, dict[str, _Told]] = WeakKeyDictionary()
"""What was worked out: many change sets are held against one reading of what counts."""


def _verdicts(
    space: str, before: _Told, after: _Told, was_problem: Problem | None, will_problem: Problem | None
) -> Iterator[VerdictChange]:
    titles = {c.id: c.title for told in (before, after) if told.problem for c in told.problem.space.candidates}
    for name in dict.fromkeys([*before.outcomes, *after.outcomes]):
        was, will = before.outcomes.get(name), after.outcomes.get(name)
        if was == will:
            continue
        hits, will_hit = was[1] if was else frozenset(), will[1] if will else frozenset()
        appear = _in_brief(after.problem, will_hit - hits) if after.problem else ()
        vanish = _in_brief(before.problem, hits - will_hit) if before.problem else ()
        now, then = was[0] if was else None, will[0] if will else None
        gone = _gone(after.problem, name) if after.problem and will else ()
        yield VerdictChange(space, name, titles[name], now, then, appear, vanish, was_problem, will_problem, gone)


def _gone(problem: Problem, candidate: str) -> tuple[str, ...]:
    [found] = problem.candidates([candidate])
    return problem.gone_of(found)


def _outcomes(problem: Problem) -> Outcomes:
    """Return, for each candidate, the verdict and what stands against it."""
    candidates = problem.space.candidates
    baseline, *outcomes = problem.outcomes.of([problem.setting(c) for c in (problem.nothing, *candidates)])
    return {
        candidate.id: (verdict_of(outcome, baseline), frozenset(outcome.conflicts))
        for candidate, outcome in zip(candidates, outcomes, strict=True)
    }


def _in_brief(problem: Problem, conflicts: Collection[Atom]) -> tuple[Contradiction, ...]:
    """Say what some conflicts are, without proving them, which takes long."""
    rules = {str(rule.text.head.arguments[1]): rule for rule in problem.rulebook.rules if rule.text.head.name == "conflict"}
    found = []
    for atom in conflicts:
        observation, kind, species, _ = (str(argument) for argument in atom.arguments)
        brief = f"{problem.labels.say('species', species)} {rules[kind].brief}"
        found.append((problem.rank(observation), Contradiction(observation, kind, brief)))
    return tuple(dict.fromkeys(contradiction for _, contradiction in sorted(found, key=lambda each: (each[0], each[1].kind))))


def _standings(space: str, before: _Told, after: _Told) -> Iterator[StandingChange]:
    for name in dict.fromkeys([*before.standing, *after.standing]):
        was, will = before.standing.get(name), after.standing.get(name)
        if was != will:
            yield StandingChange(space, name, was, will)


def _standing(problem: Problem) -> dict[str, str]:
    """Return what is required, possible and excluded; nothing for a space too large to go through at once."""
    if len(choices_of(problem.space)[0]) > MOST_CHOICES:
        return {}
    try:
        return dict(sweep(problem.program, problem.space).standing)
    except TooLargeError:  # order choices come on top
        return {}


def _disagreements(
    workspace: Recorded, now: Catalog, then: Catalog, edits: Sequence[Edit]
) -> tuple[tuple[Disagreement, ...], tuple[Disagreement, ...]]:
    """Return the disagreements that would be new, or have other sides, and those that would go."""
    if not any(edit.kind in COMPARED for edit in edits):
        return (), ()
    acts = workspace.ledger.acts_of_kinds(["decide"])
    before, after = ({d.id: d for d in disagreements_in(c, acts).disagreements} for c in (now, then))
    appear = [d for name, d in after.items() if name not in before or before[name].assertions != d.assertions]
    return tuple(appear), tuple(d for name, d in before.items() if name not in after)


def _signatures(
    workspace: Recorded, now: Reading, then: Reading, edits: Sequence[Edit], spaces: Collection[str]
) -> tuple[SignOff, ...]:
    """Return the signatures that hold now and would not any more."""
    gone = {edit.base for edit in edits if edit.base is not None}
    found = []
    for signed in sign_offs(workspace.ledger.acts_of_kinds(["sign-off"])):
        if signature(now, signed).stale:
            continue
        if signed.subject.kind == "verdict" and signed.subject.name.partition("/")[0] not in spaces:
            stale = bool(gone & beneath(now, signed.subject).assertions)  # the same proofs, of what reads otherwise
        else:
            stale = signature(then, signed).stale
        if stale:
            found.append(signed)
    return tuple(found)
