"""Signs of health: ``/healthz`` says that the process answers, ``/readyz`` that it can answer questions, or what is missing."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from mechkg.api.stopping import Stopping
from mechkg.errors import MechkgError
from mechkg.service.warm import Warmth
from mechkg.service.workspace import Workspace


def add_health(app: FastAPI, workspace: Workspace, warmth: Warmth, stopping: Stopping) -> None:
    """Add both."""

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:  # in the event loop, so that it answers while all threads are busy
        """Say that the process is alive."""
        return {"status": "alive"}

    @app.get("/readyz", responses={503: {"description": "Not yet, or not any more; the part that is missing is told."}})
    def readyz() -> JSONResponse:
        """Say whether the ledger can be reached, the graph is at its position, and first questions need not wait."""
        parts = {"ledger": _ledger(workspace)}
        parts["graph"] = (
            _graph(workspace) if parts["ledger"]["ready"] else {"ready": False, "reason": "not known without the ledger"}
        )
        parts["warm"] = {
            "ready": warmth.done,
            **({} if warmth.done else {"reason": "what first questions wait for is being made"}),
        }
        parts["server"] = {"ready": not stopping.begun, **({"reason": "the server stops"} if stopping.begun else {})}
        missing = [name for name, part in parts.items() if not part["ready"]]
        content: dict[str, Any] = {"status": "not ready" if missing else "ready", "parts": parts}
        if missing:
            content |= {"missing": missing, "reason": "; ".join(f"{name}: {parts[name]['reason']}" for name in missing)}
        else:
            content["graph_version"] = parts["graph"]["position"]
        return JSONResponse(content, 503 if missing else 200, {"Cache-Control": "no-store"})


def _part(ready: bool, reason: str) -> dict[str, Any]:
    return {"ready": ready} if ready else {"ready": ready, "reason": reason}


def _ledger(workspace: Workspace) -> dict[str, Any]:
    try:
        return {"ready": True, "position": workspace.ledger.position()}
    except MechkgError as error:
        return {"ready": False, "code": error.code, "reason": str(error)}


def _graph(workspace: Workspace) -> dict[str, Any]:
    """Bring the graph up to the ledger, as a question would, and say whether that went well."""
    try:
        version = workspace.version
        position = workspace.graph_position
    except MechkgError as error:
        return {"ready": False, "code": error.code, "reason": str(error)}
    if position != version:
        return {"ready": False, "position": position, "reason": f"graph at {position}, ledger at {version}"}
    return {"ready": True, "position": position}
