"""``mechkg what-if``: which verdicts change when one premise is withdrawn."""

from __future__ import annotations

from mechkg.cli.options import AsJson, Home, Ignoring, Space, Without
from mechkg.cli.output import console, print_json
from mechkg.cli.page import print_parts


def what_if(space: Space, without: Without = None, ignoring: Ignoring = None, as_json: AsJson = False, home: Home = None) -> None:
    """Withdraw every assumption and every observation by itself, and say which verdicts change."""
    from mechkg.service.open_case import opened
    from mechkg.service.report_page import flips
    from mechkg.service.what_if import as_json as what_if_as_json
    from mechkg.service.what_if import what_if as try_each

    with opened(space, home) as (workspace, name):
        found, words = try_each(workspace, name, without=without or (), ignoring=ignoring or ())
    if as_json:
        print_json({"space": name, **what_if_as_json(found)})
    else:
        print_parts(flips(found, words), console)
