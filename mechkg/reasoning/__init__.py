"""Facts, rules and verdicts on candidate pathways, with proofs."""
