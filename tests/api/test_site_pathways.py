"""The pathway explorer over HTTP and in a browser."""

from __future__ import annotations

import gzip
import io
import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from mechkg.api.site_hypotheses import add_hypotheses
from mechkg.api.site_pathways import add_pathways
from mechkg.assets import static_dir
from mechkg.service.workspace import Workspace
from tests.web.browser import browsing, serving, site_of

MAIN = "/pathways/cdtese-msc399"
SMALL = "/pathways/msc-399-in-toluene"
STAGE = f"{MAIN}?candidate=eq2&procedure=z-f1&stage=z-f1/add-ota"


@pytest.fixture(scope="module")
def app(shipped: Workspace) -> FastAPI:
    return site_of(shipped, add_hypotheses, add_pathways)


@pytest.fixture(scope="module")
def site(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def words(page: str) -> str:
    """Return the text of a page in one line."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page)))


def test_every_space_is_listed_with_its_network(site: TestClient, shipped: Workspace) -> None:
    answer = site.get("/pathways")
    assert answer.status_code == 200
    for entry in shipped.catalog.by_kind["space"]:
        steps = {*entry.record.body.get("background", ()), *entry.record.body.get("optional", ())}
        kind = "pathways" if steps else "spaces"  # without a step there is nothing to draw
        assert f'<a href="/{kind}/{entry.id}">' in answer.text
    assert "10 species, 21 steps, 10 candidates" in words(answer.text)


def test_the_workbench_leads_to_the_network(site: TestClient) -> None:
    premise = "without=cluster-turns-only-into-its-own-pc"
    page = site.get(f"/spaces/msc-399-in-toluene?{premise}&wait=yes").text
    assert f'href="{SMALL}?{premise}"' in page
    assert 'href="/pathways"' in site.get("/spaces").text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/pathways/cdtese-msc39", 404, "did you mean 'cdtese-msc399'?"),
        (f"{SMALL}?candidate=falls-appart", 404, "did you mean 'falls-apart'?"),
        (f"{SMALL}?procedure=z-f11", 404, "z-f1"),
        (f"{SMALL}?procedure=z-f1&stage=z-f1/add-otta", 404, "did you mean 'z-f1/add-ota'?"),
        (f"{SMALL}?show=everything", 404, "everything"),
        (f"{SMALL}?hide=MSCs", 404, "did you mean 'MSC'?"),
        (f"{SMALL}?without=detection-limit-of-absorbtion", 404, "did you mean 'detection-limit-of-absorption'?"),
        (f"{SMALL}/network.xml", 404, "there is no file of a network"),
        (f"{MAIN}?step=eq-2-forward&wait=yes", 400, "this is no candidate"),
        (f"{SMALL}?procedure=z-f1&wait=yes", 200, "Choose a candidate too"),
        ("/pathways/cdte-bands?wait=yes", 200, "No step is named in this space"),
    ],
)
def test_what_cannot_be_shown_is_explained(site: TestClient, path: str, status: int, said: str) -> None:
    answer = site.get(path)
    assert answer.status_code == status, words(answer.text)
    assert said in words(answer.text)


def test_a_stage_of_another_procedure_gives_way_to_the_first(site: TestClient) -> None:
    page = words(site.get(f"{SMALL}?candidate=falls-apart&procedure=z-f1&stage=z-s1-1/add-ota&wait=yes").text)
    assert "Stage 1 of" in page


def test_a_withdrawn_assumption_takes_a_contradiction_away(site: TestClient) -> None:
    told = "missing where it must be seen: proof from z-f1-o14"
    assert told in words(site.get(f"{STAGE}&wait=yes").text)
    page = site.get(f"{STAGE}&without=amine-converts-cdse-pc&wait=yes").text
    assert told not in words(page) and "without amine-converts-cdse-pc" in words(page)


def test_files_of_a_network(site: TestClient) -> None:
    drawing = site.get(f"{MAIN}/drawing.svg?candidate=eq2&procedure=z-f1&stage=z-f1/add-ota")
    assert drawing.headers["content-type"] == "image/svg+xml"
    assert "not seen" in "".join(ElementTree.fromstring(drawing.text).itertext())
    graph = nx.read_graphml(io.BytesIO(site.get(f"{MAIN}/network.graphml").content))
    assert {kind for _, kind in graph.nodes(data="type")} == {"species", "step"}
    assert graph.nodes["step:cdse-pc-fragmentation"]["stand"] == "required"
    content = site.get(f"{MAIN}/network.json?candidate=eq2").json()
    stage = next(each for each in content["course"]["stages"] if each["id"] == "z-f1/add-ota")
    assert next(each for each in stage["species"] if each["species"] == "cdse-msc-415")["expected"] == 3600
    assert site.get(f"{MAIN}/network.json").json()["course"] is None


def test_as_of_the_past(site: TestClient, shipped: Workspace) -> None:
    page = site.get(f"{SMALL}?asOf={shipped.version}&wait=yes")
    assert page.status_code == 200 and f"As of {shipped.version}." in page.text
    assert f'href="{SMALL}/network.json?asOf={shipped.version}"' in page.text
    assert site.get(f"{SMALL}?asOf=0").status_code == 404


@pytest.mark.parametrize("path", ["/pathways", MAIN, STAGE])
def test_a_page_that_was_worked_out_is_there_at_once(site: TestClient, path: str) -> None:
    """Measured: about 15 ms on two cores; the median, as other tests may run beside this."""
    assert site.get(f"{path}{'&' if '?' in path else '?'}wait=yes").status_code == 200
    times = []
    for _ in range(7):
        start = time.perf_counter()
        assert site.get(path).status_code == 200
        times.append(time.perf_counter() - start)
    assert sorted(times)[3] < 0.1


def test_what_the_page_weighs(site: TestClient) -> None:
    """The page itself is as light as one to read; the drawing that moves is asked for by this page alone."""
    page = site.get(f"{STAGE}&wait=yes")
    assert len(gzip.compress(page.content)) < 30_000
    built = static_dir() / "pathways"
    weights = {file.name: len(gzip.compress(file.read_bytes())) for file in built.glob("*.js")}
    assert set(weights) == {"pathways.js", "elk-worker.min.js"}, "not built: make web"
    assert weights["pathways.js"] < 160_000 and weights["elk-worker.min.js"] < 480_000
    assert "pathways.js" not in site.get("/spaces/msc-399-in-toluene?wait=yes").text


# --- journeys -------------------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.slow
def test_from_the_workbench_to_the_proof_of_what_is_missing(app: FastAPI) -> None:
    from playwright.sync_api import expect

    with serving(app) as address, browsing(reduced_motion="reduce") as watched:
        page = watched.page
        page.goto(f"{address}/spaces/cdtese-msc399?wait=yes")
        page.get_by_role("link", name="Pathways", exact=True).click(timeout=60_000)
        canvas = page.locator("#canvas[data-ready]")
        expect(canvas).to_be_visible(timeout=30_000)
        page.get_by_label("Candidate").select_option(label="Eq 2 alone")
        expect(page.locator(".mine .verdict")).to_have_text("ruled out", timeout=30_000)
        page.get_by_label("Procedure").select_option("z-f1")
        expect(page.get_by_text("Stage 1 of 6")).to_be_visible()
        page.get_by_role("button", name="Play").click()
        expect(page.get_by_text("Stage 2 of 6")).to_be_visible()
        page.get_by_role("button", name="Pause").click()
        # on by keys
        page.locator("#x-next").focus()
        for place in range(3, 7):
            page.keyboard.press("ArrowRight")
            expect(page.get_by_text(f"Stage {place} of 6")).to_be_visible()
        expect(page.get_by_role("status").first).to_contain_text("that this candidate cannot meet")
        # the address says it all
        assert "candidate=eq2" in page.url and "stage=z-f1%2Fadd-ota" in page.url
        page.reload()
        expect(canvas).to_be_visible(timeout=30_000)
        # by keys to the cluster that is missing
        canvas.focus()
        panel = page.get_by_role("complementary", name="What is selected")
        for key in ["ArrowRight", "ArrowRight", "ArrowRight"]:
            page.keyboard.press(key)
        for _ in range(3):
            if panel.get_by_role("heading", name="CdSe MSC-415").count():
                break
            page.keyboard.press("ArrowUp")
        expect(panel.get_by_role("heading", name="CdSe MSC-415")).to_be_visible()
        expect(panel).to_contain_text("must be seen within 60 min, and was not seen")
        panel.get_by_role("link", name="z-f1-o14").first.click()
        expect(page).to_have_url(re.compile(r"/eq2\?observation=z-f1-o14"))
        expect(page.get_by_role("heading", name="Why it cannot meet this observation")).to_be_visible(timeout=60_000)
        assert watched.troubles == []
        assert watched.hosts(address) == set()


@pytest.mark.browser
@pytest.mark.slow
def test_it_works_without_a_script(app: FastAPI) -> None:
    from playwright.sync_api import expect

    with serving(app) as address, browsing(java_script_enabled=False) as watched:
        page = watched.page
        page.goto(f"{address}{MAIN}?wait=yes")
        page.get_by_label("Candidate").select_option("eq2")
        page.get_by_label("Procedure").select_option("z-f1")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_text("Stage 1 of 6")).to_be_visible(timeout=30_000)
        page.get_by_role("link", name="Next contradiction").click()
        expect(page.get_by_text("Stage 6 of 6")).to_be_visible()
        page.get_by_role("link", name=re.compile("^CdSe MSC-415, magic-size cluster: must be seen, ⚠ not seen")).click()
        expect(page).to_have_url(re.compile("#about-cdse-msc-415$"))
        page.locator("#about-cdse-msc-415").get_by_role("link", name="z-f1-o14").first.click()
        expect(page.get_by_role("heading", name="Why it cannot meet this observation")).to_be_visible(timeout=60_000)
        assert watched.troubles == []


@pytest.mark.browser
@pytest.mark.slow
def test_filters_and_files_of_what_is_seen(app: FastAPI, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with serving(app) as address, browsing() as watched:
        page = watched.page
        page.goto(f"{address}{MAIN}?wait=yes")
        expect(page.locator("#canvas[data-ready]")).to_be_visible(timeout=30_000)
        page.get_by_label("Show", exact=True).select_option("open")
        expect(page.locator("#about-step-3")).to_have_count(0)
        page.get_by_label("chemicals").check()
        expect(page).to_have_url(re.compile("show=open&hide=chemical"))
        for name, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
            with page.expect_download() as download:
                page.get_by_role("button", name=f"Save what is drawn as {name}").click()
            file = tmp_path / name
            download.value.save_as(file)
            assert file.read_bytes().startswith(start)
        drawn = "".join(ElementTree.parse(tmp_path / "SVG").getroot().itertext())
        assert "CdTeSe PC-399" in drawn and "SeTOP" not in drawn and "Step 3" not in drawn
        page.go_back()
        expect(page.get_by_label("chemicals")).not_to_be_checked()
        page.go_back()
        expect(page.locator("#about-step-3")).to_have_count(1)
        assert watched.troubles == []
