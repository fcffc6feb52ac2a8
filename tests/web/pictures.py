"""Pictures of the pages, and the page of documentation that shows them: ``make pictures``.

The shipped corpus is served with some acts of some people (:mod:`tests.web.prepared`), a picture is taken of each page, and
``deploy/PAGES.md`` is written anew, with a sentence on what each is for.
"""

from __future__ import annotations

import base64
import sys
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from mechkg.api.app import create_app
from mechkg.model.person import Caller
from mechkg.service.load_corpus import load_corpus
from mechkg.service.workspace import Workspace
from tests.curation.staff import ADA, BEN, CLEO, employ
from tests.web.addresses import waited
from tests.web.browser import browsing, serving
from tests.web.prepared import CONFLICT, DOUBTED, PAPER, SPACE, Prepared, prepare, session

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Mode = Literal["light", "dark", "phone"]

MAIN: Final = "/spaces/cdtese-msc399"
WIDE: Final = {"width": 1280, "height": 860}
PHONE: Final = {"width": 390, "height": 844}
QUALITY: Final = 0.72


@dataclass(frozen=True)
class Picture:
    """A page: the name of the picture, where it is, what the page is for, who looks at it (nobody in particular), and how.

    ``to`` is what is scrolled to the top, as a CSS selector.
    """

    name: str
    path: str
    says: str
    by: Caller | None = None
    mode: Mode = "light"
    to: str = ""


def chapters(made: Prepared) -> dict[str, list[Picture]]:
    """Return the pictures, by chapter."""
    set_ = f"/curate/changes/{made.waiting}"
    P = Picture  # a row each
    return {
        "Read": [
            P("overview", "/", "What is in the graph, what stands, what is open, and what waits for who is signed in.", BEN),
            P("search", "/search?q=MSC-350", "Search over everything: names, formulas, statements, quotes."),
            P("list", "/species", "Each kind of item has a list with filters and counts."),
            P("species", "/id/cdse-msc-350", "A species: its bands, where sources disagree, what makes and uses it."),
            P("species-dark", "/id/cdte-msc-371", "The same in the dark, as the reader's system has it.", mode="dark"),
            P("step", "/id/step-1", "A step: its equation, and which verdicts hang on it."),
            P("procedure", "/id/z-f1", "A procedure as a flow of stages, with what was seen when."),
            P("paper", f"/id/{PAPER}", "A paper: what was read from it, figure by figure, in its words."),
            P("claim", f"/id/{made.claim}", "A claim with its exact words and their place, and what people say of it.", BEN),
            P("history", "/history/w-09", "The history of an item, two of its versions compared."),
        ],
        "Reason": [
            P("spaces", "/spaces", "Hypothesis spaces with their verdicts, and the settings that one saved.", CLEO),
            P("workbench", MAIN, "The workbench: verdicts on rival pathways, what rules each out."),
            P(
                "workbench-doubt", f"/spaces/{SPACE}?without={DOUBTED}",
                "An assumption is withdrawn, and two verdicts flip; the setting is shared by link, or saved and watched.", CLEO,
            ),
            P("assumptions", MAIN, "What verdicts lean on, by how well it is backed; each can be withdrawn.", to="#assumptions"),
            P("matrix", f"{MAIN}/matrix", "The kill matrix: observations by candidates; each cell leads to its proof."),
            P("matrix-dark", f"{MAIN}/matrix?group=part&show=all", "Grouped by the part that observations play.", mode="dark"),
            P("proof", f"{MAIN}/candidates/eq2", "Why a pathway is ruled out, line by line."),
            P("proof-quotes", f"{MAIN}/candidates/eq2", "The lines end at the words of the papers.", to=".proof blockquote"),
            P("conflicts-of", f"{MAIN}/candidates/eq2/conflicts", "What cannot hold together, and what would have to go."),
            P("experiments", "/spaces/cdtese-one-pot/parts/experiments", "The next experiment: what splits the survivors."),
            P("report", f"/spaces/{SPACE}/report", "The whole report, to be read, printed, or taken along."),
            P("saved", f"/saved/{made.watch}", "A saved setting: which verdicts changed, and the act that caused it.", CLEO),
            P("pathways", "/pathways/cdtese-msc399", "The reaction network of a space, followed candidate by candidate."),
            P("pathways-dark", f"/pathways/{SPACE}", "A smaller one, in the dark.", mode="dark"),
        ],
        "Compare": [
            P("compare", "/compare", "Tables and maps across papers."),
            P("table", "/compare/cdse-clusters", "A table across papers: values that contradict each other say so."),
            P("zones", "/zones/mech2023?temperature=75+°C", "What the literature says for conditions of one's own.", to="h2"),
            P("disagreements", "/conflicts", "Where sources disagree about a value."),
            P("disagreement", f"/conflicts/{CONFLICT}", "One disagreement, and the form to decide about it.", BEN),
        ],
        "Curate": [
            P("queue", "/curate", "What waits for a review, and for whom.", BEN),
            P("review", set_, "A change set: what it changes, in context, what would follow, and the review.", BEN),
            P("impact", f"{set_}/impact", "Which verdicts would flip, and because of which observations.", BEN),
            P("read", f"/curate/read/{made.text}", "A text with what was recognised in it; a sentence becomes an item.", CLEO),
            P("new", "/curate/new", "Everything that can be written.", CLEO),
            P("form", "/curate/edit/step-1", "An item as a typed form that saves itself as a draft.", CLEO),
            P(
                "import", f"/curate/import/{made.table}?kind=claim&document={PAPER}",
                "A table before it is proposed: what is wrong stands in its cell.", CLEO,
            ),
            P("dispute", f"/curate/dispute/{made.claim}", "Anything that counts can be disputed.", BEN),
        ],
        "Who is there": [
            P("me", "/me", "Roles, what waits, saved settings, change sets, and tokens for programs.", CLEO),
            P("sign-in", "/sign-in", "Signing in; to read, nobody has to."),
        ],
        "For programs": [
            P("ontology", "/ontology", "Every term of the ontology under its own address."),
            P("sparql", "/sparql?query=SELECT+%3Fspecies+%3Flabel+WHERE+%7B+%3Fspecies+a+mk%3ASpecies+%3B+rdfs%3Alabel+"
                    "%3Flabel+%7D+LIMIT+8", "SPARQL with examples; the result as a table here, or in any form."),
            P("graphql", "/graphql", "The GraphQL explorer."),
        ],
        "On a phone": [
            P("phone-overview", "/", "Overview.", BEN, "phone"),
            P("phone-workbench", MAIN, "Workbench.", None, "phone"),
            P("phone-species", "/id/cdse-msc-350", "Species.", None, "phone"),
            P("phone-review", set_, "Review.", BEN, "phone"),
        ],
    }  # fmt: skip


