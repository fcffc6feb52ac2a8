"""What has to hold of ledger, graph and answers after a load, whoever was killed meanwhile: held against the ledger itself."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx2

from mechkg.curation.change_set import subject_of
from mechkg.curation.ledger import Ledger
from mechkg.graph.build import bring_up_to_date
from mechkg.graph.canonical import canonical
from mechkg.graph.sparql_server import SparqlServer
from mechkg.graph.store import Store
from mechkg.model.ledger_record import Act
from mechkg.service.projector import Projector
from tests.curation.invariants import check as check_invariants
from tests.deploy.load import LIST, SPARQL, Asked, Done, Report, Statements
from tests.deploy.stack import Kill, Stack

SETTLING = 30.0
"""Seconds within which the graph is at the position of the ledger once nobody writes any more."""


@dataclass(slots=True)
class Findings:
    """What does not hold, in words, by kind; all empty when all is well."""

    lost: list[str] = field(default_factory=list)
    """Acts that were acknowledged and are not in the ledger just once, as they were acknowledged."""
    half: list[str] = field(default_factory=list)
    """What is in the ledger in part, or though it was refused."""
    answers: list[str] = field(default_factory=list)
    """Answers that were wrong, contradicted each other or the ledger, or failed while nothing was down."""
    graph: list[str] = field(default_factory=list)
    """Where the graph is not that of a rebuild, or web processes do not answer alike."""

    @property
    def all(self) -> list[str]:
        return [*self.lost, *self.half, *self.answers, *self.graph]

    def add(self, other: Findings) -> None:
        self.lost += other.lost
        self.half += other.half
        self.answers += other.answers
        self.graph += other.graph


@dataclass(frozen=True, slots=True)
class Outage:
    """The time for which a part was not there: what was killed, and when all was back (monotonic seconds)."""

    kill: Kill
    until: float

    def excuses(self, asked: Asked) -> bool:
        """Say whether a question may have been left without an answer by this.

        It was asked, or waited for its answer, meanwhile; of a web process that was killed, it was asked of that one. That the
        SPARQL server is not there is no excuse: what it would answer is derived from the ledger.
        """
        there = self.kill.service in ("ledger", f"web-{asked.web}")
        return there and asked.begun <= self.until and asked.begun + asked.seconds >= self.kill.at


def check_answers(report: Report, outages: Sequence[Outage] = ()) -> list[str]:
    """Return what is wrong with answers as such."""
    found = list(report.wrong)
    for one in report.asked:
        if one.outcome == "error" or (one.outcome == "away" and not any(outage.excuses(one) for outage in outages)):
            down = "; ".join(f"{o.kill.service} was down from {o.kill.at:.3f} to {o.until:.3f}" for o in outages)
            when = f"from {one.begun:.3f} for {one.seconds:.3f} s"
            found.append(f"{one.kind} of web-{one.web} {when}: {one.outcome} {one.code} ({down or 'nothing was down'})")
    return found


class Records:
    """What was acknowledged, refused and left open so far, and what was read: all of it is held against the ledger again."""

    def __init__(self) -> None:
        self._done: list[Done] = []
        self._seen: dict[int, Statements] = {}

    @property
    def acknowledged(self) -> int:
        """How many acts were acknowledged so far."""
        return sum(done.outcome == "answered" for done in self._done)

    def take(self, report: Report) -> list[str]:
        """Take what happened along; return where answers contradict earlier ones."""
        self._done += report.acts
        found = []
        for version, statements in report.seen.items():
            known = self._seen.setdefault(version, {})
            for item, words in statements.items():
                if known.setdefault(item, words) != words:
                    found.append(f"'{item}' says '{words}' in version {version}, and said '{known[item]}' in it")
        return found

    def check(self, ledger: Ledger) -> Findings:
        """Hold it against the ledger, which nobody writes to meanwhile."""
        found = Findings()
        try:
            acts = check_invariants(ledger)
        except AssertionError as error:
            found.half.append(f"the ledger is not whole: {error}")
            acts = list(ledger.acts())
        marked = defaultdict(list)
        for act in acts:
            if act.assertion is None and act.reason is not None:
                marked[act.reason].append(act)
        for done in self._done:
            here = marked[done.mark]
            if done.outcome == "answered":
                found.lost += _differences(ledger, done, here)
            elif done.outcome == "away" and len(here) > 1:
                found.half.append(f"{done.kind} {done.mark} got no answer and is there {len(here)} times")
            elif done.outcome in ("refused", "error") and here:
                found.half.append(f"{done.kind} {done.mark} was refused ({done.code}) and is act {here[0].position}")
        found.answers += _contradictions(ledger, acts, self._seen)
        return found


def _differences(ledger: Ledger, done: Done, here: Sequence[Act]) -> list[str]:
    """Return in what an act that was acknowledged is not as it was acknowledged."""
    if len(here) != 1:
        return [f"{done.kind} {done.mark} was acknowledged and is there {len(here)} times"]
    [act], told = here, done.told or {}
    name = f"act {act.position}, {done.kind} {done.mark},"
    if (act.kind, act.actor) != (done.kind, done.person):
        return [f"{name} is {act.kind} by {act.actor}"]
    if done.kind == "comment":
        same = told["position"] == act.position and told["subject"] == str(act.subject) == f"set:{done.upon}"
        return [] if same else [f"{name} is upon {act.subject}, and was acknowledged as {told}"]
    if act.subject != subject_of(told["localName"]) or (done.upon is not None and told["localName"] != done.upon):
        return [f"{name} is upon {act.subject}, and was acknowledged upon {told['localName']}"]
    if not done.wishes:
        return []
    edits = {edit["item"]: edit.get("assertion") for edit in (act.content or {})["edits"]}
    if edits != {edit["item"]: edit["assertion"] for edit in told["edits"]} or edits.keys() != done.wishes.keys():
        return [f"{name} has other edits than were acknowledged: {edits}, {told['edits']}"]
    records = ledger.assertions([name for name in edits.values() if name is not None])
    words = {item: records[name].body["statement"] if name is not None else None for item, name in edits.items()}
    return [] if words == done.wishes else [f"{name} says {words}, and was to say {done.wishes}"]


def _contradictions(ledger: Ledger, acts: Iterable[Act], seen: Mapping[int, Statements]) -> list[str]:
    """Return what was read in some version of the graph and did not count in it."""
    bodies = {record.id: record for record in ledger.assertions().values()}
    counting: Statements = {}
    found, versions, last = [], sorted(seen, reverse=True), 0

    def compare(until: int) -> None:
        while versions and versions[-1] < until:
            version = versions.pop()
            if version != last:
                found.append(f"version {version} was read, and no version has this number: the one before is {last}")
            for item, words in seen[version].items():
                if counting.get(item) != words:
                    found.append(f"'{item}' was read as '{words}' in version {version}, and is '{counting.get(item)}' in it")

    for act in acts:
        if act.assertion is None or act.kind not in ("accept", "restore", "supersede", "retract"):
            continue
        compare(act.position)
        record, last = bodies[act.assertion], act.position
        if act.kind in ("accept", "restore"):
            counting[record.item] = str(record.body.get("statement"))
        elif counting.get(record.item) == record.body.get("statement"):
            counting.pop(record.item)
    compare(1 << 62)
    return found


# --- the graph, and answers about it ------------------------------------------------------------------------------------


def check_graph(stack: Stack, ledger: Ledger) -> list[str]:
    """Return where the graph on the server is not the one that the ledger gives, and where web processes answer otherwise."""
    with Store.open(None) as fresh:
        bring_up_to_date(fresh, ledger)
        expected = canonical(fresh)
    settled, until = ledger.settled(), time.monotonic() + SETTLING
    with SparqlServer.open(stack.graph) as server:
        projector = Projector(ledger, server)  # to look; it does not bring anything
        while True:
            revision = projector.current()
            if revision is not None and (there := canonical(server)) == expected and projector.current() == revision:
                break
            if time.monotonic() > until:
                if revision is None:
                    return [f"the graph is not at position {settled} of the ledger after {SETTLING:g} s: {server.revision()}"]
                return [f"the graph at {settled} is not that of a rebuild: {_difference(there, expected)}"]
            time.sleep(0.05)
    return _unlike(stack, settled)


def _difference(there: str, expected: str) -> str:
    has, wants = Counter(there.splitlines()), Counter(expected.splitlines())
    more, less = [*(has - wants)], [*(wants - has)]
    return f"{len(more)} quads more, such as {more[:3]}; {len(less)} less, such as {less[:3]}"


def _unlike(stack: Stack, settled: int) -> list[str]:
    """Return where web processes do not answer as they have to, in the same words."""
    answers = []
    for url in stack.urls:
        with httpx2.Client(base_url=url, timeout=60) as client:
            listed = client.post("/graphql", json={"query": LIST}).json()
            rows = client.get("/sparql", params={"query": SPARQL}, headers={"Accept": "application/sparql-results+json"})
            item = client.get("/id/e-0.ttl")
            ready = client.get("/readyz").json()
            bindings = sorted(map(repr, rows.json()["results"]["bindings"]))
            versions = [listed["data"]["graphVersion"], int(rows.headers["Mechkg-Version"]), int(item.headers["Mechkg-Version"])]
            if [*versions, ready.get("graph_version")] != [settled] * 4:
                return [f"{url} answers from versions {versions}, {ready}; what counts is version {settled}"]
            answers.append((listed, bindings, item.text))
    if any(answer != answers[0] for answer in answers):
        return [f"web processes answer otherwise: {answers}"[:2000]]
    return []
