"""The map of a paper, read from the graph: every zone is a run on it, every printed time a point, nothing is added."""

from __future__ import annotations

from math import inf

import pytest

from mechkg.errors import NotFoundError
from mechkg.model.quantity import Quantity
from mechkg.service.read_zones import ZoneMap, maps, words_of_map, zone_map
from mechkg.service.retract import retract
from mechkg.service.workspace import Workspace
from mechkg.service.zone_map import Span, conditions, literature_at
from tests.curation.staff import BEN

MAP = "mech2023"


@pytest.fixture(scope="module")
def found(shipped: Workspace) -> ZoneMap:
    return zone_map(shipped, MAP)


def test_every_zone_is_a_run(shipped: Workspace, found: ZoneMap) -> None:
    zones = {entry.id: entry.record.body for entry in shipped.catalog.by_kind["zone"]}
    assert [run.point.id for run in found.runs] == list(zones)
    assert [one.document for one in maps(shipped)] == [MAP]
    for run in found.runs:
        body = zones[run.point.id]
        assert run.point.shows == body["outcome"]
        assert run.point.given.get("solvent") == body.get("solvent")
        for chemical, text in body.get("amounts", {}).items():
            span, quantity = run.point.given[chemical], Quantity.model_validate(text)
            assert isinstance(span, Span) and (span.low, span.high) == quantity.interval("mmol")
        times = [text for peak in body.get("peaks", ()) for text in peak.get("at", ())]
        assert [s.id for s in run.sightings] == [f"{run.point.id}@{text}" for text in dict.fromkeys(times)]
    with pytest.raises(NotFoundError, match="did you mean 'mech2023'"):
        zone_map(shipped, "mech2032")


def test_axes_are_the_conditions_that_are_printed(found: ZoneMap) -> None:
    axes = found.zones.axes
    assert list(axes) == ["temperature", "time", "solvent", "cd-oa2", "ola", "tetop", "top", "ratio", "degassed"]
    assert axes["temperature"].tested == (50.0, 100.0, 150.0) and axes["ratio"].tested == (0.6, 1.2, 2.4, 4.8)
    assert axes["ratio"].title == "Cd:Te ratio"
    assert axes["solvent"].words == {"ode": "octadecene", "tol": "toluene", "octane": "octane"}


def test_a_threshold_stays_one(found: ZoneMap) -> None:
    [run] = [run for run in found.runs if run.point.id == "rz-oam-12.6"]
    assert run.point.given["ola"] == Span(12.6, inf, "> 12.6 mmol", strict=True)


def test_every_outcome_has_words_and_a_sign_of_its_own(found: ZoneMap) -> None:
    assert {run.point.shows for run in found.runs} == {outcome.id for outcome in found.outcomes}
    assert len({outcome.sign for outcome in found.outcomes}) == len(found.outcomes)
    assert words_of_map(MAP).title == found.zones.title
    assert words_of_map("no-such-map").outcomes == ()


@pytest.mark.parametrize(
    ("asked", "kind", "outcome"),
    [
        ({"solvent": "octane"}, "reported", "449 nm cluster, then the 469 nm species and quantum dots"),
        ({"temperature": "50 °C"}, "reported", "no cluster"),
        ({"temperature": "75 °C"}, "between", None),
        ({"temperature": "200 °C"}, "outside", None),
        ({"ola": "0 mmol"}, "reported", "no cluster; a broad band at about 430 nm"),
        ({"ola": "3 mmol", "solvent": "toluene"}, "between", None),
        ({"ola": "20 mmol", "solvent": "toluene"}, "between", None),
        ({"top": "50 mmol"}, "outside", None),
        ({"temperature": "120 °C", "ola": "30 mmol"}, "elsewhere", None),
        ({"temperature": "100 °C"}, "divided", None),
        ({"temperature": "100 °C", "solvent": "ode", "time": "60 min"}, "reported", "449 nm MSC"),
        ({"temperature": "100 °C", "solvent": "ode", "time": "90 min"}, "between", None),
    ],
)
def test_what_the_paper_says(found: ZoneMap, asked: dict[str, str], kind: str, outcome: str | None) -> None:
    said = literature_at(found.zones, conditions(found.zones, asked))
    assert (said.kind, said.outcome) == (kind, outcome)


def test_a_zone_that_counts_no_more_is_gone(curated: Workspace) -> None:
    before = zone_map(curated, MAP)
    retract(curated, BEN, curated.catalog.entries["rz-50c"].record.id, code="misread", reason="another run")
    after = zone_map(curated, MAP)
    assert len(after.runs) == len(before.runs) - 1
    assert after.zones.axes["temperature"].tested == (100.0, 150.0)
    assert literature_at(after.zones, {"temperature": 75.0}).kind == "outside"
    assert zone_map(curated.at(curated.ledger.position() - 1), MAP).runs == before.runs
