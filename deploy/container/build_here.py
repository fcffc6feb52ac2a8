"""Carry out the steps of Containerfile in a folder, without an engine for containers, and try what they made.

``make image-check`` does that: the stages that build are run with the programs of this machine, their paths moved below a new
folder; then mechkg is started from the environment that they made. It takes a few minutes, and asks package registries.

What the engine alone can do is not tried: the base images, users, and the steps of the last stage, which only make a user.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CONTAINERFILE = HERE / "Containerfile"
IGNORED = HERE / "Containerfile.dockerignore"


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction, with the flags that stand before its text, such as ``--from=build``."""

    word: str
    text: str
    flags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stage:
    """What follows one ``FROM``: the image it begins with, its name, and its steps."""

    image: str
    name: str
    steps: tuple[Step, ...]


def stages(text: str) -> list[Stage]:
    """Read the stages of a Containerfile; raise ValueError for a line that is no instruction."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: list[tuple[str, str, list[Step]]] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        match = re.fullmatch(r"([A-Z]+)((?:\s+--[a-z-]+=\S+)*)\s+(\S.*)", line.strip())
        if match is None:
            raise ValueError(f"not an instruction: {line}")
        word, flags, rest = match[1], dict(flag[2:].split("=", 1) for flag in match[2].split()), match[3]
        if word == "FROM":
            image, _, name = rest.partition(" AS ")
            found.append((image.strip(), name.strip(), []))
        elif not found:
            raise ValueError(f"before the first FROM: {line}")
        else:
            found[-1][2].append(Step(word, rest, flags))
    return [Stage(image, name, tuple(steps)) for image, name, steps in found]


# --- what an engine is given of the checkout --------------------------------------------------------------------------


def context(root: Path = ROOT, ignored: str | None = None) -> Iterator[str]:
    """Yield the files that an engine is given of a folder, by their paths within it: all but those that are ignored."""
    rules = _rules(IGNORED.read_text(encoding="utf-8") if ignored is None else ignored)
    kept = tuple(pattern for pattern, keeps in rules if keeps)
    for folder, names, files in os.walk(root):
        within = Path(folder).relative_to(root).as_posix()
        names[:] = [name for name in names if name != ".git" and (kept or not _left_out(_joined(within, name), rules))]
        yield from (path for name in files if not _left_out(path := _joined(within, name), rules))


def _joined(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder}/{name}"


def _rules(text: str) -> tuple[tuple[str, bool], ...]:
    lines = (line.strip() for line in text.splitlines())
    return tuple((line.lstrip("!").strip("/"), line.startswith("!")) for line in lines if line and not line.startswith("#"))


def _left_out(path: str, rules: tuple[tuple[str, bool], ...]) -> bool:
    """Say whether a path is ignored: the last pattern counts that fits it, or a folder above it."""
    above = ["/".join(path.split("/")[:end]) for end in range(1, path.count("/") + 2)]
    out = False
    for pattern, keeps in rules:
        if out == keeps and any(_pattern(pattern).fullmatch(part) for part in above):
            out = not keeps
    return out


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Return a pattern of Go's ``filepath.Match``, with ``**/`` for any folders, or none."""
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(signs.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*\*|\*|\?)", text)))


# --- the steps, in a folder -------------------------------------------------------------------------------------------


def moved(command: str, places: Mapping[str, Path]) -> str:
    """Return a shell command with each path that begins as one of ``places`` led to where that is.

    >>> moved("python -m venv /opt/mechkg && echo a/opt/mechkg", {"/opt/mechkg": Path("elsewhere")})
    'python -m venv elsewhere && echo a/opt/mechkg'
    """
    for place, where in places.items():
        command = re.sub(rf"(?<![\w./-]){re.escape(place)}(?![\w.-])", lambda _, to=where: shlex.quote(str(to)), command)
    return command


def places_of(every: list[Stage], below: Path) -> dict[str, Path]:
    """Return the folders that the stages that build work with, each with its place below a folder here."""
    made: dict[str, Path] = {}
    for stage in every[:-1]:
        for step in stage.steps:
            named = [step.text] if step.word == "WORKDIR" else []
            if step.word == "RUN":
                named = re.findall(r"(?:-m venv (?:--without-pip )?|--wheel-dir )(/[\w/.-]+)", step.text)
            made |= {name: below / name.strip("/") for name in named}
    return made


