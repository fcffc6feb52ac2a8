"""What it costs to ask many items: 50,000 claims in a home, held against the same questions in SPARQL over the same claims.

The claims enter the home by the ordinary import. For SPARQL they are a million quads in a store of their own on disk, as flat as
can be. Answers are checked to be the same before anything is timed, and the two are timed in turns.
"""

from __future__ import annotations

import gc
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from pathlib import Path

from mechkg.curation.import_corpus import import_corpus
from mechkg.graph.namespaces import LABEL, MK, MKID
from mechkg.graph.store import Store
from mechkg.service.workspace import Workspace
from tests.benchmarks.generated_papers import DOCUMENTS, SPECIES, Made, claims, more_quads, papers, quads
from tests.benchmarks.questions import QUICK_MS, Questions, accepts
from tests.benchmarks.timing import Row, goal, percentiles, seconds

CLAIMS = 50_000
ROUNDS = 100
MOST = 100

_PREFIXES = f"PREFIX mk: <{MK}> PREFIX id: <{MKID}> PREFIX rdfs: <{LABEL.removesuffix('label')}> "


def bench_million_quads(scratch: Path) -> Iterator[Row]:
    """Ask a home with 50,000 claims, and a store with their million quads."""
    made = claims(CLAIMS)
    about = {"claims": CLAIMS}
    with Store.open(scratch / "quads") as store:
        start = time.perf_counter()
        store.load(quads(made))
        store.load(more_quads())
        store.flush()
        yield {
            "what": "load into the store of quads",
            "seconds": round(time.perf_counter() - start, 2),
            "quads": len(store),
            **about,
        }
        yield from _import(scratch / "home", made)
        start = time.perf_counter()
        with Workspace.open(scratch / "home") as workspace:
            yield {"what": "open the home again", "seconds": round(time.perf_counter() - start, 3)}
            yield {"what": "read the catalogue", "seconds": round(seconds(lambda: workspace.catalog), 2)}
            models = workspace.reading.models
            yield {"what": "make the columns", "seconds": round(seconds(lambda: models.columns), 2)}
            yield {"what": "make the index of texts", "seconds": round(seconds(lambda: models.search("zzz")), 2)}
            gc.collect()
            yield from _questions(workspace, store, made)
            yield from accepts(workspace)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            yield {"what": "largest memory of the whole", "mebibytes": round(peak / 1024)}


def _import(home: Path, made: Sequence[Made]) -> Iterator[Row]:
    """Fill a home."""
    files = list(papers(made))
    items = sum(1 + len(file.items()) for file in files)
    with Workspace.open(home) as workspace:
        start = time.perf_counter()
        for file in files:
            import_corpus(workspace.ledger, file, f"{file.source.id}.yaml")
        importing = time.perf_counter() - start
        yield {"what": "import into the ledger", "seconds": round(importing, 2), "items": items, "files": len(files)}
        building = seconds(workspace.refresh)
        yield {"what": "build the graph of the home", "seconds": round(building, 2), "quads": len(workspace.store)}


