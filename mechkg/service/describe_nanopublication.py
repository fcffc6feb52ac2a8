"""What is known of a published nanopublication, by the artifact code of its trusty URI: what the files of releases say of it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from mechkg.errors import BadInputError, NotFoundError
from mechkg.graph.export_release import N_QUADS, RETRACTIONS
from mechkg.graph.namespaces import NP
from mechkg.graph.publish import accepted_in
from mechkg.graph.store import read
from mechkg.graph.terms import Quad, thing
from mechkg.service.catalog import Entry
from mechkg.service.describe_item import namer, provenance, title_of
from mechkg.service.description import Description, Fact, Group, Quote, Shown, classes_of, fact, facts_of, kept
from mechkg.service.identifiers import iri_of
from mechkg.service.recorded import Recorded
from mechkg.service.release import all_releases
from mechkg.service.released_files import released_file
from mechkg.service.workspace import Workspace

_KEPT: Final = 16
"""Of so many files it is kept where each nanopublication stands."""


def describe_nanopublication(workspace: Workspace, view: Recorded, code: str) -> Description:
    """Describe a nanopublication of a release. Raises NotFoundError."""
    for release in reversed(all_releases(view.ledger)):
        try:
            path = released_file(workspace, release.name, N_QUADS).path
            places, ends = _places(path), _retractions(released_file(workspace, release.name, RETRACTIONS).path)
        except BadInputError:  # a workspace without a home keeps no files
            continue
        if code in places:
            return _described(view, code, release.name, _quads(path, *places[code]))
        if code in ends:
            return _about_another(view, code, release.name, tuple(ends[code]))
    raise NotFoundError(
        f"there is no nanopublication called '{code}' in a release here", hint="its name is the code of its trusty URI, RA..."
    )


def _described(view: Recorded, code: str, release: str, quads: tuple[Quad, ...]) -> Description:
    try:
        [(record, act)] = accepted_in(quads)
    except (BadInputError, ValueError):  # a nanopublication about another one
        return _about_another(view, code, release, quads)
    called = namer(view)
    entry = Entry.of(record, act)
    subject = thing(record.item)
    document = Shown(called(iri_of("item", record.document)), iri_of("item", record.document))
    title = f"{title_of(view, entry)}, as {document.text} says"
    return Description(
        iri=iri_of("nanopublication", code),
        kind="nanopublication",
        title=title,
        position=view.ledger.position(),
        quads=quads,
        document=True,
        facts=kept(
            fact("about", Shown(title_of(view, entry), iri_of("item", record.item))),
            fact("in the release", Shown(release, iri_of("release", release))),
            Fact("class", tuple(classes_of(subject, quads))),
            *facts_of(subject, quads, called),
        ),
        quotes=tuple(
            Quote(words, getattr(entry.value, "locator", None) or "", document) for words in getattr(entry.value, "quote", ())
        ),
        groups=(Group("What it says of itself", provenance(entry, called)),),
        about={
            "@type": "Claim",
            "name": title,
            "identifier": code,
            "dateCreated": act.at.isoformat(),
            "isPartOf": {"@type": "Dataset", "@id": iri_of("release", release), "name": release},
        },
    )


def _about_another(view: Recorded, code: str, release: str, quads: tuple[Quad, ...]) -> Description:
    called = namer(view)
    within = [quad for quad in quads if quad[3].endswith("#assertion>")]
    groups = [
        Group(called(subject[1:-1]), facts_of(subject, within, called)) for subject in dict.fromkeys(quad[0] for quad in within)
    ]
    return Description(
        iri=iri_of("nanopublication", code),
        kind="nanopublication",
        title=f"Nanopublication {code}",
        position=view.ledger.position(),
        quads=quads,
        document=True,
        facts=(fact("in the release", Shown(release, iri_of("release", release))),),
        groups=tuple(groups),
        about={"@type": "Claim", "name": f"Nanopublication {code}", "identifier": code},
    )


def _quads(path: Path, start: int, end: int) -> tuple[Quad, ...]:
    with path.open("rb") as file:
        file.seek(start)
        return tuple(read(file.read(end - start), "n-quads"))


@lru_cache(_KEPT)
def _places(path: Path) -> dict[str, tuple[int, int]]:
    """Return where each nanopublication begins and ends in a file of them, in bytes: they stand one after the other."""
    found: dict[str, tuple[int, int]] = {}
    base = f"<{NP}".encode()
    place = 0
    with path.open("rb") as file:
        for line in file:
            graph = line.rsplit(b" ", 2)[-2]
            code = graph.removeprefix(base).partition(b"#")[0].decode()
            found[code] = (found.get(code, (place, 0))[0], place + len(line))
            place += len(line)
    return found


@lru_cache(_KEPT)
def _retractions(path: Path) -> dict[str, list[Quad]]:
    """Return the quads of each nanopublication of a file of retractions, which are few."""
    found: dict[str, list[Quad]] = {}
    for quad in read(path.read_bytes(), "trig"):
        found.setdefault(quad[3][1:-1].removeprefix(NP).partition("#")[0], []).append(quad)
    return found
