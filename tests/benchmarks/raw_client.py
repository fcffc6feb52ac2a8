"""Ask a server over raw sockets, as fast as one loop can: ``python raw_client.py URL CONNECTIONS SECONDS``, the body on stdin.

Prints the number of requests and the median latency. It is for machines without wrk: it costs more than a fast server does, so
what it says of one is a lower bound.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from urllib.parse import urlsplit


async def _ask(host: str, port: int, request: bytes, until: float, latencies: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while (begun := time.perf_counter()) < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        latencies.append(time.perf_counter() - begun)
    writer.close()


async def _main(url: str, connections: int, seconds: float, body: bytes) -> None:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    latencies: list[float] = []
    until = time.perf_counter() + seconds
    request = head.encode() + body
    await asyncio.gather(*(_ask(parts.hostname, parts.port, request, until, latencies) for _ in range(connections)))
    print(f"{len(latencies)} {statistics.median(latencies) * 1000:.3f}ms")


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.stdin.buffer.read()))
