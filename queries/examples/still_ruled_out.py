"""Does a candidate stay ruled out when assumptions are withdrawn? A check for the continuous integration of a laboratory.

    python still_ruled_out.py cdtese-msc399 eq2 --without amine-converts-cdse-pc

Each assumption is withdrawn by itself, then all of them together; without --without, each that the space has is withdrawn by
itself. Exit status: 0 when the candidate stays ruled out whatever is withdrawn, 1 when it does not, 2 when that cannot be told.
"""

from __future__ import annotations

import argparse
import sys

import mechkg
from mechkg.errors import MechkgError


def main() -> int:
    """Check, print what was found, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("space", help="a hypothesis space")
    parser.add_argument("candidate", help="one of its candidates")
    parser.add_argument("--without", action="append", default=[], metavar="ASSUMPTION", help="may be given several times")
    parser.add_argument("--url", help="ask the server there, else the home of this machine")
    parser.add_argument("--home", help="folder of ledger and graph")
    parser.add_argument("--as-of", help="a release, a time or a position of the ledger: the ground that a paper was written on")
    given = parser.parse_args()

    at = {"as_of": given.as_of}
    with mechkg.connect(given.url, **at) if given.url else mechkg.open(given.home, **at) as graph:
        one_by_one = [[name] for name in given.without or graph.space(given.space).assumptions]
        trials = [[], *one_by_one, *([given.without] if len(given.without) > 1 else [])]
        stays = True
        for withdrawn in trials:
            found = graph.check(given.space, candidates=[given.candidate], without=withdrawn).candidates[0]
            stays = stays and found.verdict == "ruled out"
            against = len({conflict.observation for conflict in found.conflicts})
            how = f"without {', '.join(withdrawn)}" if withdrawn else "as it stands"
            print(f"{found.verdict:11}  {against:3} observations against it  {how}")
    return 0 if stays else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MechkgError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
