"""Reports over GraphQL say what the service says."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from mechkg.api.enums import graphql_name
from mechkg.model.hypothesis import Candidate
from mechkg.model.report import Whole
from mechkg.service.check import check
from mechkg.service.matrix import as_csv, classes, matrix
from mechkg.service.next_experiment import next_experiment
from mechkg.service.what_if import what_if
from mechkg.service.workspace import Workspace
from tests.api.test_app import ask, data

SPACE = "cdtese-msc399"
SMALL = "cdse-platelets"


def test_check_takes_premises_away_and_puts_candidates_together(client: TestClient, shipped: Workspace) -> None:
    query = """query ($space: String!, $without: [String!], $ignoring: [String!], $postulates: [String!]) {
      check(space: $space, candidates: [], without: $without, ignoring: $ignoring, steps: [], postulates: $postulates) {
        withdrawn { localName } ignored { localName } cannotRefute { localName }
        candidates { localName postulates verdict } } }"""
    space = "cds-hpph2"
    [claim, *_] = shipped.catalog.space(space).postulates
    asked = {"space": space, "without": [], "ignoring": ["s-n4r2-o1"], "postulates": [claim.id]}
    found = data(client, query, **asked)["check"]
    assert [o["localName"] for o in found["ignored"]] == ["s-n4r2-o1"]
    [own] = found["candidates"]
    own_verdict = check(shipped, space, ignoring=["s-n4r2-o1"], steps=[], postulates=[claim.id]).candidates[0]
    assert (own["localName"], own["postulates"], own["verdict"]) == ("ad-hoc", [claim.id], graphql_name(own_verdict.verdict))
    [error] = ask(client, query, **(asked | {"postulates": [f"{claim.id}x"]}))["errors"]
    assert error["extensions"] == {"code": "mechkg.not_found", "hint": f"did you mean '{claim.id}'?"}


def test_the_whole_space(client: TestClient) -> None:
    query = """query ($without: [String!]) { wholeSpace(space: "cdtese-msc399", without: $without) {
      choices candidates survivors exact method completeUpTo markdown
      standing { standing member { name kind step { localName } words } }
      minimalSurvivors { named members { name } } ruledOutBy { name candidates observation { localName } } } }"""
    found = data(client, query)["wholeSpace"]
    assert (found["choices"], found["candidates"], found["exact"], found["completeUpTo"]) == (12, 4096, True, 12)
    required = [s["member"] for s in found["standing"] if s["standing"] == "REQUIRED"]
    assert [(m["name"], m["step"]["localName"]) for m in required] == [("cdse-pc-fragmentation", "cdse-pc-fragmentation")]
    assert f"{found['survivors']} of them survive." in found["markdown"]
    assert any(m["named"] == "Eq 1, CdSe PC feeding CdSe M/F [eq1]" for m in found["minimalSurvivors"])
    counts = [killer["candidates"] for killer in found["ruledOutBy"]]
    assert counts == sorted(counts, reverse=True)
    assert data(client, query, without=["only-listed-steps"])["wholeSpace"]["survivors"] > found["survivors"]


def test_a_count_beyond_32_bits_is_a_number(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(*_: object, **__: object) -> Whole:
        return Whole(40, 2**40, 2**38, {}, (), 40, method="decision diagram")

    monkeypatch.setattr("mechkg.service.whole_space.work_out", counted)
    found = data(client, '{ wholeSpace(space: "cdse-platelets") { candidates survivors } }')["wholeSpace"]
    assert found == {"candidates": 2**40, "survivors": 2**38}


def test_the_kill_matrix(client: TestClient, shipped: Workspace) -> None:
    query = """query ($space: String!) { killMatrix(space: $space) {
      observations rows { candidate roles } classes rateLaws { law candidates } csv markdown } }"""
    found = data(client, query, space=SPACE)["killMatrix"]
    table, _ = matrix(shipped, SPACE)
    assert found["observations"] == list(table.observations)
    assert [row["candidate"] for row in found["rows"]] == list(table.candidates)
    assert [tuple(row["roles"]) for row in found["rows"]] == [tuple(map(graphql_name, roles)) for roles in table.roles]
    assert [tuple(names) for names in found["classes"]] == list(classes(table))
    assert found["csv"] == as_csv(table)
    assert found["rateLaws"] == []
    assert found["markdown"].startswith("# Kill matrix\n")


CONFLICTS = """query ($candidate: String, $steps: [String!], $without: [String!], $budget: Float!) {
  conflictSets(space: "cdtese-msc399", candidate: $candidate, steps: $steps, without: $without, budget: $budget) {
    candidate verdict complete hopeless seconds summary markdown
    first { lines steps { localName } missingSteps { localName } postulates missingPostulates
      assumptions { localName } observations { localName } }
    sets { assumptions { localName } observations { localName } }
    repairs { sentence assumptions { localName } observations { localName } } } }"""


def test_conflict_sets_and_repairs(client: TestClient, shipped: Workspace) -> None:
    found = data(client, CONFLICTS, candidate="pc-pc", budget=30.0)["conflictSets"]
    assert (found["verdict"], found["complete"], found["hopeless"]) == ("RULED_OUT", True, False)
    assert [step["localName"] for step in found["first"]["steps"]] == ["add-pc-pc"]
    assert "which are all there are" in found["summary"]
    assert found["sets"]
    smallest = found["repairs"][0]
    assert smallest["sentence"].startswith("pc-pc returns if these two go: the assumption")
    gone = {
        "without": [a["localName"] for a in smallest["assumptions"]],
        "ignoring": [o["localName"] for o in smallest["observations"]],
    }
    assert check(shipped, SPACE, candidates=["pc-pc"], **gone).candidates[0].verdict == "survives"  # type: ignore[arg-type]


def test_conflict_sets_that_are_cut_say_so(client: TestClient) -> None:
    found = data(client, CONFLICTS, candidate="eq2", budget=0.0)["conflictSets"]
    assert not found["complete"]
    assert found["first"]["lines"]
    assert "the search was ended by its budget" in found["summary"]


def test_conflict_sets_of_what_survives_and_of_ones_own(client: TestClient) -> None:
    found = data(client, CONFLICTS, candidate="eq1", budget=1.0)["conflictSets"]
    assert (found["verdict"], found["first"], found["sets"], found["complete"]) == ("SURVIVES", None, [], True)
    own = data(client, CONFLICTS, steps=["step-1", "step-2"], budget=0.0)["conflictSets"]
    assert (own["candidate"], own["verdict"]) == ("ad-hoc", "RULED_OUT")


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"candidate": "eq2", "budget": 1000.0}, "mechkg.bad_input"),
        ({"candidate": "eq2", "budget": -1.0}, "mechkg.bad_input"),
        ({"budget": 0.0}, "mechkg.bad_input"),
        ({"candidate": "eq2", "steps": ["step-1"], "budget": 0.0}, "mechkg.bad_input"),
        ({"candidate": "eq22", "budget": 0.0}, "mechkg.not_found"),
    ],
)
def test_what_cannot_be_asked(client: TestClient, variables: dict[str, object], code: str) -> None:
    [error] = ask(client, CONFLICTS, **variables)["errors"]
    assert error["extensions"]["code"] == code


def test_what_if(client: TestClient, shipped: Workspace) -> None:
    query = f"""{{ whatIf(space: "{SPACE}") {{ tried unchanged {{ kind name item {{ localName }} }}
      flips {{ what {{ kind name item {{ localName }} }} changes {{ candidate before after }} }}
      weakest {{ candidate backing premise {{ kind name item {{ localName }} }} }} }} }}"""
    found = data(client, query)["whatIf"]
    value, _ = what_if(shipped, SPACE)
    assert found["tried"] == value.tried == len(found["flips"]) + len(found["unchanged"])
    assert [(f["what"]["kind"], f["what"]["item"]["localName"]) for f in found["flips"]] == [
        (graphql_name(f.kind), f.name) for f in value.flips
    ]
    assert found["flips"][0]["changes"][0] == {"candidate": "eq1", "before": "SURVIVES", "after": "RULED_OUT"}
    weakest = {w["candidate"]: w for w in found["weakest"]}
    assert weakest["eq1"]["premise"]["item"]["localName"] == "driven-fragmentation-is-faster"
    assert weakest["eq1"]["backing"] == "SILENT"
    assert weakest["eq2"]["premise"] is None


def test_why_not(client: TestClient) -> None:
    query = """query ($predicate: String, $about: String, $at: String) {
      whyNot(space: "cdtese-msc399", candidate: "eq1", predicate: $predicate, about: $about, at: $at) {
        candidate graphVersion answers { asked holds others proof { sentence standing text } } } }"""
    found = data(client, query, predicate="conflict(z-f2-o10)")["whyNot"]
    assert found["candidate"] == "eq1"
    none, unseen = found["answers"]
    assert (none["holds"], unseen["asked"], unseen["holds"]) == (False, 'expected("cdse-msc-415","z-f2/a-ota","_")', False)
    assert "is outrun in" in unseen["proof"]["text"]
    [error] = ask(client, query, about="CdTe MSC-371")["errors"]
    assert error["extensions"]["code"] == "mechkg.bad_input"


def test_the_next_experiment(client: TestClient, shipped: Workspace) -> None:
    query = """{ nextExperiment(space: "cdtese-one-pot") { survivors { name words } considered totalCount markdown
      experiments(first: 1) { name kind base title change worst expected hours shown separates { one other } maySeparate { one }
        readouts { label species { localName } predicted { survivor predicts meaning } } }
      smallestSet { name } pairs { one other experiment surely } indistinguishable { one other } } }"""
    found = data(client, query)["nextExperiment"]
    plan, _ = next_experiment(shipped, "cdtese-one-pot")
    assert [s["name"] for s in found["survivors"]] == list(plan.survivors)
    assert (found["considered"], found["totalCount"]) == (plan.considered, len(plan.experiments))
    [best] = found["experiments"]
    assert best["separates"] == [{"one": "heating-up", "other": "no-product"}]
    assert [(p["survivor"], p["predicts"]) for p in best["readouts"][0]["predicted"]] == [
        ("heating-up", "LIKELY"),
        ("no-product", "NONE"),
    ]
    assert found["smallestSet"] == [{"name": best["name"]}]
    assert found["pairs"] == [{"one": "heating-up", "other": "no-product", "experiment": best["name"], "surely": True}]
    assert found["indistinguishable"] == []
    assert "If CdTeSe MSC-399 is seen, B is ruled out" in found["markdown"]


def test_the_report_has_every_part(client: TestClient) -> None:
    query = f"""{{ report(space: "{SMALL}", budget: 1) {{ space
      check {{ cannotRefute {{ localName }}
        candidates {{ localName verdict explained {{ localName }} permitted {{ localName }} silent {{ localName }} }} }}
      wholeSpace {{ survivors }} killMatrix {{ rows {{ candidate }} }} conflictSets {{ candidate verdict complete }}
      whatIf {{ tried }} nextExperiment {{ considered }} markdown json }} }}"""
    found = data(client, query)["report"]
    out = [c["localName"] for c in found["check"]["candidates"] if c["verdict"] == "RULED_OUT"]
    assert [sets["candidate"] for sets in found["conflictSets"]] == out != []
    assert all(sets["complete"] for sets in found["conflictSets"])
    assert "\n## The next experiment\n" in found["markdown"]
    assert found["json"]["whole"]["survivors"] == found["wholeSpace"]["survivors"]
    assert found["json"]["what_if"]["tried"] == found["whatIf"]["tried"]
    [error] = ask(client, '{ report(space: "cdse-platelet") { space } }')["errors"]
    assert error["extensions"] == {"code": "mechkg.not_found", "hint": "did you mean 'cdse-platelets'?"}


def test_a_proof_in_every_form(client: TestClient) -> None:
    query = """{ why(space: "cdtese-msc399", candidate: "eq2") { graphVersion
      proofs(observation: "s-n5f-o3") { text full: text(full: true) markdown tree svg citation } } }"""
    proofs = data(client, query)["why"]["proofs"]
    assert proofs
    for proof in proofs:
        assert len(proof["full"]) >= len(proof["text"])
        assert proof["markdown"].startswith(f"- {proof['tree']['sentence']}")
        assert ElementTree.fromstring(proof["svg"]).tag.endswith("svg")
    first = data(client, '{ why(space: "cdtese-msc399", candidate: "eq2") { proofs(first: 2) { sentence } } }')["why"]["proofs"]
    assert len(first) == 2


def test_a_space_names_its_claims(client: TestClient, shipped: Workspace) -> None:
    query = """{ hypothesisSpaces { nodes { localName postulates { localName statement kind }
      candidates { localName postulates { localName } } } } }"""
    found = {space["localName"]: space for space in data(client, query)["hypothesisSpaces"]["nodes"]}
    value = shipped.catalog.space("cds-hpph2")
    assert [p["localName"] for p in found["cds-hpph2"]["postulates"]] == [p.id for p in value.postulates]
    candidates: dict[str, Candidate] = {c.id: c for c in value.candidates}
    assert all(
        {p["localName"] for p in c["postulates"]} == {*candidates[c["localName"]].postulates}
        for c in found["cds-hpph2"]["candidates"]
    )
