"""A release is the same through every door and in every form, and comes back as it was, or not at all."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import httpx2
import pytest

import mechkg
from mechkg.api.app import create_app
from mechkg.cli.main import main
from mechkg.cli.output import print_shown
from mechkg.curation.enrol import enrol
from mechkg.curation.ledger import Ledger
from mechkg.curation.release import release
from mechkg.errors import BadInputError, ForbiddenError, MechkgError, NotFoundError, RefusedActError, TooLargeError
from mechkg.graph.check_nanopublication import check_file
from mechkg.graph.export_release import MANIFEST, RETRACTIONS, TURTLE
from mechkg.graph.import_release import FILES, Form, read_release
from mechkg.graph.namespaces import NPX
from mechkg.graph.store import Store, Syntax, read
from mechkg.graph.terms import Triple, value_of
from mechkg.model.person import Caller
from mechkg.service.check import as_json, check
from mechkg.service.export_release import export_release
from mechkg.service.import_release import LARGEST, import_files, import_release
from mechkg.service.load_corpus import load_corpus
from mechkg.service.release import all_releases, find_release
from mechkg.service.restore import restore
from mechkg.service.retract import retract
from mechkg.service.show import show
from mechkg.service.watches import Hypothesis, watch, watches_of
from mechkg.service.workspace import Workspace
from tests.api.changing import SEEN_C, load, opened
from tests.api.serving import serving
from tests.curation.staff import ADA, BEN, CLEO
from tests.small_case import SPACE

EVE = Caller("eve", "shell")
FORMS_OF_RDF: dict[Form, Syntax] = {"trig": "trig", "n-quads": "n-quads", "json-ld": "json-ld"}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The small case, released as '1', then changed and released as '2'."""
    with opened(tmp_path) as workspace:
        release(workspace.ledger, ADA, "1", note="the first")
        load(workspace.ledger, SEEN_C, tmp_path)
        release(workspace.ledger, ADA, "2")
        yield workspace


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Workspace]:
    """Another installation, with one administrator and nothing else."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with Workspace(Ledger.open(folder / "ledger.db"), Store.open(None), folder) as workspace:
        enrol(workspace.ledger, EVE, "eve", name="Eve")
        yield workspace


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "key.pem"
    command = ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def content(records: Any) -> dict[str, Any]:
    """Return what matters of assertions: id -> kind, document, body."""
    return {r.id: (r.kind, r.document, r.body) for r in records}


def tells_order(triple: Triple) -> bool:
    """Say whether a triple tells in which order something is listed, which only what is published does."""
    return "/order/" in triple[0] or "/order/" in triple[2]


# --- the same through every door ----------------------------------------------------------------------------------------


def over_graphql(address: str) -> dict[str, Any]:
    """Return what release 1 holds, asked for over HTTP page by page."""
    query = """query ($after: String) { assertions(asOf: "1", first: 500, after: $after) {
      nodes { itemKind assertionId content source { document { localName } } } pageInfo { hasNextPage endCursor } } }"""
    found: dict[str, Any] = {}
    after, more = None, True
    with httpx2.Client(base_url=address) as client:
        while more:
            answer = client.post("/graphql", json={"query": query, "variables": {"after": after}}).json()
            page = answer["data"]["assertions"]
            for node in page["nodes"]:
                kind = node["itemKind"].lower()
                found[node["assertionId"]] = (kind, node["source"]["document"]["localName"], node["content"])
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


def over_sparql(address: str) -> set[Triple]:
    """Return what the assertions of release 1 say, asked for by the SPARQL protocol."""
    query = """construct { ?s ?p ?o } where { graph ?g { ?s ?p ?o } filter(strends(str(?g), "#assertion")) }"""
    form = {"query": query, "asOf": "1"}
    answer = httpx2.post(f"{address}/sparql", data=form, headers={"Accept": "application/n-triples"}, timeout=60)
    assert answer.status_code == 200 and "mechkg-result-cut" not in answer.headers
    return {quad[:3] for quad in read(answer.content, "n-triples")}


def test_one_release_through_every_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python, the shell, GraphQL, SPARQL, the client, all forms of the files, and an empty home that imports them: the corpus."""
    with Workspace.open(tmp_path / "home") as workspace:
        load_corpus(workspace)
        enrol(workspace.ledger, ADA, "ada", name="Ada")
        release(workspace.ledger, ADA, "1")
        entries = workspace.at("1").catalog.entries.values()
        first, *_ = (entry for entry in entries if entry.kind == "claim")
        retract(workspace, ADA, first.record.id, code="misread", reason="after the release")
        python = content(entry.record for entry in entries)
        assert len(python) == len(workspace.catalog.entries) + 1 > 1000

        export_release(workspace.ledger, "1", tmp_path / "release")
        for form in get_args(Form):
            assert content(record for record, _ in read_release(tmp_path / "release", form).accepted) == python, form

        # Turtle leaves out where things come from: of all else it says what the graph says that Python is answered from
        graph = {quad[:3] for quad in workspace.at("1").store.quads() if quad[3].endswith("#assertion>")}
        turtle = {quad[:3] for quad in read((tmp_path / "release" / TURTLE).read_bytes(), "turtle")}
        assert {triple for triple in turtle if not tells_order(triple)} == graph

        for form in get_args(Form):
            with Workspace.open(tmp_path / f"home-{form}") as fresh:
                enrol(fresh.ledger, EVE, "eve", name="Eve")
                import_release(fresh, EVE, tmp_path / "release", form=form)
                assert content(entry.record for entry in fresh.catalog.entries.values()) == python, form
                there = {quad[:3] for quad in fresh.store.quads() if quad[3].endswith("#assertion>")}
                assert there == graph, form

        with serving(create_app(workspace)) as address, mechkg.connect(address, as_of="1") as remote:
            assert over_graphql(address) == python
            assert {a.assertion: (a.kind, a.document, a.content) for a in remote.assertions()} == python
            assert over_sparql(address) == graph

        monkeypatch.setattr(Workspace, "open", lambda *_, **__: workspace)
        monkeypatch.setattr(workspace, "close", lambda: None)
        shell = {}
        for entry in entries:
            print_shown(show(workspace.at("1"), entry.id), as_json=True)
            shown = json.loads(capsys.readouterr().out)
            shell[shown["assertion"]] = (shown["kind"], shown["document"], shown["body"])
        assert shell == python
        monkeypatch.setattr(sys, "argv", ["mechkg", "show", first.id, "--as-of", "1", "--json"])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        assert json.loads(capsys.readouterr().out)["body"] == first.record.body
        monkeypatch.undo()


