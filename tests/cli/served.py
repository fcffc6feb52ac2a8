"""``mechkg serve`` as a process of its own, with one more address, whose answer takes as long as it is told to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SLOW = """
import sys, time
import mechkg.api.app as made
plain, cold = made.create_app, sys.argv[1] == "cold"
def create_app(workspace, *, warm=False, **settings):
    app = plain(workspace, warm=warm and not cold, **settings)
    @app.get("/slow/{seconds}")
    def slow(seconds: float):
        time.sleep(seconds)
        return {"slept": seconds}
    return app
made.create_app = create_app
sys.argv = ["mechkg", "serve", "--port", "0", *sys.argv[2:]]
from mechkg.cli import main
main()
"""


def slow(*options: str, cold: bool = False) -> list[str]:
    """Return the command; ``cold``: nothing is made ready beforehand."""
    return ["-c", SLOW, "cold" if cold else "warm", *options]


class Served:
    """A server in a process of its own; what Python is given to run is ``command``."""

    def __init__(self, home: Path, *command: str, stderr: int = subprocess.DEVNULL, **variables: str) -> None:
        around = {name: value for name, value in os.environ.items() if name != "MECHKG_LEDGER"}
        environment = {**around, "MECHKG_HOME": str(home), "PYTHONUNBUFFERED": "1", **variables}
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[3]

    def end(self) -> None:
        """Kill it, whatever it does."""
        self.process.kill()
        self.process.communicate()
