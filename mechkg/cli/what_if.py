"""``mechkg what-if``: which verdicts change when one premise is withdrawn."""

from __future__ import annotations

import sys

from mechkg.cli.options import AsJson, AsMarkdown, AsOf, Home, Ignoring, Space, Without, form_of
from mechkg.cli.output import console, print_json
from mechkg.cli.page import print_parts


def what_if(
    space: Space,
    without: Without = None,
    ignoring: Ignoring = None,
    as_json: AsJson = False,
    markdown: AsMarkdown = False,
    as_of: AsOf = None,
    home: Home = None,
) -> None:
    """Withdraw every assumption and every observation by itself, and say which verdicts change."""
    from mechkg.service.open_case import opened_at
    from mechkg.service.page import parts_as_markdown
    from mechkg.service.report_page import flips
    from mechkg.service.what_if import as_json as what_if_as_json
    from mechkg.service.what_if import what_if as try_each
    from mechkg.service.words import LEGEND

    form = form_of(json=as_json, markdown=markdown)
    with opened_at(space, home, as_of) as (workspace, name):
        found, words = try_each(workspace, name, without=without or (), ignoring=ignoring or ())
    problem = words.problem
    if form == "json":
        print_json({"space": problem.space.id, "graph_version": problem.version, **what_if_as_json(found)})
        return
    parts = [*flips(found, words.telling()), LEGEND]
    if form == "markdown":
        sys.stdout.write(parts_as_markdown(f"What if: {problem.space.title}", parts))
    else:
        print_parts(parts, console)
