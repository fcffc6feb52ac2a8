"""The rule files: what each rule must carry, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_a_positive_cycle_is_fine() -> None:
    check_stratified(parse_rules("p(X) :- q(X).\nq(X) :- p(X).\nr(X) :- s(X), not p(X).", "t.lp"))