def take(folder: Path) -> list[Path]:
    """Take all pictures into a folder ``pictures``, and write the page that shows them beside it; return the files."""
    with tempfile.TemporaryDirectory() as scratch, Workspace.open(Path(scratch) / "home") as workspace:
        load_corpus(workspace)
        employ(workspace.ledger)
        made = prepare(workspace)
        pictures = folder / "pictures"
        pictures.mkdir(parents=True, exist_ok=True)
        for old in pictures.glob("*.webp"):
            old.unlink()
        with serving(create_app(workspace)) as address, browsing() as watched:
            browser = watched.page.context.browser
            assert browser is not None
            files = [
                _taken(browser, workspace, address, one, pictures / f"{one.name}.webp", watched.page)
                for some in chapters(made).values()
                for one in some
            ]
        page = folder / "PAGES.md"
        page.write_text(_shown(chapters(made), [str(name) for name in astuple(made)]), encoding="utf-8")
    return [*files, page]


def _taken(browser: Browser, workspace: Workspace, address: str, one: Picture, file: Path, canvas: Page) -> Path:
    size = PHONE if one.mode == "phone" else WIDE
    context = browser.new_context(viewport=size, color_scheme="dark" if one.mode == "dark" else "light")  # type: ignore[arg-type]
    page = context.new_page()
    if one.by in (ADA, BEN, CLEO):
        page.goto(f"{address}{session(workspace, one.by)}")
    answer = page.goto(f"{address}{waited(one.path)}", wait_until="load")
    assert answer is not None and answer.status == 200, one.path
    if one.to:
        page.locator(one.to).first.evaluate("each => window.scrollTo(0, each.getBoundingClientRect().top + scrollY - 12)")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1200 if one.name in ("graphql", "pathways", "pathways-dark", "review") else 150)
    file.write_bytes(_webp(canvas, page.screenshot()))
    context.close()
    return file


def _webp(canvas: Page, png: bytes) -> bytes:
    """Return a picture as WebP, which the browser writes: a tenth of the size of PNG, and nothing more to install."""
    made: str = canvas.evaluate(
        """async ([data, quality]) => {
            const image = new Image();
            image.src = data;
            await image.decode();
            const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
            canvas.getContext("2d").drawImage(image, 0, 0);
            return canvas.toDataURL("image/webp", quality);
        }""",
        [f"data:image/png;base64,{base64.b64encode(png).decode()}", QUALITY],
    )
    kind, _, content = made.partition(";base64,")
    assert kind == "data:image/webp"
    return base64.b64decode(content)


def _shown(those: dict[str, list[Picture]], names: list[str]) -> str:
    """Write the page; ``names`` are other ones each time, and left out of addresses."""
    lines = [
        "# The pages of mechkg",
        "",
        "What a browser is shown, over the papers that come with mechkg. `make pictures` takes these pictures anew; the",
        "addresses are those of the site that `mechkg serve` serves.",
    ]
    for title, some in those.items():
        lines += ["", f"## {title}", ""]
        if all(one.mode == "phone" for one in some):
            row = "".join(
                f'<img src="pictures/{one.name}.webp" width="200" alt="{one.says.rstrip(".")} on a phone"> ' for one in some
            )
            lines.append(row.strip())
            continue
        for one in some:
            where = one.path.partition("?")[0]
            for name in sorted(names, key=len, reverse=True):
                where = where.replace(name, "…")
            lines += [f"**{one.says}** `{where}`", "", f"![{one.name.replace('-', ', ')}](pictures/{one.name}.webp)", ""]
        lines.pop()
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    taken = take(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "deploy")
    print(f"{len(taken)} files, {sum(file.stat().st_size for file in taken) / 1e6:.1f} MB")
