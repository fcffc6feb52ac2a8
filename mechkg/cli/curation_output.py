"""What the commands of curation print."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from mechkg.cli.output import console, print_json
from mechkg.cli.page import VERDICT_COLOUR
from mechkg.curation.rebase import MovedEdit
from mechkg.model.change_set import ChangeSet, Edit
from mechkg.model.draft import Draft
from mechkg.model.ledger_record import Act, AssertionRecord
from mechkg.model.merge import ABSENT, Difference, differences
from mechkg.reasoning.render import cannot_be_set
from mechkg.service.impact import Impact, VerdictChange
from mechkg.service.impact_conclusions import ConclusionChange
from mechkg.service.queue import Page, Queued
from mechkg.service.recorded import Recorded
from mechkg.service.sign_off import Signature
from mechkg.service.tasks import Task

_SEVERITY_COLOUR = {"error": "red", "warning": "yellow", "information": "dim"}

# --- as JSON ----------------------------------------------------------------------------------------------------------


def change_set_json(found: ChangeSet, stale: Sequence[str] = ()) -> dict[str, Any]:
    """Return a change set as plain JSON content."""
    return {
        "id": found.id,
        "title": found.title,
        "status": found.status,
        "revision": found.revision,
        "base": found.base,
        "authors": list(found.authors),
        "opened_at": found.opened_at.isoformat(),
        "changed_at": found.changed_at.isoformat(),
        "reason": found.reason,
        "machine": found.machine,
        "assignee": found.assignee,
        "decided": found.decided,
        "decided_by": found.decided_by,
        "despite": found.despite,
        "materials": list(found.materials),
        "stale": list(stale),
        "edits": [edit.model_dump(mode="json", exclude_none=True) for edit in found.edits],
        "comments": [
            {"position": c.position, "author": c.author, "at": c.at.isoformat(), "text": c.text, "revision": c.revision,
             "answers": c.answers}
            for c in found.comments
        ],
    }  # fmt: skip


def impact_json(found: Impact, conclusions: Sequence[ConclusionChange] = ()) -> dict[str, Any]:
    """Return an impact as plain JSON content."""
    return {
        "graph_version": found.version,
        "acceptable": found.acceptable,
        "findings": [
            {"severity": f.severity, "code": f.code, "message": f.message, "hint": f.hint} for f in found.findings
        ],
        "spaces": list(found.spaces),
        "verdicts": [
            {
                "space": v.space,
                "candidate": v.candidate,
                "before": v.before,
                "after": v.after,
                "flips": v.flips,
                "appear": [{"observation": c.observation, "rule": c.kind, "brief": c.brief} for c in v.appear],
                "vanish": [{"observation": c.observation, "rule": c.kind, "brief": c.brief} for c in v.vanish],
                "gone": list(v.gone),
            }
            for v in found.verdicts
        ],
        "standings": [{"space": s.space, "name": s.name, "before": s.before, "after": s.after} for s in found.standings],
        "conclusions": [
            {"conclusion": c.conclusion, "space": c.space, "before": c.before, "after": c.after} for c in conclusions
        ],
        "disagreements": {"appear": [d.id for d in found.appear], "vanish": [d.id for d in found.vanish]},
        "signatures": [{"subject": str(s.subject), "by": s.by} for s in found.signatures],
    }  # fmt: skip


def act_json(act: Act) -> dict[str, Any]:
    """Return an act as plain JSON content."""
    return {
        "position": act.position,
        "kind": act.kind,
        "assertion": act.assertion,
        "subject": str(act.subject) if act.subject else None,
        "actor": act.actor,
        "at": act.at.isoformat(),
        "reason": act.reason,
        "door": act.door,
        "content": act.content,
    }


def draft_json(draft: Draft) -> dict[str, Any]:
    """Return a version of a draft as plain JSON content."""
    return {
        "id": draft.id,
        "version": draft.version,
        "at": draft.at.isoformat(),
        "discarded": draft.discarded,
        "content": draft.content,
    }


# --- change sets ------------------------------------------------------------------------------------------------------


def print_queue(page: Page, *, as_json: bool) -> None:
    """Print a page of the queue; a cut list says so."""
    if as_json:
        sets = [change_set_json(q.change_set, q.stale_items) for q in page.found]
        print_json({"change_sets": sets, "total": page.total, "more": page.more, "end": page.end})
        return
    if not page.found:
        console.print("No change set waits, or none of those that are meant.")
        return
    table = Table(show_edge=False, pad_edge=False)
    for column in ("change set", "title", "by", "status", "edits", "for"):
        table.add_column(column, no_wrap=column == "change set")
    for queued in page.found:
        found = queued.change_set
        by = ", ".join(found.authors) + (" (machine)" if found.machine else "")
        table.add_row(*map(escape, (found.id, found.title, by, _status(queued), str(len(found.edits)), found.assignee or "")))
    console.print(table)
    if page.more:
        console.print(f"{len(page.found)} of {page.total}; go on with --after {page.end}")


def _status(queued: Queued) -> str:
    return f"{queued.change_set.status}{', stale' if queued.stale else ''}"


def print_change_set(queued: Queued, records: Mapping[str, AssertionRecord], *, as_json: bool) -> None:
    """Print a change set: each edit field by field, the words that it rests on, and what was said."""
    found = queued.change_set
    if as_json:
        content = change_set_json(found, queued.stale_items)
        for edit, told in zip(found.edits, content["edits"], strict=True):
            told["differences"] = [
                {"place": d.place, "before": _plain(d.before), "after": _plain(d.after)} for d in _differences(edit, records)
            ]
        print_json(content)
        return
    where = ", ".join(found.materials) or "all materials"
    console.print(f"[bold]{escape(found.title)}[/bold]  {found.id}, revision {found.revision}: {_status(queued)}")
    console.print(f"by {', '.join(found.authors)}, {found.opened_at:%Y-%m-%d %H:%M} UTC; belongs to {where}", markup=False)
    if found.machine:
        console.print(f"suggested by a program: {json.dumps(found.machine, ensure_ascii=False)}", markup=False)
    if found.reason:
        console.print(f"because: {found.reason}", markup=False)
    if found.decided_by:
        console.print(f"{found.status} by {found.decided_by}: {found.decided or 'no reason given'}", markup=False)
    for doubt, why in found.despite.items():
        console.print(f"in spite of {doubt}: {why}", markup=False)
    for edit in found.edits:
        code = f" ({edit.code})" if edit.code else ""
        console.print(f"\n[bold]{edit.op} {edit.kind} {escape(edit.item)}[/bold] of {escape(edit.document)}{code}")
        if edit.item in queued.stale_items:
            console.print("  [yellow]stale: it has changed since; mechkg curate rebase shows how[/yellow]")
        for difference in _differences(edit, records):
            _print_difference(difference)
        after = records.get(edit.assertion or "")
        for quote in after.body.get("quote", ()) if after else ():
            console.print(f'  [dim]"{escape(str(quote))}"[/dim]')
    for comment in found.comments:
        console.print(f"\n{comment.author}, {comment.at:%Y-%m-%d %H:%M} UTC ({comment.position}): {comment.text}", markup=False)


def _differences(edit: Edit, records: Mapping[str, AssertionRecord]) -> tuple[Difference, ...]:
    before, after = records.get(edit.base or ""), records.get(edit.assertion or "")
    return differences(before.body if before else {}, after.body if after else {})


def _print_difference(difference: Difference) -> None:
    if difference.before is not ABSENT:
        console.print(f"  [red]- {escape(difference.place)}: {escape(_text(difference.before))}[/red]")
    if difference.after is not ABSENT:
        console.print(f"  [green]+ {escape(difference.place)}: {escape(_text(difference.after))}[/green]")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return None if value is ABSENT else value


def print_merge(moved: Sequence[MovedEdit], *, as_json: bool) -> None:
    """Print what rebasing would come to: each clash with what stood, what stands and what is wished for."""
    if as_json:
        print_json([_moved_json(each) for each in moved])
        return
    if not moved:
        console.print("Nothing has moved: it need not be rebased.")
    for each in moved:
        console.print(f"[bold]{escape(each.edit.item)}[/bold]")
        if each.merge is None:
            what = "is gone" if each.now is None else "is to be removed, and reads otherwise now"
            console.print(f"  {what}: choose --choose {each.edit.item}::ours or ::theirs", markup=False)
            continue
        for difference in each.merge.theirs:
            console.print(f"  theirs {difference.place}: {_shown(difference)}", markup=False)
        for difference in each.merge.ours:
            console.print(f"  ours   {difference.place}: {_shown(difference)}", markup=False)
        for clash in each.merge.clashes:
            console.print(f"  [yellow]both changed {escape(clash.place)}[/yellow]: --choose {each.edit.item}:{clash.place}:ours")


def _shown(difference: Difference) -> str:
    return " -> ".join("nothing" if value is ABSENT else _text(value) for value in (difference.before, difference.after))


def _moved_json(moved: MovedEdit) -> dict[str, Any]:
    merge = moved.merge
    return {
        "item": moved.edit.item,
        "now": moved.now.body if moved.now else None,
        "merged": merge.body if merge else None,
        "clashes": [
            {"place": c.place, "base": _plain(c.base), "theirs": _plain(c.theirs), "ours": _plain(c.ours)}
            for c in (merge.clashes if merge else ())
        ],
    }


# --- impact -----------------------------------------------------------------------------------------------------------


def print_impact(found: Impact, conclusions: Sequence[ConclusionChange] = (), *, as_json: bool) -> None:
    """Print what accepting would change: findings, then a line that sums it up, then verdicts that flip, then the rest."""
    if as_json:
        print_json(impact_json(found, conclusions))
        return
    for finding in found.findings:
        hint = f" ({finding.hint})" if finding.hint else ""
        colour = _SEVERITY_COLOUR[finding.severity]
        console.print(f"[{colour}]{finding.severity}:[/{colour}] {escape(finding.message + hint)}", soft_wrap=True)
    if not found.acceptable:
        console.print("It cannot be accepted; what else it would change was not worked out.")
        return
    flips = [change for change in found.verdicts if change.flips]
    told = [
        counted(len(flips), "verdict flips", "verdicts flip"),
        counted(len(found.verdicts) - len(flips), "verdict stays on other grounds", "verdicts stay on other grounds"),
        counted(len(found.standings), "step or claim changes its standing", "steps and claims change their standing"),
        counted(len(conclusions), "conclusion of a paper is found otherwise", "conclusions of papers are found otherwise"),
        counted(len(found.appear), "disagreement comes or has other sides", "disagreements come or have other sides"),
        counted(len(found.vanish), "disagreement goes", "disagreements go"),
        counted(len(found.signatures), "signature goes stale", "signatures go stale"),
    ]
    if not any(told):
        console.print("No verdict, conclusion, disagreement or signature would change.")
        return
    console.print(f"If it is accepted: {'; '.join(filter(None, told))}.", soft_wrap=True)
    for change in sorted(found.verdicts, key=lambda each: not each.flips):
        _print_change(change)
    if found.standings:
        console.print("\nWhat every, some or no survivor has:")
    for standing in found.standings:
        before, after = standing.before or "not there", standing.after or "gone"
        console.print(f"  {standing.name} would be {after}, now {before}   ({standing.space})", markup=False)
    if conclusions:
        console.print("\nConclusions that papers draw:")
    for each in conclusions:
        before, after = each.before or "not put", each.after or "not put"
        console.print(f"  {each.conclusion} would be {after}, now {before}   ({each.space})", markup=False)
    if found.appear or found.vanish or found.signatures:
        console.print()
    for disagreement in found.appear:
        sides = " against ".join(side.value for side in disagreement.sides)
        console.print(f"disagreement {disagreement.id} would be there: {sides}", markup=False)
    for disagreement in found.vanish:
        console.print(f"disagreement {disagreement.id} would be gone", markup=False)
    for signed in found.signatures:
        console.print(f"the signature of {signed.by} upon {signed.subject} would be stale", markup=False)


MOST_NAMED = 4
"""So many observations are named on a line; how many more there are is said."""


def counted(number: int, one: str, several: str) -> str:
    """Say how many there are; nothing of none."""
    return f"{number} {one if number == 1 else several}" if number else ""


def _print_change(change: VerdictChange) -> None:
    name = f"{change.space} {change.candidate}"
    if change.flips:
        before, after = (_coloured(verdict) for verdict in (change.before, change.after))
        console.print(f"\n[bold]{escape(name)}[/bold] flips: {before} -> {after}   {escape(change.title)}", soft_wrap=True)
    else:
        how = (
            "with less against it" if not change.appear else "with more against it" if not change.vanish else "for other reasons"
        )
        console.print(f"\n{escape(name)} stays {_coloured(change.before)}, {how}", soft_wrap=True)
    if change.gone:
        console.print(f"  {cannot_be_set(change.gone)}", markup=False, soft_wrap=True)
    for sign, those in (("+", change.appear), ("-", change.vanish)):
        by_brief: dict[str, list[str]] = {}
        for contradiction in those:
            by_brief.setdefault(contradiction.brief, []).append(contradiction.observation)
        for brief, observations in by_brief.items():
            more = f" and {len(observations) - MOST_NAMED} more" if len(observations) > MOST_NAMED else ""
            console.print(f"  {sign} {brief}: {', '.join(observations[:MOST_NAMED])}{more}", markup=False, soft_wrap=True)


def _coloured(verdict: str | None) -> str:
    if verdict is None:
        return "not there"
    colour = VERDICT_COLOUR[verdict]
    return f"[{colour}]{verdict}[/{colour}]"


# --- the rest ---------------------------------------------------------------------------------------------------------


def print_act(act: Act, sentence: str, *, as_json: bool) -> None:
    """Say what was done, or print the act as JSON."""
    if as_json:
        print_json(act_json(act))
    else:
        console.print(f"{sentence} (act {act.position})", markup=False)


def print_tasks(found: Sequence[Task], *, as_json: bool) -> None:
    """List what waits for somebody."""
    if as_json:
        print_json(
            [
                {"kind": t.kind, "subject": str(t.subject), "sentence": t.sentence, "since": t.since.isoformat(), "act": t.act,
                 "assignee": t.assignee}
                for t in found
            ]
        )  # fmt: skip
        return
    if not found:
        console.print("Nothing waits for you.")
    for task in found:
        console.print(f"[bold]{task.kind}[/bold] {escape(task.sentence)}\n  [dim]{escape(task.upon)}, act {task.act}[/dim]")


def print_signatures(workspace: Recorded, found: Sequence[Signature], *, as_json: bool) -> None:
    """List signatures, and which of them are stale."""
    from mechkg.service.naming import called

    if as_json:
        print_json(
            [
                {"subject": str(s.signed.subject), "by": s.signed.by, "at": s.signed.at.isoformat(), "says": s.signed.says,
                 "stale": s.stale, "says_now": s.says, "reason": s.signed.reason}
                for s in found
            ]
        )  # fmt: skip
        return
    if not found:
        console.print("Nothing is signed.")
    for each in found:
        state = "[yellow]stale[/yellow]" if each.stale else "[green]holds[/green]"
        upon, signed = each.signed.subject, each.signed
        said = "" if upon.kind == "assertion" else f": {signed.says}"
        now = f", now {each.says}" if said and each.says not in (None, signed.says) else ""
        gone = ", which does not count any more" if each.says is None else ""
        told = f"{called(workspace, upon)}{said}{now}{gone}, by {signed.by}, {signed.at:%Y-%m-%d}"
        console.print(f"{state} {escape(told)}", soft_wrap=True)


def print_drafts(found: Sequence[Draft], *, as_json: bool) -> None:
    """List drafts, or versions of one."""
    if as_json:
        print_json([draft_json(draft) for draft in found])
        return
    if not found:
        console.print("There is no draft.")
    for draft in found:
        title = draft.content.get("title") if isinstance(draft.content, dict) else None
        told = "discarded" if draft.discarded else str(title or "without a title")
        console.print(f"{draft.id}, version {draft.version}, {draft.at:%Y-%m-%d %H:%M} UTC: {told}", markup=False)
