"""Curators who work at once on a few items: propose, revise, accept, reject, withdraw and rebase whatever they find."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator

from mechkg.curation.accept import accept
from mechkg.curation.change_set import fold, subject_of
from mechkg.curation.comment import comment
from mechkg.curation.edits import Put, Remove
from mechkg.curation.enrol import enrol, grant
from mechkg.curation.ledger import Ledger
from mechkg.curation.rebase import rebase
from mechkg.curation.reject import reject
from mechkg.curation.revise import revise
from mechkg.curation.withdraw import withdraw
from mechkg.errors import BadInputError, ForbiddenError, RefusedActError, StaleError
from mechkg.model.change_set import ChangeSet
from mechkg.model.person import Caller, Grant
from tests.curation.staff import ADA, claim, proposed

ITEMS = 6


def employ_many(ledger: Ledger, number: int) -> None:
    """Enrol so many reviewers, ``c-0`` and so on."""
    enrol(ledger, ADA, "ada", name="Ada")
    for n in range(number):
        enrol(ledger, ADA, f"c-{n}", name=f"Curator {n}")
        grant(ledger, ADA, f"c-{n}", Grant("reviewer"))


def work(ledger: Ledger, who: str, rng: random.Random, until: float) -> Counter[str]:
    """Work until that moment (of ``time.monotonic``); return how often each act was done, and how often each was refused."""
    by = Caller(who, "python")
    done: Counter[str] = Counter()
    while time.monotonic() < until:
        kind = rng.choice(["propose", "propose", "accept", "accept", "revise", "reject", "withdraw", "rebase", "comment"])
        try:
            if _do(ledger, by, kind, rng):
                done[kind] += 1
        except BadInputError:
            done[f"refused {kind}: changes nothing"] += 1
        except StaleError:
            done[f"refused {kind}: stale"] += 1
        except ForbiddenError:
            done[f"refused {kind}: forbidden"] += 1
        except RefusedActError:
            done[f"refused {kind}"] += 1
    return done


def _do(ledger: Ledger, by: Caller, kind: str, rng: random.Random) -> bool:
    """Do one act upon something that is there; say whether there was anything to do it upon."""
    if kind == "propose":
        proposed(ledger, _wish(ledger, by, rng), by=by)
        return True
    found = _any_set(ledger, rng)
    if found is None:
        return False
    seen = found.revision
    match kind:
        case "accept":
            accept(ledger, by, found.id, revision=seen)
        case "reject":
            reject(ledger, by, found.id, revision=seen, reason="no")
        case "withdraw":
            withdraw(ledger, by, found.id, revision=seen, reason="erred")
        case "revise":
            revise(ledger, by, found.id, [_wish(ledger, by, rng)], revision=seen, base=ledger.settled())
        case "rebase":
            choices = {edit.item: {"statement": "ours", "": "ours"} for edit in found.edits}
            rebase(ledger, by, found.id, revision=seen, choices=choices)  # type: ignore[arg-type]
        case "comment":
            comment(ledger, by, subject_of(found.id), "hm")
    return True


def _wish(ledger: Ledger, by: Caller, rng: random.Random) -> Put | Remove:
    item = f"i-{rng.randrange(ITEMS)}"
    base = ledger.accepted_of(item)
    if base is not None and rng.random() < 0.2:
        return Remove(base, "other")
    words = f"{by.person}: {rng.randrange(10**9)}" if rng.random() < 0.7 else "what several say"
    return Put(claim(item, words), base.id if base else None)


def _any_set(ledger: Ledger, rng: random.Random) -> ChangeSet | None:
    """Return one of the last change sets."""
    last = ledger.position()
    recent = [act for act in ledger.acts(max(0, last - 80)) if act.kind == "propose" and act.assertion is None]
    if not recent:
        return None
    subject = rng.choice(recent).subject
    assert subject is not None
    return fold(ledger.acts_on(subject))


# --- as a process of its own ------------------------------------------------------------------------------------------


def main(place: str, seconds: str, who: str) -> None:
    """Work for so many seconds and print the counts."""
    with Ledger.open(place) as ledger:
        for kind, count in work(ledger, who, random.Random(who), time.monotonic() + float(seconds)).items():
            print(f"{count}\t{kind}")


def read(output: str) -> Iterator[tuple[str, int]]:
    """Read what ``main`` printed."""
    for line in output.splitlines():
        count, _, kind = line.partition("\t")
        yield kind, int(count)
