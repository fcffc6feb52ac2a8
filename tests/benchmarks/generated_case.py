"""The generated set as case files, so that a benchmark can begin where a user does: with a file that mechkg loads."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from typing import Any

from mechkg.reasoning.facts import Facts, contents_of
from mechkg.reasoning.terms import Term
from tests.reasoning.random_spaces import random_program

CLASSES = {
    "sol-a": "AliphaticHydrocarbonSolvent",
    "sol-b": "AromaticHydrocarbonSolvent",
    "sol-c": "AlkaneSolvent",
    "pro-a": "PrimaryAmine",
    "pro-b": "Phosphine",
}
"""The chemicals of the generated set as members of classes of the ontology."""


def case_of(seed: int, choices: int) -> str:
    """Return ``random_program(seed, choices)`` as a case file; JSON, which YAML contains.

    Beside the whole space three candidates are named: no optional step, all of them, and some drawn by lot.
    """
    facts = random_program(seed, choices)
    told = _Told(facts)
    steps = {name: told.sides(name) for name in sorted({*told.first("background"), *told.first("optional")})}
    optional = told.first("optional")
    some = sorted(random.Random(seed).sample(optional, len(optional) // 2), key=optional.index)
    content = {
        "mechkg": 1,
        "source": {"id": f"case-{facts.space}", "title": f"A generated space with {choices} choices", "notes": "Made by lot."},
        "chemicals": [{"id": name, "names": [name], "classes": [kind]} for name, kind in CLASSES.items()],
        "materials": [{"id": "made-up"}],
        "species": [told.species(number, name) for number, name in enumerate(told.first("species_kind"))],
        "steps": [{"id": name, **told.step(name), "reactants": sides[0], "products": sides[1]} for name, sides in steps.items()],
        "procedures": [{"id": "g", "title": "The generated experiment", "stages": [told.stage(s) for s in told.stages()]}],
        "observations": [told.observation(name) for name in told.first("by_method")],
        "assumptions": [told.assumption(name) for name in told.first("assumption")],
        "spaces": [
            {
                "id": facts.space,
                "title": "A generated space",
                "question": "Which of the optional steps run?",
                "background": told.first("background"),
                "optional": optional,
                "assumptions": told.first("assumption"),
                "procedures": ["g"],
                "candidates": [
                    {"id": "none", "title": "no optional step", "steps": []},
                    {"id": "all", "title": "every optional step", "steps": optional},
                    {"id": "some", "title": "some of the optional steps", "steps": some},
                ],
            }
        ],
    }
    for section in ("materials", "chemicals", "species", "steps", "procedures", "observations", "assumptions", "spaces"):
        for item in content[section]:  # type: ignore[attr-defined]
            item["flag"] = "external"
    return json.dumps(content, indent=1)


def _minutes(seconds: Term) -> str:
    return f"{int(seconds) / 60:g} min"


class _Told:
    """What facts tell, in the words of a case file."""

    def __init__(self, facts: Facts) -> None:
        self._rows: dict[str, list[tuple[Term, ...]]] = defaultdict(list)
        for atom in sorted(facts.atoms, key=str):
            self._rows[atom.name].append(atom.arguments)

    def first(self, name: str) -> list[Term]:
        return list(dict.fromkeys(row[0] for row in self._rows[name]))

    def one(self, name: str) -> dict[Term, Term]:
        return {row[0]: row[-1] for row in self._rows[name]}

    def of(self, name: str, thing: Term) -> list[tuple[Term, ...]]:
        return [row for row in self._rows[name] if row[0] == thing]

    def sides(self, step: Term) -> tuple[list[Term], list[Term]]:
        return [s for _, s in self.of("consumes", step)], [s for _, s in self.of("makes", step)]

    def species(self, number: int, name: Term) -> dict[str, Any]:
        seen = {"absorption": f"{300 + 5 * number} nm"} if name in self.one("visible") else {"silent": True}
        return {"id": name, "kind": self.one("species_kind")[name], "material": "made-up", "names": [name], "signature": seen}

    def step(self, step: Term) -> dict[str, Any]:
        found: dict[str, Any] = {"kind": self.one("step_kind")[step]}
        if step in self.one("reverse"):
            found["reverse"] = self.one("reverse")[step]
        if promoted := self.of("needs_promoter", step):
            found["promoters"] = [{"chemical_class": kind} for _, kind, _ in promoted]
        return found

    def stages(self) -> list[Term]:
        """Return the stages, each after those that it continues."""
        left, found = self.first("stage"), list[Term]()
        while left:
            found += [s for s in left if all(before in found for _, before in self.of("follows", s))]
            left = [s for s in left if s not in found]
        return found

    def stage(self, stage: Term) -> dict[str, Any]:
        contents = contents_of(str(self.one("medium")[stage]))
        before = [str(b).partition("/")[2] for _, b in self.of("follows", stage)]
        action = "incubate" if stage in self.one("incubation") else "disperse" if stage in self.one("fresh_medium") else None
        return {
            "id": str(stage).partition("/")[2],
            "action": action or ("add" if before else "mix"),
            "from": before,
            "medium": [{"of": c, "amount": f"{contents[str(c)]:g} mL"} for _, c in self.of("charged", stage)],
            "holds": [species for _, species in self.of("holds", stage)],
            "duration": _minutes(self.one("duration")[stage]),
        }

    def observation(self, name: Term) -> dict[str, Any]:
        reported = self.of("reported", name)
        return {
            "id": name,
            "kind": reported[0][1],
            "at": reported[0][3],
            "subject": [subject for _, _, subject, _ in reported],
            "method": self.one("by_method")[name],
            "window": {"start": _minutes(self.one("looked_from")[name]), "end": _minutes(self.one("looked_to")[name])},
        }

    def assumption(self, name: Term) -> dict[str, Any]:
        effects: list[dict[str, Any]] = []
        for _, kind in self.of("effect", name):
            if kind == "converts":
                effects += [{"kind": kind, "step": step, "within": _minutes(w)} for _, step, w in self.of("converts", name)]
            elif kind == "detects":
                effects.append({"kind": kind, "method": "absorption", "limit": "0.005 absorbance"})
            elif kind == "sees-size":
                effects.append({"kind": kind, "method": "saxs"})
            else:
                effects.append({"kind": kind})
        effects += [{"kind": "applies", "observation": observation} for _, observation in self.of("applies", name)]
        return {"id": name, "statement": f"The assumption {name} holds.", "backing": "silent", "effects": effects}
