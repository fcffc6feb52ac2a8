"""The schema as text: the file says what the code has, and what breaks callers is told in the changelog."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema, lexicographic_sort_schema, print_schema

from mechkg.api.sdl import CURRENT, breaking, dangerous, place, promised, sdl, untold

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"

BEFORE = """
enum Kind { A B }
input Wanted { size: Int }
interface Thing { id: ID }
type Stone implements Thing { id: ID weight(unit: String): Float colour: String }
type Query { stone(wanted: Wanted, kind: Kind): Stone }
"""


def test_the_file_says_what_the_code_has() -> None:
    assert CURRENT.read_text(encoding="utf-8") == sdl(), "the schema changed: make sdl"


def test_the_text_is_a_schema_of_its_own() -> None:
    again = build_schema(sdl())
    assert not breaking(again, build_schema(print_schema(lexicographic_sort_schema(again))))


def test_what_breaks_callers_is_told() -> None:
    changes = breaking(promised(), build_schema(sdl()))
    left_out = untold(changes, CHANGELOG.read_text(encoding="utf-8"))
    assert not left_out, "name each between backticks in the open section of CHANGELOG.md: " + "; ".join(map(place, left_out))


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("colour: String", "", "Stone.colour"),
        ("weight(unit: String): Float", "weight(unit: String): Int", "Stone.weight"),
        ("weight(unit: String)", "weight", "Stone.weight(unit:)"),
        ("weight(unit: String)", "weight(unit: String, by: Int!)", "Stone.weight(by:)"),
        ("size: Int", "size: Int! = 3 often: Int!", "Wanted.often"),
        ("A B }", "A }", "Kind.B"),
        ("type Stone implements Thing {", "type Stone {", "Stone"),
    ],
)
def test_a_breaking_change_is_found_and_has_to_be_told(old: str, new: str, at: str) -> None:
    after = BEFORE.replace(old, new)
    assert after != BEFORE
    changes = breaking(build_schema(BEFORE), build_schema(after))
    assert at in [place(change) for change in changes]
    untold_at_all = untold(changes, "# Changelog\n\n## Unreleased\n\n- Nothing.\n")
    assert untold_at_all == changes
    told = "".join(f"- `{place(change)}` is gone.\n" for change in changes)
    assert untold(changes, f"# Changelog\n\n## Unreleased\n\n{told}\n## 1.0\n") == []
    assert untold(changes, f"# Changelog\n\n## Unreleased\n\n## 1.0\n\n{told}") == changes


def test_what_is_added_or_deprecated_breaks_nobody() -> None:
    after = BEFORE.replace("colour: String", 'colour: String @deprecated(reason: "Ask for hue.") hue: String').replace(
        "A B", "A B C"
    )
    assert breaking(build_schema(BEFORE), build_schema(after)) == []
    assert len(dangerous(build_schema(BEFORE), build_schema(after))) == 1


def test_what_is_deprecated_says_what_to_ask_instead() -> None:
    """Nothing is deprecated without a reason that names a field, argument or value that is there."""
    schema = build_schema(sdl())
    for name, kind in schema.type_map.items():
        for field, value in getattr(kind, "fields", {}).items():
            reasons = [value.deprecation_reason, *(a.deprecation_reason for a in getattr(value, "args", {}).values())]
            for reason in filter(None, reasons):
                named = [word.strip("`.,") for word in reason.split() if word.startswith("`")]
                assert named and any(word.split("(")[0] in kind.fields for word in named), f"{name}.{field}"  # type: ignore[attr-defined]
