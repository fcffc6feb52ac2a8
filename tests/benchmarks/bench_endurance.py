"""A team's server under load, killed again and again, or left alone: PostgreSQL, ``oxigraph serve``, and processes of mechkg.

All runs on this machine, on loopback, those who ask beside those who answer. Limits on how much one caller may ask are those of
mechkg; each reader has an address of its own, and each curator a token. How things go on is told on standard error. These
variables make it shorter: ``ENDURANCE_ROUNDS`` (100), ``ENDURANCE_SECONDS`` (300), ``ENDURANCE_SEED`` (by chance unless set).
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.benchmarks.timing import Row, goal
from tests.deploy.load import Asked, Report
from tests.deploy.rounds import Trial, trial
from tests.deploy.stack import VICTIMS, Stack, children, keep_logs

ROUNDS: Final = int(os.environ.get("ENDURANCE_ROUNDS", "100"))
SECONDS: Final = float(os.environ.get("ENDURANCE_SECONDS", "300"))
SEED: Final = int(os.environ.get("ENDURANCE_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)

READERS, CURATORS = 64, 8
"""How many read and curate while nobody is killed."""
FEW_READERS, FEW_CURATORS = 12, 4
"""How many read and curate while somebody is killed."""

WARM: Final = min(60.0, SECONDS / 5)
"""Seconds after which memory is looked at: what is kept once has been made by then."""
LAST: Final = 0.6
"""The part of the run, at its end, over which memory is to be flat: three minutes of five."""
FLAT: Final = 0.05
"""What is flat: over that part the memory of a web process, by the line that fits its samples best, grows by less than this."""
_SAMPLE: Final = 2.0


def _tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


# --- kills ----------------------------------------------------------------------------------------------------------------


def bench_kills(scratch: Path) -> Iterator[Row]:
    """Kill somebody at a random moment while people read and write, wait until all is back, look at everything; again and again.

    PostgreSQL waits for its disk, as it does unless told otherwise. The row counts acts and what was found wrong of them.
    """
    scratch.chmod(0o711)  # PostgreSQL runs as another user
    _tell(f"{ROUNDS} rounds, ENDURANCE_SEED={SEED}")
    chance = random.Random(SEED)
    kills: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    back: dict[str, list[float]] = {}
    asked: Counter[str] = Counter()
    acts: Counter[str] = Counter()
    wrong = {"lost": 0, "half": 0, "answers": 0, "graph": 0}
    with trial(SEED, readers=FEW_READERS, curators=FEW_CURATORS, synced=True, within=scratch) as ran:
        for number in range(1, ROUNDS + 1):
            made = ran.round(_next(kills, chance), before=(0.2, 2.0))
            kills[made.kill.victim] += 1
            hit[made.kill.service] += 1
            back.setdefault(made.kill.victim, []).append(made.back)
            asked.update(one.outcome for one in made.report.asked)
            acts.update(made.acts)
            for kind in wrong:
                wrong[kind] += len(getattr(made.found, kind))
            found = made.found.all
            _tell(
                f"round {number}: {made.kill.victim} ({made.kill.service}) back after {made.back:.2f} s; "
                f"{len(made.report.asked)} questions, acts {dict(made.acts)}, ledger at {ran.ledger.position()}, "
                f"{len(found)} things wrong"
            )
            for each in found[:20]:
                _tell(f"  WRONG: {each}")
            if found:
                _tell(f"  logs: {keep_logs(ran.stack, [made.kill.service])}")
        position = ran.ledger.position()
    yield {
        "rounds": ROUNDS, "seed": SEED, "kills": dict(kills), "processes_hit": dict(hit),
        "acts_acknowledged": acts["answered"], "acts_refused": acts["refused"], "acts_without_answer": acts["away"],
        "acts_lost": wrong["lost"], "half_applied": wrong["half"], "wrong_answers": wrong["answers"],
        "graph_unlike_rebuild": wrong["graph"], "questions": sum(asked.values()), "ledger_position": position,
        "seconds_until_back": {
            victim: {"median": round(statistics.median(times), 2), "max": round(max(times), 2)} for victim, times in back.items()
        },
        **goal("nothing lost, nothing half applied, no wrong answer, the graph that of a rebuild", met=not any(wrong.values())),
    }  # fmt: skip


def _next(kills: Mapping[str, int], chance: random.Random) -> str:
    """Return whom to kill next, by chance; in the last rounds whoever was not killed yet."""
    missing = [victim for victim in VICTIMS if not kills.get(victim)]
    if missing and ROUNDS - sum(kills.values()) <= len(missing):
        return missing[0]
    return chance.choice(VICTIMS)


# --- load -----------------------------------------------------------------------------------------------------------------


def bench_load(scratch: Path) -> Iterator[Row]:
    """Many read and some curate, all at once and without a pause, one web process first, and then two."""
    scratch.chmod(0o711)  # PostgreSQL runs as another user
    for webs in (1, 2):
        with trial(SEED, readers=READERS, curators=CURATORS, synced=True, webs=webs, within=scratch) as ran:
            _tell(f"{READERS} readers and {CURATORS} curators for {SECONDS:g} s, {webs} web process{'es' * (webs > 1)}")
            yield _loaded(ran, webs)


def _loaded(ran: Trial, webs: int) -> Row:
    before = ran.ledger.position()
    with Memory(ran.stack) as memory:
        ran.load.go()
        time.sleep(SECONDS)
        report = ran.load.stop()
    found = ran.look(report)
    after = ran.ledger.position()
    for each in found.all[:20]:
        _tell(f"  WRONG: {each}")
    if found.all:
        _tell(f"  logs: {keep_logs(ran.stack)}")
    reads = [one for one in report.asked if one.kind in READS]
    writes = [one for one in report.asked if one.kind not in READS]
    grown = {name: memory.growth(name) for name in memory.samples}
    flat = all(grown[web.name] < FLAT for web in ran.stack.webs)
    errors = sum(one.outcome == "error" for one in report.asked) + sum(one.outcome == "away" for one in report.asked)
    return {
        "web_processes": webs, "readers": READERS, "curators": CURATORS, "seconds": SECONDS,
        "reads": _told(reads), "acts": _told(writes), "by_kind": {kind: _told(some) for kind, some in _by_kind(report).items()},
        "errors": errors, "wrong": len(found.all), "refused": _refusals(report),
        "ledger_acts": after - before, "versions_read": len(report.seen),
        "memory_mb": {name: memory.told(name) for name in memory.samples},
        **goal(
            f"no error, nothing wrong; memory of web processes grows by less than {FLAT:.0%} in the last {LAST:.0%} of the time",
            met=not errors and not found.all and flat,
        ),
    }  # fmt: skip


READS: Final = frozenset({"list", "item", "queue", "history", "check", "page", "rdf", "sparql"})


def _by_kind(report: Report) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    for one in report.asked:
        found.setdefault(one.kind, []).append(one)
    return dict(sorted(found.items()))


def _told(asked: Sequence[Asked]) -> Row:
    """Return how many were answered a second, and how long that took, in milliseconds."""
    times = sorted(one.seconds for one in asked if one.outcome == "answered")
    if not times:
        return {"answered": 0}
    parts = {f"p{part}_ms": round(times[min(len(times) - 1, len(times) * part // 100)] * 1e3, 1) for part in (50, 95, 99)}
    return {"answered": len(times), "per_second": round(len(times) / SECONDS, 1), **parts, "max_ms": round(times[-1] * 1e3, 1)}


def _refusals(report: Report) -> dict[str, int]:
    """Return how often what was refused on purpose, by kind and code."""
    return dict(sorted(Counter(f"{one.kind} {one.code}" for one in report.asked if one.outcome == "refused").items()))


# --- memory ---------------------------------------------------------------------------------------------------------------


class Memory:
    """Looks at the memory of each service every other second, for as long as the block lasts.

    It is the part of physical memory that a process and its children would set free by ending (PSS: what is shared counts by
    its share), in megabytes. The processes in which SPARQL is answered are told apart from the web process that began them.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)
        self._began = time.monotonic()
        self.samples: dict[str, list[tuple[float, float]]] = {}

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_SAMPLE):
            self.look()

    def look(self) -> None:
        """Look once."""
        at = time.monotonic() - self._began
        for name in self._stack.services:
            mine, others = _megabytes(self._stack.pid(name))
            web = name.startswith("web-")
            self._note(name, at, mine if web else mine + others)
            if web:
                self._note(f"{name} SPARQL", at, others)
        if len(self.samples["ledger"]) % 15 == 0:
            shown = ", ".join(f"{name} {values[-1][1]:.0f} MB" for name, values in self.samples.items())
            _tell(f"  {at:.0f} s: {shown}")

    def _note(self, name: str, at: float, megabytes: float) -> None:
        self.samples.setdefault(name, []).append((at, megabytes))

    def growth(self, name: str) -> float:
        """Return by which part of itself memory grew over the last part of the time, by the line that fits best."""
        end = self.samples[name][-1][0]
        late = [(at, mb) for at, mb in self.samples[name] if at >= end * (1 - LAST)]
        if len(late) < 3 or not late[0][1]:
            return 0.0
        slope, _ = statistics.linear_regression([at for at, _ in late], [mb for _, mb in late])
        return slope * (late[-1][0] - late[0][0]) / statistics.fmean(mb for _, mb in late)

    def told(self, name: str) -> Row:
        """Return what was seen."""
        values = self.samples[name]
        warm = min(values, key=lambda one: abs(one[0] - WARM))
        return {
            f"after_{WARM:.0f}_s": round(warm[1], 1),
            "at_end": round(values[-1][1], 1),
            "most": round(max(mb for _, mb in values), 1),
            "grew_at_last_percent": round(self.growth(name) * 100, 1),
        }


def _megabytes(process: int) -> tuple[float, float]:
    """Return the memory of a process, and that of all its children together."""
    return _share(process), sum(sum(_megabytes(each)) for each in children(process))


def _share(process: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
