"""What pages about items show beyond their description."""

from __future__ import annotations

from mechkg.service.assertion_sheet import AssertionSheet
from mechkg.service.check import check
from mechkg.service.document_sheet import DocumentSheet
from mechkg.service.identifiers import Identifier
from mechkg.service.procedure_sheet import ProcedureSheet
from mechkg.service.sheet import sheet_of
from mechkg.service.species_sheet import SpeciesSheet
from mechkg.service.step_sheet import StepSheet
from mechkg.service.workspace import Workspace


def test_a_species_with_the_disagreement_about_its_band_alone(shipped: Workspace) -> None:
    sheet = sheet_of(shipped, Identifier("item", "cdse-msc-350"))
    assert isinstance(sheet, SpeciesSheet)
    [found] = sheet.disagreements
    assert {side.value for side in found.sides} == {"(CdSe)13", "(CdSe)35", "Cd35Se20"}
    assert {one.nm for one in sheet.elsewhere} == {350.0}
    assert all(name in sheet.sources for side in found.sides for value in side.values for name in value.by)


def test_steps_that_make_and_use_a_species(shipped: Workspace) -> None:
    sheet = sheet_of(shipped, Identifier("item", "cdtese-pc-399"))
    assert isinstance(sheet, SpeciesSheet)
    made, used = {step.id for step in sheet.made_by}, {step.id for step in sheet.used_by}
    assert {"step-1", "step-4"} <= made and {"step-2", "step-3"} <= used
    assert "step-3" not in made
    [back] = [step for step in sheet.made_by if step.id == "step-4"]
    assert str(back.equation) == "CdTeSe MSC-399 → CdTeSe PC-399"


def test_what_hangs_on_a_step(shipped: Workspace) -> None:
    unknown = sheet_of(shipped, Identifier("item", "step-1"))
    assert isinstance(unknown, StepSheet)
    assert unknown.equation.reverse is not None and unknown.equation.reverse.item == "step-2"
    assert [part.name for part in unknown.equation.promoters] == ["any primary amine"]
    assert {each.stand for each in unknown.spaces} == {"established", "not worked out"}
    found = check(shipped, "cdtese-msc399")
    known = sheet_of(shipped, Identifier("item", "step-1"), {found.space: found})
    assert isinstance(known, StepSheet)
    [here] = [each for each in known.spaces if each.space == found.space]
    surviving = {one.id for one in found.candidates if one.verdict == "survives"}
    with_it = {name for name, _, verdict in here.candidates if verdict == "survives"}
    assert with_it < surviving and here.stand == "in some survivors"
    assert all(verdict == next(c.verdict for c in found.candidates if c.id == name) for name, _, verdict in here.candidates)


def test_stages_stand_behind_those_they_continue(shipped: Workspace) -> None:
    for entry in shipped.catalog.by_kind["procedure"]:
        sheet = sheet_of(shipped, Identifier("item", entry.id))
        assert isinstance(sheet, ProcedureSheet)
        places = {stage.id: (stage.column, stage.row) for stage in sheet.stages}
        assert len(set(places.values())) == len(sheet.stages) == len(entry.record.body["stages"])
        for stage in sheet.stages:
            assert all(places[before][0] < stage.column for before in stage.after)


def test_what_was_seen_at_a_stage(shipped: Workspace) -> None:
    sheet = sheet_of(shipped, Identifier("item", "z-f1"))
    assert isinstance(sheet, ProcedureSheet)
    [stage] = [stage for stage in sheet.stages if stage.id == "disperse"]
    [missing] = [seen for seen in stage.seen if seen.id == "z-f1-o4"]
    assert missing.absent and missing.when == "at 1 min" and "MSC-415" in missing.words
    assert any(not seen.absent for seen in stage.seen)


def test_a_paper_by_kind_and_figure(shipped: Workspace) -> None:
    sheet = sheet_of(shipped, Identifier("item", "zhang2020"))
    assert isinstance(sheet, DocumentSheet)
    counts = {path: count for path, _, count in sheet.counts}
    there = [e for e in shipped.catalog.by_kind["claim"] if e.record.document == "zhang2020"]
    assert counts["/claims?paper=zhang2020"] == len(there)
    names = [figure.name for figure in sheet.figures]
    assert names.index("Figure 4") < names.index("Figure S1-1") < names.index("Scheme 1")
    [first] = [figure for figure in sheet.figures if figure.name == "Figure 1"]
    where = shipped.catalog.entries
    assert first.items and all("Figure 1" in where[name].record.body["locator"] for name, _, _ in first.items)
    assert sheet.all_quotes > len(sheet.quotes) > 0


def test_an_assertion_among_its_versions(shipped: Workspace) -> None:
    record = shipped.catalog.entries["step-1"].record
    sheet = sheet_of(shipped, Identifier("assertion", record.id))
    assert isinstance(sheet, AssertionSheet)
    assert sheet.item == "step-1" and sheet.versions[0].record.id == record.id
    assert sheet.number == 1 and sheet.changes == ()
