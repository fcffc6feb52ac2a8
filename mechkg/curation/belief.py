"""How far what papers say is to be believed: by independent laboratories and methods, not by the number of sentences.

Works that share an author are one laboratory, through however many works between them; only works that speak of the matter at
hand are looked at. Works without authors are one laboratory that is not known. What a paper cites counts for the cited work.
What one laboratory says by one method counts once, by its strongest assertion; what does not say its method may be by one that
is said, and counts with the strongest of those. Strengths are derived from ``strengths.yaml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from mechkg.literature.yaml12 import read_yaml
from mechkg.model.assertion import Claim
from mechkg.model.base import Item
from mechkg.model.belief import CURATOR, UNKNOWN, Belief, Ground, Laboratory, Term, number
from mechkg.model.observation import Observation
from mechkg.model.source import Document, Reference

UNSPECIFIED = "unspecified"
NOT_NAMED = "a cited work that is not named"


@dataclass(frozen=True, slots=True)
class Strengths:
    """The table by which strengths are derived."""

    evidence: Mapping[str, Fraction]
    directness: Mapping[str, Fraction]
    method: Mapping[str, Fraction]
    hedged: Fraction

    def of(self, evidence: str | None, directness: str | None, method: str, *, hedged: bool) -> tuple[Fraction, str]:
        """Return the strength of an assertion, and how it came about."""
        kind = evidence or "unsaid"
        parts = [(kind if evidence else "evidence not said", self.evidence[kind])]
        if directness is not None:
            parts.append((directness, self.directness[directness]))
        if method in self.method:
            parts.append(("method not said" if method == UNSPECIFIED else method, self.method[method]))
        if hedged:
            parts.append(("hedged", self.hedged))
        strength = Fraction(1)
        for _, factor in parts:
            strength *= factor
        told = [parts[0], *((name, factor) for name, factor in parts[1:] if factor != 1)]
        return strength, " × ".join(f"{name} {number(factor)}" for name, factor in told)


@cache
def shipped_strengths() -> Strengths:
    """Return the table that comes with mechkg."""
    path = Path(__file__).parent / "strengths.yaml"
    content = read_yaml(path.read_text(encoding="utf-8"), path.name).content
    rows: dict[str, dict[str, Fraction]] = {
        name: {key: Fraction(str(value)) for key, value in content[name].items()} for name in ("evidence", "directness", "method")
    }
    return Strengths(rows["evidence"], rows["directness"], rows["method"], Fraction(str(content["hedged"])))


# --- laboratories -----------------------------------------------------------------------------------------------------


def author_key(printed: str) -> str:
    """Return what is the same for one author however printed: family name and first initial, without accents.

    Two people of one family name and initial are taken for one: so laboratories may be counted too few, never too many.

    >>> author_key("Kui Yu"), author_key("K. Yu"), author_key("Yu, Kui"), author_key("Ö. Ö. Gokcinar")
    ('yu k', 'yu k', 'yu k', 'gokcinar o')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", printed) if not unicodedata.combining(c)).casefold()
    family, comma, given = plain.partition(",")
    if not comma:
        words = [word for word in re.split(r"\s+", plain.strip()) if word.strip(".") not in ("jr", "sr", "ii", "iii")]
        family, given = (words[-1], " ".join(words[:-1])) if words else ("", "")
    names = re.findall(r"[^\W\d_]+", family)
    initial = re.search(r"[^\W\d_]", given)
    return f"{names[-1]}{' ' + initial.group() if initial else ''}" if names else ""


def laboratories(works: Mapping[str, Sequence[str]]) -> dict[str, Laboratory]:
    """Return the laboratory of each work, given its authors.

    A laboratory is named after the author of most of its works, of several the one who mostly stands last.
    """
    import networkx as nx  # takes a third of a second, for which no server is to wait that begins

    sharing: nx.Graph[tuple[str, str]] = nx.Graph()
    for work, authors in works.items():
        for author in filter(None, map(author_key, authors)):
            sharing.add_edge(("work", work), ("author", author))
    found: dict[str, Laboratory] = {}
    for part in nx.connected_components(sharing):
        mine = tuple(sorted(name for kind, name in part if kind == "work"))
        found |= dict.fromkeys(mine, Laboratory(_name(mine, works), mine))
    nameless = tuple(sorted(work for work in works if work not in found))
    return found | dict.fromkeys(nameless, Laboratory(UNKNOWN, nameless, known=False))


def _name(mine: Sequence[str], works: Mapping[str, Sequence[str]]) -> str:
    counts: Counter[str] = Counter()
    last: Counter[str] = Counter()
    printed: dict[str, str] = {}
    for work in mine:
        keys = {key: author for author in works[work] if (key := author_key(author))}
        counts.update(keys.keys())
        for key, author in keys.items():
            printed[key] = min(printed.get(key, author), author, key=lambda name: (len(name), name))
        last[author_key(works[work][-1])] += 1
    best = min(counts, key=lambda key: (-counts[key], -last[key], key))
    return f"laboratory of {printed[best]}"


