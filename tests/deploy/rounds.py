"""Rounds in which somebody is killed while others read and write, and what is found after each."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mechkg.curation.ledger import Ledger
from tests.api.changing import load as take_in
from tests.deploy import stack as stacks
from tests.deploy.aftermath import Findings, Outage, Records, check_answers, check_graph
from tests.deploy.load import CORPUS, Load, Report, Settings
from tests.deploy.stack import Kill, Stack
from tests.small_case import CASE, SPACE

PAGES = ("/", "/claims", "/search?q=words", "/spaces", "/curate")
"""What is looked at in a browser beside the pages of items."""


@dataclass(frozen=True, slots=True)
class Round:
    """What happened: who was killed, the seconds until all was back, what was asked and done, and what does not hold."""

    kill: Kill
    back: float
    report: Report
    found: Findings

    @property
    def acts(self) -> Counter[str]:
        """How many acts came to what."""
        return Counter(done.outcome for done in self.report.acts)


class Trial:
    """A stack under load, and what is known of it."""

    def __init__(self, stack: Stack, load: Load, ledger: Ledger, chance: random.Random) -> None:
        self.stack = stack
        self.load = load
        self.ledger = ledger
        self.chance = chance
        self.records = Records()

    def round(self, victim: str, before: tuple[float, float] = (0.4, 1.2), after: float = 0.3) -> Round:
        """Let all ask, kill somebody at some moment, and let them go on for a while after all is back; then look.

        ``before``: between so many seconds after the beginning somebody is killed.
        """
        self.load.go()
        time.sleep(self.chance.uniform(*before))
        kill = self.stack.kill(victim, self.chance)
        back = self.stack.wait_until_back(kill)
        until = time.monotonic()
        time.sleep(after)
        report = self.load.stop()
        return Round(kill, back, report, self.look(report, Outage(kill, until)))

    def quiet(self, seconds: float) -> tuple[Report, Findings]:
        """Let all ask for so many seconds while nobody is killed; then look."""
        self.load.go()
        time.sleep(seconds)
        report = self.load.stop()
        return report, self.look(report)

    def look(self, report: Report, *outages: Outage) -> Findings:
        """Hold everything against the ledger, and the graph against a rebuild."""
        found = Findings(answers=check_answers(report, outages))
        found.answers += self.records.take(report)
        found.add(self.records.check(self.ledger))
        found.graph += check_graph(self.stack, self.ledger)
        return found


@contextmanager
def trial(
    seed: int, *, readers: int, curators: int, synced: bool = False, webs: int = 2, within: Path | None = None
) -> Iterator[Trial]:
    """Set a stack up with a small corpus and people, and a load that waits for its first word."""
    with stacks.running(webs=webs, synced=synced, within=within) as stack, Ledger.open(stack.ledger) as ledger:
        for text in (CASE, CORPUS):
            take_in(ledger, text, stack.folder)
        tokens = stack.employ(curators)
        stack.wait()
        settings = Settings(stack.urls, readers, tokens, [*PAGES], SPACE, seed=seed)
        with Load(settings) as load:
            yield Trial(stack, load, ledger, random.Random(seed))
