"""Papers made up for benchmarks: species, steps, and claims that give a property of a species a value, in a source, with a quote.

The same claims as items, which enter a home by the ordinary import, and as nanopublications of 20 quads in four graphs each.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from mechkg.graph.namespaces import ASSERTION, MK, MKID, RDF, RDFS, XSD
from mechkg.graph.terms import Quad
from mechkg.model.corpus import CorpusFile

# As many runs of three letters as there are in English, some thousands: on that depends what a search for a part of a word costs.
_PARTS: Final = [
    start + end
    for start in ("b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "cl")
    for end in ("a", "e", "i", "o", "u", "an", "er", "on", "il")
]


def _vocabulary() -> list[str]:
    """Return some thousand made-up words, the frequent ones first."""
    random_ = random.Random(5)
    found = {"".join(random_.choices(_PARTS, k=random_.choice((2, 2, 3, 3, 4)))) for _ in range(6000)}
    return random_.sample(sorted(found), len(found))


_WORDS: Final = _vocabulary()
_OFTEN: Final = list(accumulate(1 / (rank + 5) for rank in range(len(_WORDS))))


def _text(random_: random.Random, count: int) -> str:
    """Return words, as frequent as the words of a language are (Zipf)."""
    return " ".join(random_.choices(_WORDS, cum_weights=_OFTEN, k=count))


PROPERTIES: Final = (
    ("radius-of-gyration", "radius of gyration", "nm", 1, 4),
    ("rate-constant", "rate constant k", "1/min", 0.01, 1),
    ("band-gap", "band gap", "eV", 1.5, 3.5),
    ("half-life", "half-life", "min", 1, 100),
    ("mass", "molecular ion peak", "Da", 1000, 9000),
)
"""Property, words for it, unit, and between which numbers it lies."""

SPECIES: Final = 4000
DOCUMENTS: Final = 500
"""How many there are where it is not said, which is what 50,000 claims are about and from."""


@dataclass(frozen=True, slots=True)
class Made:
    """A claim: the species it is about, what it measures, and where it stands."""

    id: str
    label: str
    species: str
    property: int
    value: str
    document: str
    quote: str


def species_of(random_: random.Random, species: int = SPECIES) -> list[dict[str, Any]]:
    """Return species, each with a name of its own."""
    return [
        {
            "id": f"sp-{n}",
            "kind": random_.choice(["MSC", "PC", "QD", "M"]),
            "material": f"mat-{n % 10}",
            "names": [f"Species {n} {_text(random_, 2)}"],
            "signature": {"absorption": f"{300 + n % 400} nm"},
        }
        for n in range(species)
    ]


def claims(count: int, species: int = SPECIES, documents: int = DOCUMENTS) -> list[Made]:
    """Return claims; the same number gives the same claims."""
    random_ = random.Random(7)
    found = []
    for n in range(count):
        place = random_.randrange(len(PROPERTIES))
        _, _, unit, low, high = PROPERTIES[place]
        found.append(
            Made(
                f"claim-{n}",
                f"claim {n} {_text(random_, 4)}",
                f"sp-{random_.randrange(species)}",
                place,
                f"{random_.uniform(low, high):.2g} {unit}",
                f"doc-{n % documents}",
                _text(random_, 12),
            )
        )
    return found


def papers(made: Sequence[Made], species_count: int = SPECIES) -> Iterator[CorpusFile]:
    """Yield corpus files: one with the species and their steps, and one per paper with its claims."""
    random_ = random.Random(8)
    species = species_of(random_, species_count)
    names = [each["id"] for each in species]
    steps = [
        {"id": f"step-{n}", "kind": "isomerisation", "reactants": [names[n]], "products": [random_.choice(names)]}
        for n in range(species_count)
    ]
    base = {
        "mechkg": 1,
        "source": {"id": "base", "title": "Species", "year": 2000},
        "materials": [{"id": f"mat-{n}"} for n in range(10)],
        "species": species,
        "steps": steps,
    }
    yield CorpusFile.model_validate(base)
    by_document: dict[str, list[Made]] = {}
    for each in made:
        by_document.setdefault(each.document, []).append(each)
    for number, (document, those) in enumerate(by_document.items()):
        items = [
            {
                "id": each.id,
                "kind": "property",
                "about": [each.species],
                "statement": each.label,
                "evidence": "experiment" if number % 2 else "computation",
                "measured": [{"what": PROPERTIES[each.property][1], "quantity": each.value}],
                "quote": [each.quote],
                "locator": f"p. {number % 20}",
            }
            for each in those
        ]
        source = {"id": document, "title": f"Paper {number}", "year": 1990 + number % 30, "authors": [f"Author {number % 70}"]}
        yield CorpusFile.model_validate({"mechkg": 1, "requires": ["base"], "source": source, "claims": items})


_PUB: Final = "http://www.nanopub.org/nschema#"
_A: Final = f"<{RDF}type>"
_LABEL: Final = f"<{RDFS}label>"


def _mk(name: str) -> str:
    return f"<{MK}{name}>"


def _literal(text: str) -> str:
    return f'"{text}"'


def quads(made: Sequence[Made]) -> Iterator[Quad]:
    """Yield the claims as nanopublications, 20 quads in four graphs each, and the steps of the species in a graph of their own.

    The shape is as flat as can be, so that SPARQL has it easy: property and value stand at the claim itself.
    """
    for n, each in enumerate(made):
        base = f"{ASSERTION}{each.id}"
        head, said, provenance, about = (f"<{base}#{part}>" for part in ("head", "assertion", "provenance", "pubinfo"))
        pub, item = f"<{base}>", f"<{MKID}{each.id}>"
        yield pub, _A, f"<{_PUB}Nanopublication>", head
        yield pub, f"<{_PUB}hasAssertion>", said, head
        yield pub, f"<{_PUB}hasProvenance>", provenance, head
        yield pub, f"<{_PUB}hasPublicationInfo>", about, head
        yield item, _A, _mk("Claim"), said
        yield item, _LABEL, _literal(each.label), said
        yield item, _mk("about"), f"<{MKID}{each.species}>", said
        yield item, _mk("property"), _mk(PROPERTIES[each.property][0]), said
        yield item, _mk("value"), _literal(each.value), said
        yield item, _mk("kind"), _literal("property"), said
        yield item, _mk("direction"), _literal("supports"), said
        yield item, _mk("evidence"), _literal("experiment" if int(each.document[4:]) % 2 else "computation"), said
        yield said, f"<{MK}derivedFrom>", f"<{MKID}{each.document}>", provenance
        yield said, _mk("flag"), _literal("stated"), provenance
        yield said, _mk("locator"), _literal(f"p. {int(each.document[4:]) % 20}"), provenance
        yield said, _mk("quote"), _literal(each.quote), provenance
        yield pub, _mk("acceptedBy"), f"<{MKID}importer>", about
        yield pub, _mk("acceptedAt"), f'"2024-01-01T00:00:00Z"^^<{XSD}dateTime>', about
        yield pub, _mk("ledgerPosition"), f'"{2 * n}"^^<{XSD}integer>', about
        yield pub, _A, _mk("Accepted"), about


def more_quads() -> Iterator[Quad]:
    """Yield the species with their names, and the steps that they take part in."""
    random_ = random.Random(8)
    species = species_of(random_)
    graph = f"<{ASSERTION}base#assertion>"
    for n, each in enumerate(species):
        yield f"<{MKID}{each['id']}>", _A, _mk("Species"), graph
        yield f"<{MKID}{each['id']}>", _LABEL, _literal(each["names"][0]), graph
        step = f"<{MKID}step-{n}>"
        yield step, _A, _mk("Step"), graph
        yield step, _mk("participant"), f"<{MKID}{each['id']}>", graph
        yield step, _mk("participant"), f"<{MKID}{random_.choice(species)['id']}>", graph
