"""What changed since a release? Items that came, went or read otherwise, verdicts that flipped, and who did it.

    python changes_since_release.py 2024.1

Exit status: 0 when no verdict flipped, 1 when one did.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

import mechkg


def main() -> int:
    """Compare, print what differs, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", help="name of a release, or a time")
    parser.add_argument("--url", help="ask the server there, else the home of this machine")
    parser.add_argument("--home", help="folder of ledger and graph")
    given = parser.parse_args()

    with mechkg.connect(given.url) if given.url else mechkg.open(given.home) as graph:
        found = graph.diff(given.release)
        acts = graph.changes_since(given.release).all()

    for sign, those in (("+", found.added), ("-", found.removed)):
        for one in those:
            print(f"{sign} {one.kind} {one.id} ({one.document})")
    for change in found.changed:
        print(f"~ {change.after.kind} {change.after.id}")
        for field in change.fields:
            print(f"    {field.field}: {field.before!r} -> {field.after!r}")
    for flip in found.verdicts:
        print(f"! {flip.space}/{flip.candidate}: {flip.before or 'not there'} -> {flip.after or 'not there'}")
    done = Counter((one.act.actor, one.act.kind) for one in acts)
    for (who, what), times in sorted(done.items()):
        print(f"{who}: {what} ({times} times)")
    print(f"ledger positions {found.before} to {found.after}: {len(acts)} acts, {len(found.verdicts)} verdicts flipped")
    return 1 if found.verdicts else 0


if __name__ == "__main__":
    sys.exit(main())
