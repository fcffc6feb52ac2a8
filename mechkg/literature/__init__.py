"""From files to checked values: the corpus reader, exact quotes and locators.

``yaml12`` parses, ``reader`` makes values of one file, ``references`` holds the items against each other, ``corpus`` reads a set
of files in order, ``folding`` and ``quotes`` find exact words in a paper, ``verify`` does so for a whole corpus.

From a paper to suggestions: ``papers`` keeps it by hash (``pdf_text`` reads a PDF), ``printed`` makes its text readable,
``quantities`` and ``names`` find what it speaks of by the words in ``words.yaml``, ``lexicon`` and ``mentions`` link that to what
is known, ``suggestions`` offer assertions, ``fit`` holds a quote against what was typed from it, ``selectors`` tell where a quote
stands and find it again in another version of the text.
"""
