"""What asks a server, and what all who ask have in common: one interface, whether the graph is here or elsewhere."""
