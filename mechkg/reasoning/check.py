"""Verdicts: which candidates of a hypothesis space the observations rule out, by which observation, under which assumptions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from mechkg.errors import BadInputError, NotFoundError
from mechkg.model.hypothesis import Candidate, HypothesisSpace
from mechkg.model.verdict import CandidateVerdict, Check, Conflict, Explanation, ProofNode, VerdictName
from mechkg.reasoning.engine import Engine, Setting
from mechkg.reasoning.facts import Facts
from mechkg.reasoning.labels import Labels
from mechkg.reasoning.proof import Instances, Prover, assumptions_of
from mechkg.reasoning.rulebook import SOUNDNESS, Rulebook, read_rulebook
from mechkg.reasoning.terms import Atom

_NO_TIME = 10**9
"""An observation without a printed time comes after all that have one."""


class Checker:
    """One hypothesis space, grounded once, to check as many candidates as one likes."""

    def __init__(
        self, space: HypothesisSpace, facts: Facts, labels: Labels, graph_version: int, rulebook: Rulebook | None = None
    ) -> None:
        self._space = space
        self._facts = facts
        self._labels = labels
        self._version = graph_version
        self._rulebook = rulebook or read_rulebook()
        self._engine = Engine([rule.text for rule in self._rulebook.rules], self._rulebook.choices, facts.atoms)
        self._seen_at = {str(a.arguments[0]): int(a.arguments[2]) for a in facts.atoms if a.name == "looked_to"}
        self._instances = Instances(self._rulebook, labels)
        self._observations = sorted({str(a.arguments[0]) for a in facts.atoms if a.name == "reported"})

    def check(self, candidates: Collection[str] = (), without: Collection[str] = (), extra: Sequence[Candidate] = ()) -> Check:
        """Check the named candidates (all by default) and the ``extra`` ones, with the assumptions in ``without`` withdrawn.

        Raises NotFoundError, with the nearest name, for an unknown candidate, step or assumption; BadInputError for an extra
        candidate that breaks a constraint of the space.
        """
        withdrawn = self._known("assumption", without, self._space.assumptions)
        chosen = self._chosen(candidates, extra)
        baseline = self._solve((), withdrawn)
        verdicts = tuple(self._verdict(candidate, self._solve(candidate.steps, withdrawn), baseline) for candidate in chosen)
        held = tuple(a for a in self._space.assumptions if a not in withdrawn)
        return Check(self._space.id, self._space.title, self._space.question, self._version, held, withdrawn, verdicts)

    def explain(self, candidate: str | Candidate, without: Collection[str] = ()) -> Explanation:
        """Prove the verdict on one candidate: each conflict, or when there is none each observation explained."""
        withdrawn = self._known("assumption", without, self._space.assumptions)
        extra = () if isinstance(candidate, str) else (candidate,)
        names = (candidate,) if isinstance(candidate, str) else ()
        [found] = self._chosen(names, extra, only_extra=not names)
        setting = self._solve(found.steps, withdrawn)
        baseline = self._solve((), withdrawn)
        verdict = self._verdict(found, setting, baseline)
        prover = self._prover(setting)
        if verdict.conflicts:
            proofs = tuple(proof for _, proof in self._conflicts(setting, prover))
        else:
            # first what the established steps alone do not explain
            alone = set(_named(baseline, "explained"))
            explained = sorted(_named(setting, "explained"), key=lambda atom: (atom in alone, self._rank(str(atom.arguments[0]))))
            proofs = tuple(prover.prove(atom) for atom in explained)
        return Explanation(self._space.id, verdict, self._version, proofs)

    def _chosen(self, names: Collection[str], extra: Sequence[Candidate], *, only_extra: bool = False) -> list[Candidate]:
        known = {c.id: c for c in self._space.candidates}
        for name in names:
            if name not in known:
                raise NotFoundError.of(f"candidate of '{self._space.id}'", name, known)
        for candidate in extra:
            self._known("optional step", candidate.steps, self._space.optional)
            for constraint in self._space.constraints:
                if broken := constraint.broken_by(candidate.steps):
                    raise BadInputError(f"this is no candidate of '{self._space.id}': {broken}")
        listed = [] if only_extra else [known[n] for n in names] if names or extra else list(known.values())
        return [*listed, *extra]

    @staticmethod
    def _known(what: str, names: Iterable[str], valid: Collection[str]) -> tuple[str, ...]:
        for name in names:
            if name not in valid:
                raise NotFoundError.of(what, name, valid)
        return tuple(names)

    def _solve(self, steps: Collection[str], withdrawn: Collection[str]) -> Setting:
        """Find the best setting of the order choices for one candidate, passed signed."""
        on = [Atom("on", (s,)) for s in self._space.optional if s in steps]
        off = [Atom("on", (s,)) for s in self._space.optional if s not in steps and s not in self._space.background]
        held = [Atom("assumed", (a,)) for a in self._space.assumptions if a not in withdrawn]
        dropped = [Atom("assumed", (a,)) for a in self._space.assumptions if a in withdrawn]
        counted = [Atom("counted", (o,)) for o in self._observations]
        setting = self._engine.best([*on, *held, *counted], [*off, *dropped])
        assert setting is not None, "order choices are free, so some setting exists"
        return setting

    def _prover(self, setting: Setting) -> Prover:
        return Prover(self._instances, self._facts, self._labels, setting)

    def _verdict(self, candidate: Candidate, setting: Setting, baseline: Setting) -> CandidateVerdict:
        conflicts = [conflict for conflict, _ in self._conflicts(setting)]
        hit = {conflict.observation for conflict in conflicts}
        explained = [o for o in _first(setting, "explained") if o not in hit]
        bearing = [o for o in _first(setting, "bears") if o not in hit and o not in explained]
        silent = [o for o in self._observations if o not in hit and o not in explained and o not in bearing]
        verdict: VerdictName = "survives"
        if conflicts:
            verdict = "ruled out"
        elif _roles(setting) == _roles(baseline):
            # nothing observed is read differently with these steps than without them
            verdict = "not covered"
        orders = tuple(
            f"{self._labels.say('step', a.arguments[0])} outruns {self._labels.say('step', a.arguments[1])} "
            f"in {self._labels.say('medium', a.arguments[2])}"
            for a in _named(setting, "faster")
        )
        return CandidateVerdict(
            candidate.id,
            candidate.title,
            candidate.steps,
            verdict,
            tuple(conflicts),
            tuple(explained),
            tuple(bearing),
            tuple(silent),
            orders,
        )

    def _rank(self, observation: str) -> tuple[bool, int, str]:
        """Order observations: what is printed before what a curator read into the text, what is seen early before the rest."""
        statement = self._labels.statements.get(observation)
        return statement is not None and statement.flag != "stated", self._seen_at.get(observation, _NO_TIME), observation

    def _conflicts(self, setting: Setting, prover: Prover | None = None) -> list[tuple[Conflict, ProofNode]]:
        """Return the conflicts of a setting with their proofs, those that decide most first.

        Those are the ones found by sound rules, from printed words, seen early.
        """
        atoms = _named(setting, "conflict")
        if not atoms:
            return []
        prover = prover or self._prover(setting)
        ranked = []
        for atom in atoms:
            proof = prover.prove(atom)
            observation, rule, species, _ = (str(a) for a in atom.arguments)
            rank = (SOUNDNESS.index(proof.soundness or SOUNDNESS[-1]), *self._rank(observation))
            brief = f"{self._labels.say('species', species)} {self._rulebook.by_name(proof.rule or rule).brief}"
            ranked.append((rank, Conflict(observation, rule, assumptions_of(proof), proof.sentence, brief), proof))
        return [(conflict, proof) for _, conflict, proof in sorted(ranked, key=lambda entry: entry[0])]


def _named(setting: Setting, name: str) -> list[Atom]:
    return sorted((a for a in setting.atoms if a.name == name), key=str)


def _first(setting: Setting, name: str) -> list[str]:
    return sorted({str(a.arguments[0]) for a in setting.atoms if a.name == name})


def _roles(setting: Setting) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(_first(setting, "conflict")), frozenset(_first(setting, "explained"))
