"""Answers are compressed for who accepts it, and none that might tell something by its size."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, StreamingResponse
from starlette.testclient import TestClient

from mechkg.api.compression import LEAST, Compression, accepts

TEXT = "what was claimed, by whom " * 100
GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    app = FastAPI()
    (tmp_path / "file.js").write_text(TEXT * 10)

    def add(path: str, make: Callable[[], Response]) -> None:
        app.add_api_route(path, make, methods=["GET", "HEAD"], response_model=None)

    async def slowly() -> AsyncIterator[str]:
        for _ in range(3):
            yield TEXT
            await asyncio.sleep(0)

    add("/page", lambda: Response(TEXT, media_type="text/html", headers={"ETag": '"1"'}))
    add("/small", lambda: Response("x" * (LEAST - 1), media_type="text/html"))
    add("/picture", lambda: Response(TEXT, media_type="image/png"))
    add("/secret", lambda: Response(TEXT, media_type="text/html", headers={"Cache-Control": "no-store"}))
    add("/lasting", lambda: Response(TEXT, media_type="text/css", headers={"Cache-Control": "public, immutable"}))
    add("/file", lambda: FileResponse(tmp_path / "file.js", media_type="text/javascript"))
    add("/stream", lambda: StreamingResponse(slowly(), media_type="text/plain"))
    add("/graphql", lambda: Response(TEXT, media_type="application/json"))
    app.add_middleware(Compression, apart=("/graphql",))
    return TestClient(app)


@pytest.mark.parametrize("path", ["/page", "/lasting", "/file"])
def test_text_is_compressed_and_reads_the_same(client: TestClient, path: str) -> None:
    for _ in range(2):
        with client.stream("GET", path, headers=GZIP) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip" and answer.headers["vary"] == "Accept-Encoding"
        assert gzip.decompress(raw).decode().startswith(TEXT) and len(raw) < len(TEXT) / 5
        assert answer.headers.get("content-length", str(len(raw))) == str(len(raw))
    assert client.get(path, headers={"Accept-Encoding": "identity"}).text.startswith(TEXT)


def test_the_tag_says_that_the_bytes_are_others(client: TestClient) -> None:
    assert client.get("/page", headers=GZIP).headers["etag"] == 'W/"1"'
    assert client.get("/page", headers={"Accept-Encoding": "br"}).headers["etag"] == '"1"'


@pytest.mark.parametrize("path", ["/small", "/picture", "/secret", "/stream", "/graphql"])
def test_other_answers_stay_as_they_are(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=GZIP)
    assert "content-encoding" not in answer.headers and answer.status_code == 200


def test_a_look_at_the_headers_has_no_body(client: TestClient) -> None:
    answer = client.head("/page", headers=GZIP)
    assert answer.content == b"" and answer.headers["content-length"] == str(len(TEXT))


@pytest.mark.parametrize(
    ("header", "accepted"),
    [("gzip, deflate, br, zstd", True), ("GZIP;q=0.5", True), ("gzip;q=0", False), ("*;q=0.1", True), ("gzip;q=x", False)],
)
def test_what_is_accepted(header: str, accepted: bool) -> None:
    assert accepts(header) is accepted
