"""The commands that read, show and move what papers claim: disagreements, belief, read, table, reference."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.service.reading import TEXT, opened


def test_disagreements_show_sides_laboratories_and_the_tolerance(mechkg: Run) -> None:
    shown = mechkg("disagreements")
    assert shown.returncode == 0, shown.stderr
    assert "4 disagreements among what counts" in shown.stdout
    assert "Bands no further apart than 3 nm are taken for one, which is a decision" in " ".join(shown.stdout.split())
    wider = json.loads(mechkg("disagreements", "--tolerance", "5 nm", "--json").stdout)
    assert wider["tolerance"] == "5 nm" and wider["joins"]
    side = wider["disagreements"][0]["sides"][0]
    assert 0 < side["belief"]["belief"] < 1 and side["belief"]["in_words"]


def test_one_disagreement_shows_its_sums_and_an_unknown_one_the_nearest(mechkg: Run) -> None:
    name = json.loads(mechkg("disagreements", "--json").stdout)["disagreements"][0]["id"]
    shown = mechkg("disagreements", name).stdout
    assert "supported: 1 − (1 − " in shown and "counted as one laboratory" in shown
    wrong = mechkg("disagreements", f"{name}s")
    assert wrong.returncode == 2 and f"did you mean '{name}'" in wrong.stderr
    assert mechkg("disagreements", name, "--open").returncode == 2


def test_belief_shows_its_sum(mechkg: Run) -> None:
    found = json.loads(mechkg("belief", "eq-2", "--json").stdout)
    assert found["item"] == "eq-2" and found["supports"] and found["refutes"]
    assert abs(sum(found["shares"].values()) - 1) < 1e-5
    assert found["in_words"][-2].startswith("belief: ") or found["in_words"][-1].startswith("belief: ")
    assert "belief: " in mechkg("belief", "eq-2").stdout


def test_tables_go_out_and_come_back_unchanged(mechkg: Run, tmp_path: Path) -> None:
    for form in ("csv", "xlsx"):
        file = tmp_path / f"claims.{form}"
        assert mechkg("table", "export", "claims", "-o", str(file)).returncode == 0
        back = mechkg("table", "import", str(file), "--json")
        found = json.loads(back.stdout)
        assert back.returncode == 0 and not found["findings"] and not found["changed"] and len(found["unchanged"]) > 200
    assert "id,document," in mechkg("table", "export", "material").stdout
    assert mechkg("table", "export", "disagreements").stdout.startswith("disagreement,")
    assert mechkg("table", "export", "compositions").stdout.startswith("material,")


def test_a_table_with_mistakes_names_them_and_ends_with_1(mechkg: Run, tmp_path: Path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text("id,kind,abuot\nnew,model,x\n", encoding="utf-8")
    shown = mechkg("table", "import", str(file), "--kind", "claim", "--document", "zhang2020")
    assert shown.returncode == 1
    assert "claims.csv:1: error: there is no column 'abuot' [table.unknown-column] (did you mean 'about'?)" in shown.stderr
    assert "Nothing was changed" in shown.stdout


def test_the_line_of_a_mistake_is_no_emoji(mechkg: Run, tmp_path: Path) -> None:
    file = tmp_path / "claims.csv"
    file.write_text("id,statement\n" + "\n" * 98 + ",x\n", encoding="utf-8")
    shown = mechkg("table", "import", str(file), "--kind", "claim", "--document", "zhang2020")
    assert "claims.csv:100: error" in shown.stderr, shown


def test_a_table_that_is_not_there(mechkg: Run, tmp_path: Path) -> None:
    assert "did you mean 'claim'" in mechkg("table", "export", "clam").stderr
    assert mechkg("table", "import", str(tmp_path / "none.csv")).returncode == 2
    assert "did you mean 'xlsx'" in mechkg("table", "export", "claim", "-o", str(tmp_path / "a.xls")).stderr


def test_a_paper_is_read(mechkg: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.txt"
    file.write_text("After 2 h at 50 °C no CdTe MSC-371 was seen in toluene.\n", encoding="utf-8")
    shown = mechkg("read", str(file))
    assert shown.returncode == 0, shown.stderr
    assert "cdte-msc-371" in shown.stdout and "not said: at" in shown.stdout
    found = json.loads(mechkg("read", str(file), "--json").stdout)
    assert found["new_document"] and found["suggestions"][0]["missing"] == ["at"] and found["proposed"] == []


def test_the_words_by_which_an_observation_was_put_at_a_stage_are_shown(mechkg: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.txt"
    file.write_text("After the addition of 0.7 mL of OTA (Figure 1b), CdTe MSC-371 appeared.\n", encoding="utf-8")
    shown = mechkg("read", str(file), "--document", "zhang2020")
    assert "at z-f1/add-ota" in shown.stdout
    assert "z-f1/add-ota is the only stage that fits '0.7 mL', 'addition of 0.7 mL of OTA'" in " ".join(shown.stdout.split())


def test_what_is_incomplete_becomes_a_draft(process: Run, tmp_path: Path) -> None:
    home, file, draft = tmp_path / "home", tmp_path / "known.txt", tmp_path / "draft.json"
    file.write_bytes(TEXT)
    with opened(home):
        pass

    def mechkg(*arguments: str) -> str:
        done = process(*arguments, home=home)
        assert done.returncode == 0, done.stderr
        return done.stdout

    shown = " ".join(mechkg("read", str(file), "--propose", "--as", "ben").split())
    assert "Proposed, as made by a machine: 1 change set (set-" in shown
    assert "Incomplete, so saved as yours to complete: 2 drafts (draft-1 to draft-2)." in shown
    assert "Read in known.txt: absent ab-311" in mechkg("curate", "draft", "list", "--as", "ben")
    content = json.loads(mechkg("curate", "draft", "show", "draft-1", "--as", "ben"))["content"]
    assert content["machine"]["missing"] == ["at"]
    content["observations"][0]["at"] = ["p/s"]
    draft.write_text(json.dumps(content), encoding="utf-8")
    mechkg("curate", "draft", "save", str(draft), "--draft", "draft-1", "--as", "ben")
    made = json.loads(mechkg("curate", "draft", "propose", "draft-1", "--as", "ben", "--json"))
    assert made["machine"]["reader"] == "mechkg sentence patterns"
    again = mechkg("read", str(file), "--json")
    assert [each["standing"] for each in json.loads(again)["suggestions"]] == ["proposed", "new", "proposed"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--only", "1"), "say --propose too"),
        (("--propose", "--only", "one"), "is no number"),
        (("--propose", "--fill", "at=x"), "gives no field"),
    ],
)
def test_what_read_cannot_do(mechkg: Run, tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    file = tmp_path / "new.txt"
    file.write_text("Nothing.", encoding="utf-8")
    shown = mechkg("read", str(file), *arguments)
    assert shown.returncode == 2 and message in shown.stderr


def test_a_reference_needs_leave_to_use_the_network(mechkg: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MECHKG_NETWORK", raising=False)
    shown = mechkg("reference", "10.1000/xyz")
    assert shown.returncode == 2 and "MECHKG_NETWORK=crossref" in shown.stderr
    assert "is no DOI" in mechkg("reference", "xyz").stderr
    assert "say --cited-by too" in mechkg("reference", "10.1000/xyz", "--id", "a").stderr
