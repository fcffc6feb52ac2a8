"""The folder in which the data of a user live."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path


def default_home() -> Path:
    """Folder of a user's data: ``MECHKG_HOME`` when set, else ``.mechkg`` here when there is one, else the platform's."""
    if named := os.environ.get("MECHKG_HOME"):
        return Path(named)
    here = Path(".mechkg")
    return here if here.is_dir() else user_data_path("mechkg", appauthor=False)
