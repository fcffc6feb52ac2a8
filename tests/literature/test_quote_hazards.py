"""Quote matching held against a table of hazards, ``quote_hazards.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mechkg.literature.quotes import QuotableText
from mechkg.literature.yaml12 import read_yaml

READING = read_yaml((Path(__file__).parent / "quote_hazards.yaml").read_text(encoding="utf-8"), "quote_hazards.yaml")
HAZARDS = [(group, hazard) for group, hazards in (READING.content or {}).items() for hazard in hazards]


def test_the_table_can_be_read() -> None:
    assert READING.findings == []
    assert len(HAZARDS) >= 70
    assert {hazard["expect"] for _, hazard in HAZARDS} == {"found", "missing", "ambiguous", "refused"}


@pytest.mark.parametrize(("group", "hazard"), HAZARDS, ids=[f"{g}: {h['quote']} in {h['print']}" for g, h in HAZARDS])
def test_a_quote_is_matched_by_its_meaning(group: str, hazard: dict[str, Any]) -> None:
    result = QuotableText(hazard["print"]).find(hazard["quote"])
    assert result.status == hazard["expect"]
    if "reason" in hazard:
        assert result.reason is not None
        assert hazard["reason"] in result.reason


@pytest.mark.parametrize("hazard", [h for _, h in HAZARDS if h["expect"] == "found"], ids=lambda h: h["quote"])
def test_what_is_found_is_found_in_a_longer_text(hazard: dict[str, Any]) -> None:
    text = f"Before it, other words.\n\n{hazard['print']}\n\nAnd after it, others."
    result = QuotableText(text).find(hazard["quote"])
    assert result.status == "found"
    assert result.spans[0].text in hazard["print"]
