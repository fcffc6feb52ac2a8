"""A home in which some people have done things, so that every page of the site has something to show."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mechkg.curation import tokens
from mechkg.curation.enrol import grant
from mechkg.curation.release import release
from mechkg.graph.export_release import N_QUADS
from mechkg.model.ledger_record import Subject
from mechkg.model.person import Caller, Grant
from mechkg.service.accept import accept
from mechkg.service.comment import comment
from mechkg.service.dispute import dispute
from mechkg.service.draft import save_draft
from mechkg.service.imports import keep_table
from mechkg.service.readings import keep_text
from mechkg.service.released_files import released_file
from mechkg.service.saved import save
from mechkg.service.verdict_board import work_out
from mechkg.service.watches import catch_up
from mechkg.service.workbench import Setting
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO
from tests.service.changes import FREED, LIMIT, changed

SPACE, CANDIDATE = FREED
DOUBTED = "cluster-turns-only-into-its-own-pc"
CONFLICT = "cdse-350-composition"
PAPER = "zhang2020"

TEXT = (
    "Results and discussion\n\n"
    "The CdTe sample was dispersed in toluene, and the absorption of CdTe MSC-371 was seen at once. No CdTe MSC-371 was seen in "
    "cyclohexane after 2 h, and the solution stayed clear.\n\n"
    "When octylamine was added, the peak at 371 nm rose within 15 min; the amine turns CdTe PC-371 into MSC-371. A sample kept "
    "at 60 °C turned yellow, with a band at 399 nm.\n"
)
TABLE = "id,kind,about,statement,quote,locator\nn-1,property,cdse-msc-350,It is stable.,,p. 3\nn-2,propertee,cdse-msc-35,,,\n"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Names of what was done: change sets that wait, were decided, and went stale; an assertion in dispute; and so on."""

    waiting: str
    decided: str
    stale: str
    disputed: str
    claim: str
    draft: str
    watch: str
    text: str
    table: str
    invitation: str
    release: str
    published: str


def prepare(workspace: Workspace, *, verdicts: bool = True) -> Prepared:
    """Let the people of :mod:`tests.curation.staff` work for a while; with ``verdicts``, wait until all are worked out."""
    ledger = workspace.ledger
    grant(ledger, ADA, "dan", Grant("curator", "cdse"))
    watched = save(workspace, CLEO, SPACE, Setting(without=(DOUBTED,)), "If a cluster may turn into another's PC")
    save(workspace, CLEO, "cdtese-msc399", Setting(), "How PC-399 forms")
    decided = changed(workspace, LIMIT, title="No detection limit is stated", effects=None)
    comment(workspace, BEN, Subject("set", decided.id), "Is it stated in the supplement?")
    accept(workspace, BEN, decided.id, revision=1)
    stale = changed(workspace, "w-09", title="Another reading of the rate", note="as the authors put it")
    other = changed(workspace, "w-09", title="The rate, with its unit", note="per minute")
    accept(workspace, BEN, other.id, revision=1)
    found_again = [{"kind": "detects", "method": "absorption", "limit": "0.005 absorbance"}]
    waiting = changed(workspace, LIMIT, title="The detection limit of one figure holds for all", effects=found_again)
    comment(workspace, BEN, Subject("set", waiting.id), "Which figure panel?")
    claim = "a-ts1-3"
    record = workspace.catalog.entries[claim].record
    dispute(workspace, CLEO, Subject("assertion", record.id), reason="The table gives another formula for this cluster.")
    content = {"title": "Half a thought", "document": PAPER, "claims": [{"statement": "The peak rises within 15 min."}]}
    draft = save_draft(workspace, CLEO, content)
    tokens.issue(ledger, CLEO, "plots of the group", Grant("reader"))
    invitation, _ = tokens.invite(ledger, ADA, "dan")
    made = release(ledger, ADA, "spring-2026", note="What the review cites.")
    text = keep_text(workspace, CLEO, TEXT.encode(), "note.txt", PAPER)
    table = keep_table(workspace, CLEO, TABLE.encode(), "clusters.csv")
    catch_up(workspace)
    while verdicts and work_out(workspace):
        pass
    return Prepared(
        waiting.id, decided.id, stale.id, record.id, claim, draft.id, watched.id, text, table, invitation.reveal(), made.name,
        _published(workspace, made.name),
    )  # fmt: skip


def _published(workspace: Workspace, release_name: str) -> str:
    """Return the name of a nanopublication of a release."""
    text = released_file(workspace, release_name, N_QUADS).path.read_text(encoding="utf-8")
    found = re.search(r"/np/(RA[\w-]{43})", text)
    assert found is not None
    return found[1]


def session(workspace: Workspace, by: Caller) -> str:
    """Return the path that signs a browser in."""
    text, _ = tokens.sign_in_link(workspace.ledger, by)
    return f"/sign-in/once/{text.reveal()}"
