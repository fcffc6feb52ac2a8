"""mechkg itself, as it is served, over the home folder that ``MECHKG_HOME`` names."""

from __future__ import annotations

from mechkg.api.app import create_app
from mechkg.service.workspace import Workspace

app = create_app(Workspace.open())
