"""Which composition does which work report for a cluster? A comparison across papers, as CSV.

    python clusters_across_papers.py --material cdse > clusters.csv

A row for each cluster, a column for each work; in a cell the formulas with the place where they are printed. ``formulas`` counts
how many different ones are reported.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict

import mechkg
from mechkg.model.assertion import Claim
from mechkg.model.source import Document, Reference


def name_of(work: Document | Reference) -> str:
    """Return a work as papers cite it: first author and year."""
    first = work.authors[0] if work.authors else work.id
    return f"{first} {work.year}" if work.year else first


def main() -> None:
    """Collect the compositions, and write the table on standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--material", help="only clusters of this material")
    parser.add_argument("--url", help="ask the server there, else the home of this machine")
    parser.add_argument("--home", help="folder of ledger and graph")
    given = parser.parse_args()

    with mechkg.connect(given.url) if given.url else mechkg.open(given.home) as graph:
        wanted = {"material": given.material} if given.material else {}
        clusters = {one.id: one for one in graph.all_species(species_kind=["MSC", "dMSC"], **wanted)}
        works = {one.id: name_of(one.item) for one in graph.assertions(kind=["document", "reference"])}
        cells: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        formulas: dict[str, set[str]] = defaultdict(set)
        for asserted in graph.assertions(kind="claim", type="composition"):
            claim = asserted.item
            assert isinstance(claim, Claim)
            by = " / ".join(works[work] for work in claim.cites or [asserted.document])
            for entry in claim.entries:
                if entry.species in clusters:
                    cells[entry.species][by].append(f"{entry.formula} ({asserted.document}: {claim.locator})")
                    formulas[entry.species].add(entry.formula)

    columns = sorted({by for row in cells.values() for by in row})
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["cluster", "absorption", "formulas", *columns])
    for name in sorted(cells):
        signature = clusters[name].signature
        bands = ", ".join(map(str, signature.absorption)) if signature else ""
        row = ["; ".join(cells[name][column]) if column in cells[name] else "" for column in columns]
        writer.writerow([clusters[name].names[0], bands, len(formulas[name]), *row])


if __name__ == "__main__":
    main()
