"""Every published field is executed: each is asked for, by operations made from the schema, on the corpus.

A field that no operation reaches, or that gives nothing but errors, fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from inspect import isawaitable
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    subscribe,
)

from mechkg.api.context import Context, reasoning_threads
from mechkg.api.schema import Schema, create_schema
from mechkg.api.threads import CountedThreads
from mechkg.curation.release import release
from mechkg.model.person import Caller
from mechkg.service.accept import accept
from mechkg.service.identifiers import iri_of
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO
from tests.service.changes import LIMIT

SCHEMA: Schema = create_schema()
TYPES = SCHEMA._schema.type_map
PAPER = "zhang2020"
DEPTHS = (2, 3, 4, 5)
"""So deep is looked, one after the other: what is near is asked there, where there is something."""

SPACE = 'space: "cdtese-msc399"'
QUERIES = {
    "node": f'id: "{iri_of("item", "cdtese-msc-399")}"',
    "nodes": f'ids: ["{iri_of("item", "w-05")}", "{iri_of("person", "ada")}"]',
    "item": 'name: "cdtese-msc-399"',
    "species": 'name: "cdtese-msc-399"',
    "belief": 'name: "eq-2"',
    "search": 'text: "MSC-399 dispersed", first: 3',
    "conflicts": "tolerance: 3",
    "check": f'{SPACE}, candidates: ["eq1", "eq2"], without: ["amine-converts-cdse-pc"], ignoring: ["z-f1-o6"]',
    "why": f'{SPACE}, candidate: "eq2"',
    "whyNot": f'{SPACE}, candidate: "eq1", predicate: "conflict(z-f2-o10)"',
    "wholeSpace": SPACE,
    "killMatrix": 'space: "cds-pc-311-kinetics"',
    "conflictSets": f'{SPACE}, candidate: "pc-pc", budget: 2',
    "whatIf": 'space: "cdse-platelets"',
    "nextExperiment": 'space: "cdtese-one-pot"',
    "report": 'space: "cdse-platelets", budget: 1',
    "ask": 'name: "steps-promoted-by", parameters: [{name: "class", value: "PrimaryAmine"}]',
    "changeSet": 'id: "{set}"',
    "changeSets": "filter: {waiting: null}",
    "impact": 'changeSet: "{set}"',
    "merge": 'changeSet: "{stale}"',
    "disagreement": 'id: "cdse-434-composition"',
    "discussion": 'of: "assertion:{disputed}"',
    "history": 'of: "item:w-05"',
    "observations": 'filter: {id: "z-f1-o6"}',  # which rules out some candidates: all about verdicts is asked of it alone
    "draft": 'id: "{draft}"',
    "draftHistory": 'id: "{draft}"',
    "watch": 'id: "{watch}"',
    "versions": 'item: "w-05"',
    "compareVersions": 'item: "w-05", before: "1", after: "2"',
    "diff": 'before: "{begin}", verdicts: false',
    "release": 'name: "one"',
}
"""What fields of the query are asked with; those in braces were made before."""

MORE = {
    "impact": ['changeSet: "{broken}"'],
    "assertions": ["filter: {kind: [ZONE, MODEL, REMARK, REFERENCE, MATERIAL]}, first: 400", "filter: {kind: STEP}, first: 100"],
    "claims": ["first: 300"],
    "observations": ["first: 60"],
    "assumptions": ["filter: {backing: SUPPORTED}", "first: 100"],
    "procedures": ["first: 60"],
    "steps": ["first: 100"],
    "allSpecies": ["first: 100"],
    "hypothesisSpaces": ["first: 60"],
    "discussion": ['of: "set:{set}"'],
}
"""What they are asked with besides, as some fields are of few things only."""

BELOW = {
    "facets": "by: [KIND, MATERIAL, YEAR]",
    "Observation.verdicts": SPACE,
    "ProofNode.svg": "full: false",
}
"""What other fields have to be given."""


FURTHER_DOWN = {"ProofNode"}
"""Types of which those that are met first lack what those below them have."""


class Reached:
    """What was executed, as Type.field; and what only gave errors."""

    def __init__(self) -> None:
        self.fields: set[str] = set()
        self.failed: dict[str, str] = {}
        self.deepest = DEPTHS[0]

    def selection(self, kind: Any, planned: set[str], way: tuple[str, ...] = (), along: str = "") -> str:
        """Return what is asked of a type: what was not reached yet, and the way to it, through the types of ``way``."""
        kind = get_named_type(kind)
        if is_leaf_type(kind):
            return ""
        if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
            possible = SCHEMA._schema.get_possible_types(kind)
            parts = [f"... on {each.name} {self.selection(each, planned, way, along)}" for each in possible]
            return f"{{ __typename {' '.join(parts)} }}"
        assert isinstance(kind, GraphQLObjectType)
        parts = ["__typename"]
        mine = {name: field for name, field in kind.fields.items() if f"{along} {kind.name}.{name}" not in planned}
        planned.update(f"{along} {kind.name}.{name}" for name in mine)  # once along each field that leads there
        for name, field in mine.items():
            place, of = f"{kind.name}.{name}", get_named_type(field.type)
            leaf, new, given = is_leaf_type(of), place not in self.fields, arguments(kind.name, name, field)
            if given is None or (leaf and not new) or (not leaf and len(way) >= self.deepest):
                continue
            if of.name in way and not new and of.name not in FURTHER_DOWN:
                continue  # it was met on the way, where there is more of it
            inner = self.selection(field.type, planned, (*way, kind.name), place)
            if leaf or new or "__" in inner.replace("__typename", ""):
                parts.append(f"{kind.name}__{name}: {name}{given} {inner}")
        return f"{{ {' '.join(parts)} }}"

    def take(self, found: Any) -> None:
        """Note what an answer has."""
        if isinstance(found, list):
            for each in found:
                self.take(each)
        elif isinstance(found, dict):
            for key, value in found.items():
                if "__" in key and not key.startswith("__"):
                    self.fields.add(key.replace("__", ".", 1))
                    self.take(value)


def arguments(kind: str, name: str, field: GraphQLField) -> str | None:
    """Return the arguments that a field is given; None where it is not known what to give."""
    given = BELOW.get(f"{kind}.{name}", BELOW.get(name))
    if given is not None:
        return f"({given})"
    return None if any(is_required_argument(argument) for argument in field.args.values()) else ""


@pytest.fixture
def reached() -> Reached:
    return Reached()


@pytest.fixture
def threads() -> Iterator[CountedThreads]:
    with reasoning_threads() as threads:
        yield threads


class Asking:
    """Asks a workspace, and notes what was reached."""

    def __init__(self, reached: Reached, workspace: Workspace, threads: CountedThreads) -> None:
        self.reached, self.workspace, self.threads = reached, workspace, threads

    def ask(self, text: str) -> None:
        """Carry out a query whose keys say which fields they are."""
        found: Any = asyncio.run(SCHEMA.execute(text, context_value=Context(self.workspace, self.threads)))
        assert not found.errors, found.errors
        self.reached.take(found.data)

    def do(self, operation: str, name: str, given: str, by: Caller | None) -> None:
        """Carry out one field of an operation, with all below it that was not reached."""
        root = TYPES[operation.capitalize()]
        assert isinstance(root, GraphQLObjectType)
        field = root.fields[name]
        planned: set[str] = set()
        inner = self.reached.selection(field.type, planned)
        if f"{root.name}.{name}" in self.reached.fields and operation == "query" and "__" not in inner.replace("__typename", ""):
            return
        text = f"{operation} {{ {root.name}__{name}: {name}{f'({given})' if given else ''} {inner} }}"
        context = Context(self.workspace, self.threads, by)
        if operation == "subscription":
            data, errors = asyncio.run(told(text, context, 1 if name == "verdictChanges" else 40))
        else:
            found: Any = asyncio.run(SCHEMA.execute(text, context_value=context))
            data, errors = found.data, found.errors or []
        for error in errors:
            self.reached.failed[".".join(str(part) for part in error.path or [name])] = error.message
        self.reached.take(data)


WRITTEN = (
    """{ Query__item: item(name: "o-e1") { __typename ... on Observation { Observation__orders: orders { RateOrder__order: order
      RateOrder__item: item { __typename } } } } }""",
    """{ Query__steps: steps(first: 100) { StepConnection__nodes: nodes { __typename
      Step__rateConstant: rateConstant { RateConstant__k: k { __typename } }
      Step__promoters: promoters { Influence__chemical: chemical { __typename } } } } }""",
    f"""{{ Query__why: why({SPACE}, candidate: "eq2") {{ Explanation__proofs: proofs {{ ...line
        ProofNode__premises: premises {{ ...line ProofNode__premises: premises {{ ...line
          ProofNode__premises: premises {{ ...line }} }} }} }} }} }}
      fragment line on ProofNode {{ ProofNode__sources: sources {{
        ProofSource__locator: locator ProofSource__quotes: quotes ProofSource__flag: flag
        ProofSource__document: document {{ __typename }} ProofSource__item: item {{ __typename }} }} }}""",
)
"""What is only found far down, or in few things."""


async def told(text: str, context: Context, most: int = 40) -> tuple[list[Any], list[Any]]:
    """Return what is told first, and errors."""
    found: Any = subscribe(SCHEMA._schema, parse(text), context_value=context)
    if isawaitable(found):
        found = await found
    if not hasattr(found, "__aiter__"):
        return [], found.errors
    answers: list[Any] = []
    errors: list[Any] = []
    async with aclosing(found) as steps:
        async for step in steps:
            answers.append(step.data)
            errors.extend(step.errors or ())
            if len(answers) == most:
                break
    return answers, errors


def published() -> set[str]:
    """Return every field of the schema, as Type.field."""
    return {
        f"{name}.{field}"
        for name, kind in TYPES.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__")
        for field in kind.fields
    }


def rate(name: str, k: float) -> str:
    """Return the wish for an observation with a rate constant and orders."""
    measured = f'[{{what: "rate constant k", quantity: "{k} 1/min"}}]'
    fields = f'id: "{name}", kind: "kinetic-form", at: "z-f1/incubate", subject: "cdte-msc-371", statement: "x"'
    more = f'measured: {measured}, flag: "external", orders: {{topo: 1}}'
    return f'{{put: {{kind: OBSERVATION, document: "{PAPER}", content: {{{fields}, {more}}}}}}}'


def note(text: str, item: str = "w-05") -> str:
    return f'[{{change: {{item: "{item}", fields: {{note: "{text}"}}}}}}]'


def test_every_field(reached: Reached, curated: Workspace, threads: CountedThreads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mechkg.api.context.MOST_REASONED", 10_000)
    asking = Asking(reached, curated, threads)
    begin = curated.ledger.position()

    def change(name: str, given: str, by: Caller) -> None:
        asking.do("mutation", name, given, by)

    def made(title: str, edits: str, by: Caller = CLEO) -> str:
        change("propose", f'title: "{title}", edits: {edits}', by)
        sets = [act for act in curated.ledger.acts() if act.kind == "propose" and act.subject]
        return str(sets[-1].subject.name)  # type: ignore[union-attr]

    by_graphql = [Caller(each.person, "graphql") for each in (ADA, BEN, CLEO)]
    ada, ben, cleo = by_graphql
    # --- what can be done
    one = made("One", note("one"), cleo)
    other = made("Other", note("other"), cleo)
    reached_edits = made("Third", '[{remove: {item: "w-06", code: DUPLICATE}}]', cleo)
    change("revise", f'changeSet: "{reached_edits}", revision: 1, edits: {note("n", "w-07")}', cleo)
    change("requestChanges", f'changeSet: "{reached_edits}", revision: 2, reason: "which?"', ben)
    change("withdraw", f'changeSet: "{reached_edits}", revision: 2, reason: "no"', cleo)
    change("accept", f'changeSet: "{one}", revision: 1', ben)
    stale = made("Stale", note("again", "w-09"), cleo)
    change("accept", f'changeSet: "{made("w-09", note("first", "w-09"), cleo)}", revision: 1', ben)
    change("rebase", f'changeSet: "{other}", revision: 1, choices: [{{item: "w-05", place: "note", side: OURS}}]', cleo)
    change("rebase", f'changeSet: "{other}", revision: 1', cleo)
    change("reject", f'changeSet: "{other}", revision: 2, reason: "no"', ben)
    waiting = made("No limit", f'[{{change: {{item: "{LIMIT}", fields: {{effects: null}}}}}}]', cleo)
    broken = made("Broken", '[{change: {item: "w-12", fields: {about: ["nothing-like-it"]}}}]', cleo)
    assertion = curated.catalog.entries["w-08"].record.id
    change("comment", f'upon: "set:{waiting}", text: "which?"', ben)
    change("comment", 'upon: "item:w-05", text: "which figure?"', cleo)
    change("dispute", f'upon: "assertion:{assertion}", reason: "not so", restsOn: ["z-f4-o6"]', cleo)
    begun = curated.ledger.position()
    change("settle", f'upon: "assertion:{assertion}", of: {begun}, outcome: DISMISSED, reason: "it is so"', ben)
    doubtful = made(
        "Doubtful",
        '[{change: {item: "z-f1-o6", fields: {measured: [{what: "wavelength of the absorption peak", quantity: "399 nm"}]}}}]',
        cleo,
    )
    change(
        "accept",
        f'changeSet: "{doubtful}", revision: 1, despite: [{{doubt: "fit:z-f1-o6:measured.0.quantity:quantity", why: "y"}}]',
        ben,
    )
    accept(curated, ben, made("Rates", f"[{rate('o-e1', 0.015)}, {rate('o-e2', 0.15)}]", cleo), revision=1)
    change("decide", 'disagreement: "cdse-434-composition", decision: BY_METHOD, reason: "mass"', ben)
    change("assign", 'what: "item:w-05", to: "cleo"', ben)
    change("signOff", 'upon: "item:w-05"', ben)
    change("signOff", f'upon: "assertion:{assertion}"', ben)
    change("signOff", f'upon: "{iri_of("verdict", "cdtese-msc399/eq2")}"', ben)
    change("retract", f'assertion: "{assertion}", code: MISREAD, reason: "not there"', ben)
    change("restore", f'assertion: "{assertion}", reason: "there"', ben)
    successor = curated.catalog.entries["w-07"].record.id
    change("supersede", f'assertion: "{assertion}", successor: "{successor}", reason: "the same"', ben)
    change("declare", 'about: "cdse", why: "makes them"', ada)
    change("saveDraft", 'content: {title: "T"}', cleo)
    change("discardDraft", 'draft: "draft-1", version: 1', cleo)
    change("restoreDraft", 'draft: "draft-1", old: 1, version: 2', cleo)
    change("proposeDraft", 'draft: "draft-1", version: 3', cleo)
    change("saveDraft", 'draft: "draft-1", version: 1, content: {title: "U"}', cleo)
    change("makeRelease", 'name: "one", note: "mine"', ada)
    change("importRelease", "files: []", ada)
    change("propose", f'title: "T", edits: {note("n", "w-055")}', cleo)
    change("accept", f'changeSet: "{waiting}", revision: 1', cleo)
    change("accept", f'changeSet: "{stale}", revision: 1', ben)
    change("watchHypothesis", 'space: "cdtese-msc399", candidate: "eq2"', cleo)
    watch = next(act for act in reversed(list(curated.ledger.acts())) if act.kind == "watch")
    name = watch.subject.name if watch.subject else ""
    release(curated.ledger, ada, "two")

    # --- what can be asked
    things = {
        "set": waiting,
        "stale": stale,
        "draft": "draft-1",
        "watch": name,
        "iri": iri_of("verdict", "cdtese-msc399/eq1"),
        "begin": str(begin),
        "broken": broken,
        "disputed": assertion,
    }
    query = SCHEMA._schema.query_type
    assert query is not None
    for reached.deepest in DEPTHS:
        for field in query.fields:
            for given in (QUERIES.get(field, ""), *MORE.get(field, ())):
                for key, value in things.items():
                    given = given.replace(f"{{{key}}}", value)
                asking.do("query", field, given, ben if field in ("tasks", "me") else cleo)
    change("endWatch", f'id: "{name}"', cleo)

    for text in WRITTEN:
        asking.ask(text)

    # --- what can be listened to
    asking.do("subscription", "acts", "after: 0", None)
    asking.do("subscription", "progress", 'space: "cdse-platelets", budget: 0', None)

    missing = published() - reached.fields - NOT_HERE.keys()
    assert not missing, "\n".join(sorted(missing))
    assert not reached.failed, reached.failed


_FLIPS, _IMPORT = "test_subscriptions.py::test_verdicts_of_what_one_watches", "test_history.py::test_a_release_is_imported"
_READ = "test_read_paper.py::test_an_item_tells_where_its_quote_stands_in_the_text"
_DIFF = "test_history.py::test_releases_and_what_differs"
NOT_HERE: dict[str, str] = {
    **{f"WatchFlip.{field}": _FLIPS for field in ("candidate", "before", "after", "cause", "position", "at")},
    **{f"WatchedChange.{field}": _FLIPS for field in ("watch", "flip")},
    "Subscription.verdictChanges": _FLIPS,
    **{f"Anchor.{field}": _READ for field in ("exact", "prefix", "suffix", "start", "end", "page")},
    **{f"Anchor.{field}": _READ for field in ("documentDigest", "textDigest")},
    **{f"ChangedVerdict.{field}": _DIFF for field in ("space", "candidate", "before", "after")},
    **{f"ImportedRelease.{field}": _IMPORT for field in ("name", "batch", "accepted", "superseded", "retracted", "unchanged")},
}
"""Fields that are executed in other tests, each with where."""
