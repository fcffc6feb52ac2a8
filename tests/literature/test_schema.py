"""The schema allows what the reader allows, and describes the same fields."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from mechkg.literature.schema import SCHEMA_ID, corpus_json_schema
from mechkg.model.corpus import CorpusFile

SCHEMA = corpus_json_schema()


def allows(schema: Any, value: Any) -> bool:
    """Check ``value`` by the keywords of JSON Schema that the model's schema uses, no others."""
    if schema is True:
        return True
    if "$ref" in schema and not allows(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], value):
        return False
    if "anyOf" in schema and not any(allows(one, value) for one in schema["anyOf"]):
        return False
    if ("const" in schema and value != schema["const"]) or ("enum" in schema and value not in schema["enum"]):
        return False
    types = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    kind = schema.get("type")
    if kind in types and not isinstance(value, types[kind]):
        return False
    if kind in ("number", "integer") and (
        isinstance(value, bool) or not isinstance(value, int if kind == "integer" else int | float)
    ):
        return False
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        return False
    if isinstance(value, list):
        items = schema.get("items", True)
        return len(value) >= schema.get("minItems", 0) and all(allows(items, v) for v in value)
    if isinstance(value, dict):
        fields, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        if not set(schema.get("required", ())) <= value.keys():
            return False
        return all(allows(fields[k], v) if k in fields else more is not False and allows(more, v) for k, v in value.items())
    return True


SOUND = {
    "mechkg": 1,
    "source": {"id": "doe-2020"},
    "requires": "roe-2018",
    "chemicals": [{"id": "no", "names": "NO"}, {"id": "x", "names": ["X", "Y"], "classes": "PrimaryAmine"}],
    "steps": [{"id": "s", "kind": "growth", "reactants": ["no", {"of": "x", "coefficient": 2}], "isosbestic": "~380 nm"}],
    "procedures": [
        {
            "id": "p",
            "title": "t",
            "stages": [
                {"id": "s1", "action": "mix", "medium": ["x"], "temperature": "room temperature"},
                {"id": "s2", "action": "age", "from": "s1", "duration": "> 2 h", "temperature": "50 degC"},
            ],
        }
    ],
    "observations": [{"id": "o", "at": "p/s1", "kind": "absent", "window": "1 min", "subject": "x"}],
}


def test_dialect_and_name() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"] == SCHEMA_ID
    assert SCHEMA["title"] == "mechkg corpus file"
    assert SCHEMA["description"].startswith("Everything that was read from one paper")
    assert ">>>" not in json.dumps(SCHEMA)


def test_allows_what_the_reader_allows() -> None:
    CorpusFile.model_validate(SOUND)
    assert allows(SCHEMA, SOUND)


@pytest.mark.parametrize(
    "change",
    [
        {"mechkg": 2},
        {"source": {}},
        {"extra": 1},
        {"chemicals": [{"id": "X_y", "names": "a"}]},
        {"chemicals": [{"id": "x", "names": 3}]},
        {"steps": [{"id": "s", "kind": "growht"}]},
        {"steps": [{"id": "s", "kind": "growth", "isosbestic": "nm"}]},
        {"observations": [{"id": "o", "at": "p/s/t", "kind": "absent"}]},
    ],
)
def test_refuses_what_the_reader_refuses(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        CorpusFile.model_validate(SOUND | change)
    assert not allows(SCHEMA, SOUND | change)


def test_every_section_of_a_file_is_described() -> None:
    assert set(SCHEMA["properties"]) == set(CorpusFile.model_fields)
