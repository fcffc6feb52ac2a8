"""A corpus of one paper, which is loaded in no time."""

PAPER = """
mechkg: 1
source: {id: paper, title: A paper}
claims:
  - {id: first-claim, kind: conclusion, statement: Clusters come first.}
  - {id: second-claim, kind: conclusion, statement: Growth comes second.}
"""
