"""A process of its own that sweeps one generated space, so that its peak memory can be read: ``sweep_process.py SEED CHOICES``.

It prints JSON: seconds of the sweep after grounding, plans and folding included; peak memory of the whole process, what the
interpreter, the grounding and the facts take included; candidates and survivors.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from mechkg.reasoning.sweep import sweep
from tests.reasoning.random_spaces import random_program
from tests.reasoning.spaces_of_facts import program_of, space_of


def main(seed: int, choices: int) -> None:
    facts = random_program(seed, choices)
    program, space = program_of(facts), space_of(facts)
    # what the first sweep of a process would load
    import numpy as np

    assert np.zeros(1).size
    start = time.perf_counter()
    found = sweep(program, space)
    seconds = time.perf_counter() - start
    print(
        json.dumps(
            {
                "seconds": seconds,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "candidates": found.size,
                "survivors": found.survivors.bit_count(),
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
