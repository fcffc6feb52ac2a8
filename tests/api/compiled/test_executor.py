"""Compiled execution answers as graphql-core does, to the byte, whatever is asked and whatever goes wrong."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from inspect import isawaitable
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from graphql import GraphQLSchema, parse, validate
from graphql.execution import ExecutionResult, execute
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as Core

from mechkg.api.compiled import CompiledExecutor
from mechkg.api.compiled.plans import MOST_CHOICES, Plans
from mechkg.api.context import Context
from mechkg.api.schema import create_schema
from mechkg.api.threads import CountedThreads
from mechkg.curation.import_corpus import import_corpus
from mechkg.curation.ledger import Ledger
from mechkg.curation.release import release
from mechkg.graph.store import Store
from mechkg.literature.corpus import read_corpus
from mechkg.model.person import Caller
from mechkg.reasoning import conflict_sets
from mechkg.service.workspace import Workspace
from tests.api.compiled.odd_schema import COROUTINES, SCHEMA, Lot
from tests.api.compiled.random_operations import Asked, operations
from tests.curation.staff import ADA, employ
from tests.small_case import CASE

ODD = SCHEMA._schema
REAL = create_schema()._schema


def answer(schema: GraphQLSchema, asked: Asked, context: Any, executor: type[Core]) -> bytes:
    """Return the bytes of an answer, and mind that nothing is left waiting."""

    async def run() -> ExecutionResult:
        asyncio.get_running_loop().set_default_executor(AtOnce(1, "at once"))
        found: Any = execute(
            schema,
            parsed(asked.text),
            context_value=context,
            variable_values=asked.variables,
            executor_class=executor,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
        )
        result = await found if isawaitable(found) else found
        for _ in range(3):
            await asyncio.sleep(0)  # graphql-core lets what it no longer needs come to its end
        return result

    result = asyncio.run(run())
    errors = [error.formatted for error in result.errors or ()]
    content = {"errors": errors, "data": result.data}
    try:
        return orjson.dumps(content)
    except TypeError:  # whole numbers of any size
        return json.dumps(content).encode()


_DOCUMENTS: dict[str, Any] = {}


def parsed(text: str) -> Any:
    """Parse a text once, as the door does, so that its plans are met again."""
    if text not in _DOCUMENTS:
        _DOCUMENTS[text] = parse(text)
    return _DOCUMENTS[text]


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by each field that graphql-core executes."""
    done: list[str] = []
    inner = Core.execute_field

    def counted(self: Any, parent: Any, source: Any, details: Any, path: Any, position: Any) -> Any:
        done.append(details[0].node.name.value)
        return inner(self, parent, source, details, path, position)

    monkeypatch.setattr(Core, "execute_field", counted)
    return done


# --- a schema in which anything may go wrong ------------------------------------------------------------------------------


# graphql-core itself may drop what it began to wait for, when an error elsewhere has made it needless
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(
    asked=operations(ODD, depth=5),
    seeds=st.lists(st.integers(0, 999), min_size=2, max_size=3),
    trouble=st.sampled_from([0, 2, 15, 60]),
)
def test_the_same_where_anything_may_go_wrong(asked: Asked, seeds: list[int], trouble: int) -> None:
    assume(not validate(ODD, parsed(asked.text)))
    for seed in seeds:  # the second time over, the plans are there
        context = {"lot": Lot(seed, trouble), "who": "somebody"}
        expected = answer(ODD, asked, context, Core)
        event("with errors" if b'"errors":[]' not in expected else "without errors")
        assert answer(ODD, asked, context, CompiledExecutor) == expected


def whole(text: str, *, seed: int = 1, trouble: int = 0, **variables: Any) -> dict[str, Any]:
    """Return the answer of both, which is the same."""
    context = {"lot": Lot(seed, trouble), "who": "somebody"}
    expected = answer(ODD, Asked(text, variables), context, Core)
    for _ in range(2):
        assert answer(ODD, Asked(text, variables), context, CompiledExecutor) == expected
    found: dict[str, Any] = json.loads(expected)
    return found


def test_what_is_below_a_field_of_the_query_is_not_executed_by_graphql_core(monkeypatch: pytest.MonkeyPatch) -> None:
    done = counting(monkeypatch)
    text = "{ cats { id name grid kittens { ...on Named { nick } colour } } later { id __typename } }"
    assert b'"errors":[]' in answer(ODD, Asked(text, {}), {"lot": Lot(1, 0)}, CompiledExecutor)
    assert done == ["cats", "later"]


def test_what_waits_for_nothing_is_not_executed_by_graphql_core_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    done = counting(monkeypatch)
    text = "query ($k: String!) { __typename b: box { many inside { __typename id } } named(key: $k) { name } }"
    assert b'"errors":[]' in answer(ODD, Asked(text, {"k": "x"}), {"lot": Lot(1, 0)}, CompiledExecutor)
    assert done == []


