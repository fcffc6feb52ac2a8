"""The shell's door: thin commands that read options, call one use case, print, and set the exit status."""

from mechkg.cli.main import main

__all__ = ["main"]
