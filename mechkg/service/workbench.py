"""A hypothesis space to work with: verdicts, what they rest on and can be withdrawn, and what differs from the plain space."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from mechkg.errors import MechkgError
from mechkg.model.hypothesis import Backing, HypothesisSpace
from mechkg.model.report import Matrix
from mechkg.model.verdict import CandidateVerdict, Check, Role, VerdictName
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.render import cannot_be_set
from mechkg.reasoning.report import matrix as matrix_of
from mechkg.service.check import AD_HOC, check
from mechkg.service.equation import Equation, equation_named
from mechkg.service.reading import View
from mechkg.service.words import Words, capital


@dataclass(frozen=True, slots=True)
class Setting:
    """What a space is asked with: assumptions withdrawn, observations left out, steps and claims of a candidate of one's own."""

    without: tuple[str, ...] = ()
    ignoring: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    postulates: tuple[str, ...] = ()

    @property
    def own(self) -> bool:
        """Whether a candidate is put together."""
        return bool(self.steps or self.postulates)

    @property
    def plain(self) -> bool:
        """Whether all premises stand."""
        return not (self.without or self.ignoring)


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of conflict, in brief, with the observations that show it, most telling first."""

    brief: str
    observations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """The verdict on a candidate, why, what the verdict is in the plain space where that differs, and what its authors say."""

    found: CandidateVerdict
    reasons: tuple[Reason, ...]
    before: VerdictName | None = None
    status: str | None = None

    @property
    def not_judged(self) -> str | None:
        """Why the candidate is not judged; None where it is."""
        return capital(cannot_be_set(self.found.gone)) + "." if self.found.gone else None


@dataclass(frozen=True, slots=True)
class Assumed:
    """An assumption in words, how well it is backed, what backs it, and whether it is withdrawn."""

    id: str
    words: str
    backing: Backing
    supported_by: tuple[str, ...]
    cites: tuple[str, ...]
    note: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation in words, where it is told: figure and paper, and whether it is left out."""

    id: str
    words: str
    figure: str
    document: str
    ignored: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A step or claim that is open: in words, as an equation where it has one, and whether one's own candidate has it."""

    id: str
    words: str
    equation: Equation | None
    chosen: bool

    @classmethod
    def of(cls, view: View, words: Words, name: str, *, chosen: bool) -> Member:
        """Return a step or claim of a space by its name."""
        return cls(name, words.member(name).removesuffix(f" [{name}]"), equation_named(view.catalog, name), chosen)


@dataclass(frozen=True, slots=True)
class Workbench:
    """A space and what is found about it; ``wrong`` says why the candidate of one's own is none."""

    space: HypothesisSpace
    check: Check
    rows: tuple[Row, ...]
    assumptions: tuple[Assumed, ...]
    observations: tuple[Seen, ...]
    steps: tuple[Member, ...]
    postulates: tuple[Member, ...]
    wrong: str = ""

    @property
    def flipped(self) -> tuple[Row, ...]:
        """Candidates whose verdict is another one than in the plain space."""
        return tuple(row for row in self.rows if row.before is not None)


def workbench(view: View, space: str, setting: Setting, plain: Check | None = None) -> Workbench:
    """Return a space with these premises withdrawn; ``plain`` is the check of the space with all of them, where that is known.

    Raises NotFoundError with the nearest name for anything unknown among the premises.
    """
    problem = view.problem(space)
    value = problem.space
    problem.assumptions(setting.without), problem.reported(setting.ignoring)
    if plain is None or plain.graph_version != problem.version:
        plain = check(view, value.id)
    found = plain if setting.plain else check(view, value.id, without=setting.without, ignoring=setting.ignoring)
    verdicts, wrong = [*found.candidates], ""
    if setting.own:
        try:
            verdicts += _own(view, value.id, setting)
        except MechkgError as error:
            wrong = str(error)
    was = {one.id: one.verdict for one in plain.candidates}
    if setting.own and not wrong and not setting.plain:
        was |= {one.id: one.verdict for one in _own(view, value.id, replace(setting, without=(), ignoring=()))}
    status = {candidate.id: candidate.author_status for candidate in value.candidates}
    words = Words.of(view, problem)
    return Workbench(
        value,
        found,
        tuple(Row(one, reasons(one), _before(one, was), status.get(one.id)) for one in verdicts),
        tuple(_assumed(view, problem, words, name, name in setting.without) for name in value.assumptions),
        tuple(seen(view, words, words.early(problem.observations), setting.ignoring)),
        tuple(Member.of(view, words, name, chosen=name in setting.steps) for name in value.optional),
        tuple(Member.of(view, words, each.id, chosen=each.id in setting.postulates) for each in value.postulates),
        wrong,
    )


def _own(view: View, space: str, setting: Setting) -> Sequence[CandidateVerdict]:
    found = check(
        view,
        space,
        without=setting.without,
        ignoring=setting.ignoring,
        steps=setting.steps,
        postulates=setting.postulates,
    )
    return [replace(one, title="Your candidate") for one in found.candidates if one.id == AD_HOC]


def reasons(candidate: CandidateVerdict) -> tuple[Reason, ...]:
    """Return what rules a candidate out, each kind of conflict once, what decides first."""
    kinds: dict[str, dict[str, None]] = {}
    for conflict in candidate.conflicts:
        kinds.setdefault(conflict.brief, {})[conflict.observation] = None
    return tuple(Reason(brief, tuple(observations)) for brief, observations in kinds.items())


def seen(view: View, words: Words, observations: Iterable[str], ignored: Collection[str] = ()) -> Iterable[Seen]:
    """Yield observations as they are told: a figure is what the label of the stage begins with."""
    entries, say = view.catalog.entries, words.problem.labels.say
    for name in observations:
        entry = entries.get(name)
        stages = entry.record.body.get("at", ()) if entry else ()
        figure = say("stage", stages[0]).partition(",")[0] if stages else "elsewhere"
        yield Seen(
            name,
            words.observation(name).removesuffix(f" [{name}]"),
            figure,
            entry.record.document if entry else "",
            name in ignored,
        )


def _before(found: CandidateVerdict, was: dict[str, VerdictName]) -> VerdictName | None:
    earlier = was.get(found.id)
    return earlier if earlier != found.verdict else None


def _assumed(view: View, problem: Problem, words: Words, name: str, withdrawn: bool) -> Assumed:
    stored = view.assumption(name)
    return Assumed(
        name,
        str(stored.get("statement", name)),
        problem.backing.get(name, "silent"),
        tuple(stored.get("supported_by", ())),
        tuple(stored.get("cites", ())),
        str(stored.get("note", "")),
        withdrawn,
    )


# --- the kill matrix ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Table:
    """The kill matrix of a space with the words for what is in it; titles and verdicts by candidate, observations by name."""

    space: HypothesisSpace
    check: Check
    matrix: Matrix
    observations: dict[str, Seen]

    def roles(self) -> dict[str, tuple[Role, ...]]:
        """Return the part of each observation for every candidate, in the order of the candidates."""
        return dict(zip(self.matrix.observations, zip(*self.matrix.roles, strict=True), strict=True))


def table(view: View, found: Check) -> Table:
    """Return the kill matrix of what was checked."""
    problem = view.problem(found.space)
    matrix = matrix_of(found)
    words = Words.of(view, problem)
    return Table(problem.space, found, matrix, {each.id: each for each in seen(view, words, matrix.observations, found.ignored)})
