"""Proposals as they are written in files and drafts."""

from __future__ import annotations

from typing import Any

import pytest

from mechkg.errors import BadInputError, NotFoundError
from mechkg.service.acting import PutItem, RemoveItem, record_of, wishes_of
from mechkg.service.proposal import read_proposal
from mechkg.service.workspace import Workspace

REMARK = "w-05"


def test_whole_items_single_fields_and_removals(shipped: Workspace) -> None:
    entry = shipped.catalog.entries[REMARK]
    content = {
        "title": "T",
        "reason": "R",
        "document": entry.record.document,
        "remarks": [{"id": "w-new", "kind": "gap", "text": "Something is missing."}],
        "change": {REMARK: {"locator": None, "note": "seen again"}},
        "remove": [{"item": "w-06", "code": "duplicate"}],
    }
    found = read_proposal(shipped.catalog, content)
    assert (found.title, found.reason) == ("T", "R")
    whole, changed, removed = found.asked
    assert isinstance(whole, PutItem) and (whole.kind, whole.document) == ("remark", entry.record.document)
    assert isinstance(changed, PutItem) and changed.kind == "remark" and changed.body["note"] == "seen again"
    assert "locator" not in changed.body and entry.record.body["locator"]  # what counts is left as it was
    assert removed == RemoveItem("w-06", "duplicate")
    # an item that counts brings its document along
    [again] = read_proposal(shipped.catalog, {"remarks": [entry.record.body]}).asked
    assert isinstance(again, PutItem) and again.document == entry.record.document


@pytest.mark.parametrize(
    ("content", "error", "told"),
    [
        ([], BadInputError, "a proposal is a mapping"),
        ({"remark": []}, BadInputError, "did you mean 'remarks'"),
        ({"title": 3}, BadInputError, "'title' is text"),
        ({"change": ["x"]}, BadInputError, "'change' names items"),
        ({"remarks": "x"}, BadInputError, "'remarks' is a list"),
        ({"remarks": ["x"]}, BadInputError, "an item in 'remarks' is a mapping"),
        ({"remarks": [{"id": "w-new"}]}, BadInputError, "'w-new' is new, and it is not said of which document"),
        ({"change": {"w-055": {}}}, NotFoundError, "did you mean 'w-"),
        ({"remove": ["w-05"]}, BadInputError, "an item and a code"),
        ({"remove": [{"item": "w-05", "code": "missread"}]}, BadInputError, "did you mean 'misread'"),
    ],
)
def test_what_cannot_be_read_says_where(shipped: Workspace, content: Any, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        read_proposal(shipped.catalog, content)


def test_a_mistaken_item_names_itself_its_field_and_the_nearest_valid_one(shipped: Workspace) -> None:
    def told(content: Any) -> str:
        with pytest.raises(BadInputError) as caught:
            wishes_of(shipped.catalog, read_proposal(shipped.catalog, content).asked)
        return str(caught.value)

    assert told({"change": {REMARK: {"not": "x"}}}) == "'not' is not a field of a remark ('w-05') (did you mean 'note'?)"
    new = {"id": "o-new", "at": "z-f1/disperse", "knd": "present", "subject": "cdte-msc-371", "window": "1 minn"}
    sentence = told({"document": "zhang2020", "observations": [new]})
    assert "an observation ('o-new') needs the field 'kind'" in sentence
    assert "'knd' is not a field of an observation ('o-new') (did you mean 'kind'?)" in sentence
    assert "'window' of 'o-new' is '1 minn'; 'minn' is not a known unit (did you mean 'min'?)" in sentence
    with pytest.raises(BadInputError, match=r"'cited' is not a field of a document \('p-new'\)"):
        record_of("document", "p-new", {"id": "p-new", "citation": "C", "cited": "x"})