def _questions(workspace: Workspace, store: Store, made: Sequence[Made]) -> Iterator[Row]:
    """Time each question."""
    asked = Questions(workspace)
    ids = cycle(f"claim-{n * 37 % CLAIMS}" for n in range(997))
    found = workspace.catalog.find("claim-17")
    assert found.record.body["about"] == [made[17].species]
    yield from _own("get by id", lambda: asked.value(next(ids)), "read as a value")

    species = [f"sp-{n * 37 % SPECIES}" for n in range(997)]

    def page_by_sparql(name: str) -> list[str]:
        rows = store.rows(
            f"{_PREFIXES} SELECT ?c WHERE {{ GRAPH ?g {{ ?c mk:about id:{name} ; a mk:Claim ; "
            "mk:evidence 'experiment' } } ORDER BY STR(?c) LIMIT 20", {}
        )  # fmt: skip
        return [row[0] for row in rows]

    yield from _both("filtered page", asked.page, page_by_sparql, species, below=QUICK_MS)

    def hops_by_sparql(name: str) -> list[tuple[str, list[str]]]:
        rows = store.rows(
            f"{_PREFIXES} SELECT DISTINCT ?s ?step WHERE {{ GRAPH ?p {{ ?g mk:derivedFrom id:{name} }} "
            "GRAPH ?g { ?c mk:about ?s } ?step mk:participant ?s }", {}
        )  # fmt: skip
        found: dict[str, list[str]] = {}
        for name, step in rows:
            found.setdefault(name, []).append(step)
        return [(name, sorted(steps)) for name, steps in sorted(found.items())]

    documents = [f"doc-{n}" for n in range(DOCUMENTS)]
    yield from _both("two hops: source, species, steps", asked.hops, hops_by_sparql, documents, below=QUICK_MS)

    def groups_by_sparql(most: int | None) -> list[tuple[str, str, int]]:
        rows = store.rows(
            f"{_PREFIXES} SELECT ?s ?p (COUNT(DISTINCT ?v) AS ?n) WHERE {{ "
            "GRAPH ?g { ?c mk:about ?s ; mk:property ?p ; mk:value ?v } } "
            "GROUP BY ?s ?p HAVING (COUNT(DISTINCT ?v) > 1) ORDER BY DESC(?n) STR(?s) STR(?p) "
            f"{f'LIMIT {most}' if most else ''}", {}
        )  # fmt: skip
        return [(s, p, n) for s, p, n in rows]

    assert set(asked.groups(None)) == set(groups_by_sparql(None))
    yield from _both("conflict group-by", asked.groups, groups_by_sparql, [MOST], times=50, rounds=15)

    labels = [" ".join(each.label.split()[2:4]) for each in made[:50]]

    def search_by_sparql(words: str) -> list[str]:
        rows = store.rows(
            f"{_PREFIXES} SELECT ?c WHERE {{ GRAPH ?g {{ ?c rdfs:label ?l }} FILTER(CONTAINS(LCASE(?l), '{words}')) }}", {}
        )  # fmt: skip
        return sorted(row[0] for row in rows)

    yield from _both("label search", asked.search, search_by_sparql, labels, times=100, rounds=30)


def _own(what: str, ask: Callable[[], object], how: str) -> Iterator[Row]:
    ask()
    times = [seconds(ask) for _ in range(ROUNDS * 5)]
    shown = percentiles(times)
    yield {"what": what, **shown, "how": how, "rounds": len(times), **goal("p50 below 5 ms", met=shown["p50_ms"] < QUICK_MS)}


def _both(
    what: str,
    ask: Callable[..., object],
    by_sparql: Callable[..., object],
    of: Sequence[object],
    *,
    below: float | None = None,
    times: float | None = None,
    rounds: int = ROUNDS,
) -> Iterator[Row]:
    """Check that both say the same, and time them in turns, each time about something else where there is something else."""
    for each in of[:10]:
        assert ask(each) == by_sparql(each), (what, each)
    ours, theirs = [], []
    for each, _ in zip(cycle(of), range(rounds), strict=False):
        ours.append(seconds(lambda each=each: ask(each)))  # type: ignore[misc]
        theirs.append(seconds(lambda each=each: by_sparql(each)))  # type: ignore[misc]
    ratio = statistics.median(theirs) / statistics.median(ours)
    row: Row = {
        "what": what,
        **percentiles(ours),
        "sparql": percentiles(theirs),
        "times_faster": round(ratio, 1),
        "rounds": rounds,
    }
    if below is not None:
        row |= goal(f"p50 below {below:g} ms", met=statistics.median(ours) * 1e3 < below)
    if times is not None:
        row |= goal(f"at least {times:g} times faster than SPARQL on the disk store", met=ratio >= times)
    yield row
