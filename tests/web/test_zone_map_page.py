"""The page of a map: the answer in words first, evidence linked, what is wrong beside the field, all runs with their quotes."""

from __future__ import annotations

import re
from html import unescape

import pytest

from mechkg.service.read_zones import ZoneMap, zone_map
from mechkg.service.workspace import Workspace
from mechkg.service.zone_map import conditions, literature_at
from mechkg.web.zone_map_page import ZoneMapPage, as_json, zone_map_page


@pytest.fixture(scope="module")
def found(shipped: Workspace) -> ZoneMap:
    return zone_map(shipped, "mech2023")


def page(found: ZoneMap, **typed: str) -> str:
    said = literature_at(found.zones, conditions(found.zones, typed)) if typed else None
    return zone_map_page(ZoneMapPage(found, "Mech et al. 2023", 7, said, typed, {}, "time", "temperature"))


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))


def test_every_run_has_its_quote_and_its_conditions(found: ZoneMap) -> None:
    html = page(found)
    text = words(html)
    for run in found.runs:
        assert f'id="run-{run.point.id}"' in html and f'href="/id/{run.point.id}"' in html
        for quote in run.entry.record.body["quote"]:
            assert re.sub(r"\s+", " ", quote) in text
    assert 'id="said"' not in html


def test_the_answer_comes_first(found: ZoneMap) -> None:
    html = page(found, temperature="75 °C", solvent="toluene")
    answer = words(html[html.index('id="said"') :])
    assert "For Temperature 75 °C, Solvent toluene: Nothing is reported at this point." in answer
    assert '<div class="answer between"' in html
    assert 'value="75 °C"' in html and '<option value="tol" selected>' in html
    assert '<line class="asked"' in html
    reported = page(found, solvent="octane")
    assert '<div class="answer reported"' in reported and "One of the runs is of just these." in reported


def test_what_is_wrong_is_said_beside_the_field(found: ZoneMap) -> None:
    shown = ZoneMapPage(found, "paper", 7, None, {"temperature": "75 C<"}, {"temperature": "no value: write °C."}, "time", "ola")
    html = zone_map_page(shown)
    assert 'value="75 C&lt;"' in html and 'aria-invalid="true" aria-describedby="w-temperature"' in html
    assert '<span class="bad" id="w-temperature">no value: write °C.</span>' in html


def test_marks_lead_to_runs_that_are_there(found: ZoneMap) -> None:
    html = page(found, ola="30 mmol")
    targets = set(re.findall(r'href="#(run-[^"]+)"', html))
    assert targets and all(f'id="{target}"' in html for target in targets)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_json_has_the_same(found: ZoneMap) -> None:
    whole = as_json(found, None, 7)
    assert len(whole["runs"]) == len(found.runs) and whole["ledger_position"] == 7
    assert "rz-oam-12.6" in {run["id"] for run in whole["runs"]}
    said = literature_at(found.zones, conditions(found.zones, {"ola": "15 mmol"}))
    answer = as_json(found, said, 7)
    assert answer["kind"] == "between" and answer["outcome"] is None and answer["covering"] == []
    [bracket] = answer["brackets"]
    assert [near["id"] for near in bracket["alike"]["open"]] == ["rz-oam-12.6"]
    assert [(near["id"], near["distance"]) for near in bracket["alike"]["below"]] == [("rz-oam-6", 9.0)]
    assert {near["distance"] for near in bracket["alike"]["above"]} == {10.1}
