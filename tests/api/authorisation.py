"""Who may do what: every mutation of the schema is tried by everybody, over HTTP, and what came of it is a table.

The table in ``deploy/AUTHORISATION.md`` is made by ``python -m tests.api.authorisation``; a test compares the two, and holds the
table against the roles that the policy names.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.api.caller import OWN_HEADER
from mechkg.api.schema import create_schema
from mechkg.curation import tokens
from mechkg.curation.enrol import enrol, grant, revoke
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.release import release
from mechkg.model.corpus import CorpusFile
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller, Grant, Role
from mechkg.service.accept import accept
from mechkg.service.dispute import dispute
from mechkg.service.draft import discard_draft, save_draft
from mechkg.service.proposal import changed_item
from mechkg.service.propose import propose
from mechkg.service.retract import retract
from mechkg.service.watches import Hypothesis, watch
from mechkg.service.workspace import Workspace
from tests.api.changing import opened
from tests.curation.staff import ADA, BEN, CLEO
from tests.small_case import SPACE

TABLE: Final = Path(__file__).parents[2] / "deploy" / "AUTHORISATION.md"
MATERIAL: Final = "ab"
"""The material that everything tried belongs to."""

ELSEWHERE: Final = "m-1"
"""Another one."""

RELEASE: Final = "before"
CLAIMS: Final = 400


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who tries: how the table calls them, their role, where they have it, and how far their token reaches."""

    said: str
    role: Role | None = None
    where: str = "all"
    token: Role | None = None
    author: bool = False
    """The change set, draft or watch that is tried is their own."""
    known: bool = True
    browser: bool = False
    """They come by the session of a browser, which reaches as far as they do."""

    @property
    def caller(self) -> Caller:
        """They, as the program knows them, without the bounds of a token."""
        return Caller("p-" + "-".join(self.said.replace(",", "").split()), "python")


EVERYBODY: Final = (
    Who("nobody", known=False),
    Who("without role"),
    Who("reader, in a browser", "reader", browser=True),
    Who("reader", "reader"),
    Who("curator elsewhere", "curator", ELSEWHERE),
    Who("curator", "curator"),
    Who("author", "curator", author=True),
    Who("author who reviews", "reviewer", author=True),
    Who("reviewer elsewhere", "reviewer", ELSEWHERE),
    Who("reviewer of the material", "reviewer", MATERIAL),
    Who("reviewer", "reviewer"),
    Who("administrator", "administrator"),
    Who("administrator, in a browser", "administrator", browser=True),
    Who("administrator, token to read", "administrator", token="reader"),
    Who("administrator, token to curate", "administrator", token="curator"),
)

SAID: Final[Mapping[str, str]] = {
    "done": "yes",
    "mechkg.unauthenticated": "sign in",
    "mechkg.forbidden": "–",
    "mechkg.refused_act": "not theirs",
    "mechkg.not_found": "not theirs",
}
"""How the table says what came of it, by the code of the answer."""

Tries = Callable[["Service", Who], dict[str, Any]]


