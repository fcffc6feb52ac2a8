"""A workspace with a little about a paper, and a text of it, for tests of reading papers."""

from __future__ import annotations

from pathlib import Path

from mechkg.curation.enrol import enrol, grant
from mechkg.curation.import_corpus import import_corpus
from mechkg.model.corpus import CorpusFile
from mechkg.model.person import Caller, Grant
from mechkg.service.read_paper import ReadPaper
from mechkg.service.workspace import Workspace

ADA, BEN, EVE = Caller("ada", "python"), Caller("ben", "python"), Caller("eve", "python")
TEXT = (
    b"Results\n\nAfter 2 h at 50 \xc2\xb0C no CdS MSC-311 was seen in toluene.\x0c"
    b"The CdS MSC-322 was observed at 20 min.\n\nCdS MSC-311 disappeared after 3 h.\n"
)
"""Of a species that is new, which is complete, and of two observations: which stage they belong to is not told."""

CONTENT = {
    "mechkg": 1,
    "source": {"id": "paper", "text_file": "known.txt"},
    "materials": [{"id": "ab", "formula": "CdS"}],
    "chemicals": [{"id": "tol", "names": ["toluene"]}],
    "species": [
        {"id": "ab-311", "kind": "MSC", "material": "ab", "names": ["CdS MSC-311"], "signature": {"absorption": "311 nm"}},
    ],
    "procedures": [
        {"id": "p", "title": "Keeping it", "locator": "Figure 5", "stages": [{"id": "s", "action": "hold", "duration": "7 h"}]}
    ],
}


def opened(folder: Path) -> Workspace:
    """Open a workspace with the paper, an administrator, a curator and a reader."""
    found = Workspace.open(folder)
    import_corpus(found.ledger, CorpusFile.model_validate(CONTENT), "paper.yaml")
    for person, role in ((ADA, None), (BEN, "curator"), (EVE, "reader")):
        enrol(found.ledger, ADA, person.person, name=person.person)
        if role is not None:
            grant(found.ledger, ADA, person.person, Grant(role))  # type: ignore[arg-type]
    return found


def numbered(found: ReadPaper, kind: str) -> int:
    """Return the number of the only suggestion of this kind."""
    (number,) = [o.number for o in found.offered if kind in (o.body.get("kind"), o.suggestion.kind)]
    return number