def build(below: Path) -> dict[str, Path]:
    """Carry out all stages but the last, in folders ``below``; return where the folders of the image are."""
    every = stages(CONTAINERFILE.read_text(encoding="utf-8"))
    places = places_of(every, below)
    given = list(context())
    # the base image has its Python in the path; here it is that which runs this
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve().parent
    environment = {
        "PATH": f"{below / 'bin'}:{base}:{os.environ['PATH']}",
        "HOME": str(below / "home"),
        # where registries are is a matter of the machine
        **{name: value for name, value in os.environ.items() if name.lower().startswith(("pip_", "npm_config_", "ssl_"))},
        **{name: os.environ[name] for name in ("http_proxy", "https_proxy", "no_proxy", "TMPDIR") if name in os.environ},
    }
    for folder in (below / "bin", below / "home"):
        folder.mkdir(parents=True)
    _lend_settings(below / "home")
    (below / "bin" / "python").symlink_to(Path(getattr(sys, "_base_executable", sys.executable)).resolve())
    for stage in every[:-1]:
        place = below
        for step in stage.steps:
            start = time.monotonic()
            if step.word == "WORKDIR":
                place = places[step.text]
                place.mkdir(parents=True, exist_ok=True)
            elif step.word == "COPY":
                _copy(step, place, given, places)
            elif step.word == "RUN":
                command = moved(step.text, places)
                subprocess.run(["sh", "-euc", command], cwd=place, env=environment, check=True, stdout=subprocess.DEVNULL)
            else:
                raise ValueError(f"{step.word} is not known here")
            print(f"{time.monotonic() - start:6.1f} s  {stage.name}: {step.word} {step.text[:90]}", flush=True)
    return places


def _lend_settings(home: Path) -> None:
    """Let the new home have what this user's says of where package registries are."""
    for name in (".config/pip/pip.conf", ".pip/pip.conf", ".npmrc"):
        if (mine := Path.home() / name).is_file():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(mine, home / name)


def _copy(step: Step, place: Path, given: list[str], places: Mapping[str, Path]) -> None:
    """Copy files of the context, or a folder that an earlier stage made."""
    *sources, target = step.text.split()
    into = place / target
    for source in sources:
        if "from" in step.flags:
            shutil.copytree(Path(moved(source, places)), into, dirs_exist_ok=True)
            continue
        fitting = copied(source, given)
        if not fitting:
            raise ValueError(f"COPY {source}: the engine is given no such file")
        for path in fitting:
            to = into / path.removeprefix(source) if source.endswith("/") else into / Path(path).name
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, to)


def copied(source: str, given: list[str]) -> list[str]:
    """Return what ``COPY`` takes for a source: all in a folder (``mechkg/``), or the files that fit a pattern."""
    if source.endswith("/"):
        return [path for path in given if path.startswith(source)]
    return [path for path in given if _pattern(source).fullmatch(path)]


# --- what they made ---------------------------------------------------------------------------------------------------


def try_out(places: Mapping[str, Path], below: Path) -> dict[str, object]:
    """Start mechkg from the environment that was made, as the image does, ask it, and stop it; return figures."""
    made = places["/opt/mechkg"]
    home = below / "data"
    home.mkdir(mode=0o700)
    environment = {"PATH": f"{made}/bin:/usr/bin:/bin", "MECHKG_HOME": str(home), "HOME": "/nonexistent", "TMPDIR": str(below)}

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=home, env=environment, check=True, capture_output=True, text=True)
        return done.stdout

    run("mechkg", "corpus", "load")
    assert "survives" in run("mechkg", "check", "cdtese-msc399")
    modules = "import psycopg, authlib, httpx2, openpyxl, pypdf, dd.cudd, opentelemetry.sdk, mechkg.web.pages"
    run("python", "-c", modules)
    assert subprocess.run([made / "bin" / "python", "-c", "import pip"], capture_output=True).returncode == 1
    server = subprocess.Popen(
        ["mechkg", "serve", "--port", "0", "--workers", "1"],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[3]
        pages = {
            page: len(_read(address + page)) for page in ("/", "/graphql?query={__typename}", "/static/graphiql/explorer.js")
        }
        ready = _ready(address)
        server.send_signal(signal.SIGTERM)
        status = server.wait(40)
    finally:
        server.kill()
        server.wait()
    size = sum(file.stat().st_size for file in made.rglob("*") if file.is_file() and not file.is_symlink())
    return {
        "installed_mb": round(size / 1e6),
        "wheels": len(list(places["/wheels"].glob("*.whl"))),
        "wheels_mb": round(sum(file.stat().st_size for file in places["/wheels"].glob("*.whl")) / 1e6),
        "bytes_of_pages": pages,
        "ready": ready,
        "status_after_sigterm": status,
    }


def _read(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        content: bytes = answer.read()
    return content


def _ready(address: str) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            return json.loads(_read(f"{address}/readyz"))["status"] == "ready"
        except OSError:
            time.sleep(0.2)
    return False


def main() -> None:
    """Build, try, tell the figures, and leave nothing behind."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mechkg-image-") as folder:
        below = Path(folder)
        places = build(below)
        built = time.monotonic() - start
        figures = try_out(places, below)
        print(json.dumps({"seconds_to_build": round(built), **figures}, indent=1))
        if not figures["ready"] or figures["status_after_sigterm"] != 0:
            sys.exit("what was built does not serve")


if __name__ == "__main__":
    main()
