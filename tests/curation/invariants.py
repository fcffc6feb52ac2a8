"""What holds of every ledger, however many wrote to it at once: checked from its acts alone, by rules written anew."""

from __future__ import annotations

from collections import Counter

from mechkg.curation.ledger import Ledger
from mechkg.model.ledger_record import Act

COUNTS = {"accept", "restore"}
ENDS = {"supersede", "retract", "reject"}


def check(ledger: Ledger) -> list[Act]:
    """Assert that the ledger is whole, and return its acts."""
    acts = list(ledger.acts())
    assert [act.position for act in acts] == list(range(1, len(acts) + 1))
    assert ledger.verify_chain() is None
    item = {record.id: record.item for record in ledger.assertions().values()}
    accepted: dict[str, str] = {}
    status: dict[str, str] = {}
    edits: dict[str, list[dict[str, str]]] = {}
    authors: dict[str, set[str]] = {}
    decided: Counter[str] = Counter()
    for act in acts:
        if act.assertion is not None:
            _status_act(act, item[act.assertion], status, accepted)
        elif act.subject is not None and act.subject.kind == "set":
            name, content = act.subject.name, act.content or {}
            assert act.kind == "propose" or name in edits
            if act.kind in ("propose", "revise", "rebase"):
                edits[name] = content["edits"]
                authors.setdefault(name, set()).add(act.actor)
            elif act.kind in ("accept", "reject", "withdraw"):
                decided[name] += 1
                own = act.actor in authors[name]
                # nobody accepted own work, but where nobody else could, and said why
                assert own if act.kind == "withdraw" else not own or act.kind == "reject" or content.get("alone")
            if act.kind == "accept":
                _check_bases(act, edits[name], accepted)
    assert set(decided.values()) <= {1}
    now = {record.item: record.id for record in ledger.accepted().values()}
    assert len(now) == len(ledger.accepted())  # at most one accepted assertion per item
    assert now == accepted
    _check_done_once(acts, edits, decided)
    return acts


def _status_act(act: Act, item: str, status: dict[str, str], accepted: dict[str, str]) -> None:
    assert act.assertion is not None
    if act.kind == "propose":
        assert status.get(act.assertion) not in ("propose", *COUNTS)
    elif act.kind in ("accept", "reject"):
        assert status[act.assertion] == "propose"
    elif act.kind == "supersede":
        assert status[act.assertion] in COUNTS
    if act.kind in COUNTS:
        assert item not in accepted
        accepted[item] = act.assertion
    elif act.kind in ENDS and accepted.get(item) == act.assertion:
        del accepted[item]
    status[act.assertion] = act.kind


def _check_bases(act: Act, edits: list[dict[str, str]], accepted: dict[str, str]) -> None:
    """Every accepted edit was made on what counted when it was accepted."""
    for edit in edits:
        assert accepted.get(edit["item"]) == edit.get("base"), f"act {act.position}: '{edit['item']}' had moved"


def _check_done_once(acts: list[Act], edits: dict[str, list[dict[str, str]]], decided: Counter[str]) -> None:
    """What an accepted change set asks for was done with it, all of it, once."""
    for name in decided:
        upon = [act for act in acts if act.subject is not None and act.subject.name == name and act.subject.kind == "set"]
        end = next(n for n, act in enumerate(upon) if act.assertion is None and act.kind in ("accept", "reject", "withdraw"))
        done = Counter((act.kind, act.assertion) for act in upon[end + 1 :] if act.assertion is not None)
        expected: Counter[tuple[str, str | None]] = Counter()
        for edit in edits[name]:
            new, base = edit.get("assertion"), edit.get("base")
            if upon[end].kind == "accept":
                if new is not None:
                    expected["accept", new] += 1
                if base is not None:
                    expected["supersede" if new is not None else "retract", base] += 1
            elif new is not None:
                expected["reject" if upon[end].kind == "reject" else "retract", new] += 1
        assert done == expected
        one = {act.at for act in upon[end:] if act.kind != "comment"}
        assert len(one) == 1  # in one transaction
