"""The pages of the site: a router for each theme."""

from __future__ import annotations

from fastapi import FastAPI

from mechkg.api.site_authoring import add_authoring
from mechkg.api.site_compare import add_compare
from mechkg.api.site_curation import add_curation
from mechkg.api.site_discussion import add_discussion
from mechkg.api.site_history import add_history
from mechkg.api.site_hypotheses import add_hypotheses
from mechkg.api.site_me import add_me
from mechkg.api.site_pathways import add_pathways
from mechkg.api.site_reading import add_reading
from mechkg.api.site_saved import add_saved
from mechkg.service.workspace import Workspace


def add_site(app: FastAPI, workspace: Workspace) -> None:
    """Add the pages by which people read, reason and curate."""
    add_reading(app, workspace)
    add_hypotheses(app, workspace)
    add_pathways(app, workspace)
    add_compare(app, workspace)
    add_saved(app, workspace)
    add_me(app, workspace)
    add_curation(app, workspace)
    add_authoring(app, workspace)
    add_discussion(app, workspace)
    add_history(app, workspace)