# --- what it takes back ---------------------------------------------------------------------------------------------------


def said_in(path: Path, syntax: Syntax, predicate: str) -> set[tuple[str, str]]:
    """Subject and object of all that is said with a predicate of nanopublications."""
    return {(s, o) for s, p, o, _ in read(path.read_bytes(), syntax) if p == f"<{NPX}{predicate}>"}


@pytest.mark.parametrize("signed", [False, True])
def test_a_later_release_names_what_it_takes_back(workspace: Workspace, tmp_path: Path, key: Path, signed: bool) -> None:
    gone = workspace.catalog.entries["no-d"].record
    act = retract(workspace, ADA, gone.id, code="misread", reason="not in the figure")
    release(workspace.ledger, ADA, "3")
    one, two, three = (tmp_path / name for name in "123")
    for folder in (one, two, three):
        export_release(workspace.ledger, folder.name, folder, key=key if signed else None)
    name_of = {}
    for folder in (one, two, three):
        with (folder / "csv" / "observation.csv").open(encoding="utf-8", newline="") as lines:
            name_of[folder] = {row["id"]: (row["nanopublication"], row["supersedes"]) for row in csv.DictReader(lines)}
    (old, nothing), (new, older) = name_of[one]["no-c"], name_of[two]["no-c"]
    assert (nothing, json.loads(older)) == ("", [old])
    assert name_of[three]["no-c"] == (new, older)  # one and the same in every release that holds it
    for folder, expected in ((one, set()), (two, {(f"<{new}>", f"<{old}>")}), (three, {(f"<{new}>", f"<{old}>")})):
        for form, syntax in FORMS_OF_RDF.items():
            assert said_in(folder / FILES[form], syntax, "supersedes") == expected
    assert said_in(one / RETRACTIONS, "trig", "retracts") == said_in(two / RETRACTIONS, "trig", "retracts") == set()
    (retracted,) = said_in(three / RETRACTIONS, "trig", "retracts")
    assert retracted == ("<https://w3id.org/mechkg/agent/ada>", f"<{name_of[two]['no-d'][0]}>")
    told = {p[1:-1].rpartition("#")[2]: value_of(o) for _, p, o, _ in read((three / RETRACTIONS).read_bytes(), "trig")}
    assert (told["ledgerId"], told["ledgerPosition"], told["reason"]) == (gone.id, act.position, "not in the figure")
    for path in (two / TRIG, three / TRIG, three / RETRACTIONS):
        checked = check_file(path)
        assert checked.findings == () and checked.trusty == checked.names
        assert len(checked.signed) == (len(checked.names) if signed else 0)
    for form in get_args(Form):
        assert list(read_release(three, form).accepted) == workspace.ledger.accepted_with_acts()


