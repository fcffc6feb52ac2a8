"""From files to checked values: the corpus reader, exact quotes and locators.

``yaml12`` parses, ``reader`` makes values of one file, ``references`` holds the items against each other, ``corpus`` reads a set
of files in order, ``folding`` and ``quotes`` find exact words in a paper, ``verify`` does so for a whole corpus.
"""
