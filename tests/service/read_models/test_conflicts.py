"""Disagreements found by groups of values are those that are found by going through everything."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechkg.curation.disagreements import shipped_rules, with_decisions
from mechkg.model.assertion import Claim
from mechkg.model.ledger_record import AssertionRecord
from mechkg.model.observation import Observation
from mechkg.service.catalog import Catalog
from mechkg.service.disagreements import disagreements_in
from mechkg.service.read_models import conflicts as module
from mechkg.service.read_models.conflicts import Group
from mechkg.service.read_models.models import ReadModels
from mechkg.service.workspace import Workspace
from tests.service.read_models.made import changes, histories


@settings(max_examples=100, deadline=None)
@given(changes, st.data())
def test_they_are_those_found_by_going_through_everything(
    steps: list[tuple[list[AssertionRecord], list[str]]], data: Any
) -> None:
    models: ReadModels | None = None
    for catalog in histories(steps):
        models = ReadModels(catalog, models)
        if data.draw(st.booleans()):
            continue
        expected = disagreements_in(catalog, ()).disagreements
        assert models.conflicts.disagreements == expected
        assert ReadModels(catalog).conflicts.disagreements == expected


def test_those_of_the_corpus(shipped: Workspace) -> None:
    decisions = shipped.ledger.acts_of_kinds(["decide"])
    expected = disagreements_in(shipped.catalog, decisions).disagreements
    assert len(expected) > 3
    assert with_decisions(shipped.reading.models.conflicts.disagreements, decisions) == expected


def test_what_came_of_a_group_is_kept_for_the_next_version(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.service.read_models.made import record

    def claims(n: int, value: str, about: str) -> AssertionRecord:
        measured = [{"what": "band gap", "quantity": value}]
        return record("claim", f"cl-{n}", "paper-1", {"kind": "property", "about": [about], "measured": measured})

    first = [claims(1, "2 eV", "sp-1"), claims(2, "3 eV", "sp-1"), claims(3, "2 eV", "sp-2"), claims(4, "3 eV", "sp-2")]
    read: list[object] = []
    real = module.find_disagreements
    monkeypatch.setattr(module, "find_disagreements", lambda *given: read.append(given) or real(*given))
    one, two = histories([(first, []), ([claims(5, "2.5 eV", "sp-2")], [])])
    models = ReadModels(one)
    assert [d.subject for d in models.conflicts.disagreements] == ["sp-1", "sp-2"]
    assert len(read) == 2
    later = ReadModels(two, models)
    assert [len(d.sides) for d in later.conflicts.disagreements] == [2, 3]
    assert len(read) == 3


def grouped(catalog: Catalog, at_least: int) -> list[Group]:
    """Groups, by going through the values."""
    values: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    rules = shipped_rules()
    for entry in catalog.entries.values():
        value = entry.value
        if not isinstance(value, Claim | Observation):
            continue
        for measured in value.measured:
            rule = next((p for p in rules.properties if any(w.fullmatch(measured.what) for w in p.what)), None)
            if rule is None:
                continue
            if rule.values == "words":
                text = (measured.text or "").casefold()
            else:
                try:
                    text = str(measured.quantity) if measured.quantity and measured.quantity.interval(rule.unit) else ""
                except ValueError:
                    text = ""
            for subject in value.about if isinstance(value, Claim) else value.subject:
                if text:
                    values[subject, rule.id].append((text, entry.record.document, entry.id))
    found = [
        Group(subject, name, *(len(set(column)) for column in zip(*those, strict=True)))
        for (subject, name), those in values.items()
    ]
    return sorted(
        (group for group in found if group.values >= at_least), key=lambda group: (-group.values, group.subject, group.property)
    )


@settings(max_examples=60, deadline=None)
@given(changes, st.integers(1, 3), st.integers(0, 3))
def test_groups_are_those_found_by_going_through_the_values(
    steps: list[tuple[list[AssertionRecord], list[str]]], at_least: int, most: int
) -> None:
    models: ReadModels | None = None
    for catalog in histories(steps):
        models = ReadModels(catalog, models)
        expected = grouped(catalog, at_least)
        everything = models.conflicts.groups(at_least)
        assert (list(everything.groups), everything.total) == (expected, len(expected))
        some = models.conflicts.groups(at_least, most)
        assert (list(some.groups), some.total) == (expected[:most], len(expected))
