"""A case small enough to be worked out by hand: A may turn into B, stray to C, or slip to D, which cannot be seen.

B is seen, so something must make it. C is looked for and not seen, and would be seen if A strayed, so straying is out as long as
one assumes that it is prompt and that the method sees it. That no D was seen has no detection limit and says nothing, so to slip
or not is a tie.
"""

SPACE = "small"
CASE = """\
mechkg: 1
source: {id: case-small, title: A small case}
chemicals:
  - {id: a, names: A, flag: external}
  - {id: b, names: B, signature: {absorption: 400 nm}, flag: external}
  - {id: c, names: C, signature: {absorption: 450 nm}, flag: external}
  - {id: d, names: D, signature: {absorption: 500 nm}, flag: external}
  - {id: water, names: water, classes: [AromaticHydrocarbonSolvent], flag: external}
steps:
  - {id: turn, label: turning, kind: elementary, reactants: [a], products: [b], flag: external}
  - {id: stray, label: straying, kind: elementary, reactants: [a], products: [c], flag: external,
     promoters: [{chemical: water, medium_class: HydrocarbonSolvent}]}
  - {id: slip, label: slipping, kind: elementary, reactants: [a], products: [d], flag: external}
procedures:
  - id: run
    title: A run
    flag: external
    stages: [{id: watch, action: disperse, medium: [{of: water, amount: 3 mL}], charge: [a], duration: 1 h}]
observations:
  - {id: b-seen, kind: present, at: run/watch, subject: b, method: absorption, window: 5 min, flag: external}
  - {id: no-c, kind: absent, at: run/watch, subject: c, method: absorption, window: {start: 0 min, end: 60 min}, flag: external}
  - {id: no-d, kind: absent, at: run/watch, subject: d, method: emission, window: {start: 0 min, end: 60 min}, flag: external}
assumptions:
  - {id: only, statement: Nothing else runs., backing: silent, effects: [{kind: closed-steps}], flag: external}
  - {id: prompt, statement: Straying is prompt in water., backing: cited, effects: [{kind: converts, step: stray, within: 5 min}],
     flag: external}
  - {id: kept, statement: Nothing outruns straying., backing: silent, effects: [{kind: not-outrun, step: stray}], flag: external}
  - {id: limit, statement: It would be seen., backing: stated, flag: external,
     effects: [{kind: detects, method: absorption, limit: 0.005 absorbance}]}
spaces:
  - id: small
    title: A small space
    question: What becomes of A?
    optional: [turn, stray, slip]
    postulates:
      - {id: slow-turn, statement: Turning is slow, kind: rate-determining, step: turn}
    assumptions: [only, prompt, kept, limit]
    procedures: run
    candidates:
      - {id: turns, title: A turns, steps: turn, postulates: slow-turn}
      - {id: turns-and-slips, title: A turns and slips, steps: [turn, slip], postulates: slow-turn}
      - {id: strays, title: A strays, steps: stray}
      - {id: both, title: A turns and strays, steps: [turn, stray]}
"""
