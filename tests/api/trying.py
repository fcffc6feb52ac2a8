"""Who tries what they may do, and a service on which they try it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar
from unittest.mock import patch

from starlette.testclient import TestClient

from mechkg.api import site_curation
from mechkg.api.app import create_app
from mechkg.api.caller import OWN_HEADER
from mechkg.curation import tokens
from mechkg.curation.enrol import enrol, grant, revoke
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.release import release
from mechkg.model.change_set import ChangeSet
from mechkg.model.corpus import CorpusFile
from mechkg.model.person import Caller, Grant, Role
from mechkg.service.accept import accept
from mechkg.service.draft import save_draft
from mechkg.service.impact_sheet import ImpactSheet
from mechkg.service.keep_answers import NotYetError
from mechkg.service.proposal import changed_item
from mechkg.service.propose import propose
from mechkg.service.workspace import Workspace
from tests.api.changing import opened
from tests.curation.staff import ADA, BEN, CLEO

MATERIAL: Final = "ab"
"""The material that everything tried belongs to."""

ELSEWHERE: Final = "m-1"
"""Another one."""

RELEASE: Final = "before"
CLAIMS: Final = 320
DISAGREEMENT: Final = "ab-350-composition"


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

Made = TypeVar("Made")


@dataclass
class Service:
    """A service with people, and things on which mutations are tried: each attempt takes new ones."""

    workspace: Workspace
    client: TestClient
    headers: dict[Who, dict[str, str]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    claims: Iterator[int] = field(default_factory=count)
    kept: dict[Any, Any] = field(default_factory=dict)

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
                self.begin(who)
                continue
            text, _ = tokens.issue(ledger, who.caller, "to try", Grant(who.token, who.where) if who.token else has)
            self.headers[who] = {"Authorization": f"Bearer {text.reveal()}"}
            if who.role is None:  # the token was issued while there was a role
                revoke(ledger, ADA, who.caller.person, has, reason="left")

    def begin(self, who: Who) -> None:
        """Begin a session of somebody who comes by a browser."""
        if who.browser:
            text, _ = tokens.begin_session(self.workspace.ledger, who.caller.person, "test")
            self.headers[who] = {"Cookie": f"mechkg_session={text.reveal()}", OWN_HEADER: "1"}

    # --- things

    def claim(self) -> str:
        """Name a claim that nothing was done to."""
        return f"c-{next(self.claims)}"

    def once(self, key: Any, make: Callable[[], Made]) -> Made:
        """Return what was made once for all."""
        if key not in self.kept:
            self.kept[key] = make()
        found: Made = self.kept[key]
        return found

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
        "materials": [{"id": MATERIAL, "formula": "CdS"}, {"id": ELSEWHERE, "formula": "ZnS"}],
        "species": [{"id": "ab-350", "kind": "MSC", "material": MATERIAL, "names": ["CdS MSC-350"]}],
        "zones": [{"id": "z-1", "procedure": "run", "varied": "time", "solvent": "water", "outcome": "none", "flag": "external"}],
        "claims": [composition("one", "Cd10S9", "r-1"), composition("other", "Cd11S9", "r-2"), *claims],
    }
    return CorpusFile.model_validate(content)


_worked_out: Final = site_curation._impact


def _asked(workspace: Workspace, found: ChangeSet, patience: float) -> ImpactSheet:
    """Work out what a change set would change where it is asked for; beside each page about one it is what takes longest here."""
    if not patience:
        raise NotYetError
    return _worked_out(workspace, found, patience)


@contextmanager
def service() -> Iterator[Service]:
    """Open a service to try things on."""
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(Path(folder)) as workspace,
        patch.object(site_curation, "_impact", _asked),
    ):
        release(workspace.ledger, ADA, RELEASE)
        import_corpus(workspace.ledger, corpus(), "paper.yaml")
        with TestClient(create_app(workspace)) as client:
            found = Service(workspace, client)
            found.employ()
            yield found
