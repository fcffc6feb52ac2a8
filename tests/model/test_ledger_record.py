"""Content addresses: the same content has the same id, other content another."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from mechkg.model.ledger_record import AssertionRecord, content_id
from mechkg.model.step import Step

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_the_order_of_keys_does_not_matter(content: dict[str, object]) -> None:
    assert content_id(dict(reversed(content.items()))) == content_id(content)


@given(JSON, JSON)
def test_ids_are_the_same_just_when_the_json_is(one: object, other: object) -> None:
    assert (content_id(one) == content_id(other)) == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))


def test_a_record_reads_back_as_the_item() -> None:
    step = Step.model_validate(
        {
            "id": "s-1",
            "kind": "addition",
            "reactants": ["a", {"of": "b", "coefficient": 2}],
            "products": ["c"],
            "quote": "a + 2 b",
        }
    )
    record = AssertionRecord.of("step", step, "s-1", "paper")
    assert Step.model_validate(record.body) == step
    assert record.id.startswith("RA")
    assert record.id != AssertionRecord.of("step", step, "s-1", "another").id
