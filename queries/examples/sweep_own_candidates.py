"""Which small sets of steps are enough? Candidates of one's own, put together from the optional steps of a space, one by one.

    python sweep_own_candidates.py cdtese-msc399 --most 2

Steps that go together by a constraint of the space count as one choice. Prints the verdict on each set of choices in which no
smaller one survives, and how many observations speak against it.
"""

from __future__ import annotations

import argparse
from itertools import combinations

import mechkg
from mechkg.errors import BadInputError
from mechkg.model.hypothesis import HypothesisSpace


def choices_of(space: HypothesisSpace) -> list[frozenset[str]]:
    """Return the optional steps, those that go together as one choice."""
    found = [frozenset([step]) for step in space.optional]
    for constraint in space.constraints:
        if constraint.kind == "all-or-none":
            joined = [choice for choice in found if choice & set(constraint.steps)]
            found = [choice for choice in found if choice not in joined]
            found.append(frozenset().union(*joined))
    return found


def main() -> None:
    """Sweep, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("space", help="a hypothesis space")
    parser.add_argument("--most", type=int, default=2, help="so many choices at once, at most")
    parser.add_argument("--url", help="ask the server there, else the home of this machine")
    parser.add_argument("--home", help="folder of ledger and graph")
    given = parser.parse_args()

    survivors: list[frozenset[str]] = []
    with mechkg.connect(given.url) if given.url else mechkg.open(given.home) as graph:
        choices = choices_of(graph.space(given.space))
        for size in range(given.most + 1):
            for chosen in combinations(choices, size):
                steps = frozenset().union(*chosen)
                if any(smaller <= steps for smaller in survivors):
                    continue  # the steps that are more are not needed
                try:
                    found = graph.check(given.space, candidates=[], steps=sorted(steps)).candidate("ad-hoc")
                except BadInputError as error:  # another constraint
                    print(f"no candidate  {error.message}")
                    continue
                if found.verdict == "survives":
                    survivors.append(steps)
                against = len({conflict.observation for conflict in found.conflicts})
                print(f"{found.verdict:11}  {against:3} against  {' + '.join(sorted(steps)) or 'no optional step'}")
        whole = graph.whole_space(given.space)
    print(f"{len(survivors)} of these survive; of all {whole.candidates} candidates of the space {whole.survivors} do")


if __name__ == "__main__":
    main()
