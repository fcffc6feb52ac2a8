"""Changes of the tables of the ledger, one file each, carried out by :mod:`mechkg.curation.migrate`."""