# --- out and in -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", get_args(Form))
def test_it_comes_back_as_it_was(workspace: Workspace, elsewhere: Workspace, tmp_path: Path, form: Form) -> None:
    folder = tmp_path / "release"
    manifest = export_release(workspace.ledger, "1", folder)
    assert (manifest.release, manifest.position) == ("1", all_releases(workspace.ledger)[0].position)
    report = import_release(elsewhere, EVE, folder, form=form)
    then = workspace.at("1")
    assert (report.accepted, report.superseded, report.unchanged) == (len(then.catalog.entries), 0, 0)
    assert content(elsewhere.ledger.accepted().values()) == content(e.record for e in then.catalog.entries.values())
    here, there = (as_json(check(view, SPACE)) for view in (elsewhere, then))
    assert {**here, "graph_version": 0} == {**there, "graph_version": 0}
    # provenance: each accepting act carries the one by which it was accepted there
    acts = {a.assertion: a for a in workspace.ledger.acts() if a.kind == "accept" and a.assertion}
    for act in elsewhere.ledger.acts():
        if act.kind == "accept" and act.assertion:
            original = acts[act.assertion]
            assert act.content is not None
            assert act.content["there"]["digest"] == original.digest
            assert act.content["there"]["position"] == original.position
            assert act.content["there"]["by"] == original.actor
            assert act.reason == f"in release 1: accepted by {original.actor} on {original.at.date().isoformat()}"
            assert (act.actor, act.door, act.batch) == ("eve", "shell", report.batch)
    again = import_release(elsewhere, EVE, folder, form=form)
    assert (again.batch, again.accepted, again.unchanged) == (None, 0, report.accepted)
    assert elsewhere.ledger.verify_chain() is None


def test_a_later_release_takes_the_place_of_an_earlier_one(workspace: Workspace, elsewhere: Workspace, tmp_path: Path) -> None:
    for name in ("1", "2"):
        export_release(workspace.ledger, name, tmp_path / name)
    import_release(elsewhere, EVE, tmp_path / "1")
    mine = watch(elsewhere, EVE, Hypothesis(SPACE, "both"))
    report = import_release(elsewhere, EVE, tmp_path / "2")
    assert report.superseded == report.accepted == 1
    assert content(elsewhere.ledger.accepted().values()) == content(workspace.ledger.accepted().values())
    [found] = watches_of(elsewhere.ledger, "eve")
    assert found.id == mine.id
    first = next(a for a in elsewhere.ledger.acts() if a.batch == report.batch)
    assert [flip.cause for flip in found.flips] == [first.position]  # by this door too


def test_what_a_later_release_takes_back_is_taken_back_here_too(
    workspace: Workspace, elsewhere: Workspace, tmp_path: Path
) -> None:
    """Unless somebody here stands by it; and what counts again there counts again here."""
    gone, kept = (workspace.catalog.entries[name].record for name in ("no-d", "no-c"))
    for record in (gone, kept):
        retract(workspace, ADA, record.id, code="misread", reason="not in the figure")
    release(workspace.ledger, ADA, "3")
    restore(workspace, ADA, gone.id, reason="it is there")
    release(workspace.ledger, ADA, "4")
    for name in "1234":
        export_release(workspace.ledger, name, tmp_path / name)
    import_release(elsewhere, EVE, tmp_path / "2")
    retract(elsewhere, EVE, kept.id, code="other", reason="a second look")
    restore(elsewhere, EVE, kept.id, reason="it is well read")
    report = import_release(elsewhere, EVE, tmp_path / "3")
    assert (report.accepted, report.superseded, report.retracted) == (0, 0, 1)
    there = content(workspace.ledger.accepted(find_release(workspace.ledger, "3").position).values())
    assert content(elsewhere.ledger.accepted().values()) == there | content([kept])
    last = elsewhere.ledger.history("no-d")[-1]
    assert (last.kind, last.actor, last.content and last.content["code"]) == ("retract", "eve", "misread")
    assert (last.reason or "").startswith("in release 3: retract by ada on ")
    assert (last.reason or "").endswith(": not in the figure")
    assert import_release(elsewhere, EVE, tmp_path / "3").batch is None
    again = import_release(elsewhere, EVE, tmp_path / "4")
    assert (again.accepted, again.retracted) == (1, 0)
    assert content(elsewhere.ledger.accepted().values()) == content(workspace.ledger.accepted().values()) | content([kept])
    assert elsewhere.ledger.verify_chain() is None


