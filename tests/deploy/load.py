"""People and programs who read and curate over HTTP at once, in a process of its own: what each asked and what became of it.

    python -m tests.deploy.load

reads its settings (:class:`Settings`, as JSON) from the first line of standard input, and then words: ``go`` lets all ask, each
again as soon as it is answered, and ``stop`` has every question answered first, prints a :class:`Report` of the time since ``go``
as one line of JSON, and waits for the next word. ``Load`` is the other end of this.

There is one paper with ``ITEMS`` claims, which are there all the time and change all the time; whoever reads several of them
notes which words each had in which version of the graph, so that it can be held against the ledger. Each act carries a mark of
its own as its reason, by which it is found in the ledger.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple

import httpx2

PAPER: Final = "endurance"
ITEMS: Final = 12
CORPUS: Final = "\n".join(
    [
        "mechkg: 1",
        f"source: {{id: {PAPER}, title: A paper that many curate at once}}",
        "claims:",
        *(f"  - {{id: e-{n}, kind: conclusion, statement: words start of e-{n}}}" for n in range(ITEMS)),
    ]
)
"""The paper as a corpus file."""

AWAY: Final = frozenset({"mechkg.ledger", "mechkg.graph", "mechkg.unreachable", "mechkg.uncertain", "mechkg.stopping"})
"""Codes that say that a part of the server is not there: they may come while it is not."""
REFUSED: Final = frozenset({"mechkg.busy", "mechkg.too_many_tries", "graphql.rate-limited"})
"""Codes that send away who reads too much at once, on purpose."""
NOT_DONE: Final = frozenset({"mechkg.refused_act", "mechkg.stale", "mechkg.bad_input", "mechkg.not_found"})
"""Codes with which an act may be refused when several curate the same."""

Statements = dict[str, str]
"""Item -> its words."""

_WORDS: Final = re.compile(r"words (\S+) of (e-\d+)")


@dataclass(frozen=True, slots=True)
class Settings:
    """Whom to ask (addresses), how many read, tokens of those who curate (person -> token), and ids of what can be read besides.

    ``timeout``: seconds for an answer. ``pages``: addresses of pages. ``space``: a hypothesis space.
    """

    webs: list[str]
    readers: int
    tokens: dict[str, str]
    pages: list[str]
    space: str
    timeout: float = 30.0
    seed: int = 1


class Asked(NamedTuple):
    """One question: its kind, the web process asked, when (monotonic seconds), how long it took, and what came of it.

    ``outcome``: ``answered``; ``refused`` on purpose; ``away``, where part of the server was not there or the connection was
    lost; or ``error``, which is never right. ``code`` says why.
    """

    kind: str
    web: int
    begun: float
    seconds: float
    outcome: str
    code: str


@dataclass(slots=True)
class Done:
    """One act: its mark, who did it, what it was upon, what was wished for (item -> words; None for one to go).

    ``outcome`` as in :class:`Asked`. ``told`` is the change set, or the act, as the answer had it.
    """

    mark: str
    kind: str
    person: str
    upon: str | None
    wishes: dict[str, str | None]
    outcome: str = "away"
    code: str = ""
    told: dict[str, Any] | None = None


@dataclass(slots=True)
class Report:
    """What happened between ``go`` and ``stop``."""

    asked: list[Asked]
    acts: list[Done]
    seen: dict[int, Statements]
    """Version of the graph -> words of each claim, as readers were told."""
    wrong: list[str]
    """Answers that contradict each other."""

    @classmethod
    def read(cls, text: str) -> Report:
        content = json.loads(text)
        return cls(
            [Asked(*one) for one in content["asked"]], [Done(**one) for one in content["acts"]],
            {int(version): words for version, words in content["seen"].items()}, content["wrong"],
        )  # fmt: skip


class Unfit(Exception):
    """An answer that is none: outcome and code."""

    def __init__(self, outcome: str, code: str) -> None:
        super().__init__(code)
        self.outcome, self.code = outcome, code


# --- what an answer is --------------------------------------------------------------------------------------------------


def by_code(code: str, about: str) -> Unfit:
    """Return what a code of a failure comes to."""
    if code in AWAY:
        return Unfit("away", code)
    return Unfit("refused", code) if code in REFUSED else Unfit("error", f"{code}: {about}"[:500])


def data_of(answer: httpx2.Response) -> dict[str, Any]:
    """Return the data of a GraphQL answer; raise Unfit for one that has errors, or is none."""
    try:
        content = answer.json()
    except ValueError:
        raise Unfit("error", f"no JSON, status {answer.status_code}: {answer.text[:300]}") from None
    if errors := content.get("errors"):
        codes = [error.get("extensions", {}).get("code", "no code") for error in errors]
        raise min((by_code(code, json.dumps(errors)) for code in codes), key=lambda unfit: unfit.outcome != "error")
    if answer.status_code != 200 or not isinstance(content.get("data"), dict):
        raise Unfit("error", f"no data, status {answer.status_code}: {answer.text[:300]}")
    data: dict[str, Any] = content["data"]
    return data


def text_of(answer: httpx2.Response) -> str:
    """Return the text of a page or file; raise Unfit for a failure."""
    if answer.status_code == 200:
        return answer.text
    found = re.search(r"\b(mechkg\.[a-z_]+)\b", answer.text)
    raise by_code(found[1] if found else "no code", f"status {answer.status_code}: {answer.text[:300]}")


def version_of(answer: httpx2.Response) -> int:
    """Return the version of the graph that an answer names."""
    return int(answer.headers["Mechkg-Version"])


# --- asking -------------------------------------------------------------------------------------------------------------

LIST: Final = (
    f'query List {{ graphVersion claims(filter: {{document: "{PAPER}"}}, first: 200) {{ nodes {{ localName statement }} }} }}'
)
ITEM: Final = "query One($name: String!) { graphVersion item(name: $name) { localName label ... on Claim { statement } } }"
QUEUE: Final = "query Queue { changeSets(first: 10) { totalCount nodes { localName title revision edits { item } } } }"
HISTORY: Final = "query History($of: String!) { history(of: $of) { position kind actor reason } }"
CHECK: Final = "query Check($space: String!) { check(space: $space) { graphVersion candidates { localName verdict } } }"
SPARQL: Final = f"""
SELECT ?item ?words WHERE {{ GRAPH ?a {{ ?item mk:statement ?words }} GRAPH ?p {{ ?a prov:wasDerivedFrom id:{PAPER} }} }}
"""

_SET: Final = "... on ChangeSet { localName revision status authors edits { item op assertion base } }"
_ACT: Final = "... on Act { position kind subject actor }"
_NOT: Final = "... on NotDone { code message }"
ACTS: Final = {
    "propose": f"mutation Propose($mark: String!, $edits: [EditInput!]!) "
    f"{{ done: propose(title: $mark, edits: $edits, reason: $mark) {{ __typename {_SET} {_NOT} }} }}",
    "revise": f"mutation Revise($mark: String!, $upon: ID!, $revision: Int!, $edits: [EditInput!]!) "
    f"{{ done: revise(changeSet: $upon, revision: $revision, edits: $edits, reason: $mark) {{ __typename {_SET} {_NOT} }} }}",
    "comment": f"mutation Comment($mark: String!, $upon: String!) "
    f"{{ done: comment(upon: $upon, text: $mark) {{ __typename {_ACT} {_NOT} }} }}",
    **{
        kind: f"mutation {kind.title()}($mark: String!, $upon: ID!, $revision: Int!) "
        f"{{ done: {kind}(changeSet: $upon, revision: $revision, reason: $mark) {{ __typename {_SET} {_NOT} }} }}"
        for kind in ("accept", "reject", "withdraw")
    },
}
"""Acts, and how they are done; all by one name, so that answers are read alike."""

_SHARES: Final = {
    "propose": 40, "accept": 34, "comment": 10, "revise": 7, "reject": 6, "withdraw": 3,
}  # fmt: skip
"""How often which act is tried."""


class Clients:
    """All who ask, as tasks of one loop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.http = httpx2.AsyncClient(
            timeout=httpx2.Timeout(settings.timeout, connect=5.0, pool=None),
            follow_redirects=True,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=settings.readers + len(settings.tokens)),
        )
        self.going = asyncio.Event()
        self.busy = 0
        self.floor = 0
        """The latest version of the graph that anybody was told of: nobody who asks after that may be told an earlier one."""
        self.open: dict[str, tuple[int, list[str]]] = {}
        """Change sets that wait, as far as is known here: revision and authors."""
        self.extra: set[str] = set()
        """Claims that count, as far as is known here, beside those that are always there."""
        self.report = Report([], [], {}, [])
        self.quiet = asyncio.Event()
        self.quiet.set()

    # --- one question

    async def ask(self, kind: str, web: int, question: Callable[[], Awaitable[None]]) -> tuple[str, str]:
        """Ask and note what came of it; return outcome and code."""
        begun = time.monotonic()
        outcome, code = "answered", ""
        try:
            await question()
        except Unfit as unfit:
            outcome, code = unfit.outcome, unfit.code
        except httpx2.TimeoutException as error:
            outcome, code = "away", type(error).__name__
        except httpx2.TransportError as error:
            outcome, code = "away", type(error).__name__
        except (KeyError, TypeError, ValueError) as error:
            outcome, code = "error", f"an answer that is none: {error!r}"
        self.report.asked.append(Asked(kind, web, begun, time.monotonic() - begun, outcome, code))
        return outcome, code

    async def graphql(self, web: int, who: Mapping[str, str], query: str, **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        headers = {"Accept": "application/graphql-response+json", **who}
        return data_of(await self.http.post(f"{self.settings.webs[web]}/graphql", json=body, headers=headers))

    async def get(self, web: int, path: str, who: Mapping[str, str], accept: str, **query: str) -> httpx2.Response:
        url = f"{self.settings.webs[web]}{path}"
        return await self.http.get(url, params=query or None, headers={"Accept": accept, **who})

    def note(self, kind: str, floor: int, version: int, statements: Statements, *, all_of_them: bool = True) -> None:
        """Hold what was read against what was read before, and note it. ``floor`` is the one when the question was asked."""
        if version < floor:
            self.report.wrong.append(f"{kind}: version {version} was told after {floor}")
        self.floor = max(self.floor, version)
        if all_of_them and len(statements) != ITEMS:
            self.report.wrong.append(f"{kind}: {len(statements)} of {ITEMS} claims in version {version}")
        known = self.report.seen.setdefault(version, {})
        for item, words in statements.items():
            if known.setdefault(item, words) != words:
                self.report.wrong.append(f"{kind}: '{item}' says '{words}' in version {version}, and said '{known[item]}' in it")

    # --- those who read

    async def reader(self, number: int) -> None:
        """Read one thing after another."""
        chance = random.Random(f"{self.settings.seed} reader {number}")
        who = {"X-Forwarded-For": f"10.1.{number // 250}.{number % 250 + 1}"}
        kinds = {"list": 20, "item": 25, "queue": 8, "history": 7, "check": 5, "page": 15, "rdf": 12, "sparql": 8}
        while True:
            async with self.turn():
                [kind] = chance.choices([*kinds], [*kinds.values()])
                web = chance.randrange(len(self.settings.webs))
                await self.ask(kind, web, lambda kind=kind, web=web: self.read(kind, web, who, chance))  # type: ignore[misc]

    async def read(self, kind: str, web: int, who: Mapping[str, str], chance: random.Random) -> None:
        """Read something of a kind, and see that it fits what is known."""
        floor, name = self.floor, f"e-{chance.randrange(ITEMS)}"
        match kind:
            case "list":
                data = await self.graphql(web, who, LIST)
                found = {one["localName"]: one["statement"] for one in data["claims"]["nodes"]}
                self.note(kind, floor, data["graphVersion"], _always(found))
            case "item":
                data = await self.graphql(web, who, ITEM, name=name)
                found = {name: data["item"]["statement"]}
                self.note(kind, floor, data["graphVersion"], found, all_of_them=False)
            case "queue":
                for one in (await self.graphql(web, who, QUEUE))["changeSets"]["nodes"]:
                    _expect(one["localName"].startswith("set-") and one["edits"])
            case "history":
                _expect((await self.graphql(web, who, HISTORY, of=f"item:{name}"))["history"])
            case "check":
                _expect((await self.graphql(web, who, CHECK, space=self.settings.space))["check"]["candidates"])
            case "page":
                path = chance.choice([*self.settings.pages, f"/id/{name}"])
                _expect("</html>" in text_of(await self.get(web, path, who, "text/html")))
            case "rdf":
                answer = await self.get(web, f"/id/{name}.ttl", who, "text/turtle")
                text = text_of(answer)
                found = {item: f"words {mark} of {item}" for mark, item in _WORDS.findall(text)}
                _expect(name in found)
                if "Mechkg-Version" in answer.headers:  # else what counts changed all the time while it was read
                    self.note(kind, floor, version_of(answer), {name: found[name]}, all_of_them=False)
            case "sparql":
                answer = await self.get(web, "/sparql", who, "application/sparql-results+json", query=SPARQL)
                rows = json.loads(text_of(answer))["results"]["bindings"]
                found = {row["item"]["value"].rpartition("/")[2]: row["words"]["value"] for row in rows}
                self.note(kind, floor, version_of(answer), _always(found))

    # --- those who curate

    async def curator(self, person: str, token: str) -> None:
        """Do one act after another."""
        chance = random.Random(f"{self.settings.seed} {person}")
        number = 0
        while True:
            async with self.turn():
                number += 1
                done = self._choose(f"{person}.{number}", person, chance)
                if done is None:
                    continue
                self.report.acts.append(done)
                web = chance.randrange(len(self.settings.webs))
                who = {"Authorization": f"Bearer {token}", "X-Request-ID": done.mark}
                done.outcome, done.code = await self.ask(done.kind, web, lambda: self._act(web, who, done))  # noqa: B023
                self._learn(done)

    def _choose(self, mark: str, person: str, chance: random.Random) -> Done | None:
        """Choose what to do; None when there is nothing to do it upon."""
        [kind] = chance.choices([*_SHARES], [*_SHARES.values()])
        own = [name for name, (_, authors) in self.open.items() if person in authors]
        others = [name for name in self.open if name not in own]
        among = {"accept": others, "reject": others, "comment": [*self.open], "revise": own, "withdraw": own}.get(kind, [])
        if kind != "propose" and not among:
            kind, among = "propose", []
        wishes = self._wishes(mark, chance) if kind in ("propose", "revise") else {}
        return Done(mark, kind, person, chance.choice(among) if among else None, wishes)

    def _wishes(self, mark: str, chance: random.Random) -> dict[str, str | None]:
        """Wish for one to three claims to read otherwise, now and then for a new one, or for one to go."""
        items = chance.sample(range(ITEMS), chance.choice((1, 1, 2, 3)))
        wishes: dict[str, str | None] = {f"e-{n}": f"words {mark} of e-{n}" for n in items}
        luck = chance.random()
        if luck < 0.1 and self.extra:
            wishes[chance.choice(sorted(self.extra))] = None
        elif luck < 0.2:
            wishes[f"x-{mark.replace('.', '-')}"] = f"more words of {mark}"
        return wishes

    async def _act(self, web: int, who: Mapping[str, str], done: Done) -> None:
        variables: dict[str, Any] = {"mark": done.mark}
        if done.wishes:
            variables["edits"] = [_edit(item, words) for item, words in done.wishes.items()]
        if done.upon is not None:
            variables["upon"] = f"set:{done.upon}" if done.kind == "comment" else done.upon
            if done.kind != "comment":
                variables["revision"] = self.open[done.upon][0] if done.upon in self.open else 1
        told = (await self.graphql(web, who, ACTS[done.kind], **variables))["done"]
        if "code" in told:
            raise Unfit("refused" if told["code"] in NOT_DONE else "error", told["code"])
        done.told = told

    def _learn(self, done: Done) -> None:
        """Take note of what an act did."""
        told = done.told
        if told is not None and done.kind != "comment":
            if told["status"] == "OPEN":
                self.open[told["localName"]] = (told["revision"], told["authors"])
            else:
                self.open.pop(told["localName"], None)
            if told["status"] == "ACCEPTED":
                for edit in told["edits"]:
                    if edit["item"].startswith("x-"):
                        (self.extra.discard if edit["op"] == "REMOVE" else self.extra.add)(edit["item"])
        elif done.upon is not None and done.kind != "comment":  # decided, made stale or revised by others, or not known
            self.open.pop(done.upon, None)

    # --- going and stopping

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until all may ask; ``stop`` waits for the end of the block."""
        while not self.going.is_set():
            await self.going.wait()
        self.busy += 1
        self.quiet.clear()
        try:
            yield
        finally:
            self.busy -= 1
            if not self.busy:
                self.quiet.set()
        await asyncio.sleep(0)

    async def serve(self) -> None:
        """Do as the words on standard input say."""
        tasks = [asyncio.create_task(self.reader(n)) for n in range(self.settings.readers)]
        tasks += [asyncio.create_task(self.curator(*one)) for one in self.settings.tokens.items()]
        while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
            if word == "go":
                self.report = Report([], [], {}, [])
                self.going.set()
            elif word == "stop":
                self.going.clear()
                await self.quiet.wait()
                for task in tasks:
                    if task.done():
                        task.result()  # who failed for want of care here says so
                print(json.dumps(asdict(self.report)), flush=True)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.http.aclose()


def _edit(item: str, words: str | None) -> dict[str, Any]:
    if words is None:
        return {"remove": {"item": item, "code": "MISREAD"}}
    content = {"id": item, "kind": "conclusion", "statement": words}
    return {"put": {"kind": "CLAIM", "document": PAPER, "content": content}}


def _always(found: Statements) -> Statements:
    return {item: words for item, words in found.items() if item.startswith("e-")}


def _expect(holds: object) -> None:
    if not holds:
        raise Unfit("error", "an answer without what has to be in it")


# --- the other end ------------------------------------------------------------------------------------------------------


class Load:
    """A load in a process of its own. Use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Load:
        command = [sys.executable, "-m", "tests.deploy.load"]
        self._process = subprocess.Popen(
            command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._say(json.dumps(asdict(self.settings)))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process is not None
        if kind is not None:
            self._process.kill()
        self._process.communicate()

    def go(self) -> None:
        """Let all ask."""
        self._say("go")

    def stop(self) -> Report:
        """Wait until all questions are answered; return what happened since :meth:`go`."""
        self._say("stop")
        assert self._process is not None and self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the load has ended by itself"
        return Report.read(line)

    def _say(self, line: str) -> None:
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


async def main() -> None:
    """Read the settings and serve."""
    settings = Settings(**json.loads(sys.stdin.readline()))
    await Clients(settings).serve()


if __name__ == "__main__":
    asyncio.run(main())
