"""The graph: accepted assertions as RDF, the ontology, and what follows from both."""
