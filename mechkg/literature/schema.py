"""The corpus format as JSON Schema, for editors and for programs that write such files."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from mechkg.model.base import as_tuple
from mechkg.model.corpus import CorpusFile

SCHEMA_ID = "https://w3id.org/mechkg/schema/corpus-1.json"
"""Name of the schema; its number is the ``mechkg`` field of the files."""

_QUANTITY = {
    "type": "string",
    "description": "A number with its unit, as printed: '30 min', '~2 h', '> 12.6 mmol', '100 +- 15 kJ/mol', '500 to 532 nm'.",
    "pattern": r"^\s*(~|<=|>=|<|>)?\s*[+-]?(\d|\.\d)",
}
# What the models' own readers accept besides the mapping of their fields; each name is held to the model by a test.
_SHORT_FORMS: dict[str, list[dict[str, Any]]] = {
    "Quantity": [_QUANTITY, {"type": "number"}],
    "Participant": [{"type": "string", "description": "A species or chemical whose coefficient is not printed."}],
    "Component": [{"type": "string", "description": "A chemical or species whose amount is not printed."}],
    "Window": [{**_QUANTITY, "description": "A moment."}, {"type": "number"}],
}


class _FileSchema(GenerateJsonSchema):
    """Describes what may stand in files, where one thing may stand for a list of one, and text for a quantity."""

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        content = super().generate(schema, mode)
        for definition in content["$defs"].values():
            if "description" in definition:  # docstrings of the models end in examples for Python
                definition["description"] = definition["description"].partition("\n\n>>>")[0]
        for name, forms in _SHORT_FORMS.items():
            full = content["$defs"][name]
            content["$defs"][name] = {"title": name, "description": full.pop("description", name), "anyOf": [*forms, full]}
        return {"$schema": self.schema_dialect, "$id": SCHEMA_ID, **content}

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        if schema["function"]["function"] is not as_tuple:
            return inner
        single = inner.get("items", {})
        return {"anyOf": [inner, single]} if single else inner


def corpus_json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of corpus files and of cases that stand on their own.

    >>> corpus_json_schema()["title"]
    'mechkg corpus file'
    """
    content = CorpusFile.model_json_schema(by_alias=True, schema_generator=_FileSchema)
    return {**content, "title": "mechkg corpus file"}