def test_one_error_leaves_its_siblings_to_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "{ anything { __typename ...on Cat { lives } ...on Stone { weight } } cats { id maybeKittens { id name } } }"
    seed = next(s for s in range(99) if len(whole(text, seed=s)["errors"]) == 1)
    done = counting(monkeypatch)
    found = json.loads(answer(ODD, Asked(text, {}), {"lot": Lot(seed, 0)}, CompiledExecutor))
    assert found["errors"][0]["path"][0] == "anything"
    assert found["data"]["anything"][0] == {"__typename": "Stone", "weight": 1}
    assert done == ["anything", "cats"]


def test_errors_have_their_paths_and_places_and_nulls_rise() -> None:
    text = """{
      cats { id
        maybeKittens { id surely { id name } } }
    }"""
    found = next(f for s in range(999) if len((f := whole(text, seed=s, trouble=12))["errors"]) > 1 and f["data"]["cats"])
    for error in found["errors"]:
        assert error["path"][0] == "cats"
        assert error["locations"][0]["line"] in (2, 3)


@pytest.mark.parametrize("with_kittens", [True, False])
@pytest.mark.parametrize("without_names", [True, False])
def test_directives_by_variables(with_kittens: bool, without_names: bool) -> None:
    text = """query ($k: Boolean!, $n: Boolean!) {
      cats { id kittens @include(if: $k) { id name @skip(if: $n) } ...F @skip(if: $n) } }
    fragment F on Cat { colour }"""
    cat = whole(text, k=with_kittens, n=without_names)["data"]["cats"][0]
    assert ("kittens" in cat, "colour" in cat) == (with_kittens, not without_names)
    if with_kittens:
        assert ("name" in cat["kittens"][0]) is not without_names


def test_too_many_choices_of_directives_are_left_to_graphql_core() -> None:
    names = [f"v{n}" for n in range(6)]
    head = ", ".join(f"${name}: Boolean!" for name in names)
    text = f"query ({head}) {{ cats {{ id {' '.join(f'{name}: name @include(if: ${name})' for name in names)} }} }}"
    for number in range(2 * MOST_CHOICES):
        chosen = {name: bool(number >> n & 1) for n, name in enumerate(names)}
        cat = whole(text, **chosen)["data"]["cats"][0]
        assert cat.keys() == {"id", *(name for name, there in chosen.items() if there)}


def test_arguments_of_fields_below_the_query() -> None:
    text = """query ($far: Int, $names: [String!]!, $colour: Colour) { cast { ...F } }
    fragment F on Fish { swims a: swims(far: $far, wish: {names: $names, inner: {times: 3}}) b: swims(far: 7, wish: null)
      c: words(of: ["x"], more: GREEN) d: words(of: $names) e: words(of: $names, more: $colour) }"""
    for variables in ({"far": 1, "names": ["m"], "colour": "GREEN"}, {"names": []}):
        for fish in whole(text, **variables)["data"]["cast"]:
            if not fish:  # the one that was cast to another type
                continue
            assert fish["swims"] == "3 nothing under somebody"
            assert fish["c"] == ["x", "green"]  # what one call did to its list, the next one does not see
            assert fish["d"] == [*variables["names"], "red"]  # type: ignore[misc]
    [error, *_] = whole(text, names=[], far=None)["errors"]
    assert "$far" in error["message"]


def test_a_resolver_that_asks_for_all_of_info_gets_it() -> None:
    text = (
        '{ named(key: "n1") { ...on Fish { looks } } b: named(key: "n3") { ...on Fish { looks } } cast { ...on Fish { looks } } }'
    )
    found = whole(text)["data"]
    assert found["cast"][0]["looks"] == "looks at ['cast', 0, 'looks'] ['looks']"


def test_cast_objects_are_of_the_type_they_were_cast_to() -> None:
    assert [one["__typename"] for one in whole("{ cast { __typename } }")["data"]["cast"]] == ["Fish", "SmallFish", "Fish"]


def test_a_coroutine_of_a_plain_resolver_is_not_forgotten() -> None:
    schema = COROUTINES._schema
    for text in ("{ thing { word } }", "{ thing { words } }", "{ thing { itself { word words itself { word } } } }"):
        expected = answer(schema, Asked(text, {}), None, Core)
        assert b'"errors":[]' in expected
        assert answer(schema, Asked(text, {}), None, CompiledExecutor) == expected
    gc.collect()  # a warning would be an error here


def test_an_operation_that_middleware_watches_is_left_to_graphql_core() -> None:
    seen: list[str] = []

    def watch(next_: Any, source: Any, info: Any, **named: Any) -> Any:
        seen.append(info.field_name)
        return next_(source, info, **named)

    document = parse("{ pets { ...on Cat { id } } }")
    execute(ODD, document, context_value={"lot": Lot(3, 0)}, middleware=[watch], executor_class=CompiledExecutor)
    assert len(seen) > 1


