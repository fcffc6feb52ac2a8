"""``python -m mechkg`` is the ``mechkg`` command."""

from mechkg.cli import main

main()
