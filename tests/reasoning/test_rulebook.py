"""The rule files: what each rule must carry, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mechkg.errors import RuleError
from mechkg.reasoning.engine import parse_rules
from mechkg.reasoning.facts import COMPUTED_FROM
from mechkg.reasoning.predicates import PREDICATES
from mechkg.reasoning.rulebook import SOUNDNESS, check_stratified, read_rulebook

GOOD = "%@ a-rule\n%@ says: {S} can be there in {G}\n%@ soundness: sound\npossible(S,G) :- holds(G,S).\n"


def test_every_shipped_rule_has_sentence_and_label() -> None:
    book = read_rulebook()
    assert len({rule.name for rule in book.rules}) == len(book.rules) > 60
    for rule in book.rules:
        assert rule.soundness in SOUNDNESS
        assert rule.says[0] != " "


def test_every_predicate_of_the_table_is_used_and_every_fact_has_its_query() -> None:
    from mechkg.assets import queries_dir

    used = set()
    for rule in read_rulebook().rules:
        used.add(rule.text.head.name)
        for premise in rule.text.premises:
            for atom in (getattr(premise, "atom", None), getattr(premise, "condition", None)):
                if atom is not None:
                    used.add(atom.name)
    chosen_only = {"optional", "assumption", "postulate"}
    assert set(PREDICATES) - used <= chosen_only
    facts = {p.name for p in PREDICATES.values() if p.origin == "fact"}
    assert {path.stem for path in (queries_dir() / "facts").glob("*.rq")} == facts | set(COMPUTED_FROM)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("possible(S,G) :- holds(G,S).\n", "has no name"),
        (GOOD.replace("%@ says: {S} can be there in {G}\n", ""), "has no says"),
        (GOOD.replace("soundness: sound", "soundness: certain"), "'certain' is no label"),
        (GOOD.replace("{S}", "{Q}"), "uses Q"),
        (GOOD.replace("holds(G,S)", "hold(G,S)"), "no predicate 'hold'.*did you mean 'holds'"),
        (GOOD.replace("holds(G,S)", "holds(G,S,S)"), "takes 2 arguments"),
        (
            GOOD.replace("holds(G,S).", 'holds(G,S), not observed("o","present",S,G).'),
            "1.lp:4: 'not observed' takes what nobody stated for a no",
        ),
        (GOOD + GOOD, "two rules are called 'a-rule'"),
    ],
)
def test_an_incomplete_rule_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "1.lp").write_text(text)
    with pytest.raises(RuleError, match=message):
        read_rulebook(tmp_path)


def test_a_cycle_through_negation_is_refused_by_its_predicates() -> None:
    rules = parse_rules("ended(S,G) :- left(S,G), not possible(S,G).\npossible(S,G) :- holds(G,S), not ended(S,G).", "t.lp")
    with pytest.raises(RuleError, match="ended, possible depend on their own absence"):
        check_stratified(rules)


NAMES = ("p", "q", "r", "s", "t")
NEEDS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(("{}(X)", "not {}(X)", "s(Y) : {}(Y)"))), max_size=7
)


@settings(max_examples=300, deadline=None)
@given(NEEDS)
@example([("p", "q", "{}(X)"), ("q", "p", "s(Y) : {}(Y)")])
@example([("p", "p", "not {}(X)"), ("q", "r", "{}(X)"), ("r", "q", "{}(X)")])
def test_what_is_refused_is_a_cycle_through_an_absence_and_it_is_named(needs: list[tuple[str, str, str]]) -> None:
    """Against the definition: a predicate that leads back to itself, through an absence or a condition on the way."""
    rules = [f"{head}(X) :- u(X), {form.format(name)}." for head, name, form in needs]
    below = {(head, name) for head, name, _ in needs} | {(head, "s") for head, _, form in needs if ":" in form}
    strict = {(head, name) for head, name, form in needs if form != "{}(X)"}
    reach = set(below)
    while more := {(a, d) for a, b in reach for c, d in below if b == c} - reach:
        reach |= more
    cycles = [
        {head, *(n for n in NAMES if {(head, n), (n, head)} <= reach)}
        for head, name in strict
        if (name, head) in reach or name == head
    ]
    try:
        check_stratified(parse_rules("\n".join(rules), "t.lp"))
    except RuleError as error:
        match = re.fullmatch(r"the rules are not stratified: (.*) depend on their own absence", str(error))
        assert match is not None
        assert set(match[1].split(", ")) in cycles
    else:
        assert cycles == []


def test_a_positive_cycle_is_fine() -> None:
    check_stratified(parse_rules("p(X) :- q(X).\nq(X) :- p(X).\nr(X) :- s(X), not p(X).", "t.lp"))