def test_so_many_operations_are_kept() -> None:
    plans = Plans(most=3)
    executors = [CompiledExecutor.build(ODD, parse("{ pets { __typename } }")) for _ in range(5)]
    for executor in executors:
        assert isinstance(executor, CompiledExecutor)
        plans.plan(ODD, executor.operation, executor.fragments, executor.variable_values)
    assert len(plans) == 3


# --- the schema of mechkg -------------------------------------------------------------------------------------------------

ROOTS = (
    "graphVersion", "documents", "item", "belief", "assertions", "species", "allSpecies", "chemicals", "steps", "procedures",
    "observations", "claims", "hypothesisSpaces", "conflicts", "check", "why", "wholeSpace", "killMatrix", "report",
    "questions", "ask",
    "changeSet", "changeSets", "disagreements", "discussion", "history", "people", "me", "drafts", "acts", "versions", "releases",
    "release", "watches",
)  # fmt: skip
"""All but what takes long: experiments, every what if, impacts, signatures."""

WORDS: dict[str, list[Any]] = {
    "name": ["a", "turn", "b-seen", "small", "run", "only", "nothing", "claims-of-paper", "first"],
    "space": ["small", "small", "none"],
    "candidate": ["turns", "strays", "nobody"],
    "candidates": ["turns", "both"],
    "without": ["only", "prompt"],
    "ignoring": ["no-c", "b-seen"],
    "steps": ["turn", "slip"],
    "postulates": ["slow-turn"],
    "asOf": ["first", "40", "2999-01-01", "never"],
    "kind": ["chemical", "step", "elementary", "species", "thing"],
    "document": ["case-small", "other"],
    "text": ["A", "turn", "zzz"],
    "after": ["b", "turn"],
    "id": ["set-1", "draft-1"],
    "of": ["item:turn", "set:set-1", "document:case-small", "wrong"],
    "item": ["turn", "a"],
    "order": ["oldest", "newest", "wrong"],
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("small")
    # how long a search took is a part of its answer
    with (
        pytest.MonkeyPatch.context() as patch,
        Workspace(Ledger.open(folder / "ledger.db"), Store.open(None), folder) as workspace,
    ):
        employ(workspace.ledger)
        path = folder / "case.yaml"
        path.write_text(CASE, encoding="utf-8")
        [(_, corpus)] = read_corpus([path], frozenset({"AromaticHydrocarbonSolvent", "HydrocarbonSolvent"})).files
        import_corpus(workspace.ledger, corpus, path.name)
        patch.setattr(conflict_sets, "time", SimpleNamespace(monotonic=lambda: 0.0))
        release(workspace.ledger, ADA, "first")
        workspace.refresh()
        yield workspace


class AtOnce(CountedThreads):
    """Does at once what is given to a thread, so that all ends in one order: of two errors at the top, only the first is told."""

    def submit(self, act: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(act(*arguments, **named))
        except Exception as error:
            done.set_exception(error)
        return done

    def submit_shared(self, _: Hashable, work: Callable[[], Any]) -> Future[Any]:
        return self.submit(work)


@pytest.fixture(scope="module")
def threads() -> AtOnce:
    return AtOnce(1, "at once")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(asked=operations(REAL, WORDS, ROOTS), who=st.sampled_from([None, Caller("ada", "graphql")]))
def test_the_same_on_the_schema_of_mechkg(small: Workspace, threads: AtOnce, asked: Asked, who: Caller | None) -> None:
    assume(not validate(REAL, parsed(asked.text)))
    expected = answer(REAL, asked, Context(small, threads, who), Core)
    event("with errors" if b'"errors":[]' not in expected else "without errors")
    for _ in range(2):
        assert answer(REAL, asked, Context(small, threads, who), CompiledExecutor) == expected


def test_a_list_of_items_is_not_executed_by_graphql_core(
    small: Workspace, threads: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """{ assertions { totalCount
      nodes { __typename id content acceptedAt source { document { title authors } } ...on Step { kind } } } }"""
    expected = answer(REAL, Asked(text, {}), Context(small, threads), Core)
    done = counting(monkeypatch)
    assert answer(REAL, Asked(text, {}), Context(small, threads), CompiledExecutor) == expected
    assert done == []


def test_of_a_moment_of_the_past_below_a_plan(small: Workspace, threads: AtOnce) -> None:
    text = """{ a: item(name: "b", asOf: "first") { id }
      b: steps(asOf: "first") { nodes { products { item { label source { flag } } } } } }"""
    asked = Asked(text, {})
    expected = answer(REAL, asked, Context(small, threads), Core)
    assert b'"errors":[]' in expected
    assert answer(REAL, asked, Context(small, threads), CompiledExecutor) == expected
