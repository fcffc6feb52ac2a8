"""What a reviewer waits for before a decision: what one edit would change, by the whole corpus.

Every row is about the same edits: of each kind of item a few, drawn by a fixed seed, and beside them those items that most hangs
on. Each edit is one that bears on verdicts where the kind can: what was seen is not seen, an assumption loses what it does, a
species is of another kind, a stage has another medium, a chemical another class, a space one candidate less.
"""

from __future__ import annotations

import copy
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mechkg.service.acting import PutItem
from mechkg.service.catalog import Entry
from mechkg.service.impact import Impact
from mechkg.service.load_corpus import load_corpus
from mechkg.service.proposal import changed_item
from mechkg.service.reach import spaces_reached
from mechkg.service.workspace import Workspace
from tests.benchmarks.timing import Row, goal
from tests.service.changes import impact_on

OF_EACH_KIND = 6
"""So many items of each kind are drawn, and as many of those that most spaces rest on."""

MOST_SECONDS = 2.0

WORKING: list[float] = []
"""Seconds of the processor that each preview took, since the last row: on a busy machine the clock says more."""


def bench_preview(scratch: Path) -> Iterator[Row]:
    """Preview edits one after the other in a service that has its spaces in memory, and each first of all in one that has not."""
    with Workspace.open(scratch / "home") as workspace:
        load_corpus(workspace)
        _warm(workspace)
        edits = list(sampled(workspace))
        found = [(*_timed(workspace, asked), entry) for entry, asked in edits]
        everything = _of_everything(workspace)
        yield {
            **_told([seconds for seconds, _, _ in found], "any one item, in a service that has its spaces in memory"),
            **_worst(found),
            "by_kind": {
                kind: round(max(seconds for seconds, _, e in found if e.kind == kind), 3)
                for kind in sorted({e.kind for _, _, e in found})
            },
            "with_changed_verdicts": sum(bool(told.verdicts) for _, told, _ in found),
        }
        seconds, told = _timed(workspace, everything)
        yield {**_told([seconds], "a change set that touches every space"), "spaces": len(told.spaces)}
        worst = sorted(found, key=lambda each: -each[0])[:3]
    firsts = []
    for _, _, entry in worst:
        with Workspace.open(scratch / "home") as workspace:
            _warm(workspace)
            [asked] = [asked for e, asked in edits if e.id == entry.id]
            firsts.append((*_timed(workspace, asked), entry))
    yield {**_told([seconds for seconds, _, _ in firsts], "the worst of them, each as the first preview of such a service")}
    colds = []
    for _, _, entry in worst:
        with Workspace.open(scratch / "home") as workspace:
            [asked] = [asked for e, asked in edits if e.id == entry.id]
            colds.append((*_timed(workspace, asked), entry))
    yield {**_told([seconds for seconds, _, _ in colds], "the worst of them, each as the first thing that is asked for at all")}


# --- edits ------------------------------------------------------------------------------------------------------------


def sampled(workspace: Workspace, of_each_kind: int = OF_EACH_KIND) -> Iterator[tuple[Entry, list[PutItem]]]:
    """Yield items of each kind, drawn and those that most spaces rest on, and for each an edit of it."""
    draw = random.Random(1)
    for entries in workspace.catalog.by_kind.values():
        most = sorted(entries, key=lambda entry: (-len(spaces_reached(workspace.catalog, [entry.id])), entry.id))
        chosen = {entry.id: entry for entry in (*draw.sample(entries, min(of_each_kind, len(entries))), *most[:of_each_kind])}
        for entry in chosen.values():
            yield entry, [edited(workspace, entry)]


def edited(workspace: Workspace, entry: Entry) -> PutItem:
    """Return an edit of an item: of what verdicts can hang on, else of its note."""
    body = entry.record.body
    fields: dict[str, Any] = {"notes": ["Looked at again."]} if entry.kind == "document" else {"note": "Looked at again."}
    if entry.kind == "observation":
        other = {"present": "absent", "absent": "present", "increases": "constant", "constant": "increases"}
        fields = {"kind": other.get(body["kind"], "constant"), "prompt": None}
    elif entry.kind == "assumption" and "effects" in body:
        fields = {"effects": None}
    elif entry.kind == "species":
        fields = {"kind": "QD" if body["kind"] != "QD" else "MSC", "signature": None}
    elif entry.kind == "chemical":
        fields = {"classes": ["Chemical"]}
    elif entry.kind == "step":
        fields = {"kind": "growth" if body["kind"] != "growth" else "addition", "promoters": None}
    elif entry.kind == "procedure":
        stages = copy.deepcopy(body["stages"])
        stages[0]["duration"] = "17 h"
        for stage in stages:
            for amount in stage.get("medium", ()):
                amount["amount"] = "7 mL"
        fields = {"stages": stages}
    elif entry.kind == "space":
        fields = {"candidates": body["candidates"][:-1]}
    return changed_item(workspace.catalog, entry.id, fields)


def _of_everything(workspace: Workspace) -> list[PutItem]:
    """Return a change set that takes every assumption what it does: nearly every space has some."""
    assumptions = [entry for entry in workspace.catalog.by_kind["assumption"] if "effects" in entry.record.body]
    return [edited(workspace, entry) for entry in assumptions]


# --- the clock --------------------------------------------------------------------------------------------------------


def _warm(workspace: Workspace) -> None:
    """Have every space in memory, as a service that has answered questions about them."""
    for entry in workspace.catalog.by_kind["space"]:
        assert workspace.problem(entry.id).program


def _timed(workspace: Workspace, asked: list[PutItem]) -> tuple[float, Impact]:
    start, working = time.perf_counter(), time.process_time()
    told = impact_on(workspace, asked)
    WORKING.append(time.process_time() - working)
    return time.perf_counter() - start, told


def _told(seconds: list[float], timed: str) -> Row:
    ranked, working = sorted(seconds), sorted(WORKING)
    WORKING.clear()
    return {
        "processor_seconds": {"median": round(statistics.median(working), 3), "worst": round(working[-1], 3)},
        "seconds": {
            "median": round(statistics.median(ranked), 3),
            "p95": round(ranked[int(0.95 * (len(ranked) - 1))], 3),
            "worst": round(ranked[-1], 3),
        },
        "rounds": len(ranked),
        "timed": f"preview of an edit of {timed}",
        **goal(f"at most {MOST_SECONDS:g} s", met=ranked[-1] <= MOST_SECONDS),
    }


def _worst(found: list[tuple[float, Impact, Entry]]) -> Row:
    seconds, told, entry = max(found, key=lambda each: each[0])
    return {"worst_of": {"item": entry.id, "kind": entry.kind, "spaces": len(told.spaces), "seconds": round(seconds, 3)}}
