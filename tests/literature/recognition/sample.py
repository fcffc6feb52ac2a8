"""Draw the passages of the gold standard: at random, from the whole of each paper, reference lists and page headers included.

    python tests/literature/recognition/sample.py FOLDER > passages.json

The texts of the papers are not part of this repository; their hashes are printed, so that a draw can be told to be the same.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

SEED = 20261121
MOST_WORDS = 25
PAPERS = {
    "zhang_2020": ("zhang2020", "zhang_2020_cdtese_msc399.txt"),
    "yu_perspective_si": ("perspective-si", "yu_perspective_two_pathway_si.txt"),
    "mech_2023": ("mech2023", "mech_2023_cdte_reaction_zones.txt"),
}
"""Corpus file -> id of the paper's document, and file of its text."""
SETS = {"tuned": 55, "held-out": 25}
"""Set -> passages of each paper. The recogniser was never run on the held-out ones before they were annotated."""
FRESH = 12
"""Passages of each paper drawn later, among those that are in no other set: for a recogniser that was mended since."""

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z(\[*])")
_BREAK = re.compile(r"[,;:]$")


def passages(text: str) -> Iterator[str]:
    """Cut a text into pieces of at most 25 words: sentences, longer ones after a comma where there is one in the second half."""
    for sentence in _SENTENCE_END.split(text):
        words = list(re.finditer(r"\S+", sentence))
        while len(words) > MOST_WORDS:
            ends = [n for n in range(MOST_WORDS // 2, MOST_WORDS) if _BREAK.search(words[n].group())]
            size = (ends[-1] if ends else MOST_WORDS - 1) + 1
            yield sentence[words[0].start() : words[size - 1].end()]
            words = words[size:]
        if len(words) >= 3:
            yield sentence[words[0].start() : words[-1].end()]


def main(folder: Path) -> None:
    """Print the draw as JSON: hashes of the texts, and passages with set, paper and number."""
    drawn = []
    hashes = {}
    for paper, (document, name) in PAPERS.items():
        content = (folder / name).read_bytes()
        hashes[document] = hashlib.sha256(content).hexdigest()
        pieces = list(passages(content.decode()))
        chosen = random.Random(f"{SEED} {paper}").sample(range(len(pieces)), sum(SETS.values()))
        for number, place in enumerate(chosen):
            part = "tuned" if number < SETS["tuned"] else "held-out"
            drawn.append({"set": part, "paper": document, "piece": place, "text": pieces[place]})
        others = [place for place in range(len(pieces)) if place not in set(chosen)]
        for place in random.Random(f"{SEED} {paper} fresh").sample(others, FRESH):
            drawn.append({"set": "fresh", "paper": document, "piece": place, "text": pieces[place]})
    print(json.dumps({"seed": SEED, "texts": hashes, "passages": drawn}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
