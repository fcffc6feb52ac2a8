"""Read the items that count from the ledger: all of them, or what the ledger did since they were read last."""

from __future__ import annotations

from itertools import islice

from mechkg.curation.ledger import Ledger
from mechkg.curation.rows import COUNTING
from mechkg.service.catalog import Catalog
from mechkg.service.collecting import not_collecting

_MANY = 5000
"""After so many acts all items are read in one query, which is then faster than to follow the acts."""


def read_catalog(ledger: Ledger, version: int, before: Catalog | None = None) -> Catalog:
    """Return the items that count at ``version``, following the acts since ``before``, an earlier catalogue of this ledger."""
    if before is not None and before.version <= version:
        acts = list(islice(ledger.acts(before.version, version), _MANY + 1))
        if len(acts) <= _MANY:
            last = {act.assertion: act for act in acts if act.assertion is not None}
            records = ledger.assertions(last)
            come = sorted((act for act in last.values() if act.kind in COUNTING), key=lambda act: act.position)
            gone = [records[name] for name, act in last.items() if act.kind not in COUNTING]
            return before.after(version, gone, [(records[str(act.assertion)], act) for act in come])
    with not_collecting():
        return Catalog.of(version, ledger.each_accepted_with_act(version))
