"""Read models: what many questions ask of all items, kept in the form in which it is asked, per version of what counts.

They are derived from the catalogue, and answer what a scan of it would, in a fraction of the time: filters, counts, facets and
pages from typed columns, searches from an index of texts, neighbours from sorted arrays, conflicts from grouped values.
"""
