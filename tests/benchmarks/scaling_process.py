"""A process of its own that measures one phase of a home of one size, so that its peak memory can be read.

``scaling_process.py PHASE HOME CLAIMS`` prints one JSON object per line. The phases, in their order: ``fill`` imports made-up
papers and builds the graph; ``ask`` opens the home again, makes the read models, asks and accepts; ``serve`` asks the server
over HTTP within the process; ``keep`` verifies and backs up. ``record`` imports into the ledger alone, which HOME is the URL of.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[2]))

from starlette.testclient import TestClient

from mechkg.api.app import create_app
from mechkg.curation.assertions import accept
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.ledger import Ledger
from mechkg.graph.namespaces import MK, MKID
from mechkg.service.back_up import back_up
from mechkg.service.verify_ledger import verify_ledger
from mechkg.service.workspace import Workspace
from tests.benchmarks.generated_papers import claims, papers
from tests.benchmarks.questions import QUICK_MS, Questions, accepts, proposed
from tests.benchmarks.timing import Row, goal, percentiles, seconds

ROUNDS = 200
PAGES = 20
AFTER = 7
MOST = 100
READY = 600.0
"""Seconds for which a server is waited for that makes ready what first questions would wait for."""


def species_in(count: int) -> int:
    """Return how many species so many claims are about: as many papers and species more as there are claims more."""
    return max(1, count * 2 // 25)


def documents_in(count: int) -> int:
    """Return from how many papers so many claims are."""
    return max(1, count // 100)


def main(phase: str, home: str, count: int) -> None:
    """Measure a phase, and print what was found."""
    phases: dict[str, Callable[[str, int], Iterator[Row]]] = {
        "fill": fill, "record": record, "ask": ask, "serve": serve, "keep": keep,
    }  # fmt: skip
    for row in phases[phase](home, count):
        print(json.dumps({"claims": count, **row}), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"claims": count, "what": f"largest memory: {phase}", "mebibytes": round(peak / 1024)}), flush=True)


# --- import and build -------------------------------------------------------------------------------------------------


def record(place: str, count: int) -> Iterator[Row]:
    """Import into a ledger, file by file."""
    with Ledger.open(place) as ledger:
        yield _imported(ledger, count)


def fill(home: str, count: int) -> Iterator[Row]:
    """Import, and build the graph."""
    with Workspace.open(home) as workspace:
        yield _imported(workspace.ledger, count)
        building = _took(workspace.refresh)
        quads = len(workspace.store)
        rate = round(quads / float(str(building["seconds"])))
        yield {"what": "build the graph", **building, "quads": quads, "quads_per_second": rate}


def _imported(ledger: Ledger, count: int) -> Row:
    species = species_in(count)
    made = claims(count, species, documents_in(count))
    taken, worked, items, files = 0.0, 0.0, 0, 0
    for file in papers(made, species):
        began = time.process_time()
        taken += seconds(lambda file=file: import_corpus(ledger, file, f"{file.source.id}.yaml"))  # type: ignore[misc]
        worked += time.process_time() - began
        items += 1 + len(file.items())
        files += 1
    return {
        "what": "import into the ledger", **_took_all(taken, worked), "items": items, "files": files,
        "items_per_second": round(items / taken), "ledger": "postgresql" if ledger.on_server else "sqlite",
    }  # fmt: skip


# --- ask --------------------------------------------------------------------------------------------------------------


def ask(home: str, count: int) -> Iterator[Row]:
    """Open the home again, make what questions are asked of, ask them, and accept some claims more."""
    start, began = time.perf_counter(), time.process_time()
    with Workspace.open(home) as workspace:
        yield {"what": "open the home again", **_took_all(time.perf_counter() - start, time.process_time() - began)}
        yield {"what": "read the catalogue", **_took(lambda: workspace.catalog)}
        models = workspace.reading.models
        yield {"what": "make the columns", **_took(lambda: models.columns)}
        yield {"what": "make the index of texts", **_took(lambda: models.search("zzz"))}
        yield {"what": "find the disagreements", **_took(lambda: models.conflicts.disagreements)}
        gc.collect()
        yield from _questions(Questions(workspace), count)
        yield from accepts(workspace)


def _questions(asked: Questions, count: int) -> Iterator[Row]:
    species = cycle([f"sp-{n * 37 % species_in(count)}" for n in range(997)])
    documents = cycle([f"doc-{n * 37 % documents_in(count)}" for n in range(997)])
    ids = cycle([f"claim-{n * 37 % count}" for n in range(997)])
    labels = cycle([" ".join(each.label.split()[2:4]) for each in claims(50)])
    quick = {
        "get by id": lambda: asked.value(next(ids)),
        "filtered page": lambda: asked.page(next(species)),
        "two hops": lambda: asked.hops(next(documents)),
    }
    for what, call in quick.items():
        row = _asked(what, call)
        yield {**row, **goal(f"p50 below {QUICK_MS} ms", met=float(str(row["p50_ms"])) < QUICK_MS)}
    yield _asked("conflict group-by", lambda: asked.groups(MOST), rounds=ROUNDS // 4)
    yield _asked("label search", lambda: asked.search(next(labels)), rounds=ROUNDS // 4)


def _asked(what: str, call: Callable[[], object], rounds: int = ROUNDS) -> Row:
    first = seconds(call)
    return {
        "what": what,
        **percentiles([seconds(call) for _ in range(rounds)]),
        "first_ms": round(first * 1e3, 1),
        "rounds": rounds,
    }


# --- serve ------------------------------------------------------------------------------------------------------------


def serve(home: str, count: int) -> Iterator[Row]:
    """Start the server, wait until it says that it is ready, and ask for pages: once, and again."""
    start, began = time.perf_counter(), time.process_time()
    with Workspace.open(home) as workspace:
        app = create_app(workspace, warm=True)
        with TestClient(app, base_url="http://127.0.0.1:8000", headers={"Accept": "text/html"}) as client:
            while client.get("/readyz").status_code != 200 and time.perf_counter() - start < READY:
                time.sleep(0.1)
            took = _took_all(time.perf_counter() - start, time.process_time() - began)
            yield {"what": "server ready, from opening the home on", **took}
            ids = cycle([f"claim-{n * 37 % count}" for n in range(997)])
            pages = {
                "overview page": lambda: "/",
                "item page": lambda: f"/id/{next(ids)}",
                "dataset page": lambda: "/dataset",
            }
            for what, path in pages.items():
                yield _asked(what, lambda path=path: _got(client, path()), rounds=PAGES)  # type: ignore[misc]
            times: dict[str, list[float]] = {"overview page after an accept": [], "item page after an accept": []}
            for n in range(AFTER):
                for what, found in times.items():
                    name = f"later-{n}-{what.split()[0]}"
                    new = proposed(workspace, name, f"sp-{n}", f"words {n}", f"{3 + n} eV")
                    accept(workspace.ledger, new.id, actor="bench")
                    path = "/" if what.startswith("overview") else f"/id/{name}"
                    found.append(seconds(lambda path=path: _got(client, path)))  # type: ignore[misc]
            for what, found in times.items():
                yield {"what": what, **percentiles(found), "rounds": AFTER}
            yield _asked("SPARQL by id", lambda: _got(client, f"/sparql?query={quote(_query(next(ids)))}"), rounds=PAGES)


def _query(item: str) -> str:
    return f"SELECT ?g ?p ?o WHERE {{ GRAPH ?g {{ <{MKID}{item}> a <{MK}Claim> ; ?p ?o }} }}"


def _got(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    answer.read()


# --- keep -------------------------------------------------------------------------------------------------------------


def keep(home: str, count: int) -> Iterator[Row]:
    """Verify the ledger, back it up, and say how much there is on disk."""
    yield {"what": "mechkg verify", **_took(lambda: _verified(home))}
    yield {"what": "backup, checked", **_took(lambda: back_up(f"{home}-backup", home))}
    folder = Path(home)
    ledger = sum(path.stat().st_size for path in folder.glob("ledger.db*"))
    graph = sum(path.stat().st_size for path in (folder / "graph").rglob("*") if path.is_file())
    yield {"what": "on disk: ledger", "mebibytes": round(ledger / 2**20)}
    yield {"what": "on disk: graph", "mebibytes": round(graph / 2**20)}


def _verified(home: str) -> None:
    assert verify_ledger(home).broken is None


def _took(call: Callable[[], object]) -> Row:
    """Return how long a call takes, and how long a processor works on it: what others do meanwhile is not in that."""
    began = time.process_time()
    taken = seconds(call)
    return _took_all(taken, time.process_time() - began)


def _took_all(taken: float, worked: float) -> Row:
    return {"seconds": round(taken, 3), "processor_seconds": round(worked, 3)}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
