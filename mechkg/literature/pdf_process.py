"""PDFs of strangers, read in a process of their own: ``python -m mechkg.literature.pdf_process NAME MEMORY``.

A PDF of some kilobytes can ask for more time than anybody waits: pages share one long drawing, or drawings hold each other. Its
reader cannot be told to give up, but a process can be ended, by who started it when its time is over, and by the system when it
asks for more memory than it was given. The file comes on standard input; what was read, or what is wrong with it, goes to
standard output as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import Any, Final

from mechkg.errors import BadInputError, MechkgError, MissingExtraError, TooLargeError
from mechkg.literature.pdf_text import pdf_pages

SECONDS: Final = 60.0
"""A file that takes longer is not read."""

MEMORY: Final = 2048
"""Megabytes of memory for the reader."""

_ERRORS: Final[dict[str, type[MechkgError]]] = {
    error.__name__: error for error in (BadInputError, MissingExtraError, TooLargeError)
}


def pages_apart(content: bytes, name: str, *, seconds: float | None = None) -> tuple[list[str], str]:
    """Return what :func:`mechkg.literature.pdf_text.pdf_pages` does, and raise as it does; TooLargeError after ``seconds``."""
    command = [sys.executable, "-P", "-m", "mechkg.literature.pdf_process", name, str(MEMORY)]
    most = SECONDS if seconds is None else seconds
    hint = "save it anew, or give its text"
    try:
        done = subprocess.run(
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=most, check=False
        )
    except subprocess.TimeoutExpired:
        raise TooLargeError(f"'{name}' takes longer than {most:g} s to read", hint=hint) from None
    if done.returncode:
        what = f"'{name}' could not be read to its end with up to {MEMORY} MB of memory"
        raise TooLargeError(what, hint=hint)
    told: dict[str, Any] = json.loads(done.stdout)
    if "error" in told:
        raise _ERRORS[told["error"]](told["message"], hint=told["hint"])
    return told["pages"], told["by"]


def main() -> None:
    """Read what comes."""
    name, memory = sys.argv[1], int(sys.argv[2]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    told: dict[str, Any]
    try:
        pages, by = pdf_pages(sys.stdin.buffer.read(), name)
        told = {"pages": pages, "by": by}
    except (BadInputError, MissingExtraError, TooLargeError) as error:
        kind = next(kind for kind, known in _ERRORS.items() if isinstance(error, known))
        told = {"error": kind, "message": error.message, "hint": error.hint}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
