"""The files of a release over HTTP: each is the same for good, so whoever has it need not fetch it again."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse

from mechkg.api.problems import told
from mechkg.service.released_files import released_file
from mechkg.service.workspace import Workspace

_TYPES: Final = {
    ".trig": "application/trig",
    ".nq": "application/n-quads",
    ".jsonld": "application/ld+json",
    ".ttl": "text/turtle; charset=utf-8",
    ".csv": "text/csv; charset=utf-8; header=present",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
}

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file.",
        "content": {kind.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for kind in _TYPES.values()},
    },
    304: {"description": "What the caller has is the same for good."},
    **told(404),
}


def add_release_files(app: FastAPI, workspace: Workspace) -> None:
    """Add ``/releases/NAME/FILE``; ``manifest.json`` lists the files of a release, with digests."""
    router = APIRouter(prefix="/releases", default_response_class=Response, responses=_ANSWERS)

    # a sync function: it runs in a thread, for the first who asks lets the files be written
    @router.get("/{name}/{file:path}")
    def fetch(request: Request, name: str, file: str) -> Response:
        """A file of a release; manifest.json lists them."""
        found = released_file(workspace, name, file)
        headers = {"X-Content-Type-Options": "nosniff"}
        if found.sha256 is not None:
            headers |= {"ETag": f'"{found.sha256}"', "Cache-Control": "public, max-age=31536000, immutable"}
            if f'"{found.sha256}"' in request.headers.get("if-none-match", ""):
                return Response(status_code=304, headers=headers)
        return FileResponse(found.path, media_type=_TYPES[found.path.suffix], headers=headers)

    app.include_router(router)
