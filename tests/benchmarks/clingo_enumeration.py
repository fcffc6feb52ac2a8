"""The peer: clingo goes through the candidates of a hypothesis space, by listing all answer sets or one candidate at a time.

It is given what the evaluator is given: the same ground program, what is fixed put in, orders that can only help taken in. Each
setting of the choices has just one answer set.
"""

from __future__ import annotations

from collections.abc import Collection

import clingo

from mechkg.model.hypothesis import HypothesisSpace
from mechkg.reasoning.evaluate import AWAY, directions, plan
from mechkg.reasoning.outcomes import Inputs
from mechkg.reasoning.program import GroundProgram
from mechkg.reasoning.sweep import Sweep, choices_of


class Enumeration:
    """A space made ready for clingo. No constraints, and no order choices that can help and harm: the generated set has
    neither.
    """

    def __init__(
        self, program: GroundProgram, space: HypothesisSpace, withdrawn: Collection[str] = (), ignored: Collection[str] = ()
    ) -> None:
        assert not space.constraints
        inputs = Inputs(program)
        self.choices, _ = choices_of(space, withdrawn)
        fixed = {n: name not in withdrawn for name, n in inputs.assumptions.items()}
        fixed |= {n: name not in ignored for name, n in inputs.observations.items()}
        wanted = program.by_name.get("conflict", [])
        ways = directions(plan(program, wanted, fixed))
        assert all(len(ways[n]) == 1 for n in inputs.orders if n in ways)
        todo = plan(program, wanted, fixed | {n: ways.get(n) == AWAY for n in inputs.orders})
        self.control = clingo.Control(["--warn=none", "--models=0"])
        with self.control.backend() as backend:
            number = {atom: backend.add_atom() for atom in todo.inputs}
            for group in todo.groups:
                number.update((atom, backend.add_atom()) for atom, _ in group.bodies)
            for atom in todo.inputs:
                backend.add_rule([number[atom]], choice=True)
            for group in todo.groups:
                for atom, bodies in group.bodies:
                    for positive, negative in bodies:
                        backend.add_rule([number[atom]], [number[n] for n in positive] + [-number[n] for n in negative])
        place = {s: k for k, choice in enumerate(self.choices) for s in choice.members}
        known = inputs.steps | inputs.postulates
        self.switches = [(number[n], place[name]) for name, n in known.items() if n in number]
        self.idle = sorted(set(range(len(self.choices))) - {k for _, k in self.switches})
        self.conflicts = [(number[n], str(program.atom(n).arguments[0])) for n in wanted if n in number]
        self.always = {str(program.atom(n).arguments[0]) for n in wanted if n in todo.true}

    def count(self) -> int:
        """List all answer sets without looking at one; return how many candidates they stand for."""
        self.control.configuration.solve.models = 0  # type: ignore[union-attr]
        self.control.solve()
        found = self.control.statistics["summary"]["models"]["enumerated"]
        return int(found) << len(self.idle)

    def sweep(self) -> Sweep:
        """List all answer sets and write down what each says, in the form of a sweep."""
        width = len(self.choices)
        rows = {name: bytearray(1 << max(0, width - 3)) for name in {o for _, o in self.conflicts}}
        seen = bytearray(1 << max(0, width - 3))
        with self.control.solve(yield_=True) as handle:
            for model in handle:
                place = 0
                for literal, k in self.switches:
                    if model.is_true(literal):
                        place |= 1 << k
                byte, bit = place >> 3, 1 << (place & 7)
                seen[byte] |= bit
                for literal, name in self.conflicts:
                    if model.is_true(literal):
                        rows[name][byte] |= bit

        def whole(row: bytearray) -> int:
            value = int.from_bytes(row, "little")
            for k in self.idle:
                value |= value << (1 << k)
            return value

        valid = whole(seen)
        hits = {name: value for name, row in sorted(rows.items()) if (value := whole(row))}
        hits |= dict.fromkeys(self.always, valid)
        ruled_out = 0
        for row in hits.values():
            ruled_out |= row
        return Sweep(tuple(self.choices), valid, valid & ~ruled_out, hits)

    def one_by_one(self, places: Collection[int]) -> dict[int, frozenset[str]]:
        """Solve candidates one at a time; return the observations in conflict with each."""
        self.control.configuration.solve.models = 1  # type: ignore[union-attr]
        found = {}
        for place in places:
            signed = [literal if place >> k & 1 else -literal for literal, k in self.switches]
            with self.control.solve(assumptions=signed, yield_=True) as handle:
                model = handle.model()
                assert model is not None
                found[place] = frozenset(name for literal, name in self.conflicts if model.is_true(literal)) | self.always
        return found
