"""Comparing in a real browser: from Table S1 to a conflict, to a file that can be cited; and what a map says when it is asked."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from mechkg.api.site_compare import add_compare
from mechkg.service.workspace import Workspace
from tests.web.browser import opened


@pytest.mark.browser
@pytest.mark.slow
def test_from_table_s1_to_a_conflict_and_a_file(shipped: Workspace, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with opened(shipped, add_compare) as (address, watched):
        page = watched.page
        page.goto(f"{address}/compare")
        page.get_by_role("link", name="Clusters of CdSe, paper by paper").click()
        table = page.locator("table.compare")
        expect(table.get_by_role("rowheader", name="CdSe 403 nm")).to_be_visible()
        page.get_by_role("navigation", name="What is shown").get_by_role("link", name="Only what conflicts").click()
        expect(table.get_by_role("rowheader", name="CdSe 403 nm")).to_have_count(0)
        expect(page.locator("#size")).to_contain_text("part of 4 conflicts")

        # what the others say, and where it is decided
        line = table.get_by_role("row", name="Beecher et al. 2014").first
        line.get_by_role("link", name="open contradicts (CdSe)13, (CdSe)35").click()
        assert page.url.endswith("#conflict-cdse-350-composition")
        conflict = page.get_by_role("region", name="CdSe at 350 nm")
        expect(conflict.locator(".value")).to_have_text(["(CdSe)13", "(CdSe)35", "Cd35Se20"])
        decide = conflict.get_by_role("link", name="Weigh the sides and decide")
        assert decide.get_attribute("href") == "/conflicts/cdse-350-composition"

        # the same rows as a file
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV", exact=True).click()
        download.value.save_as(tmp_path / "table.csv")
        text = (tmp_path / "table.csv").read_bytes().decode()
        records = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        lines = [record for record in records if not record["absorption position"].startswith("# ")]
        assert len(lines) == table.locator("tbody tr").count()
        assert all("contradicts" in record["conflicts"] for record in lines)
        source = next(record["paper"] for record in records if record["absorption position"] == "# source")
        assert source.startswith(f"{address}/compare/cdse-clusters?") and "shown=conflicting" in source

        # the address in the file leads back to this table
        page.goto(source)
        expect(table.locator("tbody tr")).to_have_count(len(lines))
        assert watched.troubles == []


@pytest.mark.browser
@pytest.mark.slow
def test_rows_columns_and_bands_are_chosen_without_a_script(shipped: Workspace) -> None:
    from playwright.sync_api import expect

    with opened(shipped, add_compare, java_script_enabled=False) as (address, watched):
        page = watched.page
        page.goto(f"{address}/compare/compositions")
        page.get_by_text("Rows, columns and filters").click()
        page.get_by_label("Material").select_option("cdse")
        page.get_by_label("Bands taken for one within").fill("5 nm")
        page.get_by_role("button", name="Arrange").click()
        expect(page.locator("table.compare").get_by_role("rowheader", name="CdSe 403 to 419 nm")).to_be_visible()
        expect(page.get_by_role("list", name="Chosen").get_by_role("link")).to_have_text(["Material: CdSe"])
        page.get_by_text("Rows, columns and filters").click()
        page.get_by_label("Columns", exact=True).select_option("property")
        page.get_by_role("button", name="Arrange").click()
        expect(page.locator("table.compare thead th")).to_have_text(["Absorption position", "Composition"])
        assert watched.troubles == []


@pytest.mark.browser
@pytest.mark.slow
def test_a_map_is_asked_and_invents_nothing(shipped: Workspace) -> None:
    from playwright.sync_api import expect

    with opened(shipped, add_compare) as (address, watched):
        page = watched.page
        page.goto(f"{address}/zones")
        page.get_by_role("link", name="Reaction zones of CdTe").click()
        page.get_by_label("Oleylamine", exact=True).fill("0.03 mol")
        page.get_by_label("Solvent", exact=True).select_option("toluene")
        page.get_by_role("button", name="Ask").click()
        said = page.locator("#said")
        expect(said).to_contain_text("Nothing is reported at this point.")
        expect(said).to_contain_text("On oleylamine it lies between 25.1 mmol and 50 mmol.")
        expect(said).to_contain_text("stated as > 12.6 mmol of oleylamine")
        nearest = page.get_by_role("region", name="Nearest evidence on each axis")
        expect(nearest).to_contain_text("25.1 mmol, 4.9 mmol off: 449 nm cluster only")

        page.get_by_label("Oleylamine", exact=True).fill("6 mmol")
        page.get_by_role("button", name="Ask").click()
        expect(said).to_contain_text("Reported for these conditions: 449 nm cluster and the band at about 430 nm.")
        page.get_by_role("link", name="6 mmol: 449 nm cluster and the band").click()
        row = page.locator("#run-rz-oam-6")
        expect(row).to_be_in_viewport()
        expect(row).to_contain_text("Increasing OAM to 6 mmol led to a mixture")

        page.get_by_label("Temperature", exact=True).fill("75 C")
        page.get_by_role("button", name="Ask").click()
        field = page.get_by_label("Temperature", exact=True)
        expect(field).to_have_value("75 C")
        expect(field).to_have_accessible_description(re.compile("is no value of temperature: write a number in °C"))
        expect(said).to_have_count(0)
        assert watched.troubles == []
