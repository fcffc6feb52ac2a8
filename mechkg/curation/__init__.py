"""Curation: the append-only ledger, the acts that may be written to it, and the import of a corpus file.

One act is one file (``propose``, ``accept``, ``reject``, ``supersede``, ``retract``). :class:`~mechkg.curation.ledger.Ledger`
keeps them; everything else in mechkg is derived from it.
"""
