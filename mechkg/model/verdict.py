"""Verdicts on candidate pathways, and the proofs behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

VerdictName = Literal["ruled out", "survives", "not covered"]
"""ruled out: no setting of the open choices is free of conflict while the assumptions hold. survives: some setting is.
not covered: nothing observed bears on the candidate, or it names what no longer counts; never counted as support."""

Role = Literal["explained", "conflict", "permitted", "silent"]
"""Part an observation plays for a candidate. explained: it had to be so. conflict: it could not be so. permitted: it may be so.
silent: no rule connects the two."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """An observation that a candidate cannot meet, by which rule, under which assumptions; in a sentence, and in brief."""

    observation: str
    rule: str
    assumptions: tuple[str, ...]
    sentence: str
    brief: str


@dataclass(frozen=True, slots=True)
class CandidateVerdict:
    """What the observations say of one candidate pathway.

    ``steps`` are the optional steps that are on. ``orders`` are the open order choices of the setting that was found best
    ("a outruns b in medium c"); ``postulates`` are the claims it makes. ``gone`` are those of its steps and claims that no longer
    count: it cannot be set then, and is not covered.
    """

    id: str
    title: str
    steps: tuple[str, ...]
    verdict: VerdictName
    conflicts: tuple[Conflict, ...] = ()
    explained: tuple[str, ...] = ()
    permitted: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    postulates: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def role(self, observation: str) -> Role | None:
        """Return the part that an observation plays; None when it was not considered."""
        if any(conflict.observation == observation for conflict in self.conflicts):
            return "conflict"
        roles: tuple[tuple[Role, tuple[str, ...]], ...] = (
            ("explained", self.explained),
            ("permitted", self.permitted),
            ("silent", self.silent),
        )
        return next((name for name, observations in roles if observation in observations), None)

    def observations(self) -> list[str]:
        """Return every observation that was considered."""
        return [*dict.fromkeys(c.observation for c in self.conflicts), *self.explained, *self.permitted, *self.silent]


@dataclass(frozen=True, slots=True)
class Check:
    """Verdicts on the candidates of one hypothesis space, stamped with the graph they were derived from.

    ``graph_version`` is the ledger position. ``assumptions`` were held, ``withdrawn`` were not; ``ignored`` observations were
    left out of account; ``powerless`` ones report an absence without method or detection limit, so they cannot refute.
    """

    space: str
    title: str
    question: str
    graph_version: int
    assumptions: tuple[str, ...]
    withdrawn: tuple[str, ...]
    candidates: tuple[CandidateVerdict, ...]
    ignored: tuple[str, ...] = ()
    powerless: tuple[str, ...] = ()

    def candidate(self, name: str) -> CandidateVerdict | None:
        """Return the verdict on the candidate called ``name``."""
        return next((c for c in self.candidates if c.id == name), None)


Standing = Literal["derived", "stated", "assumed", "chosen", "absent"]
"""Why a line of a proof stands: derived by a rule, stated in a source, assumed, chosen (a candidate's step or an order choice),
or absent: it could not be derived, and the lines beneath say why."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a stated line comes from: item, document, locator, exact words, flag (stated, inferred, derived, external)."""

    item: str
    document: str
    locator: str | None
    quotes: tuple[str, ...]
    flag: str = "stated"
    assertion: str | None = None


@dataclass(frozen=True, slots=True)
class ProofNode:
    """One line of a proof: a sentence, why it stands, and what it rests on."""

    sentence: str
    standing: Standing
    rule: str | None = None
    soundness: str | None = None
    citation: str | None = None
    sources: tuple[Source, ...] = ()
    premises: tuple[ProofNode, ...] = ()
    atom: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the tree as plain JSON content, empty parts left out."""
        content: dict[str, Any] = {"sentence": self.sentence, "standing": self.standing}
        for name in ("rule", "soundness", "citation", "atom"):
            if (value := getattr(self, name)) is not None:
                content[name] = value
        if self.sources:
            content["sources"] = [
                {
                    "item": s.item,
                    "document": s.document,
                    "locator": s.locator,
                    "quotes": list(s.quotes),
                    "flag": s.flag,
                    "assertion": s.assertion,
                }
                for s in self.sources
            ]
        if self.premises:
            content["premises"] = [p.as_json() for p in self.premises]
        return content


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a candidate has its verdict: one proof per conflict, or per observation explained when it survives."""

    space: str
    candidate: CandidateVerdict
    graph_version: int
    proofs: tuple[ProofNode, ...] = field(default=())

    def about(self, observation: str) -> tuple[ProofNode, ...]:
        """Return the proofs about one observation."""
        return tuple(p for p in self.proofs if (p.atom or "").split('"')[1:2] == [observation])
