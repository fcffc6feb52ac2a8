"""Every address of the site, with examples: what tests walk over, what is measured, what pictures are taken of."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from tests.web.prepared import CANDIDATE, CONFLICT, DOUBTED, PAPER, SPACE, Prepared


def pages(made: Prepared) -> dict[str, list[str]]:
    """Return an address, or several where one template shows different things, for each route that answers with a page."""
    space, set_ = f"/spaces/{SPACE}", f"/curate/changes/{made.waiting}"
    return {
        # to read
        "/": ["/"],
        "/search": ["/search", "/search?q=MSC-350", "/search?q=cdte&kind=claim", "/search?q=zzzqqq"],
        "/species": ["/species", "/species?q=zzzqqq"],
        "/papers": ["/papers"],
        "/steps": ["/steps?material=cdte&sort=kind"],
        "/observations": ["/observations"],
        "/claims": ["/claims?disputed=yes"],
        "/procedures": ["/procedures"],
        "/assumptions": ["/assumptions"],
        "/chemicals": ["/chemicals"],
        "/materials": ["/materials"],
        "/models": ["/models"],
        "/references": ["/references"],
        "/remarks": ["/remarks"],
        "/id/{name:path}": [
            "/id/cdse-msc-350",
            "/id/step-1",
            "/id/z-f3",
            f"/id/{PAPER}",
            f"/id/{made.claim}",
            "/id/z-f1-o6",
            f"/id/{DOUBTED}",
        ],
        "/assertion/{name}": [f"/assertion/id-{made.disputed}"],
        "/np/{name}": [f"/np/{made.published}"],
        "/agent/{name:path}": ["/agent/cleo"],
        "/release/{name}": [f"/release/{made.release}"],
        "/verdict/{name:path}": [f"/verdict/{SPACE}/{CANDIDATE}"],
        "/set/{name}": [f"/set/{made.waiting}"],
        "/disagreement/{name:path}": [f"/disagreement/{CONFLICT}"],
        "/act/{name}": ["/act/10"],
        "/graph/{name}": ["/graph/implied"],
        "/history/{item}": ["/history/w-09"],
        "/dataset": ["/dataset"],
        "/ontology": ["/ontology"],
        "/ontology/{name}": ["/ontology/step"],
        "/sparql": ["/sparql", "/sparql?query=SELECT+%3Fs+WHERE+%7B+%3Fs+a+mk%3ASpecies+%7D+LIMIT+5"],
        # to reason
        "/spaces": ["/spaces"],
        "/spaces/{space}": [space, f"{space}?without={DOUBTED}"],
        "/spaces/{space}/matrix": [f"{space}/matrix?group=part&show=all"],
        "/spaces/{space}/parts/{part}": [f"{space}/parts/{part}" for part in ("survivors", "what-if", "experiments")],
        "/spaces/{space}/report": [f"{space}/report"],
        "/spaces/{space}/candidates/{candidate}": [f"{space}/candidates/falls-apart", f"{space}/candidates/{CANDIDATE}"],
        "/spaces/{space}/candidates/{candidate}/conflicts": [f"{space}/candidates/falls-apart/conflicts"],
        "/saved/{name}": [f"/saved/{made.watch}"],
        "/pathways": ["/pathways"],
        "/pathways/{space}": [f"/pathways/{SPACE}", "/pathways/cdte-449-to-469?show=open&hide=chemical", "/pathways/cdte-bands"],
        "/compare": ["/compare"],
        "/compare/{name}": ["/compare/cdse-clusters", "/compare/compositions", "/compare/conditions?shown=decided"],
        "/zones": ["/zones"],
        "/zones/{name}": ["/zones/mech2023?temperature=75+C", "/zones/mech2023?temperature=100&solvent=tol&ola=30+mmol"],
        # to curate
        "/curate": ["/curate", "/curate?status=all&whose=review"],
        "/curate/changes/{name}": [set_, f"/curate/changes/{made.decided}", f"/curate/changes/{made.stale}"],
        "/curate/changes/{name}/impact": [f"{set_}/impact"],
        "/curate/changes/{name}/rebase": [f"/curate/changes/{made.stale}/rebase"],
        "/curate/watches": ["/curate/watches"],
        "/curate/read": ["/curate/read"],
        "/curate/read/{digest}": [f"/curate/read/{made.text}"],
        "/curate/new": ["/curate/new"],
        "/curate/new/{kind}": ["/curate/new/observation", "/curate/new/procedure", "/curate/new/space"],
        "/curate/edit/{item}": ["/curate/edit/step-1", "/curate/edit/z-f3"],
        "/curate/drafts": ["/curate/drafts"],
        "/curate/drafts/{draft}": [f"/curate/drafts/{made.draft}", f"/curate/drafts/{made.draft}?check=yes"],
        "/curate/import": ["/curate/import"],
        "/curate/import/{digest}": [f"/curate/import/{made.table}?kind=claim&document={PAPER}"],
        "/curate/dispute/{name:path}": [f"/curate/dispute/{made.claim}"],
        "/conflicts": ["/conflicts"],
        "/conflicts/{name:path}": [f"/conflicts/{CONFLICT}"],
        # who is there
        "/sign-in": ["/sign-in"],
        "/invitation/{invitation}": [f"/invitation/{made.invitation}"],
        "/me": ["/me"],
    }


NO_PAGE = {
    "/sign-in/once/{link}": "leads on", "/sign-in/with/{provider}": "leads on", "/sign-in/with/{provider}/back": "leads on",
    "/spaces/{space}/{candidate}": "leads on", "/saved": "leads on", "/.well-known/void": "leads on", "/sparql/": "leads on",
    "/spaces/{space}/report.{form}": "a file", "/spaces/{space}/candidates/{candidate}/drawing.svg": "a drawing",
    "/pathways/{space}/{file}": "a file", "/compare/{name}.{end}": "a file", "/zones/{name}.json": "data",
    "/curate/import/template": "a file", "/curate/import/{digest}/errors.csv": "a file", "/suggest": "data",
    "/feeds/acts.{form}": "a feed", "/feeds/{kind}/{name}.{form}": "a feed", "/releases/{name}/{file:path}": "a file",
    "/ontology.{suffix}": "data", "/dataset.{suffix}": "data", "/openapi.json": "data", "/healthz": "data", "/readyz": "data",
    "/metrics": "data", "/static": "files", "/graphql": "an application of its own (test_graphiql.py)",
}  # fmt: skip
"""Addresses that answer with no page of the site, and with what."""

OWN = ("/saved/", "/curate/read/", "/curate/drafts/", "/curate/import/", "/me")
"""What belongs to one person, here to a curator; all else is looked at by an administrator."""


def waited(path: str) -> str:
    """Return the address at which a page waits until what it shows is worked out."""
    late = path.startswith(("/spaces/", "/pathways/", "/curate/changes/"))
    return f"{path}{'&' if '?' in path else '?'}wait=yes" if late else path


HASHED = re.compile(r"/(styles|scripts)/[0-9a-f]{12}")
"""Paths of styles and scripts change with their content."""


def routes(app: FastAPI) -> list[tuple[str, frozenset[str]]]:
    """Return the addresses that an application has, with their methods."""
    found = []
    for one in iter_route_contexts(app.routes):
        path = re.sub(HASHED, r"/\1", getattr(one, "path", "") or "")
        found.append((path, frozenset(getattr(one, "methods", None) or {"GET"})))
    return found
