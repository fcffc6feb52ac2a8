"""The peer of ``mechkg check``: a process that lets clingo list every candidate of a space, and says what comes of each.

``clingo_process.py FACTS`` is handed the facts in clingo's own language, so it opens no graph; ``clingo_process.py HOME SPACE``
reads them from the graph of a user, as mechkg does. It loads the rule files as they stand. Order choices are taken in, which is
right where they can only help, and spares it most of the work. It prints JSON: candidates, survivors, and how many candidates
each observation rules out.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import clingo

RULES = Path(__file__).parents[2] / "mechkg" / "reasoning" / "rules"

CHOICES = """
{ on(R) } :- optional(R).
on(R) :- background(R).
{ postulated(P) } :- postulate(P).
assumed(A) :- assumption(A).
counted(O) :- reported(O,K,S,G).
faster(R2,R,M) :- medium(G,M), consumes(R2,X), consumes(R,X), R2 != R, converts(A,R,W).
hit(O) :- conflict(O,X,S,G).
#show. #show hit/1. #show on(R) : on(R), optional(R). #show postulated/1.
"""


def facts_from(home: str, space: str) -> str:
    """Return the facts of a space in the graph of a user as text for clingo."""
    from mechkg.reasoning.facts import read_facts
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as workspace:
        return "\n".join(f"{atom}." for atom in read_facts(workspace.store, space).atoms)


def main(given: list[str]) -> None:
    control = clingo.Control(["--warn=none", "--project=show", "--models=0"])
    for path in sorted(RULES.glob("*.lp")):
        if path.name != "choices.lp":
            control.load(str(path))
    if len(given) == 1:
        control.load(given[0])
    else:
        control.add("base", [], facts_from(*given))
    control.add("base", [], CHOICES)
    control.ground([("base", [])])
    hits: Counter[str] = Counter()
    candidates = survivors = 0
    with control.solve(yield_=True) as handle:
        for model in handle:
            candidates += 1
            found = [symbol.arguments[0].string for symbol in model.symbols(shown=True) if symbol.name == "hit"]
            hits.update(found)
            survivors += not found
    print(json.dumps({"candidates": candidates, "survivors": survivors, "ruled_out_by": dict(sorted(hits.items()))}))


if __name__ == "__main__":
    main(sys.argv[1:])
