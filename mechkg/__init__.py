"""mechkg: what papers claim about the chemistry of magic-size clusters, and which mechanisms survive it.

A script asks a graph that is here, or one on a server, and gets the same values from both::

    with mechkg.open() as graph:                          # or mechkg.connect("http://localhost:8000")
        for verdict in graph.check("cdtese-msc399").candidates:
            print(verdict.id, verdict.verdict)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded when something is opened: who imports one module is not to wait for all
    from pathlib import Path

    from mechkg.client.async_graph import AsyncGraph
    from mechkg.client.graph import AsOf, Graph

__all__ = ["connect", "connect_async", "open", "open_snapshot"]


def open(
    home: Path | str | None = None, *, ledger: str | None = None, as_of: AsOf | None = None, person: str | None = None
) -> Graph:
    """Open the graph in the folder ``home`` (the user's by default), making it when it is not there.

    ``ledger`` is the URL of another record of truth. ``as_of`` asks of the past: the name of a release, a position of the ledger,
    or a time. ``person`` is who acts, by default the only one who is known there. Close it, or use it as a context manager.
    """
    from mechkg.embedded import EmbeddedGraph

    return EmbeddedGraph.open(home, ledger=ledger, as_of=as_of, person=person)


def connect(url: str, *, token: str | None = None, as_of: AsOf | None = None, timeout: float = 60.0, retries: int = 3) -> Graph:
    """Return the graph on the server at ``url``, which is asked over GraphQL when something is asked of it.

    ``token`` says who acts (``mechkg token new``). ``timeout``: seconds to wait for an answer. A question is asked again up to
    ``retries`` times where the network or the server was at a loss for a moment; an act only when it is known that nothing was
    done. Raise BadInputError for what is no address, MissingExtraError without the extra ``client``.
    """
    from mechkg.client.http import Endpoint, Http
    from mechkg.client.remote import RemoteGraph

    return RemoteGraph(Http(Endpoint.of(url, token, timeout, retries)), as_of)


def connect_async(
    url: str, *, token: str | None = None, as_of: AsOf | None = None, timeout: float = 60.0, retries: int = 3
) -> AsyncGraph:
    """Return the graph on the server at ``url``, for programs that do several things at a time; see :func:`connect`."""
    from mechkg.client.async_graph import AsyncGraph
    from mechkg.client.http import AsyncHttp, Endpoint

    return AsyncGraph(AsyncHttp(Endpoint.of(url, token, timeout, retries)), as_of)


def open_snapshot(folder: Path | str, *, as_of: AsOf | None = None) -> Graph:
    """Open the files of a release that ``Graph.snapshot`` or ``mechkg release export`` wrote; it stays as it is.

    Positions and times are those of the copy, which begins with the release. Raise BadInputError for a file that is missing or
    was changed.
    """
    from mechkg.embedded import EmbeddedGraph

    return EmbeddedGraph.snapshot_in(folder, as_of)
