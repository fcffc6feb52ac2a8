"""What terms of the ontology, and some things, correspond to elsewhere: the lists in ``ontology/mappings``.

Format: SSSOM, https://mapping-commons.github.io/sssom/.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mechkg.assets import ontology_dir


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What a term corresponds to: how (a property of SKOS, say), the other term, its name, a remark."""

    predicate: str
    object: str
    curie: str
    label: str
    comment: str


@cache
def correspondences() -> Mapping[str, tuple[Correspondence, ...]]:
    """Return what each term or thing corresponds to, by IRI."""
    found: dict[str, list[Correspondence]] = defaultdict(list)
    for file in sorted((ontology_dir() / "mappings").glob("*.sssom.tsv")):
        lines = file.read_text(encoding="utf-8").splitlines()
        head = [line[1:] for line in lines if line.startswith("#")]
        prefixes = dict(line.strip().split(": ", 1) for line in head if line.startswith("  "))
        for row in csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"):
            found[_expanded(row["subject_id"], prefixes)].append(
                Correspondence(
                    _expanded(row["predicate_id"], prefixes),
                    _expanded(row["object_id"], prefixes),
                    row["object_id"],
                    row["object_label"],
                    row["comment"] or "",
                )
            )
    return {subject: tuple(those) for subject, those in found.items()}


def _expanded(curie: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, name = curie.partition(":")
    return prefixes[prefix] + name
