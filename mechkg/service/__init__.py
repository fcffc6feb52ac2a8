"""The use cases, one file per verb; every door calls these."""
