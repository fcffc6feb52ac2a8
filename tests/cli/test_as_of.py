"""The past, on the shell: every command that reads the ledger can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator

import click
import typer

from mechkg.cli.main import app

ACTS = {
    "start", "serve", "rebuild", "read", "reference", "sign-in-link", "corpus load", "table import",
    "curate propose", "curate revise", "curate rebase", "curate accept", "curate reject", "curate request-changes",
    "curate withdraw", "curate retract", "curate restore", "curate supersede", "curate comment", "curate dispute",
    "curate settle", "curate assign", "curate sign-off", "curate decide", "curate declare", "curate draft save",
    "curate draft discard", "curate draft restore", "curate draft propose", "people enrol", "people grant", "people revoke",
    "people link", "people invite", "release import", "watch add", "watch end", "token new", "token revoke",
    "backup", "restore", "upgrade",
}  # fmt: skip
"""Commands that do something, or serve, as of now."""

OF_NOW = {
    "corpus verify": "it reads files",
    "corpus schema": "it comes with the program",
    "ontology check": "it reads files",
    "benchmark recognition": "it reads files",
    "query": "the operation says of when each of its fields is asked",
    "curate draft list": "a draft is private and no part of the record",
    "curate draft show": "it takes a version",
    "curate draft history": "it is the past of a draft",
    "token list": "tokens are no part of the record",
    "diff": "it takes two moments",
    "verify": "it goes through the whole record",
    "release export": "it takes a release",
}
"""Commands that read and take no --as-of, each with why."""


def commands(group: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield all commands beneath a group, by the words that call them."""
    within: dict[str, click.Command] | None = getattr(group, "commands", None)
    if within is None:
        yield path, group
        return
    for name, command in within.items():
        yield from commands(command, f"{path} {name}".strip())


def test_every_command_that_reads_the_ledger_can_be_asked_of_the_past() -> None:
    found = dict(commands(typer.main.get_command(app)))
    without = {name for name, command in found.items() if not any("--as-of" in parameter.opts for parameter in command.params)}
    assert without == ACTS | set(OF_NOW)
    assert not ACTS & set(OF_NOW)
