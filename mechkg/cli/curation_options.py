"""What the commands of curation share: options, who acts, and files that are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from mechkg.errors import BadInputError

if TYPE_CHECKING:
    from mechkg.model.person import Caller
    from mechkg.service.workspace import Workspace

# typer reads Optional[...], not the form with a bar
# ruff: noqa: UP045

Why = Annotated[str, typer.Option("--reason", "-r", help="Why, in a sentence.", show_default=False)]
MaybeWhy = Annotated[Optional[str], typer.Option("--reason", "-r", help="Why, in a sentence.")]


@contextmanager
def opened_as(home: Path | None, named: str | None) -> Iterator[tuple[Workspace, Caller]]:
    """Open the workspace, and yield it with who acts."""
    from mechkg.service.people import acting
    from mechkg.service.workspace import Workspace

    with Workspace.open(home) as workspace:
        yield workspace, acting(workspace.ledger, named)


def read_file(path: Path) -> Any:
    """Return the content of a YAML file; raise BadInputError, with the line, when it cannot be read."""
    from mechkg.literature.yaml12 import read_yaml

    try:
        reading = read_yaml(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is no text in UTF-8 (byte {error.start + 1})", hint="save it as UTF-8") from error
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}") from error
    wrong = [finding for finding in reading.findings if finding.severity == "error"]
    if wrong:
        raise BadInputError(str(wrong[0]))
    return reading.content
