"""Proofs: what they rest on, what they show of what is not the case, and how they read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mechkg.model.verdict import ProofNode
from mechkg.reasoning.check import explain
from mechkg.reasoning.problem import Problem
from mechkg.reasoning.render import as_markdown, as_text, proof_lines, shortened
from tests.reasoning.conftest import observed
from tests.reasoning.stated import Row, seen, stated

Make = Callable[..., Problem]
NOT_SEEN = observed("o", "absent", "b", "p/promoter", 3600)
SEEN = observed("o", "present", "b", "p/promoter", 60)


def every(node: ProofNode) -> Iterator[ProofNode]:
    yield node
    for premise in node.premises:
        yield from every(premise)


def test_a_proof_ends_in_what_is_stated_assumed_chosen_or_absent(problem: Make) -> None:
    [proof] = explain(problem(NOT_SEEN), "yes").proofs
    leaves = [node for node in every(proof) if not node.premises]
    assert {leaf.standing for leaf in leaves} <= {"stated", "assumed", "chosen", "absent"}
    assert "words about o" in {quote for leaf in leaves for source in leaf.sources for quote in source.quotes}
    assert all(node.rule and node.soundness for node in every(proof) if node.standing == "derived")


def test_a_proof_never_rests_on_itself(problem: Make) -> None:
    def walk(node: ProofNode, above: frozenset[str]) -> None:
        assert node.atom is None or node.atom not in above or node.standing == "absent"
        for premise in node.premises:
            walk(premise, above | ({node.atom} if node.atom else set()))

    for observations in (NOT_SEEN, SEEN):
        for proof in explain(problem(observations), "yes").proofs:
            walk(proof, frozenset())


def test_an_absence_says_why(problem: Make) -> None:
    [proof] = explain(problem(SEEN), "no").proofs
    text = as_text(proof, full=True)
    assert "no B can be there in p/promoter" in text
    assert "Conversion is not part of this candidate" in text


def test_a_survivor_is_explained_by_what_had_to_be_so(problem: Make) -> None:
    found = explain(problem(SEEN), "yes")
    assert found.candidate.verdict == "survives"
    assert [proof.rule for proof in found.proofs] == ["as-expected"]


def test_the_short_form_drops_lines_and_no_assumption(problem: Make) -> None:
    [proof] = explain(problem(NOT_SEEN), "yes").proofs
    short, full = list(every(shortened(proof))), list(every(proof))
    assert len(short) < len(full)

    def assumed(nodes: list[ProofNode]) -> set[str]:
        return {node.sentence for node in nodes if node.standing == "assumed"}

    assert assumed(short) == assumed(full) != set()


def test_what_was_shown_is_not_shown_again(problem: Make) -> None:
    [proof] = explain(problem(NOT_SEEN), "yes").proofs
    lines = [text for _, text, _ in proof_lines(proof, full=True) if "(see above)" not in text]
    with_more = [text for _, text, node in proof_lines(proof, full=True) if node.premises]
    assert len(set(with_more)) == len(with_more) <= len(lines)


def test_markdown_quotes_the_paper(problem: Make) -> None:
    [proof] = explain(problem(NOT_SEEN), "yes").proofs
    text = as_markdown(proof)
    assert text.startswith("- B must be seen in p/promoter within 1 min")
    assert '> "words about o" (a paper, Figure 1)' in text


def test_json_holds_the_whole_tree(problem: Make) -> None:
    [proof] = explain(problem(NOT_SEEN), "yes").proofs

    def size(content: dict[str, object]) -> int:
        premises = content.get("premises", [])
        assert isinstance(premises, list)
        return 1 + sum(size(premise) for premise in premises)

    assert size(proof.as_json()) == len(list(every(proof)))


def test_a_line_that_only_repeats_the_one_beneath_it_is_left_out(problem: Make) -> None:
    for observations, candidate in ((NOT_SEEN, "yes"), (SEEN, "yes"), (SEEN, "no")):
        for proof in explain(problem(observations), candidate).proofs:
            assert not [n for n in every(proof) if len(n.premises) == 1 and n.premises[0].sentence == n.sentence]


def test_a_bare_line_is_left_out_under_a_line_that_it_stands_beside() -> None:
    on, closed = ProofNode("S is part of it", "chosen"), ProofNode("nothing else runs", "assumed")
    unaided = ProofNode("S needs no promoter", "derived", premises=(on, closed))
    shown = [
        (depth, sentence) for depth, sentence, _ in proof_lines(ProofNode("B forms", "derived", premises=(on, unaided, closed)))
    ]
    # an assumption is told wherever it is needed
    assert shown == [
        (0, "B forms"),
        (1, "S is part of it"),
        (1, "S needs no promoter"),
        (2, "nothing else runs"),
        (1, "nothing else runs"),
    ]


def promoted(*rows: Row, promoter: str, medium: str) -> str:
    steps = {"turn": (("a",), ("b",))}
    there: list[Row] = [("charged", "p/g", "a"), ("charged", "p/g", "helper"), ("charged", "p/g", "oil")]
    asked = stated(*there, *seen("o", "present", "b"), *rows, ("needs_promoter", "turn", promoter, medium), steps=steps)
    return as_text(explain(asked, "all").proofs[0], full=True)


def test_what_promotes_by_itself_and_where_is_said_plainly() -> None:
    oil, kind = ("is_a", "oil", "Solvent"), ("is_a", "helper", "PrimaryAmine")
    assert "helper promotes turn in p/g\n" in promoted(promoter="helper", medium="Chemical")
    assert "turn is promoted by helper in any medium\n" in promoted(promoter="helper", medium="Chemical")
    assert "helper promotes turn in p/g, a dispersion in oil\n" in promoted(oil, promoter="helper", medium="Solvent")
    by_class = promoted(kind, promoter="PrimaryAmine", medium="Chemical")
    assert "helper, being a PrimaryAmine, promotes turn in p/g\n" in by_class
    both = promoted(kind, oil, promoter="PrimaryAmine", medium="Solvent")
    assert "helper, being a PrimaryAmine, promotes turn in p/g, a dispersion in oil\n" in both