def authors_of(items: Iterable[Item | Document]) -> dict[str, tuple[str, ...]]:
    """Return the authors of each work among ``items``; of a work that stands there twice under one DOI, those of either."""
    works = [item for item in items if isinstance(item, Document | Reference)]
    by_doi = {work.doi.casefold(): work.authors for work in works if work.doi and work.authors}
    return {work.id: work.authors or by_doi.get((work.doi or "").casefold(), ()) for work in works}


# --- grounds ----------------------------------------------------------------------------------------------------------


def grounds_of(
    item: Claim | Observation,
    assertion: str,
    document: str,
    observations: Mapping[str, Observation],
    *,
    against: bool = False,
    strengths: Strengths | None = None,
) -> list[Ground]:
    """Return what an item says, once for each method: its own, else those of the observations that it rests on."""
    table = strengths or shipped_strengths()
    works: tuple[str, ...] = (document,)
    methods: list[str]
    if isinstance(item, Observation):
        evidence, directness, hedged = "experiment", None, False
        methods = [item.method]
    else:
        evidence, directness, hedged = item.evidence or "", item.directness, item.hedge is not None
        seen = {observations[name].method for name in item.rests_on if name in observations} - {UNSPECIFIED}
        methods = [item.method] if item.method else sorted(seen) or [UNSPECIFIED]
        works = item.cites or works
        if evidence == "citation" and not item.cites:
            works = (NOT_NAMED,)
        elif evidence == "curator-inference":
            works = (CURATOR,)
    made = []
    for method in methods:
        strength, why = table.of(evidence or None, directness, method, hedged=hedged)
        made.append(Ground(assertion, item.id, works, method, strength, why, against))
    return made


def belief(grounds: Iterable[Ground], authors: Mapping[str, Sequence[str]]) -> Belief:
    """Sum up what speaks for and against a statement. ``authors`` are those of each work; a work that is not there has none."""
    those = list(grounds)
    works = {work: authors.get(work, ()) for ground in those for work in ground.works}
    mine = Laboratory(CURATOR, (CURATOR,))
    named = {**laboratories({work: who for work, who in works.items() if work != CURATOR}), CURATOR: mine}
    labelled = _told_apart({named[work] for work in works})
    terms = {against: tuple(_terms([g for g in those if g.against == against], named, labelled)) for against in (False, True)}
    found = sorted((replace(laboratory, name=label) for laboratory, label in labelled.items()), key=lambda each: each.name)
    return Belief(terms[False], terms[True], tuple(found))


def _told_apart(found: Iterable[Laboratory]) -> dict[Laboratory, str]:
    """Return a name for each laboratory; where two would have the same, with a work of each."""
    those = list(found)
    often = Counter(laboratory.name for laboratory in those)
    return {each: each.name if often[each.name] == 1 else f"{each.name} ({each.works[0]})" for each in those}


def _terms(grounds: Sequence[Ground], named: Mapping[str, Laboratory], label: Mapping[Laboratory, str]) -> list[Term]:
    by_laboratory: dict[Laboratory, dict[str, list[Ground]]] = defaultdict(lambda: defaultdict(list))
    for ground in grounds:
        for work in ground.works:
            by_laboratory[named[work]][ground.method].append(ground)
    terms = []
    for laboratory, by_method in by_laboratory.items():
        said = [method for method in by_method if method != UNSPECIFIED]
        if said and UNSPECIFIED in by_method:
            strongest = min(said, key=lambda method: (-_strongest(by_method[method]).strength, method))
            by_method[strongest] += by_method.pop(UNSPECIFIED)
        for method, those in by_method.items():
            best = _strongest(those)
            works = {work for ground in those for work in ground.works if named[work] == laboratory}
            items = {ground.item for ground in those}
            terms.append(Term(label[laboratory], method, best.strength, best.why, tuple(sorted(works)), tuple(sorted(items))))
    return sorted(terms, key=lambda term: (-term.strength, term.laboratory, term.method))


def _strongest(grounds: Iterable[Ground]) -> Ground:
    return min(grounds, key=lambda ground: (-ground.strength, ground.item, ground.why))


def by_directions(
    name: str,
    item: Any,
    claims: Iterable[tuple[str, str, Claim]],
    own: tuple[str, str] | None,
    observations: Mapping[str, Observation],
) -> list[Ground]:
    """Return what speaks for and against an item: itself, where it is a claim or observation, and every claim about it.

    ``claims`` are (assertion, document, claim), ``own`` is assertion and document of the item itself.
    """
    found: list[Ground] = []
    if isinstance(item, Claim | Observation) and own is not None:
        found += grounds_of(item, *own, observations)
    for assertion, document, claim in claims:
        if name in claim.about and claim.id != name and claim.direction != "neutral":
            found += grounds_of(claim, assertion, document, observations, against=claim.direction == "refutes")
    return found
