"""Generated species with assertions upon each, as a corpus file: what the benchmarks of the doors ask for."""

from __future__ import annotations

import json
from pathlib import Path

from mechkg.service.load_corpus import load_corpus
from mechkg.service.workspace import Workspace

SPECIES, ASSERTIONS = 20, 5

DOCUMENTS = 10
"""Papers that the assertions are from, in turns."""


def observations_of(number: int) -> list[tuple[str, str, str, str]]:
    """Name, kind, place and words of each assertion upon a species."""
    kinds = ("present", "appears", "increases", "constant", "disappears")
    return [
        (
            f"o-{number:03}-{k}",
            kinds[k % len(kinds)],
            f"p. {number + k}, Figure {k + 1}a",
            f"a band of s-{number} is there at time {k}",
        )
        for k in range(ASSERTIONS)
    ]


def documents() -> list[str]:
    """One file for each paper, as text."""
    found = []
    for paper in range(DOCUMENTS):
        mine = [number for number in range(SPECIES) if number % DOCUMENTS == paper]
        content = {
            "mechkg": 1,
            "source": {
                "id": f"paper-{paper}", "title": f"A paper with number {paper}", "authors": ["A. Author", "B. Author"],
                "journal": "Journal", "year": 2000 + paper, "doi": f"10.1000/{paper}",
            },
            "materials": [{"id": f"made-up-{paper}", "flag": "external"}],
            "species": [
                {"id": f"s-{n:03}", "kind": "MSC", "material": f"made-up-{paper}", "names": [f"S{n}"], "flag": "external",
                 "signature": {"absorption": f"{300 + n} nm"}}
                for n in mine
            ],
            "procedures": [
                {"id": f"run-{paper}", "title": "A run", "flag": "external",
                 "stages": [{"id": "watch", "action": "mix", "duration": "1 h"}]}
            ],
            "observations": [
                {"id": name, "kind": kind, "at": f"run-{paper}/watch", "subject": f"s-{n:03}", "method": "absorption",
                 "locator": place, "quote": words}
                for n in mine
                for name, kind, place, words in observations_of(n)
            ],
        }  # fmt: skip
        found.append(json.dumps(content, indent=1))
    return found


def load(home: Path) -> Workspace:
    """Return an open workspace in ``home`` that holds the species and what is asserted of them."""
    workspace = Workspace.open(home)
    paths = []
    for number, text in enumerate(documents()):
        paths.append(home / f"paper-{number}.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    report = load_corpus(workspace, paths)
    errors = [finding for finding in report.findings if finding.severity == "error"]
    assert not errors, errors
    assert len(workspace.catalog.by_kind["observation"]) == SPECIES * ASSERTIONS
    return workspace


QUERY = """query Species($first: Int!) {
  allSpecies(first: $first) { nodes {
    id label kind
    observations { nodes { id label kind acceptedBy source { locator flag document { id title } } } }
  } }
}"""
"""The shape that is measured: species, assertions upon each, their source: 860 values in all."""