def test_nothing_enters_where_somebody_decided_otherwise(workspace: Workspace, elsewhere: Workspace, tmp_path: Path) -> None:
    export_release(workspace.ledger, "1", tmp_path / "1")
    export_release(workspace.ledger, "2", tmp_path / "2")
    load(elsewhere.ledger, SEEN_C, tmp_path)
    before = elsewhere.ledger.position()
    with pytest.raises(RefusedActError, match="'no-c' reads otherwise here, accepted by corpus importer in act"):
        import_release(elsewhere, EVE, tmp_path / "1")
    assert elsewhere.ledger.position() == before
    assert import_release(elsewhere, EVE, tmp_path / "2").batch is None  # what it says counts already
    retract(elsewhere, EVE, elsewhere.catalog.entries["no-d"].record.id, code="misread", reason="misread")
    with pytest.raises(RefusedActError, match="'no-d' was retracted here, by eve"):
        import_release(elsewhere, EVE, tmp_path / "2")


def test_only_who_may_release_may_import(workspace: Workspace, tmp_path: Path) -> None:
    export_release(workspace.ledger, "2", tmp_path / "2")
    for by in (BEN, CLEO, EVE):
        with pytest.raises(ForbiddenError):
            import_release(workspace, by, tmp_path / "2")


def test_what_cannot_be_exported(workspace: Workspace, tmp_path: Path) -> None:
    release(workspace.ledger, ADA, "2024.1")
    with pytest.raises(NotFoundError, match=r"did you mean '2024\.1'"):
        export_release(workspace.ledger, "2024.2", tmp_path / "x")
    (tmp_path / "there").mkdir()
    with pytest.raises(BadInputError, match="is there already"):
        export_release(workspace.ledger, "1", tmp_path / "there")


# --- tampering ------------------------------------------------------------------------------------------------------------