@dataclass
class Service:
    """A service with people, and things on which mutations are tried: each attempt takes new ones."""

    workspace: Workspace
    client: TestClient
    headers: dict[Who, dict[str, str]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def employ(self) -> None:
        """Enrol everybody, and give them tokens."""
        ledger = self.workspace.ledger
        for who in EVERYBODY:
            self.headers[who] = {}
            if not who.known:
                continue
            enrol(ledger, ADA, who.caller.person, name=who.said)
            has = Grant(who.role or "curator", who.where)
            grant(ledger, ADA, who.caller.person, has)
            if who.browser:
                text, _ = tokens.begin_session(ledger, who.caller.person, "test")
                self.headers[who] = {"Cookie": f"mechkg_session={text.reveal()}", OWN_HEADER: "1"}
                continue
            text, _ = tokens.issue(ledger, who.caller, "to try", Grant(who.token, who.where) if who.token else has)
            self.headers[who] = {"Authorization": f"Bearer {text.reveal()}"}
            if who.role is None:  # the token was issued while there was a role
                revoke(ledger, ADA, who.caller.person, has, reason="left")

    def answer(self, mutation: str, given: Mapping[str, Any], who: Who) -> str:
        """Try a mutation; return the code of the answer, or ``done``."""
        types = ARGUMENTS[mutation]
        declared = ", ".join(f"${name}: {types[name]}" for name in given)
        passed = ", ".join(f"{name}: ${name}" for name in given)
        text = f"mutation Try({declared}) {{ {mutation}({passed}) {{ __typename ... on NotDone {{ code message }} }} }}"
        answer = self.client.post("/graphql", json={"query": text, "variables": dict(given)}, headers=self.headers[who]).json()
        assert "errors" not in answer, (mutation, who.said, answer)
        return str(answer["data"][mutation].get("code", "done"))

    # --- things

    def claim(self) -> str:
        """Name a claim that nothing was done to."""
        return f"c-{next(self.numbers)}"

    def assertion(self) -> str:
        """Name the assertion of such a claim."""
        return self.workspace.catalog.entries[self.claim()].record.id

    def author(self, who: Who) -> Caller:
        """Return whose the thing is that is tried."""
        return who.caller if who.author else CLEO

    def change_set(self, by: Caller) -> str:
        """Propose a change set."""
        wish = changed_item(self.workspace.catalog, self.claim(), {"note": "Seen again."})
        return propose(self.workspace, by, [wish], title="A note").id

    def stale_set(self, by: Caller) -> str:
        """Propose a change set that is stale before it is decided upon."""
        item = self.claim()
        wishes = [changed_item(self.workspace.catalog, item, {field: "x"}) for field in ("note", "locator")]
        mine, other = (
            propose(self.workspace, who, [wish], title="A note").id for who, wish in zip((by, CLEO), wishes, strict=True)
        )
        accept(self.workspace, BEN, other, revision=1)
        return mine

    def draft(self, by: Caller) -> str:
        """Save a draft that can be proposed."""
        return save_draft(self.workspace, by, {"title": "A note", "change": {self.claim(): {"note": "Seen again."}}}).id

    def released(self) -> list[dict[str, str]]:
        """Return the files of the release, which the ledger has already: to import it changes nothing."""
        names = ("manifest.json", "retractions.trig", "nanopublications.trig")
        return [{"name": name, "content": self.client.get(f"/releases/{RELEASE}/{name}").text} for name in names]


def _edits(service: Service) -> list[dict[str, Any]]:
    return [{"change": {"item": service.claim(), "fields": {"note": "Seen again."}}}]


def _set(service: Service, who: Who, **more: Any) -> dict[str, Any]:
    return {"changeSet": service.change_set(service.author(who)), "revision": 1, **more}


def _retracted(service: Service) -> str:
    assertion = service.assertion()
    retract(service.workspace, BEN, assertion, code="misread", reason="not there")
    return assertion


def _disputed(service: Service) -> dict[str, Any]:
    upon = Subject("assertion", service.assertion())
    return {"upon": str(upon), "of": dispute(service.workspace, CLEO, upon, "not so").position}


def _draft(service: Service, who: Who, **more: Any) -> dict[str, Any]:
    return {"draft": service.draft(service.author(who)), "version": 1, **more}


def _discarded(service: Service, who: Who) -> dict[str, Any]:
    draft = service.draft(by := service.author(who))
    return {"draft": discard_draft(service.workspace, by, draft, version=1).id, "old": 1, "version": 2}


def _watch(service: Service, who: Who) -> dict[str, Any]:
    return {"id": watch(service.workspace, service.author(who), Hypothesis.of({"space": SPACE, "candidate": "turns"})).id}


MUTATIONS: Final[Mapping[str, Tries]] = {
    "propose": lambda s, _: {"title": "A note", "edits": _edits(s)},
    "revise": lambda s, who: _set(s, who, edits=_edits(s)),
    "rebase": lambda s, who: {"changeSet": s.stale_set(s.author(who)), "revision": 1},
    "withdraw": lambda s, who: _set(s, who, reason="said already"),
    "requestChanges": lambda s, who: _set(s, who, reason="which figure?"),
    "accept": _set,
    "reject": lambda s, who: _set(s, who, reason="misread"),
    "retract": lambda s, _: {"assertion": s.assertion(), "code": "MISREAD", "reason": "not there"},
    "restore": lambda s, _: {"assertion": _retracted(s), "reason": "it is there"},
    "supersede": lambda s, _: {"assertion": s.assertion(), "successor": s.assertion(), "reason": "says it better"},
    "comment": lambda s, _: {"upon": f"item:{s.claim()}", "text": "which figure?"},
    "dispute": lambda s, _: {"upon": f"assertion:{s.assertion()}", "reason": "not so"},
    "settle": lambda s, _: {**_disputed(s), "outcome": "DISMISSED", "reason": "it is so"},
    "decide": lambda s, _: {"disagreement": DISAGREEMENT, "decision": "BY_METHOD", "reason": "mass against absorption"},
    "assign": lambda s, _: {"what": f"item:{s.claim()}", "to": "ben"},
    "signOff": lambda s, _: {"upon": f"assertion:{s.assertion()}"},
    "declare": lambda s, _: {"about": MATERIAL, "why": "makes them", "gone": False},
    "saveDraft": lambda s, _: {"content": {"title": "A note"}},
    "discardDraft": _draft,
    "restoreDraft": _discarded,
    "proposeDraft": _draft,
    "makeRelease": lambda s, _: {"name": f"r-{next(s.numbers)}"},
    "importRelease": lambda s, _: {"files": s.released()},
    "watchHypothesis": lambda s, _: {"space": SPACE, "candidate": "turns"},
    "endWatch": _watch,
}
"""Mutation -> what it is given, made anew for each who tries."""

OWN: Final = frozenset({"revise", "rebase", "withdraw", "discardDraft", "restoreDraft", "proposeDraft", "endWatch"})
"""What is done to things of one's own alone."""

FIELDS: Final = create_schema()._schema.mutation_type.fields  # type: ignore[union-attr]
ARGUMENTS: Final = {name: {argument: str(of.type) for argument, of in found.args.items()} for name, found in FIELDS.items()}
DISAGREEMENT: Final = "ab-350-composition"


def corpus() -> CorpusFile:
    """Return claims about one material, two of which contradict each other."""

    def composition(name: str, formula: str, work: str) -> dict[str, Any]:
        entry = {"formula": formula, "absorption": "350 nm", "species": "ab-350"}
        return {
            "id": name,
            "kind": "composition",
            "about": ["ab-350"],
            "cites": [work],
            "evidence": "citation",
            "entries": [entry],
        }

    claims = [
        {"id": f"c-{n}", "kind": "conclusion", "statement": f"It is so, {n}.", "about": ["ab-350"], "flag": "external"}
        for n in range(CLAIMS)
    ]
    content = {
        "mechkg": 1,
        "source": {"id": "paper", "authors": ["R. Eviewer"]},
        "references": [{"id": "r-1", "authors": ["A. Ash"]}, {"id": "r-2", "authors": ["C. Cedar"]}],
        "materials": [{"id": MATERIAL, "formula": "CdS"}],
        "species": [{"id": "ab-350", "kind": "MSC", "material": MATERIAL, "names": ["CdS MSC-350"]}],
        "claims": [composition("one", "Cd10S9", "r-1"), composition("other", "Cd11S9", "r-2"), *claims],
    }
    return CorpusFile.model_validate(content)


@contextmanager
def service() -> Iterator[Service]:
    """Open a service to try things on."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as workspace:
        release(workspace.ledger, ADA, RELEASE)
        import_corpus(workspace.ledger, corpus(), "paper.yaml")
        with TestClient(create_app(workspace)) as client:
            found = Service(workspace, client)
            found.employ()
            yield found


def tried(mutation: str, service: Service) -> dict[str, str]:
    """Let everybody try a mutation; return what came of it, by who. Who is refused leaves no trace."""
    outcomes = {}
    for who in EVERYBODY:
        given = MUTATIONS[mutation](service, who)
        before = service.workspace.ledger.position()
        outcomes[who.said] = service.answer(mutation, given, who)
        if outcomes[who.said] != "done":
            assert service.workspace.ledger.position() == before, (mutation, who.said)
    return outcomes


def table(found: Mapping[str, Mapping[str, str]]) -> str:
    """Return the table as a page."""
    people = [who.said for who in EVERYBODY]
    lines = [f"| | {' | '.join(people)} |", f"|---|{'---|' * len(people)}"]
    for mutation, outcomes in found.items():
        lines.append(f"| `{mutation}` | {' | '.join(SAID[outcomes[said]] for said in people)} |")
    return HEAD + "\n".join(lines) + "\n"


HEAD: Final = """\
# Who may do what

Each mutation of the GraphQL schema was tried by each of these, over HTTP, each on things of its own that belong to one material.
"Elsewhere" is a role for another material. "Author" is whose the change set, draft or watch is that is tried; for the rest it is
a thing of somebody else. Where no browser is named, they come with a token that reaches as far as they do, or as the column
says: it bounds what is done with it, and a token of the role reader only reads. Who is refused leaves no trace in the ledger.
Made by `python -m tests.api.authorisation`; `make test` tries it all again and compares.

"yes": done. "–": forbidden. "sign in": asked who they are. "not theirs": refused or unknown, being somebody else's.

"""


def main() -> None:
    """Write the page."""
    with service() as found:
        outcomes = {mutation: tried(mutation, found) for mutation in ARGUMENTS}
    TABLE.write_text(table(outcomes), encoding="utf-8")
    print(json.dumps(outcomes, indent=1))


if __name__ == "__main__":
    main()
