"""mechkg: what papers claim about the chemistry of magic-size clusters, and which mechanisms survive it."""
