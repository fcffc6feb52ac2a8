"""Every folder of ``cases`` is a test: its files are read as a corpus, its quotes held against its texts.

``expected.txt`` says which documents are usable (``used:``) and lists every error and warning as a reader would see it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mechkg.literature.corpus import read_corpus
from mechkg.literature.verify import verify_quotes

CASES = Path(__file__).parent / "cases"
CLASSES = ("PrimaryAmine", "SecondaryAmine", "Solvent", "HydrocarbonSolvent")


def report(folder: Path) -> str:
    reading = read_corpus(folder.glob("*.yaml"), CLASSES)
    found = [f for f in reading.findings if f.severity != "information"]
    if any(folder.glob("*.txt")) or folder.name == "text-missing":
        verification = verify_quotes(reading.files, folder, reading.lines)
        found += verification.findings
    used = ", ".join(corpus.source.id for _, corpus in reading.files) or "none"
    lines = sorted((str(f).replace(f"{folder}/", "").replace(f"'{folder}'", "FOLDER") for f in found), key=_place)
    return "\n".join([f"used: {used}", *lines]) + "\n"


def _place(line: str) -> tuple[str, int]:
    file, _, rest = line.partition(":")
    number = rest.partition(":")[0]
    return file, int(number) if number.isdigit() else 0


@pytest.mark.parametrize("name", sorted(folder.name for folder in CASES.iterdir()))
def test_case(name: str) -> None:
    folder = CASES / name
    assert report(folder) == (folder / "expected.txt").read_text(encoding="utf-8")
