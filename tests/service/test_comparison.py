"""Tables across papers, held against what other parts of mechkg say: the exported compositions, the disagreements, the graph."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from mechkg.curation.release import release
from mechkg.errors import BadInputError, NotFoundError
from mechkg.service.ask import ask
from mechkg.service.comparison import Comparison, chosen_names, compare
from mechkg.service.comparison_tables import DIMENSIONS, Choice, table_kind, table_kinds
from mechkg.service.decide import decide
from mechkg.service.disagreements import disagreements
from mechkg.service.export_table import compositions_table
from mechkg.service.retract import retract
from mechkg.service.stated_values import COMPOSITION, Stated
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN

S1 = "cdse-clusters"


def values(table: Comparison) -> list[Stated]:
    return [value for row in table.rows for value, _ in row.values]


def test_compositions_are_those_that_are_exported(shipped: Workspace) -> None:
    exported: Counter[tuple[str, str, str]] = Counter()
    for row in compositions_table(shipped).rows:
        for work, formulas in row.items():
            if work not in ("material", "absorption", "species"):
                exported.update((row["absorption"], work, formula) for formula in formulas.split("\n"))
    table = compare(shipped, table_kind("compositions"), whole=True)
    found = Counter(
        (f"{value.position:g} nm", work, value.text) for value in values(table) if value.placed for work in value.works
    )
    assert found == exported and len(exported) > 20


@pytest.mark.parametrize("tolerance", ["", "0 nm", "2 nm", "5 nm", "0.01 um", "40 nm"])
def test_marks_are_the_sides_of_disagreements(shipped: Workspace, tolerance: str) -> None:
    kind = table_kind("compositions")
    table = compare(shipped, kind, replace(kind.choice, tolerance=tolerance), whole=True)
    marked = {
        (mark.disagreement.id, mark.side, value.item, value.text, frozenset(side.value for side in mark.against))
        for row in table.rows
        for value, marks in row.values
        for mark in marks
    }
    expected = set()
    for weighed in disagreements(shipped, tolerance=tolerance or None).found:
        each = weighed.disagreement
        if each.property_id != COMPOSITION:
            continue
        looser = {frozenset(pair) for pair in each.looser}
        for side in each.sides:
            against = {o.value for o in each.sides if o.value != side.value and frozenset((o.value, side.value)) not in looser}
            expected |= {(each.id, side.value, v.item, v.value, frozenset(against)) for v in side.values}
    assert marked == expected
    assert tolerance == "0 nm" or expected


@pytest.mark.parametrize("tolerance", [0, 1, 2, 3, 6, 15])
def test_rows_of_bands_are_those_that_the_graph_finds(shipped: Workspace, tolerance: int) -> None:
    """A question in SPARQL groups bands by another way: every group in which two claims name two formulas."""
    answer = ask(shipped, "conflicting-compositions", {"tolerance": f"{tolerance} nm"})
    place = {name: answer.columns.index(name) for name in ("from", "to", "position", "formula", "claim")}
    asked: dict[tuple[float, float], set[tuple[float, str, str]]] = {}
    for row in answer.rows:
        group = (float(row[place["from"]]), float(row[place["to"]]))  # type: ignore[arg-type]
        entry = (float(row[place["position"]]), str(row[place["formula"]]), str(row[place["claim"]]))  # type: ignore[arg-type]
        asked.setdefault(group, set()).add(entry)
    kind = table_kind("compositions")
    table = compare(shipped, kind, replace(kind.choice, tolerance=f"{tolerance} nm"), whole=True)
    found = {}
    for row in table.rows:
        entries = {(v.position, v.text, v.item) for v, _ in row.values if v.placed}
        if len({text for _, text, _ in entries}) > 1 and len({item for _, _, item in entries}) > 1:
            positions = [position for position, _, _ in entries]
            found[min(positions), max(positions)] = entries
    assert found == asked and asked


def test_table_s1(shipped: Workspace) -> None:
    table = compare(shipped, table_kind(S1))
    titles = [row.head.title for row in table.rows if row.head.note != "no position printed"]
    assert titles == [f"CdSe {p} nm" for p in ("350", "380", "403", "408 to 410", "415 to 419", "434 to 437")]
    first = table.rows[0]
    lines = {line.head.title: [[value.text for value, _ in cell.values] for cell in line.cells] for line in first.lines}
    assert [head.key for head in table.columns] == ["composition", "shape", "method", "remark"]
    assert lines["Beecher et al. 2014"] == [["Cd35Se20"], ["pyramidal nanostructure"], ["pair distribution function (PDF)"], []]
    assert lines["Wang et al. 2012"] == [["(CdSe)13"], [], ["LDI-MS m/z 2488.57 (major) with other peaks"], []]
    assert {each.id for each in table.conflicts} == {f"cdse-{nm}-composition" for nm in (350, 380, 408, 434)}
    every = {
        e.id for e in shipped.catalog.by_kind["claim"] if e.record.body.get("table") == "S1" and e.record.body.get("entries")
    }
    assert {value.item for value in values(table)} >= every and len(every) == 9


def test_every_arrangement_shows_every_value_once(shipped: Workspace) -> None:
    """Whatever rows, lines and columns go by, the same values are in the table, each in one cell."""
    for kind in table_kinds():
        whole = compare(shipped, kind, replace(kind.choice, shown="all"), whole=True)
        expected = Counter(values(whole))
        assert sum(expected.values()) == whole.found
        for rows in DIMENSIONS:
            for columns in DIMENSIONS:
                if rows != columns:
                    for lines in ("", "paper"):
                        choice = replace(kind.choice, rows=rows, columns=columns, lines=lines)
                        table = compare(shipped, kind, choice, whole=True)
                        assert Counter(values(table)) == expected, (kind.id, rows, columns)
                        assert all(len(line.cells) == len(table.columns) for row in table.rows for line in row.lines)


@pytest.mark.parametrize(
    ("given", "meets"),
    [
        ({"material": ["cdse"]}, lambda v: v.material == "cdse"),
        ({"thing": ["CdSe MSC-350"]}, lambda v: "cdse-msc-350" in v.subjects),
        ({"paper": ["ref-mule-2021-jacs"]}, lambda v: "ref-mule-2021-jacs" in v.works),
        ({"paper": ["zhang2020"]}, lambda v: "zhang2020" in (*v.works, v.document)),
        ({"method": ["saxs"]}, lambda v: v.method == "saxs"),
    ],
)
def test_filters_leave_what_meets_them(shipped: Workspace, given: dict[str, list[str]], meets: object) -> None:
    kind = table_kind("measured")
    every = compare(shipped, kind, Choice(), whole=True)
    found = compare(shipped, kind, chosen_names(kind, {**given, "property": [""]}), whole=True)
    assert Counter(values(found)) == Counter(filter(meets, values(every)))  # type: ignore[arg-type]
    assert found.found > 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"material": ["cdsee"]}, "did you mean 'cdse'"),
        ({"thing": ["CdSe MSC-35"]}, "did you mean"),
        ({"tolerance": ["5 K"]}, "is no tolerance of a band"),
        ({"tolerance": ["-1 nm"]}, "is no tolerance of a band"),
        ({"tolerance": ["1 to 5 nm"]}, "is no tolerance of a band"),
    ],
)
def test_what_cannot_be_asked_for(shipped: Workspace, given: dict[str, list[str]], said: str) -> None:
    kind = table_kind(S1)
    with pytest.raises((BadInputError, NotFoundError)) as caught:
        compare(shipped, kind, chosen_names(kind, given))
    assert said in str(caught.value)


def test_orders(shipped: Workspace) -> None:
    kind = table_kind(S1)
    most = compare(shipped, kind, replace(kind.choice, sort="most"))
    counts = [len(row.values) for row in most.rows]
    assert counts == sorted(counts, reverse=True) and len(set(counts)) > 1
    newest = compare(shipped, kind, replace(kind.choice, sort="newest"))
    entries = shipped.catalog.entries
    years = [max(entries[w].record.body.get("year", 0) for v, _ in row.values for w in v.works) for row in newest.rows]
    assert years == sorted(years, reverse=True)


def test_a_decision_is_told_where_the_values_stand(curated: Workspace) -> None:
    name = "cdse-434-composition"
    kind = table_kind(S1)
    only = replace(kind.choice, shown="decided", properties=(COMPOSITION,))
    assert compare(curated, kind, only).rows == ()
    decide(curated, BEN, name, "resolved", "measured again", holds="a-ts1-9")
    decide(curated, BEN, "cdse-380-composition", "by method", "mass against diffraction")
    table = compare(curated, kind, only)
    standing = {(value.text, mark.standing) for row in table.rows for value, marks in row.values for mark in marks}
    assert {("(CdSe)120", "holds"), ("(CdSe)66", "gave way")} < standing
    assert {words for text, words in standing if text in ("Cd56Se35", "(CdSe)19", "(CdSe)56")} == {"explained"}
    left = compare(curated, kind, replace(only, shown="open"))
    assert {each.id for each in left.conflicts} == {"cdse-350-composition", "cdse-408-composition"}
    both = compare(curated, kind, replace(only, shown="conflicting"))
    assert both.found == table.found + left.found


def test_a_release_keeps_its_table(curated: Workspace) -> None:
    kind = table_kind(S1)
    before = compare(curated, kind)
    assert before.release is None and before.releases == ()
    release(curated.ledger, ADA, "2024.1")
    named = compare(curated, kind)
    assert named.release is not None and named.release.name == "2024.1"
    retract(curated, BEN, curated.catalog.entries["a-ts1-6"].record.id, code="misread", reason="another row")
    now = compare(curated, kind)
    assert now.release is None and [one.name for one in now.releases] == ["2024.1"]
    assert {value.item for value in values(now)} == {value.item for value in values(before)} - {"a-ts1-6"}
    then = compare(curated.at("2024.1"), kind, record=curated.ledger)
    assert then.release is not None and then.release.name == "2024.1"
    assert values(then) == values(before)
    assert then.rows == before.rows
