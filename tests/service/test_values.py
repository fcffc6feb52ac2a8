"""What the service finds, as values of the model."""

from __future__ import annotations

import json

from mechkg.curation.retract import retract
from mechkg.model.comparison import Comparison
from mechkg.model.plain import plain, read_plain
from mechkg.model.species import Species
from mechkg.service.diff import diff
from mechkg.service.values import asserted, comparison
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA


def test_an_item_is_told_with_what_carries_it(shipped: Workspace) -> None:
    entry = shipped.catalog.find("cdte-msc-371")
    found = asserted(entry)
    assert (found.id, found.kind) == (entry.id, "species")
    assert (found.assertion, found.document) == (entry.record.id, entry.record.document)
    assert isinstance(found.item, Species)
    assert found.item == entry.value


def test_what_differs_is_told_and_comes_back_from_json(curated: Workspace) -> None:
    gone = curated.catalog.by_kind["remark"][0]
    before = curated.ledger.position()
    retract(curated.ledger, ADA, gone.record.id, code="duplicate", reason="said twice")
    found = comparison(diff(curated, before, verdicts=False))
    assert [one.id for one in found.removed] == [gone.id]
    assert (found.added, found.changed, found.verdicts) == ((), (), ())
    assert read_plain(Comparison, json.loads(json.dumps(plain(found)))) == found
