"""Hold the conclusions that authors draw against the survivors of the hypothesis spaces, and against a curator's judgement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mechkg.assets import queries_dir
from mechkg.literature.conclusions import read_conclusions, read_maps
from mechkg.model.conclusion import Assessed, Conclusion, Mapped, Statement
from mechkg.model.observation import Observation
from mechkg.reasoning.conclusions import Assessor, judged
from mechkg.service.ask import ask
from mechkg.service.reading import View

OVERCLAIM = ("derived", "derived with assumptions")


@dataclass(frozen=True, slots=True)
class ConclusionReport:
    """What comes of a list of conclusions, in its order; ``graph_version`` is the ledger position it was worked out at."""

    graph_version: int
    assessed: tuple[Assessed, ...]
    unmapped: tuple[str, ...]

    @property
    def agreeing(self) -> int:
        """How many findings agree with the curator."""
        return sum(bool(a.agrees) for a in self.assessed)

    @property
    def overclaims(self) -> list[Assessed]:
        """Conclusions found derived without more, which the curator holds to be open."""
        return [a for a in self.assessed if a.found == "derived" and a.judgement in ("underdetermined", "untested")]

    def counts(self) -> Counter[tuple[str | None, str]]:
        """Return how often each judgement meets each finding."""
        return Counter((a.judgement, a.found) for a in self.assessed)


def benchmark_conclusions(
    workspace: View,
    file: Path | str,
    *,
    maps: Path | None = None,
    proofs: bool = True,
    progress: Callable[[float], None] | None = None,
) -> ConclusionReport:
    """Assess every conclusion of ``file``, as the files in ``maps`` (the shipped ones by default) put them.

    A conclusion that no file puts is not covered, and listed as such. ``proofs`` adds to each disagreement why the engine
    finds what it finds. Raises BadInputError with file and line for what cannot be read, NotFoundError with the nearest name
    for a space, step, postulate, assumption, observation or question that is unknown.
    """
    wanted = read_conclusions(file)
    known = read_maps(maps or queries_dir() / "conclusions")
    assessors: dict[str, Assessor] = {}
    found: list[Assessed] = []
    with workspace.lock:
        for number, conclusion in enumerate(wanted):
            mapped = known.get(conclusion.id)
            found.append(_assess(workspace, assessors, conclusion, mapped, proofs=proofs))
            if progress is not None:
                progress((number + 1) / len(wanted))
        return ConclusionReport(workspace.version, tuple(found), tuple(c.id for c in wanted if c.id not in known))


def _assess(
    workspace: View, assessors: dict[str, Assessor], conclusion: Conclusion, mapped: Mapped | None, *, proofs: bool
) -> Assessed:
    def answers(claim: Statement) -> bool:
        answer = ask(workspace, claim.question or "", claim.parameters)
        told = {str(value) for row in answer.rows for value in row}
        # a row may list several names in one cell
        words = {word.strip() for cell in told for word in cell.replace(";", ",").replace("|", ",").split(",")}
        return all(name in told | words for name in claim.mentions)

    if mapped is None:
        return judged(Assessed(conclusion.id, "", None, "not covered", None), conclusion)
    if mapped.space is None:
        right = all(answers(c) if c.question else _accepted(workspace, c) for c in mapped.claims)
        plain = Assessed(conclusion.id, "", None, "derived" if right else "not covered", None, note=mapped.note)
        return judged(plain, conclusion)
    space = workspace.catalog.space(mapped.space).id
    if space not in assessors:
        assessors[space] = Assessor(workspace.problem(space))
    assessor = assessors[space]
    result = judged(assessor.assess(mapped, answers), conclusion)
    return replace(result, proof=assessor.proof(mapped, result)) if proofs and not result.agrees else result


def _accepted(workspace: View, claim: Statement) -> bool:
    """Say whether observations are accepted; an absence among them needs a method and a limit of its own to count."""
    for name in claim.observed:
        value = workspace.catalog.find(name, "observation").value
        if isinstance(value, Observation) and value.kind in ("absent", "featureless") and not value.limit:
            return False
    return bool(claim.observed)


def as_json(report: ConclusionReport) -> dict[str, Any]:
    """Return a report as plain JSON content."""
    return {
        "graph_version": report.graph_version,
        "conclusions": len(report.assessed),
        "agreeing": report.agreeing,
        "overclaims": [a.id for a in report.overclaims],
        "unmapped": list(report.unmapped),
        "counts": [
            {"judgement": judgement, "found": found, "count": count}
            for (judgement, found), count in sorted(report.counts().items(), key=str)
        ],
        "assessed": [_entry(a) for a in report.assessed],
    }


def _entry(found: Assessed) -> Mapping[str, Any]:
    return {
        "id": found.id,
        "conclusion": found.text,
        "judgement": found.judgement,
        "found": found.found,
        "agrees": found.agrees,
        "assumptions": list(found.assumptions),
        "candidates": list(found.candidates),
        "observations": list(found.observations),
        "proof": list(found.proof),
        "note": found.note,
    }
