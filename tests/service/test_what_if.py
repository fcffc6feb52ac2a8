"""What if: each thing is withdrawn by itself, and what is said is what a check finds without it."""

from __future__ import annotations

from mechkg.service.check import check
from mechkg.service.page import parts_as_markdown
from mechkg.service.report_page import flips
from mechkg.service.what_if import as_json, what_if
from mechkg.service.workspace import Workspace
from tests.small_case import SPACE

THINGS = {("assumption", name) for name in ("only", "prompt", "kept", "limit")}
THINGS |= {("observation", name) for name in ("b-seen", "no-c", "no-d")}


def test_everything_is_tried_and_says_what_a_check_says(small: Workspace) -> None:
    found, _ = what_if(small, SPACE)
    changed = {(flip.kind, flip.name): {c: after for c, (_, after) in flip.verdicts.items()} for flip in found.flips}
    assert {*changed, *found.unchanged} == THINGS
    assert found.tried == len(THINGS) == len(changed) + len(found.unchanged)
    before = {c.id: c.verdict for c in check(small, SPACE).candidates}
    for kind, name in THINGS:
        asked = {"without" if kind == "assumption" else "ignoring": [name]}
        after = {c.id: c.verdict for c in check(small, SPACE, **asked).candidates}  # type: ignore[arg-type]
        assert after == before | changed.get((kind, name), {})


def test_the_weakest_premise(small: Workspace) -> None:
    content = as_json(what_if(small, SPACE)[0])
    assert content["weakest"] == [
        {"candidate": "turns", "kind": "observation", "name": "b-seen", "backing": None},
        {"candidate": "turns-and-slips", "kind": "observation", "name": "b-seen", "backing": None},
        {"candidate": "strays", "kind": None, "name": None, "backing": None},
        {"candidate": "both", "kind": "assumption", "name": "kept", "backing": "silent"},
    ]


def test_beyond_what_is_withdrawn_already(small: Workspace) -> None:
    found, words = what_if(small, SPACE, without=["prompt", "kept", "only", "limit"], ignoring=["b-seen", "no-c"])
    assert found.tried == 1
    text = parts_as_markdown("What if", flips(found, words))
    assert "One assumption or observation was withdrawn; no verdict changes." in text
    assert "The same holds for one observation" in text
