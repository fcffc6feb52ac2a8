"""The frame of a page that is asked for: which section, and who is signed in."""

from __future__ import annotations

from fastapi import Request

from mechkg.api.caller import session_of
from mechkg.service.people import everybody
from mechkg.web.frame import Frame


def frame_of(request: Request, section: str = "", query: str = "") -> Frame:
    """Return the frame of the page that a request asks for."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    session = session_of(request)
    if session is None:
        return Frame(section, query, here)
    person = everybody(request.app.state.ledger)[session.person]
    return Frame(section, query, here, person.id, person.name)