def _edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def _forge(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Change a file, and the digest that the manifest gives of it too."""

    def forge(folder: Path) -> None:
        before = sha256((folder / name).read_bytes()).hexdigest()
        _edit(name, old, new)(folder)
        after = sha256((folder / name).read_bytes()).hexdigest()
        _edit("manifest.json", before, after)(folder)

    return forge


TRIG = "nanopublications.trig"


@pytest.mark.parametrize(
    ("tamper", "form", "words"),
    [
        (_edit(TRIG, "A small space", "A large space"), "trig", "trig is not the file that manifest.json names"),
        (_edit("csv/chemical.csv", "water", "vodka"), "trig", "chemical.csv is not the file"),
        (lambda folder: (folder / TRIG).unlink(), "trig", "trig cannot be read"),
        (lambda folder: (folder / "manifest.json").unlink(), "trig", "manifest.json cannot be read"),
        (_edit("manifest.json", '"assertions": 18', '"assertions": 19'), "trig", "holds 18 assertions; manifest.json says 19"),
        (_forge(TRIG, "A small space", "A large space"), "trig", "is not that of its name: one of them was changed"),
        (_forge("csv/chemical.csv", "water", "vodka"), "csv", "do not hold the content of that name"),
    ],
)
def test_what_was_changed_is_refused(
    workspace: Workspace, elsewhere: Workspace, tmp_path: Path, tamper: Callable[[Path], None], form: Form, words: str
) -> None:
    folder = tmp_path / "release"
    export_release(workspace.ledger, "1", folder)
    tamper(folder)
    before = elsewhere.ledger.position()
    with pytest.raises(BadInputError, match=words):
        import_release(elsewhere, EVE, folder, form=form)
    assert elsewhere.ledger.position() == before


def test_of_a_signed_release_all_has_to_be_signed(workspace: Workspace, elsewhere: Workspace, tmp_path: Path, key: Path) -> None:
    signed, plain = tmp_path / "signed", tmp_path / "plain"
    manifest = export_release(workspace.ledger, "1", signed, key=key)
    export_release(workspace.ledger, "1", plain)
    assert manifest.key is not None
    with pytest.raises(BadInputError, match=r"is not signed with that key.*it is not signed"):
        import_release(elsewhere, EVE, plain, signed_by=manifest.key)
    with pytest.raises(BadInputError, match=r"is not signed with that key.*it says it is signed with"):
        import_release(elsewhere, EVE, signed, signed_by="another")
    # nanopublications that nobody signed, under a manifest that says that somebody did
    forged = tmp_path / "forged"
    shutil.copytree(plain, forged)
    text = (forged / "manifest.json").read_text(encoding="utf-8")
    (forged / "manifest.json").write_text(text.replace('"key": null', json.dumps({"key": manifest.key})[1:-1]), encoding="utf-8")
    with pytest.raises(BadInputError, match=r"is not signed, and manifest.json says that all of it is"):
        import_release(elsewhere, EVE, forged)
    # tables of another release under the signed nanopublications
    other = tmp_path / "other"
    export_release(workspace.ledger, "2", other, key=key)
    mixed = tmp_path / "mixed"
    shutil.copytree(other, mixed)
    said = json.loads((mixed / "manifest.json").read_text(encoding="utf-8"))
    genuine = {file["name"]: file for file in json.loads((signed / "manifest.json").read_text(encoding="utf-8"))["files"]}
    for file in said["files"]:
        if file["name"].startswith("nanopublications") or file["name"].endswith(".ttl"):
            shutil.copy(signed / file["name"], mixed / file["name"])
            file.update(genuine[file["name"]])
    (mixed / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(BadInputError, match="do not say what its signed nanopublications say"):
        import_release(elsewhere, EVE, mixed, form="csv")
    for form in get_args(Form):
        report = import_release(elsewhere, EVE, signed, form=form, signed_by=manifest.key)
    assert report.unchanged == manifest.assertions


def test_what_is_taken_back_has_to_be_unchanged_and_signed_too(
    workspace: Workspace, elsewhere: Workspace, tmp_path: Path, key: Path
) -> None:
    retract(workspace, ADA, workspace.catalog.entries["no-d"].record.id, code="misread", reason="not in the figure")
    release(workspace.ledger, ADA, "3")
    for name, by in (("signed", key), ("plain", None), ("forged", None)):
        export_release(workspace.ledger, "3", tmp_path / name, key=by)
    _forge(RETRACTIONS, "not in the figure", "a mere whim")(tmp_path / "forged")
    with pytest.raises(BadInputError, match="is not that of its name: one of them was changed"):
        import_release(elsewhere, EVE, tmp_path / "forged")
    signed = tmp_path / "signed"
    text = (signed / MANIFEST).read_text(encoding="utf-8")
    digests = [sha256((tmp_path / name / RETRACTIONS).read_bytes()).hexdigest() for name in ("signed", "plain")]
    shutil.copy(tmp_path / "plain" / RETRACTIONS, signed / RETRACTIONS)
    (signed / MANIFEST).write_text(text.replace(*digests), encoding="utf-8")
    with pytest.raises(BadInputError, match=r"retractions.trig is not signed, and manifest.json says that all of it is"):
        import_release(elsewhere, EVE, signed)
    assert elsewhere.ledger.accepted() == {}


def test_a_release_comes_in_as_texts(workspace: Workspace, elsewhere: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "1"
    export_release(workspace.ledger, "1", folder)
    every = {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in folder.rglob("*") if path.is_file()}
    needed = {name: every[name] for name in (MANIFEST, RETRACTIONS)}
    tables = {name: text for name, text in every.items() if name.startswith("csv/")}
    for by in (BEN, CLEO):
        with pytest.raises(ForbiddenError):
            import_files(workspace, by, {})  # before anything is read
    for files, error, words in (
        (needed, BadInputError, "there is no form of the release among the files"),
        ({TRIG: every[TRIG], RETRACTIONS: every[RETRACTIONS]}, BadInputError, "manifest.json cannot be read"),
        ({MANIFEST: every[MANIFEST], TRIG: every[TRIG]}, BadInputError, "retractions.trig cannot be read"),
        (needed | {"nanopublication.trig": every[TRIG]}, NotFoundError, r"did you mean 'nanopublications.trig'\?"),
        (needed | {"../../ledger.db": "x"}, NotFoundError, "there is no file of a release"),
        (needed | {TRIG: every[TRIG] + "#"}, BadInputError, "its SHA-256 is another one"),
        (needed | dict(list(tables.items())[1:]), BadInputError, "cannot be read"),
        (needed | {TRIG: "x" * (LARGEST + 1)}, TooLargeError, "mechkg release import"),
    ):
        with pytest.raises(error, match=words):
            import_files(elsewhere, EVE, files)
    assert elsewhere.ledger.accepted() == {}
    report = import_files(elsewhere, EVE, needed | tables)
    assert report.accepted == len(workspace.at("1").catalog.entries)
    for name in (TRIG, "nanopublications.nq", "nanopublications.jsonld"):
        assert import_files(elsewhere, EVE, needed | {name: every[name]}).unchanged == report.accepted


def test_every_refusal_says_what_is_wrong(elsewhere: Workspace, tmp_path: Path) -> None:
    with pytest.raises(MechkgError, match="a release is a folder with this file"):
        import_release(elsewhere, EVE, tmp_path)
